package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// The bounds of what a worker, or who claims to be one, may do.
const (
	handshakeTime = 5 * time.Second
	beatEvery     = 5 * time.Second
	silenceEnds   = 15 * time.Second
	// farewell is how long a worker that was told why has to close the connection by itself.
	farewell = time.Second
	// maxHandshakes is how many may be under way at a time.
	maxHandshakes = 128
	// maxGreeting is the size in bytes of what a worker may send before it is known.
	maxGreeting = 4 << 10
	// Messages per second and at once. A worker whose whole house leaves says Parted for each.
	maxPace  = rate.Limit(500)
	maxBurst = 5000
)

// Options are what a Server needs.
type Options struct {
	Gate      Gate
	GatewayID string // part of what workers sign
	Log       *slog.Logger
}

// Server is the endpoint of workers, an http.Handler. It serves as soon as it is made; Run
// ends all sessions with its context and waits for them.
type Server struct {
	// immutable
	options Options
	times   times
	dummy   ed25519.PublicKey
	slots   chan struct{}

	crowded, rejected atomic.Uint64

	mu     sync.Mutex
	closed bool           // guarded by mu
	group  sync.WaitGroup // of ServeHTTP; added to under mu
	quit   chan struct{}
}

// times are fields so that tests need not wait.
type times struct{ handshake, beat, silence, farewell time.Duration }

// Stats says what a server does and what it refused since it was made.
type Stats struct {
	Crowded  uint64 // connections refused because too many shook hands
	Rejected uint64 // handshakes that ended with a Reject
}

// New makes a server.
func New(o Options) *Server {
	dummy, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(fmt.Sprintf("link: no randomness: %v", err))
	}
	return &Server{
		options: o,
		times:   times{handshakeTime, beatEvery, silenceEnds, farewell},
		dummy:   dummy,
		slots:   make(chan struct{}, maxHandshakes),
		quit:    make(chan struct{}),
	}
}

// Run blocks until the context ends; then no worker is let in any more, all sessions are
// closed, and it returns when the last one is detached. The workers live on.
func (s *Server) Run(ctx context.Context) error {
	<-ctx.Done()
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.quit)
	}
	s.mu.Unlock()
	s.group.Wait()
	return nil
}

// Stats is safe for concurrent use.
func (s *Server) Stats() Stats {
	return Stats{Crowded: s.crowded.Load(), Rejected: s.rejected.Load()}
}

func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.group.Add(1)
	return true
}

// ServeHTTP works one worker's connection until it ends.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		http.Error(w, "the gateway is closing", http.StatusServiceUnavailable)
		return
	}
	defer s.group.Done()
	select {
	case s.slots <- struct{}{}:
	default:
		s.crowded.Add(1)
		http.Error(w, "too many workers at once", http.StatusServiceUnavailable)
		return
	}
	conn, session, refusal := s.greet(w, r)
	<-s.slots // a goodbye takes seconds with who does not listen: it must not hold others up
	if conn == nil {
		return
	}
	defer conn.CloseNow()
	if refusal != nil {
		s.turnAway(r.Context(), conn, *refusal)
		return
	}
	s.work(r.Context(), session)
}

// refusal says who is not let in, as far as it is known, and why.
type refusal struct {
	machine wire.MachineID
	err     error
}

// greet upgrades and shakes hands. Without a connection the answer was plain HTTP.
func (s *Server) greet(w http.ResponseWriter, r *http.Request) (*websocket.Conn, *Session, *refusal) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return nil, nil, nil // Accept has answered
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.times.handshake)
	defer cancel()
	session, machine, err := s.handshake(ctx, conn)
	if err != nil {
		return conn, nil, &refusal{machine, err}
	}
	return conn, session, nil
}

// turnAway tells a worker why it is not let in. What is no fault of its own is "unavailable".
func (s *Server) turnAway(ctx context.Context, conn *websocket.Conn, f refusal) {
	ctx, cancel := context.WithTimeout(ctx, s.times.handshake)
	defer cancel()
	s.rejected.Add(1)
	s.options.Log.Warn("worker rejected", "machine", f.machine, "reason", reason(f.err))
	fault := &wire.Error{Code: wire.CodeUnavailable}
	_ = errors.As(f.err, &fault)
	if write(ctx, conn, wire.Reject{Code: fault.Code, Detail: fault.Detail}) == nil {
		defer time.AfterFunc(s.times.farewell, func() { conn.CloseNow() }).Stop()
		_ = conn.Close(websocket.StatusPolicyViolation, string(fault.Code))
	}
}

// work runs a session between Attach and Detach.
func (s *Server) work(parent context.Context, session *Session) {
	ctx, cancel := context.WithCancelCause(parent)
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-s.quit:
			cancel(errClosing)
		case <-stop:
		}
	})
	s.options.Gate.Attach(session)
	s.options.Log.Info("worker attached", "machine", session.Machine(), "epoch", session.Epoch())
	err := session.run(ctx)
	s.options.Gate.Detach(session)
	s.options.Log.Info("worker detached", "machine", session.Machine(), "epoch", session.Epoch(),
		"reason", reason(err))
	close(stop)
	watch.Wait()
	cancel(nil)
}
