package room

import (
	"fmt"
	"testing"
	"time"
)

func TestBucketGivesItsBurstThenItsRate(t *testing.T) {
	rate := Rate{PerSecond: 2, Burst: 3}
	var b bucket
	now := start
	for i, c := range []struct {
		after time.Duration
		ok    bool
		wait  time.Duration
	}{
		{0, true, 0}, {0, true, 0}, {0, true, 0},
		{0, false, 500 * time.Millisecond},
		{250 * time.Millisecond, false, 250 * time.Millisecond},
		{250 * time.Millisecond, true, 0},
		{0, false, 500 * time.Millisecond},
		{time.Hour, true, 0}, {0, true, 0}, {0, true, 0}, {0, false, 500 * time.Millisecond},
	} {
		now = now.Add(c.after)
		if empty := b.empty(rate, now); empty == c.ok {
			t.Errorf("step %d: empty is %v", i, empty)
		}
		if wait, ok := b.take(rate, now); ok != c.ok || wait != c.wait {
			t.Errorf("step %d: got %v, %v", i, wait, ok)
		}
	}
}

func TestSourcesAreBounded(t *testing.T) {
	s := newSources(Rate{PerSecond: 1, Burst: 1})
	for i := range maxSources {
		s.take(fmt.Sprint(i), start)
	}
	s.take("one more", start.Add(time.Minute)) // all others are full again
	if len(s.buckets) != 1 {
		t.Errorf("%d sources are remembered", len(s.buckets))
	}
	for i := range maxSources {
		s.take(fmt.Sprint(i), start.Add(time.Minute))
	}
	if len(s.buckets) > maxSources {
		t.Errorf("%d sources are remembered in a flood", len(s.buckets))
	}
	if _, ok := s.take("", start); !ok || s.spent("", start) {
		t.Error("no source was limited")
	}
}
