package keeper

import (
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// State is where a machine stands in its life.
type State string

// The states. Unknown, Blocked and Quarantined are never stored: they say what is known, and
// the record keeps the state that the machine was last in.
const (
	Off         State = "off"
	Waking      State = "waking"   // claimed; the power-on is asked for
	Booting     State = "booting"  // the provider says running
	Serving     State = "serving"  // somebody is there
	Holding     State = "holding"  // empty, kept in case somebody returns
	Draining    State = "draining" // the worker is asked to take nobody in any more
	Stopping    State = "stopping" // no way back; over when the provider says stopped
	Unknown     State = "unknown"  // the provider does not answer
	Blocked     State = "blocked"  // the budget is spent
	Quarantined State = "quarantined"
)

// States are all of them, in the order of a life.
var States = []State{Off, Waking, Booting, Serving, Holding, Draining, Stopping, Unknown, Blocked, Quarantined}

// Machine is everything that one gateway knows of one machine. It is a value: Next returns a
// changed copy. Times are the gateway's own, except in Rec, which is on the store's clock.
type Machine struct {
	// immutable
	ID        wire.MachineID
	Self      string // this gateway's id
	Exclusive bool   // no other process of this gateway id can live: the store is locked
	Policy    Policy

	// the record, as last read or written
	Rec     Record
	Loaded  bool
	Taken   bool          // this process wrote the record since it last read a foreign one
	Skew    time.Duration // the store's clock minus ours
	Dialled time.Time     // when the store was last asked for anything
	Pending *Record       // sent to the store, no answer yet
	Doubt   bool          // a commit failed: the record has to be read again
	Class   ledger.Class  // of the minutes now, as booked; empty: not known
	Booking ledger.Class  // the same in Pending, if it changes
	Calm    time.Time     // no power-on before: another owner's calls may be under way

	// derived
	State   State
	Since   time.Time
	Lost    wire.LostReason  // why the last call ended, until the next worker is ready
	Failure wire.RefusalCode // why there is no machine, until the next claim
	Fails   int              // wakes in a row that came to nothing
	RetryAt time.Time
	Alarmed bool

	// what people want
	Room         wire.RoomID // of the last wake
	Want         bool        // somebody asked for the machine and has not left
	WantUntil    time.Time   // until then the want stands without people counted
	Waiting      int
	Present      int
	PrewarmRoom  wire.RoomID
	PrewarmUntil time.Time
	StopAsked    bool
	Broke        bool // the budget is spent
	Retired      bool // the installation is being shut down

	// the worker
	Boot      string    // of the linked worker; empty: no link
	LinkAt    time.Time // of the last change of Boot
	Had       bool      // its snapshot came on this link
	Known     bool      // Live was told by a worker of this epoch
	Live      int       // connections at the worker
	Ready     bool      // its media was tested in this epoch
	Broken    bool      // the test failed
	Drained   bool      // it takes nobody in any more
	DrainSent time.Time // zero: not asked, or called back

	// the provider
	Power    Power     // PowerUnknown: nothing heard since the last thing that may have changed it
	Away     bool      // the last question got no answer
	Looked   bool      // a question was answered or failed since the start
	Rose     bool      // seen in any power but off during this epoch
	Tries    int       // power-ons asked for in this epoch
	Sent     int       // of these, how many may have had an effect
	Denied   bool      // the last one was refused for good
	Silent   bool      // the last one got no answer
	CalledAt time.Time // of the last power call
	OffSeen  time.Time // when the provider last said that it is off
	AskedAt  time.Time // of the last question

	// calls under way, by the number of the attempt; 0: none
	Attempt    uint64
	Loading    uint64
	Committing uint64
	Observing  uint64
	Powering   uint64

	// timers
	LoadAt    time.Time
	CommitAt  time.Time // not before, after a failure of the store
	BeatAt    time.Time
	ObserveAt time.Time
	OffAt     time.Time // next power-off
	DrainAt   time.Time // not before, after a drain that was not answered
}

// NewMachine is a machine of which nothing is known yet. The first event is Start.
func NewMachine(id wire.MachineID, self string, exclusive bool, p Policy) Machine {
	return Machine{ID: id, Self: self, Exclusive: exclusive, Policy: p, State: Unknown, Power: PowerUnknown}
}
