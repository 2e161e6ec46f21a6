package link

import (
	"slices"
	"sync"

	"weckruf/internal/wire"
)

// maxMinutes bounds one report such that it fits into a message.
const maxMinutes = 2000

// usage are the reports that the gateway has not acknowledged. A report never changes, so
// that one which arrives twice can be known by its number. Their number is bounded by rooms
// times minutes of a power-on, some thousands; nothing is dropped, since it is money.
type usage struct {
	mu      sync.Mutex
	last    uint64       // guarded by mu
	reports []wire.Usage // guarded by mu, in the order of Seq
}

func newUsage() *usage { return &usage{} }

// add numbers the minutes as one report, or more when they are many.
func (u *usage) add(minutes []wire.UsageMinute) []wire.Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	var added []wire.Usage
	for part := range slices.Chunk(minutes, maxMinutes) {
		u.last++
		added = append(added, wire.Usage{Seq: u.last, Minutes: slices.Clone(part)})
	}
	u.reports = append(u.reports, added...)
	return added
}

// settle forgets what the gateway has on disk: seq and all before it.
func (u *usage) settle(seq uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.reports = slices.DeleteFunc(u.reports, func(r wire.Usage) bool { return r.Seq <= seq })
}

// open are the reports not acknowledged, oldest first.
func (u *usage) open() []wire.Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.reports)
}
