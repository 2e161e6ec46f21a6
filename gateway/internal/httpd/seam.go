package httpd

import (
	"context"
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// Peer is one page's connection, as the room sees it.
type Peer interface {
	// Receive waits for the page's next message. A *wire.Error is the page's fault, and the
	// connection may go on; io.EOF says that it is closed.
	Receive(ctx context.Context) (wire.Message, error)
	// Send puts a message into a bounded queue and never blocks; a full queue closes the peer.
	Send(m wire.Message)
	// Source is a keyed hash of the address, for limits.
	Source() string
}

// MachineStatus is one machine as the office sees it. Zero times mean: none.
type MachineStatus struct {
	Machine      wire.MachineID
	State        string // the keeper's: off, waking, booting, …
	Since        time.Time
	ETA          time.Duration
	PaidUntil    time.Time
	HardStopAt   time.Time
	PrewarmUntil time.Time
	Waiting      int
	Present      int
	Rooms        []wire.RoomID
	PricePerHour ledger.NanoEUR
	CanStop      bool
}
