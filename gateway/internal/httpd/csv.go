package httpd

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"weckruf/gateway/internal/ledger"
)

// sheet is the words and the decimal sign of one language's table. The words for the classes
// are those of the finance page: who compares the two must find the same.
type sheet struct {
	file    string // before the month
	decimal string
	heads   []string
	classes map[ledger.Class]string
}

var sheets = map[string]sheet{
	"de": {
		file: "kosten", decimal: ",",
		heads: []string{"Tag", "Raum", "Titel", "Art", "Minuten", "Sekunden", "Euro"},
		classes: map[ledger.Class]string{
			ledger.Boot: "Start", ledger.Prewarm: "Vorgewärmt", ledger.Used: "Genutzt", ledger.Hold: "Leer, bereitgehalten",
			ledger.Drain: "Ausschalten", ledger.Waste: "Bezahlt nach dem Ausschalten", ledger.Standing: "Ständige Kosten",
		},
	},
	"en": {
		file: "costs", decimal: ".",
		heads: []string{"day", "room", "title", "class", "minutes", "seconds", "euro"},
		classes: map[ledger.Class]string{
			ledger.Boot: "Start", ledger.Prewarm: "Pre-warmed", ledger.Used: "In use", ledger.Hold: "Empty, kept ready",
			ledger.Drain: "Switching off", ledger.Waste: "Paid after switching off", ledger.Standing: "Standing costs",
		},
	},
}

// costsCSV is the rows of a month for a spreadsheet. The byte order mark makes Excel read the
// file as UTF-8, and the semicolon is what it splits at where the comma is the decimal sign.
func (s *Server) costsCSV(w http.ResponseWriter, r *http.Request) error {
	language := r.URL.Query().Get("lang")
	if language == "" {
		language = "de"
	}
	words, known := sheets[language]
	if !known {
		return refuse(CodeMalformed, "lang is de or en")
	}
	costs, err := s.report(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", words.file+"-"+costs.Month+".csv"))
	w.Header().Set("Cache-Control", "no-store")
	out := bufio.NewWriter(w)
	out.WriteString("\ufeff" + line(words.heads))
	for _, row := range costs.Rows {
		out.WriteString(line(words.row(row)))
	}
	out.Flush()
	return nil // the headers are out: a broken connection is nobody's news
}

// line joins the fields of a row (RFC 4180 §2, with semicolons). A comma is quoted as well:
// some spreadsheets split there, too, unless told otherwise.
func line(fields []string) string {
	quoted := make([]string, len(fields))
	for i, field := range fields {
		if strings.ContainsAny(field, "\",;\r\n") {
			field = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
		}
		quoted[i] = field
	}
	return strings.Join(quoted, ";") + "\r\n"
}

func (t sheet) row(row CostRow) []string {
	class, known := t.classes[row.Class]
	if !known {
		class = string(row.Class)
	}
	return []string{
		row.Day, string(row.Room), harmless(row.Title), class,
		strconv.FormatInt(row.Minutes, 10), strconv.FormatInt(row.Seconds, 10), euro(row.Amount, t.decimal),
	}
}

// euro writes an amount exactly, with nine decimals.
func euro(amount ledger.NanoEUR, decimal string) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	return fmt.Sprintf("%s%d%s%09d", sign, amount/1_000_000_000, decimal, amount%1_000_000_000)
}

// harmless keeps a title from being taken for a formula by a spreadsheet: an organiser's title
// must not run on the treasurer's computer.
func harmless(title string) string {
	if title != "" && strings.ContainsRune("=+-@\t\r", rune(title[0])) {
		return "'" + title
	}
	return title
}
