package turn

import (
	"net"
	"net/netip"
)

// addressed reads and writes datagrams without a net.Addr for each of them. Its method names
// are those by which pion/ice recognises it.
type addressed interface {
	ReadFromAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToAddrPort(b []byte, to netip.AddrPort) (int, error)
}

// addressedConn finds the cheapest way to use a connection.
func addressedConn(conn net.PacketConn) addressed {
	if udp, ok := conn.(*net.UDPConn); ok {
		return udpConn{udp}
	}
	if a, ok := conn.(addressed); ok {
		return a
	}
	return plainConn{conn}
}

type udpConn struct{ conn *net.UDPConn }

func (c udpConn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	return c.conn.ReadFromUDPAddrPort(b)
}

func (c udpConn) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return c.conn.WriteToUDPAddrPort(b, to)
}

type plainConn struct{ conn net.PacketConn }

func (c plainConn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	n, from, err := c.conn.ReadFrom(b)
	return n, addrPort(from), err
}

func (c plainConn) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return c.conn.WriteTo(b, net.UDPAddrFromAddrPort(to))
}

// addrPort is the address of a UDP peer with an IPv4-mapped one made plain, or the zero value.
func addrPort(a net.Addr) netip.AddrPort {
	var raw netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		raw = a.AddrPort()
	case *net.TCPAddr:
		raw = a.AddrPort()
	}
	return netip.AddrPortFrom(raw.Addr().Unmap(), raw.Port())
}
