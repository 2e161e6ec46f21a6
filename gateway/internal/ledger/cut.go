package ledger

import (
	"math"
	"time"

	"weckruf/internal/wire"
)

// piece is a stretch of a run within one minute and of one class.
type piece struct {
	from, until int64 // seconds into the run
	class       Class
	rooms       []presence // among whom it is shared; not empty
}

// cutter cuts a run into pieces, in the order of time.
type cutter struct {
	span   span
	phases []Phase // still to come, in order
	usage  map[int64][]presence
	ready  int64 // seconds into the run until the first phase that is not boot

	at    int64       // seconds into the run that are cut
	cover Phase       // in force at at
	last  wire.RoomID // last room used, else who woke the machine
}

func newCutter(run Run, s span, phases []Phase, usage map[int64][]presence) cutter {
	c := cutter{span: s, phases: phases, usage: usage, last: run.Room,
		cover: Phase{Class: Boot, Room: run.Room}, ready: math.MaxInt64}
	if run.Prewarm {
		c.cover.Class = Prewarm
		c.ready = 0
	}
	for _, p := range phases {
		if p.Class != Boot {
			c.ready = min(c.ready, p.At.Unix()-s.from)
			break
		}
	}
	return c
}

// next cuts one piece off; false when the paid time is over.
func (c *cutter) next() (piece, bool) {
	if c.at >= c.span.paid {
		return piece{}, false
	}
	until := min(c.span.paid, floorMinute(c.span.from+c.at)+60-c.span.from)
	var p piece
	if c.at >= c.span.powered {
		p = piece{from: c.at, until: until, class: Waste, rooms: sole(c.last)}
	} else {
		p = c.powered(min(until, c.span.powered))
	}
	c.at = p.until
	return p, true
}

// powered cuts at most up to until, the end of the minute or of the power.
func (c *cutter) powered(until int64) piece {
	change := c.advance()
	rooms := present(c.usage[floorMinute(c.span.from+c.at)])
	if len(rooms) == 0 {
		return c.empty(min(until, change))
	}
	// Nobody can have been in a call before the machine was ready. A whole minute of boot with
	// usage is used all the same: then the phase came too late.
	if c.at < c.ready && c.ready < until {
		return c.empty(min(c.ready, change))
	}
	c.last = fullest(rooms)
	return piece{from: c.at, until: until, class: Used, rooms: rooms}
}

func (c *cutter) empty(until int64) piece {
	room := c.cover.Room
	if room == "" {
		room = c.last
	} else if c.cover.Class == Used {
		c.last = room
	}
	return piece{from: c.at, until: until, class: c.cover.Class, rooms: sole(room)}
}

// advance puts the phase in force and returns when the class or room changes next, in seconds
// into the run. A phase holds from the second on in which it began.
func (c *cutter) advance() int64 {
	for len(c.phases) > 0 {
		begin := c.phases[0].At.Unix() - c.span.from
		if begin > c.at {
			return begin
		}
		c.cover = c.phases[0]
		c.phases = c.phases[1:]
	}
	return math.MaxInt64
}

func sole(room wire.RoomID) []presence { return []presence{{room, 1}} }

// present leaves out rooms in which nobody was.
func present(list []presence) []presence {
	var rooms []presence
	for _, p := range list {
		if p.seconds > 0 {
			rooms = append(rooms, p)
		}
	}
	return rooms
}

// fullest is the room with the most participant seconds, of equal ones the first.
func fullest(rooms []presence) wire.RoomID {
	best := rooms[0]
	for _, p := range rooms[1:] {
		if p.seconds > best.seconds {
			best = p
		}
	}
	return best.room
}

// share appends the piece's shares, one per room.
func (p piece) share(list []Share, runFrom int64, origins []Origin) []Share {
	weights := make([]int64, len(p.rooms))
	for i, r := range p.rooms {
		weights[i] = r.seconds
	}
	first := len(list)
	from := time.Unix(runFrom+p.from, 0).UTC()
	for i, seconds := range apportion(p.until-p.from, weights) {
		list = append(list, Share{From: from, Class: p.class, Room: p.rooms[i].room,
			Seconds: seconds, Amounts: make([]NanoEUR, len(origins))})
	}
	for r, o := range origins {
		for i, amount := range apportion(int64(o.between(p.from, p.until)), weights) {
			list[first+i].Amounts[r] = NanoEUR(amount)
		}
	}
	return list
}
