package httpd

import (
	"net/http"
	"slices"
	"strings"
)

// callBurst is how many calls one source may make at once: a town hall behind one address
// opens its pages in the same minute.
const callBurst = 200

// The WebSockets.
const (
	pathJoin   = "/api/v1/join"
	pathWorker = "/api/v1/worker"
)

// endpoint is one call of the API.
type endpoint struct {
	method, path string
	public       bool // works without being signed in
	serve        func(w http.ResponseWriter, r *http.Request) error
}

func (e endpoint) write() bool { return e.method != http.MethodGet }

// endpoints is the whole API but for the WebSockets. openapi.json describes the same.
func (s *Server) endpoints() []endpoint {
	const public = true
	return []endpoint{
		{http.MethodPost, "/api/v1/signin", public, s.signIn},
		{http.MethodPost, "/api/v1/signout", public, s.signOut},
		{http.MethodGet, "/api/v1/settings", public, s.settings},
		{http.MethodGet, "/api/v1/openapi.json", public, s.openapi},
		{http.MethodGet, "/api/v1/me", false, s.me},
		{http.MethodGet, "/api/v1/rooms", false, s.listRooms},
		{http.MethodPost, "/api/v1/rooms", false, s.createRoom},
		{http.MethodGet, "/api/v1/rooms/{room}", false, s.showRoom},
		{http.MethodPatch, "/api/v1/rooms/{room}", false, s.changeRoom},
		{http.MethodDelete, "/api/v1/rooms/{room}", false, s.deleteRoom},
		{http.MethodPost, "/api/v1/rooms/{room}/links", false, s.renewLink},
		{http.MethodPost, "/api/v1/rooms/{room}/prewarm", false, s.prewarm},
		{http.MethodDelete, "/api/v1/rooms/{room}/prewarm", false, s.cancelPrewarm},
		{http.MethodGet, "/api/v1/machines", false, s.listMachines},
		{http.MethodPost, "/api/v1/machines/{machine}/stop", false, s.stopMachine},
		{http.MethodGet, "/api/v1/costs", false, s.costs},
		{http.MethodGet, "/api/v1/costs.csv", false, s.costsCSV},
	}
}

// call puts the checks that every call needs before the call itself.
func (s *Server) call(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.admit(e, r)
		if err == nil {
			err = e.serve(w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// admit looks at where a call comes from before anybody reads what it says.
func (s *Server) admit(e endpoint, r *http.Request) error {
	if !s.calls.allow(s.source(r), s.now()) {
		return refuse(CodeTooFast, "too many calls from here")
	}
	if e.write() {
		if !s.client.sameOrigin(r, r.Header.Get("Origin")) {
			return refuse(CodeOrigin, "writes need the gateway's own Origin")
		}
		if !isJSON(r) {
			return refuse(CodeMalformed, "writes need Content-Type: application/json")
		}
	}
	if e.public {
		return nil
	}
	return s.opts.Accounts.Check(r.Context(), sessionOf(r))
}

// source is what limits know a caller by.
func (s *Server) source(r *http.Request) string {
	return s.opts.Keys.Source(s.client.addr(r), s.now())
}

func (s *Server) wrongMethod(methods []string) http.Handler {
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	allow := strings.Join(methods, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		s.fail(w, r, refuse(CodeMethod, "this call knows %s", allow))
	})
}
