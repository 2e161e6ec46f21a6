package ledger

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"weckruf/internal/wire"
)

// noon is the reference of the tables below; their times are offsets from it.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func phaseAt(offset time.Duration, class Class, room wire.RoomID) Phase {
	return Phase{Machine: "m", Epoch: 1, At: noon.Add(offset), Class: class, Room: room}
}

func usedIn(minute int, room wire.RoomID, seconds int64) Usage {
	return Usage{Machine: "m", Epoch: 1, Minute: noon.Add(time.Duration(minute) * time.Minute), Room: room, Seconds: seconds}
}

// brief writes shares as "begin+seconds class room", begin in seconds after noon.
func brief(shares []Share) []string {
	var list []string
	for _, s := range shares {
		list = append(list, fmt.Sprintf("%d+%d %s %s", int64(s.From.Sub(noon)/time.Second), s.Seconds, s.Class, s.Room))
	}
	return list
}

func TestEveryMinuteHasItsClassAndRoom(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name        string
		from, until time.Duration
		prewarm     bool
		phases      []Phase
		usage       []Usage
		want        []string
	}{
		{
			name: "no phase: boot, for who woke it", until: 90 * s,
			want: []string{"0+60 boot waker", "60+30 boot waker", "90+30 waste waker"},
		},
		{
			name: "no phase, woken ahead of time: prewarm", until: 60 * s, prewarm: true,
			want: []string{"0+60 prewarm waker"},
		},
		{
			name: "it begins within a minute and a second", from: 40*s + 900*time.Millisecond, until: 75*s + 100*time.Millisecond,
			want: []string{"40+20 boot waker", "60+15 boot waker", "75+25 waste waker"},
		},
		{
			name: "an empty minute is split where the phase changes", until: 60 * s,
			phases: []Phase{phaseAt(0, Boot, ""), phaseAt(20*s+1, Hold, "choir"), phaseAt(50*s, Drain, "")},
			want:   []string{"0+20 boot waker", "20+30 hold choir", "50+10 drain waker"},
		},
		{
			name: "a minute with usage is used, whatever the phase", until: 120 * s,
			phases: []Phase{phaseAt(0, Hold, ""), phaseAt(70*s, Drain, "")},
			usage:  []Usage{usedIn(1, "choir", 5)},
			want:   []string{"0+60 hold waker", "60+60 used choir"},
		},
		{
			name: "before ready it is boot, even if used in the same minute", until: 60 * s,
			phases: []Phase{phaseAt(0, Boot, ""), phaseAt(25*s, Used, "choir")},
			usage:  []Usage{usedIn(0, "choir", 30)},
			want:   []string{"0+25 boot waker", "25+35 used choir"},
		},
		{
			name: "usage in a minute of boot alone: the phase came late", until: 120 * s,
			phases: []Phase{phaseAt(60*s, Hold, "")},
			usage:  []Usage{usedIn(0, "choir", 30)},
			want:   []string{"0+60 used choir", "60+60 hold choir"},
		},
		{
			name: "empty minutes go to the last room used", until: 180 * s,
			phases: []Phase{phaseAt(0, Hold, "")},
			usage:  []Usage{usedIn(1, "choir", 61), usedIn(1, "band", 59)},
			want:   []string{"0+60 hold waker", "60+30 used band", "60+30 used choir", "120+60 hold choir"},
		},
		{
			name: "the phase's own room comes first", until: 180 * s,
			phases: []Phase{phaseAt(120*s, Prewarm, "band")},
			usage:  []Usage{usedIn(0, "choir", 60)},
			want:   []string{"0+60 used choir", "60+60 boot waker", "120+60 prewarm band"},
		},
		{
			name: "a used phase without usage counts as used", until: 120 * s,
			phases: []Phase{phaseAt(0, Used, "choir"), phaseAt(60*s, Hold, "")},
			want:   []string{"0+60 used choir", "60+60 hold choir"},
		},
		{
			name: "paid after the stop is waste of the last room used", until: 61 * s,
			usage: []Usage{usedIn(0, "choir", 60), usedIn(1, "choir", 0), usedIn(2, "band", 60)},
			want:  []string{"0+60 used choir", "60+1 boot waker", "61+59 waste choir"},
		},
		{
			name: "an even split gives the odd second to the first", from: 1 * s, until: 60 * s,
			usage: []Usage{usedIn(0, "b", 10), usedIn(0, "a", 10)},
			want:  []string{"1+30 used a", "1+29 used b", "60+1 waste a"},
		},
		{
			name: "a repeated minute counts once, the last time", until: 60 * s,
			usage: []Usage{usedIn(0, "a", 50), usedIn(0, "b", 10), usedIn(0, "a", 10)},
			want:  []string{"0+30 used a", "0+30 used b"},
		},
		{
			name: "of two phases at once the last holds, earlier ones reach into the run", until: 60 * s,
			phases: []Phase{phaseAt(-time.Hour, Hold, ""), phaseAt(30*s, Used, ""), phaseAt(30*s, Drain, ""), phaseAt(time.Hour, Boot, "")},
			want:   []string{"0+30 hold waker", "30+30 drain waker"},
		},
		{
			name: "no time is no share", until: 0, want: nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := Run{Machine: "m", Epoch: 1, Room: "waker", Prewarm: c.prewarm, From: noon.Add(c.from), Until: noon.Add(c.until),
				Prices: []Price{{Compute, 36_000_000, perMinute}}}
			books := Books{Runs: []Run{run}, Phases: c.phases, Usage: c.usage}
			settled := settleAndCheck(t, books, noon.Add(c.until))
			if got := brief(settled.Runs[0].Shares); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got\n%q, want\n%q", got, c.want)
			}
		})
	}
}

