package httpd

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// sockets counts the pages' WebSockets and knows which are open. It is safe for concurrent use.
type sockets struct {
	limits  Limits
	metrics *metrics
	opens   *pace

	running sync.WaitGroup

	mu       sync.Mutex
	count    int                  // accepted or being accepted; guarded by mu
	sources  map[string]int       // the same by source; guarded by mu
	open     map[*socket]struct{} // guarded by mu
	draining bool                 // guarded by mu
}

func newSockets(limits Limits, m *metrics) *sockets {
	return &sockets{
		limits: limits, metrics: m,
		opens:   newPace(limits.OpensPerSecond, 2*float64(limits.SocketsPerSource)),
		sources: make(map[string]int), open: make(map[*socket]struct{}),
	}
}

// claim takes a place for a socket of the source; release gives it back.
func (a *sockets) claim(source string, now time.Time) error {
	if !a.opens.allow(source, now) {
		return refuse(CodeTooFast, "too many connections at once from here")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.draining:
		return refuse(CodeUnavailable, "the gateway is stopping")
	case a.count >= a.limits.Sockets:
		return refuse(CodeUnavailable, "too many connections")
	case a.sources[source] >= a.limits.SocketsPerSource:
		return refuse(CodeTooFast, "too many connections from here")
	}
	a.count++
	a.sources[source]++
	a.running.Add(1)
	return nil
}

func (a *sockets) release(source string) {
	a.mu.Lock()
	a.count--
	if a.sources[source]--; a.sources[source] == 0 {
		delete(a.sources, source)
	}
	a.mu.Unlock()
	a.running.Done()
}

// add makes the socket one that drain closes; false: it came too late.
func (a *sockets) add(s *socket) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.draining {
		return false
	}
	a.open[s] = struct{}{}
	a.metrics.sockets.Inc()
	a.metrics.opened.Inc()
	return true
}

func (a *sockets) remove(s *socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, found := a.open[s]; found {
		delete(a.open, s)
		a.metrics.sockets.Dec()
	}
}

// drain refuses new sockets and tells the open ones that the service restarts (1012), on which
// pages come back. Those that have not closed when ctx ends are cut off. It returns when all
// conversations have ended.
func (a *sockets) drain(ctx context.Context) {
	a.mu.Lock()
	a.draining = true
	open := make([]*socket, 0, len(a.open))
	for s := range a.open {
		open = append(open, s)
	}
	a.mu.Unlock()
	var goodbyes sync.WaitGroup
	for _, s := range open {
		goodbyes.Go(func() { s.close(websocket.StatusServiceRestart, "restart") })
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		goodbyes.Wait()
		a.running.Wait()
	}()
	select {
	case <-done:
	case <-ctx.Done():
		for _, s := range open {
			s.abort()
		}
		<-done
	}
}
