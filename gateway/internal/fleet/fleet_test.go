package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

func TestTwoWhoEnterAtTheSameInstantWakeOneMachineOnce(t *testing.T) {
	run(t, 2, func(t *testing.T, r *rig) {
		for range 2 {
			go r.enter("hall")
			go r.enter("yard")
		}
		synctest.Wait()
		r.sees("hall", wire.MachineBooting, boot+time.Second)
		if got := append(r.cloud.Epochs("m1"), r.cloud.Epochs("m2")...); len(got) != 1 {
			t.Errorf("power-ons: %v", got)
		}
	})
}

func TestNothingButAWakeOrAPrewarmWakes(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		r.f.People("hall", 5, 0)
		r.f.People("hall", 0, 5)
		r.f.Status()
		r.f.CancelPrewarm("hall")
		if err := r.f.Stop(t.Context(), "m1"); !errors.Is(err, ErrInUse) {
			t.Errorf("stop: %v", err)
		}
		time.Sleep(time.Hour)
		if got := r.cloud.Epochs("m1"); len(got) != 0 {
			t.Errorf("power-ons: %v", got)
		}
	})
}

func TestARoomIsToldEveryStepOfAWake(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		r.enter("hall")
		r.sees("hall", wire.MachineBooting, boot+time.Second)
		s := r.dial("m1", "boot-0000000000001", 0)
		if v := r.sees("hall", wire.MachinePreparing, time.Second); v.Media != nil {
			t.Error("media before the test")
		}
		r.f.Observe(s, wire.Tested{})
		v := r.sees("hall", wire.MachineReady, time.Second)
		if v.Media == nil || v.Epoch != 1 || v.ETA != 0 || len(v.TURN) != 1 || len(v.TURNSecret) != 32 || v.Since.IsZero() {
			t.Errorf("ready with %+v", v)
		}
		want := []wire.MachineState{wire.MachineOff, wire.MachineStarting, wire.MachineBooting, wire.MachinePreparing, wire.MachineReady}
		if got := r.story("hall"); !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	})
}

func TestTheETAIsTheEightiethPercentileOfTheLastWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.store.SetWakes(5*time.Second, 4*time.Second, 3*time.Second, 2*time.Second, time.Second)
		r.start()
		defer r.end()
		r.enter("hall")
		if v := r.sees("hall", wire.MachineStarting, time.Second); v.ETA < 3500*time.Millisecond || v.ETA > 4*time.Second {
			t.Errorf("eta %s, want 4s", v.ETA)
		}
		r.sees("hall", wire.MachineBooting, boot+time.Second)
		if v := r.view("hall"); v.ETA < 500*time.Millisecond || v.ETA > time.Second {
			t.Errorf("eta %s after 3 s, want 1s", v.ETA)
		}
	})
}

func TestWorkersAreLetInOncePerEpochAndOnlyWhereTheyAreExpected(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		code := func(h wire.Hello) wire.Code {
			h.Machine = "m1"
			_, err := r.f.Admit(t.Context(), h)
			var e *wire.Error
			if errors.As(err, &e) {
				return e.Code
			}
			return ""
		}
		if got := code(wire.Hello{Boot: "a"}); got != wire.CodeNotExpected {
			t.Errorf("while off: %q", got)
		}
		if _, err := r.f.Admit(t.Context(), wire.Hello{Machine: "m9"}); err == nil {
			t.Error("an unknown machine was let in")
		}
		s := r.ready("hall")
		for _, c := range []struct {
			hello wire.Hello
			want  wire.Code
		}{
			{wire.Hello{Boot: s.boot}, ""},
			{wire.Hello{Boot: s.boot, Epoch: 1}, ""},
			{wire.Hello{Boot: "another", Epoch: 0}, wire.CodeEpochTaken},
			{wire.Hello{Boot: "another", Epoch: 1}, wire.CodeEpochTaken},
			{wire.Hello{Boot: s.boot, Epoch: 2}, wire.CodeUnavailable},
		} {
			if got := code(c.hello); got != c.want {
				t.Errorf("%+v: got %q, want %q", c.hello, got, c.want)
			}
		}
		r.cloud.Kill("m1")
		r.f.Detach(s)
		r.sees("hall", wire.MachineBooting, boot+2*time.Second)
		if got := code(wire.Hello{Boot: s.boot, Epoch: 1}); got != wire.CodeStaleEpoch {
			t.Errorf("of the epoch before: %q", got)
		}
		if got := code(wire.Hello{Boot: "fresh"}); got != "" {
			t.Errorf("the next one: %q", got)
		}
	})
}

