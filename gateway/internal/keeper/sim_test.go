package keeper

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"weckruf/gateway/internal/ledger"
)

// seeds is how many lives the normal run lives through; WECKRUF_SEEDS changes it, and
// WECKRUF_SEED replays one and prints what happened in it.
const seeds = 2000

func TestWhateverHappensTheMachineIsSafeAndEndsOff(t *testing.T) {
	if text := os.Getenv("WECKRUF_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		w := live(seed)
		t.Log(strings.Join(w.trace, "\n"))
		report(t, w)
		return
	}
	count := seeds
	if text := os.Getenv("WECKRUF_SEEDS"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	sum, failed := map[string]int{}, 0
	for seed := range uint64(count) {
		w := live(seed)
		for what, n := range w.stats {
			sum[what] += n
		}
		if report(t, w); len(w.faults) > 0 {
			failed++
		}
		if failed == 5 {
			t.Fatal("and more")
		}
	}
	t.Logf("%d lives: %v", count, sum)
	for _, what := range []string{"joined", "serving", "holding", "draining", "stopping", "killed", "stalled", "hard stop", "void", "meddled", "at one of two"} {
		if count >= seeds && sum[what] < 20 {
			t.Errorf("the simulation does not reach %q often enough: %d times", what, sum[what])
		}
	}
}

func TestASeedReplaysExactly(t *testing.T) {
	for seed := range uint64(5) {
		a, b := strings.Join(live(seed).trace, "\n"), strings.Join(live(seed).trace, "\n")
		if a != b {
			t.Fatalf("seed %d gave two lives", seed)
		}
	}
}

func report(t *testing.T, w *world) {
	t.Helper()
	for _, fault := range w.faults {
		t.Errorf("seed %d: %s", w.seed, fault)
	}
}

// live is one life: a disturbed time, then quiet in which somebody comes, is served, and goes.
func live(seed uint64) *world {
	w := newWorld(seed)
	for _, g := range w.gateways {
		w.after(w.between(0, time.Second), g.start)
	}
	w.disturb()
	w.runUntil(w.end)
	w.quiet()
	return w
}

func newWorld(seed uint64) *world {
	w := &world{
		seed: seed, chance: rand.New(rand.NewPCG(seed, 0x5eed)), stats: map[string]int{},
		now: time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC),
	}
	w.end = w.now.Add(w.between(5*time.Minute, 40*time.Minute))
	w.policy = w.choosePolicy()
	w.store, w.cloud = newSimStore(w), &simCloud{w: w, power: PowerOff, meddled: -1}
	w.gateways = []*simGateway{{w: w, id: "a", skew: w.skew()}}
	if w.often(40) {
		w.gateways[0].twin = true
		w.gateways = append(w.gateways, &simGateway{w: w, id: "b", skew: w.skew(), twin: true})
	}
	for i := range 1 + w.chance.IntN(6) {
		w.people = append(w.people, &person{w: w, name: i})
	}
	return w
}

func (w *world) skew() time.Duration {
	ahead, behind := w.between(0, 3*time.Second), w.between(0, 3*time.Second)
	return ahead - behind
}

func (w *world) choosePolicy() Policy {
	p := DefaultPolicy()
	p.Idle = w.between(10*time.Second, 3*time.Minute)
	p.Prices = []ledger.Price{{Resource: ledger.Compute, PerHour: 20_196_000, Quantum: ledger.Quantum{Minimum: time.Minute, Step: time.Minute}}}
	if w.often(30) {
		p.Quantum = 10 * time.Minute
		p.Prices[0].Quantum = ledger.Quantum{Minimum: p.Quantum, Step: p.Quantum, RoundTo: ledger.Cent}
	}
	if w.often(15) {
		p.Hard = w.between(3*time.Minute, 12*time.Minute)
	}
	return p
}

// disturb plans who comes and goes and what goes wrong.
func (w *world) disturb() {
	w.cloud.goAway()
	for _, p := range w.people {
		w.plan(p)
	}
	for range w.chance.IntN(4) {
		w.sometime(func(g *simGateway) {
			if g.alive {
				g.kill()
			}
		})
	}
	for range w.chance.IntN(3) {
		w.sometime(func(g *simGateway) {
			if g.link != nil {
				g.send(Stop{})
			}
		})
		w.sometime(func(g *simGateway) {
			g.send(Prewarm{Room: "warm", Until: g.clock().Add(w.between(time.Minute, 10*time.Minute))})
		})
		w.sometime(func(g *simGateway) { g.send(Budget{Spent: true}); g.own(time.Minute, func() { g.send(Budget{}) }) })
	}
	if w.often(10) {
		w.sometime(func(*simGateway) { w.cloud.meddle() })
	}
	if len(w.gateways) > 1 {
		w.sometime(w.stallOne)
	}
}

