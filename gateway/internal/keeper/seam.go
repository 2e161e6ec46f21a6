package keeper

import (
	"context"
	"errors"
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/machine"
	"weckruf/internal/wire"
)

// Record is what the store keeps of one machine. It changes by compare-and-swap on Revision.
type Record struct {
	Machine    wire.MachineID
	Epoch      wire.Epoch // power-ons so far; 0 = never
	Owner      string     // gateway id that holds the lease
	LeaseUntil time.Time
	Desired    Power
	Observed   State
	Room       wire.RoomID // who woke it, in this epoch
	Prewarm    bool        // whether that was ahead of time
	PaidFrom   time.Time   // begin of the current run
	HardStopAt time.Time
	// PrewarmUntil is until when an organiser wants it held; zero: not asked for.
	PrewarmUntil time.Time
	PrewarmRoom  wire.RoomID // whose organiser; empty with PrewarmUntil zero
	Revision     int64       // 0 = not stored yet
}

// Change is one transaction: the machine's record and what it means for the ledger.
type Change struct {
	Prev, Next Record
	Open       *ledger.Run    // a run begins; the wake's reservation
	Phases     []ledger.Phase // minutes change their class
	Close      *ledger.Run    // the run ends (Until or Void set)
}

// ErrConflict says that somebody else changed the record first.
var ErrConflict = errors.New("the machine's record was changed by somebody else")

// Store keeps records. Implementations are safe for concurrent use; what Commit returned
// without an error is on disk.
type Store interface {
	// Machine returns the record, or one with Revision 0 and Observed Off for a new machine.
	Machine(ctx context.Context, id wire.MachineID) (Record, error)
	// Commit writes Next if the stored revision is still Prev.Revision, and returns it with
	// its new revision; otherwise ErrConflict.
	Commit(ctx context.Context, c Change) (Record, error)
	// Now is the store's clock, which all leases are measured on.
	Now(ctx context.Context) (time.Time, error)
}

// Power is what the provider says of a machine, or what is wanted of it.
type Power = machine.Power

// The powers. Standby is the provider's "stopped in place": it still costs.
const (
	PowerOff      = machine.Off
	PowerStarting = machine.Starting
	PowerOn       = machine.On
	PowerStopping = machine.Stopping
	PowerStandby  = machine.Standby
	PowerUnknown  = machine.Unknown
)

// Cloud is one provider of machines. Calls observe their context's deadline. Errors are
// wrapped ones of the sentinels below where the keeper can act on them.
type Cloud interface {
	// PowerOn starts the machine for the epoch; starting one that runs is an ErrState.
	PowerOn(ctx context.Context, id wire.MachineID, epoch wire.Epoch) error
	// PowerOff stops billing; stopping one that is off is no error.
	PowerOff(ctx context.Context, id wire.MachineID) error
	// Observe asks the provider. An error means: nothing is known.
	Observe(ctx context.Context, id wire.MachineID) (Power, error)
}

// What a provider may answer.
var (
	ErrOutOfStock = machine.ErrOutOfStock
	ErrQuota      = machine.ErrQuota
	ErrState      = machine.ErrState
	ErrGone       = machine.ErrGone
	ErrDenied     = machine.ErrDenied
)
