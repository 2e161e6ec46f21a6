package app

import (
	"fmt"
	"net"
	"net/netip"
)

// reachable are the addresses by which the worker says it is reached: those asked for, else
// the global ones of the interfaces, else loopback. A socket bound to one address has that.
func reachable(asked []netip.Addr, bound netip.Addr) ([]netip.Addr, error) {
	switch {
	case len(asked) > 0:
		return asked, nil
	case bound.IsValid() && !bound.IsUnspecified():
		return []netip.Addr{bound.Unmap()}, nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list the interfaces' addresses: %w", err)
	}
	return global(all), nil
}

// global picks what others can reach, IPv4 first; without any it is loopback.
func global(all []net.Addr) []netip.Addr {
	var v4, v6 []netip.Addr
	for _, a := range all {
		network, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		address, ok := netip.AddrFromSlice(network.IP)
		address = address.Unmap()
		switch {
		case !ok || !address.IsGlobalUnicast():
		case address.Is4():
			v4 = append(v4, address)
		default:
			v6 = append(v6, address)
		}
	}
	addresses := append(v4, v6...)
	if len(addresses) == 0 {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	}
	return addresses[:min(len(addresses), maxAddresses)]
}

// maxAddresses bounds what is advertised, so that Have and answers stay small.
const maxAddresses = 8

func withPort(addresses []netip.Addr, port uint16) []netip.AddrPort {
	all := make([]netip.AddrPort, len(addresses))
	for i, a := range addresses {
		all[i] = netip.AddrPortFrom(a, port)
	}
	return all
}

// turnURLs are the URLs (RFC 7065) of a TURN server at these addresses. Port 0: not offered.
func turnURLs(addresses []netip.Addr, udp, tcp uint16) []string {
	var urls []string
	for _, a := range addresses {
		if udp != 0 {
			urls = append(urls, fmt.Sprintf("turn:%s?transport=udp", netip.AddrPortFrom(a, udp)))
		}
		if tcp != 0 {
			urls = append(urls, fmt.Sprintf("turn:%s?transport=tcp", netip.AddrPortFrom(a, tcp)))
		}
	}
	return urls
}
