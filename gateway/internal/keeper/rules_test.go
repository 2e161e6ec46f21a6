package keeper

import (
	"errors"
	"slices"
	"testing"
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

func woken(t *testing.T) *drive {
	t.Helper()
	d := newDrive(t, in(Off))
	d.send(People{Waiting: 1})
	d.send(Wake{Room: "room"})
	d.expect("is waking", "power on")
	return d
}

func TestASecondTryFollowsOnlyWhereTheFirstMayHaveFailed(t *testing.T) {
	lost := errors.New("timeout")
	t.Run("no answer, and seen off", func(t *testing.T) {
		d := woken(t)
		d.called(lost)
		d.answer(PowerOff, nil)
		d.expect("power on")
		d.called(lost)
		d.answer(PowerOff, nil)
		d.expect()
	})
	t.Run("no answer, and seen starting", func(t *testing.T) {
		d := woken(t)
		d.called(lost)
		d.answer(PowerStarting, nil)
		d.expect()
	})
	t.Run("accepted, and seen off for a minute", func(t *testing.T) {
		d := woken(t)
		d.called(nil)
		d.answer(PowerOff, nil)
		d.expect()
		d.pass(61 * time.Second)
		d.expect("power on")
	})
	t.Run("out of stock", func(t *testing.T) {
		d := woken(t)
		d.called(ErrOutOfStock)
		d.expect("is stopping")
		d.answer(PowerOff, nil)
		d.expect("is off")
		if d.m.Failure != wire.RefusedMachine {
			t.Fatalf("people are told %q", d.m.Failure)
		}
	})
	t.Run("fell back", func(t *testing.T) {
		d := woken(t)
		d.called(nil)
		d.answer(PowerStarting, nil)
		d.answer(PowerOff, nil)
		d.expect("is stopping", "power off")
	})
}

func TestAFailedWakeIsTriedAgainForThoseWhoKeepTheirPlace(t *testing.T) {
	d := woken(t)
	d.called(ErrOutOfStock)
	d.answer(PowerOff, nil)
	d.done = nil
	d.pass(d.m.Policy.Retry)
	d.expect("is waking", "power on")
	if d.m.Rec.Epoch != 5 || d.m.Failure != "" {
		t.Fatalf("epoch %d, failure %q", d.m.Rec.Epoch, d.m.Failure)
	}
}

func TestAMachineThatFailsAgainAndAgainIsQuarantined(t *testing.T) {
	d := woken(t)
	for range d.m.Policy.FailLimit {
		d.called(ErrOutOfStock)
		d.answer(PowerOff, nil)
		if d.m.State == Quarantined {
			break
		}
		d.pass(d.m.Policy.RetryMost)
	}
	d.pass(0)
	if d.m.State != Quarantined {
		t.Fatalf("it is %s after %d failures", d.m.State, d.m.Fails)
	}
	d.done = nil
	d.pass(d.m.Policy.Quarantine)
	d.expect("is off", "is waking", "power on")
}

func TestAWorkerThatNeverSaysHelloIsStopped(t *testing.T) {
	d := woken(t)
	d.called(nil)
	d.answer(PowerOn, nil)
	d.expect("is booting")
	for range 3 {
		d.pass(30 * time.Second)
		d.answer(PowerOn, nil)
	}
	d.expect()
	d.pass(31 * time.Second)
	d.expect("is stopping", "power off")
}

func TestOnlyAWorkerWhoseMediaWereTestedIsReady(t *testing.T) {
	d := woken(t)
	d.called(nil)
	d.answer(PowerOn, nil)
	d.send(Linked{Boot: "boot", Epoch: 4})
	d.send(Had{Boot: "boot"})
	d.expect("is booting")
	d.send(Tested{Boot: "boot"})
	d.expect("is serving")
	if !d.m.Status(d.now).Ready {
		t.Fatal("not ready after its test")
	}

	d = woken(t)
	d.called(nil)
	d.answer(PowerOn, nil)
	d.send(Linked{Boot: "boot", Epoch: 4})
	d.send(Had{Boot: "boot"})
	d.send(Tested{Boot: "boot", Failed: true})
	d.expect("is booting", "is stopping", "power off")
}

func TestPerMinuteAnEmptyMachineIsStoppedAfterItsIdleTime(t *testing.T) {
	d := newDrive(t, in(Holding))
	d.pass(d.m.Policy.Idle - 11*time.Second)
	d.expect()
	d.pass(2 * time.Second)
	d.expect("is draining", "drain")
	d.send(Drained{Boot: "boot"})
	d.expect("is stopping", "power off")
	d.called(nil)
	d.answer(PowerStopping, nil)
	d.expect()
	d.answer(PowerOff, nil)
	d.expect("is off")
}

func TestHourlyThereIsOneDecisionAQuantum(t *testing.T) {
	hourly := func() *drive {
		m := in(Holding)
		m.Policy.Quantum, m.Policy.Hard = time.Hour, 24*time.Hour
		m.Rec.PaidFrom, m.Rec.HardStopAt = noon, noon.Add(24*time.Hour)
		return newDrive(t, m)
	}
	d := hourly()
	d.pass(56*time.Minute + 59*time.Second)
	d.expect()
	d.pass(2 * time.Second)
	d.expect("is draining", "drain")

	d = hourly() // somebody is there at the decision point: the next one counts
	d.pass(50 * time.Minute)
	d.send(People{Present: 1})
	d.pass(8 * time.Minute)
	d.send(People{})
	d.expect("is serving", "is holding")
	d.pass(58 * time.Minute)
	d.expect()
	d.pass(time.Minute + time.Second)
	d.expect("is draining", "drain")

	d = hourly() // held warm beyond the first one
	d.send(Prewarm{Room: "warm", Until: noon.Add(90 * time.Minute)})
	d.pass(116 * time.Minute)
	d.expect()
	d.pass(time.Minute + 5*time.Second)
	d.expect("is draining", "drain")
	if until := d.m.Status(d.now).PaidUntil; !until.Equal(noon.Add(2 * time.Hour)) {
		t.Fatalf("paid until %s", until)
	}
}

func TestAMachineHeldWarmIsNotIdle(t *testing.T) {
	d := newDrive(t, in(Holding))
	d.send(Prewarm{Room: "warm", Until: noon.Add(time.Hour)})
	d.m.Rec.HardStopAt = noon.Add(5 * time.Hour)
	d.pass(59 * time.Minute)
	d.expect()
	d.pass(time.Minute + 5*time.Second)
	d.expect("is draining", "drain")
}

func TestWhoeverComesWhileItStopsIsWokenForAfterwards(t *testing.T) {
	d := newDrive(t, in(Stopping))
	d.send(People{Waiting: 1})
	d.send(Wake{Room: "room"})
	d.expect()
	d.answer(PowerOff, nil)
	d.expect("is off", "is waking", "power on")
	if d.m.Rec.Epoch != 4 {
		t.Fatalf("epoch %d", d.m.Rec.Epoch)
	}
}

func TestADrainedWorkerIsStoppedEvenIfSomebodyCameMeanwhile(t *testing.T) {
	d := newDrive(t, in(Draining))
	d.send(People{Waiting: 1})
	d.send(Wake{Room: "room"})
	d.expect("is serving", "recall")
	d.send(Drained{Boot: "boot"}) // it was under way already
	d.expect("is stopping", "power off")
	d.called(nil)
	d.answer(PowerOff, nil)
	d.expect("is off", "is waking", "power on")
}

func TestAWorkerThatDoesNotDrainIsKeptAndAskedAgain(t *testing.T) {
	d := newDrive(t, in(Draining))
	d.pass(d.m.Policy.Drain)
	d.expect("is holding", "recall")
	d.pass(3*d.m.Policy.Drain + time.Second)
	d.expect("is draining", "drain")
}

func TestWhatStandsByGetsAPowerOffAndWhatWillNotStopAnAlarm(t *testing.T) {
	d := newDrive(t, in(Stopping))
	d.m.CalledAt = noon.Add(-time.Minute)
	d.answer(PowerStandby, nil)
	d.expect("power off")
	d.called(nil)
	for range 6 {
		d.answer(PowerOn, nil)
		d.pass(time.Minute)
		if d.m.Powering != 0 {
			d.called(nil)
		}
	}
	alarms := 0
	for _, what := range d.done {
		if what == "alarm" {
			alarms++
		}
	}
	if alarms != 1 {
		t.Fatalf("%d alarms in %q", alarms, d.done)
	}
}

func TestTheHardLimitEndsACallAndNobodyIsWokenFor(t *testing.T) {
	d := newDrive(t, in(Serving))
	d.pass(time.Hour)
	d.expect("is stopping", "power off", "alarm")
	if d.m.Lost != wire.LostStop {
		t.Fatalf("people are told %q", d.m.Lost)
	}
	d.called(nil)
	d.answer(PowerOff, nil)
	d.expect("is off")
	d.send(People{Waiting: 1})
	d.expect()
	d.send(Wake{Room: "room"})
	d.expect("is waking", "power on")
}

func TestASilentWorkerWithPeopleIsNotStopped(t *testing.T) {
	d := newDrive(t, in(Serving))
	d.send(Unlinked{Boot: "boot"})
	for range 60 {
		d.answer(PowerOn, nil)
		d.pass(30 * time.Second)
	}
	d.expect("alarm")
	d.send(Stop{}) // a human may know better
	d.expect("is stopping", "power off")
}

func TestASilentWorkerWithNobodyIsStopped(t *testing.T) {
	d := newDrive(t, in(Holding))
	d.send(Unlinked{Boot: "boot"})
	d.answer(PowerOn, nil)
	d.pass(d.m.Policy.Link - time.Second)
	d.expect()
	d.pass(2 * time.Second)
	d.expect("is stopping", "power off")
}

func TestALinkThatComesBackMendsEverything(t *testing.T) {
	d := newDrive(t, in(Serving))
	d.send(Unlinked{Boot: "boot"})
	d.answer(PowerUnknown, errors.New("away"))
	d.expect("is unknown")
	d.send(Linked{Boot: "boot", Epoch: 3})
	d.send(Had{Boot: "boot", Live: 1})
	d.expect("is serving")
	if !d.m.Status(d.now).Ready {
		t.Fatal("not ready")
	}
}

// loaded is a process that has just read a record which says serving.
func loaded(t *testing.T, exclusive bool, owner string, lease time.Duration) *drive {
	t.Helper()
	r := in(Serving).Rec
	r.Owner, r.LeaseUntil = owner, noon.Add(lease)
	d := newDrive(t, NewMachine("m", "self", exclusive, DefaultPolicy()))
	d.send(Start{})
	d.send(Loaded{Attempt: d.m.Loading, Record: r, Now: noon})
	return d
}

func TestAPlainRestartGoesOnAtOnceAndATakeoverWaits(t *testing.T) {
	d := loaded(t, true, "self", 20*time.Second)
	if !d.m.Taken || !d.m.Calm.IsZero() || d.m.State != Unknown {
		t.Fatalf("restart: taken %t, calm until %s, %s", d.m.Taken, d.m.Calm, d.m.State)
	}
	d = loaded(t, false, "self", 20*time.Second)
	if d.m.Taken || d.m.Status(noon).Owner {
		t.Fatal("without the lock, a twin may live")
	}
	d = loaded(t, true, "other", 20*time.Second)
	if d.m.Taken {
		t.Fatal("a running lease was taken")
	}
	d.pass(19 * time.Second)
	if d.m.Taken {
		t.Fatal("a running lease was taken")
	}
	d = loaded(t, true, "other", -time.Second)
	if !d.m.Taken || !d.m.Calm.Equal(noon.Add(d.m.Policy.Lease+d.m.Policy.Call)) {
		t.Fatalf("takeover: taken %t, calm until %s", d.m.Taken, d.m.Calm)
	}
}

func TestNoPowerOnBeforeAPredecessorsCallsAreOver(t *testing.T) {
	d := loaded(t, true, "other", -time.Second)
	d.done = nil
	d.send(People{Waiting: 1})
	d.send(Wake{Room: "room"})
	d.answer(PowerOff, nil) // the machine is gone: a new one is wanted
	d.expect("is serving", "is off", "is waking")
	d.pass(d.m.Policy.Lease + d.m.Policy.Call - 2*time.Second)
	d.expect()
	d.pass(3 * time.Second)
	d.expect("power on")
}

func TestAfterARestartNothingIsStoppedBeforeTheWorkerWasHeard(t *testing.T) {
	d := loaded(t, true, "self", 20*time.Second)
	d.done = nil
	d.answer(PowerOn, nil)
	d.expect("is serving")
	d.pass(10 * time.Minute)
	d.expect()
	d.send(Linked{Boot: "boot", Epoch: 3})
	d.send(Had{Boot: "boot", Live: 2})
	d.pass(30 * time.Minute)
	d.expect()
	if d.m.State != Serving {
		t.Fatalf("%s with two connections", d.m.State)
	}
}

func TestACallThatCannotEndWithinTheLeaseIsNotMade(t *testing.T) {
	m := in(Stopping)
	m.OffAt = noon
	m.Rec.LeaseUntil = noon.Add(m.Policy.Margin)
	m.CommitAt = noon.Add(time.Minute) // the store does not work
	after, effects := Next(m, noon, Tick{})
	if got := told(m, after, effects); got != "" {
		t.Fatalf("got %q", got)
	}
	m.Rec.LeaseUntil = noon.Add(5 * time.Second)
	_, effects = Next(m, noon, Tick{})
	call, is := effects[0].(SwitchOff)
	if !is || call.Until.After(noon.Add(4*time.Second)) {
		t.Fatalf("got %+v", effects)
	}
}

func TestACommitWhoseAnswerIsLostIsLookedUp(t *testing.T) {
	m, effects := Next(in(Off), noon, Wake{Room: "room"})
	c := effects[0].(Commit)
	m, effects = Next(m, noon, Committed{Attempt: c.Attempt, Err: errors.New("timeout")})
	written := c.Change.Next
	written.Revision++
	done, effects := Next(m, noon, Loaded{Attempt: effects[0].(Load).Attempt, Record: written, Now: noon})
	if done.State != Waking || tell(effects[0]) != "power on" {
		t.Fatalf("it was written, and it is %s", done.State)
	}
	not, effects := Next(m, noon, Loaded{Attempt: m.Loading, Record: c.Change.Prev, Now: noon})
	if not.State != Off || len(effects) != 0 || not.Failure != wire.RefusedMachine {
		t.Fatalf("it was not written, and it is %s with %v", not.State, effects)
	}
}

func TestAStrayIsBookedFromWhenItWasLastSeenOff(t *testing.T) {
	d := newDrive(t, in(Off))
	d.answer(PowerOff, nil)
	before := d.m.OffSeen
	d.pass(time.Minute)
	_, effects := Next(d.m, d.now, Observed{Attempt: d.m.Observing, Power: PowerOn})
	open := effects[0].(Commit).Change.Open
	if open == nil || !open.From.Equal(before) {
		t.Fatalf("opened %+v, last seen off at %s", open, before)
	}
}

func TestAProviderThatIsAwayDoesNotKeepAKnownMachineFromBeingWoken(t *testing.T) {
	d := newDrive(t, in(Off))
	d.answer(PowerUnknown, errors.New("away"))
	d.expect("is unknown")
	d.send(Wake{Room: "room"})
	d.expect("is waking", "power on")
}

func TestAReadingOfTheClockThatCameLateIsTakenAgain(t *testing.T) {
	m, effects := Next(NewMachine("m", "self", false, DefaultPolicy()), noon, Start{})
	r := in(Serving).Rec
	r.Owner, r.LeaseUntil = "other", noon.Add(-time.Second)
	answer := Loaded{Attempt: effects[0].(Load).Attempt, Record: r, Now: noon}
	m, effects = Next(m, noon.Add(2*time.Minute), answer)
	if m.Loaded || m.Skew != 0 || told(m, m, effects) != "load" {
		t.Fatalf("loaded %t, skew %s, then %v", m.Loaded, m.Skew, effects)
	}
}

// Whoever waits for a machine that never had a link was taken for the caller of one that lost
// it: a second person in the lobby made everybody's wish void.
func TestWhoeverWaitsForTheFirstLinkKeepsTheWish(t *testing.T) {
	d := woken(t)
	d.m.LinkAt = noon.Add(-time.Hour)
	d.pass(d.m.Policy.Grace + time.Second)
	d.send(People{Waiting: 2})
	d.send(Stop{})
	if !d.m.wish(d.now) || d.m.StopAsked || d.m.Status(d.now).Mute {
		t.Fatalf("wish %t, stop asked %t", d.m.wish(d.now), d.m.StopAsked)
	}
}

// The boot of a pre-warm was booked as if somebody had come for it.
func TestTheBootOfAPrewarmIsTheOrganisers(t *testing.T) {
	ahead := func(t *testing.T) *drive {
		d := newDrive(t, in(Off))
		d.send(Prewarm{Room: "warm", Until: noon.Add(time.Hour)})
		d.called(nil)
		d.answer(PowerOn, nil)
		return d
	}
	ready := func(d *drive) {
		d.send(Linked{Boot: "boot", Epoch: 4})
		d.send(Had{Boot: "boot"})
		d.now = d.now.Add(time.Second)
		d.send(Tested{Boot: "boot"})
	}
	for name, c := range map[string]struct {
		live func(d *drive)
		want []ledger.Class
	}{
		// twice, for the second one says when the machine was ready
		"nobody came": {ready, []ledger.Class{ledger.Prewarm, ledger.Prewarm}},
		"somebody came": {func(d *drive) {
			d.send(Wake{Room: "room"})
			d.send(People{Waiting: 1})
			ready(d)
		}, []ledger.Class{ledger.Prewarm, ledger.Boot, ledger.Used}},
		"somebody came and left": {func(d *drive) {
			d.send(Wake{Room: "room"})
			d.send(People{Waiting: 1})
			d.pass(d.m.Policy.Grace)
			d.send(People{})
			ready(d)
		}, []ledger.Class{ledger.Prewarm, ledger.Boot, ledger.Prewarm}},
		"the gateway was restarted": {func(d *drive) {
			rec := d.m.Rec
			d.m = NewMachine("m", "self", true, d.m.Policy)
			d.send(Start{})
			d.send(Loaded{Attempt: d.m.Loading, Record: rec, Now: d.now})
			ready(d)
		}, []ledger.Class{ledger.Prewarm, ledger.Prewarm}},
	} {
		t.Run(name, func(t *testing.T) {
			d := ahead(t)
			c.live(d)
			var got []ledger.Class
			for _, p := range d.phases {
				got = append(got, p.Class)
				if p.Class == ledger.Prewarm && p.Room != "warm" {
					t.Errorf("%s is booked to %q", p.Class, p.Room)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("booked %v, want %v", got, c.want)
			}
		})
	}
}

// The grace of a wake went on after its people had come and gone: a stop asked for within it
// was taken and forgotten.
func TestAStopIsHeededRightAfterTheLastOneLeft(t *testing.T) {
	d := newDrive(t, in(Serving))
	d.send(Wake{Room: "room"})
	d.send(People{Waiting: 1})
	d.send(People{})
	d.send(Carried{Boot: d.m.Boot})
	d.send(Stop{})
	if !d.m.StopAsked || d.m.busy(d.now) {
		t.Errorf("the stop was not heeded: %+v", d.m.Status(d.now))
	}
}
