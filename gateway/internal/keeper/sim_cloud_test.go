package keeper

import (
	"errors"
	"time"

	"weckruf/internal/wire"
)

// simCloud is the provider with its one machine, and the truth about it.
type simCloud struct {
	w       *world
	power   Power
	life    int       // counts power-ons
	since   time.Time // of the power-on
	stops   int       // power-offs in this life
	deaf    int       // how many of them it ignores
	away    time.Time // the provider does not answer until then
	worker  *simWorker
	powered []interval
	meddled int // the last life that nobody here began
}

type interval struct{ from, until time.Time }

var errAway = errors.New("no answer")

// set changes the true power. Whoever reads it later reads the truth.
func (c *simCloud) set(p Power) {
	if c.power == p {
		return
	}
	c.w.note("cloud: %s -> %s", c.power, p)
	if c.power == PowerOff {
		c.since = c.w.now
	}
	if p == PowerOff {
		if c.life != c.meddled {
			c.powered = append(c.powered, interval{c.since, c.w.now})
		}
		c.life++
	}
	if p == PowerOff || p == PowerStandby {
		c.endWorker()
	}
	c.power = p
}

func (c *simCloud) endWorker() {
	if c.worker != nil {
		c.worker.die()
		c.worker = nil
	}
}

// later does something in this life, if it still lasts.
func (c *simCloud) later(d time.Duration, f func()) {
	life := c.life
	c.w.after(d, func() {
		if c.life == life && c.power != PowerOff {
			f()
		}
	})
}

// powerOn is what the provider does with the call when it arrives.
func (c *simCloud) powerOn(g *simGateway, epoch wire.Epoch) error {
	if c.w.wrong(6) {
		return ErrOutOfStock
	}
	if c.power != PowerOff {
		return ErrState
	}
	c.w.stats["powered"]++
	c.stops, c.deaf = 0, 0
	if c.w.wrong(10) {
		c.deaf = 1 + c.w.chance.IntN(3)
	}
	c.set(PowerStarting)
	start := c.w.between(100*time.Millisecond, 5*time.Second)
	switch {
	case c.w.wrong(5):
		start = c.w.between(30*time.Second, 110*time.Second)
	case c.w.wrong(5):
		c.later(start, func() { c.set(PowerOff) }) // falls back
		return nil
	}
	c.later(start, c.run)
	return nil
}

// run is the machine from the kernel on.
func (c *simCloud) run() {
	if c.power != PowerStarting {
		return
	}
	c.set(PowerOn)
	boot := c.w.between(time.Second, 20*time.Second)
	switch {
	case c.w.wrong(5):
		return // no worker ever
	case c.w.wrong(5):
		boot = c.w.between(60*time.Second, 150*time.Second)
	case c.w.wrong(5):
		c.later(boot/2, func() { c.set(PowerOff) })
	case c.w.wrong(3):
		c.later(boot/2, func() { c.set(PowerStandby) })
	}
	c.later(boot, func() {
		if c.power == PowerOn {
			c.worker = newSimWorker(c.w)
			c.fate()
		}
	})
}

// fate is what happens to a machine in a call.
func (c *simCloud) fate() {
	switch {
	case c.w.wrong(15):
		c.later(c.w.between(time.Second, 8*time.Minute), func() { c.w.note("dies"); c.set(PowerOff) })
	case c.w.wrong(4):
		c.later(c.w.between(time.Second, 8*time.Minute), func() { c.w.note("goes on standby"); c.set(PowerStandby) })
	}
}

// powerOff is what the provider does with the call.
func (c *simCloud) powerOff() {
	if c.power == PowerOff || c.power == PowerStopping {
		return
	}
	if c.worker != nil && len(c.worker.calls) > 0 {
		c.cut()
	}
	c.stops++
	if c.stops <= c.deaf {
		return
	}
	c.set(PowerStopping)
	c.endWorker()
	stop := c.w.between(time.Second, 40*time.Second)
	if c.w.wrong(2) {
		stop = c.w.between(5*time.Minute, 7*time.Minute)
	}
	c.later(stop, func() {
		if c.w.wrong(5) {
			c.set(PowerStandby)
			return
		}
		c.set(PowerOff)
	})
}

// cut is a power-off with people in the call: allowed at the hard limit alone.
func (c *simCloud) cut() {
	if limit := c.w.store.record.HardStopAt; c.w.now.Before(limit.Add(-time.Second)) {
		c.w.violate("stopped with %d people in it, hard limit at %s", len(c.worker.calls), limit.Format(time.TimeOnly))
	}
	c.w.stats["hard stop"]++
}

// meddle is somebody who switches the machine on by hand. Nobody can book it before it is seen.
func (c *simCloud) meddle() {
	if c.power != PowerOff || c.w.store.record.Observed != Off {
		return
	}
	c.w.stats["meddled"]++
	c.set(PowerStarting)
	c.meddled = c.life
	c.later(time.Second, c.run)
}

// goAway lets the provider be silent now and then.
func (c *simCloud) goAway() {
	c.w.after(c.w.between(2*time.Minute, 40*time.Minute), func() {
		if !c.w.disturbed() {
			return
		}
		c.away = c.w.now.Add(c.w.between(time.Second, 3*time.Minute))
		c.w.note("cloud: away until %s", c.away.Format(time.TimeOnly))
		c.goAway()
	})
}

func (c *simCloud) silent() bool { return c.w.now.Before(c.away) || c.w.wrong(2) }
