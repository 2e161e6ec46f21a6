package httpd

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/coder/websocket"
)

// join opens a page's WebSocket and hands it to the conversation. Opening it changes nothing
// but counters. A missing Origin is let pass: browsers always send one, so it can only be a
// program, which could send any.
func (s *Server) join(w http.ResponseWriter, r *http.Request) {
	if err := s.mayJoin(r); err != nil {
		s.fail(w, r, err)
		return
	}
	source := s.source(r)
	if err := s.sockets.claim(source, s.now()); err != nil {
		s.metrics.refused.WithLabelValues(string(classify(err).Code)).Inc()
		s.fail(w, r, err)
		return
	}
	peer, err := s.accept(w, r, source)
	if err != nil { // the library has answered
		s.sockets.release(source)
		return
	}
	// The request's goroutine holds buffers of some 10 KB and a grown stack; ending it here
	// is most of what keeps an idle socket small.
	go s.converse(peer)
}

func (s *Server) mayJoin(r *http.Request) error {
	if claimed := r.Header.Get("Origin"); claimed != "" && !s.client.sameOrigin(r, claimed) {
		s.metrics.refused.WithLabelValues(string(CodeOrigin)).Inc()
		return refuse(CodeOrigin, "the Origin is another one")
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return refuse(CodeMalformed, "this is a WebSocket")
	}
	return nil
}

func (s *Server) accept(w http.ResponseWriter, r *http.Request, source string) (*socket, error) {
	peer := &socket{
		source: source, now: s.now, limits: s.opts.Limits, metrics: s.metrics,
		written: make(chan struct{}), waking: make(chan struct{}, 1),
	}
	slim := &slimWriter{ResponseWriter: w}
	conn, err := websocket.Accept(slim, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the Origin was checked above, more strictly
		CompressionMode:    websocket.CompressionDisabled,
		OnPongReceived:     func(context.Context, []byte) { peer.alive() },
	})
	if err != nil {
		return nil, fmt.Errorf("accept: %w", err)
	}
	conn.SetReadLimit(-1) // Receive has limits of its own, which answer with a fault
	peer.conn, peer.raw = conn, slim.conn
	return peer, nil
}

// converse runs the conversation of one page to its end.
func (s *Server) converse(peer *socket) {
	defer s.sockets.release(peer.source)
	defer peer.conn.CloseNow()
	if !s.sockets.add(peer) {
		peer.close(websocket.StatusServiceRestart, "restart")
		return
	}
	defer s.sockets.remove(peer)
	go peer.write()
	code, reason := peer.farewell(s.conversation(peer))
	peer.finish()
	peer.close(code, reason)
}

// conversation shields the gateway from a panic in one page's conversation.
func (s *Server) conversation(peer *socket) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			s.log.Error("conversation panicked", "stack", string(debug.Stack()))
			err = fmt.Errorf("conversation panicked")
		}
	}()
	// Not a request's context: the request is over. The conversation ends with its socket.
	err = s.opts.Conversation.Serve(context.Background(), peer)
	if err != nil {
		s.log.Debug("conversation ended", "err", err)
	}
	return err
}

// The buffers of a socket in bytes: most messages fit, larger ones pass them by. net/http's
// own are 4 KB each.
const (
	readBuffer  = 512
	writeBuffer = 512
)

// slimWriter hands the connection over with small buffers and remembers it.
type slimWriter struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack implements http.Hijacker.
func (w *slimWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.conn = conn
	early, _ := buffers.Reader.Peek(buffers.Reader.Buffered())
	reader := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(early)), conn), max(readBuffer, len(early)))
	reader.Peek(len(early)) // the library takes over what is buffered, and reads conn itself
	return conn, bufio.NewReadWriter(reader, bufio.NewWriterSize(conn, writeBuffer)), nil
}
