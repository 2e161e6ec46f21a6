package room

import (
	"testing"
	"time"

	"weckruf/internal/wire"
)

func TestDoorSaysWhoMayComeIn(t *testing.T) {
	hour := start.Add(time.Hour)
	admitted := &Stay{Room: "rat", Participant: 7, Role: wire.RoleGuest, Admitted: true, At: start}
	waiting := &Stay{Room: "rat", Participant: 8, Role: wire.RoleGuest, At: start}
	removed := &Stay{Room: "rat", Participant: 9, Role: wire.RoleGuest, Removed: true, At: start}
	guest, chair := wire.RoleGuest, wire.RoleChair
	for name, c := range map[string]struct {
		record  func(*Record)
		stays   []Stay
		arrival arrival
		code    wire.RefusalCode
		byHand  bool
		place   bool
	}{
		"the current link":                    {arrival: arrival{role: guest, generation: 1}},
		"a link renewed before we heard of":   {arrival: arrival{role: guest, generation: 2}},
		"no credential":                       {arrival: arrival{role: guest}, code: wire.RefusedLink},
		"a withdrawn link":                    {record: renewed(time.Time{}), arrival: arrival{role: guest, generation: 1}, code: wire.RefusedWithdrawn},
		"an old link that may knock":          {record: renewed(hour), arrival: arrival{role: guest, generation: 1}, byHand: true},
		"an old link whose time is over":      {record: renewed(start), arrival: arrival{role: guest, generation: 1}, code: wire.RefusedWithdrawn},
		"a link of two renewals ago":          {record: func(r *Record) { r.Guest = Link{3, hour} }, arrival: arrival{role: guest, generation: 1}, code: wire.RefusedWithdrawn},
		"a guest too early":                   {record: startsAt(hour), arrival: arrival{role: guest, generation: 1}, code: wire.RefusedEarly},
		"a chair before that":                 {record: startsAt(hour), arrival: arrival{role: chair, generation: 1}},
		"a guest half an hour before":         {record: startsAt(start.Add(30 * time.Minute)), arrival: arrival{role: guest, generation: 1}},
		"a guest after a start long past":     {record: startsAt(start.Add(-90 * 24 * time.Hour)), arrival: arrival{role: guest, generation: 1}},
		"nobody fits in":                      {record: func(r *Record) { r.Capacity = 0 }, arrival: arrival{role: guest, generation: 1}, code: wire.RefusedFull},
		"a chair always fits in":              {record: func(r *Record) { r.Capacity = 0 }, arrival: arrival{role: chair, generation: 1}},
		"an admitted place":                   {arrival: arrival{role: guest, generation: 1, stay: admitted}, place: true},
		"an admitted place, link withdrawn":   {record: renewed(time.Time{}), arrival: arrival{role: guest, generation: 1, stay: admitted}, place: true},
		"an admitted place, without a link":   {arrival: arrival{role: guest, stay: admitted}, place: true},
		"an admitted place, too early":        {record: startsAt(hour), arrival: arrival{role: guest, generation: 1, stay: admitted}, place: true},
		"a waiting place":                     {arrival: arrival{role: guest, generation: 1, stay: waiting}, place: true},
		"a waiting place, link withdrawn":     {record: renewed(time.Time{}), arrival: arrival{role: guest, generation: 1, stay: waiting}, code: wire.RefusedWithdrawn},
		"a waiting place, without a link":     {arrival: arrival{role: guest, stay: waiting}, place: true, byHand: true},
		"a guest's place under the chairs'":   {arrival: arrival{role: chair, generation: 1, stay: admitted}},
		"a place under a withdrawn chairs'":   {record: func(r *Record) { r.Chair.Generation = 2 }, arrival: arrival{role: chair, generation: 1, stay: admitted}, place: true},
		"a removed place":                     {stays: []Stay{*removed}, arrival: arrival{role: guest, generation: 1, stay: removed}, code: wire.RefusedRemoved},
		"a removed place by the chairs' link": {stays: []Stay{*removed}, arrival: arrival{role: chair, generation: 1, stay: removed}, code: wire.RefusedRemoved},
		"a place removed in a past session":   {arrival: arrival{role: guest, generation: 1, stay: removed}},
		"the same without a link":             {arrival: arrival{role: guest, stay: removed}, code: wire.RefusedRemoved},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c.record, c.stays...)
			p, code := r.s.judge(r.now, c.arrival)
			if code != c.code {
				t.Fatalf("refused %q, want %q", code, c.code)
			}
			if code == "" && (p.byHand != c.byHand || (p.stay != nil) != c.place) {
				t.Errorf("by hand %v, with a place %v, want %v, %v", p.byHand, p.stay != nil, c.byHand, c.place)
			}
			r.do(looked{1, c.arrival})
			if got[wire.View](r, 1) == got[wire.Refusal](r, 1) {
				t.Errorf("either a view or a refusal: %v", r.kinds(1))
			}
			if got[wire.Place](r, 1) != (c.place && code == "") {
				t.Errorf("told %v", r.kinds(1))
			}
			if r.wakes != 0 || r.told != (people{}) || len(r.stays) != len(c.stays) {
				t.Error("a look woke, counted or stored something")
			}
		})
	}
}

