package ledger

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
	_ "time/tzdata" // the tests must not depend on the system's

	"weckruf/internal/wire"
)

// settleAndCheck settles and verifies every invariant on the outcome.
func settleAndCheck(t *testing.T, books Books, now time.Time) Settlement {
	t.Helper()
	s, err := Settle(books, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Runs) != len(books.Runs) {
		t.Fatalf("%d runs settled of %d", len(s.Runs), len(books.Runs))
	}
	for _, r := range s.Runs {
		checkSums(t, r)
		checkClasses(t, books, r, now)
	}
	checkMonths(t, books, s, now)
	return s
}

// checkSums: per resource the shares add up to the origin, nothing is negative, and the
// seconds add up to the time that is paid.
func checkSums(t *testing.T, r Settled) {
	t.Helper()
	sums := make([]NanoEUR, len(r.Origin))
	var seconds, paid int64
	for _, share := range r.Shares {
		seconds += share.Seconds
		if share.Seconds < 0 || share.Seconds > 60 {
			t.Fatalf("a share of %d seconds", share.Seconds)
		}
		for i, amount := range share.Amounts {
			sums[i] += amount
			if amount < 0 {
				t.Fatalf("a share of %d nano-euro", amount)
			}
		}
	}
	for i, o := range r.Origin {
		paid = max(paid, int64(o.Billed/time.Second))
		if sums[i] != o.Amount {
			t.Fatalf("%s: allocated %d of %d", o.Price.Resource, sums[i], o.Amount)
		}
	}
	if len(r.Origin) > 0 && seconds != paid {
		t.Fatalf("%d seconds allocated, %d paid", seconds, paid)
	}
}

// checkClasses compares the seconds of each class with a plain model that looks at one second
// after the other.
func checkClasses(t *testing.T, books Books, r Settled, now time.Time) {
	t.Helper()
	if r.Run.Void {
		return
	}
	got, want := make(map[Class]int64), make(map[Class]int64)
	for _, share := range r.Shares {
		if share.Seconds > 0 {
			got[share.Class] += share.Seconds
		}
	}
	m := newModel(books, r, now)
	for second := m.from; second < m.paid; second++ {
		want[m.class(second)]++
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("seconds by class %v, want %v", got, want)
	}
}

// model says of each second of a run (Unix time) which class it has.
type model struct {
	from, end, paid int64
	opening         Class
	phases          []Phase // of this run, in the order of the books
	used            map[int64]bool
}

func newModel(books Books, r Settled, now time.Time) model {
	end := r.Run.Until
	if end.IsZero() {
		end = now
	}
	m := model{from: r.Run.From.Unix(), opening: Boot, used: make(map[int64]bool)}
	m.end = m.from + int64((max(end.Sub(r.Run.From), 0)+time.Second-1)/time.Second)
	m.paid = m.end
	for _, o := range r.Origin {
		m.paid = max(m.paid, m.from+int64(o.Billed/time.Second))
	}
	if r.Run.Prewarm {
		m.opening = Prewarm
	}
	for _, p := range books.Phases {
		if p.Machine == r.Run.Machine && p.Epoch == r.Run.Epoch {
			m.phases = append(m.phases, p)
		}
	}
	type id struct {
		minute int64
		room   wire.RoomID
	}
	last := make(map[id]int64)
	for _, u := range books.Usage {
		if u.Machine == r.Run.Machine && u.Epoch == r.Run.Epoch {
			last[id{u.Minute.Unix() / 60, u.Room}] = u.Seconds
		}
	}
	for id, seconds := range last {
		if seconds > 0 {
			m.used[id.minute] = true
		}
	}
	return m
}

// phase is the class in force; of phases at the same time the last one.
func (m model) phase(second int64) Class {
	class, at := m.opening, time.Time{}
	for _, p := range m.phases {
		if p.At.Unix() <= second && !p.At.Before(at) {
			class, at = p.Class, p.At
		}
	}
	return class
}

func (m model) class(second int64) Class {
	if second >= m.end {
		return Waste
	}
	if !m.used[second/60] {
		return m.phase(second)
	}
	minuteEnd := min(m.end, second/60*60+60)
	if ready := m.ready(); second < ready && ready < minuteEnd {
		return Boot
	}
	return Used
}

