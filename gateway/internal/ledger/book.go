// Package ledger keeps the money: what each power-on cost (origin) and which room had it for
// what (allocated). Amounts are integers in nano-euro; nothing here reads a clock or a store.
//
// Invariant: for every power-on and every resource the allocated shares add up to the origin
// exactly, and so do the rows of all days and months, whatever the time zone.
//
// How that comes about:
//
//   - A resource's origin is its price times its billed time ([Quantum.Billed]), rounded up
//     once ([Price.Charge]).
//   - Origin accrues evenly over the billed time: t seconds into the run floor(origin · t /
//     billed) has accrued. A stretch of time costs what has accrued at its end less what had
//     at its begin. Stretches that join therefore add up without a remainder, and a month's
//     part of a run follows from the month's ends alone.
//   - A run is cut at every full minute (UTC), at its end and where the phase changes. Each
//     piece gets a [Class]: a minute with usage is used, except for the seconds before the
//     machine was ready; an empty one has the class of the phase in force; what is paid after
//     the stop is waste.
//   - A used piece is shared among its rooms by participant seconds with the largest remainder
//     method (Hamilton): everybody gets the whole part of the exact share, and the nano-euro
//     left over go to the largest fractions. Other pieces go to one room: the phase's, else
//     the last one used, else the one that woke the machine.
//
// A run that has not ended is settled as if it stopped now; what is paid beyond now is waste
// until somebody uses it.
package ledger

import (
	"time"

	"weckruf/internal/wire"
)

// NanoEUR is an amount of money: 10⁻⁹ euro.
type NanoEUR int64

// Cent is one euro cent, EUR one euro.
const (
	Cent NanoEUR = 10_000_000
	EUR          = 100 * Cent
)

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

// Valid reports whether c is one of the classes.
func (c Class) Valid() bool {
	switch c {
	case Boot, Prewarm, Used, Hold, Drain, Waste, Standing:
		return true
	}
	return false
}

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

// Usage is the presence in one room during one minute of a run.
type Usage struct {
	Machine wire.MachineID
	Epoch   wire.Epoch
	Minute  time.Time // UTC, the minute's begin
	Room    wire.RoomID
	Seconds int64 // participant seconds, summed over people
}

// Books is everything needed to settle runs: the runs themselves and all their phases and
// usage. Phases at the same time count in the order given: the last one holds. Of two usages
// of the same minute and room the last one holds, too. What belongs to no run is ignored.
type Books struct {
	Runs   []Run
	Phases []Phase
	Usage  []Usage
}
