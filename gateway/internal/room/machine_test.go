package room

import (
	"testing"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

func TestRefusedWakeKeepsThePlaceAndTriesAgain(t *testing.T) {
	r := newRig(t, nil)
	r.wakeErr = &fleet.Refused{Code: wire.RefusedWakes, RetryAfter: 20 * time.Second}
	r.come(1, wire.RoleChair)
	r.wantRefusal(1, wire.RefusedWakes)
	if m, _ := last[wire.Refusal](r, 1); m.RetryAfterMS != 20_000 {
		t.Errorf("got %+v", m)
	}
	r.wait(10 * time.Second)
	r.come(2, wire.RoleChair)
	if m, _ := last[wire.Refusal](r, 2); m.Code != wire.RefusedWakes || m.RetryAfterMS != 10_000 {
		t.Errorf("a newcomer was told %v", r.inbox[2])
	}
	if r.wakes != 1 {
		t.Errorf("asked %d times before the time", r.wakes)
	}
	r.wakeErr = nil
	r.wait(11 * time.Second)
	if r.wakes != 2 || len(r.s.order) != 2 {
		t.Errorf("asked %d times, %d places", r.wakes, len(r.s.order))
	}
}

func TestLongRefusalIsAskedAgainEveryMinute(t *testing.T) {
	r := newRig(t, nil)
	r.wakeErr = &fleet.Refused{Code: wire.RefusedBudget, RetryAfter: 24 * time.Hour}
	r.come(1, wire.RoleChair)
	r.wait(10*time.Minute + time.Second)
	if r.wakes < 8 || r.wakes > 12 {
		t.Errorf("asked %d times in ten minutes", r.wakes)
	}
	r.wantRefusal(1, wire.RefusedBudget)
}

func TestFailedMachineIsToldAndTriedAgain(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.do(viewed{fleet.View{State: wire.MachineStarting, Epoch: 1, Since: r.now}})
	r.wait(time.Minute)
	r.wakes = 0
	r.do(viewed{fleet.View{State: wire.MachineFailed, Epoch: 1, Failure: wire.RefusedMachine}})
	r.do(viewed{fleet.View{State: wire.MachineFailed, Epoch: 1, Failure: wire.RefusedMachine}})
	r.wantRefusal(1, wire.RefusedMachine)
	if n := count[wire.Refusal](r, 1); n != 1 || r.wakes != 0 {
		t.Errorf("told %d times, asked %d times at once", n, r.wakes)
	}
	r.wait(16 * time.Second)
	if r.wakes != 1 {
		t.Errorf("asked %d times", r.wakes)
	}
}

func TestLobbyTellsHonestProgress(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.do(viewed{fleet.View{State: wire.MachineBooting, Epoch: 1, Since: r.now.Add(-2 * time.Second), ETA: 8 * time.Second}})
	r.wait(time.Second)
	first, _ := last[wire.Lobby](r, 1)
	if first.Machine != wire.MachineBooting || first.ElapsedMS < 2000 || first.EtaMS > 8000 || first.EtaMS < 7000 {
		t.Errorf("got %+v", first)
	}
	n := count[wire.Lobby](r, 1)
	r.wait(30 * time.Second)
	if more := count[wire.Lobby](r, 1) - n; more < 5 || more > 7 {
		t.Errorf("%d lobbies in 30 s, want one every 5 s", more)
	}
	if m, _ := last[wire.Lobby](r, 1); m.EtaMS != 0 || m.ElapsedMS < 30_000 {
		t.Errorf("a late wake says %+v", m)
	}
}

func TestPeopleWhoOnlyKnockHoldAMachineForAWhile(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleGuest)
	r.up()
	r.wantTold(1, 0)
	r.wait(10 * time.Minute)
	r.come(2, wire.RoleGuest)
	r.wantTold(2, 0)
	r.wait(5*time.Minute + time.Second)
	r.wantTold(0, 0)
	r.wantCounts(2, 0)
	r.do(viewed{fleet.View{State: wire.MachineOff, Epoch: 1}})
	r.wakes = 0
	r.come(3, wire.RoleGuest)
	r.wait(time.Hour)
	if r.wakes != 0 {
		t.Error("another knock woke a machine")
	}
	r.come(4, wire.RoleChair)
	if r.wakes == 0 {
		t.Error("the chair woke nothing")
	}
	r.wantTold(4, 0)
}

func TestWakesAreAskedOneAtATime(t *testing.T) {
	r := newRig(t, func(rec *Record) { rec.WaitingRoom = false })
	for id := pageID(1); id <= 20; id++ {
		r.look(id, wire.RoleGuest)
		for _, e := range append([]effect(nil), r.s.step(r.now, entered{id, wire.Enter{Name: name(id)}})...) {
			r.keep(e)
		}
	}
	if r.asked != 1 {
		t.Errorf("%d wakes on their way at once", r.asked)
	}
}
