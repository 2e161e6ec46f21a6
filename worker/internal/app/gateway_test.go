package app

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"weckruf/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var testSeed = make([]byte, ed25519.SeedSize)

// gateway is the other end of the control link.
type gateway struct {
	t      *testing.T
	server *httptest.Server
	got    chan wire.Message
	stands chan struct{} // one for each welcome

	mu      sync.Mutex
	conn    *websocket.Conn
	welcome wire.Welcome
	acks    bool
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{t: t, got: make(chan wire.Message, 1024), stands: make(chan struct{}, 64), acks: true, welcome: wire.Welcome{
		Epoch: 1, TURNSecret: []byte("0123456789abcdef0123456789abcdef"), SilenceMS: 600_000,
	}}
	g.server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.server.Close)
	t.Cleanup(g.hangUp)
	return g
}

func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(wire.MaxLinkMessage)
	if !g.greet(r.Context(), conn) {
		return
	}
	for {
		m, err := hear(r.Context(), conn)
		if err != nil {
			return
		}
		if u, ok := m.(wire.Usage); ok && g.acks {
			g.say(wire.UsageAck{Seq: u.Seq})
		}
		select {
		case g.got <- m:
		default:
		}
	}
}

func (g *gateway) greet(ctx context.Context, conn *websocket.Conn) bool {
	m, err := hear(ctx, conn)
	hello, ok := m.(wire.Hello)
	if err != nil || !ok {
		return false
	}
	challenge := wire.Challenge{Nonce: make([]byte, 32), Gateway: "test"}
	if conn.Write(ctx, websocket.MessageText, wire.Encode(challenge)) != nil {
		return false
	}
	m, err = hear(ctx, conn)
	proof, ok := m.(wire.Proof)
	if err != nil || !ok || !ed25519.Verify(publicKey(), wire.ChallengeText(challenge.Nonce, challenge.Gateway, hello), proof.Signature) {
		g.t.Error("the worker did not prove who it is")
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.conn = conn
	g.stands <- struct{}{}
	return conn.Write(ctx, websocket.MessageText, wire.Encode(g.welcome)) == nil
}

func publicKey() ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(testSeed).Public().(ed25519.PublicKey)
}

func hear(ctx context.Context, conn *websocket.Conn) (wire.Message, error) {
	_, data, err := conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	return wire.WorkerToGateway.Decode(data)
}

func (g *gateway) say(m wire.Message) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conn != nil {
		_ = g.conn.Write(context.Background(), websocket.MessageText, wire.Encode(m))
	}
}

func (g *gateway) hangUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conn != nil {
		_ = g.conn.CloseNow()
		g.conn = nil
	}
}

// await returns the next message of a kind.
func await[M wire.Message](g *gateway) M {
	g.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case m := <-g.got:
			if m, ok := m.(M); ok {
				return m
			}
		case <-limit:
			var none M
			g.t.Fatalf("no %s came", none.Kind())
		}
	}
}

// worker is a running App.
type worker struct {
	*App
	stop  context.CancelFunc
	ended chan error
}

func (g *gateway) worker(log *slog.Logger) *worker {
	g.t.Helper()
	settings := Settings{
		Gateway: g.server.URL, Machine: "m1", Key: ed25519.NewKeyFromSeed(testSeed),
		Media: "127.0.0.1:0", TURN: "127.0.0.1:0", Silence: time.Minute,
		Advertise: []netip.Addr{netip.MustParseAddr("127.0.0.1")},
	}
	a, err := New(g.t.Context(), settings, log)
	if err != nil {
		g.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	w := &worker{App: a, stop: stop, ended: make(chan error, 1)}
	done := make(chan struct{})
	go func() { defer close(done); w.ended <- a.Run(ctx) }()
	g.t.Cleanup(func() { stop(); <-done })
	<-g.stands
	return w
}

func seedText() string { return hex.EncodeToString(testSeed) }