func TestALostMachineIsReplacedForThoseWhoAreThereAndTheyAreToldWhy(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		s := r.ready("hall")
		r.join("hall", "connection-000001")
		r.f.People("hall", 0, 1)
		time.Sleep(10 * time.Second)
		killed := time.Now()
		r.cloud.Kill("m1")
		r.f.Detach(s)
		v := r.sees("hall", wire.MachineBooting, boot+time.Second)
		if v.Lost != wire.LostMachine || v.Epoch != 2 || time.Since(killed) > boot+time.Second {
			t.Errorf("after %s: %+v", time.Since(killed), v)
		}
		next := r.dial("m1", "boot-0000000000002", 0)
		r.f.Observe(next, wire.Tested{})
		if v := r.sees("hall", wire.MachineReady, time.Second); len(v.Live) != 0 || v.Lost != "" {
			t.Errorf("ready with %+v", v)
		}
	})
}

func TestWhoeverEntersWhileItDrainsIsInWithinASecond(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		s := r.ready("hall")
		s.mu.Lock()
		s.live = []wire.Live{{}} // it does not answer the drain
		s.mu.Unlock()
		r.f.People("hall", 0, 0)
		r.state(0, keeper.Draining, time.Minute)
		r.enter("hall")
		r.sees("hall", wire.MachineReady, time.Second)
		r.join("hall", "connection-000001")
		if len(r.cloud.Epochs("m1")) != 1 {
			t.Error("another machine was woken")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if last := s.sent[len(s.sent)-1]; last != wire.Message(wire.Recall{}) {
			t.Errorf("the worker was told %v", s.sent)
		}
	})
}

func TestWhoeverEntersWhileItStopsKeepsThePlaceForTheNextWake(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		r.ready("hall")
		r.f.People("hall", 0, 0)
		r.state(0, keeper.Stopping, time.Minute)
		r.enter("hall")
		r.sees("hall", wire.MachineQueued, time.Second)
		if v := r.sees("hall", wire.MachineStarting, 5*time.Second); v.Epoch != 2 {
			t.Errorf("epoch %d", v.Epoch)
		}
	})
}

// The end of a connection that overtook the answer to its offer was dropped, and the connection
// then kept the machine for ever.
func TestAConnectionThatEndsBeforeItsAnswerIsTakenIsNotKept(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		s := r.ready("hall")
		s.joining = func(j wire.Join) { r.f.Observe(s, wire.Parted{Connection: j.Connection, Failed: true}) }
		r.join("hall", "connection-000001")
		if live := r.f.cells[0].keeper.Status().Live; live != 0 {
			t.Errorf("%d connections are counted", live)
		}
		if len(r.parted) != 1 || r.parted[0].Connection != "connection-000001" || !r.parted[0].Failed {
			t.Errorf("the room was told %v", r.parted)
		}
		for i := range 10 * partedKept {
			r.f.Observe(s, wire.Parted{Connection: wire.ConnectionID(fmt.Sprint("stray-", i))})
		}
		if n := len(r.f.cells[0].parted); n > partedKept {
			t.Errorf("%d ends are remembered", n)
		}
		r.f.People("hall", 0, 0)
		r.state(0, keeper.Holding, 10*time.Second)
	})
}

func TestConnectionsAtTheWorkerKeepTheMachine(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		s := r.ready("hall")
		r.join("hall", "connection-000001")
		r.f.People("hall", 0, 0) // the pages are away, the media are not
		time.Sleep(10 * time.Minute)
		r.state(0, keeper.Serving, time.Second)
		if err := r.f.Stop(t.Context(), "m1"); !errors.Is(err, ErrInUse) {
			t.Errorf("stop: %v", err)
		}
		s.Part("connection-000001")
		r.state(0, keeper.Holding, time.Second)
		r.state(0, keeper.Off, time.Minute)
		if len(r.parted) != 1 || r.parted[0].Connection != "connection-000001" {
			t.Errorf("the room was told %v", r.parted)
		}
		if s.code() != wire.CodeNotExpected {
			t.Errorf("the session ended with %q", s.code())
		}
	})
}

func TestARestartAdoptsWhatRunsAndStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.start()
		first := r.ready("hall")
		r.join("hall", "connection-000001")
		r.f.People("hall", 0, 1)
		r.end()
		r.start()
		defer r.end()
		again := r.dial("m1", first.boot, 1, first.live...)
		v := r.sees("hall", wire.MachineReady, time.Second)
		if len(v.Live) != 1 || v.Live[0].Connection != "connection-000001" || v.Media == nil {
			t.Fatalf("ready with %+v", v)
		}
		for range 120 {
			time.Sleep(5 * time.Second)
			r.f.Observe(again, wire.Beat{Connections: 1})
		}
		r.enter("hall")
		if got := r.view("hall"); got.State != wire.MachineReady || len(r.cloud.Epochs("m1")) != 1 || len(r.cloud.Epochs("m2")) != 0 {
			t.Errorf("it sees %s after %v and %v", got.State, r.cloud.Epochs("m1"), r.cloud.Epochs("m2"))
		}
	})
}

func TestWhoeverEntersBeforeTheRecordsAreReadWakesNothingThatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		if err := r.cloud.PowerOn(t.Context(), "m2", 4); err != nil {
			t.Fatal(err)
		}
		r.store.Put(keeper.Record{
			Machine: "m2", Epoch: 4, Owner: "g", LeaseUntil: time.Now().Add(20 * time.Second), Desired: keeper.PowerOn,
			Observed: keeper.Serving, PaidFrom: time.Now(), HardStopAt: time.Now().Add(time.Hour), Revision: 9,
		})
		time.Sleep(boot)
		r.f = New(r.options)
		r.f.Listen(r)
		r.views = map[wire.RoomID][]View{}
		r.enter("hall") // before anything runs
		ctx, cancel := context.WithCancel(t.Context())
		r.stop, r.ended = cancel, make(chan error, 1)
		go func() { r.ended <- r.f.Run(ctx) }()
		defer r.end()
		synctest.Wait()
		s := r.dial("m2", "boot-0000000000001", 4)
		r.sees("hall", wire.MachineReady, time.Second)
		time.Sleep(time.Minute)
		if len(r.cloud.Epochs("m1")) != 0 || len(r.cloud.Epochs("m2")) != 1 || s.code() != "" {
			t.Errorf("power-ons %v and %v", r.cloud.Epochs("m1"), r.cloud.Epochs("m2"))
		}
	})
}

func TestAWorkerThatDialsBeforeTheRecordIsReadWaits(t *testing.T) {
	r := newRig(t, 1)
	f := New(r.options)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.Admit(ctx, wire.Hello{Machine: "m1", Boot: "a"})
	var e *wire.Error
	if !errors.As(err, &e) || e.Code != wire.CodeUnavailable {
		t.Fatalf("got %v", err)
	}
}

func TestANewerSessionOfTheSameWorkerTakesOver(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		old := r.ready("hall")
		fresh := r.dial("m1", old.boot, 1)
		r.f.Detach(old) // noticed late
		v := r.sees("hall", wire.MachineReady, time.Second)
		if old.code() != wire.CodeUnavailable || fresh.code() != "" {
			t.Errorf("closed with %q and %q", old.code(), fresh.code())
		}
		if v.Media.(*media).session != Session(fresh) {
			t.Error("the room still has the old one")
		}
		r.f.Observe(old, wire.Beat{Connections: 9})
		synctest.Wait()
		if live := r.f.cells[0].keeper.Status().Live; live != 0 {
			t.Errorf("the old one counts %d", live)
		}
	})
}

