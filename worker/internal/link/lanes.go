package link

import (
	"sync"

	"weckruf/internal/wire"
)

// The bounds of what is under way at once.
const (
	maxLanes   = 32   // connections worked on at a time
	maxWaiting = 1024 // joins waiting or worked on
)

// lanes does different connections' work at the same time and one connection's in the order
// it was given.
type lanes struct {
	slots chan struct{}
	group sync.WaitGroup

	mu      sync.Mutex
	work    map[wire.ConnectionID][]func() // guarded by mu: the first is being done
	waiting int                            // guarded by mu
}

func newLanes() *lanes {
	return &lanes{slots: make(chan struct{}, maxLanes), work: map[wire.ConnectionID][]func(){}}
}

// do takes work on, unless there is too much of it.
func (l *lanes) do(id wire.ConnectionID, f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting >= maxWaiting {
		return false
	}
	l.add(id, f)
	return true
}

// must takes work on in any case. It is for what is cheap and ends something.
func (l *lanes) must(id wire.ConnectionID, f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(id, f)
}

// add is called with mu held.
func (l *lanes) add(id wire.ConnectionID, f func()) {
	l.waiting++
	queue, busy := l.work[id]
	l.work[id] = append(queue, f)
	if !busy {
		l.group.Go(func() { l.run(id) })
	}
}

func (l *lanes) run(id wire.ConnectionID) {
	l.slots <- struct{}{}
	defer func() { <-l.slots }()
	for {
		l.mu.Lock()
		f := l.work[id][0]
		l.mu.Unlock()
		f()
		if !l.more(id) {
			return
		}
	}
}

// more drops what was just done and reports whether there is more.
func (l *lanes) more(id wire.ConnectionID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting--
	if len(l.work[id]) == 1 {
		delete(l.work, id)
		return false
	}
	l.work[id] = l.work[id][1:]
	return true
}

// wait returns when all is done. Nothing may be given any more.
func (l *lanes) wait() { l.group.Wait() }
