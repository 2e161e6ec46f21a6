package room

import (
	"context"
	"errors"
	"time"

	"weckruf/internal/wire"
)

// Record is what the store keeps of a room.
type Record struct {
	ID           wire.RoomID
	Title        string
	StartsAt     time.Time // zero: no session planned
	WaitingRoom  bool
	Capacity     int // people at most, waiting ones included
	Chair, Guest Link
	CreatedAt    time.Time
}

// Link is one of a room's links. Secrets are derived (internal/cred), never stored.
type Link struct {
	Generation int // counts renewals, from 1
	// KnockUntil is how long the generation before may still knock; zero: not at all.
	KnockUntil time.Time
}

// Stay is one participant's place, kept without a name.
type Stay struct {
	Room        wire.RoomID
	Participant wire.ParticipantID
	Role        wire.Role
	Admitted    bool
	Removed     bool
	At          time.Time // of the last change
}

// ErrNotFound says that there is no such room, or no such stay.
var ErrNotFound = errors.New("not found")

// Store keeps rooms and stays. What returned without an error is on disk.
type Store interface {
	Room(ctx context.Context, id wire.RoomID) (Record, error)
	PutStay(ctx context.Context, s Stay) error
	Stay(ctx context.Context, room wire.RoomID, p wire.ParticipantID) (Stay, error)
	// Stays are those of the room that changed since the given time.
	Stays(ctx context.Context, room wire.RoomID, since time.Time) ([]Stay, error)
}

// Machines is what a room asks of the fleet.
type Machines interface {
	// Wake asks for a machine because somebody entered. While one serves the room or is on
	// its way it does nothing. Errors are *fleet.Refused. Progress comes to the Listener.
	Wake(ctx context.Context, room wire.RoomID) error
	// People says how many wait and how many are in the call; it does not block. A machine
	// with people in any of its rooms, or with connections at its worker, is not stopped.
	People(room wire.RoomID, waiting, present int)
}
