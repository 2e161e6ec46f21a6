package keeper

import (
	"context"
	"time"
)

// simGateway is one gateway process: the pure core, and around it what an owner and a fleet
// do, in virtual time.
type simGateway struct {
	w     *world
	id    string
	skew  time.Duration // of its clock
	twin  bool          // there is another gateway on the store
	alive bool
	life  int       // counts starts
	stall time.Time // it does nothing until then
	armed uint64    // the tick that is armed
	m     Machine
	link  *simWorker
}

func (g *simGateway) clock() time.Time { return g.w.now.Add(g.skew) }

func (g *simGateway) start() {
	g.life++
	g.alive, g.link = true, nil
	g.m = NewMachine("m", g.id, !g.twin, g.w.policy)
	g.w.note("%s: starts", g.id)
	g.send(Start{})
}

// kill is SIGKILL: everything that was not sent is gone, everything that was sent goes on.
func (g *simGateway) kill() {
	g.w.note("%s: killed in %s", g.id, g.m.State)
	g.w.stats["killed"]++
	g.alive = false
	g.life++
	if g.link != nil {
		g.link.unlink()
	}
	for _, p := range g.w.people {
		p.lostGateway(g)
	}
	g.w.after(g.w.between(50*time.Millisecond, 20*time.Second), g.start)
}

// own does something in this process, if it still lives, and not before a stall ends.
func (g *simGateway) own(d time.Duration, f func()) {
	life := g.life
	var try func()
	try = func() {
		switch {
		case g.life != life:
		case g.w.now.Before(g.stall):
			g.w.at(g.stall, try)
		default:
			f()
		}
	}
	g.w.after(d, try)
}

// send is one turn of the owner.
func (g *simGateway) send(e Event) {
	if !g.alive {
		return
	}
	if g.w.now.Before(g.stall) {
		g.own(0, func() { g.send(e) })
		return
	}
	before := g.m
	next, effects := Next(g.m, g.clock(), e)
	g.m = next
	if before.State != next.State {
		g.w.note("%s: %T: %s -> %s (epoch %d, %d waiting, %d present, %d live)", g.id, e, before.State, next.State, next.Rec.Epoch, next.Waiting, next.Present, next.Live)
	}
	for _, effect := range effects {
		if g.w.disturbed() && g.w.chance.IntN(1500) == 0 {
			g.kill()
			return
		}
		g.hesitate(effect)
		g.perform(effect)
	}
	g.arm()
	g.changed(before)
}

// hesitate lets the process stand still just before a call is sent, for longer than its lease.
func (g *simGateway) hesitate(e Effect) {
	switch e.(type) {
	case SwitchOn, SwitchOff:
		if g.twin && g.w.wrong(5) {
			g.w.stallOne(g)
		}
	}
}

func (g *simGateway) arm() {
	due := g.m.Due(g.clock())
	if due.IsZero() {
		return
	}
	g.armed++
	mine := g.armed
	g.own(due.Sub(g.clock()), func() {
		if mine == g.armed {
			g.send(Tick{})
		}
	})
}

// changed is what rooms do about news of their machine: they move people.
func (g *simGateway) changed(before Machine) {
	if g.link != nil && !g.m.Taken && g.m.powered() {
		g.link.unlink() // it is somebody else's now
	}
	if before.Rec.Epoch != g.m.Rec.Epoch || g.m.Rec.Observed == Off {
		for _, p := range g.w.people {
			p.lostMachine(g)
		}
	}
	if g.m.reachable() && !before.reachable() {
		for _, p := range g.w.people {
			p.join()
		}
	}
}

func (g *simGateway) perform(e Effect) {
	switch e := e.(type) {
	case Load:
		g.own(g.w.between(0, 5*time.Millisecond), func() {
			if g.w.wrong(1) {
				g.send(Loaded{Attempt: e.Attempt, Err: errDisk})
				return
			}
			g.send(Loaded{Attempt: e.Attempt, Record: g.w.store.record, Now: g.w.now})
		})
	case Commit:
		g.own(g.w.between(0, 20*time.Millisecond), func() { g.commit(e) })
	case Observe:
		g.own(g.w.between(0, 300*time.Millisecond), func() { g.observe(e) })
	case SwitchOn:
		g.own(g.w.between(0, 50*time.Millisecond), func() { g.switchOn(e) })
	case SwitchOff:
		g.own(g.w.between(0, 50*time.Millisecond), func() { g.switchOff(e) })
	case Drain:
		g.tell(func(v *simWorker) { v.drain() })
	case Recall:
		g.tell(func(v *simWorker) { v.recall() })
	case Alarm:
		g.w.stats["alarm: "+e.Reason]++
	}
}

