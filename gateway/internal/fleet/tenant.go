package fleet

import (
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

// tenant is a room and the machine it is on.
type tenant struct {
	room    wire.RoomID
	cell    *cell
	waiting int
	present int
	askedAt time.Time // of the wake that stands; zero: none
	until   time.Time // so long it stands with nobody counted
	bucket  bucket
	told    bool // last is what the room knows
	last    sight
}

// sight is what makes two views different for a room. The rest follows from it, or from time.
type sight struct {
	state   wire.MachineState
	epoch   wire.Epoch
	since   time.Time
	lost    wire.LostReason
	failure wire.RefusalCode
	media   Session
}

// uncounted is how long a wake stands while the room has not counted anybody.
const uncounted = time.Minute

func (t *tenant) ask(now time.Time) { t.askedAt, t.until = now, now.Add(uncounted) }

// count takes the number of people. When the last one leaves, the wake stands for the grace
// time more: the count may be older than the wake.
func (t *tenant) count(waiting, present int, now time.Time) {
	if !t.wants(now) {
		t.askedAt = time.Time{}
	}
	t.waiting, t.present = waiting, present
	if end := t.askedAt.Add(t.cell.spec.Policy.Grace); t.people() == 0 && end.Before(t.until) {
		t.until = end
	}
}

func (t *tenant) people() int { return t.waiting + t.present }

func (t *tenant) wants(now time.Time) bool {
	return !t.askedAt.IsZero() && (t.people() > 0 || now.Before(t.until))
}

// needs reports whether the room has a reason to be woken for.
func (t *tenant) needs(now time.Time) bool {
	return t.wants(now) || t.cell.prewarm[t.room].After(now)
}

// tenant finds or makes a room's place. The caller holds mu.
func (f *Fleet) tenant(room wire.RoomID) *tenant {
	t := f.tenants[room]
	if t == nil {
		t = &tenant{room: room, cell: f.place(nil)}
		f.tenants[room] = t
	}
	return t
}

// place chooses a machine: one that runs and has room, else the first that may be woken. The
// caller holds mu.
func (f *Fleet) place(now *cell) *cell {
	if now != nil && now.on() {
		return now
	}
	if c := f.other(nil); c != nil {
		return c
	}
	if now != nil {
		return now
	}
	return f.cells[0]
}

// other is the best machine but one. The caller holds mu.
func (f *Fleet) other(but *cell) *cell {
	for _, c := range f.cells {
		if c != but && c.on() && c.room() && !c.failing(time.Now()) {
			return c
		}
	}
	if f.running() >= f.options.MaxMachines {
		return nil
	}
	for _, c := range f.cells {
		if c != but && c.status.Owner && c.status.Stored == keeper.Off && !c.failing(time.Now()) {
			return c
		}
	}
	return nil
}

// move puts a room on another machine, with its people. The caller holds mu.
func (f *Fleet) move(t *tenant, to *cell) {
	from := t.cell
	if from == to {
		return
	}
	t.cell = to
	if until, held := from.prewarm[t.room]; held {
		delete(from.prewarm, t.room)
		to.prewarm[t.room] = until
		f.hold(from)
		f.hold(to)
	}
	f.count(from)
	f.count(to)
	if t.wants(time.Now()) {
		to.keeper.Send(keeper.Wake{Room: t.room})
	}
}

// count tells a keeper how many people there are. The caller holds mu.
func (f *Fleet) count(c *cell) {
	var e keeper.People
	for _, t := range f.tenants {
		if t.cell == c {
			e.Waiting += t.waiting
			e.Present += t.present
		}
	}
	c.keeper.Send(e)
}

// inherit takes over the pre-warm of a machine that is ours from now on: whoever ran it before,
// be it this gateway before its restart, was asked for it. The caller holds mu.
func (f *Fleet) inherit(c *cell) {
	room, until := c.status.PrewarmRoom, c.status.PrewarmUntil
	if _, known := c.prewarm[room]; known || room == "" || !until.After(time.Now()) {
		return
	}
	c.prewarm[room] = until
	if t := f.tenants[room]; t == nil {
		f.tenants[room] = &tenant{room: room, cell: c}
	} else if t.cell != c && !t.cell.on() {
		f.move(t, c)
	}
}

// hold tells a keeper until when it is wanted warm. The caller holds mu.
func (f *Fleet) hold(c *cell) {
	room, until := c.held()
	c.keeper.Send(keeper.Prewarm{Room: room, Until: until})
}

// settle follows a machine's change: who it fails goes to a spare, who was ended by force has
// to enter anew, and everybody hears of it. The caller holds mu.
func (f *Fleet) settle(c *cell, before keeper.Status) {
	for _, t := range f.tenants {
		if t.cell != c {
			continue
		}
		if c.status.Lost == wire.LostStop && before.Lost != wire.LostStop {
			t.askedAt = time.Time{}
		}
		if spare := f.other(c); spare != nil && c.failing(time.Now()) && t.needs(time.Now()) {
			f.move(t, spare)
		}
		f.tell(t)
	}
}

// loaded reports whether all records were read. The caller holds mu.
func (f *Fleet) loaded() bool {
	for _, c := range f.cells {
		if !c.seen {
			return false
		}
	}
	return true
}

// open serves those who asked before the records were read. The caller holds mu.
func (f *Fleet) open() {
	for _, t := range f.tenants {
		f.move(t, f.place(t.cell))
		if t.wants(time.Now()) {
			t.cell.keeper.Send(keeper.Wake{Room: t.room})
		}
	}
}

// running counts the machines that cost money. The caller holds mu.
func (f *Fleet) running() int {
	n := 0
	for _, c := range f.cells {
		if c.status.Loaded && c.status.Stored != keeper.Off {
			n++
		}
	}
	return n
}
