package sfu

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"weckruf/internal/wire"
)

// usage adds up presence by room and UTC minute. It is safe for concurrent use.
type usage struct {
	mu    sync.Mutex
	spent map[usageKey]time.Duration
}

type usageKey struct {
	room   wire.RoomID
	minute int64 // Unix seconds
}

func newUsage() *usage { return &usage{spent: make(map[usageKey]time.Duration)} }

// add books the presence of so many people from one moment to another.
func (u *usage) add(room wire.RoomID, people int, from, until time.Time) {
	if people == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for from.Before(until) {
		minute := from.Truncate(time.Minute)
		end := minute.Add(time.Minute)
		if end.After(until) {
			end = until
		}
		u.spent[usageKey{room, minute.Unix()}] += time.Duration(people) * end.Sub(from)
		from = end
	}
}

func (u *usage) minutes() []wire.UsageMinute {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := make([]wire.UsageMinute, 0, len(u.spent))
	for key, spent := range u.spent {
		all = append(all, wire.UsageMinute{
			Minute:  time.Unix(key.minute, 0).UTC(),
			Room:    key.room,
			Seconds: int(spent.Round(time.Second) / time.Second),
		})
	}
	slices.SortFunc(all, func(a, b wire.UsageMinute) int {
		return cmp.Or(a.Minute.Compare(b.Minute), cmp.Compare(a.Room, b.Room))
	})
	return all
}

func (u *usage) forget(until time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for key := range u.spent {
		if key.minute+60 <= until.Unix() {
			delete(u.spent, key)
		}
	}
}
