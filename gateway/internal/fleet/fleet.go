package fleet

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"sync"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

// Session is the control link of one worker. Send and Close do not block.
type Session interface {
	Media
	Machine() wire.MachineID
	Boot() string
	Send(m wire.Message)
	Close(code wire.Code)
}

// Store is what the fleet needs of the store.
type Store interface {
	keeper.Store
	// RecordUsage keeps finished minutes; nil means that they are on disk.
	RecordUsage(ctx context.Context, machine wire.MachineID, epoch wire.Epoch, u wire.Usage) error
	// Wakes are the times from power-on to ready of the last n wakes, newest first.
	Wakes(ctx context.Context, machine wire.MachineID, n int) ([]time.Duration, error)
}

// Spec is one machine of the fleet.
type Spec struct {
	ID     wire.MachineID
	Key    ed25519.PublicKey // of its worker
	Policy keeper.Policy
}

// Options are the settings of a fleet.
type Options struct {
	Gateway   string // this gateway's id, the same after a restart
	Exclusive bool   // the store is locked: no twin of this gateway can live
	Machines  []Spec // in the order of preference
	Store     Store
	Cloud     keeper.Cloud
	// TURNSecret derives the key of TURN credentials of one power-on, 32 bytes.
	TURNSecret func(wire.MachineID, wire.Epoch) []byte
	// Allowed says whether the budget allows wakes; nil: always. It is asked every 10 s.
	Allowed func(ctx context.Context) bool
	// WakesPerHour is how often a room may wake; 0: 4.
	WakesPerHour int
	// MaxMachines is how many may run at once; 0: all.
	MaxMachines int
	// Guess is the time of a wake while none was measured; 0: 30 s.
	Guess time.Duration
	// Silence is the worker's dead man's switch; 0: 10 min.
	Silence time.Duration
	Log     *slog.Logger
}

// Fleet implements room.Machines and, with a [Session], link.Gate. It is safe for concurrent
// use.
type Fleet struct {
	options Options // immutable
	cells   []*cell // immutable
	news    *news

	mu      sync.Mutex
	tenants map[wire.RoomID]*tenant // guarded by mu
	spent   bool                    // guarded by mu; the budget
}

// New makes a fleet, which does nothing until Run.
func New(o Options) *Fleet {
	if o.WakesPerHour == 0 {
		o.WakesPerHour = 4
	}
	if o.MaxMachines == 0 {
		o.MaxMachines = len(o.Machines)
	}
	if o.Guess == 0 {
		o.Guess = 30 * time.Second
	}
	if o.Silence == 0 {
		o.Silence = 10 * time.Minute
	}
	if o.Allowed == nil {
		o.Allowed = func(context.Context) bool { return true }
	}
	f := &Fleet{options: o, news: newNews(), tenants: map[wire.RoomID]*tenant{}}
	for _, spec := range o.Machines {
		f.cells = append(f.cells, newCell(f, spec))
	}
	return f
}

// Listen names who hears of rooms' machines. It has to be called before Run.
func (f *Fleet) Listen(l Listener) { f.news.listener = l }

// Run owns all machines until the context ends, and returns the context's error. Machines
// that run are left running.
func (f *Fleet) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { f.news.run(ctx) })
	f.budget(ctx) // before anything may be woken
	all.Go(func() { f.watch(ctx) })
	for _, c := range f.cells {
		all.Go(func() {
			if err := c.keeper.Run(ctx); !errors.Is(err, ctx.Err()) {
				f.options.Log.Error("keeper ended", "machine", c.spec.ID, "err", err)
			}
		})
	}
	<-ctx.Done()
	return ctx.Err()
}

// watch does what is due now and then: the budget, the ETA of those who wait, old tenants.
func (f *Fleet) watch(ctx context.Context) {
	f.remember(ctx)
	tick := time.NewTicker(2500 * time.Millisecond)
	defer tick.Stop()
	for turn := 1; ; turn++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		f.refresh()
		if turn%4 == 0 {
			f.budget(ctx)
			f.sweep()
		}
	}
}

func (f *Fleet) budget(ctx context.Context) {
	spent := !f.options.Allowed(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spent == spent {
		return
	}
	f.spent = spent
	for _, c := range f.cells {
		c.keeper.Send(keeper.Budget{Spent: spent})
	}
}

// remember reads how long the last wakes took.
func (f *Fleet) remember(ctx context.Context) {
	for _, c := range f.cells {
		wakes, err := f.options.Store.Wakes(ctx, c.spec.ID, wakesKept)
		if err != nil {
			f.options.Log.Warn("read wakes", "machine", c.spec.ID, "err", err)
			continue
		}
		f.mu.Lock()
		c.wakes = append(wakes, c.wakes...)
		f.mu.Unlock()
	}
}

// refresh tells those who wait for a machine how long it will take now.
func (f *Fleet) refresh() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.tenants {
		switch t.cell.status.State {
		case keeper.Waking, keeper.Booting:
			t.told = false
			f.tell(t)
		}
	}
}

// sweep forgets rooms that have nobody and want nothing.
func (f *Fleet) sweep() {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	for id, t := range f.tenants {
		if t.people() == 0 && !t.needs(now) && t.bucket.full(now, f.options.WakesPerHour) {
			delete(t.cell.prewarm, id)
			delete(f.tenants, id)
		}
	}
}

func (f *Fleet) cell(id wire.MachineID) *cell {
	for _, c := range f.cells {
		if c.spec.ID == id {
			return c
		}
	}
	return nil
}
