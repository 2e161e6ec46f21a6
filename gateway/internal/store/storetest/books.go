package storetest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// Ledger is what the books are written and read through.
type Ledger interface {
	Commit(ctx context.Context, c keeper.Change) (keeper.Record, error)
	RecordUsage(ctx context.Context, machine wire.MachineID, epoch wire.Epoch, u wire.Usage) error
	Month(ctx context.Context, from, until time.Time) (ledger.Books, error)
	Spent(ctx context.Context, from, until time.Time) (ledger.NanoEUR, error)
	Wakes(ctx context.Context, machine wire.MachineID, n int) ([]time.Duration, error)
}

// life drives one machine's record through its changes.
type life struct {
	t    *testing.T
	s    Ledger
	last keeper.Record
}

func (l *life) commit(c keeper.Change) error {
	l.t.Helper()
	c.Prev, c.Next = l.last, l.last
	next, err := l.s.Commit(l.t.Context(), c)
	if err == nil {
		l.last = next
	}
	return err
}

// wake books a run that was ready after boot and ended after lasted; 0 skips the step.
func (l *life) wake(epoch wire.Epoch, from time.Time, boot, lasted time.Duration) {
	l.t.Helper()
	r := run(l.last.Machine, epoch, from)
	begin := ledger.Phase{Machine: r.Machine, Epoch: epoch, At: from, Class: ledger.Boot, Room: "council"}
	must(l.t, l.commit(keeper.Change{Open: r, Phases: []ledger.Phase{begin}}))
	if boot > 0 {
		hold := ledger.Phase{Machine: r.Machine, Epoch: epoch, At: from.Add(boot), Class: ledger.Hold}
		must(l.t, l.commit(keeper.Change{Phases: []ledger.Phase{hold}}))
	}
	if lasted > 0 {
		r.Until = from.Add(lasted)
		must(l.t, l.commit(keeper.Change{Close: r}))
	}
}

func (l *life) month(from, until time.Time) ledger.Books {
	l.t.Helper()
	return get(l.t, func(ctx context.Context) (ledger.Books, error) { return l.s.Month(ctx, from, until) })
}

func usage(at time.Time, room wire.RoomID, seconds int) wire.Usage {
	return wire.Usage{Seq: 1, Minutes: []wire.UsageMinute{{Minute: at.Truncate(time.Minute), Room: room, Seconds: seconds}}}
}

// Books is the contract of the ledger's side of the store.
func Books(t *testing.T, open func(*testing.T) Ledger) {
	for name, test := range map[string]func(*life){
		"a run is read back as it was opened, then as it was closed": roundTrip,
		"a change that is refused leaves no trace in the books":      refused,
		"a second open run of a machine is refused":                  twoRuns,
		"a closed run stays as it is":                                closedRun,
		"a run closed but never opened is entered":                   lateRun,
		"one change may end a run and begin the next":                successor,
		"usage repeated or corrected replaces":                       repeated,
		"phases at the same time keep their order":                   samePhase,
		"a span holds the runs that touch it, whole":                 touching,
		"spent equals the report of the same span":                   spent,
		"wakes are the last boots, newest first":                     wakes,
	} {
		t.Run(name, func(t *testing.T) {
			test(&life{t: t, s: open(t), last: keeper.Record{Machine: "m1", Observed: keeper.Off}})
		})
	}
}

func roundTrip(l *life) {
	l.wake(1, Begin, 20*time.Second, 0)
	want := *run("m1", 1, Begin)
	books := l.month(Begin, Begin.Add(time.Hour))
	if len(books.Runs) != 1 || !reflect.DeepEqual(books.Runs[0], want) {
		l.t.Errorf("open: %+v, want %+v", books.Runs, want)
	}
	want.Until = Begin.Add(90 * time.Minute)
	full(l.t, want, "Void")
	must(l.t, l.commit(keeper.Change{Close: &want}))
	if books = l.month(Begin, Begin.Add(time.Hour)); len(books.Runs) != 1 || !reflect.DeepEqual(books.Runs[0], want) {
		l.t.Errorf("closed: %+v, want %+v", books.Runs, want)
	}
	hold := ledger.Phase{Machine: "m1", Epoch: 1, At: Begin.Add(20 * time.Second), Class: ledger.Hold}
	if len(books.Phases) != 2 || books.Phases[1] != hold {
		l.t.Errorf("phases: %+v", books.Phases)
	}
}

