package ledger

import (
	"testing"
	"time"
)

// The quanta as providers document them: Scaleway bills at least 60 minutes and begun hours,
// rounded up to the cent; local machines are charged by the minute.
var (
	startedHours = Quantum{Minimum: time.Hour, Step: time.Hour, RoundTo: Cent}
	perMinute    = Quantum{Step: time.Minute}
	perSecond    = Quantum{Minimum: time.Minute, Step: time.Second}
	thenMinutes  = Quantum{Minimum: 90 * time.Second, Step: time.Minute}
)

func TestBilledTimeFollowsTheQuantum(t *testing.T) {
	for _, c := range []struct {
		name    string
		quantum Quantum
		run     time.Duration
		want    time.Duration
	}{
		{"hours: nothing still costs the minimum", startedHours, 0, time.Hour},
		{"hours: ten minutes", startedHours, 10 * time.Minute, time.Hour},
		{"hours: exactly one", startedHours, time.Hour, time.Hour},
		{"hours: a moment more", startedHours, time.Hour + 1, 2 * time.Hour},
		{"hours: two and a half", startedHours, 150 * time.Minute, 3 * time.Hour},
		{"minutes: nothing", perMinute, 0, 0},
		{"minutes: a moment", perMinute, 1, time.Minute},
		{"minutes: exactly one", perMinute, time.Minute, time.Minute},
		{"minutes: 61 s", perMinute, 61 * time.Second, 2 * time.Minute},
		{"seconds after a minute: 59 s", perSecond, 59 * time.Second, time.Minute},
		{"seconds after a minute: 60.1 s", perSecond, 60100 * time.Millisecond, 61 * time.Second},
		{"steps count from the minimum", thenMinutes, 91 * time.Second, 150 * time.Second},
		{"no step is a second", Quantum{}, 1500 * time.Millisecond, 2 * time.Second},
		{"negative is nothing", perMinute, -time.Hour, 0},
		{"the longest run", perMinute, 1<<63 - 1, MaxRun},
	} {
		if got := c.quantum.Billed(c.run); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestChargeIsRoundedUpOncePerRun(t *testing.T) {
	for _, c := range []struct {
		name  string
		price Price
		run   time.Duration
		want  NanoEUR
	}{
		{"DEV1-L for ten minutes: 4.284 ct becomes 5 ct", Price{Compute, 42_840_000, startedHours}, 10 * time.Minute, 5 * Cent},
		{"DEV1-L for 61 minutes: 8.568 ct becomes 9 ct, not 10", Price{Compute, 42_840_000, startedHours}, 61 * time.Minute, 9 * Cent},
		{"an IPv4 costs at least a cent", Price{IPv4, 4_000_000, startedHours}, time.Minute, Cent},
		{"IPv4 for three hours: 1.2 ct becomes 2 ct", Price{IPv4, 4_000_000, startedHours}, 3 * time.Hour, 2 * Cent},
		{"a whole cent stays one", Price{Compute, Cent, startedHours}, time.Hour, Cent},
		{"a nano-euro over a cent is two cents", Price{Compute, Cent + 1, startedHours}, time.Hour, 2 * Cent},
		{"a fraction of a nano-euro over a cent is two cents", Price{Compute, Cent + 1, Quantum{Step: time.Second, RoundTo: Cent}}, time.Hour - time.Second, Cent},
		{"not rounded: up to a nano-euro", Price{Compute, 1, perMinute}, time.Minute, 1},
		{"per minute", Price{Compute, 36_000_000, perMinute}, 61 * time.Second, 1_200_000},
		{"free", Price{Compute, 0, startedHours}, time.Hour, 0},
		{"no time", Price{Compute, 36_000_000, perMinute}, 0, 0},
		{"the dearest machine for the longest time", Price{Compute, MaxPerHour, Quantum{}}, MaxRun, MaxPerHour * 26352},
	} {
		if err := c.price.Check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := c.price.Charge(c.run); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestImpossiblePricesAndRunsAreNamed(t *testing.T) {
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	good := Price{Compute, 1, startedHours}
	for name, change := range map[string]func(*Run, *Price){
		"no resource":         func(_ *Run, p *Price) { p.Resource = "" },
		"negative price":      func(_ *Run, p *Price) { p.PerHour = -1 },
		"absurd price":        func(_ *Run, p *Price) { p.PerHour = MaxPerHour + 1 },
		"negative minimum":    func(_ *Run, p *Price) { p.Quantum.Minimum = -time.Second },
		"minimum in millis":   func(_ *Run, p *Price) { p.Quantum.Minimum = time.Millisecond },
		"endless minimum":     func(_ *Run, p *Price) { p.Quantum.Minimum = MaxQuantum + time.Second },
		"negative step":       func(_ *Run, p *Price) { p.Quantum.Step = -time.Second },
		"step in millis":      func(_ *Run, p *Price) { p.Quantum.Step = 1500 * time.Millisecond },
		"endless step":        func(_ *Run, p *Price) { p.Quantum.Step = MaxQuantum + time.Second },
		"negative rounding":   func(_ *Run, p *Price) { p.Quantum.RoundTo = -1 },
		"absurd rounding":     func(_ *Run, p *Price) { p.Quantum.RoundTo = MaxRoundTo + 1 },
		"no begin":            func(r *Run, _ *Price) { r.From = time.Time{} },
		"begin in the future": func(r *Run, _ *Price) { r.From = from.AddDate(1000, 0, 0) },
		"end before begin":    func(r *Run, _ *Price) { r.Until = from.Add(-1) },
		"longer than allowed": func(r *Run, _ *Price) { r.Until = from.Add(MaxRun + 1) },
	} {
		run, price := Run{Machine: "m", Epoch: 1, From: from}, good
		change(&run, &price)
		run.Prices = []Price{good, price}
		if err := run.Check(); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := Settle(Books{Runs: []Run{run}}, from); err == nil {
			t.Errorf("%s: it was settled", name)
		}
	}
}

func TestAnHourCostsTheSumOfItsResources(t *testing.T) {
	prices := []Price{{Compute, 42_840_000, startedHours}, {IPv4, 4_000_000, perMinute}}
	if got := Hourly(prices); got != 46_840_000 {
		t.Errorf("an hour costs %d", got)
	}
}
