package room

import (
	"context"
	"sync"
	"time"

	"weckruf/internal/wire"
)

const (
	saveTimeout = 10 * time.Second
	saveBatch   = 64 // at once, so that a store that groups commits can
)

// saver writes stays beside the room: those of one participant in order, those of different
// ones at once.
type saver struct {
	store Store
	done  func(save, error)

	mu      sync.Mutex
	queue   []save // guarded by mu
	running bool   // guarded by mu
}

// save queues one stay. The write is finished even when ctx ends.
func (s *saver) save(ctx context.Context, work *sync.WaitGroup, item save) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, item)
	if !s.running {
		s.running = true
		work.Go(func() { s.drain(context.WithoutCancel(ctx)) })
	}
}

func (s *saver) drain(ctx context.Context) {
	for batch := s.batch(); len(batch) > 0; batch = s.batch() {
		var writes sync.WaitGroup
		for _, item := range batch {
			writes.Go(func() { s.done(item, s.write(ctx, item.stay)) })
		}
		writes.Wait()
	}
}

// batch takes the longest head of the queue in which nobody stands twice.
func (s *saver) batch() []save {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := map[wire.ParticipantID]bool{}
	n := 0
	for n < len(s.queue) && n < saveBatch && !seen[s.queue[n].stay.Participant] {
		seen[s.queue[n].stay.Participant] = true
		n++
	}
	batch := s.queue[:n:n]
	s.queue = s.queue[n:]
	s.running = n > 0
	return batch
}

func (s *saver) write(ctx context.Context, stay Stay) error {
	ctx, cancel := context.WithTimeout(ctx, saveTimeout)
	defer cancel()
	return s.store.PutStay(ctx, stay)
}
