package room

import (
	"sync"
	"time"
)

// bucket is a token bucket; the zero value is full.
type bucket struct {
	spent float64
	at    time.Time
}

// take takes one token, or reports how long until there is one.
func (b *bucket) take(r Rate, now time.Time) (wait time.Duration, ok bool) {
	b.refill(r, now)
	if b.spent+1 <= float64(r.Burst) {
		b.spent++
		return 0, true
	}
	missing := b.spent + 1 - float64(r.Burst)
	return time.Duration(missing / r.PerSecond * float64(time.Second)), false
}

// empty reports whether no token is left, without taking one.
func (b *bucket) empty(r Rate, now time.Time) bool {
	b.refill(r, now)
	return b.spent+1 > float64(r.Burst)
}

func (b *bucket) refill(r Rate, now time.Time) {
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.spent = max(0, b.spent-passed*r.PerSecond)
		b.at = now
	}
}

// maxSources bounds the sources that are remembered at once.
const maxSources = 10_000

// sources limits by source. It is safe for concurrent use.
type sources struct {
	rate Rate

	mu      sync.Mutex
	buckets map[string]*bucket
}

func newSources(r Rate) *sources {
	return &sources{rate: r, buckets: map[string]*bucket{}}
}

// take takes a token of the source; a source without a name is not limited.
func (s *sources) take(source string, now time.Time) (time.Duration, bool) {
	if source == "" {
		return 0, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bucket(source, now).take(s.rate, now)
}

// spent reports whether the source has no token left.
func (s *sources) spent(source string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.buckets[source]
	return known && b.empty(s.rate, now)
}

// bucket needs mu.
func (s *sources) bucket(source string, now time.Time) *bucket {
	b := s.buckets[source]
	if b == nil {
		if len(s.buckets) >= maxSources {
			s.sweep(now)
		}
		b = &bucket{at: now}
		s.buckets[source] = b
	}
	return b
}

// sweep forgets full buckets, which say nothing; if there are none, it forgets all, for a
// flood from ten thousand sources is not held off by counting them.
func (s *sources) sweep(now time.Time) {
	for source, b := range s.buckets {
		if b.refill(s.rate, now); b.spent == 0 {
			delete(s.buckets, source)
		}
	}
	if len(s.buckets) >= maxSources {
		clear(s.buckets)
	}
}
