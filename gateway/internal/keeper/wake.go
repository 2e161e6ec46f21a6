package keeper

import (
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// off waits for a wish. A machine whose provider does not answer may be woken all the same: it
// is known by its id, so that nothing can be made twice.
func (s *step) off() {
	s.rest()
	if !s.Looked || s.Power == PowerStopping {
		return
	}
	switch s.Power {
	case PowerOn, PowerStarting, PowerStandby:
		s.stray()
		return
	}
	if s.Want && !s.wish(s.now) {
		s.Want = false
	}
	if s.wish(s.now) && !s.Broke && !s.Retired && !s.now.Before(s.RetryAt) {
		s.wake()
	}
}

// rest names what stands in the way of a machine that is off.
func (s *step) rest() {
	state := Off
	switch {
	case s.Away || !s.Looked:
		state = Unknown
	case s.Broke:
		state = Blocked
	case s.Fails >= s.Policy.FailLimit && s.now.Before(s.RetryAt):
		state = Quarantined
	}
	if s.State != state {
		s.State, s.Since = state, s.now
	}
}

// wake claims the next epoch, and reserves its costs by opening the run.
func (s *step) wake() {
	room, ahead := s.Room, !s.Want
	if ahead {
		room = s.PrewarmRoom
	}
	s.open(Waking, PowerOn, room, ahead, s.now)
}

// stray claims a machine that runs although nobody switched it on, in order to stop it. Its
// costs are booked from when it was last seen off.
func (s *step) stray() {
	from := s.now
	if !s.OffSeen.IsZero() {
		from = s.OffSeen
	}
	s.open(Stopping, PowerOff, s.Rec.Room, false, from)
}

func (s *step) open(state State, desired Power, room wire.RoomID, ahead bool, from time.Time) {
	next := s.Rec
	next.Epoch++
	next.Observed, next.Desired, next.Room, next.Prewarm = state, desired, room, ahead
	next.PaidFrom = s.store(from).UTC()
	next.HardStopAt = s.store(s.now).Add(s.Policy.Hard).UTC()
	s.commit(Change{Next: next, Open: &ledger.Run{
		Machine: s.ID, Epoch: next.Epoch, Room: room, Prewarm: ahead,
		From: next.PaidFrom, Prices: s.Policy.Prices,
	}})
}

// waking waits for the provider to say running. A second try is for a machine that was seen
// off, or when the first call got no answer.
func (s *step) waking() {
	late := !s.now.Before(later(s.CalledAt, s.Calm).Add(s.Policy.Wake))
	again := s.Tries < 2 && s.Power == PowerOff && s.wish(s.now)
	switch {
	case s.Boot != "" || s.Power == PowerOn:
		s.claim(Booting)
	case s.Powering != 0:
	case s.StopAsked, s.Denied, s.Power == PowerStandby, s.Rose && s.Power == PowerOff:
		s.giveUp()
	case s.Tries == 0, again && (s.Silent || late):
		s.powerOn()
	case late && s.Away:
		s.enter(Unknown)
	case late:
		s.giveUp()
	}
}

// booting waits for the worker's hello, its snapshot and its test.
func (s *step) booting() {
	switch {
	case s.Boot != "" && s.Had && s.Ready:
		s.settle()
	case s.StopAsked, s.Broken:
		s.giveUp()
	case s.Boot != "":
		if !s.now.Before(s.LinkAt.Add(s.Policy.Test)) {
			s.giveUp()
		}
	case s.Power == PowerOff:
		s.lose()
	case s.Power == PowerStandby:
		s.giveUp()
	case s.now.Before(s.Since.Add(s.Policy.Hello)):
	case s.Away:
		s.enter(Unknown)
	default:
		s.giveUp()
	}
}

// settle is the first state of a worker that is ready.
func (s *step) settle() {
	if s.busy(s.now) {
		s.claim(Serving)
		return
	}
	s.claim(Holding)
}

// giveUp ends a wake that came to nothing. What may run is stopped first.
func (s *step) giveUp() {
	asked := s.StopAsked
	if s.claim(Stopping) && !asked {
		s.failed()
	}
}

// failed counts a failure and says when it is tried again.
func (s *step) failed() {
	s.Fails++
	s.Failure = wire.RefusedMachine
	pause := s.Policy.Retry << min(s.Fails-1, 16)
	if s.Fails >= s.Policy.FailLimit {
		pause = s.Policy.Quarantine
	} else if pause > s.Policy.RetryMost {
		pause = s.Policy.RetryMost
	}
	s.RetryAt = s.now.Add(pause)
}
