package httpd

import (
	"encoding/csv"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"weckruf/gateway/internal/ledger"
)

// someCosts are one closed run of ten minutes, of which two were used, in November.
func someCosts(from, until time.Time) Costs {
	began, ended := noon.Add(-30*time.Minute), noon.Add(-20*time.Minute)
	if began.Before(from) || !began.Before(until) {
		return Costs{}
	}
	minute := ledger.Quantum{Minimum: time.Minute, Step: time.Minute}
	row := func(class ledger.Class, minutes int64) CostRow {
		return CostRow{
			Day: "2026-11-23", Room: "room-one", Class: class, Minutes: minutes, Seconds: minutes * 60,
			Amount: ledger.NanoEUR(minutes * 1_000_000),
		}
	}
	return Costs{
		AsOf: noon, Rows: []CostRow{row(ledger.Boot, 1), row(ledger.Used, 2), row(ledger.Hold, 7)},
		Runs: []CostRun{{
			Machine: "local-1", Epoch: 1, Room: "room-one", From: began, Until: &ended,
			Prices: []ledger.Price{{Resource: ledger.Compute, PerHour: 60_000_000, Quantum: minute}},
			Origin: 10_000_000, Allocated: 10_000_000,
		}},
		Sum: CostSum{
			Origin: 10_000_000, Allocated: 10_000_000, UsedSeconds: 120, Seconds: 600,
			ByClass: map[ledger.Class]ClassCost{ledger.Used: {Seconds: 120, Amount: 2_000_000}},
		},
	}
}

func costsRig(t *testing.T) *rig {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(o *Options) { o.Zone = berlin }).signedIn()
	record := r.addRoom("room-one")
	record.Title = "=HYPERLINK(\"x\")"
	r.rooms.rows["room-one"] = record
	r.books.costs = someCosts
	return r
}

func TestTheCostsOfAMonthAddUpAndNameTheRooms(t *testing.T) {
	r := costsRig(t)
	for _, path := range []string{"/api/v1/costs", "/api/v1/costs?month=2026-11"} {
		got := into[Costs](t, r.want(r.do("GET", path, ""), 200, ""))
		var rows ledger.NanoEUR
		for _, row := range got.Rows {
			rows += row.Amount
			if row.Day != "2026-11-23" || row.Title == "" || row.Minutes != row.Seconds/60 {
				t.Errorf("row %+v", row)
			}
		}
		s := got.Sum
		if got.Month != "2026-11" || s.Origin != 10_000_000 || s.Allocated != rows || s.Origin != rows || s.Difference != 0 {
			t.Errorf("%s: %+v, rows %d", path, got.Sum, rows)
		}
		if s.UsedSeconds != 120 || s.Seconds != 600 || s.ByClass[ledger.Used].Seconds != 120 {
			t.Errorf("%s: %+v", path, s)
		}
		if len(got.Runs) != 1 || got.Runs[0].Until == nil || len(got.Runs[0].Prices) != 1 {
			t.Errorf("%s: %+v", path, got.Runs)
		}
	}
}

func TestADeletedRoomKeepsTheTitleThatTheBooksKnow(t *testing.T) {
	r := costsRig(t)
	delete(r.rooms.rows, "room-one")
	r.books.costs = func(from, until time.Time) Costs {
		costs := someCosts(from, until)
		for i := range costs.Rows {
			costs.Rows[i].Title = "Rat (gelöscht)"
		}
		return costs
	}
	got := into[Costs](t, r.want(r.do("GET", "/api/v1/costs?month=2026-11", ""), 200, ""))
	if got.Rows[0].Title != "Rat (gelöscht)" || got.Runs[0].Title != "Rat (gelöscht)" {
		t.Errorf("titles %q and %q", got.Rows[0].Title, got.Runs[0].Title)
	}
}

