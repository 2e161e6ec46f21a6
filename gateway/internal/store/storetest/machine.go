package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// record is a machine's record in which every field is set.
func record(id wire.MachineID, epoch wire.Epoch) keeper.Record {
	return keeper.Record{
		Machine: id, Epoch: epoch, Owner: "gateway-1", LeaseUntil: Begin.Add(30 * time.Second),
		Desired: keeper.PowerOn, Observed: keeper.State("waking"), Room: "council", Prewarm: true,
		PaidFrom: Begin, HardStopAt: Begin.Add(12 * time.Hour),
		PrewarmUntil: Begin.Add(2 * time.Hour), PrewarmRoom: "choir",
	}
}

func run(id wire.MachineID, epoch wire.Epoch, from time.Time) *ledger.Run {
	return &ledger.Run{Machine: id, Epoch: epoch, Room: "council", Prewarm: true, From: from, Prices: prices}
}

// Machines is the contract of keeper.Store.
func Machines(t *testing.T, open func(*testing.T) keeper.Store) {
	t.Run("a machine never seen is off at revision 0", func(t *testing.T) {
		s := open(t)
		r, err := s.Machine(t.Context(), "m1")
		must(t, err)
		if r.Machine != "m1" || r.Revision != 0 || r.Observed != keeper.Off || r.Epoch != 0 {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("what was committed is read back with the next revision", func(t *testing.T) {
		s := open(t)
		full(t, record("m1", 1), "Revision")
		wrote, err := s.Commit(t.Context(), keeper.Change{Prev: keeper.Record{Machine: "m1"}, Next: record("m1", 1)})
		must(t, err)
		want := record("m1", 1)
		want.Revision = 1
		if wrote != want {
			t.Errorf("committed %+v, want %+v", wrote, want)
		}
		read, err := s.Machine(t.Context(), "m1")
		must(t, err)
		if read != want {
			t.Errorf("read %+v, want %+v", read, want)
		}
		if other, err := s.Machine(t.Context(), "m2"); err != nil || other.Revision != 0 {
			t.Errorf("another machine: %+v, %v", other, err)
		}
	})
	t.Run("zero times stay zero", func(t *testing.T) {
		s := open(t)
		_, err := s.Commit(t.Context(), keeper.Change{Prev: keeper.Record{Machine: "m1"}, Next: keeper.Record{Machine: "m1", Observed: keeper.Off}})
		must(t, err)
		r, err := s.Machine(t.Context(), "m1")
		must(t, err)
		if !r.LeaseUntil.IsZero() || !r.PaidFrom.IsZero() || !r.HardStopAt.IsZero() {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("a stale revision is a conflict and changes nothing", stale(open))
	t.Run("of many who claim at once one wins", race(open))
	t.Run("the clock goes on", func(t *testing.T) {
		s := open(t)
		a, err := s.Now(t.Context())
		must(t, err)
		b, err := s.Now(t.Context())
		must(t, err)
		if a.IsZero() || b.Before(a) {
			t.Errorf("%s, then %s", a, b)
		}
	})
}

func stale(open func(*testing.T) keeper.Store) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t)
		first, err := s.Commit(t.Context(), keeper.Change{Prev: keeper.Record{Machine: "m1"}, Next: record("m1", 1)})
		must(t, err)
		second, err := s.Commit(t.Context(), keeper.Change{Prev: first, Next: record("m1", 2)})
		must(t, err)
		for name, prev := range map[string]keeper.Record{
			"an older one": first, "a new one": {Machine: "m1"}, "one to come": {Machine: "m1", Revision: 9},
		} {
			_, err := s.Commit(t.Context(), keeper.Change{Prev: prev, Next: record("m1", 7), Open: run("m1", 7, Begin)})
			if !errors.Is(err, keeper.ErrConflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		r, err := s.Machine(t.Context(), "m1")
		must(t, err)
		if r != second {
			t.Errorf("got %+v, want %+v", r, second)
		}
	}
}

func race(open func(*testing.T) keeper.Store) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t)
		for _, prev := range []keeper.Record{{Machine: "m1"}, {Machine: "m1", Revision: 1}} {
			var won, lost atomic.Int32
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					switch _, err := s.Commit(t.Context(), keeper.Change{Prev: prev, Next: record("m1", 1)}); {
					case err == nil:
						won.Add(1)
					case errors.Is(err, keeper.ErrConflict):
						lost.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 || lost.Load() != 7 {
				t.Errorf("revision %d: %d won, %d lost", prev.Revision, won.Load(), lost.Load())
			}
		}
	}
}
