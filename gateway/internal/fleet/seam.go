package fleet

import (
	"context"
	"errors"
	"time"

	"weckruf/internal/wire"
)

// View is what a room knows of its machine: an immutable snapshot.
type View struct {
	State   wire.MachineState
	Epoch   wire.Epoch
	Since   time.Time     // begin of this wake
	ETA     time.Duration // expected time left to ready, 0 = unknown or ready
	Lost    wire.LostReason
	Failure wire.RefusalCode // why State is failed: no_machine, over_budget, wake_limit
	// Media is set while the worker is ready and its control link stands.
	Media Media
	// TURN are the worker's TURN URLs, TURNSecret the key of its credentials.
	TURN       []string
	TURNSecret []byte
	// Live are the room's connections at the worker when Media came up: the truth to
	// reconcile with after a restart of either side.
	Live []wire.Live
}

// Media is the way to the worker of a room's machine.
type Media interface {
	// Join gets an answer for an offer. Errors are *wire.Error or the context's.
	Join(ctx context.Context, j wire.Join) (wire.Joined, error)
	// Part ends a connection; it does not block.
	Part(connection wire.ConnectionID)
}

// Listener hears of a room's machine. Calls come one after another per room and must not block.
type Listener interface {
	MachineChanged(room wire.RoomID, v View)
	// Parted says that the worker ended a connection of the room.
	Parted(room wire.RoomID, p wire.Parted)
}

// Refused says why a wake is not allowed now.
type Refused struct {
	Code       wire.RefusalCode // wake_limit, over_budget, no_machine
	RetryAfter time.Duration
}

func (r *Refused) Error() string { return "wake refused: " + string(r.Code) }

// ErrInUse says that a machine cannot be stopped because people are in it.
var ErrInUse = errors.New("people are in the call")