func (g *simGateway) tell(f func(*simWorker)) {
	worker := g.link
	g.w.after(g.w.between(time.Millisecond, 50*time.Millisecond), func() {
		if worker != nil && worker.gateway == g && !worker.dead {
			f(worker)
		}
	})
}

func (g *simGateway) commit(e Commit) {
	result := Committed{Attempt: e.Attempt}
	if e.Clock {
		result.Now = g.w.now
	}
	if g.w.chance.IntN(300) == 0 && g.w.disturbed() {
		result.Err = errDisk
	} else {
		result.Record, result.Err = g.w.store.commit(e.Change)
		if g.w.chance.IntN(300) == 0 && g.w.disturbed() {
			result.Err = context.DeadlineExceeded // it is on disk, and nobody knows
		}
	}
	g.own(g.w.between(0, 5*time.Millisecond), func() { g.send(result) })
}

func (g *simGateway) observe(e Observe) {
	if g.w.cloud.silent() {
		g.own(min(e.Until.Sub(g.clock()), g.w.between(0, 10*time.Second)), func() { g.send(Observed{Attempt: e.Attempt, Err: errAway}) })
		return
	}
	power := g.w.cloud.power
	g.own(g.w.between(0, 300*time.Millisecond), func() { g.send(Observed{Attempt: e.Attempt, Power: power}) })
}

// switchOn is the call: looked at once more before it is sent, on its way for a while, done,
// and its answer on its way or lost.
func (g *simGateway) switchOn(e SwitchOn) {
	if !g.clock().Before(e.Until) {
		g.send(Powered{Attempt: e.Attempt, Unsent: true})
		return
	}
	g.mayAct("power-on", Waking, e.Until)
	if g.w.store.record.Epoch != e.Epoch {
		g.w.violate("power-on for epoch %d while the store is at %d", e.Epoch, g.w.store.record.Epoch)
	}
	g.call(e.Attempt, e.Until, func() error { return g.w.cloud.powerOn(g, e.Epoch) })
}

func (g *simGateway) switchOff(e SwitchOff) {
	if !g.clock().Before(e.Until) {
		g.send(Powered{Attempt: e.Attempt, Unsent: true})
		return
	}
	g.mayAct("power-off", Stopping, e.Until)
	g.call(e.Attempt, e.Until, func() error { g.w.cloud.powerOff(); return nil })
}

// mayAct holds that a claim came first, and that the call ends within the lease.
func (g *simGateway) mayAct(what string, state State, until time.Time) {
	r := g.w.store.record
	if r.Owner != g.id || r.Observed != state {
		g.w.violate("%s: %s while the store says %s by %q", g.id, what, r.Observed, r.Owner)
	}
	if limit := until.Add(-g.skew); limit.After(r.LeaseUntil) {
		g.w.violate("%s: %s may last until %s, the lease until %s", g.id, what, limit.Format(time.TimeOnly), r.LeaseUntil.Format(time.TimeOnly))
	}
}

// call does not belong to the process any more once it was sent.
func (g *simGateway) call(attempt uint64, until time.Time, do func() error) {
	left := until.Sub(g.clock())
	life := g.life
	answer := func(d time.Duration, err error) {
		if g.life == life {
			g.own(d, func() { g.send(Powered{Attempt: attempt, Err: err}) })
		}
	}
	if g.w.cloud.silent() {
		answer(left, errAway)
		return
	}
	way := min(g.w.between(0, 3*time.Second), left)
	g.w.after(way, func() {
		err := do()
		if g.w.wrong(8) {
			answer(left-way, errAway) // done, but the answer is lost
			return
		}
		answer(min(left-way, g.w.between(0, time.Second)), err)
	})
}
