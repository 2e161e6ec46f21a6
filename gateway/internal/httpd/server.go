package httpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// Server is the gateway's HTTP side. It is safe for concurrent use.
type Server struct {
	// immutable
	opts     Options
	log      *slog.Logger
	now      func() time.Time
	public   *url.URL
	client   client
	pages    *pages
	metrics  *metrics
	calls    *pace
	dials    *pace // of workers
	sockets  *sockets
	handler  http.Handler
	editing  chan struct{} // holds one token: who changes a room has it
	listened listeners     // owned by Listen, then by Run
}

// New checks the options and builds the handlers. It starts nothing and listens to nothing.
func New(opts Options) (*Server, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	opts.Limits = opts.Limits.withDefaults()
	metrics, err := newMetrics(opts.Registry)
	if err != nil {
		return nil, err
	}
	pages, err := newPages(opts.Pages)
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: opts, log: opts.Log, now: opts.Now, public: opts.PublicURL,
		client: newClient(opts.PublicURL, opts.TrustedProxies),
		pages:  pages, metrics: metrics,
		calls:   newPace(opts.Limits.CallsPerSecond, callBurst),
		dials:   newPace(opts.Limits.DialsPerSecond, dialBurst),
		sockets: newSockets(opts.Limits, metrics),
		editing: make(chan struct{}, 1),
	}
	s.handler = s.observe(s.secured(s.mux()))
	return s, nil
}

func (o Options) validate() error {
	var faults []error
	for _, need := range []struct {
		name    string
		missing bool
	}{
		{"Log", o.Log == nil}, {"PublicURL", o.PublicURL == nil}, {"Pages", o.Pages == nil},
		{"Accounts", o.Accounts == nil}, {"Rooms", o.Rooms == nil}, {"Conversation", o.Conversation == nil},
		{"Machines", o.Machines == nil}, {"Books", o.Books == nil}, {"Keys", o.Keys == nil},
	} {
		if need.missing {
			faults = append(faults, fmt.Errorf("httpd: option %s is needed", need.name))
		}
	}
	if o.PublicURL != nil && (o.PublicURL.Host == "" || o.PublicURL.Scheme != "http" && o.PublicURL.Scheme != "https") {
		faults = append(faults, errors.New("httpd: PublicURL needs http or https and a host"))
	}
	if (o.Certificate == "") != (o.Key == "") {
		faults = append(faults, errors.New("httpd: Certificate and Key belong together"))
	}
	return errors.Join(faults...)
}

// Handler is the handler of the public listener. Whoever serves it himself, rather than by
// Run, calls Drain in the end.
func (s *Server) Handler() http.Handler { return s.handler }

// mux puts pages, calls and sockets together. What matches no route of the API is told so in
// the API's own form, and everything else by the page for what is not there.
func (s *Server) mux() *http.ServeMux {
	mux := http.NewServeMux()
	allowed := make(map[string][]string)
	for _, e := range s.endpoints() {
		mux.Handle(e.method+" "+e.path, s.call(e))
		allowed[e.path] = append(allowed[e.path], e.method)
	}
	for path, methods := range allowed {
		mux.Handle(path, s.wrongMethod(methods))
	}
	mux.HandleFunc("GET "+pathJoin, s.join)
	if s.opts.Worker != nil {
		mux.HandleFunc("GET "+pathWorker, s.worker)
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, refuse(CodeNotFound, "there is no such call"))
	})
	mux.HandleFunc("GET /healthz", s.healthz)
	s.pages.register(mux)
	return mux
}

// dialBurst is how many workers of one source may dial at once. With the pace of those that
// follow, one source holds far fewer handshakes open than the link takes.
const dialBurst = 40

// worker hands a worker's connection to the link. Before its handshake it may be anybody's.
func (s *Server) worker(w http.ResponseWriter, r *http.Request) {
	if !s.dials.allow(s.source(r), s.now()) {
		s.metrics.refused.WithLabelValues(string(CodeTooFast)).Inc()
		s.fail(w, r, refuse(CodeTooFast, "too many connections at once from here"))
		return
	}
	s.opts.Worker.ServeHTTP(w, r)
}

// edit runs a change of rooms while no other one runs: reading, changing and writing a record
// is not one step in the store.
func (s *Server) edit(ctx context.Context, change func() error) error {
	select {
	case s.editing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.editing }()
	return change()
}
