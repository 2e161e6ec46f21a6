package sfu

import (
	"net"
	"net/netip"

	"github.com/pion/ice/v4"
)

// hostMux is pion's UDP mux with addresses of our choosing: the socket does not know by which
// addresses it is reached from outside. Only one address per family is known to pion, as all
// would share one queue; the answer names the others (see advertise).
type hostMux struct {
	*ice.UDPMuxDefault
	local     *net.UDPAddr // where the socket is bound
	addresses []net.Addr   // one per family
}

func newHostMux(params ice.UDPMuxParams, addresses []netip.AddrPort) *hostMux {
	mux := &hostMux{UDPMuxDefault: ice.NewUDPMuxDefault(params)}
	mux.local, _ = params.UDPConn.LocalAddr().(*net.UDPAddr)
	for _, a := range primary(addresses) {
		mux.addresses = append(mux.addresses, net.UDPAddrFromAddrPort(a))
	}
	return mux
}

// primary returns the first address of each family.
func primary(addresses []netip.AddrPort) []netip.AddrPort {
	var first []netip.AddrPort
	var has [2]bool
	for _, a := range addresses {
		family := 0
		if a.Addr().Unmap().Is6() {
			family = 1
		}
		if !has[family] {
			has[family] = true
			first = append(first, a)
		}
	}
	return first
}

// GetListenAddresses names the host candidates.
func (m *hostMux) GetListenAddresses() []net.Addr { return m.addresses }

// GetConn opens the queue for one ICE agent. A socket bound to one address accepts only that
// one here, whatever its name outside.
func (m *hostMux) GetConn(ufrag string, addr net.Addr) (net.PacketConn, error) {
	if m.local != nil && !m.local.IP.IsUnspecified() {
		addr = m.local
	}
	return m.UDPMuxDefault.GetConn(ufrag, addr)
}
