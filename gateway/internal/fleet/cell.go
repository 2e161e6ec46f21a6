package fleet

import (
	"maps"
	"slices"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

// wakesKept is how many wakes the ETA is taken from.
const wakesKept = 20

// partedKept is how many ends of unknown connections are remembered: more than offers can be
// under way at once.
const partedKept = 256

// cell is one machine and what its worker said.
type cell struct {
	fleet  *Fleet         // immutable
	spec   Spec           // immutable
	keeper *keeper.Keeper // immutable
	known  chan struct{}  // closed once the record was read

	// guarded by Fleet.mu
	status  keeper.Status
	seen    bool // known is closed
	holder  holder
	session Session // linked now, or nil
	had     bool    // session has sent its snapshot
	have    wire.Have
	live    map[wire.ConnectionID]wire.Live
	parted  []wire.Parted // ends that came before the answer to the offer, newest last
	prewarm map[wire.RoomID]time.Time
	wakes   []time.Duration // newest first
}

// holder is the worker that was let in for an epoch. Nobody else is.
type holder struct {
	epoch wire.Epoch
	boot  string
}

func newCell(f *Fleet, spec Spec) *cell {
	c := &cell{
		fleet: f, spec: spec, known: make(chan struct{}),
		live: map[wire.ConnectionID]wire.Live{}, prewarm: map[wire.RoomID]time.Time{},
	}
	c.keeper = keeper.New(keeper.Options{
		Machine: spec.ID, Gateway: f.options.Gateway, Exclusive: f.options.Exclusive, Policy: spec.Policy,
		Store: f.options.Store, Cloud: f.options.Cloud, Host: c, Log: f.options.Log,
	})
	c.status = c.keeper.Status()
	return c
}

// Changed implements keeper.Host.
func (c *cell) Changed(s keeper.Status) {
	f := c.fleet
	f.mu.Lock()
	before := c.status
	c.status = s
	if s.Owner && !before.Owner {
		f.inherit(c)
	}
	if s.Loaded && !c.seen {
		c.seen = true
		close(c.known)
		if f.loaded() {
			f.open()
		}
	}
	if s.Ready && !before.Ready && before.Stored == keeper.Booting && !s.WokenAt.IsZero() {
		c.wakes = slices.Insert(c.wakes, 0, time.Since(s.WokenAt))
		c.wakes = c.wakes[:min(len(c.wakes), wakesKept)]
	}
	over, code := c.over()
	f.settle(c, before)
	f.mu.Unlock()
	if over != nil {
		over.Close(code)
	}
}

// over takes the session away from a worker whose power-on ended, and its connections with it,
// or whose machine is another gateway's now: that one it has to dial.
func (c *cell) over() (Session, wire.Code) {
	code := wire.CodeNotExpected
	switch {
	case c.status.Stored == keeper.Off, c.holder.epoch != c.status.Epoch:
	case !c.status.Owner:
		code = wire.CodeUnavailable
	default:
		return nil, ""
	}
	clear(c.live)
	over := c.session
	c.session, c.had = nil, false
	return over, code
}

// Drain implements keeper.Host.
func (c *cell) Drain(_ wire.MachineID, boot string) { c.send(boot, wire.Drain{}) }

// Recall implements keeper.Host.
func (c *cell) Recall(_ wire.MachineID, boot string) { c.send(boot, wire.Recall{}) }

func (c *cell) send(boot string, m wire.Message) {
	c.fleet.mu.Lock()
	session := c.session
	c.fleet.mu.Unlock()
	if session != nil && session.Boot() == boot {
		session.Send(m)
	}
}

// on reports whether the machine runs or is on its way: a room may be put on it as it is.
func (c *cell) on() bool {
	switch c.status.Stored {
	case keeper.Waking, keeper.Booting, keeper.Serving, keeper.Holding, keeper.Draining:
		return c.status.Owner
	}
	return false
}

// failing reports whether the last wake came to nothing and the next one is not due yet.
func (c *cell) failing(now time.Time) bool {
	return c.status.Failure != "" && now.Before(c.status.RetryAt)
}

// room reports whether the worker takes more connections.
func (c *cell) room() bool { return c.have.Capacity == 0 || len(c.live) < c.have.Capacity }

// eta is how long the wake that runs will take from now on: the 80th percentile of the last
// ones, less what is over. Zero: it takes longer than most.
func (c *cell) eta(now time.Time) time.Duration {
	if c.status.WokenAt.IsZero() || c.status.Ready {
		return 0
	}
	return max(c.usual()-now.Sub(c.status.WokenAt), 0)
}

func (c *cell) usual() time.Duration {
	if len(c.wakes) == 0 {
		return c.fleet.options.Guess
	}
	sorted := slices.Sorted(slices.Values(c.wakes))
	return sorted[(len(sorted)*4-1)/5]
}

// liveIn are the connections of a room.
func (c *cell) liveIn(room wire.RoomID) []wire.Live {
	var live []wire.Live
	for _, id := range slices.Sorted(maps.Keys(c.live)) {
		if c.live[id].Room == room {
			live = append(live, c.live[id])
		}
	}
	return live
}

// held is until when organisers want the machine held, and for which room.
func (c *cell) held() (wire.RoomID, time.Time) {
	var room wire.RoomID
	var until time.Time
	for id, at := range c.prewarm {
		if at.After(until) || (at.Equal(until) && id < room) {
			room, until = id, at
		}
	}
	return room, until
}
