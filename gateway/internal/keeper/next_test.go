package keeper

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// in is a machine as it typically is in a state, with nothing due.
func in(state State) Machine {
	p := DefaultPolicy()
	p.Idle = 10 * time.Minute
	m := NewMachine("m", "self", true, p)
	m.Loaded, m.Taken, m.Looked, m.Power = true, true, true, PowerOn
	m.State, m.Since, m.LinkAt = state, noon.Add(-10*time.Second), noon.Add(-10*time.Second)
	m.BeatAt, m.ObserveAt = noon.Add(3*time.Second), noon.Add(30*time.Second)
	m.Rec = Record{
		Machine: "m", Epoch: 3, Owner: "self", LeaseUntil: noon.Add(25 * time.Second), Desired: PowerOn, Observed: state,
		Room: "room", PaidFrom: noon.Add(-20 * time.Second), HardStopAt: noon.Add(time.Hour), Revision: 5,
	}
	m.Rose, m.Sent, m.Tries = true, 1, 1
	setups[state](&m)
	s := step{Machine: m, now: noon}
	m.Class = s.classOf(m.Rec)
	m.Attempt = 20
	return m
}

func linked(m *Machine) { m.Boot, m.Had, m.Known, m.Ready = "boot", true, true, true }

func off(m *Machine) {
	m.Rec.Observed, m.Rec.Owner, m.Rec.LeaseUntil, m.Rec.Desired = Off, "", time.Time{}, PowerOff
	m.Power, m.Rose, m.Sent, m.Tries = PowerOff, false, 0, 0
}

var setups = map[State]func(*Machine){
	Off: off,
	Waking: func(m *Machine) {
		m.Want, m.Waiting, m.Power, m.CalledAt, m.Rose = true, 1, PowerUnknown, noon.Add(-5*time.Second), false
	},
	Booting:  func(m *Machine) { m.Want, m.Waiting = true, 1 },
	Serving:  func(m *Machine) { linked(m); m.Want, m.Present, m.Live = true, 1, 1 },
	Holding:  linked,
	Draining: func(m *Machine) { linked(m); m.DrainSent = noon.Add(-time.Second) },
	Stopping: func(m *Machine) {
		m.OffAt, m.Rec.Desired, m.ObserveAt = noon.Add(20*time.Second), PowerOff, noon.Add(time.Second)
	},
	Unknown: func(m *Machine) { m.Rec.Observed, m.Power, m.Away, m.Present = Serving, PowerUnknown, true, 1 },
	Blocked: func(m *Machine) { off(m); m.Broke = true },
	Quarantined: func(m *Machine) {
		off(m)
		m.Fails, m.RetryAt, m.Failure = m.Policy.FailLimit, noon.Add(time.Minute), wire.RefusedMachine
	},
}

// seen is an answer to a question that is under way.
func seen(p Power, err error) func(*Machine) Event {
	return func(m *Machine) Event {
		m.Observing = 9
		return Observed{Attempt: 9, Power: p, Err: err}
	}
}

func just(e Event) func(*Machine) Event { return func(*Machine) Event { return e } }

