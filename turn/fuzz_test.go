package turn

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

// Any user name: no panic, and a key only for what is well-formed and not over.
func FuzzUsername(f *testing.F) {
	now := time.Unix(1_800_000_000, 0)
	for _, name := range []string{"1800000001:abc", "1799999999:abc", "1800000001:", ":abc", "-1:a", "1800000001:a:b", "999999999999:_-", "１:a"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		k, ok := key(testSecret, name, now)
		if ok != (len(k) == 16) {
			t.Fatalf("%v with a key of %d bytes", ok, len(k))
		}
		if ok && (name[0] < '0' || name[0] > '9' || user(name) == "") {
			t.Fatalf("%q was taken", name)
		}
	})
}

// Any packet of a client to the media server: it is passed on as it is, or answered when it
// is a probe, and nothing else comes of it.
func FuzzPacket(f *testing.F) {
	probe := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.Fingerprint)
	check := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("a:b"), stun.Fingerprint)
	f.Add(probe.Raw)
	f.Add(check.Raw)
	f.Add([]byte{0x80, 0x60, 0, 1})
	f.Add([]byte{})
	media := netip.MustParseAddrPort("192.0.2.1:7000")
	f.Fuzz(func(t *testing.T, data []byte) {
		m := NewMux(&net.UDPConn{}, media)
		r := open(t, m)
		_, _ = r.WriteTo(data, net.UDPAddrFromAddrPort(media))
		p := m.next()
		if len(data) > maxPacket {
			if p != nil {
				t.Fatal("an oversized packet passed")
			}
			return
		}
		out := make([]byte, maxPacket)
		n, from, passed := m.take(out, p)
		if passed && (string(out[:n]) != string(data) || !Virtual(from.Addr())) || passed == (len(r.out) == 1) {
			t.Fatalf("passed %v as %x from %s, %d answers", passed, out[:n], from, len(r.out))
		}
	})
}
