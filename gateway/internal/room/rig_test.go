package room

import (
	"context"
	"errors"
	"testing"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

var errDisk = errors.New("disk full")

// start is the time at which every rig begins.
var start = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// counter mints ids in order.
type counter struct{ n uint32 }

func (c *counter) Connection() wire.ConnectionID {
	c.n++
	return connection(int(c.n))
}

func (c *counter) Participant() wire.ParticipantID {
	c.n++
	return wire.ParticipantID(c.n)
}

// connection is a valid connection name.
func connection(n int) wire.ConnectionID {
	const digits = "0123456789abcdef"
	id := []byte("connection-0000")
	for i := len(id) - 1; n > 0; i, n = i-1, n/16 {
		id[i] = digits[n%16]
	}
	return wire.ConnectionID(id) + "xx"
}

// noMedia is a way to a worker of which the core only knows that it is there.
type noMedia struct{}

func (noMedia) Join(context.Context, wire.Join) (wire.Joined, error) { return wire.Joined{}, nil }
func (noMedia) Part(wire.ConnectionID)                               {}

// rig drives a core by hand and keeps what it asks for.
type rig struct {
	t   testing.TB
	s   *state
	now time.Time

	diskFull bool
	slowDisk bool // saves stay in waitingSaves until flush
	saves    []save
	stays    map[wire.ParticipantID]Stay
	inbox    map[pageID][]wire.Message
	closed   map[pageID]bool
	places   map[pageID]wire.ParticipantID
	parts    []wire.ConnectionID
	joins    []wire.Join
	wakes    int
	asked    int   // wakes that were not answered yet
	wakeErr  error // the fleet's answer
	told     people
}

func record() Record {
	return Record{
		ID: "rat", Title: "Gemeinderat", WaitingRoom: true, Capacity: 50,
		Chair: Link{Generation: 1}, Guest: Link{Generation: 1}, CreatedAt: start,
	}
}

func newRig(t testing.TB, change func(*Record), stays ...Stay) *rig {
	rec := record()
	if change != nil {
		change(&rec)
	}
	r := &rig{t: t, now: start, inbox: map[pageID][]wire.Message{}, closed: map[pageID]bool{}, places: map[pageID]wire.ParticipantID{}, stays: map[wire.ParticipantID]Stay{}}
	r.s = newState(rec, stays, "Stadt", DefaultLimits(), &counter{n: 100})
	for _, stay := range stays {
		r.stays[stay.Participant] = stay
	}
	return r
}

// restart is a new gateway on the same disk.
func (r *rig) restart() {
	stays := []Stay{}
	for _, id := range sorted(r.stays) {
		stays = append(stays, r.stays[id])
	}
	r.s = newState(r.s.record, stays, "Stadt", DefaultLimits(), &counter{n: r.s.mint.(*counter).n})
	r.inbox, r.closed, r.parts, r.joins, r.saves, r.told = map[pageID][]wire.Message{}, map[pageID]bool{}, nil, nil, nil, people{}
}

func (r *rig) do(e event) {
	r.t.Helper()
	for _, effect := range append([]effect(nil), r.s.step(r.now, e)...) {
		r.keep(effect)
	}
	for r.asked > 0 {
		r.asked--
		r.do(woken{r.wakeErr})
	}
	if !r.slowDisk {
		r.flush()
	}
}

// flush lets the disk finish all writes.
func (r *rig) flush() {
	for len(r.saves) > 0 {
		r.writeOne()
	}
}

func (r *rig) writeOne() {
	item := r.saves[0]
	r.saves = r.saves[1:]
	if r.diskFull {
		r.do(stored{save: item, err: errDisk})
		return
	}
	r.stays[item.stay.Participant] = item.stay
	r.do(stored{save: item})
}

func (r *rig) keep(e effect) {
	switch e := e.(type) {
	case send:
		for _, id := range e.pages {
			r.inbox[id] = append(r.inbox[id], e.message)
		}
	case place:
		r.places[e.page] = e.participant
		r.inbox[e.page] = append(r.inbox[e.page], wire.Place{Participant: e.participant, Role: e.role, Admitted: e.admitted})
	case ready:
		r.inbox[e.page] = append(r.inbox[e.page], wire.Ready{Connection: e.connection})
	case hangUp:
		r.closed[e.page] = true
	case save:
		r.saves = append(r.saves, e)
	case join:
		r.joins = append(r.joins, e.join)
	case part:
		r.parts = append(r.parts, e.connection)
	case wake:
		r.wakes++
		r.asked++
	case people:
		r.told = e
	}
}

// wait lets time pass, with the ticks that the core asks for.
func (r *rig) wait(d time.Duration) {
	r.t.Helper()
	until := r.now.Add(d)
	for n := 0; ; n++ {
		if n > 10_000 {
			r.t.Fatal("the room ticks without end")
		}
		at := r.s.next()
		if at.IsZero() || at.After(until) {
			break
		}
		r.now = later(r.now, at)
		r.do(ticked{})
	}
	r.now = until
}

func (r *rig) look(id pageID, role wire.Role) {
	r.t.Helper()
	r.do(looked{id, arrival{role: role, generation: 1}})
}

// lookAgain comes with the token of a place, as it is on disk.
func (r *rig) lookAgain(id pageID, p wire.ParticipantID) {
	r.t.Helper()
	stay, known := r.stays[p]
	if !known {
		r.t.Fatalf("participant %d is not on disk", p)
	}
	r.do(looked{id, arrival{role: stay.Role, generation: 1, stay: &stay}})
}

func (r *rig) enter(id pageID) { r.t.Helper(); r.do(entered{id, wire.Enter{Name: name(id)}}) }

func (r *rig) enterWith(id pageID, c wire.ConnectionID) {
	r.t.Helper()
	r.do(entered{id, wire.Enter{Name: name(id), Connection: c}})
}

func name(id pageID) string { return "Page " + string(rune('A'+id)) }

// come is look and enter; it returns the participant.
func (r *rig) come(id pageID, role wire.Role) wire.ParticipantID {
	r.t.Helper()
	r.look(id, role)
	r.enter(id)
	return r.who(id)
}

func (r *rig) who(id pageID) wire.ParticipantID {
	r.t.Helper()
	if r.places[id] == 0 {
		r.t.Fatalf("page %d has no place: %v", id, r.inbox[id])
	}
	return r.places[id]
}

func (r *rig) up(live ...wire.Live) {
	r.do(viewed{fleet.View{State: wire.MachineReady, Epoch: max(r.s.epoch, 1), Media: noMedia{}, Live: live}})
}

// linkDown: the machine serves on, only the gateway does not reach it.
func (r *rig) linkDown() {
	r.do(viewed{fleet.View{State: wire.MachineReady, Epoch: r.s.epoch}})
}

// offerNow offers on the last Ready of the page, without an answer yet.
func (r *rig) offerNow(id pageID) wire.ConnectionID {
	r.t.Helper()
	m, ok := last[wire.Ready](r, id)
	if !ok {
		r.t.Fatalf("page %d was not told ready: %v", id, r.inbox[id])
	}
	r.do(offered{id, wire.Offer{Connection: m.Connection, SDP: "v=0"}})
	return m.Connection
}

// call brings the page into the call.
func (r *rig) call(id pageID) wire.ConnectionID {
	r.t.Helper()
	c := r.offerNow(id)
	r.do(joined{participant: r.who(id), connection: c, answer: wire.Joined{Connection: c, SDP: "v=0"}})
	if _, ok := last[wire.Answer](r, id); !ok {
		r.t.Fatalf("page %d got no answer: %v", id, r.inbox[id])
	}
	return c
}

// last is the last message of a type to a page.
func last[M wire.Message](r *rig, id pageID) (M, bool) {
	for i := len(r.inbox[id]) - 1; i >= 0; i-- {
		if m, ok := r.inbox[id][i].(M); ok {
			return m, true
		}
	}
	var none M
	return none, false
}

// got reports whether the page was told such a message since the last forget.
func got[M wire.Message](r *rig, id pageID) bool {
	_, ok := last[M](r, id)
	return ok
}

func count[M wire.Message](r *rig, id pageID) int {
	n := 0
	for _, m := range r.inbox[id] {
		if _, ok := m.(M); ok {
			n++
		}
	}
	return n
}

// forgetInbox makes the next question about what is told from now on.
func (r *rig) forgetInbox() { clear(r.inbox) }

func (r *rig) kinds(id pageID) []string {
	kinds := []string{}
	for _, m := range r.inbox[id] {
		kinds = append(kinds, m.Kind())
	}
	return kinds
}

func (r *rig) wantCounts(waiting, present int) {
	r.t.Helper()
	if r.s.waiting != waiting || r.s.present != present {
		r.t.Errorf("waiting %d, present %d, want %d, %d", r.s.waiting, r.s.present, waiting, present)
	}
}

func (r *rig) wantTold(waiting, present int) {
	r.t.Helper()
	if want := (people{waiting, present}); r.told != want {
		r.t.Errorf("the fleet was told %+v, want %+v", r.told, want)
	}
}

func (r *rig) wantRefusal(id pageID, code wire.RefusalCode) {
	r.t.Helper()
	if m, ok := last[wire.Refusal](r, id); !ok || m.Code != code {
		r.t.Errorf("page %d: got %v, want a refusal %s", id, r.inbox[id], code)
	}
}

func (r *rig) wantFault(id pageID, code wire.Code) {
	r.t.Helper()
	if m, ok := last[wire.Fault](r, id); !ok || m.Code != code {
		r.t.Errorf("page %d: got %v, want a fault %s", id, r.inbox[id], code)
	}
}
