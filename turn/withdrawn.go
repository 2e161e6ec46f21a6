package turn

import (
	"sync"
	"time"
)

const (
	// maxWithdrawn bounds what is remembered: a full house that comes and goes many times.
	maxWithdrawn = 4096
	// goodbyeTime is how long a client may still use a withdrawn credential for the allocations
	// it has, so that it can give them back.
	goodbyeTime = time.Minute
)

// withdrawn are the ids whose credentials were taken back before they expired: the last of
// them, for the oldest are forgotten. The zero value is empty; it is safe for concurrent use.
type withdrawn struct {
	mu    sync.Mutex
	since map[string]time.Time // guarded by mu
	order []string             // guarded by mu, a ring once it is full
	next  int                  // guarded by mu: the oldest of a full ring
}

func (w *withdrawn) add(id string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.since[id]; known {
		return
	}
	if w.since == nil {
		w.since = map[string]time.Time{}
	}
	w.since[id] = now
	if len(w.order) < maxWithdrawn {
		w.order = append(w.order, id)
		return
	}
	delete(w.since, w.order[w.next])
	w.order[w.next] = id
	w.next = (w.next + 1) % maxWithdrawn
}

// age is how long ago an id was withdrawn, if it was.
func (w *withdrawn) age(id string, now time.Time) (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	since, known := w.since[id]
	return now.Sub(since), known
}

// Withdraw takes the credentials of an id back before they expire: nothing is allocated with
// them from now on, and after a minute what was allocated cannot be kept either.
func (s *Server) Withdraw(id string) { s.withdrawn.add(id, s.config.Now()) }
