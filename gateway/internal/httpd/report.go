package httpd

import (
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// costsJSON is a ledger.Report as the finance page reads it.
type costsJSON struct {
	Month       string    `json:"month"`
	AsOf        time.Time `json:"as_of"`
	Provisional bool      `json:"provisional"`
	Rows        []costRow `json:"rows"`
	Runs        []costRun `json:"runs"`
	Sum         costSum   `json:"sum"`
}

type costRow struct {
	Day     string         `json:"day"`
	Room    wire.RoomID    `json:"room"`
	Title   string         `json:"title"` // empty when the room was deleted
	Class   ledger.Class   `json:"class"`
	Minutes int64          `json:"minutes"` // Seconds, rounded to the nearest minute
	Seconds int64          `json:"seconds"`
	Amount  ledger.NanoEUR `json:"nano_eur"`
}

type costRun struct {
	Machine   wire.MachineID `json:"machine"`
	Epoch     wire.Epoch     `json:"epoch"`
	Room      wire.RoomID    `json:"room"`
	Title     string         `json:"title"`
	From      time.Time      `json:"from"`
	Until     *time.Time     `json:"until,omitempty"`
	Prices    []ledger.Price `json:"prices"`
	Origin    ledger.NanoEUR `json:"origin_nano_eur"`
	Allocated ledger.NanoEUR `json:"allocated_nano_eur"`
}

// costSum is the bottom line. Difference is always zero unless something is wrong, and is
// shown so that anybody can see it.
type costSum struct {
	Origin      ledger.NanoEUR             `json:"origin_nano_eur"`
	Allocated   ledger.NanoEUR             `json:"allocated_nano_eur"`
	Difference  ledger.NanoEUR             `json:"difference_nano_eur"`
	UsedSeconds int64                      `json:"used_seconds"`
	Seconds     int64                      `json:"seconds"`
	ByClass     map[ledger.Class]classCost `json:"by_class"`
}

type classCost struct {
	Seconds int64          `json:"seconds"`
	Amount  ledger.NanoEUR `json:"nano_eur"`
}

// newCostsJSON puts the rooms' titles to a report. Lists without entries are [], not null.
func newCostsJSON(month string, r ledger.Report, titles map[wire.RoomID]string) costsJSON {
	out := costsJSON{
		Month: month, AsOf: r.AsOf.UTC(), Provisional: r.Provisional,
		Rows: make([]costRow, 0, len(r.Rows)), Runs: make([]costRun, 0, len(r.Runs)),
		Sum: costSum{
			Origin: r.Origin, Allocated: r.Allocated, Difference: r.Difference,
			UsedSeconds: r.UsedSeconds, Seconds: r.Seconds, ByClass: make(map[ledger.Class]classCost, len(r.ByClass)),
		},
	}
	for _, row := range r.Rows {
		out.Rows = append(out.Rows, costRow{
			Day: row.Day, Room: row.Room, Title: titles[row.Room], Class: row.Class,
			Minutes: (row.Seconds + 30) / 60, Seconds: row.Seconds, Amount: row.Amount,
		})
	}
	for _, cost := range r.Runs {
		out.Runs = append(out.Runs, newCostRun(cost, titles))
	}
	for class, sum := range r.ByClass {
		out.Sum.ByClass[class] = classCost{sum.Seconds, sum.Amount}
	}
	return out
}

func newCostRun(c ledger.RunCost, titles map[wire.RoomID]string) costRun {
	return costRun{
		Machine: c.Run.Machine, Epoch: c.Run.Epoch, Room: c.Run.Room, Title: titles[c.Run.Room],
		From: c.Run.From.UTC(), Until: given(c.Run.Until), Prices: append([]ledger.Price{}, c.Run.Prices...),
		Origin: c.Origin, Allocated: c.Allocated,
	}
}
