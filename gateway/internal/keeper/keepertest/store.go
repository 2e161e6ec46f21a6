package keepertest

import (
	"context"
	"errors"
	"sync"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// Store keeps records and books in memory.
type Store struct {
	// Fail, where set, may refuse a commit. Set it before use.
	Fail func(c keeper.Change) error

	mu      sync.Mutex
	records map[wire.MachineID]keeper.Record
	runs    []ledger.Run
	phases  []ledger.Phase
	usage   []ledger.Usage
	wakes   []time.Duration
}

var _ keeper.Store = (*Store)(nil)

// Machine implements keeper.Store.
func (s *Store) Machine(_ context.Context, id wire.MachineID) (keeper.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, known := s.records[id]; known {
		return r, nil
	}
	return keeper.Record{Machine: id, Desired: keeper.PowerOff, Observed: keeper.Off}, nil
}

// Commit implements keeper.Store.
func (s *Store) Commit(_ context.Context, c keeper.Change) (keeper.Record, error) {
	if s.Fail != nil {
		if err := s.Fail(c); err != nil {
			return keeper.Record{}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records[c.Next.Machine].Revision != c.Prev.Revision {
		return keeper.Record{}, keeper.ErrConflict
	}
	if c.Open != nil {
		s.runs = append(s.runs, *c.Open)
	}
	s.phases = append(s.phases, c.Phases...)
	if c.Close != nil {
		s.end(*c.Close)
	}
	if s.records == nil {
		s.records = map[wire.MachineID]keeper.Record{}
	}
	c.Next.Revision = c.Prev.Revision + 1
	s.records[c.Next.Machine] = c.Next
	return c.Next, nil
}

func (s *Store) end(r ledger.Run) {
	for i := range s.runs {
		if s.runs[i].Machine == r.Machine && s.runs[i].Epoch == r.Epoch {
			s.runs[i].Until, s.runs[i].Void = r.Until, r.Void
		}
	}
}

// Now implements keeper.Store.
func (s *Store) Now(context.Context) (time.Time, error) { return time.Now(), nil }

// Put sets a record, as another process would.
func (s *Store) Put(r keeper.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records == nil {
		s.records = map[wire.MachineID]keeper.Record{}
	}
	s.records[r.Machine] = r
}

// Books are all entries so far.
func (s *Store) Books() ledger.Books {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ledger.Books{
		Runs:   append([]ledger.Run(nil), s.runs...),
		Phases: append([]ledger.Phase(nil), s.phases...),
		Usage:  append([]ledger.Usage(nil), s.usage...),
	}
}

// RecordUsage implements fleet.Store.
func (s *Store) RecordUsage(_ context.Context, m wire.MachineID, e wire.Epoch, u wire.Usage) error {
	if e == 0 {
		return errors.New("usage of no epoch")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, minute := range u.Minutes {
		s.usage = append(s.usage, ledger.Usage{Machine: m, Epoch: e, Minute: minute.Minute, Room: minute.Room, Seconds: int64(minute.Seconds)})
	}
	return nil
}

// SetWakes says what Wakes returns.
func (s *Store) SetWakes(wakes ...time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wakes = wakes
}

// Wakes implements fleet.Store.
func (s *Store) Wakes(_ context.Context, _ wire.MachineID, n int) ([]time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Duration(nil), s.wakes[:min(n, len(s.wakes))]...), nil
}
