package fleet

import (
	"context"
	"sync"
)

// news delivers what rooms are to hear, in order, from one goroutine that holds no lock: a
// listener may call the fleet again.
type news struct {
	listener Listener // set before run

	wake chan struct{}

	mu    sync.Mutex
	queue []func(Listener) // guarded by mu
}

func newNews() *news { return &news{wake: make(chan struct{}, 1)} }

func (n *news) add(f func(Listener)) {
	n.mu.Lock()
	n.queue = append(n.queue, f)
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

func (n *news) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.wake:
		}
		n.mu.Lock()
		queue := n.queue
		n.queue = nil
		n.mu.Unlock()
		for _, tell := range queue {
			if n.listener != nil {
				tell(n.listener)
			}
		}
	}
}