func refused(l *life) {
	before := l.last
	bad := run("m1", 1, Begin)
	bad.Prices = []ledger.Price{{Resource: ledger.Compute, PerHour: -1}}
	phase := ledger.Phase{Machine: "m1", Epoch: 1, At: Begin, Class: "lunch"}
	for name, c := range map[string]keeper.Change{
		"price":   {Open: bad},
		"class":   {Open: run("m1", 1, Begin), Phases: []ledger.Phase{phase}},
		"no end":  {Open: run("m1", 1, Begin), Close: run("m1", 1, Begin)},
		"machine": {Next: keeper.Record{Machine: "m2"}},
	} {
		c.Prev = before
		if c.Next.Machine == "" {
			c.Next = before
		}
		if _, err := l.s.Commit(l.t.Context(), c); err == nil {
			l.t.Errorf("%s: no error", name)
		}
	}
	if books := l.month(Begin, Begin.Add(time.Hour)); len(books.Runs)+len(books.Phases) != 0 {
		l.t.Errorf("left behind: %+v", books)
	}
	l.wake(1, Begin, 0, 0) // the record's revision is still 0
}

func twoRuns(l *life) {
	l.wake(1, Begin, 0, 0)
	if err := l.commit(keeper.Change{Open: run("m1", 2, Begin.Add(time.Hour))}); err == nil {
		l.t.Error("a second open run was taken")
	}
	if err := l.commit(keeper.Change{Open: run("m1", 1, Begin.Add(time.Hour))}); err == nil {
		l.t.Error("the same epoch was opened twice")
	}
	other := &life{t: l.t, s: l.s, last: keeper.Record{Machine: "m2"}}
	other.wake(1, Begin, 0, 0)
}

func closedRun(l *life) {
	l.wake(1, Begin, 0, time.Hour)
	again := run("m1", 1, Begin)
	again.Until = Begin.Add(time.Hour)
	must(l.t, l.commit(keeper.Change{Close: again}))
	again.Until = Begin.Add(2 * time.Hour)
	if err := l.commit(keeper.Change{Close: again}); err == nil {
		l.t.Error("a closed run was changed")
	}
	void := run("m1", 1, Begin)
	void.Void = true
	if err := l.commit(keeper.Change{Close: void}); err == nil {
		l.t.Error("a closed run was made void")
	}
	books := l.month(Begin, Begin.Add(time.Hour))
	if len(books.Runs) != 1 || !books.Runs[0].Until.Equal(Begin.Add(time.Hour)) {
		l.t.Errorf("got %+v", books.Runs)
	}
}

func lateRun(l *life) {
	r := run("m1", 4, Begin)
	r.Until = Begin.Add(time.Minute)
	must(l.t, l.commit(keeper.Change{Close: r}))
	if books := l.month(Begin, Begin.Add(time.Hour)); len(books.Runs) != 1 || !reflect.DeepEqual(books.Runs[0], *r) {
		l.t.Errorf("got %+v", books.Runs)
	}
}

func successor(l *life) {
	l.wake(1, Begin, 0, 0)
	old := run("m1", 1, Begin)
	old.Until = Begin.Add(time.Minute)
	must(l.t, l.commit(keeper.Change{Close: old, Open: run("m1", 2, Begin.Add(time.Minute))}))
	void := run("m1", 2, Begin.Add(time.Minute))
	void.Void, void.Until = true, Begin.Add(2*time.Minute)
	must(l.t, l.commit(keeper.Change{Close: void}))
	if books := l.month(Begin, Begin.Add(time.Hour)); len(books.Runs) != 1 {
		l.t.Errorf("void runs cost nothing and are left out: %+v", books.Runs)
	}
}

func repeated(l *life) {
	l.wake(1, Begin, 0, 0)
	next := Begin.Add(time.Minute)
	for _, u := range []wire.Usage{
		usage(Begin, "council", 40), usage(Begin, "council", 40), usage(Begin, "choir", 7),
		usage(next, "council", 60), usage(Begin, "council", 50), usage(next, "council", 0), {},
	} {
		must(l.t, l.s.RecordUsage(l.t.Context(), "m1", 1, u))
	}
	must(l.t, l.s.RecordUsage(l.t.Context(), "m1", 2, usage(Begin, "council", 99))) // another run's
	minute := Begin.Truncate(time.Minute)
	want := []ledger.Usage{
		{Machine: "m1", Epoch: 1, Minute: minute, Room: "choir", Seconds: 7},
		{Machine: "m1", Epoch: 1, Minute: minute, Room: "council", Seconds: 50},
		{Machine: "m1", Epoch: 1, Minute: minute.Add(time.Minute), Room: "council", Seconds: 0},
	}
	if got := l.month(Begin, Begin.Add(time.Hour)).Usage; !reflect.DeepEqual(got, want) {
		l.t.Errorf("got %+v, want %+v", got, want)
	}
}

