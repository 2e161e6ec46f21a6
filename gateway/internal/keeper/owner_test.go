package keeper_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/keeper/keepertest"
	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// rig is an owner with a provider and a store in memory, on synctest's clock.
type rig struct {
	t     *testing.T
	cloud *keepertest.Cloud
	store *keepertest.Store
	k     *keeper.Keeper
	stop  context.CancelFunc
	ended chan error

	mu     sync.Mutex
	states []keeper.State
	drains int
}

func newRig(t *testing.T) *rig {
	return &rig{
		t: t, store: &keepertest.Store{},
		cloud: &keepertest.Cloud{IDs: []wire.MachineID{"m"}, Boot: 3 * time.Second, Halt: 2 * time.Second},
	}
}

func (r *rig) start() {
	r.k = keeper.New(keeper.Options{
		Machine: "m", Gateway: "g", Exclusive: true, Policy: keeper.LocalPolicy(),
		Store: r.store, Cloud: r.cloud, Host: r, Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.ended = cancel, make(chan error, 1)
	go func() { r.ended <- r.k.Run(ctx) }()
	synctest.Wait()
}

func (r *rig) end() {
	r.stop()
	if err := <-r.ended; !errors.Is(err, context.Canceled) {
		r.t.Errorf("Run returned %v", err)
	}
}

func (r *rig) Changed(s keeper.Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.states); n == 0 || r.states[n-1] != s.State {
		r.states = append(r.states, s.State)
	}
}

func (r *rig) Drain(wire.MachineID, string) {
	r.mu.Lock()
	r.drains++
	r.mu.Unlock()
	r.k.Send(keeper.Drained{Boot: "boot"})
}

func (r *rig) Recall(wire.MachineID, string) {}

// is waits for a state, but not longer than the limit.
func (r *rig) is(want keeper.State, limit time.Duration) {
	r.t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if r.k.Status().State == want {
			return
		}
	}
	r.t.Fatalf("%s after %s, want %s (%v)", r.k.Status().State, limit, want, r.states)
}

func (r *rig) hello(epoch wire.Epoch) {
	r.k.Send(keeper.Linked{Boot: "boot", Epoch: epoch})
	r.k.Send(keeper.Had{Boot: "boot"})
	r.k.Send(keeper.Tested{Boot: "boot"})
}

func TestAWholeLifeOnTheOwnersClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		defer r.end()
		r.k.Send(keeper.People{Waiting: 1})
		r.k.Send(keeper.Wake{Room: "room"})
		r.is(keeper.Booting, 4*time.Second)
		r.hello(1)
		r.is(keeper.Serving, time.Second)
		time.Sleep(2 * time.Minute)
		r.k.Send(keeper.People{})
		r.is(keeper.Holding, time.Second)
		time.Sleep(29 * time.Second)
		r.is(keeper.Holding, time.Second)
		r.is(keeper.Off, 5*time.Second)
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.drains != 1 || len(r.cloud.Epochs("m")) != 1 {
			t.Errorf("%d drains, epochs %v", r.drains, r.cloud.Epochs("m"))
		}
		r.books()
	})
}

// books checks that the only run is whole and classed.
func (r *rig) books() {
	r.t.Helper()
	b := r.store.Books()
	if len(b.Runs) != 1 || b.Runs[0].Void || b.Runs[0].Until.Sub(b.Runs[0].From) < 2*time.Minute {
		r.t.Fatalf("runs %+v", b.Runs)
	}
	want := []ledger.Class{ledger.Boot, ledger.Used, ledger.Hold, ledger.Drain}
	if len(b.Phases) != len(want) {
		r.t.Fatalf("phases %+v", b.Phases)
	}
	for i, p := range b.Phases {
		if p.Class != want[i] {
			r.t.Errorf("phase %d is %s, want %s", i, p.Class, want[i])
		}
	}
}

