// Package ledger keeps the money: what each power-on cost (origin) and which room had it for
// what (allocated). Amounts are integers in nano-euro; nothing here reads a clock or a store.
//
// Invariant: for every power-on the allocated rows add up to the origin rows exactly.
package ledger

import (
	"time"

	"weckruf/internal/wire"
)

// NanoEUR is an amount of money: 10⁻⁹ euro.
type NanoEUR int64

// Cent is one euro cent.
const Cent NanoEUR = 10_000_000

// Resource is what the provider charges for.
type Resource string

// The resources of a machine.
const (
	Compute Resource = "compute"
	IPv4    Resource = "ipv4"
	Volume  Resource = "volume"
)

// Quantum is how the provider rounds the time of one run: at least Minimum, then in whole
// Steps; the amount per run is rounded up to a multiple of RoundTo (0: not rounded).
type Quantum struct {
	Minimum time.Duration `json:"minimum"`
	Step    time.Duration `json:"step"`
	RoundTo NanoEUR       `json:"round_to"`
}

// Price is one resource's price as it was when the machine was switched on.
type Price struct {
	Resource Resource `json:"resource"`
	PerHour  NanoEUR  `json:"per_hour"`
	Quantum  Quantum  `json:"quantum"`
}

// Class says what a minute was paid for.
type Class string

// The classes of a minute.
const (
	Boot     Class = "boot"     // from power-on to ready
	Prewarm  Class = "prewarm"  // held warm because an organiser asked
	Used     Class = "used"     // somebody was in the call
	Hold     Class = "hold"     // empty, kept in case somebody returns
	Drain    Class = "drain"    // being stopped
	Waste    Class = "waste"    // paid after the stop, to the quantum's end
	Standing Class = "standing" // costs while switched off
)

// Run is one power-on, from the claim to the provider's word that it stopped.
type Run struct {
	Machine wire.MachineID
	Epoch   wire.Epoch
	Room    wire.RoomID // who woke it
	Prewarm bool        // woken by an organiser ahead of time
	From    time.Time   // UTC
	Until   time.Time   // UTC; zero while it runs
	Void    bool        // it never ran: nothing is charged
	Prices  []Price
}

// Phase says from when on the empty minutes of a run are of a class, and for which room
// (may be empty: then the last room used, else who woke it).
type Phase struct {
	Machine wire.MachineID
	Epoch   wire.Epoch
	At      time.Time
	Class   Class
	Room    wire.RoomID
}
