package turn

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// maxOutbound is how many packets may wait for one client: half a second of a full call.
const maxOutbound = 512

// Why an allocation gets no relay.
var (
	errRelaysFull = errors.New("no relay is left")
	errPortTaken  = errors.New("this relay port is taken")
	errNoTCP      = errors.New("TCP relays do not exist")
)

// relay is one allocation's relayed transport address. For pion/turn it is the net.PacketConn
// that it would otherwise have opened.
type relay struct {
	// immutable
	mux    *Mux
	port   uint16
	out    chan *packet
	closed chan struct{}
	once   sync.Once

	queued int // guarded by mux.mu: packets on their way to the media server
}

// open makes a relay; port 0 means any. Ports go round, so that a packet that was on its way
// to a closed relay does not end at the next client's.
func (m *Mux) open(port uint16) (*relay, error) {
	m.table.Lock()
	defer m.table.Unlock()
	switch {
	case len(m.relays) >= m.limit:
		return nil, errRelaysFull
	case port != 0 && m.relays[port] != nil:
		return nil, errPortTaken
	case port == 0:
		port = m.free()
	}
	r := &relay{mux: m, port: port, out: make(chan *packet, maxOutbound), closed: make(chan struct{})}
	m.relays[port] = r
	return r, nil
}

// free is called with table held. There is a free port, since limit is below their number.
func (m *Mux) free() uint16 {
	for {
		m.last = max(m.last+1, 1024)
		if m.relays[m.last] == nil {
			return m.last
		}
	}
}

// address is the virtual address that stands for this relay talking to media address i. Each
// media address has one of its own, so that an answer comes back from where the client asked.
func (r *relay) address(i int) netip.AddrPort {
	a := virtual.Addr().As4()
	a[3] = byte(i + 1)
	return netip.AddrPortFrom(netip.AddrFrom4(a), r.port)
}

// media is the media address that a virtual address stands for.
func (m *Mux) mediaOf(to netip.Addr) (netip.AddrPort, bool) {
	i := int(to.Unmap().As4()[3]) - 1
	if i < 0 || i >= len(m.media) {
		return netip.AddrPort{}, false
	}
	return m.media[i], true
}

// deliver queues a packet of the media server for the client.
func (r *relay) deliver(data []byte, to netip.AddrPort) {
	from, known := r.mux.mediaOf(to.Addr())
	if !known || len(data) > maxPacket {
		r.mux.counts.dropped.Add(1)
		return
	}
	p := newPacket(data, from, nil)
	select {
	case r.out <- p:
	default:
		p.free()
		r.mux.counts.dropped.Add(1)
	}
}

// ReadFrom is called by pion/turn: what the media server has for the client.
func (r *relay) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case <-r.closed:
		return 0, nil, net.ErrClosed
	case p := <-r.out:
		defer p.free()
		return copy(b, p.data()), net.UDPAddrFromAddrPort(p.from), nil
	}
}

// WriteTo is called by pion/turn: what the client has for somebody. Only the media server's
// own addresses exist; a packet to any other vanishes.
func (r *relay) WriteTo(b []byte, to net.Addr) (int, error) {
	address := addrPort(to)
	for i, media := range r.mux.media {
		if media == address {
			r.mux.push(r, b, i)
			return len(b), nil
		}
	}
	r.mux.counts.vanished.Add(1)
	return len(b), nil
}

func (r *relay) Close() error {
	r.once.Do(func() {
		r.mux.table.Lock()
		delete(r.mux.relays, r.port)
		r.mux.table.Unlock()
		close(r.closed)
	})
	return nil
}

func (r *relay) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(r.address(0)) }

func (r *relay) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (r *relay) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (r *relay) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

// Relay makes pion/turn's relays out of the mux (turn.RelayAddressGenerator).
func (m *Mux) Relay() *Generator { return &Generator{mux: m} }

// Generator hands relays of a mux to pion/turn. It is safe for concurrent use.
type Generator struct{ mux *Mux }

// Validate reports whether there is anything to reach.
func (g *Generator) Validate() error {
	if len(g.mux.media) == 0 {
		return errors.New("the mux has no IPv4 media address")
	}
	return nil
}

// AllocatePacketConn makes a relay.
func (g *Generator) AllocatePacketConn(_ string, port int) (net.PacketConn, net.Addr, error) {
	r, err := g.mux.open(uint16(port))
	if err != nil {
		return nil, nil, err
	}
	return r, r.LocalAddr(), nil
}

// AllocateConn is refused: there are no TCP relays (RFC 6062).
func (g *Generator) AllocateConn(string, int) (net.Conn, net.Addr, error) {
	return nil, nil, errNoTCP
}

// allows reports whether a client may get a permission for a peer. Permissions know no ports
// (RFC 8656 §9); relay.WriteTo checks them.
func (m *Mux) allows(peer net.IP) bool {
	a, ok := netip.AddrFromSlice(peer)
	if !ok {
		return false
	}
	for _, media := range m.media {
		if media.Addr() == a.Unmap() {
			return true
		}
	}
	return false
}
