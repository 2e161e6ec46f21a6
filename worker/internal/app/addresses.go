package app

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// reachable are the addresses by which the worker says it is reached: those asked for, else
// the global ones of the interfaces, else loopback. A socket bound to one address has that.
//
// Loopback alone is of no use to a browser on a computer that has a network: its candidates
// are bound to the network's addresses, and neither Chromium 156 nor Firefox ESR 153 reaches
// 127.0.0.1 from there. So the interfaces' addresses are added to it.
func reachable(asked []netip.Addr, bound netip.Addr) ([]netip.Addr, error) {
	if bound.IsValid() && !bound.IsUnspecified() && len(asked) == 0 {
		return []netip.Addr{bound.Unmap()}, nil
	}
	here := !bound.IsValid() || bound.IsUnspecified()
	if slices.ContainsFunc(asked, func(a netip.Addr) bool { return !a.IsLoopback() }) || len(asked) > 0 && !here {
		return asked, nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list the interfaces' addresses: %w", err)
	}
	return merge(asked, global(all)), nil
}

// merge appends those of more that are not there yet.
func merge(addresses, more []netip.Addr) []netip.Addr {
	merged := slices.Clone(addresses)
	for _, a := range more {
		if !slices.Contains(merged, a) {
			merged = append(merged, a)
		}
	}
	return merged
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

// turnURLs are the URLs (RFC 7065) of a TURN server that listens on these ports. One address
// of each family is enough, and loopback only when there is nothing else: browsers gather
// from each URL, and slowly from many.
func turnURLs(addresses []netip.Addr, udp, tcp uint16) []string {
	var urls []string
	for _, a := range firsts(addresses) {
		urls = append(urls,
			fmt.Sprintf("turn:%s?transport=udp", netip.AddrPortFrom(a, udp)),
			fmt.Sprintf("turn:%s?transport=tcp", netip.AddrPortFrom(a, tcp)))
	}
	return urls
}

// firsts are the first address of each family, not loopback if there is another.
func firsts(addresses []netip.Addr) []netip.Addr {
	outside := slices.DeleteFunc(slices.Clone(addresses), netip.Addr.IsLoopback)
	if len(outside) == 0 {
		outside = addresses
	}
	var picked []netip.Addr
	for _, a := range outside {
		if !slices.ContainsFunc(picked, func(p netip.Addr) bool { return p.Is4() == a.Is4() }) {
			picked = append(picked, a)
		}
	}
	return picked
}
