package room

import (
	"slices"
	"time"

	"weckruf/internal/wire"
)

// enter takes a place, or an old one again.
func (s *state) enter(now time.Time, e entered) {
	pg := s.pages[e.page]
	if pg == nil {
		s.fault(e.page, wire.CodeOutOfOrder, "enter", "look first")
		return
	}
	if pg.person != nil {
		s.again(now, pg.person, e.message)
		return
	}
	door, code := s.judge(now, pg.arrival)
	if code != "" {
		delete(s.pages, pg.id)
		s.refuse(now, pg.id, code, 0)
		return
	}
	if door.stay != nil {
		if p := s.people[door.stay.Participant]; p != nil {
			s.takeOver(p, pg)
			s.again(now, p, e.message)
			return
		}
	} else if wait, ok := s.enters.take(s.limits.RoomEnter, now); !ok {
		s.refuse(now, pg.id, wire.RefusedRate, wait)
		return
	}
	s.arrive(now, pg, door, e.message)
}

// takeOver gives a place to a newer page.
func (s *state) takeOver(p *person, pg *page) {
	if old := p.page; old != 0 {
		s.tell(old, wire.Replaced{})
		s.hangUp(old)
	}
	p.page, p.awayUntil, p.notBefore, pg.person = pg.id, time.Time{}, time.Time{}, p
	if pg.arrival.generation > 0 && pg.arrival.role == p.role {
		p.generation = pg.arrival.generation
	}
}

// again is Enter of somebody who has a place: a page that reconnects, or one that was
// refused a machine and asks once more.
func (s *state) again(now time.Time, p *person, m wire.Enter) {
	s.wish(m)
	if p.name != m.Name {
		p.name, s.rosterDirty = m.Name, true
	}
	if p.saving {
		p.claim = m.Connection
		return
	}
	s.emit(place{page: p.page, participant: p.id, role: p.role, admitted: p.admitted})
	s.attach(now, p, m.Connection)
}

// wish notes that somebody pressed "enter", who has no connection: a machine is wanted.
func (s *state) wish(m wire.Enter) {
	if m.Connection == "" {
		s.wakeWish, s.stopped = true, false
	}
}

// arrive makes a new place, or an old one anew from disk.
func (s *state) arrive(now time.Time, pg *page, door pass, m wire.Enter) {
	s.wish(m)
	p := &person{role: door.role, name: m.Name, generation: pg.arrival.generation, byHand: door.byHand, page: pg.id, claim: m.Connection}
	if door.stay != nil {
		p.id = door.stay.Participant
		p.admitted = door.stay.Admitted
	} else {
		p.id = s.freshID()
	}
	pg.person = p
	s.people[p.id] = p
	s.order = append(s.order, p)
	if p.admitted {
		s.welcome(now, p)
		return
	}
	p.admitted = s.admitsAtOnce(p, door.stay == nil)
	if door.stay != nil && !p.admitted && door.stay.At.After(s.endedAt) {
		s.welcome(now, p) // as it is on disk
		return
	}
	p.saving = true
	s.expect(s.saveOf(now, p, saveEnter, 0))
}

// admitsAtOnce decides for somebody who was not admitted before.
func (s *state) admitsAtOnce(p *person, newcomer bool) bool {
	if p.byHand {
		return false
	}
	if p.role == wire.RoleChair {
		return !s.chairRemoved || !newcomer || !s.chairPresent()
	}
	return !s.record.WaitingRoom && !(s.handOnly && newcomer)
}

func (s *state) chairPresent() bool {
	return slices.ContainsFunc(s.order, func(p *person) bool {
		return p.role == wire.RoleChair && p.admitted && p.visible() && !p.removing
	})
}

func (s *state) freshID() wire.ParticipantID {
	for {
		id := s.mint.Participant()
		if id != 0 && s.people[id] == nil && !s.removed[id] && !s.strayed(id) {
			return id
		}
	}
}

func (s *state) strayed(id wire.ParticipantID) bool {
	for _, st := range s.strays {
		if st.participant == id {
			return true
		}
	}
	return false
}

func (s *state) saveOf(now time.Time, p *person, why purpose, by pageID) save {
	return save{why: why, by: by, stay: Stay{
		Room: s.record.ID, Participant: p.id, Role: p.role, At: now,
		Admitted: p.admitted || why == saveAdmit,
		Removed:  why == saveRemove,
	}}
}

// welcome makes a place known that is on disk.
func (s *state) welcome(now time.Time, p *person) {
	p.saving, s.inSession, s.rosterDirty = false, true, true
	if p.page != 0 {
		s.emit(place{page: p.page, participant: p.id, role: p.role, admitted: p.admitted})
	}
	claim := p.claim
	p.claim = ""
	s.attach(now, p, claim)
}

// attach continues with the connection that the page says it has, or in the lobby.
func (s *state) attach(now time.Time, p *person, claim wire.ConnectionID) {
	if claim == "" {
		s.dropStrays(p.id)
	}
	switch {
	case claim != "" && claim == p.connection && p.phase >= joining:
		s.rosterDirty = true // a page that was away has an old one
	case claim != "" && claim != p.connection:
		s.claim(now, p, claim)
	case claim == "" && (p.inCall() || p.phase == joining):
		s.drop(p) // the page was loaded anew, and its connection went with it
		s.toLobby(p)
	case p.phase == asked:
		s.release(p)
		s.toLobby(p)
	default:
		s.toLobby(p)
	}
}

// claim looks for a connection of the time before this gateway, or before the link broke.
func (s *state) claim(now time.Time, p *person, id wire.ConnectionID) {
	if p.connection != "" {
		s.drop(p)
	}
	st, known := s.strays[id]
	switch {
	case s.connections[id] != nil || !p.admitted:
	case known && st.participant == p.id:
		delete(s.strays, id)
		s.hold(p, id, live)
		s.dropStrays(p.id)
		return
	case !known && s.view.Media == nil && !s.machineGone(s.view):
		s.hold(p, id, claimed)
		s.wakeAt = later(s.wakeAt, now.Add(claimPatience))
		return
	}
	s.dropStrays(p.id)
	reason := orDefault(s.view.Lost, wire.LostMedia)
	s.tell(p.page, wire.Lost{Connection: id, Reason: reason})
	p.lost, s.wakeWish = reason, true
	s.toLobby(p)
}

// toLobby shows the lobby to somebody who has no connection.
func (s *state) toLobby(p *person) {
	p.fresh, s.lobbyDirty, s.rosterDirty = true, true, true
}

// leave gives the place up at once.
func (s *state) leave(e left) {
	pg := s.pages[e.page]
	if pg == nil {
		return
	}
	p := pg.person
	s.detach(e.page)
	if p != nil {
		s.vacate(p)
	}
}

// close keeps the place for a while: the page may only have lost its way here.
func (s *state) close(now time.Time, e closed) {
	pg := s.pages[e.page]
	if pg == nil {
		return
	}
	delete(s.pages, e.page)
	if p := pg.person; p != nil && p.page == e.page {
		p.page, p.awayUntil = 0, now.Add(s.limits.Grace)
	}
}

// vacate takes a person out of the room.
func (s *state) vacate(p *person) {
	s.drop(p)
	s.dropStrays(p.id)
	delete(s.people, p.id)
	s.order = slices.DeleteFunc(s.order, func(other *person) bool { return other == p })
	s.lobbyDirty, s.rosterDirty = true, true
}