func TestAVoidRunCostsNothing(t *testing.T) {
	run := Run{Machine: "m", Epoch: 1, From: noon, Void: true, Prices: []Price{{Compute, 1_000_000, startedHours}}}
	s := settleAndCheck(t, Books{Runs: []Run{run}}, noon.Add(time.Hour))
	if r := s.Runs[0]; len(r.Origin) != 0 || len(r.Shares) != 0 || r.Provisional {
		t.Errorf("got %+v", r)
	}
	if spent, err := Spent([]Run{run}, noon, noon.Add(time.Hour), noon); err != nil || spent != 0 {
		t.Errorf("spent %d, %v", spent, err)
	}
}

func TestAnOpenRunIsSettledAsIfItStoppedNow(t *testing.T) {
	books := Books{Runs: []Run{{Machine: "m", Epoch: 1, Room: "waker", From: noon, Prices: []Price{{Compute, 36_000_000, startedHours}}}}}
	for _, now := range []time.Duration{-time.Minute, 0, 90 * time.Second, time.Hour + time.Second} {
		s := settleAndCheck(t, books, noon.Add(now))
		if !s.Runs[0].Provisional {
			t.Errorf("%s: not provisional", now)
		}
		closed := Books{Runs: []Run{books.Runs[0]}}
		closed.Runs[0].Until = noon.Add(max(now, 0))
		want := settleAndCheck(t, closed, noon.Add(now)).Runs[0]
		if !reflect.DeepEqual(s.Runs[0].Shares, want.Shares) || !reflect.DeepEqual(s.Runs[0].Origin, want.Origin) {
			t.Errorf("%s: differs from a run stopped then", now)
		}
	}
}

func TestResourcesPaidForDifferentTimesEachAddUp(t *testing.T) {
	run := Run{Machine: "m", Epoch: 1, Room: "waker", From: noon, Until: noon.Add(90 * time.Second),
		Prices: []Price{{IPv4, 3_600_000, perMinute}, {Compute, 36_000_000, startedHours}, {Volume, 0, perMinute}}}
	s := settleAndCheck(t, Books{Runs: []Run{run}}, noon)
	got := make(map[Class][]NanoEUR)
	for _, share := range s.Runs[0].Shares {
		sums := got[share.Class]
		if sums == nil {
			sums = make([]NanoEUR, 3)
		}
		for i, a := range share.Amounts {
			sums[i] += a
		}
		got[share.Class] = sums
	}
	want := map[Class][]NanoEUR{Boot: {90_000, 1_000_000, 0}, Waste: {30_000, 39_000_000, 0}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBooksThatCannotBeAreRefused(t *testing.T) {
	run := Run{Machine: "m", Epoch: 1, From: noon}
	for name, books := range map[string]Books{
		"class":             {Runs: []Run{run}, Phases: []Phase{phaseAt(0, "lunch", "")}},
		"negative presence": {Runs: []Run{run}, Usage: []Usage{usedIn(0, "a", -1)}},
		"absurd presence":   {Runs: []Run{run}, Usage: []Usage{usedIn(0, "a", maxPresence+1)}},
	} {
		if _, err := Settle(books, noon); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Settle(Books{Runs: []Run{run}}, noon.Add(MaxRun+1)); err == nil {
		t.Error("a run open for years was settled")
	}
}

func TestApportionGivesWhatIsLeftToTheLargestRemainders(t *testing.T) {
	for _, c := range []struct {
		total   int64
		weights []int64
		want    []int64
	}{
		{10, []int64{1}, []int64{10}},
		{10, []int64{1, 1, 1}, []int64{4, 3, 3}},
		{100, []int64{33, 33, 34}, []int64{33, 33, 34}},
		{7, []int64{1, 2, 3}, []int64{1, 2, 4}},     // 1.17, 2.33, 3.50
		{10, []int64{47, 16, 37}, []int64{5, 1, 4}}, // 4.7, 1.6, 3.7: first and last have .7
		{1, []int64{0, 5, 6}, []int64{0, 0, 1}},     // nobody there gets nothing
		{0, []int64{3, 4}, []int64{0, 0}},           //
		{1<<63 - 1, []int64{1, 1}, []int64{1 << 62, 1<<62 - 1}},
	} {
		if got := apportion(c.total, c.weights); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%d among %v: %v, want %v", c.total, c.weights, got, c.want)
		}
	}
}
