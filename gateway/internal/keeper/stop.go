package keeper

import (
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// stopping asks for the power-off until the provider says off: nothing else ends a run. What
// stands by costs as much as what runs.
func (s *step) stopping() {
	if s.Powering != 0 {
		return
	}
	if s.Power == PowerOff {
		s.end()
		return
	}
	if s.OffAt.IsZero() && s.Power != PowerUnknown {
		s.OffAt = s.now
	}
	if s.Power == PowerStandby {
		s.OffAt = earlier(s.OffAt, s.CalledAt.Add(s.Policy.Retry))
	}
	if !s.OffAt.IsZero() && !s.now.Before(s.OffAt) {
		s.powerOff()
	}
	if !s.Alarmed && !s.now.Before(s.Since.Add(s.Policy.Alarm)) {
		s.Alarmed = true
		s.do(Alarm{Reason: "it does not stop"})
	}
}

// end books the run's end, which is now: the provider said off.
func (s *step) end() bool {
	next := s.Rec
	next.Observed, next.Desired = Off, PowerOff
	s.OffSeen = s.now
	return s.commit(Change{Next: next, Close: &ledger.Run{
		Machine: s.ID, Epoch: s.Rec.Epoch, Room: s.Rec.Room, Prewarm: s.Rec.Prewarm,
		From: s.Rec.PaidFrom, Until: later(s.Rec.PaidFrom, s.store(s.now).UTC()),
		Void: s.Sent <= 0 && !s.Rose, Prices: s.Policy.Prices,
	}})
}

// overdue stops a power-on at its hard limit, people or not. They are not woken for again:
// somebody has to enter anew.
func (s *step) overdue() bool {
	if !s.powered() || s.Rec.Observed == Stopping || s.Rec.HardStopAt.IsZero() {
		return false
	}
	if !s.Retired && s.store(s.now).Before(s.Rec.HardStopAt) {
		return false
	}
	if s.claim(Stopping) {
		s.Want, s.PrewarmUntil, s.Lost = false, time.Time{}, wire.LostStop
		if !s.Retired {
			s.do(Alarm{Reason: "it reached its hard limit"})
		}
	}
	return true
}

// unknown goes on where the record stands as soon as anything is known: from the provider, or
// from the worker itself, whose link proves that it runs.
func (s *step) unknown() {
	if s.Rec.Observed == Off {
		s.off()
		return
	}
	if s.Boot != "" || s.Power != PowerUnknown {
		s.enter(s.Rec.Observed)
		s.act()
	}
}

// powerOn asks for the power-on, if enough of the lease is left and nobody else's calls can be
// under way any more.
func (s *step) powerOn() {
	if s.now.Before(s.Calm) || s.Powering != 0 {
		return
	}
	until, enough := s.deadline()
	if !enough {
		return
	}
	s.Tries++
	s.Sent++
	s.Powering, s.CalledAt, s.Power, s.Silent = s.attempt(), s.now, PowerUnknown, false
	s.Observing, s.ObserveAt = 0, s.now.Add(s.Policy.Poll)
	s.do(SwitchOn{Attempt: s.Powering, Epoch: s.Rec.Epoch, Until: until})
}

func (s *step) powerOff() {
	until, enough := s.deadline()
	if !enough {
		return
	}
	s.Powering, s.CalledAt = s.attempt(), s.now
	s.do(SwitchOff{Attempt: s.Powering, Until: until})
}

// deadline is when a call that is sent now has to end: before the lease does.
func (s *step) deadline() (time.Time, bool) {
	until := s.ours(s.Rec.LeaseUntil).Add(-s.Policy.Margin)
	if until.Before(s.now.Add(s.Policy.Margin)) {
		s.BeatAt = s.now
		return time.Time{}, false
	}
	return earlier(until, s.now.Add(s.Policy.Call)), true
}

// look asks the provider, often while something is expected to change.
func (s *step) look() {
	if s.Observing != 0 || s.now.Before(s.ObserveAt) {
		return
	}
	s.Observing, s.AskedAt = s.attempt(), s.now
	s.ObserveAt = s.now.Add(s.interval())
	s.do(Observe{Attempt: s.Observing, Until: s.now.Add(s.Policy.Call)})
}

func (s *step) interval() time.Duration {
	switch {
	case !s.powered() && s.Away:
		return s.Policy.Beat
	case !s.powered() || (s.Boot != "" && s.State != Stopping && s.State != Waking):
		return s.Policy.Reconcile
	}
	return s.Policy.Poll
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
