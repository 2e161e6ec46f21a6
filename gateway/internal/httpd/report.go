package httpd

import (
	"cmp"
	"maps"
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// Costs is what a span of time cost, row by row and in sum. Its JSON form is the answer of
// GET /api/v1/costs.
type Costs struct {
	Month string    `json:"month"` // 2026-11
	AsOf  time.Time `json:"as_of"`
	// Provisional is set while a run of the month has not ended: its rows will still grow.
	Provisional bool      `json:"provisional"`
	Rows        []CostRow `json:"rows"`
	Runs        []CostRun `json:"runs"`
	Sum         CostSum   `json:"sum"`
}

// CostRow is what one room had of one class on one day.
type CostRow struct {
	Day     string         `json:"day"` // 2026-11-23, in the installation's time zone
	Room    wire.RoomID    `json:"room"`
	Title   string         `json:"title"` // empty when the room was deleted; filled in here
	Class   ledger.Class   `json:"class"`
	Minutes int64          `json:"minutes"` // Seconds in whole minutes, rounded to the nearest
	Seconds int64          `json:"seconds"`
	Amount  ledger.NanoEUR `json:"nano_eur"`
}

// CostRun is one power-on with its prices: the origin of the rows.
type CostRun struct {
	Machine   wire.MachineID `json:"machine"`
	Epoch     wire.Epoch     `json:"epoch"`
	Room      wire.RoomID    `json:"room"`
	Title     string         `json:"title"` // empty when the room was deleted; filled in here
	From      time.Time      `json:"from"`
	Until     *time.Time     `json:"until,omitempty"`
	Prices    []ledger.Price `json:"prices"`
	Origin    ledger.NanoEUR `json:"origin_nano_eur"`
	Allocated ledger.NanoEUR `json:"allocated_nano_eur"`
}

// CostSum is the bottom line. Difference is Origin − Allocated: always zero, and shown so that
// anybody can see it.
type CostSum struct {
	Origin      ledger.NanoEUR             `json:"origin_nano_eur"`
	Allocated   ledger.NanoEUR             `json:"allocated_nano_eur"`
	Difference  ledger.NanoEUR             `json:"difference_nano_eur"`
	UsedSeconds int64                      `json:"used_seconds"`
	Seconds     int64                      `json:"seconds"`
	ByClass     map[ledger.Class]ClassCost `json:"by_class"`
}

// ClassCost is the sum of one class.
type ClassCost struct {
	Seconds int64          `json:"seconds"`
	Amount  ledger.NanoEUR `json:"nano_eur"`
}

// named returns the costs with the titles of rooms where they are missing, times in UTC, and
// empty lists rather than null. The receiver's own lists stay as they are.
func (c Costs) named(titles map[wire.RoomID]string) Costs {
	titles = maps.Clone(titles)
	rows := make([]CostRow, len(c.Rows))
	for i, row := range c.Rows {
		row.Title = cmp.Or(row.Title, titles[row.Room])
		titles[row.Room] = row.Title // the books may know rooms that are deleted
		rows[i] = row
	}
	runs := make([]CostRun, len(c.Runs))
	for i, run := range c.Runs {
		run.Title = cmp.Or(run.Title, titles[run.Room])
		run.From, run.Prices = run.From.UTC(), append([]ledger.Price{}, run.Prices...)
		if run.Until != nil {
			run.Until = given(*run.Until)
		}
		runs[i] = run
	}
	c.AsOf, c.Rows, c.Runs = c.AsOf.UTC(), rows, runs
	if c.Sum.ByClass == nil {
		c.Sum.ByClass = map[ledger.Class]ClassCost{}
	}
	return c
}
