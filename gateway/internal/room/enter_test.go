package room

import (
	"slices"
	"testing"
	"time"

	"weckruf/internal/wire"
)

func TestOnlyEnterWakesAMachine(t *testing.T) {
	r := newRig(t, nil)
	r.look(1, wire.RoleChair)
	r.wait(time.Hour)
	if r.wakes != 0 {
		t.Fatal("a look woke a machine")
	}
	r.enter(1)
	if r.wakes != 1 {
		t.Fatalf("enter woke %d times", r.wakes)
	}
	if got, want := r.kinds(1), []string{"view", "place", "lobby", "roster"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	r.wantTold(1, 0)
}

func TestGuestBeforeTheChairWakesAsWell(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleGuest)
	if r.wakes != 1 {
		t.Error("the guest woke nothing")
	}
	if lobby, _ := last[wire.Lobby](r, 1); lobby.Admitted || lobby.Waiting != 1 || lobby.Machine != wire.MachineOff {
		t.Errorf("got %+v", lobby)
	}
	r.wantTold(1, 0)
}

func TestPlaceIsToldWhenItIsOnDisk(t *testing.T) {
	r := newRig(t, nil)
	r.slowDisk = true
	r.look(1, wire.RoleGuest)
	r.enter(1)
	if got[wire.Place](r, 1) || r.s.waiting != 0 {
		t.Fatal("told before it was on disk")
	}
	if r.wakes != 1 {
		t.Error("the machine waits for the disk")
	}
	r.flush()
	if !got[wire.Place](r, 1) {
		t.Error("not told when it was on disk")
	}
	r.wantTold(1, 0)
}

func TestFullDiskIsAFaultAndTheDoorStaysOpen(t *testing.T) {
	r := newRig(t, nil)
	r.diskFull = true
	r.look(1, wire.RoleGuest)
	r.enter(1)
	r.wantFault(1, wire.CodeUnavailable)
	if got[wire.Place](r, 1) || len(r.s.order) != 0 {
		t.Fatal("a place that is not on disk")
	}
	r.diskFull = false
	r.enter(1)
	if !got[wire.Place](r, 1) {
		t.Error("cannot try again")
	}
}

func TestEnterWithoutALookIsOutOfOrder(t *testing.T) {
	r := newRig(t, nil)
	r.enter(1)
	r.wantFault(1, wire.CodeOutOfOrder)
	r.do(offered{2, wire.Offer{}})
	r.wantFault(2, wire.CodeOutOfOrder)
	r.do(admits{3, wire.Admit{All: true}})
	r.wantFault(3, wire.CodeOutOfOrder)
	r.come(4, wire.RoleGuest)
	r.look(4, wire.RoleGuest)
	r.wantFault(4, wire.CodeOutOfOrder)
}

func TestCapacityCountsThoseWhoWait(t *testing.T) {
	r := newRig(t, func(rec *Record) { rec.Capacity = 2 })
	r.look(3, wire.RoleGuest)
	r.come(1, wire.RoleGuest)
	r.come(2, wire.RoleGuest)
	r.enter(3)
	r.wantRefusal(3, wire.RefusedFull)
	r.look(4, wire.RoleGuest)
	r.wantRefusal(4, wire.RefusedFull)
	r.do(left{1})
	r.look(4, wire.RoleGuest)
	if !got[wire.View](r, 4) {
		t.Error("the place that became free is not to be had")
	}
	r.come(5, wire.RoleChair)
	for id := pageID(6); id < 6+chairReserve; id++ {
		r.come(id, wire.RoleChair)
	}
	r.look(20, wire.RoleChair)
	r.wantRefusal(20, wire.RefusedFull)
}

func TestTwoTabsByTheLinkAreTwoPeople(t *testing.T) {
	r := newRig(t, nil)
	if a, b := r.come(1, wire.RoleGuest), r.come(2, wire.RoleGuest); a == b {
		t.Error("one person")
	}
	r.wantCounts(2, 0)
}

