package fleet

import (
	"slices"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// MachineStatus is what an organiser sees of a machine. Zero times do not apply.
type MachineStatus struct {
	Machine      wire.MachineID
	State        keeper.State
	Since        time.Time
	ETA          time.Duration
	PaidUntil    time.Time
	HardStopAt   time.Time
	PrewarmUntil time.Time
	Waiting      int
	Present      int
	Rooms        []wire.RoomID // with people, or held warm
	PricePerHour ledger.NanoEUR
	CanStop      bool
}

// Status is a snapshot of all machines.
func (f *Fleet) Status() []MachineStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]MachineStatus, 0, len(f.cells))
	for _, c := range f.cells {
		all = append(all, f.statusOf(c, time.Now()))
	}
	return all
}

func (f *Fleet) statusOf(c *cell, now time.Time) MachineStatus {
	s := MachineStatus{
		Machine: c.spec.ID, State: c.status.State, Since: c.status.Since, ETA: c.eta(now),
		PaidUntil: c.status.PaidUntil, HardStopAt: c.status.HardStopAt, PricePerHour: c.status.PerHour,
		CanStop: c.on() && !f.inUse(c),
	}
	if _, until := c.held(); until.After(now) {
		s.PrewarmUntil = until
	}
	for id, t := range f.tenants {
		if t.cell != c {
			continue
		}
		s.Waiting += t.waiting
		s.Present += t.present
		if t.people() > 0 || c.prewarm[id].After(now) {
			s.Rooms = append(s.Rooms, id)
		}
	}
	slices.Sort(s.Rooms)
	return s
}
