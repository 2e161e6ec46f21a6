package room

import (
	"testing"
	"time"

	"weckruf/internal/wire"
)

func TestAdmitOneSeveralOrAll(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	var guests []wire.ParticipantID
	for id := pageID(2); id <= 6; id++ {
		guests = append(guests, r.come(id, wire.RoleGuest))
	}
	steps := []struct {
		admit    wire.Admit
		admitted int
	}{
		{wire.Admit{Participants: guests[:1]}, 1},
		{wire.Admit{Participants: []wire.ParticipantID{guests[1], guests[2], 4711}}, 3},
		{wire.Admit{Participants: guests[:1]}, 3},
		{wire.Admit{All: true}, 5},
	}
	for i, step := range steps {
		r.do(admits{1, step.admit})
		n := 0
		for _, g := range guests {
			if r.s.people[g].admitted != r.stays[g].Admitted {
				t.Error("memory and disk differ")
			}
			if r.s.people[g].admitted {
				n++
			}
		}
		if n != step.admitted {
			t.Errorf("step %d: %d admitted, want %d", i, n, step.admitted)
		}
	}
	if m, _ := last[wire.Place](r, 2); !m.Admitted || count[wire.Place](r, 2) != 2 {
		t.Errorf("the guest was told %v", r.kinds(2))
	}
}

func TestGuestsMayNotDoWhatChairsDo(t *testing.T) {
	r := newRig(t, nil)
	chair := r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.do(admits{2, wire.Admit{All: true}})
	r.wantFault(2, wire.CodeNotAllowed)
	r.do(admits{1, wire.Admit{All: true}})
	r.do(removes{2, wire.Remove{Participant: chair}})
	r.wantFault(2, wire.CodeNotAllowed)
	r.do(removes{1, wire.Remove{Participant: chair}})
	r.wantFault(1, wire.CodeNotAllowed)
	if r.s.people[chair] == nil || r.s.people[guest] == nil || r.stays[chair].Removed {
		t.Error("somebody was removed")
	}
}

func TestBeingFirstMakesNobodyAChair(t *testing.T) {
	r := newRig(t, nil)
	guest := r.come(1, wire.RoleGuest)
	r.up()
	r.wait(time.Minute)
	if r.s.people[guest].admitted || got[wire.Ready](r, 1) {
		t.Error("came in without a chair")
	}
	r.do(offered{1, wire.Offer{Connection: connection(1)}})
	r.wantFault(1, wire.CodeOutOfOrder)
}

func TestWithoutWaitingRoomGuestsComeInAtOnce(t *testing.T) {
	r := newRig(t, func(rec *Record) { rec.WaitingRoom = false })
	r.come(1, wire.RoleGuest)
	if m, _ := last[wire.Place](r, 1); !m.Admitted {
		t.Error("waiting")
	}
}

func TestAdmissionIsOnDiskFirst(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.up()
	r.diskFull = true
	r.do(admits{1, wire.Admit{All: true}})
	r.wantFault(1, wire.CodeUnavailable)
	if r.s.people[guest].admitted || got[wire.Ready](r, 2) {
		t.Fatal("admitted without the disk")
	}
	r.diskFull = false
	r.do(admits{1, wire.Admit{All: true}})
	if !got[wire.Ready](r, 2) {
		t.Error("cannot be admitted later")
	}
}

func TestRemovalIsOnDiskFirstThenTotal(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.do(admits{1, wire.Admit{All: true}})
	r.up()
	r.call(1)
	c := r.call(2)
	r.slowDisk = true
	r.do(removes{1, wire.Remove{Participant: guest}})
	if got[wire.Removed](r, 2) || len(r.parts) != 0 {
		t.Fatal("removed before it was on disk")
	}
	r.lookAgain(3, guest)
	r.wantRefusal(3, wire.RefusedRemoved)
	r.flush()
	r.slowDisk = false
	if !got[wire.Removed](r, 2) || !r.closed[2] || len(r.parts) != 1 || r.parts[0] != c {
		t.Fatalf("told %v, parted %v", r.kinds(2), r.parts)
	}
	r.wantCounts(0, 1)
	r.lookAgain(4, guest)
	r.wantRefusal(4, wire.RefusedRemoved)
	r.restart()
	r.lookAgain(5, guest)
	r.wantRefusal(5, wire.RefusedRemoved)
}

func TestRemovalThatCannotBeStoredChangesNothing(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.diskFull = true
	r.do(removes{1, wire.Remove{Participant: guest}})
	r.wantFault(1, wire.CodeUnavailable)
	r.diskFull = false
	if r.s.people[guest] == nil || r.s.handOnly {
		t.Fatal("removed all the same")
	}
	r.do(removes{1, wire.Remove{Participant: guest}})
	if r.s.people[guest] != nil {
		t.Error("cannot be removed later")
	}
}

// The page that had opened the door before the removal must not slip in after it.
func TestRemovedWhileAtTheDoor(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.do(admits{1, wire.Admit{All: true}})
	r.do(closed{2})
	r.wait(time.Minute)
	r.lookAgain(3, guest)
	r.do(removes{1, wire.Remove{Participant: guest}})
	r.enter(3)
	r.wantRefusal(3, wire.RefusedRemoved)
}