func TestTheEndOfTheOwnerLeavesTheMachineOnAndTheNextOneAdoptsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		r.k.Send(keeper.People{Present: 1})
		r.k.Send(keeper.Wake{Room: "room"})
		r.is(keeper.Booting, 4*time.Second)
		r.hello(1)
		r.is(keeper.Serving, time.Second)
		r.end()
		if power, _ := r.cloud.Observe(t.Context(), "m"); power != keeper.PowerOn {
			t.Fatalf("the machine is %s", power)
		}
		time.Sleep(time.Minute)
		r.start()
		defer r.end()
		r.is(keeper.Serving, time.Second)
		r.k.Send(keeper.Linked{Boot: "boot", Epoch: 1})
		r.k.Send(keeper.Had{Boot: "boot", Live: 1})
		time.Sleep(10 * time.Minute)
		if s := r.k.Status(); s.State != keeper.Serving || !s.Ready {
			t.Fatalf("%s, ready %t", s.State, s.Ready)
		}
		if epochs := r.cloud.Epochs("m"); len(epochs) != 1 {
			t.Fatalf("epochs %v", epochs)
		}
	})
}

func TestAKilledMachineIsReplacedWithinASecondAndItsBoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		defer r.end()
		r.k.Send(keeper.People{Present: 2})
		r.k.Send(keeper.Wake{Room: "room"})
		r.is(keeper.Booting, 4*time.Second)
		r.hello(1)
		r.is(keeper.Serving, time.Second)
		time.Sleep(time.Minute)
		killed := time.Now()
		r.cloud.Kill("m")
		r.k.Send(keeper.Unlinked{Boot: "boot"})
		r.is(keeper.Booting, r.cloud.Boot+time.Second)
		if took := time.Since(killed); took > r.cloud.Boot+time.Second {
			t.Errorf("it took %s", took)
		}
		if epochs := r.cloud.Epochs("m"); len(epochs) != 2 || epochs[1] != 2 {
			t.Errorf("epochs %v", epochs)
		}
		if first := r.store.Books().Runs[0]; first.Until.Before(killed) || first.Until.After(killed.Add(time.Second)) {
			t.Errorf("the lost run ends %s after the kill", first.Until.Sub(killed))
		}
	})
}

func TestACallThatHangsEndsWithinTheLeaseAndIsTriedOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var calls atomic.Int32
		r.cloud.OnPower = func(ctx context.Context, _ wire.MachineID, _ wire.Epoch) error {
			if calls.Add(1) > 1 {
				return nil
			}
			record, _ := r.store.Machine(ctx, "m")
			if deadline, _ := ctx.Deadline(); !deadline.Before(record.LeaseUntil) {
				t.Errorf("the call may last until %s, the lease until %s", deadline, record.LeaseUntil)
			}
			<-ctx.Done()
			return ctx.Err()
		}
		r.start()
		defer r.end()
		r.k.Send(keeper.People{Waiting: 1})
		r.k.Send(keeper.Wake{Room: "room"})
		r.is(keeper.Booting, 20*time.Second)
		if n := calls.Load(); n != 2 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestAFullDiskWakesNothingAndIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var full atomic.Bool
		full.Store(true)
		r.store.Fail = func(keeper.Change) error {
			if full.Load() {
				return errors.New("no space left on device")
			}
			return nil
		}
		r.start()
		defer r.end()
		r.k.Send(keeper.People{Waiting: 1})
		r.k.Send(keeper.Wake{Room: "room"})
		time.Sleep(time.Minute)
		if s := r.k.Status(); s.Failure != wire.RefusedMachine || len(r.cloud.Epochs("m")) != 0 {
			t.Fatalf("people are told %q, epochs %v", s.Failure, r.cloud.Epochs("m"))
		}
		full.Store(false)
		r.is(keeper.Booting, 10*time.Minute)
	})
}

func TestWhileTheLeaseCannotBeRenewedTheProviderIsNotCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var broken atomic.Bool
		var offs atomic.Int32
		r.cloud.OnOff = func(context.Context, wire.MachineID) error {
			offs.Add(1)
			return errors.New("try again")
		}
		r.store.Fail = func(keeper.Change) error {
			if broken.Load() {
				return errors.New("disk")
			}
			return nil
		}
		r.start()
		defer r.end()
		r.k.Send(keeper.People{Waiting: 1})
		r.k.Send(keeper.Wake{Room: "room"})
		r.is(keeper.Booting, 4*time.Second)
		broken.Store(true)
		r.k.Send(keeper.People{})
		r.k.Send(keeper.Tested{Boot: "boot", Failed: true})
		time.Sleep(5 * time.Minute)
		if n := offs.Load(); n != 0 {
			t.Errorf("%d power-offs without a claim", n)
		}
		broken.Store(false)
		time.Sleep(5 * time.Minute)
		if offs.Load() == 0 {
			t.Error("no power-off after the store was mended")
		}
	})
}
