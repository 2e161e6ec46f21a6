package httpd

import (
	"strings"
	"testing"
	"time"

	"weckruf/gateway/internal/ledger"
)

// someBooks hold one closed run of ten minutes, of which five were used.
func someBooks() ledger.Books {
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	minute := ledger.Quantum{Minimum: time.Minute, Step: time.Minute}
	return ledger.Books{
		Runs: []ledger.Run{{
			Machine: "local-1", Epoch: 1, Room: "room-one", From: at(-30), Until: at(-20),
			Prices: []ledger.Price{{Resource: ledger.Compute, PerHour: 60_000_000, Quantum: minute}},
		}},
		Phases: []ledger.Phase{{Machine: "local-1", Epoch: 1, At: at(-29), Class: ledger.Hold}},
		Usage: []ledger.Usage{
			{Machine: "local-1", Epoch: 1, Minute: at(-28), Room: "room-one", Seconds: 120},
			{Machine: "local-1", Epoch: 1, Minute: at(-27), Room: "room-one", Seconds: 60},
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
	r.books.books = someBooks()
	return r
}

func TestTheCostsOfAMonthAddUpAndNameTheRooms(t *testing.T) {
	r := costsRig(t)
	for _, path := range []string{"/api/v1/costs", "/api/v1/costs?month=2026-11"} {
		got := into[costsJSON](t, r.want(r.do("GET", path, ""), 200, ""))
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
		"de": {"\ufeffTag;Raum;Titel;Art;Minuten;Sekunden;Euro\r\n", "\r\n2026-11-23;room-one;\"'=HYPERLINK(\"\"x\"\")\";Genutzt;2;120;0,002000000\r\n"},
		"en": {"\ufeffday;room;title;class;minutes;seconds;euro\r\n", ";used;2;120;0.002000000\r\n"},
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

func TestEuro(t *testing.T) {
	for amount, want := range map[ledger.NanoEUR]string{
		0: "0,000000000", 1: "0,000000001", 1_500_000_000: "1,500000000", -20_000_000: "-0,020000000",
	} {
		if got := euro(amount, ","); got != want {
			t.Errorf("euro(%d) = %s, want %s", amount, got, want)
		}
	}
}
