package keeper

import (
	"fmt"
	"time"

	"weckruf/gateway/internal/ledger"
)

// simWorker is a worker with its connections and its control link.
type simWorker struct {
	w       *world
	boot    string
	epoch   uint64
	dead    bool
	drained bool
	calls   map[*person]bool
	gateway *simGateway // linked to
	links   int         // counts links, so that messages of an old one are dropped
}

func newSimWorker(w *world) *simWorker {
	v := &simWorker{w: w, boot: fmt.Sprintf("boot-%d", w.cloud.life), calls: map[*person]bool{}}
	w.note("worker %s is up", v.boot)
	v.dial()
	return v
}

func (v *simWorker) dial() {
	v.w.after(v.w.between(50*time.Millisecond, 2*time.Second), func() {
		if v.dead || v.gateway != nil {
			return
		}
		g := v.w.gateways[v.w.chance.IntN(len(v.w.gateways))]
		if !v.admitted(g) {
			v.dial()
			return
		}
		v.link(g)
	})
}

// admitted follows the rules of the fleet's Admit.
func (v *simWorker) admitted(g *simGateway) bool {
	m := g.m
	if !g.alive || g.w.now.Before(g.stall) || !m.Loaded || (m.powered() && !m.Taken) || uint64(m.Rec.Epoch) < v.epoch {
		return false
	}
	if v.epoch != 0 && v.epoch < uint64(m.Rec.Epoch) || m.Rec.Observed == Stopping {
		v.w.note("worker %s is not wanted", v.boot)
		v.quit()
		return false
	}
	if m.Rec.Observed == Off && v.w.store.record.Observed == Off {
		v.quit()
		return false
	}
	return m.Rec.Observed != Off
}

// quit is the worker's own end. The machine may go on costing money.
func (v *simWorker) quit() {
	if len(v.calls) > 0 && v.w.store.record.Observed != Stopping {
		v.w.violate("worker %s was sent away with %d people in it", v.boot, len(v.calls))
	}
	v.die()
}

func (v *simWorker) link(g *simGateway) {
	v.gateway, v.epoch = g, uint64(g.m.Rec.Epoch)
	v.links++
	g.link = v
	g.send(Linked{Boot: v.boot, Epoch: g.m.Rec.Epoch})
	v.say(func() Event { return Had{Boot: v.boot, Live: len(v.calls), Drained: v.drained} })
	test := v.w.between(10*time.Millisecond, 2*time.Second)
	failed := v.w.wrong(3)
	v.within(test, func() { g.send(Tested{Boot: v.boot, Failed: failed}) })
	if v.w.wrong(30) {
		v.within(v.w.between(time.Second, 5*time.Minute), func() { v.unlink() })
	}
}

// within does something while this very link stands.
func (v *simWorker) within(d time.Duration, f func()) {
	nr := v.links
	v.w.after(d, func() {
		if v.gateway != nil && v.links == nr && !v.dead {
			f()
		}
	})
}

func (v *simWorker) say(e func() Event) {
	v.within(v.w.between(time.Millisecond, 20*time.Millisecond), func() { v.gateway.send(e()) })
}

// unlink is a broken link, which the worker mends by itself, sooner or later.
func (v *simWorker) unlink() {
	g := v.gateway
	if g == nil {
		return
	}
	v.gateway = nil
	if g.link == v {
		g.link = nil
	}
	nr := v.links
	g.own(v.w.between(0, 3*time.Second), func() {
		if v.links == nr || v.gateway != g { // else it dialled again before this was noticed
			g.send(Unlinked{Boot: v.boot})
		}
	})
	pause := v.w.between(0, 10*time.Second)
	if v.w.wrong(10) {
		pause = v.w.between(10*time.Second, 90*time.Second)
	}
	v.w.after(pause, v.dial)
}

func (v *simWorker) die() {
	if v.dead {
		return
	}
	v.dead = true
	if g := v.gateway; g != nil {
		v.gateway = nil
		if g.link == v {
			g.link = nil
		}
		g.own(v.w.between(0, time.Second), func() { g.send(Unlinked{Boot: v.boot}) })
	}
	for p := range v.calls {
		p.call = nil
	}
	v.calls = map[*person]bool{}
}

// drain is refused in silence while somebody is connected.
func (v *simWorker) drain() {
	if len(v.calls) == 0 {
		v.drained = true
		v.say(func() Event { return Drained{Boot: v.boot} })
	}
}

// recall has no effect once the word was given.
func (v *simWorker) recall() {}

func (v *simWorker) counted() {
	v.say(func() Event { return Carried{Boot: v.boot, Live: len(v.calls)} })
}

// person comes, waits, talks and goes, through one of the gateways.
type person struct {
	w       *world
	name    int
	here    bool
	gateway *simGateway // whose page connection stands, or nil
	present bool        // counted as in the call by the room
	call    *simWorker  // where the media flow
	since   time.Time   // in the lobby
}

// enter is the press on the button, or its repetition by a page that reconnects.
func (p *person) enter() {
	g := p.w.gateways[p.w.chance.IntN(len(p.w.gateways))]
	if !g.alive || p.w.now.Before(g.stall) {
		p.w.after(time.Second, func() {
			if p.here && p.gateway == nil {
				p.enter()
			}
		})
		return
	}
	p.gateway, p.present = g, p.call != nil
	if p.w.often(50) {
		p.count(g)
		g.send(Wake{Room: "room"})
	} else {
		g.send(Wake{Room: "room"})
		p.count(g)
	}
	p.join()
}

func (p *person) arrive() {
	if p.here {
		return
	}
	p.w.note("person %d enters", p.name)
	p.here, p.since = true, p.w.now
	p.enter()
}

func (p *person) leave() {
	if !p.here {
		return
	}
	p.w.note("person %d leaves", p.name)
	p.here, p.present = false, false
	if v := p.call; v != nil {
		delete(v.calls, p)
		p.call = nil
		v.counted()
	}
	g := p.gateway
	p.gateway = nil
	if g != nil {
		p.count(g)
	}
}

func (p *person) count(g *simGateway) {
	var e People
	for _, other := range p.w.people {
		switch {
		case !other.here || other.gateway != g:
		case other.present:
			e.Present++
		default:
			e.Waiting++
		}
	}
	g.send(e)
}

// join moves the person in as soon as the machine can be reached.
func (p *person) join() {
	p.w.after(p.w.between(5*time.Millisecond, 300*time.Millisecond), func() {
		g := p.gateway
		if !p.here || p.present || g == nil || !g.alive || g.link == nil || !g.m.reachable() || g.link.drained {
			return
		}
		v := g.link
		v.calls[p] = true
		p.call, p.present = v, true
		p.w.stats["joined"]++
		p.w.store.usage = append(p.w.store.usage, ledger.Usage{
			Machine: "m", Epoch: g.m.Rec.Epoch, Minute: p.w.now.Truncate(time.Minute).UTC(), Room: "room", Seconds: 60,
		})
		p.count(g)
		v.counted()
	})
}

// lostMachine puts somebody whose media ended back into the lobby.
func (p *person) lostMachine(g *simGateway) {
	if p.here && p.present && p.gateway == g && p.call == nil {
		p.present, p.since = false, p.w.now
		p.w.after(0, func() { p.count(g) })
	}
}

// lostGateway is a page that reconnects by itself.
func (p *person) lostGateway(g *simGateway) {
	if p.gateway != g {
		return
	}
	p.gateway = nil
	p.w.after(p.w.between(200*time.Millisecond, 5*time.Second), func() {
		if p.here && p.gateway == nil {
			p.enter()
		}
	})
}
