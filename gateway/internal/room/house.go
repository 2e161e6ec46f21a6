package room

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

// House is all rooms. Each one that somebody is in has a goroutine of its own. Its methods
// are safe for concurrent use.
type House struct {
	// immutable
	store        Store
	machines     Machines
	keys         *cred.Keys
	log          *slog.Logger
	organisation string
	limits       Limits
	started      chan struct{}
	enters       *sources
	guesses      *sources
	pages        atomic.Uint64 // the last pageID given
	actors       sync.WaitGroup

	mu     sync.Mutex
	ctx    context.Context            // of Run; nil before; guarded by mu
	closed bool                       // no room is opened any more; guarded by mu
	rooms  map[wire.RoomID]*actor     // guarded by mu
	views  map[wire.RoomID]fleet.View // the last one of each room; guarded by mu
}

var _ fleet.Listener = (*House)(nil)

// New makes a house in which nothing happens before Run.
func New(o Options) *House {
	limits := o.Limits.withDefaults()
	return &House{
		store: o.Store, machines: o.Machines, keys: o.Keys, log: orDefault(o.Log, slog.New(slog.DiscardHandler)),
		organisation: o.Organisation, limits: limits,
		started: make(chan struct{}),
		enters:  newSources(limits.SourceEnter),
		guesses: newSources(limits.SourceGuess),
		rooms:   map[wire.RoomID]*actor{},
		views:   map[wire.RoomID]fleet.View{},
	}
}

// Run keeps the rooms going until ctx ends, and returns when all of them have ended. It may
// be called once.
func (h *House) Run(ctx context.Context) error {
	h.mu.Lock()
	h.ctx = ctx
	for id, v := range h.views {
		if len(v.Live) > 0 {
			h.open(id)
		}
	}
	h.mu.Unlock()
	close(h.started)
	<-ctx.Done()
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.actors.Wait()
	return nil
}

// open starts a room that is not running, with the last that was heard of its machine. What
// the worker had when its link came up is told once: later it is stale. It needs mu.
func (h *House) open(id wire.RoomID) *actor {
	if h.ctx == nil || h.closed {
		return nil
	}
	a := newActor(h, id)
	h.rooms[id] = a
	if v, known := h.views[id]; known {
		a.post(viewed{v})
		v.Live = nil
		h.views[id] = v
	}
	ctx := h.ctx
	h.actors.Go(func() { a.run(ctx) })
	return a
}

// post gives an event to a room, which is opened for it if wished. It reports whether the
// room runs.
func (h *House) post(id wire.RoomID, e event, open bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.rooms[id]
	if a == nil && open {
		a = h.open(id)
	}
	if a == nil {
		return false
	}
	a.post(e)
	return true
}

// retire lets an idle room end, unless something came in just now.
func (h *House) retire(a *actor) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.queue) > 0 {
		return false
	}
	delete(h.rooms, a.room)
	return true
}

// abandon ends a room that could not be read, and says so to whoever is at its door.
func (h *House) abandon(a *actor) {
	h.mu.Lock()
	delete(h.rooms, a.room)
	missed := a.take()
	h.untell(a.room, missed)
	h.mu.Unlock()
	for _, e := range missed {
		if e, ok := e.(visits); ok {
			e.visitor.peer.Send(wire.Fault{Code: wire.CodeUnavailable, Re: "look", Detail: "the room cannot be read just now"})
		}
	}
}

// untell takes back what a room was told of the worker's connections and did not come to hear:
// the next one has to know them. It needs mu.
func (h *House) untell(id wire.RoomID, missed []event) {
	v, known := h.views[id]
	if !known {
		return
	}
	for _, e := range missed {
		switch e := e.(type) {
		case viewed:
			v.Live = slices.Clone(e.view.Live)
		case partedFrom:
			v.Live = slices.DeleteFunc(v.Live, func(l wire.Live) bool { return l.Connection == e.parted.Connection })
		}
	}
	h.views[id] = v
}

// Counts are how many people wait in a room and how many are in its call.
func (h *House) Counts(room wire.RoomID) (waiting, present int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.rooms[room]
	if a == nil {
		return 0, 0
	}
	return int(a.waiting.Load()), int(a.present.Load())
}

// Changed says that the room's record was edited or a link renewed.
func (h *House) Changed(room wire.RoomID) { h.post(room, reread{}, false) }

// Forget says that the room was deleted: everybody is sent out.
func (h *House) Forget(room wire.RoomID) { h.post(room, forgotten{}, false) }

// MachineChanged implements fleet.Listener.
func (h *House) MachineChanged(room wire.RoomID, v fleet.View) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a := h.rooms[room]; a != nil {
		a.post(viewed{v})
		v.Live = nil
	} else if before := h.views[room]; before.Media != nil && before.Epoch == v.Epoch && before.Live == nil {
		v.Live = nil // a room was told before
	}
	h.remember(room, v)
	if len(v.Live) > 0 {
		h.open(room) // connections whose pages may not come back
	}
}

// remember keeps the last view while there is something to know. It needs mu.
func (h *House) remember(room wire.RoomID, v fleet.View) {
	if v.Media == nil && (v.State == "" || v.State == wire.MachineOff) && v.Lost == "" {
		delete(h.views, room)
		return
	}
	h.views[room] = v
}

// Parted implements fleet.Listener.
func (h *House) Parted(room wire.RoomID, p wire.Parted) { h.post(room, partedFrom{p}, false) }
