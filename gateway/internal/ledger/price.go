package ledger

import (
	"fmt"
	"math/bits"
	"time"
)

// The bounds of what can be settled. They are far beyond anything real; within them no sum of
// fewer than some ten runs overflows, however absurd, and no product ever does.
const (
	MaxPerHour = 10_000 * EUR
	MaxRoundTo = 1_000 * EUR
	MaxQuantum = 31 * 24 * time.Hour
	MaxRun     = 3 * 366 * 24 * time.Hour
)

// Billed is the time charged for a run of d: the minimum, and for what goes beyond it whole
// steps, begun ones included. The finest step is a second. Negative d counts as 0, d beyond
// MaxRun as MaxRun. q has passed Price.Check.
func (q Quantum) Billed(d time.Duration) time.Duration {
	over := min(max(d, 0), MaxRun) - q.Minimum
	if over <= 0 {
		return q.Minimum
	}
	step := max(q.Step, time.Second)
	return q.Minimum + (over+step-1)/step*step
}

// Charge is the amount for a run of d, rounded up to a multiple of RoundTo (at the finest: to
// a nano-euro). p has passed Check.
func (p Price) Charge(d time.Duration) NanoEUR {
	return p.charge(p.billedSeconds(d))
}

func (p Price) billedSeconds(d time.Duration) int64 {
	return int64(p.Quantum.Billed(d) / time.Second)
}

// charge rounds once, from the exact product: rounding to nano-euro first and to cents then
// could lose a cent.
func (p Price) charge(seconds int64) NanoEUR {
	unit := uint64(max(p.Quantum.RoundTo, 1))
	hi, lo := bits.Mul64(uint64(p.PerHour), uint64(seconds))
	units, rest := bits.Div64(hi, lo, 3600*unit)
	if rest > 0 {
		units++
	}
	return NanoEUR(units * unit)
}

// Check reports why the price cannot be charged, or nil.
func (p Price) Check() error {
	q := p.Quantum
	switch {
	case p.Resource == "":
		return fmt.Errorf("a price names no resource")
	case p.PerHour < 0 || p.PerHour > MaxPerHour:
		return fmt.Errorf("price of %s: not between 0 and %d nano-euro an hour", p.Resource, MaxPerHour)
	case q.Minimum < 0 || q.Minimum > MaxQuantum || q.Minimum%time.Second != 0:
		return fmt.Errorf("price of %s: the minimum must be 0 to %s in whole seconds", p.Resource, MaxQuantum)
	case q.Step < 0 || q.Step > MaxQuantum || q.Step%time.Second != 0:
		return fmt.Errorf("price of %s: the step must be 0 to %s in whole seconds", p.Resource, MaxQuantum)
	case q.RoundTo < 0 || q.RoundTo > MaxRoundTo:
		return fmt.Errorf("price of %s: not rounded to 0 to %d nano-euro", p.Resource, MaxRoundTo)
	}
	return nil
}

// Hourly is what a machine with these prices costs in an hour of running.
func Hourly(prices []Price) NanoEUR {
	var sum NanoEUR
	for _, p := range prices {
		sum += p.PerHour
	}
	return sum
}

// Check reports why the run cannot be settled, or nil.
func (r Run) Check() error {
	switch {
	case r.From.Unix() <= 0 || r.From.Year() > 2200:
		return fmt.Errorf("run %s/%d: it has no begin", r.Machine, r.Epoch)
	case !r.Until.IsZero() && r.Until.Before(r.From):
		return fmt.Errorf("run %s/%d: it ends before it begins", r.Machine, r.Epoch)
	case !r.Until.IsZero() && r.Until.Sub(r.From) > MaxRun:
		return fmt.Errorf("run %s/%d: longer than %s", r.Machine, r.Epoch, MaxRun)
	}
	for _, p := range r.Prices {
		if err := p.Check(); err != nil {
			return fmt.Errorf("run %s/%d: %w", r.Machine, r.Epoch, err)
		}
	}
	return nil
}
