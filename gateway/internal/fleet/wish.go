package fleet

import (
	"context"
	"errors"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

// ErrUnknown says that there is no such machine.
var ErrUnknown = errors.New("no such machine")

// Wake implements room.Machines. Errors are *Refused.
func (f *Fleet) Wake(_ context.Context, room wire.RoomID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, now := f.tenant(room), time.Now()
	if !f.loaded() {
		t.ask(now) // until it is known what runs, nothing is woken
		return nil
	}
	if to := f.place(t.cell); !t.wants(now) {
		f.move(t, to)
	}
	if !t.cell.on() && !f.asked(t.cell, now) {
		if err := f.allow(t, now); err != nil {
			return err
		}
	}
	t.ask(now)
	t.cell.keeper.Send(keeper.Wake{Room: room})
	f.tell(t)
	return nil
}

// asked reports whether somebody wants the machine already: its wake is paid for.
func (f *Fleet) asked(c *cell, now time.Time) bool {
	for _, t := range f.tenants {
		if t.cell == c && t.wants(now) {
			return true
		}
	}
	return false
}

// allow applies the rules of a wake that somebody pressed for.
func (f *Fleet) allow(t *tenant, now time.Time) error {
	if err := f.affordable(t.cell); err != nil {
		return err
	}
	if wait := t.bucket.take(now, f.options.WakesPerHour); wait > 0 {
		return &Refused{Code: wire.RefusedWakes, RetryAfter: wait}
	}
	return nil
}

func (f *Fleet) affordable(c *cell) error {
	if f.spent {
		return &Refused{Code: wire.RefusedBudget}
	}
	if c.status.Stored == keeper.Off && f.running() >= f.options.MaxMachines {
		return &Refused{Code: wire.RefusedMachine, RetryAfter: time.Minute}
	}
	return nil
}

// People implements room.Machines.
func (f *Fleet) People(room wire.RoomID, waiting, present int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if waiting+present == 0 && f.tenants[room] == nil {
		return
	}
	t := f.tenant(room)
	t.count(waiting, present, time.Now())
	f.count(t.cell)
	f.tell(t)
}

// Prewarm has a machine booted and held for the room until the given time. Errors are *Refused.
func (f *Fleet) Prewarm(_ context.Context, room wire.RoomID, until time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.tenant(room)
	if !f.loaded() {
		return &Refused{Code: wire.RefusedMachine, RetryAfter: time.Second}
	}
	if to := f.place(t.cell); !t.wants(time.Now()) {
		f.move(t, to)
	}
	if !t.cell.on() {
		if err := f.affordable(t.cell); err != nil {
			return err
		}
	}
	t.cell.prewarm[room] = until
	f.hold(t.cell)
	return nil
}

// CancelPrewarm takes that back. What runs is held like any empty machine.
func (f *Fleet) CancelPrewarm(room wire.RoomID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.cells {
		if _, held := c.prewarm[room]; held {
			delete(c.prewarm, room)
			f.hold(c)
		}
	}
}

// Stop ends a machine that nobody needs, or whose worker hangs: then only a human can know
// whether anybody is in a call. It returns before the machine is off. Errors are ErrInUse and
// ErrUnknown.
func (f *Fleet) Stop(_ context.Context, machine wire.MachineID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.cell(machine)
	if c == nil {
		return ErrUnknown
	}
	if f.inUse(c) {
		return ErrInUse
	}
	clear(c.prewarm)
	c.keeper.Send(keeper.Stop{})
	return nil
}

func (f *Fleet) inUse(c *cell) bool {
	if c.status.Mute {
		return false
	}
	for _, t := range f.tenants {
		if t.cell == c && t.people() > 0 {
			return true
		}
	}
	return len(c.live) > 0 || c.status.Live > 0
}

// bucket allows so many wakes an hour, all of them at once if none was used.
type bucket struct {
	used float64
	at   time.Time
}

// take uses one wake up, or says how long to wait for one.
func (b *bucket) take(now time.Time, perHour int) time.Duration {
	b.drip(now, perHour)
	if over := b.used + 1 - float64(perHour); over > 0 {
		return time.Duration(over / float64(perHour) * float64(time.Hour))
	}
	b.used++
	return 0
}

func (b *bucket) full(now time.Time, perHour int) bool {
	b.drip(now, perHour)
	return b.used == 0
}

func (b *bucket) drip(now time.Time, perHour int) {
	b.used = max(b.used-now.Sub(b.at).Hours()*float64(perHour), 0)
	b.at = now
}
