package keeper

import (
	"errors"
	"time"
)

// absorb changes what is known by the event.
func (s *step) absorb(e Event) {
	switch e := e.(type) {
	case Loaded:
		s.loaded(e)
	case Committed:
		s.committed(e)
	case Observed:
		s.observed(e)
	case Powered:
		s.poweredBy(e)
	case Wake:
		s.Room, s.Want, s.WantUntil = e.Room, true, s.now.Add(s.Policy.Grace)
		s.StopAsked = false
	case Prewarm:
		s.PrewarmRoom, s.PrewarmUntil = e.Room, e.Until
	case People:
		s.count(e)
	case Stop:
		s.stop()
	case Retire:
		s.Retired = true
	case Budget:
		s.Broke = e.Spent
	case Start, Tick:
	default:
		s.worker(e)
	}
}

func (s *step) count(e People) {
	s.Waiting, s.Present = e.Waiting, e.Present
	if s.people() > 0 {
		s.WantUntil = s.now // the room has counted whom the wake stood for
	}
	switch {
	case s.people() == 0:
		s.Want = s.fresh(s.now)
	case !s.mute(s.now):
		s.StopAsked = false
	}
}

// stop heeds the organiser when nobody is there, or when the worker has been silent for so
// long that only a human can know whether anybody is.
func (s *step) stop() {
	if (s.busy(s.now) && !s.mute(s.now)) || s.Rec.Observed == Off {
		return
	}
	s.StopAsked, s.Want = true, false
	s.PrewarmUntil, s.DrainAt = time.Time{}, time.Time{}
}

// worker absorbs what comes over the control link.
func (s *step) worker(e Event) {
	switch e := e.(type) {
	case Linked:
		s.linked(e)
	case Unlinked:
		if e.Boot == s.Boot {
			s.unlink()
		}
	case Had:
		if e.Boot == s.Boot {
			s.Had, s.Known, s.Live, s.Drained = true, true, e.Live, e.Drained
		}
	case Tested:
		if e.Boot == s.Boot {
			s.Ready, s.Broken = s.Ready || !e.Failed, e.Failed && !s.Ready
		}
	case Carried:
		if e.Boot == s.Boot {
			s.Live = e.Live
		}
	case Drained:
		if e.Boot == s.Boot {
			s.Drained = true
		}
	}
}

func (s *step) linked(e Linked) {
	if e.Epoch != s.Rec.Epoch || !s.powered() || s.Rec.Observed == Stopping {
		return
	}
	s.Boot, s.LinkAt, s.Had, s.Rose = e.Boot, s.now, false, true
	s.DrainSent = time.Time{}
}

// unlink forgets what the provider said before: only what it says from now on tells whether
// the machine is lost.
func (s *step) unlink() {
	s.Boot, s.LinkAt, s.Had, s.Drained = "", s.now, false, false
	s.DrainSent = time.Time{}
	s.askAgain()
}

func (s *step) askAgain() {
	s.Power, s.Observing, s.ObserveAt = PowerUnknown, 0, s.now
}

func (s *step) observed(e Observed) {
	if e.Attempt != s.Observing {
		return
	}
	s.Observing, s.Looked = 0, true
	s.Away = e.Err != nil
	if s.Away {
		s.Power = PowerUnknown
		return
	}
	s.Power = e.Power
	switch e.Power {
	case PowerOn, PowerStarting, PowerStandby:
		s.Rose = true
	case PowerOff:
		s.OffSeen = s.AskedAt
	}
}

// poweredBy absorbs the answer to a power call. What the provider said before it is void.
func (s *step) poweredBy(e Powered) {
	if e.Attempt != s.Powering {
		return
	}
	s.Powering = 0
	s.askAgain()
	if s.State == Stopping {
		s.OffAt = s.now.Add(s.Policy.StopAgain)
		if e.Err != nil || e.Unsent {
			s.OffAt = s.now.Add(s.Policy.Retry)
		}
		return
	}
	refused := errors.Is(e.Err, ErrOutOfStock) || errors.Is(e.Err, ErrQuota) || errors.Is(e.Err, ErrDenied) || errors.Is(e.Err, ErrGone)
	switch {
	case e.Unsent:
		s.Tries--
		s.Sent--
	case refused:
		s.Sent--
	}
	s.Denied, s.Silent = refused, e.Err != nil && !refused
}

