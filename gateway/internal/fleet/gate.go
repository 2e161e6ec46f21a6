package fleet

import (
	"context"
	"crypto/ed25519"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

// Key is the public key of a machine's worker.
func (f *Fleet) Key(id wire.MachineID) (ed25519.PublicKey, bool) {
	c := f.cell(id)
	if c == nil || len(c.spec.Key) != ed25519.PublicKeySize {
		return nil, false
	}
	return c.spec.Key, true
}

// Admit decides about a worker whose signature was found good. Errors are *wire.Error. One
// that might be let in later, or by another gateway, gets unavailable: it dials again, while
// after the other refusals it ends.
func (f *Fleet) Admit(ctx context.Context, h wire.Hello) (wire.Welcome, error) {
	c := f.cell(h.Machine)
	if c == nil {
		return wire.Welcome{}, refuse(wire.CodeUnknownKey, "no such machine")
	}
	select {
	case <-c.known:
	case <-ctx.Done():
		return wire.Welcome{}, refuse(wire.CodeUnavailable, "the record is not read yet")
	}
	if err := c.expected(ctx); err != nil {
		return wire.Welcome{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return c.admit(h)
}

// expected asks the store before it turns a worker away: another gateway may have woken it.
func (c *cell) expected(ctx context.Context) error {
	c.fleet.mu.Lock()
	status := c.status
	c.fleet.mu.Unlock()
	if status.Stored != keeper.Off || c.fleet.options.Exclusive {
		return nil
	}
	record, err := c.fleet.options.Store.Machine(ctx, c.spec.ID)
	if err != nil || record.Observed != keeper.Off {
		return refuse(wire.CodeUnavailable, "another gateway owns the machine")
	}
	return nil
}

// admit is the decision. The caller holds Fleet.mu.
func (c *cell) admit(h wire.Hello) (wire.Welcome, error) {
	epoch := c.status.Epoch
	switch {
	case !c.status.Owner:
		return wire.Welcome{}, refuse(wire.CodeUnavailable, "another gateway owns the machine")
	case h.Epoch != 0 && h.Epoch < epoch:
		return wire.Welcome{}, refuse(wire.CodeStaleEpoch, "")
	case h.Epoch > epoch:
		return wire.Welcome{}, refuse(wire.CodeUnavailable, "the epoch is not known here")
	case c.status.Stored == keeper.Off, c.status.Stored == keeper.Stopping:
		return wire.Welcome{}, refuse(wire.CodeNotExpected, "the machine is to be off")
	case c.holder.epoch == epoch && c.holder.boot != h.Boot:
		return wire.Welcome{}, refuse(wire.CodeEpochTaken, "")
	}
	c.holder = holder{epoch: epoch, boot: h.Boot}
	return c.welcome(), nil
}

func (c *cell) welcome() wire.Welcome {
	w := wire.Welcome{
		Epoch: c.status.Epoch, TURNSecret: c.fleet.options.TURNSecret(c.spec.ID, c.status.Epoch),
		SilenceMS: c.fleet.options.Silence.Milliseconds(), Draining: c.status.Stored == keeper.Draining,
	}
	if at := c.status.HardStopAt; !at.IsZero() {
		w.HardStopAt = &at
	}
	return w
}

func refuse(code wire.Code, detail string) error {
	return &wire.Error{Code: code, Re: wire.Hello{}.Kind(), Detail: detail}
}

// Attach hands over the session of an admitted worker. An older one of the same machine is
// closed: the worker has dialled again before we noticed that its link was gone.
func (f *Fleet) Attach(s Session) {
	c := f.cell(s.Machine())
	f.mu.Lock()
	if c.holder.boot != s.Boot() {
		f.mu.Unlock()
		s.Close(wire.CodeEpochTaken)
		return
	}
	old := c.session
	c.session, c.had = s, false
	c.keeper.Send(keeper.Linked{Boot: s.Boot(), Epoch: c.holder.epoch})
	f.tellAll(c)
	f.mu.Unlock()
	if old != nil && old != s {
		old.Close(wire.CodeUnavailable)
	}
}

// Detach says that a session ended.
func (f *Fleet) Detach(s Session) {
	c := f.cell(s.Machine())
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.session != s {
		return
	}
	c.session, c.had = nil, false
	c.keeper.Send(keeper.Unlinked{Boot: s.Boot()})
	f.tellAll(c)
}

// Record keeps usage. When it returns nil, the minutes are on disk.
func (f *Fleet) Record(ctx context.Context, s Session, u wire.Usage) error {
	c := f.cell(s.Machine())
	f.mu.Lock()
	held := c.holder
	f.mu.Unlock()
	if held.boot != s.Boot() {
		return refuse(wire.CodeStaleEpoch, "usage of another power-on")
	}
	return f.options.Store.RecordUsage(ctx, s.Machine(), held.epoch, u)
}

// Observe hears what a worker says. Those of a session that was replaced are dropped.
func (f *Fleet) Observe(s Session, m wire.Message) {
	c := f.cell(s.Machine())
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.session != s {
		return
	}
	boot := s.Boot()
	switch m := m.(type) {
	case wire.Have:
		f.haveFrom(c, boot, m)
	case wire.Tested:
		if m.Error != "" {
			f.options.Log.Warn("self-test failed", "machine", c.spec.ID, "epoch", c.holder.epoch)
		}
		c.keeper.Send(keeper.Tested{Boot: boot, Failed: m.Error != ""})
	case wire.Parted:
		f.parted(c, boot, m)
	case wire.Drained:
		if m.Epoch == c.holder.epoch {
			c.keeper.Send(keeper.Drained{Boot: boot})
		}
	case wire.Beat:
		if m.Connections == 0 {
			clear(c.live)
		}
		c.keeper.Send(keeper.Carried{Boot: boot, Live: m.Connections})
	}
}

// haveFrom takes a worker's snapshot. Rooms that live there are put there: after a restart
// nobody else knows.
func (f *Fleet) haveFrom(c *cell, boot string, h wire.Have) {
	c.have, c.had = h, true
	clear(c.live)
	for _, l := range h.Live {
		c.live[l.Connection] = l
		if t := f.tenants[l.Room]; t == nil {
			f.tenants[l.Room] = &tenant{room: l.Room, cell: c}
		} else if t.cell != c && !t.cell.on() {
			f.move(t, c)
		}
	}
	c.keeper.Send(keeper.Had{Boot: boot, Live: len(h.Live), Drained: h.Drained})
	f.tellAll(c)
}

func (f *Fleet) parted(c *cell, boot string, p wire.Parted) {
	l, known := c.live[p.Connection]
	if !known {
		c.parted = append(c.parted, p)
		c.parted = c.parted[max(len(c.parted)-partedKept, 0):]
		return
	}
	delete(c.live, p.Connection)
	c.keeper.Send(keeper.Carried{Boot: boot, Live: len(c.live)})
	f.news.add(func(listener Listener) { listener.Parted(l.Room, p) })
}

// tellAll pushes their view to all rooms of a machine. The caller holds mu.
func (f *Fleet) tellAll(c *cell) {
	for _, t := range f.tenants {
		if t.cell == c {
			f.tell(t)
		}
	}
}
