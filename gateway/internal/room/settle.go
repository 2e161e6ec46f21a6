package room

import (
	"time"

	"weckruf/internal/wire"
)

// How often people are told of changes.
const (
	lobbyPause   = 100 * time.Millisecond
	lobbyRhythm  = 5 * time.Second // while a machine wakes
	rosterPause  = 100 * time.Millisecond
	rosterPerson = 4 * time.Millisecond // more between two rosters for each who gets it: they grow with the square
)

// settle follows up on each event: what is due, who may come in, who is to be told.
func (s *state) settle(now time.Time) {
	s.expire(now)
	s.count(now)
	s.ask(now)
	s.report(now)
	s.tellLobby(now)
	s.tellRoster(now)
	for _, p := range s.order {
		s.invite(now, p)
	}
	s.closeSession(now)
}

// expire gives up what nobody came back for.
func (s *state) expire(now time.Time) {
	for i := 0; i < len(s.order); {
		if p := s.order[i]; p.page == 0 && !p.saving && !now.Before(p.awayUntil) {
			s.vacate(p)
			continue
		}
		i++
	}
	for _, id := range sorted(s.strays) {
		if !now.Before(s.strays[id].until) {
			delete(s.strays, id)
			s.part(id)
		}
	}
}

// count keeps waiting, present and since when people only wait for admission.
func (s *state) count(now time.Time) {
	s.waiting, s.present = 0, 0
	admitted := false
	for _, p := range s.order {
		switch {
		case !p.visible():
		case p.inCall():
			s.present++
		default:
			s.waiting++
		}
		admitted = admitted || p.admitted
	}
	if len(s.order) == 0 {
		s.stopped, s.lobbyDirty, s.rosterDirty = false, false, false
	}
	switch {
	case admitted || s.waiting == 0:
		s.onlyKnocking = time.Time{}
	case s.onlyKnocking.IsZero():
		s.onlyKnocking = now
	}
}

// report tells the fleet, when it changed.
func (s *state) report(now time.Time) {
	waiting := s.wanted(now)
	if waiting != s.toldWaiting || s.present != s.toldPresent {
		s.toldWaiting, s.toldPresent = waiting, s.present
		s.emit(people{waiting: waiting, present: s.present})
	}
}

// tellLobby tells newcomers at once and all at most every lobbyPause.
func (s *state) tellLobby(now time.Time) {
	due := s.lobbyDue(now)
	if due {
		s.lobbyDirty, s.lobbyAt = false, now
	}
	s.sendLobby(now, due)
	for _, p := range s.order {
		if p.fresh && s.refusal != nil && p.inLobby() {
			again := *s.refusal
			again.RetryAfterMS = max(0, s.retryAt.Sub(now).Milliseconds())
			s.tell(p.page, again)
		}
		p.fresh = p.fresh && p.saving
	}
}

func (s *state) lobbyDue(now time.Time) bool {
	if s.lobbyDirty {
		return !now.Before(s.lobbyAt.Add(lobbyPause))
	}
	return s.lobbyTicks() && !now.Before(s.lobbyAt.Add(lobbyRhythm))
}

func (s *state) lobbyTicks() bool { return s.waiting > 0 && s.view.Media == nil }

// told is what one message of the lobby says of its reader.
type told struct {
	admitted bool
	lost     wire.LostReason
}

// sendLobby makes one message for all who are told the same.
func (s *state) sendLobby(now time.Time, all bool) {
	var pages map[told][]pageID
	for _, p := range s.order {
		if !p.inLobby() || !all && !p.fresh {
			continue
		}
		if pages == nil {
			pages = map[told][]pageID{}
		}
		key := told{p.admitted, p.lost}
		pages[key] = append(pages[key], p.page)
	}
	for key, ids := range pages {
		m := s.lobby(now)
		m.Admitted, m.Lost = key.admitted, key.lost
		s.emit(send{pages: ids, message: m})
	}
}

