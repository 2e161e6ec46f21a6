package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// The times of a connection, against peers that open many and say little.
const (
	headersWithin = 10 * time.Second
	requestWithin = 30 * time.Second
	answerWithin  = 60 * time.Second
	idleAtMost    = 2 * time.Minute
	maxHeaders    = 16 << 10 // bytes
)

// stopWithin is how long answers and goodbyes may take once Run is to end.
const stopWithin = 8 * time.Second

// listeners are the sockets that Listen opened. Metrics is nil when there is none.
type listeners struct {
	public, metrics net.Listener
}

// Listen opens the listeners and loads the certificate, so that a wrong setting is found before
// anything else starts. Run calls it unless it was called.
func (s *Server) Listen() (err error) {
	if s.listened.public != nil {
		return nil
	}
	encrypted, err := s.tlsConfig()
	if err != nil {
		return err
	}
	public, err := net.Listen("tcp", s.opts.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.opts.Listen, err)
	}
	if encrypted != nil {
		public = tls.NewListener(public, encrypted)
	}
	s.listened.public = public
	if s.opts.MetricsListen == "" {
		return nil
	}
	if s.listened.metrics, err = net.Listen("tcp", s.opts.MetricsListen); err != nil {
		public.Close()
		s.listened.public = nil
		return fmt.Errorf("listen on %s: %w", s.opts.MetricsListen, err)
	}
	return nil
}

// Addr is the public listener's address, and MetricsAddr that of the metrics; nil before Listen
// and for one that is not there.
func (s *Server) Addr() net.Addr { return addrOf(s.listened.public) }

// MetricsAddr is described at Addr.
func (s *Server) MetricsAddr() net.Addr { return addrOf(s.listened.metrics) }

func addrOf(l net.Listener) net.Addr {
	if l == nil {
		return nil
	}
	return l.Addr()
}

// Run serves until ctx ends, then lets answers finish, tells pages to come back (close code
// 1012) and returns nil. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	if err := s.Listen(); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	s.serve(ctx, group, s.listened.public, s.handler, s.Drain)
	if s.listened.metrics != nil {
		s.serve(ctx, group, s.listened.metrics, s.Metrics(), func(context.Context) {})
	}
	return group.Wait()
}

// serve runs one server in the group. When ctx ends it takes no more connections, then calls
// drain beside the answers that are still being written.
func (s *Server) serve(ctx context.Context, group *errgroup.Group, l net.Listener, h http.Handler, drain func(context.Context)) {
	server := newServer(h)
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		var both errgroup.Group
		both.Go(func() error { return server.Shutdown(limit) })
		both.Go(func() error { drain(limit); return nil })
		if both.Wait() != nil {
			server.Close()
		}
		return nil
	})
}

// newServer returns a server with limits. Its own log is thrown away: what it writes holds
// addresses.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headersWithin,
		ReadTimeout:       requestWithin,
		WriteTimeout:      answerWithin,
		IdleTimeout:       idleAtMost,
		MaxHeaderBytes:    maxHeaders,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}

// Drain closes the pages' WebSockets with 1012 (service restart), refuses new ones, and returns
// when all conversations have ended. Those that are slow are cut off when ctx ends.
func (s *Server) Drain(ctx context.Context) { s.sockets.drain(ctx) }
