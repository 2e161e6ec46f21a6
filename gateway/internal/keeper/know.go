package keeper

import "time"

// store and ours convert between this gateway's clock and the store's.
func (m *Machine) store(t time.Time) time.Time { return t.Add(m.Skew) }

func (m *Machine) ours(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(-m.Skew)
}

// powered reports whether the record says that the machine costs money.
func (m *Machine) powered() bool { return m.Loaded && m.Rec.Observed != Off && m.Rec.Observed != "" }

// foreign reports whether the machine is somebody else's: the lease runs and is not ours. A
// lease of our own id is ours after a plain restart only if no twin can live.
func (m *Machine) foreign(now time.Time) bool {
	if !m.powered() || m.Taken || m.Rec.Owner == "" || (m.Rec.Owner == m.Self && m.Exclusive) {
		return false
	}
	return m.store(now).Before(m.Rec.LeaseUntil)
}

// people are those waiting or in the call.
func (m *Machine) people() int { return m.Waiting + m.Present }

// fresh reports whether a wake still counts as a person whom the room has not counted yet.
func (m *Machine) fresh(now time.Time) bool { return m.Want && now.Before(m.WantUntil) }

// busy reports whether somebody needs the machine: it may not be stopped.
func (m *Machine) busy(now time.Time) bool { return m.people() > 0 || m.Live > 0 || m.fresh(now) }

// warm reports whether an organiser wants it held.
func (m *Machine) warm(now time.Time) bool { return now.Before(m.PrewarmUntil) }

// wish reports whether a machine that is off is to be woken.
func (m *Machine) wish(now time.Time) bool {
	return m.Want && (m.people() > 0 || m.fresh(now)) || m.warm(now)
}

// reachable reports whether people can be moved in now.
func (m *Machine) reachable() bool {
	switch m.State {
	case Serving, Holding:
		return m.Boot != "" && m.Had && m.Ready && !m.Drained
	}
	return false
}

// mute reports whether a worker that served has been without its link for longer than it needs
// to dial again: what it was last heard to carry says nothing any more.
func (m *Machine) mute(now time.Time) bool {
	switch m.Rec.Observed {
	case Serving, Holding, Draining:
		return m.Boot == "" && now.Sub(m.LinkAt) >= m.Policy.Link
	}
	return false
}

// paidUntil is the end of the paid quantum, on our clock; zero with prices per minute.
func (m *Machine) paidUntil(now time.Time) time.Time {
	if m.Policy.Quantum <= 0 || m.Rec.PaidFrom.IsZero() {
		return time.Time{}
	}
	from := m.ours(m.Rec.PaidFrom)
	begun := max(now.Sub(from), 0)/m.Policy.Quantum + 1
	return from.Add(begun * m.Policy.Quantum)
}

// stopAt is when a machine that is empty since the given time is to be stopped. With hourly
// prices each paid quantum has one decision point; whoever left after it has paid for the next
// quantum already. A machine that is held warm is kept to the first one after that.
func (m *Machine) stopAt() time.Time {
	empty := m.Since
	switch {
	case m.StopAsked:
		return later(empty, m.DrainAt)
	case !m.DrainAt.IsZero(): // it was due already, and the worker did not answer
		return later(m.DrainAt, m.PrewarmUntil)
	case m.Policy.Quantum <= 0:
		return later(empty.Add(m.Policy.Idle), m.PrewarmUntil)
	}
	first := m.ours(m.Rec.PaidFrom).Add(m.Policy.Quantum - m.Policy.Decision)
	wait := later(empty, m.PrewarmUntil).Sub(first)
	if wait <= 0 {
		return first
	}
	quanta := (wait + m.Policy.Quantum - 1) / m.Policy.Quantum
	return first.Add(quanta * m.Policy.Quantum)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
