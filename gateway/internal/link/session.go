package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
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

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

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

func (s *Session) write(ctx context.Context) error {
	beat := time.NewTicker(s.times.beat)
	defer beat.Stop()
	for {
		var m wire.Message = wire.Beat{}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.full:
			return errBehind
		case m = <-s.out:
		case <-beat.C:
		}
		if err := s.say(ctx, m); err != nil {
			return err
		}
		if reject, ok := m.(wire.Reject); ok {
			return s.seeOff(ctx, reject.Code)
		}
	}
}

// seeOff waits for the worker to go. Closing at once could lose the Reject: TCP forgets what is
// under way when there is something that was not read.
func (s *Session) seeOff(ctx context.Context, code wire.Code) error {
	t := time.NewTimer(s.times.farewell)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
	return fmt.Errorf("%w: %s", errRejected, code)
}

func (s *Session) say(ctx context.Context, m wire.Message) error {
	ctx, cancel := context.WithTimeout(ctx, s.times.silence)
	defer cancel()
	if err := write(ctx, s.conn, m); err != nil {
		return fmt.Errorf("send %s: %w", m.Kind(), err)
	}
	return nil
}

// read passes messages on until the connection ends or the worker is silent for too long. A
// worker that breaks a rule is told and not heard any more.
func (s *Session) read(ctx context.Context) error {
	pace := rate.NewLimiter(maxPace, maxBurst)
	for first := true; ; first = false {
		m, err := s.next(ctx)
		var fault *wire.Error
		switch broken := errors.As(err, &fault); {
		case err != nil && !broken:
			return err
		case s.refused.Load() != nil:
		case !pace.Allow():
			s.refuse(&wire.Error{Code: wire.CodeTooFast})
		case broken && fault.Code == wire.CodeUnknownType && !first:
			// a newer worker may say what this gateway need not know
		case broken:
			s.refuse(fault)
		default:
			s.hear(m, first)
		}
	}
}

func (s *Session) next(ctx context.Context) (wire.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, s.times.silence)
	defer cancel()
	return read(ctx, s.conn)
}

func (s *Session) hear(m wire.Message, first bool) {
	if _, have := m.(wire.Have); first && !have {
		s.refuse(&wire.Error{Code: wire.CodeOutOfOrder, Re: m.Kind(), Detail: "expected have"})
		return
	}
	switch m := m.(type) {
	case wire.Joined:
		s.joins.answer(m.Connection, answer{joined: m})
	case wire.JoinFailed:
		s.joins.answer(m.Connection, answer{failed: &wire.Error{Code: m.Code, Re: "join", Detail: m.Detail}})
	case wire.Usage:
		select {
		case s.usage <- m:
		default: // the worker reports it again
		}
	case wire.Hello, wire.Proof:
		s.refuse(&wire.Error{Code: wire.CodeOutOfOrder, Re: m.Kind()})
	case wire.Drained:
		if !s.signed(m) {
			s.refuse(&wire.Error{Code: wire.CodeBadSignature, Re: m.Kind()})
			return
		}
		s.gate.Observe(s, m)
	default:
		s.gate.Observe(s, m)
	}
}

func (s *Session) signed(d wire.Drained) bool {
	text := wire.DrainedText(s.hello.Machine, s.hello.Boot, s.epoch)
	return d.Epoch == s.epoch && ed25519.Verify(s.key, text, d.Signature)
}

// book records usage beside the reading, so that a slow disk does not look like silence. An
// acknowledgement stands for all reports before it as well; so what follows one that was not
// recorded, or had no place in the queue, is left out until the worker has repeated that one.
// A session's first report is the oldest that the worker has open.
func (s *Session) book(ctx context.Context) {
	var next uint64 // 0: none was seen
	for {
		select {
		case <-ctx.Done():
			return
		case u := <-s.usage:
			if next == 0 {
				next = u.Seq
			}
			if u.Seq == next && s.record(ctx, u) {
				next++
			}
			if u.Seq < next {
				s.Send(wire.UsageAck{Seq: next - 1})
			}
		}
	}
}

func (s *Session) record(ctx context.Context, u wire.Usage) bool {
	err := s.gate.Record(ctx, s, u)
	if err != nil {
		s.log.Error("usage not recorded", "machine", s.Machine(), "epoch", s.epoch, "seq", u.Seq, "error", err)
	}
	return err == nil
}