func TestAfterARemovalNewcomersAreAdmittedByHand(t *testing.T) {
	for name, restart := range map[string]bool{"in one run": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(rec *Record) { rec.WaitingRoom = false })
			r.come(1, wire.RoleChair)
			bad := r.come(2, wire.RoleGuest)
			good := r.come(3, wire.RoleGuest)
			r.do(removes{1, wire.Remove{Participant: bad}})
			if restart {
				r.restart()
			} else {
				r.do(left{3})
			}
			newcomer := r.come(4, wire.RoleGuest)
			if r.s.people[newcomer].admitted {
				t.Error("a newcomer came in at once")
			}
			r.lookAgain(5, good)
			r.enter(5)
			if !r.s.people[good].admitted {
				t.Error("an old place lost its admission")
			}
		})
	}
}

func TestRemovedChairMayNotReturnPastAnotherChair(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	bad := r.come(2, wire.RoleChair)
	r.do(removes{1, wire.Remove{Participant: bad}})
	again := r.come(3, wire.RoleChair)
	if r.s.people[again].admitted {
		t.Fatal("came in at once by the link")
	}
	r.do(admits{3, wire.Admit{All: true}})
	r.wantFault(3, wire.CodeNotAllowed)
	r.do(left{1})
	r.do(left{3})
	if other := r.come(4, wire.RoleChair); !r.s.people[other].admitted {
		t.Error("without any chair nobody could ever come in")
	}
}

func TestSessionEndsTenMinutesAfterTheLastOne(t *testing.T) {
	r := newRig(t, func(rec *Record) { rec.WaitingRoom = false })
	r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	bad := r.come(3, wire.RoleGuest)
	r.do(removes{1, wire.Remove{Participant: bad}})
	r.do(left{1})
	r.do(left{2})
	r.wait(9 * time.Minute)
	if r.s.idle() {
		t.Fatal("forgotten too early")
	}
	r.lookAgain(9, bad)
	r.wantRefusal(9, wire.RefusedRemoved)
	r.wait(2 * time.Minute)
	if !r.s.idle() {
		t.Fatal("the session does not end")
	}
	for _, restart := range []bool{false, true} {
		if restart {
			r.restart()
		}
		r.forgetInbox()
		r.lookAgain(4, bad)
		if got[wire.Place](r, 4) || !got[wire.View](r, 4) {
			t.Errorf("who was removed is a newcomer now: %v", r.kinds(4))
		}
		r.enter(4)
		if id := r.who(4); id == bad || !r.s.people[id].admitted {
			t.Error("the hand-only admission outlived the session")
		}
		r.lookAgain(5, guest)
		if m, _ := last[wire.Place](r, 5); m.Admitted {
			t.Error("the admission outlived the session")
		}
	}
}

func TestRosterShowsNamesToThoseAdmittedOnly(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.come(2, wire.RoleGuest)
	r.wait(time.Second)
	if got[wire.Roster](r, 2) {
		t.Fatal("a waiting guest saw names")
	}
	m, _ := last[wire.Roster](r, 1)
	if len(m.People) != 1 || len(m.Waiting) != 1 || m.Waiting[0].Name != name(2) {
		t.Errorf("the chair sees %+v", m)
	}
	r.do(admits{1, wire.Admit{All: true}})
	r.come(3, wire.RoleGuest)
	r.wait(time.Second)
	m, _ = last[wire.Roster](r, 2)
	if len(m.People) != 2 || len(m.Waiting) != 0 || m.People[0].Name != name(1) || m.People[1].Name != name(2) {
		t.Errorf("the guest sees %+v", m)
	}
}

// An admission that is written after the removal would undo it on disk.
func TestWhoIsBeingRemovedIsNotAdmitted(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.slowDisk = true
	r.do(removes{1, wire.Remove{Participant: guest}})
	r.do(admits{1, wire.Admit{All: true}})
	r.flush()
	if stay := r.stays[guest]; !stay.Removed || stay.Admitted || r.s.people[guest] != nil {
		t.Errorf("on disk is %+v", stay)
	}
}

func TestAdmissionIsAskedOnce(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.come(2, wire.RoleGuest)
	r.slowDisk = true
	r.do(admits{1, wire.Admit{All: true}})
	r.do(admits{1, wire.Admit{All: true}})
	if len(r.saves) != 1 {
		t.Errorf("%d writes", len(r.saves))
	}
	r.do(left{2})
	r.flush()
	r.wantCounts(1, 0)
}

func TestRemovalIsAskedOnce(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.slowDisk = true
	for range 2 {
		r.do(removes{1, wire.Remove{Participant: guest}})
		r.do(removes{1, wire.Remove{Participant: 4711}}) // who is away just now
	}
	if len(r.saves) != 2 {
		t.Errorf("%d writes", len(r.saves))
	}
	r.flush()
	r.do(removes{1, wire.Remove{Participant: guest}})
	if len(r.saves) != 0 || !r.stays[4711].Removed {
		t.Errorf("%d writes, on disk is %+v", len(r.saves), r.stays[4711])
	}
}

func TestWhoIsBeingRemovedCannotOffer(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	guest := r.come(2, wire.RoleGuest)
	r.do(admits{1, wire.Admit{All: true}})
	r.up()
	r.slowDisk = true
	r.do(removes{1, wire.Remove{Participant: guest}})
	r.offerNow(2)
	r.wantFault(2, wire.CodeOutOfOrder)
	if len(r.joins) != 0 {
		t.Error("the worker was asked")
	}
}
