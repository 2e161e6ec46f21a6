package room

import (
	"slices"
	"time"

	"weckruf/internal/wire"
)

// chair returns the person behind a page that may do what chairs do, or faults it.
func (s *state) chair(id pageID, re string) *person {
	pg := s.pages[id]
	switch {
	case pg == nil || pg.person == nil || pg.person.saving:
		s.fault(id, wire.CodeOutOfOrder, re, "enter first")
	case pg.person.role != wire.RoleChair || !pg.person.admitted || pg.person.removing:
		s.fault(id, wire.CodeNotAllowed, re, "for chairs")
	default:
		return pg.person
	}
	return nil
}

// admit lets one, several or all in. Who is not there any more is passed over: the chair
// cannot know yet.
func (s *state) admit(now time.Time, e admits) {
	if s.chair(e.page, "admit") == nil {
		return
	}
	if e.message.All {
		for _, p := range s.order {
			s.admitOne(now, p, e.page)
		}
		return
	}
	for _, id := range e.message.Participants {
		if p := s.people[id]; p != nil {
			s.admitOne(now, p, e.page)
		}
	}
}

func (s *state) admitOne(now time.Time, p *person, by pageID) {
	if p.admitted || p.saving || p.admitting || p.removing {
		return
	}
	p.admitting = true
	s.expect(s.saveOf(now, p, saveAdmit, by))
}

// remove takes a participant out, or turns one away. It holds for one who is not there just
// now as well, for that one may be about to come back.
func (s *state) remove(now time.Time, e removes) {
	chair := s.chair(e.page, "remove")
	if chair == nil {
		return
	}
	id := e.message.Participant
	if id == chair.id {
		s.fault(e.page, wire.CodeNotAllowed, "remove", "oneself: leave instead")
		return
	}
	if s.removed[id] || s.condemned[id] {
		return
	}
	p := s.people[id]
	if p == nil {
		p = &person{id: id, role: wire.RoleGuest}
	}
	p.removing, s.condemned[id] = true, true
	s.expect(s.saveOf(now, p, saveRemove, e.page))
}

// written goes on with what is on disk now, or tells who asked that it is not.
func (s *state) written(now time.Time, e stored) {
	p := s.people[e.save.stay.Participant]
	switch e.save.why {
	case saveEnter:
		s.entryWritten(now, p, e.err)
	case saveAdmit:
		s.admissionWritten(now, p, e)
	case saveRemove:
		s.removalWritten(p, e)
	}
}

func (s *state) entryWritten(now time.Time, p *person, err error) {
	if p == nil || !p.saving {
		return
	}
	if err == nil {
		s.welcome(now, p)
		return
	}
	s.fault(p.page, wire.CodeUnavailable, "enter", "the place could not be stored")
	if pg := s.pages[p.page]; pg != nil {
		pg.person = nil // the page may try again
	}
	s.vacate(p)
}

func (s *state) admissionWritten(now time.Time, p *person, e stored) {
	if e.err != nil {
		if p != nil {
			p.admitting = false
		}
		s.fault(e.save.by, wire.CodeUnavailable, "admit", "the admission could not be stored")
		return
	}
	if p == nil || !p.admitting {
		return
	}
	p.admitting, p.admitted, p.fresh = false, true, true
	s.lobbyDirty, s.rosterDirty, s.wakeWish = true, true, true
	if p.page != 0 {
		s.emit(place{page: p.page, participant: p.id, role: p.role, admitted: true})
	}
}

func (s *state) removalWritten(p *person, e stored) {
	delete(s.condemned, e.save.stay.Participant)
	if e.err != nil {
		if p != nil {
			p.removing = false
		}
		s.fault(e.save.by, wire.CodeUnavailable, "remove", "the removal could not be stored")
		return
	}
	s.exclude(e.save.stay.Participant, e.save.stay.Role)
	s.dropStrays(e.save.stay.Participant)
	if p != nil {
		s.tell(p.page, wire.Removed{})
		s.hangUp(p.page)
		s.vacate(p)
	}
}

// change applies an edited record, or renewed links, to those who are not in yet.
func (s *state) change(now time.Time, r Record) {
	s.record = r
	for _, p := range slices.Clone(s.order) {
		s.changeFor(now, p)
	}
	for _, id := range sorted(s.pages) {
		if pg := s.pages[id]; pg.person == nil {
			s.changeAtDoor(now, id, pg)
		}
	}
}

func (s *state) changeFor(now time.Time, p *person) {
	if p.admitted || p.saving || p.removing {
		return
	}
	if p.generation > 0 {
		switch s.record.stands(p.role, p.generation, now) {
		case linkWithdrawn:
			s.refuse(now, p.page, wire.RefusedWithdrawn, 0)
			s.detach(p.page)
			s.vacate(p)
			return
		case linkKnocks:
			p.byHand = true
		}
	}
	if s.admitsAtOnce(p, true) {
		s.admitOne(now, p, 0)
	}
}

func (s *state) changeAtDoor(now time.Time, id pageID, pg *page) {
	door, code := s.judge(now, pg.arrival)
	if code != "" {
		delete(s.pages, id)
		s.refuse(now, id, code, 0)
		return
	}
	s.show(id, door.role)
}

// forget ends a room that was deleted.
func (s *state) forget() {
	s.dead = true
	for _, id := range sorted(s.pages) {
		s.tell(id, wire.Refusal{Code: wire.RefusedWithdrawn})
		s.detach(id)
	}
	for _, p := range slices.Clone(s.order) {
		s.vacate(p)
	}
	for _, id := range sorted(s.strays) {
		delete(s.strays, id)
		s.part(id)
	}
}