func TestAMonthWithoutCostsHasEmptyLists(t *testing.T) {
	a := costsRig(t).do("GET", "/api/v1/costs?month=2026-09", "")
	for _, part := range []string{`"rows":[]`, `"runs":[]`, `"by_class":{}`} {
		if !strings.Contains(string(a.body), part) {
			t.Errorf("%s is missing in %s", part, a.body)
		}
	}
}

func TestMonthsAndLanguagesAreChecked(t *testing.T) {
	r := costsRig(t)
	for _, query := range []string{"month=2026", "month=2026-13", "month=x", "month=2026-11-23"} {
		r.want(r.do("GET", "/api/v1/costs?"+query, ""), 400, CodeMalformed)
		r.want(r.do("GET", "/api/v1/costs.csv?"+query, ""), 400, CodeMalformed)
	}
	r.want(r.do("GET", "/api/v1/costs.csv?lang=fr", ""), 400, CodeMalformed)
}

func TestTheTableIsForSpreadsheets(t *testing.T) {
	r := costsRig(t)
	for lang, want := range map[string][]string{
		"de": {"\ufeffTag;Raum;Titel;Art;Minuten;Sekunden;Euro\r\n", "\r\n2026-11-23;room-one;\"'=HYPERLINK(\"\"x\"\")\";Genutzt;2;120;\"0,002000000\"\r\n", ";\"Leer, bereitgehalten\";7;420;"},
		"en": {"\ufeffday;room;title;class;minutes;seconds;euro\r\n", ";In use;2;120;0.002000000\r\n", ";\"Empty, kept ready\";7;420;"},
	} {
		a := r.want(r.do("GET", "/api/v1/costs.csv?month=2026-11&lang="+lang, ""), 200, "")
		for _, part := range want {
			if !strings.Contains(string(a.body), part) {
				t.Errorf("%s: %q is missing in %q", lang, part, a.body)
			}
		}
		if kind := a.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv; charset=utf-8") {
			t.Errorf("Content-Type %q", kind)
		}
		if !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment; filename=\"") {
			t.Errorf("Content-Disposition %q", a.Header.Get("Content-Disposition"))
		}
	}
}

func TestTheTableSpeaksOfClassesAsThePageDoes(t *testing.T) {
	page, err := os.ReadFile("../../../web/src/i18n/finance.ts")
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range []ledger.Class{
		ledger.Boot, ledger.Prewarm, ledger.Used, ledger.Hold, ledger.Drain, ledger.Waste, ledger.Standing,
	} {
		said := regexp.MustCompile(`(?m)^    `+string(class)+`: '([^']+)',$`).FindAllSubmatch(page, -1)
		if len(said) != 2 {
			t.Fatalf("the page speaks of %s %d times", class, len(said))
		}
		for i, lang := range []string{"de", "en"} {
			if got := sheets[lang].classes[class]; got != string(said[i][1]) {
				t.Errorf("%s in %s is %q, on the page %q", class, lang, got, said[i][1])
			}
		}
	}
}

func TestAFieldIsReadAsItWasWritten(t *testing.T) {
	fields := []string{"plain", "a;b", "a, b", `say "x"`, "two\nlines", "", "'=1+1"}
	in := csv.NewReader(strings.NewReader(line(fields)))
	in.Comma = ';'
	got, err := in.Read()
	if err != nil || !slices.Equal(got, fields) {
		t.Errorf("read %q, %v", got, err)
	}
	if got := line(fields[:3]); got != "plain;\"a;b\";\"a, b\"\r\n" {
		t.Errorf("written as %q", got)
	}
}

func TestEuro(t *testing.T) {
	for amount, want := range map[ledger.NanoEUR]string{
		0: "0,000000000", 1: "0,000000001", 1_500_000_000: "1,500000000", -20_000_000: "-0,020000000",
	} {
		if got := euro(amount, ","); got != want {
			t.Errorf("euro(%d) = %s, want %s", amount, got, want)
		}
	}
}
