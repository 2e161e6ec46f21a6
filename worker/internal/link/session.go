package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"time"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
)

// maxOutgoing bounds what waits to be written. A gateway that is so far behind gets the whole
// state anew instead.
const maxOutgoing = 4096

var errBehind = errors.New("the gateway does not read")

// session is one connection that the gateway welcomed.
type session struct {
	// immutable
	link  *Link
	conn  *websocket.Conn
	epoch wire.Epoch
	lanes *lanes
	out   chan wire.Message
	over  chan struct{} // closed when out was full
	once  sync.Once

	tested  *wire.Tested  // set by attach, read by run
	drained *wire.Drained // likewise
}

func newSession(l *Link, conn *websocket.Conn, epoch wire.Epoch) *session {
	return &session{
		link: l, conn: conn, epoch: epoch, lanes: newLanes(),
		out: make(chan wire.Message, maxOutgoing), over: make(chan struct{}),
	}
}

// send never blocks. What does not fit ends the session.
func (s *session) send(m wire.Message) {
	select {
	case s.out <- m:
	default:
		s.once.Do(func() { close(s.over) })
	}
}

// run works until the connection ends, and waits for all joins.
func (s *session) run(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent)
	var writer sync.WaitGroup
	writer.Go(func() { cancel(s.write(ctx)) })
	err := s.read(ctx)
	if ctx.Err() != nil && parent.Err() == nil {
		err = context.Cause(ctx) // the writer ended it
	}
	cancel(err)
	s.lanes.wait()
	writer.Wait()
	if parent.Err() != nil {
		_ = s.conn.Close(websocket.StatusGoingAway, "")
	}
	return err
}

// write says the whole state first, then whatever comes.
func (s *session) write(ctx context.Context) error {
	for _, m := range s.first() {
		if err := s.say(ctx, m); err != nil {
			return err
		}
	}
	beat := time.NewTicker(s.link.times.beat)
	defer beat.Stop()
	resend := time.NewTicker(s.link.times.resend)
	defer resend.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.over:
			return errBehind
		case m := <-s.out:
			err = s.say(ctx, m)
		case <-beat.C:
			err = s.say(ctx, wire.Beat{Connections: len(s.link.options.Station.Have().Live)})
		case <-resend.C:
			err = s.report(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// first is what a gateway must hear before anything else.
func (s *session) first() []wire.Message {
	all := []wire.Message{s.link.options.Station.Have()}
	if s.tested != nil {
		all = append(all, *s.tested)
	}
	if s.drained != nil {
		all = append(all, *s.drained)
	}
	for _, u := range s.link.usage.open() {
		all = append(all, u)
	}
	return all
}

func (s *session) report(ctx context.Context) error {
	for _, u := range s.link.usage.open() {
		if err := s.say(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) say(ctx context.Context, m wire.Message) error {
	ctx, cancel := context.WithTimeout(ctx, s.link.times.silence)
	defer cancel()
	if err := write(ctx, s.conn, m); err != nil {
		return fmt.Errorf("send %s: %w", m.Kind(), err)
	}
	return nil
}

// read obeys the gateway until it is silent for too long.
func (s *session) read(ctx context.Context) error {
	for {
		m, err := s.next(ctx)
		var fault *wire.Error
		switch {
		case errors.As(err, &fault) && fault.Code == wire.CodeUnknownType:
			s.link.hear() // a newer gateway may say what this worker need not know
			continue
		case err != nil:
			return err
		}
		s.link.hear()
		if err := s.obey(ctx, m); err != nil {
			return err
		}
	}
}

func (s *session) next(ctx context.Context) (wire.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, s.link.times.silence)
	defer cancel()
	return read(ctx, s.conn)
}

func (s *session) obey(ctx context.Context, m wire.Message) error {
	station := s.link.options.Station
	switch m := m.(type) {
	case wire.Reject:
		return rejection(m)
	case wire.Join:
		if !s.lanes.do(m.Connection, func() { s.join(ctx, m) }) {
			s.send(wire.JoinFailed{Connection: m.Connection, Code: wire.CodeTooFast})
		}
	case wire.Part:
		s.lanes.must(m.Connection, func() { station.Part(m.Connection) })
	case wire.Drain:
		if station.Drain(true) {
			s.send(s.link.sign(s.epoch))
		}
	case wire.Recall:
		station.Drain(false)
	case wire.UsageAck:
		s.link.usage.settle(m.Seq)
	}
	return nil
}

func (s *session) join(ctx context.Context, j wire.Join) {
	joined, err := s.link.options.Station.Join(ctx, j)
	if err == nil {
		s.send(joined)
		return
	}
	var fault *wire.Error
	if !errors.As(err, &fault) {
		s.link.options.Log.Error("join failed", "room", j.Room, "participant", j.Participant, "error", err)
		fault = &wire.Error{Code: wire.CodeUnavailable}
	}
	s.send(wire.JoinFailed{Connection: j.Connection, Code: fault.Code, Detail: fault.Detail})
}

// sign gives the worker's word that it takes no joins any more, and keeps it.
func (l *Link) sign(epoch wire.Epoch) wire.Drained {
	text := wire.DrainedText(l.options.Machine, l.options.Boot, epoch)
	d := wire.Drained{Epoch: epoch, Signature: ed25519.Sign(l.options.Key, text)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drained = &d
	return d
}
