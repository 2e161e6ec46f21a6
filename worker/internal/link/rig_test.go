package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

// testgateDir is where the other side is built.
var testgateDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "weckruf-link")
	if err != nil {
		panic(err)
	}
	testgateDir = dir
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

const (
	testMachine = wire.MachineID("local-1")
	testBoot    = "boot-0123456789abcdef"
	testRoom    = wire.RoomID("gemeinderat")
	testConn    = wire.ConnectionID("AAAAAAAAAAAAAAAAAAAAAA")
)

// station is a Station that writes down what it is told.
type station struct {
	join  func(context.Context, wire.Join) (wire.Joined, error)
	drain func(bool) bool

	mu   sync.Mutex
	live []wire.Live // guarded by mu
	told chan any    // wire.Welcome, wire.Part, and bool for Drain
}

func newStation() *station {
	return &station{
		told: make(chan any, 1<<12),
		join: func(_ context.Context, j wire.Join) (wire.Joined, error) {
			return wire.Joined{Connection: j.Connection, SDP: "answer to " + j.SDP}, nil
		},
		drain: func(wanted bool) bool { return wanted },
	}
}

func (s *station) Have() wire.Have {
	s.mu.Lock()
	defer s.mu.Unlock()
	return wire.Have{Cores: 2, Capacity: 50, Live: append([]wire.Live{}, s.live...)}
}

func (s *station) Welcome(w wire.Welcome) { s.told <- w }

func (s *station) Join(ctx context.Context, j wire.Join) (wire.Joined, error) { return s.join(ctx, j) }

func (s *station) Part(id wire.ConnectionID) { s.told <- wire.Part{Connection: id} }

func (s *station) Drain(wanted bool) bool { s.told <- wanted; return s.drain(wanted) }

// gateway is a hand-driven gateway on a real socket: each connection comes out of conns.
type gateway struct {
	t     *testing.T
	front *httptest.Server
	conns chan *peer
	shut  chan struct{}
	open  sync.WaitGroup
}

// peer is the gateway's end of one connection.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
	gone chan struct{}
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{t: t, conns: make(chan *peer, 64), shut: make(chan struct{})}
	g.front = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(func() { g.front.Close(); close(g.shut); g.open.Wait() })
	return g
}

func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	g.open.Add(1)
	defer g.open.Done()
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	conn.SetReadLimit(wire.MaxLinkMessage)
	p := &peer{g.t, conn, make(chan struct{})}
	g.conns <- p
	select {
	case <-p.gone:
	case <-g.shut:
	}
	conn.CloseNow()
}

func (p *peer) close() { close(p.gone) }

func (p *peer) say(m wire.Message) { p.write(wire.Encode(m)) }

func (p *peer) write(data []byte) {
	p.t.Helper()
	if err := p.conn.Write(p.t.Context(), websocket.MessageText, data); err != nil {
		p.t.Fatalf("write: %v", err)
	}
}

func (p *peer) next() (wire.Message, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	defer cancel()
	_, data, err := p.conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	return wire.WorkerToGateway.Decode(data)
}

// hear is the next message but a beat.
func (p *peer) hear() wire.Message {
	p.t.Helper()
	for {
		m, err := p.next()
		if err != nil {
			p.t.Fatalf("read: %v", err)
		}
		if _, beat := m.(wire.Beat); !beat {
			return m
		}
	}
}

func (p *peer) expect(kind string) wire.Message {
	p.t.Helper()
	m := p.hear()
	if m.Kind() != kind {
		p.t.Fatalf("got %#v, want %s", m, kind)
	}
	return m
}

// rig is a running link with a gateway to dial.
type rig struct {
	t       *testing.T
	gateway *gateway
	station *station
	link    *Link
	public  ed25519.PublicKey
	ended   chan error
	stop    func()
}

// newRig makes a link; start runs it.
func newRig(t *testing.T) *rig {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, gateway: newGateway(t), station: newStation(), public: public, ended: make(chan error, 1)}
	r.link, err = New(Options{
		Gateway: r.gateway.front.URL, Machine: testMachine, Boot: testBoot, Key: private,
		Station: r.station, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.link.times.redial, r.link.times.redialMax = time.Millisecond, 10*time.Millisecond
	return r
}

func (r *rig) start() *rig {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.ended <- r.link.Run(ctx) })
	r.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	r.t.Cleanup(r.stop)
	return r
}

// hello accepts the next connection and challenges it; the proof is checked.
func (r *rig) hello() (*peer, wire.Hello) {
	r.t.Helper()
	p := within(r.t, r.gateway.conns)
	h := p.expect("hello").(wire.Hello)
	nonce := make([]byte, 32)
	p.say(wire.Challenge{Nonce: nonce, Gateway: "gateway-1"})
	proof := p.expect("proof").(wire.Proof)
	if !ed25519.Verify(r.public, wire.ChallengeText(nonce, "gateway-1", h), proof.Signature) {
		r.t.Fatal("the proof is wrong")
	}
	return p, h
}

func welcome(epoch wire.Epoch) wire.Welcome {
	return wire.Welcome{Epoch: epoch, TURNSecret: make([]byte, 32), SilenceMS: 600_000}
}

// welcomed is a connection on which Have was heard.
func (r *rig) welcomed(epoch wire.Epoch) *peer {
	r.t.Helper()
	p, _ := r.hello()
	p.say(welcome(epoch))
	p.expect("have")
	if w, ok := within(r.t, r.station.told).(wire.Welcome); !ok || w.Epoch != epoch {
		r.t.Fatalf("the station was told %#v", w)
	}
	return p
}

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

func rejected(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var r *Rejected
	if !errors.As(err, &r) || r.Code != code {
		t.Fatalf("got %v, want a rejection with %s", err, code)
	}
}