// cases are all events, each with what makes it typical.
var cases = map[string]func(*Machine) Event{
	"start":            just(Start{}),
	"tick":             just(Tick{}),
	"wake":             just(Wake{Room: "room"}),
	"people come":      just(People{Waiting: 1}),
	"people go":        func(m *Machine) Event { m.Live = 0; return People{} },
	"prewarm":          just(Prewarm{Room: "warm", Until: noon.Add(time.Hour)}),
	"prewarm ends":     just(Prewarm{}),
	"stop":             just(Stop{}),
	"budget is spent":  just(Budget{Spent: true}),
	"budget is there":  just(Budget{}),
	"retire":           just(Retire{}),
	"linked":           just(Linked{Boot: "new", Epoch: 3}),
	"linked, stale":    just(Linked{Boot: "old", Epoch: 2}),
	"unlinked":         just(Unlinked{Boot: "boot"}),
	"unlinked, stale":  just(Unlinked{Boot: "old"}),
	"had some":         just(Had{Boot: "boot", Live: 1}),
	"had drained":      func(m *Machine) Event { m.Live = 0; return Had{Boot: "boot", Drained: true} },
	"had, stale":       just(Had{Boot: "old", Live: 1, Drained: true}),
	"tested":           just(Tested{Boot: "boot"}),
	"tested badly":     just(Tested{Boot: "boot", Failed: true}),
	"tested, stale":    just(Tested{Boot: "old", Failed: true}),
	"carries some":     just(Carried{Boot: "boot", Live: 1}),
	"carries, stale":   just(Carried{Boot: "old", Live: 1}),
	"drained":          func(m *Machine) Event { m.Live = 0; return Drained{Boot: "boot"} },
	"drained, stale":   just(Drained{Boot: "old"}),
	"seen off":         seen(PowerOff, nil),
	"seen starting":    seen(PowerStarting, nil),
	"seen on":          seen(PowerOn, nil),
	"seen stopping":    seen(PowerStopping, nil),
	"seen standby":     seen(PowerStandby, nil),
	"seen nothing":     seen(PowerUnknown, errors.New("away")),
	"seen, stale":      func(m *Machine) Event { m.Observing = 9; return Observed{Attempt: 8, Power: PowerOff} },
	"called":           func(m *Machine) Event { m.Powering = 9; return Powered{Attempt: 9} },
	"called, refused":  func(m *Machine) Event { m.Powering = 9; return Powered{Attempt: 9, Err: ErrOutOfStock} },
	"called, silence":  func(m *Machine) Event { m.Powering = 9; return Powered{Attempt: 9, Err: errors.New("timeout")} },
	"called, late":     func(m *Machine) Event { m.Powering = 9; return Powered{Attempt: 9, Unsent: true} },
	"called, stale":    just(Powered{Attempt: 8, Err: ErrQuota}),
	"committed, stale": just(Committed{Attempt: 8, Record: Record{Observed: Off, Revision: 99}}),
	"loaded, stale":    just(Loaded{Attempt: 8, Record: Record{Observed: Off, Revision: 99}}),
}

// table says what happens. What is not in it must change neither state nor anything outside.
// "claim X" is the transaction; that X begins with its success is tested beside.
var table = map[State]map[string]string{
	Off: {
		"wake": "claim waking epoch 4", "prewarm": "claim waking epoch 4",
		"budget is spent": "is blocked", "seen nothing": "is unknown",
		"seen on": "claim stopping epoch 4", "seen starting": "claim stopping epoch 4",
		"seen standby": "claim stopping epoch 4",
		"called":       "look", "called, refused": "look", "called, silence": "look", "called, late": "look",
	},
	Waking: {
		"linked": "claim booting epoch 3", "seen on": "claim booting epoch 3", "seen standby": "claim stopping epoch 3",
		"retire": "claim stopping epoch 3",
		"called": "look", "called, silence": "look", "called, refused": "claim stopping epoch 3; look",
		"called, late": "power on",
	},
	Booting: {
		"seen off": "claim off epoch 3, end of run", "seen standby": "claim stopping epoch 3", "retire": "claim stopping epoch 3",
		"called": "look", "called, silence": "look", "called, refused": "look", "called, late": "look",
	},
	Serving: {
		"people go": "claim holding epoch 3", "unlinked": "look", "had drained": "claim stopping epoch 3",
		"drained": "claim stopping epoch 3", "retire": "claim stopping epoch 3",
		"called": "look", "called, silence": "look", "called, refused": "look", "called, late": "look",
	},
	Holding: {
		"wake": "claim serving epoch 3", "people come": "claim serving epoch 3", "carries some": "claim serving epoch 3",
		"had some": "claim serving epoch 3", "had drained": "claim stopping epoch 3", "drained": "claim stopping epoch 3",
		"stop": "claim draining epoch 3", "prewarm": "claim holding epoch 3", "unlinked": "look", "retire": "claim stopping epoch 3",
		"called": "look", "called, silence": "look", "called, refused": "look", "called, late": "look",
	},
	Draining: {
		"wake": "claim serving epoch 3", "people come": "claim serving epoch 3", "carries some": "claim serving epoch 3",
		"had some": "claim serving epoch 3", "had drained": "claim stopping epoch 3", "drained": "claim stopping epoch 3",
		"unlinked": "look", "retire": "claim stopping epoch 3",
		"called": "look", "called, silence": "look", "called, refused": "look", "called, late": "look",
	},
	Stopping: {
		"seen off": "claim off epoch 3, end of run", "seen standby": "power off",
		"called": "look", "called, silence": "look", "called, refused": "look", "called, late": "look",
	},
	Unknown: {
		"linked": "is serving", "seen on": "is serving", "seen starting": "is serving", "seen stopping": "is serving",
		"seen off": "is serving; claim off epoch 3, end of run", "seen standby": "is serving; claim stopping epoch 3",
		"retire": "claim stopping epoch 3",
		"called": "look", "called, silence": "look", "called, refused": "look", "called, late": "look",
	},
	Blocked: {
		"budget is there": "is off", "seen nothing": "is unknown",
		"seen on": "claim stopping epoch 4", "seen starting": "claim stopping epoch 4",
		"seen standby": "claim stopping epoch 4",
		"called":       "look", "called, refused": "look", "called, silence": "look", "called, late": "look",
	},
	Quarantined: {
		"budget is spent": "is blocked", "seen nothing": "is unknown",
		"seen on": "claim stopping epoch 4", "seen starting": "claim stopping epoch 4",
		"seen standby": "claim stopping epoch 4",
		"called":       "look", "called, refused": "look", "called, silence": "look", "called, late": "look",
	},
}