func TestARoomMayWakeFourTimesAnHour(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		for i := range 4 {
			r.enter("hall")
			r.sees("hall", wire.MachineBooting, boot+time.Second)
			s := r.dial("m1", "boot", 0)
			s.boot = "boot"
			r.f.Observe(s, wire.Tested{})
			r.sees("hall", wire.MachineReady, time.Second)
			time.Sleep(10 * time.Second)
			r.f.People("hall", 0, 0)
			r.state(0, keeper.Off, time.Minute)
			if got := len(r.cloud.Epochs("m1")); got != i+1 {
				t.Fatalf("%d power-ons", got)
			}
		}
		r.f.People("hall", 1, 0)
		var refused *Refused
		if err := r.f.Wake(t.Context(), "hall"); !errors.As(err, &refused) || refused.Code != wire.RefusedWakes ||
			refused.RetryAfter <= 0 || refused.RetryAfter > 15*time.Minute {
			t.Fatalf("the fifth: %v", err)
		}
		if err := r.f.Wake(t.Context(), "yard"); err != nil {
			t.Errorf("another room: %v", err)
		}
	})
}

func TestABudgetThatIsSpentWakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		var allowed atomic.Bool
		r.options.Allowed = func(context.Context) bool { return allowed.Load() }
		r.start()
		defer r.end()
		r.f.People("hall", 1, 0)
		var refused *Refused
		if err := r.f.Wake(t.Context(), "hall"); !errors.As(err, &refused) || refused.Code != wire.RefusedBudget {
			t.Fatalf("got %v", err)
		}
		if err := r.f.Prewarm(t.Context(), "hall", time.Now().Add(time.Hour)); !errors.As(err, &refused) || refused.Code != wire.RefusedBudget {
			t.Fatalf("prewarm: %v", err)
		}
		r.state(0, keeper.Blocked, time.Second)
		if v := r.sees("hall", wire.MachineFailed, time.Second); v.Failure != wire.RefusedBudget {
			t.Errorf("told %q", v.Failure)
		}
		allowed.Store(true)
		r.state(0, keeper.Off, 15*time.Second)
		r.enter("hall")
		r.sees("hall", wire.MachineStarting, time.Second)
	})
}

// slowWakes is a store that takes its time to say how long wakes took.
type slowWakes struct{ Store }

func (s slowWakes) Wakes(ctx context.Context, m wire.MachineID, n int) ([]time.Duration, error) {
	time.Sleep(time.Minute)
	return s.Store.Wakes(ctx, m, n)
}

// Until the store had answered something else, a wake passed a spent budget after each start.
func TestABudgetThatIsSpentHoldsFromTheStartOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.options.Store = slowWakes{r.store}
		r.options.Allowed = func(context.Context) bool {
			time.Sleep(time.Second)
			return false
		}
		r.start()
		defer r.end()
		r.f.People("hall", 1, 0)
		if err := r.f.Wake(t.Context(), "hall"); err != nil {
			t.Fatalf("before the records are read: %v", err)
		}
		if v := r.sees("hall", wire.MachineFailed, 2*time.Second); v.Failure != wire.RefusedBudget {
			t.Errorf("told %q", v.Failure)
		}
		time.Sleep(10 * time.Minute)
		if got := r.cloud.Epochs("m1"); len(got) != 0 {
			t.Errorf("power-ons: %v", got)
		}
	})
}

func TestAPrewarmedMachineIsHeldAndItsMinutesAreTheOrganisers(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		until := time.Now().Add(20 * time.Minute)
		if err := r.f.Prewarm(t.Context(), "hall", until); err != nil {
			t.Fatal(err)
		}
		r.sees("hall", wire.MachineBooting, boot+time.Second)
		s := r.dial("m1", "boot-0000000000001", 0)
		r.f.Observe(s, wire.Tested{})
		r.state(0, keeper.Holding, time.Second)
		time.Sleep(18 * time.Minute)
		st := r.f.Status()[0]
		if st.State != keeper.Holding || !st.PrewarmUntil.Equal(until) || !st.CanStop || !slices.Equal(st.Rooms, []wire.RoomID{"hall"}) {
			t.Fatalf("status %+v", st)
		}
		b := r.store.Books()
		if last := b.Phases[len(b.Phases)-1]; last.Class != ledger.Prewarm || last.Room != "hall" || !b.Runs[0].Prewarm {
			t.Errorf("booked as %+v of %+v", last, b.Runs[0])
		}
		r.f.CancelPrewarm("hall")
		r.state(0, keeper.Off, time.Minute)
	})
}

