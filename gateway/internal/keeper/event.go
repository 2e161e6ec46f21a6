package keeper

import (
	"time"

	"weckruf/internal/wire"
)

// Event is something that happened, or the time that went by.
type Event interface{ event() }

// Events of the owner itself.
type (
	// Start is the first event.
	Start struct{}
	// Tick says that the time Due returned has come.
	Tick struct{}
)

// Results of effects. Those with another attempt than the one under way are dropped.
type (
	// Loaded answers Load. Now is the store's clock.
	Loaded struct {
		Attempt uint64
		Record  Record
		Now     time.Time
		Err     error
	}
	// Committed answers Commit. Now is the store's clock, zero if it was not asked.
	Committed struct {
		Attempt uint64
		Record  Record
		Now     time.Time
		Err     error
	}
	// Observed answers Observe.
	Observed struct {
		Attempt uint64
		Power   Power
		Err     error
	}
	// Powered answers SwitchOn and SwitchOff. Unsent: it was too late to call.
	Powered struct {
		Attempt uint64
		Unsent  bool
		Err     error
	}
)

// What people want.
type (
	// Wake says that somebody entered the room.
	Wake struct{ Room wire.RoomID }
	// Prewarm says until when an organiser wants the machine held; zero: no longer.
	Prewarm struct {
		Room  wire.RoomID
		Until time.Time
	}
	// People counts those of all rooms of this machine.
	People struct{ Waiting, Present int }
	// Stop says that an organiser wants it stopped. With people in it, it is ignored.
	Stop struct{}
	// Retire says that the installation is being shut down: the machine is stopped, with
	// people in it or not, and is not woken any more.
	Retire struct{}
	// Budget says whether wakes are allowed.
	Budget struct{ Spent bool }
)

// What the worker says. Those of another boot than the linked one are dropped.
type (
	// Linked says that a worker of the current epoch was admitted and stands in contact.
	Linked struct {
		Boot  string
		Epoch wire.Epoch
	}
	// Unlinked says that its link is gone.
	Unlinked struct{ Boot string }
	// Had is its snapshot.
	Had struct {
		Boot    string
		Live    int
		Drained bool
	}
	// Tested is the result of its self-test.
	Tested struct {
		Boot   string
		Failed bool
	}
	// Carried says how many connections it has.
	Carried struct {
		Boot string
		Live int
	}
	// Drained is its signed word that it takes nobody in any more.
	Drained struct{ Boot string }
)

func (Start) event()     {}
func (Tick) event()      {}
func (Loaded) event()    {}
func (Committed) event() {}
func (Observed) event()  {}
func (Powered) event()   {}
func (Wake) event()      {}
func (Prewarm) event()   {}
func (People) event()    {}
func (Stop) event()      {}
func (Retire) event()    {}
func (Budget) event()    {}
func (Linked) event()    {}
func (Unlinked) event()  {}
func (Had) event()       {}
func (Tested) event()    {}
func (Carried) event()   {}
func (Drained) event()   {}
