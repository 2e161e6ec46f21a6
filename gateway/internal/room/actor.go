package room

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"weckruf/internal/wire"
)

// recallFor is how far back stays are read: longer than any session.
const recallFor = 24 * time.Hour

// lastWords is how long a page that is sent away may take to read why and close.
const lastWords = 3 * time.Second

// visitor is one page as the actor reaches it.
type visitor struct {
	id     pageID
	peer   Peer
	cancel context.CancelFunc // ends its Serve
}

// Events that only the actor sees.
type (
	// visits brings a page whose credential was looked at.
	visits struct {
		visitor *visitor
		looked  looked
	}
	// reread says that the record was changed.
	reread struct{}
	// readAgain is what came of it.
	readAgain struct {
		record Record
		err    error
	}
)

// actor runs one room.
type actor struct {
	house *House
	room  wire.RoomID

	signal chan struct{} // one token: the queue is not empty

	mu    sync.Mutex
	queue []event // guarded by mu

	waiting, present atomic.Int32

	// owned by run
	core     *state
	visitors map[pageID]*visitor
	work     sync.WaitGroup // what effects started
	saver    saver
	reading  bool // a reread is on its way
	outdated bool // the record changed again meanwhile
}

func newActor(h *House, room wire.RoomID) *actor {
	a := &actor{house: h, room: room, signal: make(chan struct{}, 1), visitors: map[pageID]*visitor{}}
	a.saver = saver{store: h.store, done: func(s save, err error) { a.post(stored{save: s, err: err}) }}
	return a
}

// post queues an event; it never blocks.
func (a *actor) post(e event) {
	a.mu.Lock()
	a.queue = append(a.queue, e)
	a.mu.Unlock()
	select {
	case a.signal <- struct{}{}:
	default:
	}
}

func (a *actor) take() []event {
	a.mu.Lock()
	defer a.mu.Unlock()
	batch := a.queue
	a.queue = nil
	return batch
}

// run owns the room until ctx ends or the room is idle, and waits for what it started.
func (a *actor) run(ctx context.Context) {
	defer a.work.Wait()
	if err := a.load(ctx); err != nil {
		a.house.log.Error("room not loaded", "room", a.room, "err", err)
		a.house.abandon(a)
		return
	}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		for _, e := range a.take() {
			a.handle(ctx, e)
		}
		if a.core.idle() && !a.reading && a.house.retire(a) {
			return
		}
		a.arm(timer)
		select {
		case <-ctx.Done():
			return
		case <-a.signal:
		case <-timer.C:
			a.handle(ctx, ticked{})
		}
	}
}

func (a *actor) arm(timer *time.Timer) {
	wait := time.Hour
	if at := a.core.next(); !at.IsZero() {
		wait = max(time.Until(at), 0)
	}
	timer.Reset(wait)
}

func (a *actor) load(ctx context.Context) error {
	record, err := a.house.store.Room(ctx, a.room)
	gone := errors.Is(err, ErrNotFound)
	if err != nil && !gone {
		return fmt.Errorf("read room: %w", err)
	}
	stays, err := a.house.store.Stays(ctx, a.room, time.Now().Add(-recallFor))
	if err != nil && !gone {
		return fmt.Errorf("read stays: %w", err)
	}
	record.ID = a.room
	a.core = newState(record, stays, a.house.organisation, a.house.limits, fresh{})
	a.core.dead = gone
	return nil
}

// handle feeds the core and carries out what follows.
func (a *actor) handle(ctx context.Context, e event) {
	switch e := e.(type) {
	case visits:
		a.visitors[e.visitor.id] = e.visitor
		a.step(ctx, e.looked)
	case closed:
		a.step(ctx, e)
		delete(a.visitors, e.page)
	case reread:
		a.reread(ctx)
	case readAgain:
		a.readAgain(ctx, e)
	default:
		a.step(ctx, e)
	}
}

func (a *actor) step(ctx context.Context, e event) {
	effects := a.core.step(time.Now(), e)
	a.waiting.Store(int32(a.core.waiting))
	a.present.Store(int32(a.core.present))
	for _, effect := range effects {
		a.perform(ctx, effect)
	}
}

// reread fetches the record, for the links may have been renewed. One read at a time, so that
// an older record cannot come after a newer one.
func (a *actor) reread(ctx context.Context) {
	if a.reading {
		a.outdated = true
		return
	}
	a.reading, a.outdated = true, false
	a.work.Go(func() {
		record, err := a.house.store.Room(ctx, a.room)
		a.post(readAgain{record, err})
	})
}

func (a *actor) readAgain(ctx context.Context, e readAgain) {
	a.reading = false
	switch {
	case a.outdated:
		a.reread(ctx)
	case errors.Is(e.err, ErrNotFound):
		a.step(ctx, forgotten{})
	case e.err != nil:
		a.house.log.Error("room not read again", "room", a.room, "err", e.err)
	default:
		a.step(ctx, changed{e.record})
	}
}
