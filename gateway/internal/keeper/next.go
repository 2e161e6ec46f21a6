package keeper

import (
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// Next is the table: what the machine becomes by the event at this time, and what is to be
// done. It is pure. An event first changes what is known; then one decision is taken from all
// that is known. So nothing depends on an event arriving twice, or on the order of two.
func Next(m Machine, now time.Time, e Event) (Machine, []Effect) {
	s := step{Machine: m, now: now}
	s.absorb(e)
	s.decide()
	return s.Machine, s.effects
}

// step is one call of Next.
type step struct {
	Machine
	now     time.Time
	effects []Effect
}

func (s *step) do(e Effect) { s.effects = append(s.effects, e) }

func (s *step) attempt() uint64 {
	s.Attempt++
	return s.Attempt
}

// decide looks at everything that is known and begins what is due.
func (s *step) decide() {
	switch {
	case s.Committing != 0 || s.Loading != 0:
	case !s.Loaded || s.Doubt:
		s.load()
	case s.foreign(s.now):
		s.follow()
	case s.powered() && !s.Taken:
		s.takeOver()
	default:
		s.renew()
		s.act()
		s.keep()
	}
	if s.Loaded && !s.foreign(s.now) {
		s.look()
	}
}

// act takes the decision of the state.
func (s *step) act() {
	if s.Committing != 0 || s.Loading != 0 || s.overdue() {
		return
	}
	switch s.State {
	case Off, Blocked, Quarantined:
		s.off()
	case Waking:
		s.waking()
	case Booting:
		s.booting()
	case Serving:
		s.serving()
	case Holding:
		s.holding()
	case Draining:
		s.draining()
	case Stopping:
		s.stopping()
	case Unknown:
		s.unknown()
	}
}

// enter is the one place where a state begins.
func (s *step) enter(state State) {
	if s.State == state {
		return
	}
	s.State, s.Since = state, s.now
	switch state {
	case Waking:
		s.Failure = ""
	case Serving, Holding, Draining:
		s.Ready = true
		s.Lost = ""
		if state == Serving {
			s.DrainAt = time.Time{}
		}
	case Stopping:
		s.Power, s.Alarmed = PowerUnknown, false
		s.Observing, s.ObserveAt = 0, s.now
		s.OffAt = time.Time{}
		if s.Rose || s.Sent > 0 {
			s.OffAt = s.now
		}
	case Off:
		s.forget()
	}
}

// forget drops what was known of the power-on that ended.
func (s *step) forget() {
	s.Boot, s.Had, s.Known, s.Live, s.Ready, s.Broken, s.Drained = "", false, false, 0, false, false, false
	s.DrainSent, s.DrainAt, s.StopAsked, s.Class = time.Time{}, time.Time{}, false, ""
	s.Rose, s.Tries, s.Sent, s.Denied, s.Silent = false, 0, 0, false, false
}

// claim writes the next state; what it stands for is done when the store has said yes. It
// reports whether it was written at all: not while the store is given time to recover.
func (s *step) claim(state State) bool {
	next := s.Rec
	next.Observed = state
	if state == Stopping {
		next.Desired = PowerOff
	}
	return s.commit(Change{Next: next})
}

// commit writes a change with what it means for the ledger, and renews the lease by the way.
func (s *step) commit(c Change) bool {
	if s.Committing != 0 || s.Loading != 0 || s.now.Before(s.CommitAt) {
		return false
	}
	c.Prev = s.Rec
	s.book(&c)
	s.lease(&c.Next)
	s.Committing, s.Dialled = s.attempt(), s.now
	s.Pending = &c.Next
	s.BeatAt = s.now.Add(s.Policy.Beat)
	s.do(Commit{Attempt: s.Committing, Change: c, Clock: c.Next.Observed == s.Rec.Observed})
	return true
}

func (s *step) lease(r *Record) {
	r.PrewarmRoom, r.PrewarmUntil = "", time.Time{}
	if !s.PrewarmUntil.IsZero() {
		r.PrewarmRoom, r.PrewarmUntil = s.PrewarmRoom, s.store(s.PrewarmUntil).UTC()
	}
	r.Owner, r.LeaseUntil = s.Self, s.store(s.now).Add(s.Policy.Lease).UTC()
	if r.Observed == Off {
		r.Owner, r.LeaseUntil = "", time.Time{}
	}
}

// book adds the change of the minutes' class, if it is one.
func (s *step) book(c *Change) {
	s.Booking = ""
	class := s.classOf(c.Next)
	if class == "" || (c.Open == nil && s.booked(class, c.Next.Observed)) {
		return
	}
	room := wire.RoomID("")
	switch {
	case starting(c.Next.Observed):
		room = c.Next.Room
	case class == ledger.Prewarm:
		room = s.PrewarmRoom
	}
	s.Booking = class
	c.Phases = append(c.Phases, ledger.Phase{
		Machine: s.ID, Epoch: c.Next.Epoch, At: s.store(s.now).UTC(), Class: class, Room: room,
	})
}

// booked reports whether the class is in the books already. The end of a boot is entered in any
// case: it says when the machine was ready. Who takes over a boot for an organiser cannot know
// whether somebody came meanwhile, and leaves what was entered.
func (s *step) booked(class ledger.Class, next State) bool {
	if starting(s.Rec.Observed) && !starting(next) {
		return false
	}
	return class == s.Class || (s.Class == "" && class == ledger.Prewarm && starting(next))
}

func starting(state State) bool { return state == Waking || state == Booting }

// classOf says what the minutes of a state are booked as. A boot ahead of time is the
// organiser's until somebody wants the machine, and from then on like any other.
func (s *step) classOf(r Record) ledger.Class {
	switch r.Observed {
	case Waking, Booting:
		if r.Prewarm && !s.Want && !s.busy(s.now) && s.Class != ledger.Boot {
			return ledger.Prewarm
		}
		return ledger.Boot
	case Serving:
		return ledger.Used
	case Holding:
		if s.warm(s.now) {
			return ledger.Prewarm
		}
		return ledger.Hold
	case Draining, Stopping:
		return ledger.Drain
	}
	return ""
}

// load reads the record.
func (s *step) load() {
	if s.now.Before(s.LoadAt) {
		return
	}
	s.Loading, s.Dialled = s.attempt(), s.now
	s.LoadAt = s.now.Add(s.Policy.Beat)
	s.do(Load{Attempt: s.Loading})
}

// follow watches a machine that somebody else owns.
func (s *step) follow() {
	s.State, s.Power = s.Rec.Observed, PowerUnknown
	s.load()
}

// renew re-reads a record that somebody else may write: that of a machine that is off, while
// there may be another gateway.
func (s *step) renew() {
	if !s.Exclusive && s.Rec.Observed == Off {
		s.load()
	}
}

// keep renews the lease, and books minutes that change their class within a state.
func (s *step) keep() {
	if !s.powered() {
		return
	}
	if !s.now.Before(s.BeatAt) || s.classOf(s.Rec) != s.Class {
		s.commit(Change{Next: s.Rec})
	}
}

// takeOver makes this gateway the owner of a machine whose lease has run out, or which it
// owned itself before it was restarted. Whoever owned it may have sent calls that are still
// under way, unless it was this gateway, which is certain to be dead.
func (s *step) takeOver() {
	if s.Rec.Owner != s.Self || !s.Exclusive {
		s.Calm = s.now.Add(s.Policy.Lease + s.Policy.Call)
	}
	s.commit(Change{Next: s.Rec})
}