// stallOne lets a process stand still, long enough for the other one to take over, and then
// go on as if nothing had happened. Its pages and its worker look for the other one.
func (w *world) stallOne(g *simGateway) {
	g.stall = w.now.Add(w.between(time.Second, 2*time.Minute))
	w.note("%s: stalls until %s", g.id, g.stall.Format(time.TimeOnly))
	w.stats["stalled"]++
	w.after(15*time.Second, func() {
		if w.now.Before(g.stall) && g.link != nil {
			g.link.unlink()
		}
		for _, p := range w.people {
			if w.now.Before(g.stall) {
				p.lostGateway(g)
			}
		}
		w.people[0].count(g) // which it hears of when it goes on
	})
}

func (w *world) sometime(f func(*simGateway)) {
	g := w.gateways[w.chance.IntN(len(w.gateways))]
	w.at(w.now.Add(time.Duration(w.chance.Int64N(int64(w.end.Sub(w.now))))), func() { f(g) })
}

func (w *world) plan(p *person) {
	w.after(w.between(0, 8*time.Minute), func() {
		if !w.disturbed() {
			return
		}
		p.arrive()
		w.after(w.between(time.Second, 8*time.Minute), func() {
			if w.disturbed() {
				p.leave()
				w.plan(p)
			}
		})
	})
}

// quiet is the end: nothing goes wrong any more. Whoever enters must get in, and when the last
// one has left, the machine must go off and the books must add up.
func (w *world) quiet() {
	w.settleDown(12*time.Minute, func() bool { return w.waiting() == 0 })
	for _, p := range w.people {
		p.leave()
	}
	w.runUntil(w.now.Add(30 * time.Second))
	guest := w.people[0]
	guest.arrive()
	owner := w.owned(guest)
	w.settleDown(12*time.Minute, func() bool { return guest.call != nil })
	if len(w.faults) == 0 && guest.call == nil && w.policy.Hard > time.Hour && owner {
		w.violate("somebody waits for 12 quiet minutes")
	}
	guest.leave()
	w.settleDown(45*time.Minute, w.off)
	w.runUntil(w.now.Add(2 * time.Minute)) // and it stays so
	if len(w.faults) == 0 {
		w.settle()
	}
}

// owned reports whether a person is where the machine is, or where it may be woken at once. At
// the other gateway one waits until the owner has let the machine go.
func (w *world) owned(p *person) bool {
	g := p.gateway
	owned := g != nil && (g.m.Taken || w.store.record.Observed == Off)
	if owned && len(w.gateways) > 1 {
		w.stats["at one of two"]++
	}
	return owned
}

// settleDown lets time pass until something is so, but not longer than the limit.
func (w *world) settleDown(limit time.Duration, so func() bool) {
	for end := w.now.Add(limit); w.now.Before(end) && len(w.faults) == 0 && !so(); {
		w.runUntil(w.now.Add(10 * time.Second))
	}
}

// off says that the machine is off and that nobody wants it otherwise.
func (w *world) off() bool {
	for _, g := range w.gateways {
		if g.m.wish(g.clock()) {
			return false
		}
	}
	return w.cloud.power == PowerOff && w.store.record.Observed == Off
}

func (w *world) waiting() int {
	n := 0
	for _, p := range w.people {
		if p.here && p.call == nil {
			n++
		}
	}
	return n
}

func (w *world) settle() {
	if w.cloud.power != PowerOff || w.store.record.Observed != Off {
		w.violate("in the end the machine is %s and the record says %s", w.cloud.power, w.store.record.Observed)
	}
	for _, p := range w.cloud.powered {
		if !w.store.covered(p.from, p.until) {
			w.violate("powered from %s to %s is not all in the books", p.from.Format("15:04:05.000"), p.until.Format("15:04:05.000"))
		}
	}
	settled, err := ledger.Settle(w.store.books(), w.now)
	if err != nil {
		w.violate("settle: %v", err)
		return
	}
	r := settled.Report(w.now.Add(-24*time.Hour).Truncate(time.Hour), w.now.Add(24*time.Hour).Truncate(time.Hour), time.UTC)
	if r.Difference != 0 || r.Origin != r.Allocated {
		w.violate("origin %d, allocated %d", r.Origin, r.Allocated)
	}
}