func TestNewerTabTakesThePlaceOver(t *testing.T) {
	r := newRig(t, nil)
	chair := r.come(1, wire.RoleChair)
	r.up()
	c := r.call(1)
	r.lookAgain(2, chair)
	if got[wire.Replaced](r, 1) {
		t.Error("replaced by a mere look")
	}
	r.enter(2)
	if !got[wire.Replaced](r, 1) || !r.closed[1] {
		t.Error("the older tab was not told")
	}
	if !slices.Contains(r.parts, c) {
		t.Error("the older tab's connection lives on")
	}
	if m, ok := last[wire.Ready](r, 2); !ok || m.Connection == c {
		t.Error("the newer tab got no connection of its own")
	}
	r.wantCounts(1, 0)
	r.do(closed{1})
	r.do(offered{1, wire.Offer{Connection: c}})
	r.call(2)
	r.wantCounts(0, 1)
}

func TestReloadInTheLobbyKeepsThePlace(t *testing.T) {
	r := newRig(t, nil)
	first := r.come(1, wire.RoleGuest)
	r.come(2, wire.RoleGuest)
	r.do(closed{1})
	r.wait(10 * time.Second)
	r.wantCounts(2, 0)
	r.lookAgain(3, first)
	r.enter(3)
	if r.who(3) != first || r.s.order[0].id != first {
		t.Error("another place, or another rank")
	}
	r.wantCounts(2, 0)
}

func TestPlaceIsGivenUpAfterTheGraceTime(t *testing.T) {
	r := newRig(t, nil)
	chair := r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.do(admits{1, wire.Admit{All: true}})
	r.up()
	r.call(1)
	c := r.call(2)
	r.do(closed{2})
	r.wait(29 * time.Second)
	r.wantCounts(0, 2)
	r.wait(2 * time.Second)
	r.wantCounts(0, 1)
	r.wantTold(0, 1)
	if !slices.Equal(r.parts, []wire.ConnectionID{c}) {
		t.Errorf("parted %v, want %v", r.parts, c)
	}
	// a laptop that slept comes back to its place, admitted
	r.wait(time.Minute)
	r.lookAgain(3, guest)
	r.enterWith(3, c)
	if m, _ := last[wire.Place](r, 3); m.Participant != guest || !m.Admitted {
		t.Errorf("got %+v", m)
	}
	if lost, ok := last[wire.Lost](r, 3); !ok || lost.Connection != c {
		t.Error("not told that the old connection is gone")
	}
	r.call(3)
	r.wantCounts(0, 2)
	if chair == guest {
		t.Error("one place")
	}
}

func TestLeaveGivesThePlaceUpAtOnce(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.up()
	c := r.call(1)
	r.do(left{1})
	r.wantTold(0, 0)
	if !slices.Equal(r.parts, []wire.ConnectionID{c}) {
		t.Errorf("parted %v, want %v", r.parts, c)
	}
	r.do(closed{1})
	if !r.s.next().Equal(r.now.Add(10 * time.Minute)) {
		t.Errorf("next tick at %v, want the end of the session", r.s.next())
	}
}

func TestHundredEntersASecondAreLimited(t *testing.T) {
	r := newRig(t, func(rec *Record) { rec.Capacity = 1000 })
	burst := r.s.limits.RoomEnter.Burst
	for id := pageID(1); id <= pageID(burst); id++ {
		r.come(id, wire.RoleGuest)
	}
	r.look(5000, wire.RoleGuest)
	r.enter(5000)
	r.wantRefusal(5000, wire.RefusedRate)
	if m, _ := last[wire.Refusal](r, 5000); m.RetryAfterMS <= 0 {
		t.Error("not told when to try again")
	}
	r.wait(time.Second)
	r.enter(5000)
	if !got[wire.Place](r, 5000) {
		t.Error("not let in later")
	}
	// an old place is no new one
	r.lookAgain(5001, 101)
	r.enter(5001)
	if got[wire.Refusal](r, 5001) {
		t.Error("a page that reconnects was limited")
	}
}

func TestNameMayChangeOnReturn(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.wait(time.Second)
	r.do(entered{1, wire.Enter{Name: "Anna"}})
	r.wait(time.Second)
	if m, _ := last[wire.Roster](r, 1); len(m.People) != 1 || m.People[0].Name != "Anna" {
		t.Errorf("got %+v", m)
	}
}

func TestPagesOfARoomAreBounded(t *testing.T) {
	r := newRig(t, nil)
	for id := pageID(1); id <= pageID(r.s.limits.Pages); id++ {
		r.look(id, wire.RoleGuest)
	}
	r.look(9999, wire.RoleGuest)
	r.wantRefusal(9999, wire.RefusedRate)
	if len(r.s.pages) != r.s.limits.Pages {
		t.Errorf("%d pages", len(r.s.pages))
	}
}
