package httpd

import (
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// Peer is one page's connection, as the room sees it.
type Peer = room.Peer

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
