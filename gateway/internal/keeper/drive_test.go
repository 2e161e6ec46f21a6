package keeper

import (
	"testing"
	"time"

	"weckruf/gateway/internal/ledger"
)

// drive feeds events in one by one, lets the store agree at once, and returns what was done.
type drive struct {
	t    *testing.T
	m    Machine
	now  time.Time
	done []string
	last map[string]Effect

	phases []ledger.Phase
}

func newDrive(t *testing.T, m Machine) *drive {
	return &drive{t: t, m: m, now: noon, last: map[string]Effect{}}
}

func (d *drive) send(e Event) {
	d.t.Helper()
	before := d.m
	next, effects := Next(d.m, d.now, e)
	d.m = next
	if before.State != next.State {
		d.done = append(d.done, "is "+string(next.State))
	}
	for _, effect := range effects {
		d.perform(effect)
	}
}

func (d *drive) perform(effect Effect) {
	switch e := effect.(type) {
	case Commit:
		record := e.Change.Next
		record.Revision++
		d.phases = append(d.phases, e.Change.Phases...)
		d.send(Committed{Attempt: e.Attempt, Record: record, Now: d.now})
	case Observe:
		d.last["look"] = e
	default:
		what := tell(effect)
		d.done = append(d.done, what)
		d.last[what] = e
	}
}

// answer is the provider's to the last question.
func (d *drive) answer(p Power, err error) {
	d.t.Helper()
	if d.m.Observing == 0 {
		d.now = later(d.now, d.m.ObserveAt)
		d.send(Tick{})
	}
	d.send(Observed{Attempt: d.m.Observing, Power: p, Err: err})
}

func (d *drive) called(err error) {
	d.t.Helper()
	if d.m.Powering == 0 {
		d.t.Fatalf("no call is under way in %s", d.m.State)
	}
	d.send(Powered{Attempt: d.m.Powering, Err: err})
}

// pass lets time go by without a word from anybody.
func (d *drive) pass(span time.Duration) {
	d.t.Helper()
	for end := d.now.Add(span); ; {
		due := d.m.Due(d.now)
		if due.IsZero() || due.After(end) {
			d.now = end
			d.send(Tick{})
			return
		}
		d.now = due
		d.send(Tick{})
	}
}

func (d *drive) expect(want ...string) {
	d.t.Helper()
	if len(d.done) != len(want) {
		d.t.Fatalf("got %q, want %q", d.done, want)
	}
	for i := range want {
		if d.done[i] != want[i] {
			d.t.Fatalf("got %q, want %q", d.done, want)
		}
	}
	d.done = nil
}
