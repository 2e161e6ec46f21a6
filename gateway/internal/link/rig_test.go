package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testMachine = wire.MachineID("local-1")
	testBoot    = "boot-0123456789abcdef"
	testRoom    = wire.RoomID("gemeinderat")
	testConn    = wire.ConnectionID("AAAAAAAAAAAAAAAAAAAAAA")
)

// gate is a Gate that expects one machine and writes down what it hears.
type gate struct {
	admit  func(wire.Hello) (wire.Welcome, error)
	record func(wire.Usage) error
	key    ed25519.PublicKey

	attached chan *Session
	detached chan *Session
	heard    chan wire.Message
}

func welcome(wire.Hello) (wire.Welcome, error) {
	return wire.Welcome{Epoch: 7, TURNSecret: make([]byte, 32), SilenceMS: 600_000}, nil
}

func newGate(key ed25519.PublicKey) *gate {
	return &gate{
		key: key, admit: welcome, record: func(wire.Usage) error { return nil },
		attached: make(chan *Session, 16), detached: make(chan *Session, 16),
		heard: make(chan wire.Message, 1<<14),
	}
}

func (g *gate) Key(id wire.MachineID) (ed25519.PublicKey, bool) { return g.key, id == testMachine }

func (g *gate) Admit(_ context.Context, h wire.Hello) (wire.Welcome, error) { return g.admit(h) }
func (g *gate) Attach(s *Session)                                           { g.attached <- s }
func (g *gate) Observe(_ *Session, m wire.Message)                          { g.heard <- m }
func (g *gate) Record(_ context.Context, _ *Session, u wire.Usage) error    { return g.record(u) }
func (g *gate) Detach(s *Session)                                           { g.detached <- s }

// rig is a server on a real socket, which ends with the test.
type rig struct {
	t      *testing.T
	gate   *gate
	server *Server
	url    string
	key    ed25519.PrivateKey
	stop   func()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := newGate(public)
	server := New(Options{Gate: g, GatewayID: "gateway-1", Log: slog.New(slog.DiscardHandler)})
	server.times.farewell = 20 * time.Millisecond
	front := httptest.NewServer(server)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = server.Run(ctx) })
	r := &rig{t: t, gate: g, server: server, url: front.URL, key: private}
	r.stop = sync.OnceFunc(func() { cancel(); running.Wait(); front.Close() })
	t.Cleanup(r.stop)
	return r
}

// worker is a hand-driven worker.
type worker struct {
	t    *testing.T
	conn *websocket.Conn
}

func (r *rig) dial() *worker {
	r.t.Helper()
	conn, _, err := websocket.Dial(r.t.Context(), r.url, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	conn.SetReadLimit(wire.MaxLinkMessage)
	r.t.Cleanup(func() { conn.CloseNow() })
	return &worker{r.t, conn}
}

func (w *worker) say(m wire.Message) { w.write(wire.Encode(m)) }

func (w *worker) write(data []byte) {
	w.t.Helper()
	if err := w.conn.Write(w.t.Context(), websocket.MessageText, data); err != nil {
		w.t.Fatalf("write: %v", err)
	}
}

// hear is the next message but a beat.
func (w *worker) hear() wire.Message {
	w.t.Helper()
	for {
		m, err := w.next()
		if err != nil {
			w.t.Fatalf("read: %v", err)
		}
		if _, beat := m.(wire.Beat); !beat {
			return m
		}
	}
}

func (w *worker) next() (wire.Message, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	_, data, err := w.conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	return wire.GatewayToWorker.Decode(data)
}

func hello() wire.Hello {
	return wire.Hello{Version: wire.Version, Machine: testMachine, Boot: testBoot}
}

// prove says hello and signs the challenge with the key.
func (w *worker) prove(h wire.Hello, key ed25519.PrivateKey) {
	w.t.Helper()
	w.say(h)
	challenge := w.hear().(wire.Challenge)
	text := wire.ChallengeText(challenge.Nonce, challenge.Gateway, h)
	w.say(wire.Proof{Signature: ed25519.Sign(key, text)})
}

// attached is a worker that was welcomed and has said Have, with its session.
func (r *rig) attached() (*worker, *Session) {
	r.t.Helper()
	w := r.dial()
	w.prove(hello(), r.key)
	if m := w.hear(); m.Kind() != "welcome" {
		r.t.Fatalf("got %#v", m)
	}
	w.say(wire.Have{Cores: 2, Capacity: 50})
	s := within(r.t, r.gate.attached)
	if m := within(r.t, r.gate.heard); m.Kind() != "have" {
		r.t.Fatalf("observed %#v", m)
	}
	return w, s
}

// within waits for what must come, with a generous limit.
func within[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// rejected expects a Reject with the code and the end of the connection after it.
func (w *worker) rejected(code wire.Code) {
	w.t.Helper()
	m := w.hear()
	if r, ok := m.(wire.Reject); !ok || r.Code != code {
		w.t.Fatalf("got %#v, want a reject with %s", m, code)
	}
	if _, err := w.next(); err == nil {
		w.t.Fatal("the connection goes on after a reject")
	}
}

func fault(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var f *wire.Error
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}
