package keeper

import (
	"time"

	"weckruf/internal/wire"
)

func (s *step) serving() {
	switch {
	case s.Boot == "":
		s.silence()
	case !s.Had:
	case s.Drained && s.Live == 0:
		s.claim(Stopping)
	case !s.DrainSent.IsZero():
		s.recall()
	case !s.busy(s.now):
		s.claim(Holding)
	}
	if s.Fails > 0 && s.now.Sub(s.Since) >= s.Policy.Proven {
		s.Fails = 0
	}
}

func (s *step) holding() {
	switch {
	case s.Boot == "":
		s.silence()
	case !s.Had:
	case s.Drained && s.Live == 0:
		s.claim(Stopping)
	case !s.DrainSent.IsZero():
		s.recall()
	case s.busy(s.now):
		s.claim(Serving)
	case !s.now.Before(s.stopAt()):
		s.claim(Draining)
	}
}

// draining can be called back until the worker has said that it takes nobody in any more.
func (s *step) draining() {
	switch {
	case s.Boot == "":
		s.silence()
	case !s.Had:
	case s.Drained && s.Live == 0:
		s.claim(Stopping)
	case s.busy(s.now):
		s.claim(Serving)
	case s.DrainSent.IsZero():
		s.DrainSent = s.now
		s.do(Drain{Boot: s.Boot})
	case !s.now.Before(s.DrainSent.Add(s.Policy.Drain)):
		s.DrainAt = s.now.Add(3 * s.Policy.Drain)
		s.claim(Holding)
	}
}

func (s *step) recall() {
	s.DrainSent = time.Time{}
	s.do(Recall{Boot: s.Boot})
}

// silence deals with a worker whose link is gone. It dials again by itself, so the machine is
// lost only when the provider says that it does not run, or when the worker stays silent for
// too long. People in a call may go on without us: with them nobody but an organiser gives the
// machine up.
func (s *step) silence() {
	switch {
	case s.Power == PowerOff:
		s.lose()
	case s.Power == PowerStandby, s.StopAsked && s.mute(s.now):
		s.giveUpCall()
	case s.now.Before(s.LinkAt.Add(s.patience())):
		if s.Away {
			s.enter(Unknown)
		}
	case s.Present > 0:
		if !s.Alarmed {
			s.Alarmed = true
			s.do(Alarm{Reason: "the worker is silent and people are in the call"})
		}
	default:
		s.giveUpCall()
	}
}

// patience is how long the link may be gone: where somebody may be in a call that we cannot
// see, longer than the worker's own dead man's switch.
func (s *step) patience() time.Duration {
	if s.Present > 0 || (s.Known && s.Live == 0) {
		return s.Policy.Link
	}
	return s.Policy.Silence
}

// giveUpCall stops a machine whose worker is gone although it costs money.
func (s *step) giveUpCall() {
	if s.claim(Stopping) {
		s.bereave()
	}
}

// bereave keeps the wish of those who were in a call, and counts losses that come too soon.
func (s *step) bereave() {
	if s.people() > 0 {
		s.Want, s.Lost = true, wire.LostMachine
	}
	if s.now.Sub(s.ours(s.Rec.PaidFrom)) >= s.Policy.Proven {
		s.Fails = 0
		return
	}
	s.failed()
	if s.Fails < s.Policy.FailLimit {
		s.Failure, s.RetryAt = "", s.now // the first times it is woken anew at once
	}
}

// lose books a machine as off that went without being asked to.
func (s *step) lose() {
	ready := s.Ready
	if !s.end() {
		return
	}
	if ready {
		s.bereave()
		return
	}
	s.failed()
}
