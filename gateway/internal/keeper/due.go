package keeper

import "time"

// Due is when the machine has to be looked at again if nothing happens before; zero: never. It
// is the one place where deadlines are armed: all there are, whatever the state, because a
// look too many does no harm.
func (m *Machine) Due(now time.Time) time.Time {
	next := soonest{now: now}
	next.of(m.LoadAt, m.CommitAt, m.BeatAt, m.ObserveAt, m.OffAt, m.RetryAt, m.Calm, m.WantUntil, m.PrewarmUntil)
	if !m.powered() {
		return next.at
	}
	p, call := &m.Policy, later(m.CalledAt, m.Calm)
	next.of(m.ours(m.Rec.LeaseUntil), m.ours(m.Rec.HardStopAt), call.Add(p.Wake), call.Add(p.Retry),
		m.Since.Add(p.Hello), m.Since.Add(p.Alarm), m.Since.Add(p.Proven),
		m.LinkAt.Add(p.Test), m.LinkAt.Add(p.Link), m.LinkAt.Add(p.Silence))
	switch m.State {
	case Holding:
		next.of(m.stopAt())
	case Draining:
		next.of(m.DrainSent.Add(p.Drain))
	}
	return next.at
}

// soonest finds the first time after now.
type soonest struct{ now, at time.Time }

func (s *soonest) of(times ...time.Time) {
	for _, t := range times {
		if t.After(s.now) && (s.at.IsZero() || t.Before(s.at)) {
			s.at = t
		}
	}
}
