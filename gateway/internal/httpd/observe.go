package httpd

import (
	"net/http"
	"runtime/debug"
	"time"
)

// observe counts and logs each request, by its route alone, and turns a panic into a 500.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.now()
		seen := &recorder{ResponseWriter: w}
		defer func() {
			s.recovered(seen, r, recover())
			status := seen.result()
			s.metrics.request(routeOf(r), status)
			s.log.Debug("request", "route", routeOf(r), "status", status, "took", s.now().Sub(began).Round(time.Microsecond))
		}()
		next.ServeHTTP(seen, r)
	})
}

// recovered answers after a panic. The value that was thrown may hold anything and is not
// logged; the stack holds code positions and numbers.
func (s *Server) recovered(w *recorder, r *http.Request, thrown any) {
	if thrown == nil {
		return
	}
	if thrown == http.ErrAbortHandler {
		panic(thrown)
	}
	s.log.Error("handler panicked", "route", routeOf(r), "stack", string(debug.Stack()))
	if w.status == 0 {
		s.fail(w, r, refuse(CodeInternal, "the gateway failed; its log says more"))
	}
}

// routeOf is the pattern that a request matched. The request's own path may hold room names.
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return "none"
	}
	return r.Pattern
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController and the WebSocket find the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) result() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
