package app

import (
	"context"
	"time"

	"weckruf/gateway/internal/httpd"
	"weckruf/gateway/internal/ledger"
	"weckruf/gateway/internal/store"
	"weckruf/internal/wire"
)

// books settles what the store holds and puts it into the form of the API.
type books struct {
	store *store.Store
}

var _ httpd.Books = books{}

// Costs implements httpd.Books.
func (b books) Costs(ctx context.Context, from, until time.Time, zone *time.Location) (httpd.Costs, error) {
	entries, err := b.store.Month(ctx, from, until)
	if err != nil {
		return httpd.Costs{}, err
	}
	titles, err := b.store.Titles(ctx)
	if err != nil {
		return httpd.Costs{}, err
	}
	now, err := b.store.Now(ctx)
	if err != nil {
		return httpd.Costs{}, err
	}
	settled, err := ledger.Settle(entries, now)
	if err != nil {
		return httpd.Costs{}, err
	}
	return costs(settled.Report(from, until, zone), zone, titles), nil
}

func costs(r ledger.Report, zone *time.Location, titles map[wire.RoomID]string) httpd.Costs {
	out := httpd.Costs{
		Month: r.From.In(zone).Format("2006-01"), AsOf: r.AsOf, Provisional: r.Provisional,
		Rows: make([]httpd.CostRow, 0, len(r.Rows)), Runs: make([]httpd.CostRun, 0, len(r.Runs)),
		Sum: httpd.CostSum{
			Origin: r.Origin, Allocated: r.Allocated, Difference: r.Difference,
			UsedSeconds: r.UsedSeconds, Seconds: r.Seconds, ByClass: map[ledger.Class]httpd.ClassCost{},
		},
	}
	for _, row := range r.Rows {
		out.Rows = append(out.Rows, httpd.CostRow{
			Day: row.Day, Room: row.Room, Title: titles[row.Room], Class: row.Class,
			Minutes: (row.Seconds + 30) / 60, Seconds: row.Seconds, Amount: row.Amount,
		})
	}
	for _, c := range r.Runs {
		out.Runs = append(out.Runs, costRun(c))
	}
	for class, sum := range r.ByClass {
		out.Sum.ByClass[class] = httpd.ClassCost{Seconds: sum.Seconds, Amount: sum.Amount}
	}
	return out
}

func costRun(c ledger.RunCost) httpd.CostRun {
	run := httpd.CostRun{
		Machine: c.Run.Machine, Epoch: c.Run.Epoch, Room: c.Run.Room, From: c.Run.From,
		Prices: c.Run.Prices, Origin: c.Origin, Allocated: c.Allocated,
	}
	if !c.Run.Until.IsZero() {
		run.Until = &c.Run.Until
	}
	return run
}
