package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
)

// The bounds of a session's queues.
const (
	maxOutgoing = 4096 // messages that the worker has not read
	maxRecords  = 64   // reports of usage not yet on disk; the worker repeats what is dropped
)

// Why a session ends.
var (
	errClosing  = errors.New("the gateway closes")
	errBehind   = errors.New("the worker does not read")
	errRejected = errors.New("rejected")
)

// ErrEnded is what Join returns when the session ends before its answer.
var ErrEnded = &wire.Error{Code: wire.CodeUnavailable, Re: "join", Detail: "the worker's link ended"}

// Session is one admitted worker's connection. Its methods are safe for concurrent use, also
// after its end, and apart from Join none blocks.
type Session struct {
	// immutable
	gate  Gate
	log   *slog.Logger
	times times
	conn  *websocket.Conn
	hello wire.Hello
	epoch wire.Epoch
	key   ed25519.PublicKey
	joins *joins
	out   chan wire.Message
	usage chan wire.Usage
	done  chan struct{} // closed at the end

	over sync.Once
	full chan struct{} // closed when out was full

	refused atomic.Pointer[wire.Error] // a Reject is queued: the worker is not heard any more
}

func newSession(s *Server, conn *websocket.Conn, h wire.Hello, w wire.Welcome, key ed25519.PublicKey) *Session {
	session := &Session{
		gate: s.options.Gate, log: s.options.Log, times: s.times,
		conn: conn, hello: h, epoch: w.Epoch, key: key, joins: newJoins(),
		out: make(chan wire.Message, maxOutgoing), usage: make(chan wire.Usage, maxRecords),
		done: make(chan struct{}), full: make(chan struct{}),
	}
	session.out <- w
	return session
}

// Machine is whose worker this is.
func (s *Session) Machine() wire.MachineID { return s.hello.Machine }

// Boot is the worker's process: another one has another.
func (s *Session) Boot() string { return s.hello.Boot }

// Epoch is the power-on that the worker was welcomed for.
func (s *Session) Epoch() wire.Epoch { return s.epoch }

// Join asks the worker for an answer to an offer. Errors are *wire.Error (ErrEnded when the
// session ends) or the context's; whoever gives up that way should Part, for the worker may
// have made the connection.
func (s *Session) Join(ctx context.Context, j wire.Join) (wire.Joined, error) {
	answer, err := s.joins.ask(j.Connection, func() { s.Send(j) })
	if err != nil {
		return wire.Joined{}, err
	}
	select {
	case a := <-answer:
		return a.result()
	case <-ctx.Done():
		return wire.Joined{}, fmt.Errorf("join: %w", ctx.Err())
	case <-s.done:
		return wire.Joined{}, ErrEnded
	}
}

// Part ends a connection. It comes after all joins of that connection asked for before.
func (s *Session) Part(id wire.ConnectionID) { s.Send(wire.Part{Connection: id}) }

// Send queues a message. A worker that does not read loses its session; on its next connect
// both sides tell each other everything anew.
func (s *Session) Send(m wire.Message) {
	select {
	case s.out <- m:
	default:
		s.over.Do(func() { close(s.full) })
	}
}

// Close ends the session and tells the worker why. After stale_epoch, epoch_taken and
// not_expected the worker ends itself, after any other code it comes again.
func (s *Session) Close(code wire.Code) { s.refuse(&wire.Error{Code: code}) }

func (s *Session) refuse(fault *wire.Error) {
	if s.refused.CompareAndSwap(nil, fault) {
		s.Send(wire.Reject{Code: fault.Code, Detail: fault.Detail})
	}
}

// run works until the connection ends.
func (s *Session) run(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	var others sync.WaitGroup
	others.Go(func() { cancel(s.write(ctx)) })
	others.Go(func() { s.book(ctx) })
	err := s.read(ctx)
	if cause := context.Cause(ctx); cause != nil {
		err = cause // somebody else ended it, and reading only noticed
	}
	if fault := s.refused.Load(); fault != nil {
		err = fault
	}
	cancel(err)
	close(s.done)
	others.Wait()
	return err
}
