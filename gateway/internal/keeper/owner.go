package keeper

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"weckruf/internal/wire"
)

// Host is what an owner needs of whoever runs it. Its methods are called from the owner's
// goroutine, one after another, and must not block.
type Host interface {
	// Changed hears of every change.
	Changed(s Status)
	// Drain asks the worker with this boot id to take nobody in any more.
	Drain(machine wire.MachineID, boot string)
	// Recall takes that back.
	Recall(machine wire.MachineID, boot string)
}

// Options are what an owner needs. All fields but Exclusive are required.
type Options struct {
	Machine   wire.MachineID
	Gateway   string // this gateway's id, the same after a restart
	Exclusive bool   // the store is locked: no other gateway of this id can live
	Policy    Policy
	Store     Store
	Cloud     Cloud
	Host      Host
	Log       *slog.Logger
}

// Keeper owns one machine. Send and Status are safe for concurrent use.
type Keeper struct {
	options Options
	inbox   chan struct{} // says that queue is not empty

	mu     sync.Mutex
	queue  []Event // guarded by mu
	status Status  // guarded by mu

	// owned by Run
	machine Machine
	calls   sync.WaitGroup
}

// New makes an owner, which does nothing until Run.
func New(o Options) *Keeper {
	k := &Keeper{options: o, inbox: make(chan struct{}, 1)}
	k.machine = NewMachine(o.Machine, o.Gateway, o.Exclusive, o.Policy)
	k.status = k.machine.Status(time.Now())
	return k
}

// Send hands an event to the owner. It never blocks.
func (k *Keeper) Send(e Event) {
	k.mu.Lock()
	k.queue = append(k.queue, e)
	k.mu.Unlock()
	select {
	case k.inbox <- struct{}{}:
	default:
	}
}

// Status is the newest snapshot.
func (k *Keeper) Status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.status
}

// Run owns the machine until the context ends. It leaves the machine as it is: whoever runs
// next takes it over. The error is the context's.
func (k *Keeper) Run(ctx context.Context) error {
	defer k.calls.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	k.step(ctx, Start{})
	for {
		k.arm(timer)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			k.step(ctx, Tick{})
		case <-k.inbox:
			for _, e := range k.take() {
				k.step(ctx, e)
			}
		}
	}
}

func (k *Keeper) arm(timer *time.Timer) {
	now := time.Now()
	if due := k.machine.Due(now); !due.IsZero() {
		timer.Reset(due.Sub(now))
		return
	}
	timer.Stop()
}

func (k *Keeper) take() []Event {
	k.mu.Lock()
	defer k.mu.Unlock()
	queue := k.queue
	k.queue = nil
	return queue
}

// step is one turn: next state, snapshot, effects.
func (k *Keeper) step(ctx context.Context, e Event) {
	now := time.Now()
	before := k.machine.State
	next, effects := Next(k.machine, now, e)
	k.machine = next
	k.publish(next.Status(now))
	if next.State != before {
		k.options.Log.Info("machine", "machine", next.ID, "epoch", next.Rec.Epoch, "from", before, "to", next.State)
	}
	for _, effect := range effects {
		k.perform(ctx, effect)
	}
}

func (k *Keeper) publish(s Status) {
	k.mu.Lock()
	same := k.status == s
	k.status = s
	k.mu.Unlock()
	if !same {
		k.options.Host.Changed(s)
	}
}
