package turn

import (
	"net/netip"
	"sync"
)

// maxPacket is the largest datagram that is relayed, in bytes. Media stays under 1,500.
const maxPacket = 1600

// packet is one datagram in a queue. Its buffer is pooled: whoever takes it out frees it.
type packet struct {
	next  *packet
	relay *relay
	from  netip.AddrPort
	n     int
	buf   [maxPacket]byte
}

var packets = sync.Pool{New: func() any { return new(packet) }}

// newPacket copies data, which must not be longer than maxPacket.
func newPacket(data []byte, from netip.AddrPort, r *relay) *packet {
	p := packets.Get().(*packet)
	p.n = copy(p.buf[:], data)
	p.from, p.relay, p.next = from, r, nil
	return p
}

func (p *packet) data() []byte { return p.buf[:p.n] }

func (p *packet) free() {
	p.relay, p.next = nil, nil
	packets.Put(p)
}

// queue is a first-in first-out list of packets. It is not safe for concurrent use.
type queue struct {
	head, tail *packet
	n          int
}

func (q *queue) push(p *packet) {
	if q.tail == nil {
		q.head = p
	} else {
		q.tail.next = p
	}
	q.tail = p
	q.n++
}

func (q *queue) pop() *packet {
	p := q.head
	if p == nil {
		return nil
	}
	q.head = p.next
	if q.head == nil {
		q.tail = nil
	}
	q.n--
	return p
}
