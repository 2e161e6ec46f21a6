package fleet

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/keeper/keepertest"
	"weckruf/internal/wire"
)

const boot = 3 * time.Second

// rig is a fleet with a provider and a store in memory, on synctest's clock.
type rig struct {
	t       *testing.T
	cloud   *keepertest.Cloud
	store   *keepertest.Store
	options Options
	f       *Fleet
	stop    context.CancelFunc
	ended   chan error

	mu     sync.Mutex
	views  map[wire.RoomID][]View
	parted []wire.Parted
}

// run has a fleet on synctest's clock. All that it started must have ended with it.
func run(t *testing.T, machines int, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, machines)
		r.start()
		test(t, r)
		r.end()
	})
}

func newRig(t *testing.T, machines int) *rig {
	r := &rig{t: t, store: &keepertest.Store{}, cloud: &keepertest.Cloud{Boot: boot, Halt: 2 * time.Second}}
	r.options = Options{
		Gateway: "g", Exclusive: true, Store: r.store, Cloud: r.cloud, Log: slog.New(slog.DiscardHandler),
		TURNSecret: func(m wire.MachineID, e wire.Epoch) []byte { return bytes.Repeat([]byte{byte(e)}, 32) },
		Guess:      10 * time.Second,
	}
	for _, id := range []wire.MachineID{"m1", "m2"}[:machines] {
		r.cloud.IDs = append(r.cloud.IDs, id)
		r.options.Machines = append(r.options.Machines, Spec{ID: id, Key: make(ed25519.PublicKey, ed25519.PublicKeySize), Policy: keeper.LocalPolicy()})
	}
	return r
}

func (r *rig) start() {
	r.mu.Lock()
	r.views = map[wire.RoomID][]View{}
	r.mu.Unlock()
	r.f = New(r.options)
	r.f.Listen(r)
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.ended = cancel, make(chan error, 1)
	go func() { r.ended <- r.f.Run(ctx) }()
	synctest.Wait()
}

func (r *rig) end() {
	r.t.Helper()
	r.stop()
	if err := <-r.ended; !errors.Is(err, context.Canceled) {
		r.t.Errorf("Run returned %v", err)
	}
}

func (r *rig) MachineChanged(room wire.RoomID, v View) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.views[room] = append(r.views[room], v)
}

func (r *rig) Parted(_ wire.RoomID, p wire.Parted) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parted = append(r.parted, p)
}

// view is the room's newest view.
func (r *rig) view(room wire.RoomID) View {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if all := r.views[room]; len(all) > 0 {
		return all[len(all)-1]
	}
	return View{}
}

// story is the sequence of states that a room was told.
func (r *rig) story(room wire.RoomID) []wire.MachineState {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []wire.MachineState
	for _, v := range r.views[room] {
		all = append(all, v.State)
	}
	return slices.Compact(all)
}

// sees waits for a room to be told a state.
func (r *rig) sees(room wire.RoomID, want wire.MachineState, limit time.Duration) View {
	r.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		if v := r.view(room); v.State == want {
			return v
		}
		if time.Now().After(end) {
			r.t.Fatalf("after %s the room sees %q, want %q (%v)", limit, r.view(room).State, want, r.story(room))
		}
	}
}

// state waits for a machine to be in a state.
func (r *rig) state(i int, want keeper.State, limit time.Duration) {
	r.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		if r.f.Status()[i].State == want {
			return
		}
		if time.Now().After(end) {
			r.t.Fatalf("after %s the machine is %s, want %s", limit, r.f.Status()[i].State, want)
		}
	}
}

func (r *rig) enter(room wire.RoomID) {
	r.t.Helper()
	r.f.People(room, 1, 0)
	if err := r.f.Wake(r.t.Context(), room); err != nil {
		r.t.Error(err) // callers may be goroutines of a test
	}
}

// session is a worker's link. It drains at once when it is empty.
type session struct {
	r       *rig
	machine wire.MachineID
	boot    string
	epoch   wire.Epoch
	joining func(wire.Join) // before an offer is answered

	mu     sync.Mutex
	sent   []wire.Message
	live   []wire.Live
	closed wire.Code
}

func (s *session) Machine() wire.MachineID { return s.machine }
func (s *session) Boot() string            { return s.boot }

func (s *session) Join(_ context.Context, j wire.Join) (wire.Joined, error) {
	if s.joining != nil {
		s.joining(j)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live = append(s.live, wire.Live{Room: j.Room, Connection: j.Connection, Participant: j.Participant})
	return wire.Joined{Connection: j.Connection, SDP: "v=0"}, nil
}

func (s *session) Part(id wire.ConnectionID) {
	s.mu.Lock()
	s.live = slices.DeleteFunc(s.live, func(l wire.Live) bool { return l.Connection == id })
	s.mu.Unlock()
	s.r.f.Observe(s, wire.Parted{Connection: id})
}

func (s *session) Send(m wire.Message) {
	s.mu.Lock()
	s.sent = append(s.sent, m)
	drained := m == wire.Message(wire.Drain{}) && len(s.live) == 0
	s.mu.Unlock()
	if drained {
		s.r.f.Observe(s, wire.Drained{Epoch: s.epoch})
	}
}

func (s *session) Close(code wire.Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = code
}

func (s *session) code() wire.Code {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// dial lets a worker in and has it say what it has.
func (r *rig) dial(machine wire.MachineID, bootID string, epoch wire.Epoch, live ...wire.Live) *session {
	r.t.Helper()
	welcome, err := r.f.Admit(r.t.Context(), wire.Hello{Version: 1, Machine: machine, Boot: bootID, Epoch: epoch})
	if err != nil {
		r.t.Fatalf("admit: %v", err)
	}
	if err := welcome.Check(); err != nil {
		r.t.Fatal(err)
	}
	s := &session{r: r, machine: machine, boot: bootID, epoch: welcome.Epoch, live: live}
	r.f.Attach(s)
	r.f.Observe(s, wire.Have{TURN: []string{"turn:192.0.2.1:3478"}, Capacity: 100, Live: live})
	return s
}

// ready is a room whose machine serves, and the worker's session.
func (r *rig) ready(room wire.RoomID) *session {
	r.t.Helper()
	r.enter(room)
	r.sees(room, wire.MachineBooting, boot+time.Second)
	s := r.dial("m1", "boot-0000000000001", 0)
	r.f.Observe(s, wire.Tested{})
	r.sees(room, wire.MachineReady, time.Second)
	return s
}

// join brings somebody in.
func (r *rig) join(room wire.RoomID, id wire.ConnectionID) {
	r.t.Helper()
	v := r.view(room)
	if v.Media == nil {
		r.t.Fatalf("no way in: the room sees %s", v.State)
	}
	if _, err := v.Media.Join(r.t.Context(), wire.Join{Room: room, Connection: id, Participant: 7}); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}
