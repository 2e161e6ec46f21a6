package keeper

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"
)

// world is a whole installation on a clock of its own: one goroutine, one source of chance. The
// same seed gives the same life, step by step.
type world struct {
	seed   uint64
	chance *rand.Rand
	now    time.Time
	end    time.Time // of the disturbed time
	turns  uint64
	agenda agenda

	policy   Policy
	store    *simStore
	cloud    *simCloud
	gateways []*simGateway
	people   []*person
	trace    []string
	faults   []string // what must never happen and did
	stats    map[string]int
}

type errand struct {
	at  time.Time
	nr  uint64
	run func()
}

type agenda []errand

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || (a[i].at.Equal(a[j].at) && a[i].nr < a[j].nr)
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(errand)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

func (w *world) at(t time.Time, run func()) {
	w.turns++
	heap.Push(&w.agenda, errand{at: t, nr: w.turns, run: run})
}

func (w *world) after(d time.Duration, run func()) { w.at(w.now.Add(d), run) }

// runUntil lets time pass.
func (w *world) runUntil(t time.Time) {
	for len(w.agenda) > 0 && !w.agenda[0].at.After(t) && len(w.faults) == 0 {
		next := heap.Pop(&w.agenda).(errand)
		w.now = next.at
		next.run()
	}
	w.now = t
}

// between is a random time, most often a short one.
func (w *world) between(least, most time.Duration) time.Duration {
	f := w.chance.Float64()
	return least + time.Duration(f*f*float64(most-least))
}

// often is true in so many of a hundred cases.
func (w *world) often(percent int) bool { return w.chance.IntN(100) < percent }

// disturbed says whether things still go wrong. In the end they no longer do.
func (w *world) disturbed() bool { return w.now.Before(w.end) }

func (w *world) wrong(percent int) bool { return w.disturbed() && w.often(percent) }

func (w *world) note(format string, args ...any) {
	if len(w.trace) >= 4000 {
		w.trace = w.trace[2000:]
	}
	w.trace = append(w.trace, w.now.Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

func (w *world) violate(format string, args ...any) {
	w.note("VIOLATION "+format, args...)
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}