// told writes down what Next did.
func told(before, after Machine, effects []Effect) string {
	var all []string
	if before.State != after.State {
		all = append(all, "is "+string(after.State))
	}
	for _, e := range effects {
		all = append(all, tell(e))
	}
	return strings.Join(all, "; ")
}

func tell(e Effect) string {
	switch e := e.(type) {
	case Commit:
		end := ""
		if e.Change.Close != nil {
			end = ", end of run"
		}
		return fmt.Sprintf("claim %s epoch %d%s", e.Change.Next.Observed, e.Change.Next.Epoch, end)
	case SwitchOn:
		return "power on"
	case SwitchOff:
		return "power off"
	case Observe:
		return "look"
	case Load:
		return "load"
	case Drain:
		return "drain"
	case Recall:
		return "recall"
	case Alarm:
		return "alarm"
	}
	return fmt.Sprintf("%T", e)
}

func TestEveryEventInEveryStateDoesWhatTheTableSays(t *testing.T) {
	for _, state := range States {
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			m := in(state)
			e := cases[name](&m)
			after, effects := Next(m, noon, e)
			if got, want := told(m, after, effects), table[state][name]; got != want {
				t.Errorf("%s, %s: got %q, want %q", state, name, got, want)
			}
		}
		for name := range table[state] {
			if cases[name] == nil {
				t.Errorf("the table of %s has %q, which is no event", state, name)
			}
		}
	}
}

// A claim that the store refuses must leave no trace but the wish to read the record again.
func TestNothingHappensBeforeTheStoreHasAgreed(t *testing.T) {
	for _, state := range States {
		for name, make := range cases {
			m := in(state)
			e := make(&m)
			claimed, effects := Next(m, noon, e)
			for _, effect := range effects {
				c, is := effect.(Commit)
				if !is || c.Change.Next.Observed == m.Rec.Observed {
					continue
				}
				refused, after := Next(claimed, noon, Committed{Attempt: c.Attempt, Err: ErrConflict})
				if refused.Rec != claimed.Rec || refused.Taken || told(claimed, refused, after) != "load" {
					t.Errorf("%s, %s: a lost race led to %q", state, name, told(claimed, refused, after))
				}
				for _, other := range effects {
					switch other.(type) {
					case SwitchOn, SwitchOff, Drain:
						t.Errorf("%s, %s: %T went out together with its claim", state, name, other)
					}
				}
			}
		}
	}
}

// follow lets the store agree and gives back what comes of it.
func agree(t *testing.T, m Machine, effects []Effect, now time.Time) (Machine, []Effect) {
	t.Helper()
	for _, effect := range effects {
		if c, is := effect.(Commit); is {
			record := c.Change.Next
			record.Revision++
			return Next(m, now, Committed{Attempt: c.Attempt, Record: record})
		}
	}
	t.Fatalf("no claim among %v", effects)
	return m, nil
}

