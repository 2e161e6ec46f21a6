package fleet

import (
	"context"
	"slices"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

// tell pushes the room's view if it is news. The caller holds mu.
func (f *Fleet) tell(t *tenant) {
	now := t.cell.sight(t)
	if t.told && now == t.last {
		return
	}
	t.told, t.last = true, now
	room, view := t.room, t.cell.view(t, now)
	f.news.add(func(l Listener) { l.MachineChanged(room, view) })
}

// sight is what the room would see now. The caller holds mu.
func (c *cell) sight(t *tenant) sight {
	s := c.status
	seen := sight{state: c.state(t), epoch: s.Epoch, since: s.WokenAt, lost: s.Lost}
	switch seen.state {
	case wire.MachineReady:
		seen.media = c.session
	case wire.MachineFailed:
		seen.failure = s.Failure
		if s.State == keeper.Blocked {
			seen.failure = wire.RefusedBudget
		}
		if seen.failure == "" {
			seen.failure = wire.RefusedMachine
		}
	}
	return seen
}

// state is what people are told. The caller holds mu.
func (c *cell) state(t *tenant) wire.MachineState {
	switch c.status.State {
	case keeper.Waking:
		if c.status.Running {
			return wire.MachineBooting
		}
		return wire.MachineStarting
	case keeper.Booting:
		if c.status.Boot != "" {
			return wire.MachinePreparing
		}
		return wire.MachineBooting
	case keeper.Serving, keeper.Holding:
		if c.status.Ready && c.session != nil && c.had && c.session.Boot() == c.status.Boot {
			return wire.MachineReady
		}
		return wire.MachinePreparing
	case keeper.Draining, keeper.Stopping:
		return c.ending(t)
	}
	return c.idle(t)
}

func (c *cell) ending(t *tenant) wire.MachineState {
	if t.people() > 0 || t.wants(time.Now()) {
		return wire.MachineQueued
	}
	return wire.MachineOff
}

func (c *cell) idle(t *tenant) wire.MachineState {
	wanted := t.people() > 0 || t.wants(time.Now())
	switch {
	case c.status.State == keeper.Blocked, c.status.State == keeper.Quarantined:
		return wire.MachineFailed
	case c.status.Failure != "" && wanted:
		return wire.MachineFailed
	case c.status.State == keeper.Unknown && c.status.Loaded && c.status.Away:
		return wire.MachineUnknown
	case c.status.Stored != keeper.Off:
		return wire.MachinePreparing
	}
	return wire.MachineOff
}

// view is the whole of it. The caller holds mu.
func (c *cell) view(t *tenant, seen sight) View {
	v := View{State: seen.state, Epoch: seen.epoch, Since: seen.since, Lost: seen.lost, Failure: seen.failure}
	if seen.media == nil {
		v.ETA = c.eta(time.Now())
		return v
	}
	v.Media = &media{cell: c, session: seen.media, room: t.room}
	v.TURN = slices.Clone(c.have.TURN)
	v.TURNSecret = c.fleet.options.TURNSecret(c.spec.ID, seen.epoch)
	v.Live = c.liveIn(t.room)
	return v
}

// media is the way to a worker for one room. It keeps count of the connections.
type media struct {
	cell    *cell
	session Session
	room    wire.RoomID
}

// Join implements Media.
func (m *media) Join(ctx context.Context, j wire.Join) (wire.Joined, error) {
	joined, err := m.session.Join(ctx, j)
	if err == nil {
		m.cell.fleet.joined(m, wire.Live{Room: j.Room, Connection: j.Connection, Participant: j.Participant})
	}
	return joined, err
}

// Part implements Media.
func (m *media) Part(connection wire.ConnectionID) { m.session.Part(connection) }

// joined enters a connection, unless it has ended again: that word may come before the answer
// is taken.
func (f *Fleet) joined(m *media, l wire.Live) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := m.cell
	if c.session != m.session {
		return
	}
	c.live[l.Connection] = l
	i := slices.IndexFunc(c.parted, func(p wire.Parted) bool { return p.Connection == l.Connection })
	if i < 0 {
		c.keeper.Send(keeper.Carried{Boot: m.session.Boot(), Live: len(c.live)})
		return
	}
	p := c.parted[i]
	c.parted = slices.Delete(c.parted, i, i+1)
	f.parted(c, m.session.Boot(), p)
}
