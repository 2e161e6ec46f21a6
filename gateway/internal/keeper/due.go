package keeper

import "time"

// Due is when the machine has to be looked at again if nothing happens before; zero: never. It
// is the one place where deadlines are armed: all there are, whatever the state, because a
// look too many does no harm.
func (m Machine) Due(now time.Time) time.Time {
	var due time.Time
	for _, at := range m.deadlines() {
		if at.After(now) && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

func (m Machine) deadlines() []time.Time {
	p := m.Policy
	all := []time.Time{m.LoadAt, m.CommitAt, m.BeatAt, m.ObserveAt, m.OffAt, m.RetryAt, m.Calm, m.WantUntil, m.PrewarmUntil}
	if !m.powered() {
		return all
	}
	call := later(m.CalledAt, m.Calm)
	all = append(all, m.ours(m.Rec.LeaseUntil), m.ours(m.Rec.HardStopAt),
		call.Add(p.Wake), call.Add(p.Retry),
		m.Since.Add(p.Hello), m.Since.Add(p.Alarm), m.Since.Add(p.Proven),
		m.LinkAt.Add(p.Test), m.LinkAt.Add(p.Link), m.LinkAt.Add(p.Silence))
	switch m.State {
	case Holding:
		all = append(all, m.stopAt())
	case Draining:
		all = append(all, m.DrainSent.Add(p.Drain))
	}
	return all
}
