package turn

import (
	"errors"
	"net"
	"time"
)

var _ net.PacketConn = (*Mux)(nil)

// ReadFrom implements net.PacketConn.
func (m *Mux) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := m.ReadFromAddrPort(b)
	if err != nil {
		return n, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteTo implements net.PacketConn. The address must be a *net.UDPAddr.
func (m *Mux) WriteTo(b []byte, to net.Addr) (int, error) {
	address := addrPort(to)
	if !Virtual(address.Addr()) {
		return m.conn.WriteTo(b, to)
	}
	return m.WriteToAddrPort(b, address)
}

// LocalAddr is the socket's.
func (m *Mux) LocalAddr() net.Addr { return m.conn.LocalAddr() }

// Close closes the socket and all relays.
func (m *Mux) Close() error {
	m.setLimit(0)
	m.closeRelays()
	return m.conn.Close()
}

func (m *Mux) closeRelays() {
	m.table.RLock()
	open := make([]*relay, 0, len(m.relays))
	for _, r := range m.relays {
		open = append(open, r)
	}
	m.table.RUnlock()
	for _, r := range open {
		_ = r.Close()
	}
}

// SetDeadline implements net.PacketConn.
func (m *Mux) SetDeadline(t time.Time) error {
	return errors.Join(m.SetReadDeadline(t), m.SetWriteDeadline(t))
}

// SetReadDeadline implements net.PacketConn.
func (m *Mux) SetReadDeadline(t time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deadline, m.armed = t, t
	return m.conn.SetReadDeadline(t)
}

// SetWriteDeadline is the socket's; relays never block.
func (m *Mux) SetWriteDeadline(t time.Time) error { return m.conn.SetWriteDeadline(t) }
