package turn

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"
)

// The bounds of a TCP connection.
const (
	// proofTime is how long a connection may stand before it has shown a good credential.
	proofTime = 10 * time.Second
	// idleTime is longer than an allocation lives without a refresh (10 min).
	idleTime = 11 * time.Minute
	// stallTime is how long a client may take nothing before it is cut off. A part of a
	// message may have been sent by then, so the connection is of no use any more.
	stallTime = 10 * time.Second
	// acceptPause is how long nobody is let in after an Accept failed that may succeed later.
	acceptPause = 50 * time.Millisecond
)

// streams are the TCP connections that stand.
type streams struct {
	// immutable once something was added
	limit              int
	proof, idle, stall time.Duration

	wait sync.WaitGroup
	mu   sync.Mutex
	open map[string]*stream // guarded by mu, by remote and local address
	shut bool               // guarded by mu
}

// listener lets at most so many connections through and knows them, because pion/turn does
// not end those that stand when it is closed.
type listener struct {
	net.Listener
	streams *streams
	refused func()
	ended   chan struct{} // closed when Accept failed for good
	once    sync.Once
}

// Accept implements net.Listener. pion/turn stops to listen at the first error, so that those
// that pass, such as a lack of file descriptors, are waited out here.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		switch {
		case err == nil:
		case passing(err):
			time.Sleep(acceptPause)
			continue
		default:
			l.once.Do(func() { close(l.ended) })
			return nil, err
		}
		if s, ok := l.streams.add(conn); ok {
			return s, nil
		}
		l.refused()
		_ = conn.Close()
	}
}

// passing reports whether a later Accept may succeed: descriptors or memory were lacking, or
// who called hung up at once (accept(2)).
func passing(err error) bool {
	for _, one := range []error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.EPROTO, syscall.EINTR, syscall.EAGAIN,
	} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

func streamKey(remote, local net.Addr) string { return remote.String() + " " + local.String() }

func (s *streams) add(conn net.Conn) (*stream, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut || len(s.open) >= s.limit {
		return nil, false
	}
	t := &stream{Conn: conn, set: s, proveBy: time.Now().Add(s.proof)}
	if s.open == nil {
		s.open = map[string]*stream{}
	}
	s.open[streamKey(conn.RemoteAddr(), conn.LocalAddr())] = t
	s.wait.Add(1)
	return t, true
}

// prove says that a connection has shown a good credential.
func (s *streams) prove(remote, local net.Addr) {
	s.mu.Lock()
	t := s.open[streamKey(remote, local)]
	s.mu.Unlock()
	if t != nil {
		t.mu.Lock()
		t.proveBy = time.Time{}
		t.mu.Unlock()
	}
}

func (s *streams) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// close ends all and waits until pion/turn has let go of them.
func (s *streams) close() {
	s.mu.Lock()
	s.shut = true
	for _, t := range s.open {
		_ = t.Conn.Close()
	}
	s.mu.Unlock()
	s.wait.Wait()
}

// stream is one TCP connection with its time limits.
type stream struct {
	net.Conn
	set  *streams
	once sync.Once

	mu      sync.Mutex
	proveBy time.Time // guarded by mu, zero when proven
}

// Read implements net.Conn.
func (t *stream) Read(b []byte) (int, error) {
	t.mu.Lock()
	until := t.proveBy
	t.mu.Unlock()
	if until.IsZero() {
		until = time.Now().Add(t.set.idle)
	}
	if err := t.SetReadDeadline(until); err != nil {
		return 0, err
	}
	return t.Conn.Read(b)
}

// Write implements net.Conn.
func (t *stream) Write(b []byte) (int, error) {
	if err := t.SetWriteDeadline(time.Now().Add(t.set.stall)); err != nil {
		return 0, err
	}
	n, err := t.Conn.Write(b)
	if err != nil {
		_ = t.Conn.Close()
	}
	return n, err
}

// Close is called by pion/turn when it has done with the connection.
func (t *stream) Close() error {
	err := t.Conn.Close()
	t.once.Do(func() {
		t.set.mu.Lock()
		delete(t.set.open, streamKey(t.RemoteAddr(), t.LocalAddr()))
		t.set.mu.Unlock()
		t.set.wait.Done()
	})
	return err
}
