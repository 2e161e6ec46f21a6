package room

import (
	"time"

	"weckruf/internal/wire"
)

// check looks at everything that must always be true.
func (s *script) check() {
	s.t.Helper()
	s.checkPlaces()
	s.checkRemoved()
	s.checkPages()
	s.checkConnections()
	s.checkCounts()
	s.checkTold()
	if at := s.s.next(); !at.IsZero() && at.Before(start.Add(-time.Hour)) {
		s.t.Errorf("the next tick is at %v", at)
	}
}

func (s *script) checkPlaces() {
	s.t.Helper()
	if len(s.s.people) != len(s.s.order) {
		s.t.Errorf("%d people, %d in order", len(s.s.people), len(s.s.order))
	}
	for _, p := range s.s.order {
		if s.s.people[p.id] != p {
			s.t.Errorf("participant %d stands twice", p.id)
		}
		if s.s.removed[p.id] {
			s.t.Errorf("participant %d was removed and is there", p.id)
		}
		if !p.saving && (!s.onDisk(p.id) || p.admitted && !s.stays[p.id].Admitted && p.role != wire.RoleChair) {
			s.t.Errorf("participant %d is not on disk like that: %+v", p.id, s.stays[p.id])
		}
		if p.inCall() && !p.admitted {
			s.t.Errorf("participant %d is in the call and not admitted", p.id)
		}
	}
}

// checkRemoved: nothing that was written later may have undone a removal.
func (s *script) checkRemoved() {
	s.t.Helper()
	for id := range s.s.removed {
		if !s.stays[id].Removed {
			s.t.Errorf("participant %d was removed, on disk is %+v", id, s.stays[id])
		}
	}
}

func (s *script) onDisk(id wire.ParticipantID) bool {
	_, known := s.stays[id]
	return known
}

func (s *script) checkPages() {
	s.t.Helper()
	for id, pg := range s.s.pages {
		if pg.id != id || pg.person != nil && (pg.person.page != id || s.s.people[pg.person.id] != pg.person) {
			s.t.Errorf("page %d holds a place that is not its own", id)
		}
		if s.closed[id] {
			delete(s.closed, id) // the script uses its pages again
		}
	}
	for _, p := range s.s.order {
		if p.page != 0 && (s.s.pages[p.page] == nil || s.s.pages[p.page].person != p) {
			s.t.Errorf("participant %d has page %d, which is not its own", p.id, p.page)
		}
		if p.page == 0 && !p.saving && p.awayUntil.IsZero() {
			s.t.Errorf("participant %d has no page and no end", p.id)
		}
	}
}

func (s *script) checkConnections() {
	s.t.Helper()
	held := 0
	for _, p := range s.s.order {
		if (p.connection == "") != (p.phase == outside) {
			s.t.Errorf("participant %d in phase %d holds %q", p.id, p.phase, p.connection)
		}
		if p.connection != "" {
			held++
			if s.s.connections[p.connection] != p {
				s.t.Errorf("connection %s is not the one of participant %d", p.connection, p.id)
			}
		}
	}
	if held != len(s.s.connections) {
		s.t.Errorf("%d connections held, %d known", held, len(s.s.connections))
	}
	for id, st := range s.s.strays {
		if s.s.connections[id] != nil || s.s.removed[st.participant] {
			s.t.Errorf("stray %s is held, or of somebody who was removed", id)
		}
	}
}

func (s *script) checkCounts() {
	s.t.Helper()
	waiting, present := 0, 0
	for _, p := range s.s.order {
		switch {
		case p.saving:
		case p.phase == live || p.phase == claimed:
			present++
		default:
			waiting++
		}
	}
	s.wantCounts(waiting, present)
	if s.told.present != present || s.told.waiting != waiting && s.told.waiting != 0 {
		s.t.Errorf("the fleet was told %+v, there are %d waiting and %d present", s.told, waiting, present)
	}
	if s.s.pending != len(s.saves)+len(s.joins)+s.asked {
		s.t.Errorf("%d results are awaited, %d saves, %d joins and %d wakes are on their way", s.s.pending, len(s.saves), len(s.joins), s.asked)
	}
}

// checkTold looks at what pages were told since the last check, and forgets it.
func (s *script) checkTold() {
	s.t.Helper()
	for id, messages := range s.inbox {
		for _, m := range messages {
			switch m := m.(type) {
			case wire.Ready:
				s.checkReady(id, m)
			case wire.Place:
				if stay := s.stays[m.Participant]; !s.onDisk(m.Participant) || m.Admitted && !stay.Admitted {
					s.t.Errorf("page %d was told %+v, on disk is %+v", id, m, stay)
				}
			case wire.Roster:
				s.checkRoster(id, m)
			}
		}
		delete(s.inbox, id)
	}
}

func (s *script) checkReady(id pageID, m wire.Ready) {
	s.t.Helper()
	p := s.places[id]
	if stay := s.stays[p]; !stay.Admitted || stay.Removed && s.s.removed[p] {
		s.t.Errorf("participant %d was told ready, on disk is %+v", p, stay)
	}
	if !m.Connection.Valid() {
		s.t.Errorf("connection %q", m.Connection)
	}
}

func (s *script) checkRoster(id pageID, m wire.Roster) {
	s.t.Helper()
	stay := s.stays[s.places[id]]
	if !stay.Admitted || stay.Role != wire.RoleChair && len(m.Waiting) > 0 {
		s.t.Errorf("page %d, whose stay is %+v, saw names", id, stay)
	}
}
