package room

import (
	"context"
	"log/slog"
	"time"

	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

// Peer is one page's connection, as the room sees it.
type Peer interface {
	// Receive returns the next message as a value. A *wire.Error is the peer's fault and
	// the connection may go on; io.EOF says that it was closed.
	Receive(ctx context.Context) (wire.Message, error)
	// Send queues a message. The queue is bounded: it never blocks, and closes the peer
	// when full. What was queued before Serve returns is still to be delivered.
	Send(m wire.Message)
	// Source is the keyed hash of the peer's address, for rate limits; empty: not limited.
	Source() string
}

// Options are what a House needs.
type Options struct {
	Store    Store
	Machines Machines
	Keys     *cred.Keys
	Log      *slog.Logger
	// Organisation is shown at every door; it may be empty.
	Organisation string
	// Limits that are zero become those of DefaultLimits.
	Limits Limits
}

// Rate is a token bucket: Burst at once, then PerSecond.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits are the times and amounts of a room.
type Limits struct {
	// Opening is how long before the planned start guests may come in.
	Opening time.Duration
	// Grace is how long a place and its connection are kept when the page's WebSocket
	// closed without Leave.
	Grace time.Duration
	// Return is how long a connection at the worker may be without a page after a restart
	// of the gateway.
	Return time.Duration
	// Knock is how long people who only wait for admission hold a machine.
	Knock time.Duration
	// SessionEnd is how long a room is empty before its session is over.
	SessionEnd time.Duration
	// Resume is how long a resume token is good: 24 h at most, so that removals outlast it.
	Resume time.Duration
	// JoinTimeout bounds one Media.Join.
	JoinTimeout time.Duration
	// SourceEnter limits new places per source over all rooms, RoomEnter per room.
	SourceEnter, RoomEnter Rate
	// SourceGuess limits looks with a wrong link per source.
	SourceGuess Rate
	// Pages bounds the open pages of one room, those at the door included.
	Pages int
}

// TURNLife is how long TURN credentials are good.
const TURNLife = 12 * time.Hour

// DefaultLimits are the limits of a room unless configured.
func DefaultLimits() Limits {
	return Limits{
		Opening:     30 * time.Minute,
		Grace:       30 * time.Second,
		Return:      time.Minute,
		Knock:       15 * time.Minute,
		SessionEnd:  10 * time.Minute,
		Resume:      12 * time.Hour,
		JoinTimeout: 10 * time.Second,
		SourceEnter: Rate{PerSecond: 5, Burst: 60},
		RoomEnter:   Rate{PerSecond: 20, Burst: 600},
		SourceGuess: Rate{PerSecond: 1, Burst: 30},
		Pages:       2000,
	}
}

// orDefault returns value, or def when value is zero.
func orDefault[T comparable](value, def T) T {
	var zero T
	if value == zero {
		return def
	}
	return value
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	return Limits{
		Opening:     orDefault(l.Opening, d.Opening),
		Grace:       orDefault(l.Grace, d.Grace),
		Return:      orDefault(l.Return, d.Return),
		Knock:       orDefault(l.Knock, d.Knock),
		SessionEnd:  orDefault(l.SessionEnd, d.SessionEnd),
		Resume:      min(orDefault(l.Resume, d.Resume), recallFor),
		JoinTimeout: orDefault(l.JoinTimeout, d.JoinTimeout),
		SourceEnter: orDefault(l.SourceEnter, d.SourceEnter),
		RoomEnter:   orDefault(l.RoomEnter, d.RoomEnter),
		SourceGuess: orDefault(l.SourceGuess, d.SourceGuess),
		Pages:       orDefault(l.Pages, d.Pages),
	}
}
