package turn

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// virtual is where relay addresses are taken from; see the package comment.
var virtual = netip.MustParsePrefix("198.51.100.0/24")

// The bounds of a mux.
const (
	// MaxMedia is how many media addresses a mux can have.
	MaxMedia = 32
	// maxQueued bounds what all relays together have waiting for the media server, and
	// maxQueuedRelay what one has, so that no client can crowd out the others.
	maxQueued      = 8192
	maxQueuedRelay = 128
	// maxBurst is how many relayed packets are read in a row before the socket has its turn.
	// When it has nothing, maxYield is waited: longer than it takes from setting a deadline
	// to reading, even on a busy machine.
	maxBurst = 64
	maxYield = time.Millisecond
)

// Mux is the media server's UDP socket with the in-memory relays merged into it. It goes under
// pion's ice.NewUDPMuxDefault in place of the socket. Packets of a relay are read as coming
// from its virtual address; what is written to a virtual address goes to that relay, and
// everything else to the socket.
//
// Writes are safe for concurrent use and never block on a relay. Reads are for one goroutine
// at a time, as the ICE mux does it. The connection underneath must implement SetReadDeadline
// such that it interrupts a read: that is how a relay wakes the reader without a goroutine and
// a copy for each packet of the socket.
type Mux struct {
	// immutable
	conn   net.PacketConn
	socket addressed
	media  []netip.AddrPort
	yield  time.Duration

	counts counts

	table  sync.RWMutex
	relays map[uint16]*relay // guarded by table, by virtual port
	last   uint16            // guarded by table
	limit  int               // guarded by table, of relays

	mu       sync.Mutex
	queue    queue     // guarded by mu
	reading  bool      // guarded by mu: the reader waits at the socket
	burst    int       // guarded by mu
	armed    time.Time // guarded by mu: read deadline of the socket
	deadline time.Time // guarded by mu: what the caller asked for
}

type counts struct {
	vanished, dropped, forged atomic.Uint64
}

// NewMux merges relays into conn. The media addresses are those that the media server
// advertises for conn (its host candidates, public addresses included): clients send to these
// and to nothing else. IPv6 ones are left out, since relays are IPv4, and at most MaxMedia are
// kept.
func NewMux(conn net.PacketConn, media ...netip.AddrPort) *Mux {
	m := &Mux{
		conn:   conn,
		socket: addressedConn(conn),
		yield:  maxYield,
		relays: map[uint16]*relay{},
		last:   1023,
		limit:  DefaultAllocations,
	}
	for _, a := range media {
		a = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
		if a.Addr().Is4() && len(m.media) < MaxMedia {
			m.media = append(m.media, a)
		}
	}
	return m
}

// Virtual reports whether an address belongs to a relay, not to the network.
func Virtual(a netip.Addr) bool { return virtual.Contains(a.Unmap()) }

// Media are the addresses that clients may send to.
func (m *Mux) Media() []netip.AddrPort { return append([]netip.AddrPort(nil), m.media...) }

// ReadFromAddrPort reads the next packet of the socket or of a relay.
func (m *Mux) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		if p := m.next(); p != nil {
			if n, from, ok := m.take(b, p); ok {
				return n, from, nil
			}
			continue
		}
		n, from, err := m.socket.ReadFromAddrPort(b)
		switch again := m.woken(err); {
		case again:
		case err == nil && Virtual(from.Addr()):
			m.counts.forged.Add(1)
		default:
			return n, from, err
		}
	}
}

// next is the next packet of a relay, or nil when it is the socket's turn.
func (m *Mux) next() *packet {
	m.mu.Lock()
	defer m.mu.Unlock()
	waiting := m.queue.n > 0
	if waiting && m.burst < maxBurst {
		m.burst++
		p := m.queue.pop()
		p.relay.queued--
		return p
	}
	m.burst = 0
	m.reading = !waiting
	if waiting {
		m.arm(time.Now().Add(m.yield))
	} else {
		m.arm(m.deadline)
	}
	return nil
}

// take empties p into b, unless it is a probe, which is answered here.
func (m *Mux) take(b []byte, p *packet) (int, netip.AddrPort, bool) {
	defer p.free()
	if answer := answerProbe(p); answer != nil {
		p.relay.deliver(answer, p.from)
		return 0, netip.AddrPort{}, false
	}
	return copy(b, p.data()), p.from, true
}

// woken ends the turn of the socket and reports whether the read only ended so that the
// relays are looked at.
func (m *Mux) woken(err error) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reading = false
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	return m.deadline.IsZero() || time.Now().Before(m.deadline)
}

// arm is called with mu held. Errors are those of a closed socket, which the next read reports.
func (m *Mux) arm(t time.Time) {
	if !t.Equal(m.armed) {
		m.armed = t
		_ = m.conn.SetReadDeadline(t)
	}
}

// past interrupts a read. The zero time would mean: never.
var past = time.Unix(1, 0)

// push queues what a client sent to media address i.
func (m *Mux) push(r *relay, data []byte, i int) {
	if len(data) > maxPacket {
		m.counts.dropped.Add(1)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.queued >= maxQueuedRelay || m.queue.n >= maxQueued {
		m.counts.dropped.Add(1)
		return
	}
	r.queued++
	m.queue.push(newPacket(data, r.address(i), r))
	if m.reading {
		m.arm(past)
	}
}

// WriteToAddrPort sends to a client, through its relay where the address is virtual. A relay
// that is gone or full swallows the packet, as a network would.
func (m *Mux) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if !Virtual(to.Addr()) {
		return m.socket.WriteToAddrPort(b, to)
	}
	m.table.RLock()
	r := m.relays[to.Port()]
	m.table.RUnlock()
	if r == nil {
		m.counts.dropped.Add(1)
	} else {
		r.deliver(b, to)
	}
	return len(b), nil
}
