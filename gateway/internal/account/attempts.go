package account

import (
	"sync"
	"time"
)

// The limit on failed attempts: Attempts per source within AttemptWindow. Nobody guesses a
// token; this keeps guessing from costing the store anything, and a wrong link may be tried a
// few times.
const (
	Attempts      = 10
	AttemptWindow = 15 * time.Minute
)

// maxSources bounds the memory of the counters.
const maxSources = 4096

const sweepEvery = time.Minute

// attempts counts failures per source. Successful attempts count nothing.
type attempts struct {
	mu      sync.Mutex
	sources map[string]*failures // guarded by mu
	swept   time.Time            // guarded by mu
}

type failures struct {
	since time.Time // begin of the window
	count int
}

func newAttempts() *attempts { return &attempts{sources: make(map[string]*failures)} }

func (a *attempts) allowed(source string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, known := a.sources[source]
	if !known {
		return true
	}
	if f.over(now) {
		delete(a.sources, source)
		return true
	}
	return f.count < Attempts
}

func (a *attempts) failed(source string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, known := a.sources[source]
	if !known || f.over(now) {
		a.makeRoom(now)
		f = &failures{since: now}
		a.sources[source] = f
	}
	f.count++
}

// makeRoom forgets windows that are over, and any one source when all of them are fresh: a
// flood from many sources then weakens the limit instead of locking out everybody else.
// Callers hold mu.
func (a *attempts) makeRoom(now time.Time) {
	if len(a.sources) < maxSources {
		return
	}
	if now.Sub(a.swept) >= sweepEvery { // or a flood would make each failure a sweep
		a.swept = now
		for source, f := range a.sources {
			if f.over(now) {
				delete(a.sources, source)
			}
		}
	}
	for source := range a.sources {
		if len(a.sources) < maxSources {
			return
		}
		delete(a.sources, source)
	}
}

func (f *failures) over(now time.Time) bool { return now.Sub(f.since) >= AttemptWindow }
