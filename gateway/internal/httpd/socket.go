package httpd

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// The times of a socket.
const (
	silenceAfterPing = 40 * time.Second // one ping lost, and some
	sendWithin       = 20 * time.Second // for one message
)

// The bounds of a socket beside those of Limits.
const (
	maxFlood      = 1 << 20 // bytes: messages that are so much too large end the connection
	maxQueueBytes = 1 << 20 // bytes that wait for a slow page
	messageBurst  = 60      // messages at once
	faultRate     = 2       // faults per second,
	faultBurst    = 100     // and at once, before the connection ends
)

// socket is one page's WebSocket. It costs two goroutines: one in the conversation, which
// receives, and one writer.
type socket struct {
	// immutable
	conn    *websocket.Conn
	raw     net.Conn // below conn: for deadlines, pings and the end
	source  string
	now     func() time.Time
	limits  Limits
	metrics *metrics
	written chan struct{} // closed when the writer has ended

	// owned by Receive
	messages, faults bucket
	rest             io.Reader // of an oversized message, to be thrown away
	ended            error
	verdict          websocket.StatusCode // why the page is sent away; 0: it is not

	interrupted atomic.Bool   // Receive is to end
	waking      chan struct{} // one token: something is queued, or closing was set

	mu      sync.Mutex
	queue   [][]byte // guarded by mu
	queued  int      // bytes in queue; guarded by mu
	closing bool     // nothing more is taken; guarded by mu
}

var _ room.Peer = (*socket)(nil)

// Source implements room.Peer.
func (s *socket) Source() string { return s.source }

// Receive implements room.Peer. It must be called from one goroutine at a time.
func (s *socket) Receive(ctx context.Context) (wire.Message, error) {
	if s.ended != nil {
		return nil, s.ended
	}
	message, err := s.receive(ctx)
	var fault *wire.Error
	switch {
	case err == nil:
		return message, nil
	case errors.As(err, &fault):
		if s.faults.take(s.now(), faultRate, faultBurst) {
			return nil, fault
		}
		s.verdict = websocket.StatusPolicyViolation
	case ctx.Err() != nil:
		s.ended = ctx.Err()
		return nil, s.ended
	}
	s.ended = io.EOF
	return nil, s.ended
}

// receive does not hand ctx to the library, which would cut the connection off without a
// goodbye when it ends; the read deadline ends the waiting just as well.
func (s *socket) receive(ctx context.Context) (wire.Message, error) {
	s.alive()
	defer context.AfterFunc(ctx, s.interrupt)()
	if err := s.discard(); err != nil {
		return nil, err
	}
	kind, reader, err := s.conn.Reader(context.Background())
	if err != nil {
		return nil, err
	}
	limit := wire.PageToGateway.Limit()
	data, err := io.ReadAll(io.LimitReader(reader, int64(limit)+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > limit:
		s.rest = reader
	case kind != websocket.MessageText:
		return nil, &wire.Error{Code: wire.CodeMalformed, Detail: "messages are text"}
	}
	if !s.messages.take(s.now(), s.limits.MessagesPerSec, messageBurst) {
		return nil, &wire.Error{Code: wire.CodeTooFast}
	}
	return wire.PageToGateway.Decode(data)
}

// discard reads what is left of an oversized message. Its sender was told already.
func (s *socket) discard() error {
	if s.rest == nil {
		return nil
	}
	n, err := io.Copy(io.Discard, io.LimitReader(s.rest, maxFlood))
	if n == maxFlood {
		s.verdict = websocket.StatusMessageTooBig
		return errFlood
	}
	s.rest = nil
	return err
}

var errFlood = errors.New("the message does not end")

// alive gives the page time to say something, be it a pong.
func (s *socket) alive() {
	s.raw.SetReadDeadline(time.Now().Add(s.limits.Ping + silenceAfterPing))
	if s.interrupted.Load() { // perhaps just now, and overwritten
		s.raw.SetReadDeadline(long)
	}
}

// long is a deadline that is over.
var long = time.Unix(1, 0)

// interrupt ends Receive for good.
func (s *socket) interrupt() {
	s.interrupted.Store(true)
	s.raw.SetReadDeadline(long)
}

// Send implements room.Peer.
func (s *socket) Send(m wire.Message) {
	s.metrics.sent(m)
	data := wire.Encode(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	if len(s.queue) >= s.limits.Queue || s.queued+len(data) > maxQueueBytes {
		s.closing, s.queue = true, nil
		s.metrics.slow.Inc()
		s.abort()
		return
	}
	s.queue = append(s.queue, data)
	s.queued += len(data)
	s.wake()
}

func (s *socket) wake() {
	select {
	case s.waking <- struct{}{}:
	default:
	}
}

// write sends what is queued and pings, until finish was called and the queue is empty, or
// the connection is gone.
func (s *socket) write() {
	defer close(s.written)
	ping := time.NewTicker(s.limits.Ping)
	defer ping.Stop()
	for {
		select {
		case <-s.waking:
			if !s.flush() {
				return
			}
		case <-ping.C:
			if s.ping() != nil {
				s.abort()
			}
		}
	}
}

// flush writes the queue and reports whether there may be more to come.
func (s *socket) flush() bool {
	for {
		s.mu.Lock()
		batch, closing := s.queue, s.closing
		s.queue, s.queued = nil, 0
		s.mu.Unlock()
		if len(batch) == 0 {
			return !closing
		}
		for _, data := range batch {
			if s.put(data) != nil {
				s.drop()
				s.abort() // the reader sees the end, and finish comes
				return false
			}
		}
	}
}

// drop forgets what is queued and takes nothing more.
func (s *socket) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing, s.queue = true, nil
}

func (s *socket) put(data []byte) error {
	s.raw.SetWriteDeadline(time.Now().Add(sendWithin))
	return s.conn.Write(context.Background(), websocket.MessageText, data)
}

// ping writes a ping without waiting for the pong, which only has to move the read deadline.
// The library's own Ping waits for it and would hold the messages up meanwhile, or cost a
// goroutine. It is safe past the library because a control frame is one write, and because
// this goroutine is the only one that writes data frames.
func (s *socket) ping() error {
	s.raw.SetWriteDeadline(time.Now().Add(sendWithin))
	_, err := s.raw.Write([]byte{0x89, 0x00}) // RFC 6455 §5.2: FIN and opcode 9, no payload
	return err
}

// finish writes what is queued still, stops the writer and waits for its end.
func (s *socket) finish() {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.wake()
	<-s.written
}

// close says goodbye and waits up to 10 s for the page's goodbye.
func (s *socket) close(code websocket.StatusCode, reason string) {
	s.interrupted.Store(false) // the goodbye is to be read
	s.alive()
	s.conn.Close(code, reason)
}

// farewell picks the close code for what the conversation ended with: a page that was not
// asked to go is told to come back. It is called after the last Receive.
func (s *socket) farewell(err error) (websocket.StatusCode, string) {
	switch {
	case s.verdict != 0:
		return s.verdict, ""
	case err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, io.EOF):
		return websocket.StatusInternalError, ""
	case errors.Is(err, context.Canceled), errors.Is(s.ended, context.Canceled):
		return websocket.StatusServiceRestart, "restart"
	}
	return websocket.StatusNormalClosure, ""
}

// abort ends the connection at once, and with it Receive. It does not block: below TLS there
// is no goodbye to be written.
func (s *socket) abort() {
	raw := s.raw
	if encrypted, ok := raw.(interface{ NetConn() net.Conn }); ok {
		raw = encrypted.NetConn()
	}
	raw.Close()
}
