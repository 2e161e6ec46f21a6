package room

import (
	"time"

	"weckruf/internal/wire"
)

// pass is what the door makes of an arrival.
type pass struct {
	role   wire.Role
	stay   *Stay // the old place, when it is still good
	byHand bool
}

// standing is what a link of some generation still opens.
type standing uint8

const (
	linkWithdrawn standing = iota
	linkKnocks             // renewed: may knock, is admitted by hand only
	linkOpens
)

func (r Record) link(role wire.Role) Link {
	if role == wire.RoleChair {
		return r.Chair
	}
	return r.Guest
}

// stands judges a link. A generation above the record's is a renewal not heard of yet.
func (r Record) stands(role wire.Role, generation int, now time.Time) standing {
	link := r.link(role)
	switch {
	case generation >= link.Generation:
		return linkOpens
	case generation == link.Generation-1 && now.Before(link.KnockUntil):
		return linkKnocks
	}
	return linkWithdrawn
}

// opensAt is when guests may come in; zero: always.
func (s *state) opensAt() time.Time {
	if s.record.StartsAt.IsZero() {
		return time.Time{}
	}
	return s.record.StartsAt.Add(-s.limits.Opening)
}

// judge says whether an arrival may come in, and as what.
func (s *state) judge(now time.Time, a arrival) (pass, wire.RefusalCode) {
	if s.dead {
		return pass{}, wire.RefusedLink
	}
	out := pass{role: a.role}
	if a.stay != nil {
		code := s.judgeStay(now, a, &out)
		if code != "" || out.stay != nil && out.stay.Admitted {
			return out, code
		}
	}
	if code := s.judgeLink(now, a, &out); code != "" {
		return out, code
	}
	return out, s.judgeRoom(now, out)
}

// judgeStay fills in the old place, if the token still holds one. A link of another role
// that was opened in the same tab was meant to be used.
func (s *state) judgeStay(now time.Time, a arrival, out *pass) wire.RefusalCode {
	stay := *a.stay
	switch {
	case s.removed[stay.Participant] || s.condemned[stay.Participant]:
		return wire.RefusedRemoved
	case stay.Removed && a.generation == 0:
		return wire.RefusedRemoved
	case stay.Removed:
		return ""
	case a.generation > 0 && a.role != stay.Role && s.record.stands(a.role, a.generation, now) == linkOpens:
		return ""
	}
	if !stay.At.After(s.endedAt) {
		stay.Admitted = false // in a session that is over
	}
	if p := s.people[stay.Participant]; p != nil {
		stay.Admitted = p.admitted && !p.saving
	}
	out.stay, out.role = &stay, stay.Role
	return ""
}

func (s *state) judgeLink(now time.Time, a arrival, out *pass) wire.RefusalCode {
	switch {
	case a.generation == 0 && out.stay == nil:
		return wire.RefusedLink
	case a.generation == 0 || out.role != a.role:
		out.byHand = true // a place without a link: nobody knows which one it came by
		return ""
	}
	switch s.record.stands(a.role, a.generation, now) {
	case linkWithdrawn:
		return wire.RefusedWithdrawn
	case linkKnocks:
		out.byHand = true
	}
	return ""
}

// chairReserve are the places beyond the capacity that only chairs may take, so that a
// crowd in the lobby cannot lock them out.
const chairReserve = 8

// judgeRoom applies what does not depend on the credential.
func (s *state) judgeRoom(now time.Time, p pass) wire.RefusalCode {
	capacity := s.record.Capacity
	if p.role == wire.RoleChair {
		capacity += chairReserve
	} else if now.Before(s.opensAt()) {
		return wire.RefusedEarly
	}
	if p.stay != nil && s.people[p.stay.Participant] != nil {
		return ""
	}
	if len(s.order) >= capacity {
		return wire.RefusedFull
	}
	return ""
}

func (s *state) refuse(now time.Time, id pageID, code wire.RefusalCode, wait time.Duration) {
	m := wire.Refusal{Code: code, RetryAfterMS: wait.Milliseconds()}
	if code != wire.RefusedLink {
		m.Title = s.record.Title
	}
	if code == wire.RefusedEarly {
		at := s.opensAt()
		m.OpensAt, m.RetryAfterMS = &at, at.Sub(now).Milliseconds()
	}
	s.tell(id, m)
}

// look answers at the door. It wakes nothing.
func (s *state) look(now time.Time, e looked) {
	if pg := s.pages[e.page]; pg != nil && pg.person != nil {
		s.fault(e.page, wire.CodeOutOfOrder, "look", "already entered")
		return
	}
	if s.pages[e.page] == nil && len(s.pages) >= s.limits.Pages {
		s.refuse(now, e.page, wire.RefusedRate, time.Minute)
		return
	}
	p, code := s.judge(now, e.arrival)
	if code != "" {
		delete(s.pages, e.page)
		s.refuse(now, e.page, code, 0)
		return
	}
	s.pages[e.page] = &page{id: e.page, arrival: e.arrival}
	s.show(e.page, p.role)
	if p.stay != nil {
		s.emit(place{page: e.page, participant: p.stay.Participant, role: p.role, admitted: p.stay.Admitted})
	}
}

func (s *state) show(id pageID, role wire.Role) {
	v := wire.View{
		Version: wire.Version, Room: s.record.ID, Organisation: s.organisation, Title: s.record.Title,
		Role: role, Waiting: s.waiting, Present: s.present,
	}
	if at := s.record.StartsAt; !at.IsZero() {
		v.StartsAt = &at
	}
	s.tell(id, v)
}
