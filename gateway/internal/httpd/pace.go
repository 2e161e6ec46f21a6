package httpd

import (
	"sync"
	"time"
)

// bucket is a token bucket: burst at once, rate per second in the long run. The zero value is
// full. It is not safe for concurrent use.
type bucket struct {
	missing float64   // tokens taken and not come back yet
	at      time.Time // when missing was right
}

func (b *bucket) take(now time.Time, rate, burst float64) bool {
	b.refill(now, rate)
	if b.missing+1 > burst {
		return false
	}
	b.missing++
	return true
}

func (b *bucket) refill(now time.Time, rate float64) {
	if passed := now.Sub(b.at); passed > 0 {
		b.missing = max(0, b.missing-passed.Seconds()*rate)
		b.at = now
	}
}

// maxSources bounds the memory of a pace: about 100 bytes a source.
const maxSources = 8192

const sweepEvery = 10 * time.Second

// pace holds one bucket per source. It is safe for concurrent use.
type pace struct {
	rate, burst float64

	mu      sync.Mutex
	sources map[string]*bucket // guarded by mu
	swept   time.Time          // guarded by mu
}

func newPace(rate, burst float64) *pace {
	return &pace{rate: rate, burst: burst, sources: make(map[string]*bucket)}
}

func (p *pace) allow(source string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, known := p.sources[source]
	if !known {
		p.makeRoom(now)
		b = new(bucket)
		p.sources[source] = b
	}
	return b.take(now, p.rate, p.burst)
}

// makeRoom forgets sources whose bucket is full again, and any one when none is: a flood from
// thousands of sources weakens the limit rather than shutting everybody out. Callers hold mu.
func (p *pace) makeRoom(now time.Time) {
	if len(p.sources) < maxSources {
		return
	}
	if now.Sub(p.swept) >= sweepEvery { // or a flood would make each call a sweep
		p.swept = now
		for source, b := range p.sources {
			if b.refill(now, p.rate); b.missing == 0 {
				delete(p.sources, source)
			}
		}
	}
	for source := range p.sources {
		if len(p.sources) < maxSources {
			return
		}
		delete(p.sources, source)
	}
}
