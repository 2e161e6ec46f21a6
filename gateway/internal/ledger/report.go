package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"weckruf/internal/wire"
)

// Report is the account of a time span, usually a month.
type Report struct {
	From, Until time.Time
	AsOf        time.Time
	Provisional bool      // a run in it has not ended, or the span has not
	Rows        []Row     // by day, room and class, sorted so
	Runs        []RunCost // those that cost something in the span, by begin
	// Origin is added up from the provider's side, Allocated from the rows; Difference is
	// Origin − Allocated, which is zero unless something is wrong.
	Origin, Allocated, Difference NanoEUR
	Seconds, UsedSeconds          int64
	ByClass                       map[Class]Sum
}

// Row is what one room had of one class on one day.
type Row struct {
	Day     string // 2006-01-02 in the time zone of the report
	Room    wire.RoomID
	Class   Class
	Seconds int64
	Amount  NanoEUR
}

// RunCost is one run. Run is whole even where it crosses the span's ends; the amounts are
// those of the span.
type RunCost struct {
	Run               Run
	Provisional       bool
	Origin, Allocated NanoEUR
}

// Sum is time and money of one class.
type Sum struct {
	Seconds int64
	Amount  NanoEUR
}

// Month is the begin and the end of a month such as "2026-11" in a time zone.
func Month(month string, zone *time.Location) (from, until time.Time, err error) {
	from, err = time.ParseInLocation("2006-01", month, zone)
	if err != nil {
		return time.Time{}, time.Time{}, fmt.Errorf("month %q: not of the form 2006-01", month)
	}
	return from, from.AddDate(0, 1, 0), nil
}

// Report adds up what falls between from and until, by days in the time zone. Both are full
// minutes, as the begin of a day is everywhere today.
func (s Settlement) Report(from, until time.Time, zone *time.Location) Report {
	r := Report{From: from, Until: until, AsOf: s.At, Provisional: s.At.Before(until), ByClass: make(map[Class]Sum)}
	rows := make(map[Row]Sum) // keys without seconds and amount
	for _, run := range s.Runs {
		if cost, any := run.cost(&r, rows, zone); any {
			r.Runs = append(r.Runs, cost)
			r.Origin += cost.Origin
			r.Provisional = r.Provisional || run.Provisional
		}
	}
	for row, sum := range rows {
		row.Seconds, row.Amount = sum.Seconds, sum.Amount
		r.Rows = append(r.Rows, row)
		r.add(row)
	}
	slices.SortFunc(r.Rows, compareRows)
	slices.SortStableFunc(r.Runs, func(a, b RunCost) int { return a.Run.From.Compare(b.Run.From) })
	r.Difference = r.Origin - r.Allocated
	return r
}

// cost collects the run's rows; false when nothing of it falls into the report's span.
func (s Settled) cost(r *Report, rows map[Row]Sum, zone *time.Location) (cost RunCost, any bool) {
	cost = RunCost{Run: s.Run, Provisional: s.Provisional, Origin: within(s.span, s.Origin, r.From, r.Until)}
	for _, share := range s.Shares {
		if share.From.Before(r.From) || !share.From.Before(r.Until) {
			continue
		}
		any = true
		amount := share.Amount()
		cost.Allocated += amount
		id := Row{Day: share.From.In(zone).Format(time.DateOnly), Room: share.Room, Class: share.Class}
		sum := rows[id]
		rows[id] = Sum{sum.Seconds + share.Seconds, sum.Amount + amount}
	}
	return cost, any || cost.Origin != 0
}

func (r *Report) add(row Row) {
	r.Allocated += row.Amount
	r.Seconds += row.Seconds
	if row.Class == Used {
		r.UsedSeconds += row.Seconds
	}
	sum := r.ByClass[row.Class]
	r.ByClass[row.Class] = Sum{sum.Seconds + row.Seconds, sum.Amount + row.Amount}
}

func compareRows(a, b Row) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Room, b.Room), cmp.Compare(a.Class, b.Class))
}
