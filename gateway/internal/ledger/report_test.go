package ledger

import (
	"reflect"
	"testing"
	"time"
)

// march is a month worked out by hand, see TestAMonthWorkedOutByHand.
func march() Books {
	evening := time.Date(2026, 3, 10, 18, 0, 0, 0, time.UTC)
	night := time.Date(2026, 3, 31, 21, 58, 20, 0, time.UTC) // 23:58:20 in Berlin
	books := Books{Runs: []Run{
		{Machine: "m", Epoch: 1, Room: "council", From: evening, Until: evening.Add(1230 * time.Second), Prices: []Price{
			{Compute, 36_000_000, Quantum{Minimum: time.Hour, Step: time.Hour}}, {IPv4, 4_000_000, startedHours}}},
		{Machine: "m", Epoch: 2, Room: "office", Prewarm: true, From: night, Until: night.Add(200 * time.Second), Prices: []Price{
			{Compute, 3_600_000, perMinute}}},
	}}
	for _, p := range []struct {
		at    time.Duration
		class Class
	}{{0, Boot}, {30 * time.Second, Used}, {10 * time.Minute, Hold}, {20 * time.Minute, Drain}} {
		books.Phases = append(books.Phases, Phase{Machine: "m", Epoch: 1, At: evening.Add(p.at), Class: p.class})
	}
	for minute := range 10 {
		u := Usage{Machine: "m", Epoch: 1, Minute: evening.Add(time.Duration(minute) * time.Minute), Room: "council", Seconds: 60}
		if minute == 5 {
			u.Seconds = 40
			other := u
			other.Room, other.Seconds = "choir", 20
			books.Usage = append(books.Usage, other)
		}
		books.Usage = append(books.Usage, u)
	}
	return books
}

// The evening: 20.5 minutes, paid for one hour. Compute 36,000,000 n€ are 10,000 a second.
// IPv4 costs 0.4 ct, rounded up to a cent: 10,000,000 n€, of which 2,777.7… accrue a second.
//
//	                    seconds   compute       IPv4, accrued at the end − at the begin
//	boot                0–30      300,000       83,333 − 0                  = 83,333
//	used                30–600    5,700,000     1,666,666 − 83,333          = 1,583,333
//	  of it 300–360, shared 40:20 among council and choir:
//	                    choir 20  200,000       (1,000,000 − 833,333) / 3   = 55,555.67 → 55,556
//	hold                600–1200  6,000,000     3,333,333 − 1,666,666       = 1,666,667
//	drain               1200–1230 300,000       3,416,666 − 3,333,333       = 83,333
//	waste               1230–3600 23,700,000    10,000,000 − 3,416,666      = 6,583,334
//
// The night: 200 s of pre-warm, charged as 4 minutes at 1,000 n€ a second; midnight in Berlin
// comes after 100 s, so 100,000 n€ belong to March and 140,000 to April.
func TestAMonthWorkedOutByHand(t *testing.T) {
	zone := berlin(t)
	now := time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC)
	settled := settleAndCheck(t, march(), now)
	from, until, err := Month("2026-03", zone)
	if err != nil {
		t.Fatal(err)
	}
	got := settled.Report(from, until, zone)
	want := []Row{
		{"2026-03-10", "choir", Used, 20, 255_556},
		{"2026-03-10", "council", Boot, 30, 383_333},
		{"2026-03-10", "council", Drain, 30, 383_333},
		{"2026-03-10", "council", Hold, 600, 7_666_667},
		{"2026-03-10", "council", Used, 550, 7_027_777},
		{"2026-03-10", "council", Waste, 2370, 30_283_334},
		{"2026-03-31", "office", Prewarm, 100, 100_000},
	}
	if !reflect.DeepEqual(got.Rows, want) {
		t.Errorf("rows %+v", got.Rows)
	}
	if got.Origin != 46_100_000 || got.Allocated != 46_100_000 || got.Difference != 0 ||
		got.Seconds != 3700 || got.UsedSeconds != 570 || got.Provisional {
		t.Errorf("sums %+v", got)
	}
	if len(got.Runs) != 2 || got.Runs[0].Origin != 46_000_000 || got.Runs[1].Allocated != 100_000 {
		t.Errorf("runs %+v", got.Runs)
	}

	from, until, _ = Month("2026-04", zone)
	april := settled.Report(from, until, zone)
	want = []Row{{"2026-04-01", "office", Prewarm, 100, 100_000}, {"2026-04-01", "office", Waste, 40, 40_000}}
	if !reflect.DeepEqual(april.Rows, want) || april.Origin != 140_000 || april.Difference != 0 || !april.Provisional {
		t.Errorf("April %+v", april)
	}
}

func TestDaysAreThoseOfTheTimeZone(t *testing.T) {
	zone := berlin(t)
	for _, c := range []struct {
		month, day string
		seconds    int64
	}{
		{"2026-03", "2026-03-28", 86_400},
		{"2026-03", "2026-03-29", 82_800}, // the clock goes forward
		{"2026-10", "2026-10-24", 86_400},
		{"2026-10", "2026-10-25", 90_000}, // and back
	} {
		from, until, err := Month(c.month, zone)
		if err != nil {
			t.Fatal(err)
		}
		run := Run{Machine: "m", Epoch: 1, Room: "council", From: from.Add(-time.Hour), Until: until.Add(time.Hour),
			Prices: []Price{{Compute, 3_600_000, perMinute}}}
		report := settleAndCheck(t, Books{Runs: []Run{run}}, until).Report(from, until, zone)
		var seconds int64
		for _, row := range report.Rows {
			if row.Day == c.day {
				seconds += row.Seconds
			}
		}
		if seconds != c.seconds {
			t.Errorf("%s has %d seconds, want %d", c.day, seconds, c.seconds)
		}
		if report.Seconds != int64(until.Sub(from)/time.Second) || len(report.Rows) != 31 {
			t.Errorf("%s has %d seconds in %d rows", c.month, report.Seconds, len(report.Rows))
		}
	}
}

func TestAnythingButAMonthIsRefused(t *testing.T) {
	for _, text := range []string{"", "2026", "2026-13", "2026-3", "2026-03-01", "März"} {
		if _, _, err := Month(text, time.UTC); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestARunningMachineMakesTheReportProvisional(t *testing.T) {
	books := march()
	books.Runs[0].Until = time.Time{}
	now := books.Runs[0].From.Add(time.Minute)
	from, until, _ := Month("2026-03", time.UTC)
	s := settleAndCheck(t, Books{Runs: books.Runs[:1]}, now)
	if r := s.Report(from, until, time.UTC); !r.Provisional || !r.Runs[0].Provisional || !r.AsOf.Equal(now) {
		t.Errorf("got %+v", r)
	}
	if r := s.Report(until, until.AddDate(0, 1, 0), time.UTC); len(r.Runs) != 0 || len(r.Rows) != 0 {
		t.Errorf("the next month has nothing of it: %+v", r)
	}
}
