package app

import (
	"time"

	"weckruf/internal/wire"
)

// minutes is where presence is counted.
type minutes interface {
	Usage() []wire.UsageMinute
	ForgetUsage(until time.Time)
}

// recorder takes minutes and repeats them until they are on record; a minute that comes again
// replaces what was said of it before.
type recorder interface {
	Record(minutes []wire.UsageMinute)
	Unsettled() int
}

// reporter says the presence of each minute when it is over, and of the one that runs every
// few seconds, so that a worker that dies takes little with it. It belongs to one goroutine.
type reporter struct {
	media minutes
	link  recorder
	said  map[usageKey]int // seconds said of minutes not over
}

type usageKey struct {
	room   wire.RoomID
	minute time.Time
}

// report says what is new. While the gateway does not take it, only whole minutes are kept
// for it: its absence must not pile up reports.
func (r *reporter) report(now time.Time) { r.say(now, r.link.Unsettled() == 0) }

// last says everything.
func (r *reporter) last(now time.Time) { r.say(now, true) }

func (r *reporter) say(now time.Time, running bool) {
	until := now.Truncate(time.Minute)
	said := make(map[usageKey]int)
	var news []wire.UsageMinute
	for _, u := range r.media.Usage() {
		key := usageKey{u.Room, u.Minute}
		over := u.Minute.Before(until)
		seconds, known := r.said[key]
		switch {
		case (over || running) && (!known || seconds != u.Seconds) && u.Seconds > 0:
			news = append(news, u)
			said[key] = u.Seconds
		case known:
			said[key] = seconds
		}
		if over {
			delete(said, key)
		}
	}
	r.said = said
	if len(news) > 0 {
		r.link.Record(news)
	}
	r.media.ForgetUsage(until)
}