// After a restart the keeper held the machine, but the fleet did not know what for: it was not
// shown, could not be cancelled, and the next room's pre-warm cut it short.
func TestAPrewarmOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.start()
		until := time.Now().Add(time.Hour)
		if err := r.f.Prewarm(t.Context(), "hall", until); err != nil {
			t.Fatal(err)
		}
		r.sees("hall", wire.MachineBooting, boot+time.Second)
		s := r.dial("m1", "boot-0000000000001", 0)
		r.f.Observe(s, wire.Tested{})
		r.state(0, keeper.Holding, time.Second)
		r.end()
		r.start()
		defer r.end()
		if st := r.f.Status()[0]; !st.PrewarmUntil.Equal(until) || !slices.Equal(st.Rooms, []wire.RoomID{"hall"}) {
			t.Errorf("shown until %s for %v", st.PrewarmUntil, st.Rooms)
		}
		r.dial("m1", s.boot, 1)
		if err := r.f.Prewarm(t.Context(), "yard", time.Now().Add(5*time.Minute)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		r.state(0, keeper.Holding, time.Second)
		r.f.CancelPrewarm("hall")
		r.state(0, keeper.Off, 5*time.Second)
	})
}

func TestAnEmptyMachineIsStoppedWhenTheOrganiserSaysSo(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		r.ready("hall")
		if err := r.f.Stop(t.Context(), "m1"); !errors.Is(err, ErrInUse) {
			t.Errorf("with somebody there: %v", err)
		}
		if err := r.f.Stop(t.Context(), "m9"); !errors.Is(err, ErrUnknown) {
			t.Errorf("of no machine: %v", err)
		}
		r.f.People("hall", 0, 0)
		time.Sleep(6 * time.Second)
		if err := r.f.Stop(t.Context(), "m1"); err != nil {
			t.Fatal(err)
		}
		r.state(0, keeper.Off, 4*time.Second)
	})
}

// A worker that hangs with people in it was billed until the hard limit: they and the
// connections it had last been heard of were counted for ever, so every stop was refused.
func TestAMachineWhoseWorkerHangsCanBeStopped(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		s := r.ready("hall")
		r.join("hall", "connection-000001")
		r.f.People("hall", 0, 1)
		r.f.Detach(s)
		time.Sleep(r.options.Machines[0].Policy.Link - time.Second)
		synctest.Wait()
		if err := r.f.Stop(t.Context(), "m1"); !errors.Is(err, ErrInUse) || r.f.Status()[0].CanStop {
			t.Errorf("while the worker may come back: %v", err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if !r.f.Status()[0].CanStop {
			t.Error("it is not offered")
		}
		if err := r.f.Stop(t.Context(), "m1"); err != nil {
			t.Fatal(err)
		}
		r.state(0, keeper.Stopping, time.Second)
		if v := r.sees("hall", wire.MachineStarting, 10*time.Second); v.Epoch != 2 || v.Lost != wire.LostMachine {
			t.Errorf("those who were in the call see %+v", v)
		}
	})
}

func TestUsageIsBookedToTheEpochOfItsWorker(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		s := r.ready("hall")
		minute := time.Now().UTC().Truncate(time.Minute)
		u := wire.Usage{Seq: 1, Minutes: []wire.UsageMinute{{Minute: minute, Room: "hall", Seconds: 90}}}
		if err := r.f.Record(t.Context(), s, u); err != nil {
			t.Fatal(err)
		}
		if got := r.store.Books().Usage; len(got) != 1 || got[0].Epoch != 1 || got[0].Seconds != 90 {
			t.Errorf("booked %+v", got)
		}
		if err := r.f.Record(t.Context(), &session{r: r, machine: "m1", boot: "another"}, u); err == nil {
			t.Error("usage of another worker was booked")
		}
	})
}

