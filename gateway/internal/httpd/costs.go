package httpd

import (
	"fmt"
	"net/http"

	"weckruf/gateway/internal/ledger"
)

// report settles the month of the query; no month means the current one. It is settled anew
// each time: a month of a council is some dozens of runs, and nothing can be out of date.
func (s *Server) report(r *http.Request) (Costs, error) {
	month := r.URL.Query().Get("month")
	if month == "" {
		month = s.now().In(s.opts.Zone).Format("2006-01")
	}
	from, until, err := ledger.Month(month, s.opts.Zone)
	if err != nil {
		return Costs{}, refuse(CodeMalformed, "month is written as 2026-11")
	}
	costs, err := s.opts.Books.Costs(r.Context(), from, until, s.opts.Zone)
	if err != nil {
		return Costs{}, fmt.Errorf("settle the books: %w", err)
	}
	titles, err := s.titles(r.Context())
	if err != nil {
		return Costs{}, err
	}
	costs.Month = month
	return costs.named(titles), nil
}

func (s *Server) costs(w http.ResponseWriter, r *http.Request) error {
	costs, err := s.report(r)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, costs)
	return nil
}
