package ledger

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"weckruf/internal/wire"
)

// Settlement is the outcome for a set of runs.
type Settlement struct {
	At   time.Time // open runs are settled up to here
	Runs []Settled // in the order of the books; void runs have neither origin nor shares
}

// Settled is one run with both sides of its account.
type Settled struct {
	Run         Run
	Provisional bool     // it has not ended: figures will change
	Origin      []Origin // one per price, in the order of Run.Prices
	Shares      []Share  // in the order of time, then of rooms

	span span
}

// Share is what one room had of a stretch of at most a minute (UTC).
type Share struct {
	From    time.Time // begin of the stretch
	Class   Class
	Room    wire.RoomID
	Seconds int64     // the room's part of the stretch, in whole seconds
	Amounts []NanoEUR // per resource, in the order of Settled.Origin
}

// Amount is the sum over the resources.
func (s Share) Amount() NanoEUR {
	var sum NanoEUR
	for _, a := range s.Amounts {
		sum += a
	}
	return sum
}

// maxPresence bounds the participant seconds of a minute, as the protocol does.
const maxPresence = 60 * 100_000

// key names one run.
type key struct {
	machine wire.MachineID
	epoch   wire.Epoch
}

// presence is the participant seconds of one room.
type presence struct {
	room    wire.RoomID
	seconds int64
}

// Settle settles all runs of the books, open ones provisionally up to now. It fails when
// something in the books is impossible, and then names the run.
func Settle(books Books, now time.Time) (Settlement, error) {
	phases, err := sortPhases(books.Phases)
	if err != nil {
		return Settlement{}, err
	}
	usage, err := sortUsage(books.Usage)
	if err != nil {
		return Settlement{}, err
	}
	result := Settlement{At: now, Runs: make([]Settled, 0, len(books.Runs))}
	for _, run := range books.Runs {
		id := key{run.Machine, run.Epoch}
		settled, err := settle(run, phases[id], usage[id], now)
		if err != nil {
			return Settlement{}, fmt.Errorf("settle: %w", err)
		}
		result.Runs = append(result.Runs, settled)
	}
	return result, nil
}

func settle(run Run, phases []Phase, usage map[int64][]presence, now time.Time) (Settled, error) {
	s, origins, err := run.open(now)
	if err != nil {
		return Settled{}, err
	}
	result := Settled{Run: run, Provisional: run.Until.IsZero() && !run.Void, Origin: origins, span: s}
	c := newCutter(run, s, phases, usage)
	for p, more := c.next(); more; p, more = c.next() {
		result.Shares = p.share(result.Shares, s.from, origins)
	}
	return result, nil
}

func sortPhases(phases []Phase) (map[key][]Phase, error) {
	sorted := make(map[key][]Phase)
	for _, p := range phases {
		if !p.Class.Valid() {
			return nil, fmt.Errorf("settle: run %s/%d has a phase of class %q", p.Machine, p.Epoch, p.Class)
		}
		id := key{p.Machine, p.Epoch}
		sorted[id] = append(sorted[id], p)
	}
	for _, list := range sorted {
		slices.SortStableFunc(list, func(a, b Phase) int { return a.At.Compare(b.At) })
	}
	return sorted, nil
}

// sortUsage files usage by run and minute (Unix time), rooms in the order of their names.
func sortUsage(usage []Usage) (map[key]map[int64][]presence, error) {
	sorted := make(map[key]map[int64][]presence)
	for _, u := range usage {
		if u.Seconds < 0 || u.Seconds > maxPresence {
			return nil, fmt.Errorf("settle: run %s/%d has %d participant seconds in a minute", u.Machine, u.Epoch, u.Seconds)
		}
		id := key{u.Machine, u.Epoch}
		if sorted[id] == nil {
			sorted[id] = make(map[int64][]presence)
		}
		minute := floorMinute(u.Minute.Unix())
		sorted[id][minute] = put(sorted[id][minute], presence{u.Room, u.Seconds})
	}
	return sorted, nil
}

// put files a room's presence, replacing an earlier report.
func put(list []presence, p presence) []presence {
	at, found := slices.BinarySearchFunc(list, p.room, func(have presence, room wire.RoomID) int {
		return strings.Compare(string(have.room), string(room))
	})
	if found {
		list[at] = p
		return list
	}
	return slices.Insert(list, at, p)
}

// floorMinute is the begin of the minute, also before 1970.
func floorMinute(unix int64) int64 {
	return unix - ((unix%60)+60)%60
}
