package room

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"weckruf/internal/wire"
)

// The rates of one page, by kind of message, and of its faults.
var (
	pageRates = map[string]Rate{
		"look":   {PerSecond: 1, Burst: 10},
		"enter":  {PerSecond: 1, Burst: 5},
		"offer":  {PerSecond: 2, Burst: 12},
		"admit":  {PerSecond: 10, Burst: 50},
		"remove": {PerSecond: 5, Burst: 20},
		"leave":  {PerSecond: 1, Burst: 3},
	}
	faultRate = Rate{PerSecond: 0.5, Burst: 30}
)

// talk is one page's conversation. It is owned by Serve.
type talk struct {
	house   *House
	visitor *visitor
	room    wire.RoomID // of the last good look
	resumed bool        // by a place of old
	buckets map[string]*bucket
	faults  bucket
}

// Serve runs the whole conversation of one page and returns when it is over: the page closed
// (nil), it was sent away or kept misbehaving (nil), ctx or the house ended, or Receive
// failed otherwise.
func (h *House) Serve(ctx context.Context, p Peer) error {
	select {
	case <-h.started:
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.running(), cancel)()
	t := &talk{house: h, buckets: map[string]*bucket{}, visitor: &visitor{id: pageID(h.pages.Add(1)), peer: p, cancel: cancel}}
	defer t.end()
	for {
		m, err := p.Receive(ctx)
		var fault *wire.Error
		switch {
		case err == nil:
			fault = t.hear(ctx, m)
		case errors.Is(err, io.EOF) || ctx.Err() != nil:
			return nil
		case !errors.As(err, &fault):
			return fmt.Errorf("receive from page: %w", err)
		}
		if fault != nil && !t.strike(fault) {
			return nil
		}
	}
}

// running is the context of Run.
func (h *House) running() context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ctx
}

// strike tells the page of its fault, and reports whether it may go on.
func (t *talk) strike(fault *wire.Error) bool {
	t.house.log.Info("page at fault", "room", t.room, "code", fault.Code, "re", fault.Re)
	t.visitor.peer.Send(fault.Fault())
	_, ok := t.faults.take(faultRate, time.Now())
	return ok
}

func (t *talk) end() {
	if t.room != "" {
		t.house.post(t.room, closed{t.visitor.id}, false)
	}
}

// hear passes one message on, within its rate.
func (t *talk) hear(ctx context.Context, m wire.Message) *wire.Error {
	kind := m.Kind()
	b := t.buckets[kind]
	if b == nil {
		b = &bucket{}
		t.buckets[kind] = b
	}
	if _, ok := b.take(pageRates[kind], time.Now()); !ok {
		return &wire.Error{Code: wire.CodeTooFast, Re: kind}
	}
	if look, ok := m.(wire.Look); ok {
		return t.look(ctx, look)
	}
	if t.room == "" {
		return &wire.Error{Code: wire.CodeOutOfOrder, Re: kind, Detail: "look first"}
	}
	return t.pass(m)
}

// pass gives the room what a page does in it.
func (t *talk) pass(m wire.Message) *wire.Error {
	id := t.visitor.id
	var e event
	switch m := m.(type) {
	case wire.Enter:
		if wait, ok := t.mayEnter(); !ok {
			t.refuse(wire.RefusedRate, wait)
			return nil
		}
		e = entered{id, m}
	case wire.Offer:
		e = offered{id, m}
	case wire.Admit:
		e = admits{id, m}
	case wire.Remove:
		e = removes{id, m}
	case wire.Leave:
		e = left{id}
	default:
		return &wire.Error{Code: wire.CodeUnknownType, Re: m.Kind()}
	}
	if !t.house.post(t.room, e, false) {
		return &wire.Error{Code: wire.CodeOutOfOrder, Re: m.Kind(), Detail: "look first"}
	}
	return nil
}

// mayEnter limits new places per source; an old place is taken again without.
func (t *talk) mayEnter() (time.Duration, bool) {
	if t.resumed {
		return 0, true
	}
	return t.house.enters.take(t.visitor.peer.Source(), time.Now())
}

func (t *talk) refuse(code wire.RefusalCode, wait time.Duration) {
	t.visitor.peer.Send(wire.Refusal{Code: code, RetryAfterMS: max(wait.Milliseconds(), 0)})
}
