package room

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a store that forgets nothing between two houses.
type memory struct {
	mu    sync.Mutex
	rooms map[wire.RoomID]Record
	stays map[wire.RoomID]map[wire.ParticipantID]Stay
	fail  error
	slow  time.Duration // of each write
	late  time.Duration // of each failure to read a room
}

func newMemory(records ...Record) *memory {
	m := &memory{rooms: map[wire.RoomID]Record{}, stays: map[wire.RoomID]map[wire.ParticipantID]Stay{}}
	for _, r := range records {
		m.rooms[r.ID] = r
	}
	return m
}

func (m *memory) Room(_ context.Context, id wire.RoomID) (Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if fail, late := m.fail, m.late; fail != nil {
		m.mu.Unlock()
		time.Sleep(late)
		m.mu.Lock()
		return Record{}, fail
	}
	r, known := m.rooms[id]
	if !known {
		return Record{}, ErrNotFound
	}
	return r, nil
}

func (m *memory) PutStay(_ context.Context, s Stay) error {
	time.Sleep(m.slow)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if m.stays[s.Room] == nil {
		m.stays[s.Room] = map[wire.ParticipantID]Stay{}
	}
	m.stays[s.Room][s.Participant] = s
	return nil
}

func (m *memory) Stay(_ context.Context, room wire.RoomID, p wire.ParticipantID) (Stay, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, known := m.stays[room][p]
	if !known {
		return Stay{}, ErrNotFound
	}
	return s, nil
}

func (m *memory) Stays(_ context.Context, room wire.RoomID, since time.Time) ([]Stay, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Stay
	for _, id := range sorted(m.stays[room]) {
		if s := m.stays[room][id]; !s.At.Before(since) {
			out = append(out, s)
		}
	}
	return out, m.fail
}

func (m *memory) failWith(err error, late time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail, m.late = err, late
}

func (m *memory) set(r Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rooms[r.ID] = r
}

// machines is a fleet that only takes notes.
type machines struct {
	mu     sync.Mutex
	wakes  int
	told   people
	refuse error
}

func (m *machines) Wake(context.Context, wire.RoomID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wakes++
	return m.refuse
}

func (m *machines) People(_ wire.RoomID, waiting, present int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told = people{waiting, present}
}

func (m *machines) notes() (int, people) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.wakes, m.told
}

// worker answers offers.
type worker struct {
	join func(ctx context.Context, j wire.Join) (wire.Joined, error)

	mu    sync.Mutex
	parts []wire.ConnectionID
}

func (w *worker) Join(ctx context.Context, j wire.Join) (wire.Joined, error) {
	if w.join != nil {
		return w.join(ctx, j)
	}
	return wire.Joined{Connection: j.Connection, SDP: "answer to " + j.SDP}, nil
}

func (w *worker) Part(c wire.ConnectionID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parts = append(w.parts, c)
}

func (w *worker) parted() []wire.ConnectionID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.parts)
}

// tab is a page in a browser.
type tab struct {
	t      *testing.T
	source string
	in     chan any // wire.Message, error
	served chan error

	mu  sync.Mutex
	got []wire.Message
	raw []wire.Message // as it was handed over
}

func (p *tab) Receive(ctx context.Context) (wire.Message, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case m, open := <-p.in:
		if !open {
			return nil, io.EOF
		}
		if err, bad := m.(error); bad {
			return nil, err
		}
		return m.(wire.Message), nil
	}
}

func (p *tab) Send(m wire.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raw = append(p.raw, m)
	if shared, ok := m.(*wire.Shared); ok {
		m = shared.Message
	}
	p.got = append(p.got, m)
}

func (p *tab) Source() string { return p.source }

// say sends one message and waits until everything has come to rest.
func (p *tab) say(m wire.Message) {
	p.in <- m
	synctest.Wait()
}

func (p *tab) kinds() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var kinds []string
	for _, m := range p.got {
		kinds = append(kinds, m.Kind())
	}
	return kinds
}

// heard is the last message of a type.
func heard[M wire.Message](p *tab) (M, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range slices.Backward(p.got) {
		if m, ok := m.(M); ok {
			return m, true
		}
	}
	var none M
	return none, false
}

func must[M wire.Message](p *tab) M {
	p.t.Helper()
	m, ok := heard[M](p)
	if !ok {
		p.t.Fatalf("no %s among %v", m.Kind(), p.kinds())
	}
	return m
}

// house is a House with everything around it.
type house struct {
	*House
	t        *testing.T
	store    *memory
	machines *machines
	worker   *worker
	logged   *bytes.Buffer
	stop     func() // and wait for the end
}

var keys = cred.FromRoot([]byte("0123456789abcdef0123456789abcdef"))

// build makes a house on a store; it must run inside a synctest bubble.
func build(t *testing.T, store *memory, limits Limits) *house {
	h := &house{t: t, store: store, machines: &machines{}, worker: &worker{}, logged: &bytes.Buffer{}}
	h.House = New(Options{
		Store: store, Machines: h.machines, Keys: keys, Organisation: "Stadt", Limits: limits,
		Log: slog.New(slog.NewTextHandler(h.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- h.Run(ctx) }()
	h.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	return h
}

func (h *house) open() *tab { return h.openFrom("") }

func (h *house) openFrom(source string) *tab {
	p := &tab{t: h.t, source: source, in: make(chan any, 200), served: make(chan error, 1)}
	go func() { p.served <- h.Serve(context.Background(), p) }()
	return p
}

func secret(role wire.Role) string { return keys.LinkSecret("rat", role, 1) }

func (h *house) at(role wire.Role) *tab {
	p := h.open()
	p.say(wire.Look{Version: 1, Room: "rat", Secret: secret(role)})
	return p
}

func (h *house) in(role wire.Role) *tab {
	p := h.at(role)
	p.say(wire.Enter{Name: "Erika Musterfrau"})
	return p
}

// back comes with the token of another tab.
func (h *house) back(p *tab) *tab {
	again := h.open()
	again.say(wire.Look{Version: 1, Room: "rat", Resume: must[wire.Place](p).Resume})
	return again
}

func (h *house) up(live ...wire.Live) {
	h.MachineChanged("rat", fleet.View{
		State: wire.MachineReady, Epoch: 1, Media: h.worker, Live: live,
		TURN: []string{"turn:192.0.2.1:3478"}, TURNSecret: []byte("turn secret"),
	})
	synctest.Wait()
}

func (h *house) call(p *tab) wire.ConnectionID {
	c := must[wire.Ready](p).Connection
	p.say(wire.Offer{Connection: c, SDP: "offer"})
	return c
}

func (p *tab) close() {
	close(p.in)
	synctest.Wait()
}

// running is how many rooms have a goroutine.
func (h *house) running() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.rooms)
}

func (h *house) wantTold(waiting, present int) {
	h.t.Helper()
	if _, told := h.machines.notes(); told != (people{waiting, present}) {
		h.t.Errorf("the fleet was told %+v, want %d waiting, %d present", told, waiting, present)
	}
}

var errStore = errors.New("the disk is full")
