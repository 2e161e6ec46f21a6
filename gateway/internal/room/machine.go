package room

import (
	"context"
	"errors"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

// How often a room asks again for a machine.
const (
	wakeRetry     = 5 * time.Second  // after a wake of which nothing was heard
	failedRetry   = 15 * time.Second // after one that failed
	longestRetry  = time.Minute      // at the latest, whatever a refusal says
	claimPatience = 10 * time.Second // before asking on behalf of somebody who says to be in the call
)

// see applies what the fleet says of the room's machine.
func (s *state) see(now time.Time, v fleet.View) {
	old := s.view
	s.view, s.viewAt, s.lobbyDirty = v, now, true
	if v.Media != nil {
		if old.Media == nil || v.Epoch != s.epoch {
			s.reconcile(now, v)
		}
		s.epoch, s.staleLost = v.Epoch, v.Lost
		s.refusal, s.retryAt, s.stopped = nil, time.Time{}, false
		return
	}
	if s.machineGone(v) {
		s.loseAll(orDefault(v.Lost, wire.LostMachine))
	}
	if v.State == wire.MachineFailed && (old.State != v.State || old.Failure != v.Failure) {
		s.refuseAll(now, orDefault(v.Failure, wire.RefusedMachine), failedRetry)
	}
	if onItsWay(v.State) {
		s.refusal = nil
	}
}

// machineGone tells a lost machine from one that merely cannot be reached, which disturbs
// nobody. What was already marked lost while media was there is old news.
func (s *state) machineGone(v fleet.View) bool {
	if v.Media != nil {
		return false
	}
	switch v.State {
	case wire.MachineOff, wire.MachineFailed, wire.MachineQueued:
		return true
	}
	if s.epoch != 0 && v.Epoch > s.epoch {
		return true
	}
	return v.Lost != "" && (v.Lost != s.staleLost || v.Epoch != s.epoch)
}

func onItsWay(state wire.MachineState) bool {
	switch state {
	case wire.MachineQueued, wire.MachineStarting, wire.MachineBooting, wire.MachinePreparing, wire.MachineReady:
		return true
	}
	return false
}

// loseAll brings everybody back to the lobby. After a stop at the hard limit the room does
// not ask for another machine by itself: that was the end, unless somebody enters anew.
func (s *state) loseAll(reason wire.LostReason) {
	if reason == wire.LostStop && s.present > 0 {
		s.stopped = true
	}
	for _, p := range s.order {
		s.lose(p, reason)
	}
	clear(s.strays)
	clear(s.dismissed)
}

// reconcile compares the people with what the worker has, when the way to it comes up.
func (s *state) reconcile(now time.Time, v fleet.View) {
	another := s.epoch != 0 && v.Epoch != s.epoch
	reason := orDefault(v.Lost, wire.LostMedia)
	if another {
		reason = orDefault(v.Lost, wire.LostMachine)
	}
	have := make(map[wire.ConnectionID]wire.ParticipantID, len(v.Live))
	for _, l := range v.Live {
		if l.Room == s.record.ID {
			have[l.Connection] = l.Participant
		}
	}
	for _, p := range s.order {
		if p.connection != "" {
			s.match(p, have, another, reason)
		}
	}
	s.sortStrays(now, have)
}

// match keeps a connection that the worker has, and takes it out of have.
func (s *state) match(p *person, have map[wire.ConnectionID]wire.ParticipantID, another bool, reason wire.LostReason) {
	owner, there := have[p.connection]
	switch {
	case there && owner == p.id && p.inCall():
		delete(have, p.connection)
		s.hold(p, p.connection, live)
	case p.inCall():
		s.lose(p, reason)
	case another:
		s.release(p) // asked with the credentials of another machine
		p.notBefore = time.Time{}
	case there && owner == p.id:
		delete(have, p.connection) // its Join decides
	}
}

// sortStrays ends what is nobody's any more and waits a while for the pages of the rest.
func (s *state) sortStrays(now time.Time, have map[wire.ConnectionID]wire.ParticipantID) {
	clear(s.strays)
	for _, id := range sorted(have) {
		owner := have[id]
		if s.dead || s.dismissed[id] || s.removed[owner] || s.people[owner] != nil {
			s.part(id)
			continue
		}
		s.strays[id] = stray{participant: owner, until: now.Add(s.limits.Return)}
	}
	clear(s.dismissed)
}

// wanted is how many wait for whom a machine is worth its money.
func (s *state) wanted(now time.Time) int {
	if s.stopped || !s.onlyKnocking.IsZero() && !now.Before(s.onlyKnocking.Add(s.limits.Knock)) {
		return 0
	}
	return s.waiting
}

// ask asks for a machine when somebody needs one.
func (s *state) ask(now time.Time) {
	wish := s.wakeWish
	s.wakeWish = false
	if s.dead || s.waking || !s.needsMachine(s.wanted(now), wish) {
		s.wakeWish = wish && s.waking
		return
	}
	if wish && s.refusal == nil || !now.Before(s.wakeAt) {
		s.waking, s.wakeAt = true, now.Add(wakeRetry)
		s.expect(wake{})
	}
}

// needsMachine: somebody waits for one (a wish may be of somebody whose place is just being
// written), or claims to be in a call of which the fleet never spoke.
func (s *state) needsMachine(wanted int, wish bool) bool {
	switch {
	case s.waiting > 0 && wanted == 0:
		return false // they only knock, for too long, or were told that it is over
	case wish:
		return true
	case s.view.Media != nil || onItsWay(s.view.State):
		return false
	}
	return wanted > 0 || s.present > 0 && s.view.State == ""
}

// woken hears how the wake was taken.
func (s *state) woken(now time.Time, e woken) {
	s.waking = false
	if e.err == nil {
		s.refusal = nil
	}
	if e.err == nil || errors.Is(e.err, context.Canceled) { // the house closes: that is no answer
		return
	}
	code, retry := wire.RefusedMachine, failedRetry
	if refused := (*fleet.Refused)(nil); errors.As(e.err, &refused) {
		code, retry = refused.Code, orDefault(refused.RetryAfter, longestRetry)
	}
	s.wakeWish = false
	s.refuseAll(now, code, retry)
}

// refuseAll tells those who wait why there is no machine; their places are kept and the
// room asks again by itself.
func (s *state) refuseAll(now time.Time, code wire.RefusalCode, retry time.Duration) {
	s.retryAt = now.Add(retry)
	s.wakeAt = now.Add(min(max(retry, time.Second), longestRetry))
	s.refusal = &wire.Refusal{Code: code, Title: s.record.Title, RetryAfterMS: retry.Milliseconds()}
	var pages []pageID
	for _, p := range s.order {
		if p.inLobby() && !p.fresh {
			pages = append(pages, p.page)
		}
	}
	if len(pages) > 0 {
		s.emit(send{pages: pages, message: *s.refusal})
	}
}
