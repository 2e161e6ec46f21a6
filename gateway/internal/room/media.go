package room

import (
	"errors"
	"time"

	"weckruf/internal/wire"
)

// readyPause is the least time between two Readys for one person.
const readyPause = time.Second

// invite asks a waiting page for its offer, when it may come in and the worker is there.
func (s *state) invite(now time.Time, p *person) {
	if !s.invitable(p) || now.Before(p.notBefore) {
		return
	}
	p.notBefore = now.Add(readyPause)
	s.hold(p, s.mint.Connection(), asked)
	s.emit(ready{page: p.page, connection: p.connection})
}

func (s *state) invitable(p *person) bool {
	return s.view.Media != nil && p.phase == outside && p.page != 0 && p.admitted && !p.saving && !p.removing
}

// hold gives a connection to a person.
func (s *state) hold(p *person, id wire.ConnectionID, ph phase) {
	p.connection, p.phase = id, ph
	s.connections[id] = p
	if p.inCall() {
		p.lost = ""
		s.lobbyDirty, s.rosterDirty = true, true
	}
}

// release takes the connection back, without a word to the worker.
func (s *state) release(p *person) {
	s.lobbyDirty = s.lobbyDirty || p.inCall()
	delete(s.connections, p.connection)
	p.connection, p.phase, p.offering = "", outside, false
}

// drop ends a person's connection, here and at the worker.
func (s *state) drop(p *person) {
	id, known := p.connection, p.phase >= joining
	if id == "" {
		return
	}
	s.release(p)
	if known {
		s.part(id)
	}
}

// part ends a connection at the worker, or remembers to when the worker is back.
func (s *state) part(id wire.ConnectionID) {
	if s.view.Media == nil {
		s.dismissed[id] = true
		return
	}
	s.emit(part{connection: id})
}

// dropStrays ends what else a participant still has at the worker.
func (s *state) dropStrays(id wire.ParticipantID) {
	for _, c := range sorted(s.strays) {
		if s.strays[c].participant == id {
			delete(s.strays, c)
			s.part(c)
		}
	}
}

// lose tells a person that the connection is gone; the lobby has them again.
func (s *state) lose(p *person, reason wire.LostReason) {
	id := p.connection
	if id == "" {
		return
	}
	s.release(p)
	s.tell(p.page, wire.Lost{Connection: id, Reason: reason})
	p.lost, s.wakeWish = reason, true
	s.toLobby(p)
}

// offer passes an offer to the worker.
func (s *state) offer(e offered) {
	pg := s.pages[e.page]
	if pg == nil || pg.person == nil {
		s.fault(e.page, wire.CodeOutOfOrder, "offer", "enter first")
		return
	}
	p, m := pg.person, e.message
	switch {
	case p.connection == "" || p.connection != m.Connection || p.removing:
		s.fault(e.page, wire.CodeOutOfOrder, "offer", "not this page's connection")
	case p.offering:
		s.fault(e.page, wire.CodeOutOfOrder, "offer", "the answer to the one before is still to come")
	case s.view.Media == nil:
		s.fault(e.page, wire.CodeUnavailable, "offer", "the machine cannot be reached just now")
		if p.phase == asked {
			s.release(p) // another Ready follows when it can
		}
	default:
		p.offering = true
		if p.phase == asked {
			p.phase = joining
		}
		s.expect(join{join: wire.Join{
			Room: s.record.ID, Connection: m.Connection, Participant: p.id, Role: p.role, SDP: m.SDP,
			Sender: m.Sender, Slots: m.Slots, Wishes: m.Wishes, Sources: m.Sources,
		}})
	}
}

// joined brings the worker's answer to the page. An answer for a connection that was given
// up in the meantime ends it at the worker.
func (s *state) joined(now time.Time, e joined) {
	p := s.connections[e.connection]
	switch {
	case p == nil || p.id != e.participant || !p.offering:
		if e.err == nil && p == nil {
			s.part(e.connection)
		}
	case e.err != nil:
		p.offering = false
		s.joinFailed(now, p, e.err)
	default:
		p.offering = false
		s.hold(p, p.connection, live)
		s.tell(p.page, wire.Answer{Connection: e.connection, SDP: e.answer.SDP, Slots: e.answer.Slots})
	}
}

// joinFailed lets the page offer again when its offer was at fault; when the worker could
// not be asked, nobody knows what it did, so the connection is given up.
func (s *state) joinFailed(now time.Time, p *person, err error) {
	code, detail := wire.CodeUnavailable, "the machine did not answer"
	if fault := (*wire.Error)(nil); errors.As(err, &fault) {
		code, detail = fault.Code, fault.Detail
	}
	s.fault(p.page, code, "offer", detail)
	switch {
	case p.phase == live || p.phase == claimed:
	case code == wire.CodeUnavailable:
		s.part(p.connection)
		p.notBefore = now.Add(readyPause)
		s.lose(p, wire.LostMedia)
	default:
		p.phase = asked
	}
}

// parted hears that a connection ended at the worker without our asking.
func (s *state) parted(now time.Time, m wire.Parted) {
	delete(s.strays, m.Connection)
	delete(s.dismissed, m.Connection)
	if p := s.connections[m.Connection]; p != nil {
		p.notBefore = later(p.notBefore, now.Add(readyPause/10))
		s.lose(p, wire.LostMedia)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