func renewed(knock time.Time) func(*Record) {
	return func(r *Record) { r.Guest = Link{Generation: 2, KnockUntil: knock} }
}

func startsAt(at time.Time) func(*Record) { return func(r *Record) { r.StartsAt = at } }

func TestRefusalKeepsTheTitleFromThoseWithoutALink(t *testing.T) {
	r := newRig(t, startsAt(start.Add(2*time.Hour)))
	r.do(looked{1, arrival{role: wire.RoleGuest}})
	if m, _ := last[wire.Refusal](r, 1); m.Title != "" {
		t.Error("the title was told")
	}
	r.look(2, wire.RoleGuest)
	m, _ := last[wire.Refusal](r, 2)
	if m.Title == "" || m.OpensAt == nil || !m.OpensAt.Equal(start.Add(90*time.Minute)) || m.RetryAfterMS != 90*60*1000 {
		t.Errorf("got %+v", m)
	}
}

func TestDoorShowsHowManyThereAre(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.come(2, wire.RoleGuest)
	r.up()
	r.call(1)
	r.look(3, wire.RoleGuest)
	if v, _ := last[wire.View](r, 3); v.Waiting != 1 || v.Present != 1 || v.Title != "Gemeinderat" || v.Organisation != "Stadt" || v.Role != wire.RoleGuest {
		t.Errorf("got %+v", v)
	}
}

func TestEditedRecordReachesTheDoorAndTheLobby(t *testing.T) {
	r := newRig(t, nil)
	r.look(1, wire.RoleGuest)
	byOld := r.come(2, wire.RoleGuest)
	chair := r.come(3, wire.RoleChair)
	r.do(admits{3, wire.Admit{Participants: []wire.ParticipantID{byOld}}})
	r.come(4, wire.RoleGuest)
	r.forgetInbox()

	rec := record()
	rec.Title, rec.Guest = "Bauausschuss", Link{Generation: 2}
	r.do(changed{rec})
	r.wantRefusal(1, wire.RefusedWithdrawn)
	r.wantRefusal(4, wire.RefusedWithdrawn)
	if r.s.people[byOld] == nil || r.s.people[chair] == nil || len(r.s.order) != 2 {
		t.Error("those admitted stay, and nobody else")
	}
	r.do(looked{5, arrival{role: wire.RoleGuest, generation: 2}})
	r.forgetInbox()
	rec.Title = "Gemeinderat"
	r.do(changed{rec})
	if v, _ := last[wire.View](r, 5); v.Title != "Gemeinderat" {
		t.Error("the door shows the old title")
	}
}

func TestRenewedLinkThatMayKnockLeavesAdmissionToTheChair(t *testing.T) {
	r := newRig(t, nil)
	byOld := r.come(1, wire.RoleGuest)
	rec := record()
	rec.WaitingRoom, rec.Guest = false, Link{Generation: 2, KnockUntil: start.Add(time.Hour)}
	r.do(changed{rec})
	if r.s.people[byOld].admitted {
		t.Error("an old link was let in at once")
	}
	r.do(looked{2, arrival{role: wire.RoleGuest, generation: 2}})
	r.enter(2)
	if !r.s.people[r.who(2)].admitted {
		t.Error("the new link was not let in although the waiting room is off")
	}
}

func TestWaitingRoomSwitchedOffLetsThemIn(t *testing.T) {
	r := newRig(t, nil)
	guest := r.come(1, wire.RoleGuest)
	rec := record()
	rec.WaitingRoom = false
	r.do(changed{rec})
	if !r.s.people[guest].admitted || !r.stays[guest].Admitted {
		t.Error("still waiting")
	}
}

func TestDeletedRoomSendsEverybodyOut(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.look(2, wire.RoleGuest)
	r.up()
	c := r.call(1)
	r.do(forgotten{})
	r.wantRefusal(1, wire.RefusedWithdrawn)
	r.wantRefusal(2, wire.RefusedWithdrawn)
	r.wantTold(0, 0)
	if len(r.parts) != 1 || r.parts[0] != c || !r.s.idle() {
		t.Errorf("parted %v, idle %v", r.parts, r.s.idle())
	}
	r.look(3, wire.RoleChair)
	r.wantRefusal(3, wire.RefusedLink)
}