func (s *state) lobby(now time.Time) wire.Lobby {
	m := wire.Lobby{Waiting: s.waiting, Present: s.present, Machine: orDefault(s.view.State, wire.MachineOff)}
	if !s.view.Since.IsZero() && onItsWay(s.view.State) {
		m.ElapsedMS = max(0, now.Sub(s.view.Since).Milliseconds())
	}
	m.EtaMS = max(0, s.view.ETA-now.Sub(s.viewAt)).Milliseconds() // 0: it takes longer than most
	return m
}

// tellRoster tells those admitted who is there, and chairs who waits for admission.
func (s *state) tellRoster(now time.Time) {
	if !s.rosterDirty || now.Before(s.rosterAt.Add(s.rosterGap())) {
		return
	}
	s.rosterDirty, s.rosterAt = false, now
	var guests, chairs []pageID
	for _, p := range s.order {
		switch {
		case p.page == 0 || !p.admitted || !p.visible():
		case p.role == wire.RoleChair:
			chairs = append(chairs, p.page)
		default:
			guests = append(guests, p.page)
		}
	}
	if len(guests)+len(chairs) == 0 {
		return
	}
	m := wire.Roster{People: s.names(true)}
	if len(guests) > 0 {
		s.emit(send{pages: guests, message: m})
	}
	if len(chairs) > 0 {
		m.Waiting = s.names(false)
		s.emit(send{pages: chairs, message: m})
	}
}

func (s *state) rosterGap() time.Duration {
	return rosterPause + time.Duration(len(s.order))*rosterPerson
}

func (s *state) names(admitted bool) []wire.Person {
	people := []wire.Person{}
	for _, p := range s.order {
		if p.visible() && p.admitted == admitted {
			people = append(people, wire.Person{Participant: p.id, Name: p.name, Role: p.role})
		}
	}
	return people
}

// closeSession ends the session some time after the last one left: who was removed may
// knock again, and nobody is admitted by hand only because of it.
func (s *state) closeSession(now time.Time) {
	if len(s.order) > 0 || len(s.strays) > 0 || s.pending > 0 {
		s.vacantSince = time.Time{}
		return
	}
	if s.vacantSince.IsZero() {
		s.vacantSince = now
	}
	if !s.inSession || s.dead || now.Before(s.vacantSince.Add(s.limits.SessionEnd)) {
		return
	}
	s.inSession, s.handOnly, s.chairRemoved = false, false, false
	clear(s.removed)
	s.endedAt = now
	s.expect(save{why: saveEnd, stay: Stay{Room: s.record.ID, Role: wire.RoleGuest, At: now}})
}

// next is when the room wants the next tick; zero: it has nothing to wait for.
func (s *state) next() time.Time {
	var at time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	for _, p := range s.order {
		if p.page == 0 && !p.saving {
			sooner(p.awayUntil)
		}
		if s.invitable(p) {
			sooner(p.notBefore)
		}
	}
	for _, st := range s.strays {
		sooner(st.until)
	}
	s.nextTold(sooner)
	s.nextAsked(sooner)
	return at
}

func (s *state) nextTold(sooner func(time.Time)) {
	if s.lobbyDirty {
		sooner(s.lobbyAt.Add(lobbyPause))
	} else if s.lobbyTicks() {
		sooner(s.lobbyAt.Add(lobbyRhythm))
	}
	if s.rosterDirty {
		sooner(s.rosterAt.Add(s.rosterGap()))
	}
}

func (s *state) nextAsked(sooner func(time.Time)) {
	if !s.onlyKnocking.IsZero() && s.toldWaiting > 0 {
		sooner(s.onlyKnocking.Add(s.limits.Knock))
	}
	if !s.waking && s.needsMachine(s.toldWaiting, false) {
		sooner(s.wakeAt)
	}
	if s.inSession && !s.dead && !s.vacantSince.IsZero() {
		sooner(s.vacantSince.Add(s.limits.SessionEnd))
	}
}