// ready is the begin of the first phase that is not boot.
func (m model) ready() int64 {
	ready := int64(math.MaxInt64)
	if m.opening != Boot {
		return m.from
	}
	for _, p := range m.phases {
		if p.Class != Boot {
			ready = min(ready, p.At.Unix())
		}
	}
	return ready
}

// checkMonths: the rows of all months, in a zone with summer time, add up to all origins, and
// in each month both sides agree.
func checkMonths(t *testing.T, books Books, s Settlement, now time.Time) {
	t.Helper()
	zone := berlin(t)
	var origin, rows, paid NanoEUR
	first, last := now, now
	for _, r := range s.Runs {
		for _, o := range r.Origin {
			origin += o.Amount
			if end := r.Run.From.Add(o.Billed); end.After(last) {
				last = end
			}
		}
		if r.Run.From.Before(first) {
			first = r.Run.From
		}
	}
	for at := first.In(zone).Format("2006-01"); ; {
		from, until, err := Month(at, zone)
		if err != nil {
			t.Fatal(err)
		}
		report := s.Report(from, until, zone)
		if report.Difference != 0 {
			t.Fatalf("%s: origin %d, allocated %d", at, report.Origin, report.Allocated)
		}
		spent, err := Spent(books.Runs, from, until, now)
		if err != nil || spent != report.Allocated {
			t.Fatalf("%s: spent %d, allocated %d, %v", at, spent, report.Allocated, err)
		}
		checkReport(t, report)
		for _, row := range report.Rows {
			rows += row.Amount
		}
		paid += spent
		if at = until.Format("2006-01"); until.After(last) {
			break
		}
	}
	if rows != origin || paid != origin {
		t.Fatalf("all months: rows %d, spent %d, origin %d", rows, paid, origin)
	}
}

// checkReport: the sums by class and by run are those of the rows.
func checkReport(t *testing.T, r Report) {
	t.Helper()
	classes := make(map[Class]Sum)
	var all Sum
	for _, row := range r.Rows {
		sum := classes[row.Class]
		classes[row.Class] = Sum{sum.Seconds + row.Seconds, sum.Amount + row.Amount}
		all = Sum{all.Seconds + row.Seconds, all.Amount + row.Amount}
	}
	var origin, allocated NanoEUR
	for _, run := range r.Runs {
		origin += run.Origin
		allocated += run.Allocated
		if run.Origin != run.Allocated {
			t.Fatalf("run %d: origin %d, allocated %d", run.Run.Epoch, run.Origin, run.Allocated)
		}
	}
	if !reflect.DeepEqual(classes, r.ByClass) || all != (Sum{r.Seconds, r.Allocated}) ||
		r.UsedSeconds != classes[Used].Seconds || origin != r.Origin || allocated != r.Allocated {
		t.Fatalf("the sums are not those of the rows: %+v", r)
	}
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// draw makes random books: a few runs around a random moment of two years, among them open,
// void and very short ones.
func draw(r *rand.Rand) (Books, time.Time) {
	var books Books
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(2 * 365 * 24 * time.Hour))))
	for epoch := wire.Epoch(1); epoch <= wire.Epoch(1+r.IntN(3)); epoch++ {
		run := Run{Machine: "m", Epoch: epoch, Room: drawRoom(r), Prewarm: r.IntN(4) == 0, Void: r.IntN(12) == 0, From: at, Prices: drawPrices(r)}
		lasted := time.Duration(r.Int64N(int64([]time.Duration{time.Second, 5 * time.Minute, 2 * time.Hour}[r.IntN(3)])))
		run.Until = at.Add(lasted)
		if r.IntN(5) == 0 {
			run.Until = time.Time{}
		}
		books.Runs = append(books.Runs, run)
		fillRun(r, &books, run, lasted)
		at = at.Add(lasted + time.Duration(r.Int64N(int64(time.Hour))))
	}
	r.Shuffle(len(books.Phases), func(i, j int) { books.Phases[i], books.Phases[j] = books.Phases[j], books.Phases[i] })
	return books, at
}

