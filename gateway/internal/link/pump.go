package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"weckruf/internal/wire"

	"golang.org/x/time/rate"
)

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
