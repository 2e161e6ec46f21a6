package keeper

import (
	"errors"
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// simStore keeps one record and the books, with the rules of the real one.
type simStore struct {
	w      *world
	record Record
	runs   map[wire.Epoch]*ledger.Run
	order  []wire.Epoch
	phases []ledger.Phase
	usage  []ledger.Usage
}

var errDisk = errors.New("the disk is full")

func newSimStore(w *world) *simStore {
	return &simStore{w: w, record: Record{Machine: "m", Observed: Off}, runs: map[wire.Epoch]*ledger.Run{}}
}

func (s *simStore) commit(c Change) (Record, error) {
	if c.Prev.Revision != s.record.Revision {
		return Record{}, ErrConflict
	}
	s.check(c)
	if r := c.Close; r != nil {
		s.close(*r)
	}
	if r := c.Open; r != nil {
		s.open(*r)
	}
	s.phases = append(s.phases, c.Phases...)
	if s.record.Observed != c.Next.Observed {
		s.w.note("store: epoch %d %s -> %s by %s", c.Next.Epoch, s.record.Observed, c.Next.Observed, c.Next.Owner)
		s.w.stats[string(c.Next.Observed)]++
	}
	s.record = c.Next
	s.record.Revision = c.Prev.Revision + 1
	return s.record, nil
}

// check holds what must be true of every transaction.
func (s *simStore) check(c Change) {
	before, after := c.Prev, c.Next
	if after.Epoch != before.Epoch && (c.Open == nil || after.Epoch != before.Epoch+1) {
		s.w.violate("epoch %d became %d without a run", before.Epoch, after.Epoch)
	}
	if after.Observed == Off && before.Observed != Off && c.Close == nil {
		s.w.violate("epoch %d ended without an end of its run", before.Epoch)
	}
	if before.Observed == Stopping && after.Observed != Stopping && after.Observed != Off && after.Epoch == before.Epoch {
		s.w.violate("there was a way back from stopping to %s", after.Observed)
	}
}

func (s *simStore) open(r ledger.Run) {
	for _, other := range s.runs {
		if other.Until.IsZero() {
			s.w.violate("run %d begins while run %d is open", r.Epoch, other.Epoch)
		}
	}
	if s.runs[r.Epoch] != nil {
		s.w.violate("run %d begins twice", r.Epoch)
	}
	s.runs[r.Epoch] = &r
	s.order = append(s.order, r.Epoch)
}

func (s *simStore) close(r ledger.Run) {
	run := s.runs[r.Epoch]
	switch {
	case run == nil:
		s.w.violate("run %d ends and never began", r.Epoch)
		return
	case !run.Until.IsZero():
		s.w.violate("run %d ends twice", r.Epoch)
	}
	run.Until, run.Void = r.Until, r.Void
	s.w.note("store: run %d from %s until %s, void %t", r.Epoch, run.From.Format("15:04:05.000"), r.Until.Format("15:04:05.000"), r.Void)
	if r.Void {
		s.w.stats["void"]++
	}
}

// covered reports whether all of the time from a to b is in the books. The ledger counts in
// seconds, and one begun is a second; gateways' clocks are measured to a tenth of one.
func (s *simStore) covered(a, b time.Time) bool {
	for _, epoch := range s.order {
		r := s.runs[epoch]
		until := r.Until
		if until.IsZero() {
			until = s.w.now
		}
		if !r.Void && !r.From.Add(-time.Second).After(a) && until.Add(time.Second).After(a) {
			a = until.Add(time.Second)
		}
	}
	return !a.Before(b)
}

func (s *simStore) books() ledger.Books {
	b := ledger.Books{Phases: s.phases, Usage: s.usage}
	for _, epoch := range s.order {
		b.Runs = append(b.Runs, *s.runs[epoch])
	}
	return b
}