func (s *step) loaded(e Loaded) {
	if e.Attempt != s.Loading {
		return
	}
	s.Loading = 0
	switch {
	case e.Err != nil:
		s.LoadAt = s.now.Add(s.Policy.Retry)
		return
	case !s.timely():
		s.LoadAt = s.now
		return
	}
	s.clock(e.Now)
	if p := s.Pending; p != nil && landed(*p, s.Rec, e.Record) {
		s.adopt(e.Record)
		return
	}
	known := s.Loaded
	s.Loaded, s.Doubt, s.Pending = true, false, nil
	if known && e.Record.Revision == s.Rec.Revision {
		return
	}
	s.replace(e.Record)
}

// landed reports whether a commit whose answer was lost is what the store has now.
func landed(pending, before, now Record) bool {
	return now.Revision == before.Revision+1 && now.Owner == pending.Owner &&
		now.Observed == pending.Observed && now.Epoch == pending.Epoch
}

// replace begins anew from a record that this process did not write.
func (s *step) replace(r Record) {
	s.Rec, s.Taken = r, false
	s.forget()
	s.Power, s.Looked = PowerUnknown, false
	s.Observing, s.ObserveAt = 0, s.now
	if r.Observed == "" {
		s.Rec.Observed = Off
	}
	s.State, s.Since, s.LinkAt = Unknown, s.now, s.now
	if s.PrewarmUntil.IsZero() && !r.PrewarmUntil.IsZero() {
		s.PrewarmRoom, s.PrewarmUntil = r.PrewarmRoom, s.ours(r.PrewarmUntil)
	}
}

func (s *step) committed(e Committed) {
	if e.Attempt != s.Committing {
		return
	}
	s.Committing = 0
	if !e.Now.IsZero() && s.timely() {
		s.clock(e.Now)
	}
	if e.Err == nil {
		s.adopt(e.Record)
		return
	}
	// Whether it was written is looked up before anything else is done.
	s.Doubt, s.LoadAt = true, s.now
	s.CommitAt = s.now.Add(s.Policy.Retry)
	if errors.Is(e.Err, ErrConflict) {
		s.Pending, s.Taken, s.CommitAt = nil, false, s.now
	} else if s.Rec.Observed == Off {
		s.failed()
	}
}

// adopt takes over what was written. A state that was claimed begins here.
func (s *step) adopt(r Record) {
	before := s.Rec
	first := !s.Taken
	s.Rec, s.Taken, s.Loaded, s.Doubt, s.Pending = r, true, true, false, nil
	s.CommitAt = time.Time{}
	if r.Epoch != before.Epoch {
		s.forget()
		if r.Observed == Stopping {
			s.do(Alarm{Reason: "it runs although nobody woke it"})
		}
	}
	if s.Booking != "" {
		s.Class = s.Booking
	}
	if r.Observed != before.Observed || r.Epoch != before.Epoch {
		s.enter(r.Observed)
		return
	}
	if first && r.Observed != Off {
		s.recover()
	}
}

// recover sets what a process that took a machine over has to assume: whatever may have been
// sent was sent.
func (s *step) recover() {
	s.Sent, s.Rose, s.Class = 1, true, s.classOf(s.Rec)
	if s.Rec.Observed == Waking {
		s.Tries, s.Silent, s.CalledAt, s.Rose = 1, true, s.now, false
	}
}

// clockSlack is how old a reading of the store's clock may be: who stood still with the answer
// in hand would take a lease that is over for one that runs.
const clockSlack = time.Second

// timely reports whether the store's last answer came soon enough to read its clock from.
func (s *step) timely() bool { return s.now.Sub(s.Dialled) <= clockSlack }

// clock measures the store's clock. Small differences are the time that the answer took.
func (s *step) clock(now time.Time) {
	skew := now.Round(0).Sub(s.now.Round(0))
	if difference := skew - s.Skew; difference.Abs() > 100*time.Millisecond {
		s.Skew = skew
	}
}
