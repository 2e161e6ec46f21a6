package turn

import (
	"net"
	"testing"
	"time"
)

// Where an attacker would like to go from inside the worker.
var forbidden = []string{
	"127.0.0.2", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.42.42", "169.254.169.254",
	"224.0.0.1", "255.255.255.255", "0.0.0.0", "8.8.8.8", "198.51.100.1", "198.51.100.2",
	"::1", "fe80::1", "fd00::1", "ff02::1", "::", "::ffff:10.0.0.1", "::ffff:169.254.42.42", "64:ff9b::a00:1",
}

func TestNoPermissionForAnythingButTheMediaServer(t *testing.T) {
	r := newRig(t, Config{})
	client, _ := r.relay("attacker")
	r.relay("victim")
	for i, ip := range forbidden {
		if err := client.CreatePermission(&net.UDPAddr{IP: net.ParseIP(ip), Port: int(r.media.Port())}); err == nil {
			t.Errorf("a permission for %s", ip)
		}
		if got := r.server.Stats().RefusedPermissions; got < uint64(i+1) {
			t.Errorf("%s was not counted: %d", ip, got)
		}
		if r.mux.allows(net.ParseIP(ip)) {
			t.Errorf("%s is allowed", ip)
		}
	}
	check(t, client.CreatePermission(net.UDPAddrFromAddrPort(r.media)))
}

func TestNothingIsReachedThroughARelayButTheMediaServer(t *testing.T) {
	r := newRig(t, Config{})
	r.drained()
	neighbour := loopback(t) // same address as the media server, so the permission stands
	_, relayed := r.relay("attacker")
	_, other := r.relay("victim")
	_, err := relayed.WriteTo([]byte("hello neighbour"), neighbour.LocalAddr())
	check(t, err)
	for _, ip := range forbidden {
		to := &net.UDPAddr{IP: net.ParseIP(ip), Port: neighbour.LocalAddr().(*net.UDPAddr).Port}
		if _, err := relayed.WriteTo([]byte("hello"), to); err == nil {
			t.Errorf("%s: sent", ip)
		}
	}
	if _, err := relayed.WriteTo([]byte("hello"), other.LocalAddr()); err == nil {
		t.Error("another allocation: sent")
	}
	// The server takes one packet after the other: when the probe is answered, all is done.
	check(t, exchange(relayed, net.UDPAddrFromAddrPort(r.media)))
	check(t, neighbour.SetReadDeadline(time.Now().Add(-time.Second)))
	if n, _, err := neighbour.ReadFrom(make([]byte, 99)); err == nil {
		t.Errorf("the neighbour heard %d bytes", n)
	}
	if got := r.server.Stats().Vanished; got != 1 {
		t.Errorf("vanished %d", got)
	}
}

// Even if a permission were granted by mistake, the relay itself has no way out.
func TestTheRelayItselfHasNoWayOut(t *testing.T) {
	m, socket := newMux(t)
	r := open(t, m)
	victim := open(t, m)
	targets := []net.Addr{
		&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: socket.LocalAddr().(*net.UDPAddr).Port + 1},
		victim.LocalAddr(), r.LocalAddr(), &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2), Port: 80}, nil,
	}
	for _, ip := range forbidden {
		targets = append(targets, &net.UDPAddr{IP: net.ParseIP(ip), Port: socket.LocalAddr().(*net.UDPAddr).Port})
	}
	for _, to := range targets {
		if n, err := r.WriteTo([]byte("hello"), to); n != 5 || err != nil {
			t.Errorf("%v: %d, %v", to, n, err)
		}
	}
	if got := m.counts.vanished.Load(); got != uint64(len(targets)) || m.queue.n != 0 || len(victim.out) != 0 {
		t.Errorf("of %d packets %d vanished", len(targets), got)
	}
}