func TestWhoeverAMachineFailsGoesToTheSpare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.cloud.OnPower = func(_ context.Context, id wire.MachineID, _ wire.Epoch) error {
			if id == "m1" {
				return keeper.ErrOutOfStock
			}
			return nil
		}
		r.start()
		defer r.end()
		r.enter("hall")
		r.sees("hall", wire.MachineBooting, boot+2*time.Second)
		if got := r.cloud.Epochs("m2"); len(got) != 1 {
			t.Fatalf("the spare was switched on %d times", len(got))
		}
		s := r.dial("m2", "boot-0000000000001", 0)
		r.f.Observe(s, wire.Tested{})
		r.sees("hall", wire.MachineReady, time.Second)
		time.Sleep(time.Minute)
		if st := r.f.Status(); st[0].State != keeper.Off || st[1].State != keeper.Serving || st[1].Waiting != 1 {
			t.Errorf("%s and %s", st[0].State, st[1].State)
		}
	})
}

// Who left again within the grace time was woken for up to a minute later.
func TestASpareIsNotWokenForWhoeverLeftAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.cloud.OnPower = func(ctx context.Context, _ wire.MachineID, _ wire.Epoch) error {
			select { // longer than the grace time, then nothing to be had
			case <-ctx.Done():
			case <-time.After(8 * time.Second):
			}
			return keeper.ErrOutOfStock
		}
		r.start()
		defer r.end()
		r.enter("hall")
		time.Sleep(2 * time.Second)
		r.f.People("hall", 0, 0)
		time.Sleep(time.Minute)
		synctest.Wait()
		if st := r.f.Status(); st[1].State != keeper.Off || len(st[1].Rooms) != 0 || len(r.store.Books().Runs) != 1 {
			t.Errorf("%+v after the runs %+v", st[1], r.store.Books().Runs)
		}
		r.f.People("hall", 1, 0) // who comes back to the lobby has to ask anew
		synctest.Wait()
		if len(r.store.Books().Runs) != 1 {
			t.Error("woken without being asked to")
		}
	})
}

func TestWithoutASpareAnHonestFailureKeepsThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		var mended atomic.Bool
		r.cloud.OnPower = func(context.Context, wire.MachineID, wire.Epoch) error {
			if !mended.Load() {
				return keeper.ErrOutOfStock
			}
			return nil
		}
		r.start()
		defer r.end()
		r.enter("hall")
		if v := r.sees("hall", wire.MachineFailed, 5*time.Second); v.Failure != wire.RefusedMachine {
			t.Errorf("told %q", v.Failure)
		}
		mended.Store(true)
		r.sees("hall", wire.MachineBooting, 10*time.Second+boot)
	})
}

func TestAMachineThatAnotherGatewayTookIsLetGo(t *testing.T) {
	run(t, 1, func(t *testing.T, r *rig) {
		s := r.ready("hall")
		record, err := r.store.Machine(t.Context(), "m1")
		if err != nil {
			t.Fatal(err)
		}
		record.Owner, record.LeaseUntil = "other", time.Now().Add(time.Hour)
		record.Revision++
		r.store.Put(record)
		r.sees("hall", wire.MachinePreparing, 10*time.Second)
		if s.code() != wire.CodeUnavailable {
			t.Errorf("its worker was sent away with %q", s.code())
		}
		_, err = r.f.Admit(t.Context(), wire.Hello{Machine: "m1", Boot: s.boot, Epoch: 1})
		var e *wire.Error
		if !errors.As(err, &e) || e.Code != wire.CodeUnavailable {
			t.Errorf("and it is told %v", err)
		}
	})
}

func TestClosingStopsEveryMachineEvenWithPeople(t *testing.T) {
	run(t, 2, func(t *testing.T, r *rig) {
		r.ready("hall")
		r.join("hall", "connection-000001")
		r.f.People("hall", 0, 1)
		if err := r.f.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if power, _ := r.cloud.Observe(t.Context(), "m1"); power != keeper.PowerOff {
			t.Errorf("the machine is %s", power)
		}
		if run := r.store.Books().Runs[0]; run.Until.IsZero() {
			t.Error("its run is open")
		}
	})
}