func TestTheClaimComesFirstAndTheActionAfterIt(t *testing.T) {
	for _, c := range []struct {
		state State
		event string
		want  string
	}{
		{Off, "wake", "is waking; power on"},
		{Holding, "stop", "is draining; drain"},
		{Draining, "people come", "is serving; recall"},
		{Draining, "drained", "is stopping; power off; look"},
		{Waking, "seen on", "is booting"},
		{Stopping, "seen off", "is off"},
		{Booting, "seen off", "is off"},
		{Off, "seen on", "is stopping; alarm; look"},
	} {
		m := in(c.state)
		e := cases[c.event](&m)
		claimed, effects := Next(m, noon, e)
		after, effects := agree(t, claimed, effects, noon)
		if got := told(claimed, after, effects); got != c.want {
			t.Errorf("%s, %s, agreed: got %q, want %q", c.state, c.event, got, c.want)
		}
	}
}

func TestAMachineLostInACallIsWokenAnewAtOnce(t *testing.T) {
	m := in(Serving)
	m, effects := Next(m, noon, Unlinked{Boot: "boot"})
	look := effects[0].(Observe)
	m, effects = Next(m, noon.Add(time.Second), Observed{Attempt: look.Attempt, Power: PowerOff})
	end := effects[0].(Commit).Change
	if end.Close == nil || end.Close.Void || !end.Close.Until.Equal(noon.Add(time.Second)) {
		t.Fatalf("the run ends as %+v", end.Close)
	}
	m, effects = agree(t, m, effects, noon.Add(time.Second))
	if m.State != Off || m.Lost != wire.LostMachine {
		t.Fatalf("%s, lost %q", m.State, m.Lost)
	}
	m, effects = agree(t, m, effects, noon.Add(time.Second))
	if m.State != Waking || m.Rec.Epoch != 4 || told(m, m, effects) != "power on" {
		t.Fatalf("%s of epoch %d, then %v", m.State, m.Rec.Epoch, effects)
	}
	if s := m.Status(noon); s.Lost != wire.LostMachine || s.Failure != "" {
		t.Fatalf("people are told %q and %q", s.Lost, s.Failure)
	}
}

func TestAWakeOpensARunAndClassesItsMinutes(t *testing.T) {
	m, effects := Next(in(Off), noon, Wake{Room: "hall"})
	change := effects[0].(Commit).Change
	if change.Open == nil || change.Open.Room != "hall" || change.Open.Epoch != 4 || !change.Open.From.Equal(noon) || change.Open.Prewarm {
		t.Fatalf("opened %+v", change.Open)
	}
	if len(change.Phases) != 1 || change.Phases[0].Class != ledger.Boot || change.Phases[0].Epoch != 4 {
		t.Fatalf("phases %+v", change.Phases)
	}
	if next := change.Next; !next.HardStopAt.Equal(noon.Add(m.Policy.Hard)) || !next.LeaseUntil.Equal(noon.Add(m.Policy.Lease)) || next.Owner != "self" {
		t.Fatalf("record %+v", next)
	}
}

func TestMinutesHeldWarmAreThoseOfTheOrganisersRoom(t *testing.T) {
	m := in(Holding)
	m, effects := Next(m, noon, Prewarm{Room: "warm", Until: noon.Add(time.Hour)})
	change := effects[0].(Commit).Change
	if len(change.Phases) != 1 || change.Phases[0].Class != ledger.Prewarm || change.Phases[0].Room != "warm" {
		t.Fatalf("phases %+v", change.Phases)
	}
	m, _ = agree(t, m, effects, noon)
	m.BeatAt, m.ObserveAt = noon.Add(2*time.Hour), noon.Add(2*time.Hour)
	_, effects = Next(m, noon.Add(time.Hour), Tick{})
	for _, e := range effects {
		if c, is := e.(Commit); is {
			if len(c.Change.Phases) != 1 || c.Change.Phases[0].Class != ledger.Drain {
				t.Fatalf("when the window is over: %+v", c.Change)
			}
			return
		}
	}
	t.Fatal("the end of the window was not booked")
}
