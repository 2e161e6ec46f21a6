package httpd

import (
	"context"
	"net/http"
	"time"
)

// healthTime is how long all checks together may take.
const healthTime = 3 * time.Second

type health struct {
	Status  string   `json:"status"` // ok or degraded
	Reasons []reason `json:"reasons,omitempty"`
}

type reason struct {
	Check  string `json:"check"`
	Detail string `json:"detail"`
}

// healthz answers 200 when all is well, else 503 with what is not: a monitor that looks at the
// status alone must see it too.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	if !s.calls.allow(s.source(r), s.now()) {
		s.fail(w, r, refuse(CodeTooFast, "too many calls from here"))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), healthTime)
	defer cancel()
	out := health{Status: "ok"}
	for _, check := range s.opts.Checks {
		if err := check.Run(ctx); err != nil {
			out.Reasons = append(out.Reasons, reason{check.Name, err.Error()})
		}
	}
	if len(out.Reasons) == 0 {
		reply(w, http.StatusOK, out)
		return
	}
	out.Status = "degraded"
	reply(w, http.StatusServiceUnavailable, out)
}