func fillRun(r *rand.Rand, books *Books, run Run, lasted time.Duration) {
	classes := []Class{Boot, Prewarm, Used, Hold, Drain, Standing}
	for range r.IntN(6) {
		at := run.From.Add(time.Duration(r.Int64N(int64(lasted+2*time.Minute))) - time.Minute)
		if r.IntN(3) == 0 {
			at = at.Truncate(time.Minute)
		}
		books.Phases = append(books.Phases, Phase{run.Machine, run.Epoch, at, classes[r.IntN(len(classes))], drawRoom(r)})
	}
	for minute := run.From.Truncate(time.Minute); minute.Before(run.From.Add(lasted + 2*time.Minute)); minute = minute.Add(time.Minute) {
		for range r.IntN(4) {
			books.Usage = append(books.Usage, Usage{run.Machine, run.Epoch, minute, drawRoom(r), r.Int64N([]int64{1, 60, 6000}[r.IntN(3)])})
		}
	}
}

func drawRoom(r *rand.Rand) wire.RoomID {
	return []wire.RoomID{"", "band", "choir", "council"}[r.IntN(4)]
}

func drawPrices(r *rand.Rand) []Price {
	quanta := []Quantum{startedHours, perMinute, perSecond, thenMinutes, {}, {Minimum: 7 * time.Second, Step: 13 * time.Second, RoundTo: 777}}
	var prices []Price
	for _, resource := range []Resource{Compute, IPv4, Volume}[:r.IntN(4)] {
		perHour := NanoEUR(r.Int64N(int64([]NanoEUR{1, 1000, EUR, MaxPerHour}[r.IntN(4)])))
		prices = append(prices, Price{resource, perHour, quanta[r.IntN(len(quanta))]})
	}
	return prices
}

func TestWhateverHappensBothSidesAgree(t *testing.T) {
	for seed := range uint64(400) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 2026))
			books, now := draw(r)
			settleAndCheck(t, books, now)
		})
	}
}

func TestTheOrderOfUsageAndRunsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	books, now := draw(r)
	unique := make(map[Usage]bool)
	var usage []Usage
	for _, u := range books.Usage { // a repetition replaces, so only first reports may move
		if id := (Usage{u.Machine, u.Epoch, u.Minute, u.Room, 0}); !unique[id] {
			unique[id] = true
			usage = append(usage, u)
		}
	}
	books.Usage = usage
	zone := berlin(t)
	want := settleAndCheck(t, books, now).Report(now.AddDate(-1, 0, 0).Truncate(time.Hour), now.AddDate(1, 0, 0).Truncate(time.Hour), zone)
	r.Shuffle(len(usage), func(i, j int) { usage[i], usage[j] = usage[j], usage[i] })
	r.Shuffle(len(books.Runs), func(i, j int) { books.Runs[i], books.Runs[j] = books.Runs[j], books.Runs[i] })
	if got := settleAndCheck(t, books, now).Report(want.From, want.Until, zone); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// FuzzSettle feeds books made of arbitrary numbers: settling refuses them or gets them right.
func FuzzSettle(f *testing.F) {
	f.Add(uint64(1), int64(36_000_000), int64(3600), int64(3600), int64(Cent), int64(1_774_000_000), int64(90), int64(30), int64(60), int64(25))
	f.Add(uint64(2), int64(MaxPerHour), int64(0), int64(1), int64(0), int64(1), int64(0), int64(0), int64(0), int64(-5))
	f.Add(uint64(3), int64(-1), int64(-1), int64(1<<62), int64(1<<62), int64(-1<<62), int64(1<<62), int64(1<<62), int64(1<<62), int64(1<<62))
	f.Fuzz(func(t *testing.T, seed uint64, perHour, minimum, step, roundTo, from, lasted, phase, presence, room int64) {
		r := rand.New(rand.NewPCG(seed, 0))
		begin := time.Unix(from, int64(r.IntN(1e9)))
		run := Run{Machine: "m", Epoch: 1, Room: drawRoom(r), From: begin, Until: begin.Add(time.Duration(lasted % 90_000 * 1e9)),
			Prices: []Price{{Compute, NanoEUR(perHour), Quantum{time.Duration(minimum % 90_000 * 1e9), time.Duration(step % 90_000 * 1e9), NanoEUR(roundTo)}}}}
		books := Books{Runs: []Run{run}, Phases: []Phase{{"m", 1, begin.Add(time.Duration(phase)), Hold, drawRoom(r)}}}
		for i := range int64(3) {
			books.Usage = append(books.Usage, Usage{"m", 1, begin.Add(time.Duration(i) * time.Minute).Truncate(time.Minute),
				wire.RoomID(fmt.Sprint(room + i)), presence + i})
		}
		if _, err := Settle(books, begin); err != nil {
			return
		}
		settleAndCheck(t, books, begin)
	})
}