func samePhase(l *life) {
	l.wake(1, Begin, 0, 0)
	at := Begin.Add(time.Minute)
	for _, class := range []ledger.Class{ledger.Used, ledger.Drain, ledger.Hold} {
		must(l.t, l.commit(keeper.Change{Phases: []ledger.Phase{{Machine: "m1", Epoch: 1, At: at, Class: class}}}))
	}
	must(l.t, l.commit(keeper.Change{Phases: []ledger.Phase{{Machine: "m1", Epoch: 1, At: Begin.Add(time.Second), Class: ledger.Prewarm}}}))
	var got []ledger.Class
	for _, p := range l.month(Begin, Begin.Add(time.Hour)).Phases {
		got = append(got, p.Class)
	}
	if want := []ledger.Class{ledger.Boot, ledger.Prewarm, ledger.Used, ledger.Drain, ledger.Hold}; !reflect.DeepEqual(got, want) {
		l.t.Errorf("got %v, want %v", got, want)
	}
}

func touching(l *life) {
	l.wake(1, Begin, 10*time.Second, 10*time.Minute) // paid for an hour
	l.wake(2, Begin.Add(26*time.Hour), 10*time.Second, 2*time.Hour)
	l.wake(3, Begin.Add(50*time.Hour), 10*time.Second, 0)
	for _, c := range []struct {
		name        string
		from, until time.Duration
		want        []wire.Epoch
	}{
		{"before all", -time.Hour, 0, nil},
		{"paid but stopped", 30 * time.Minute, time.Hour, []wire.Epoch{1}},
		{"across the middle run's begin", 25 * time.Hour, 27 * time.Hour, []wire.Epoch{1, 2}},
		{"an open run goes on", 5000 * time.Hour, 5001 * time.Hour, []wire.Epoch{3}},
	} {
		books := l.month(Begin.Add(c.from), Begin.Add(c.until))
		var got []wire.Epoch
		for _, r := range books.Runs {
			got = append(got, r.Epoch)
		}
		if !reflect.DeepEqual(got, c.want) {
			l.t.Errorf("%s: runs %v, want %v", c.name, got, c.want)
		}
		if len(books.Phases) != 2*len(got) {
			l.t.Errorf("%s: %d phases for %d runs", c.name, len(books.Phases), len(got))
		}
	}
}

func spent(l *life) {
	l.wake(1, Begin, 10*time.Second, 10*time.Minute)
	l.wake(2, Begin.Add(2*time.Hour), 10*time.Second, 90*time.Minute)
	from, until := Begin.Truncate(time.Minute).Add(time.Minute), Begin.Truncate(time.Minute).Add(3*time.Hour)
	settled, err := ledger.Settle(l.month(from, until), until)
	must(l.t, err)
	report := settled.Report(from, until, time.UTC)
	got := get(l.t, func(ctx context.Context) (ledger.NanoEUR, error) { return l.s.Spent(ctx, from, until) })
	if got == 0 || got != report.Allocated || report.Difference != 0 {
		l.t.Errorf("spent %d, allocated %d, difference %d", got, report.Allocated, report.Difference)
	}
	all := get(l.t, func(ctx context.Context) (ledger.NanoEUR, error) {
		return l.s.Spent(ctx, Begin.Add(-time.Hour), Begin.Add(9*time.Hour))
	})
	if want := 16 * ledger.Cent; all != want { // 5 + 9 cents of compute, 1 + 1 of IPv4
		l.t.Errorf("spent %d in all, want %d", all, want)
	}
}

func wakes(l *life) {
	for i, boot := range []time.Duration{30, 20, 0, 25, 40} { // the third never became ready
		l.wake(wire.Epoch(i+1), Begin.Add(time.Duration(i)*2*time.Hour), boot*time.Second, time.Hour)
	}
	void := run("m1", 6, Begin.Add(20*time.Hour))
	must(l.t, l.commit(keeper.Change{Open: void, Phases: []ledger.Phase{{Machine: "m1", Epoch: 6, At: void.From.Add(time.Second), Class: ledger.Hold}}}))
	void.Void = true
	must(l.t, l.commit(keeper.Change{Close: void}))
	for n, want := range map[int][]time.Duration{
		0: nil, 2: {40 * time.Second, 25 * time.Second},
		20: {40 * time.Second, 25 * time.Second, 20 * time.Second, 30 * time.Second},
	} {
		got := get(l.t, func(ctx context.Context) ([]time.Duration, error) { return l.s.Wakes(ctx, "m1", n) })
		if !reflect.DeepEqual(got, want) {
			l.t.Errorf("last %d: %v, want %v", n, got, want)
		}
	}
}
