package ledger

import (
	"fmt"
	"math/bits"
	"time"

	"weckruf/internal/wire"
)

// Origin is what the provider charges for one resource of one run.
type Origin struct {
	Machine wire.MachineID
	Epoch   wire.Epoch
	Price   Price // as it was at the power-on
	Billed  time.Duration
	Amount  NanoEUR
}

// accrued is the part of the origin that falls on the first seconds of the run: nothing at
// its begin, all of it when the billed time is over.
func (o Origin) accrued(seconds int64) NanoEUR {
	billed := int64(o.Billed / time.Second)
	if seconds >= billed {
		return o.Amount
	}
	if seconds <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(o.Amount), uint64(seconds))
	part, _ := bits.Div64(hi, lo, uint64(billed))
	return NanoEUR(part)
}

// between is the part that falls on the seconds from a to b of the run.
func (o Origin) between(a, b int64) NanoEUR { return o.accrued(b) - o.accrued(a) }

// span is the time of a run in whole seconds: it begins with the second in which the machine
// was switched on, and a second begun is a second.
type span struct {
	from    int64 // Unix time
	powered int64 // seconds until the stop, or until now
	paid    int64 // seconds billed for the resource paid the longest, not less than powered
}

// open prepares a run for settling: its time and its origins. A void run has neither.
func (r Run) open(now time.Time) (span, []Origin, error) {
	if err := r.Check(); err != nil {
		return span{}, nil, err
	}
	s := span{from: r.From.Unix()}
	if r.Void {
		return s, nil, nil
	}
	d := r.lasted(now)
	if d > MaxRun {
		return span{}, nil, fmt.Errorf("run %s/%d: open for longer than %s", r.Machine, r.Epoch, MaxRun)
	}
	s.powered = int64((d + time.Second - 1) / time.Second)
	s.paid = s.powered
	origins := make([]Origin, len(r.Prices))
	for i, p := range r.Prices {
		origins[i] = Origin{Machine: r.Machine, Epoch: r.Epoch, Price: p, Billed: p.Quantum.Billed(d), Amount: p.Charge(d)}
		s.paid = max(s.paid, int64(origins[i].Billed/time.Second))
	}
	return s, origins, nil
}

// lasted is the powered time of the run: until its stop, or until now while it runs.
func (r Run) lasted(now time.Time) time.Duration {
	end := r.Until
	if end.IsZero() {
		end = now
	}
	return max(end.Sub(r.From), 0)
}

// Spent is what the runs cost between two times, which are full minutes. It comes from the
// origins alone and equals the Origin of a Report on the same time.
func Spent(runs []Run, from, until, now time.Time) (NanoEUR, error) {
	var sum NanoEUR
	for _, r := range runs {
		s, origins, err := r.open(now)
		if err != nil {
			return 0, err
		}
		sum += within(s, origins, from, until)
	}
	return sum, nil
}

func within(s span, origins []Origin, from, until time.Time) NanoEUR {
	var sum NanoEUR
	for _, o := range origins {
		sum += o.between(from.Unix()-s.from, until.Unix()-s.from)
	}
	return sum
}
