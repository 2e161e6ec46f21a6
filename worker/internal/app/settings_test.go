package app

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func environment(entries ...string) []string {
	return append([]string{
		"PATH=/bin", "WECKRUF_HTTP_LISTEN=:8080",
		"WECKRUF_WORKER_GATEWAY=wss://example.org/api/v1/worker",
		"WECKRUF_WORKER_MACHINE=m1",
		"WECKRUF_WORKER_KEY=" + seedText(),
	}, entries...)
}

func TestSettingsHaveDefaults(t *testing.T) {
	s, err := Load(environment("WECKRUF_WORKER_ADVERTISE="))
	if err != nil {
		t.Fatal(err)
	}
	if s.Media != ":0" || s.TURN != ":0" || s.Silence != 10*time.Minute || len(s.Advertise) != 0 || len(s.Key) == 0 {
		t.Errorf("settings %+v", s)
	}
}

func TestSettingsAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(seedText()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Load([]string{
		"WECKRUF_WORKER_GATEWAY=ws://localhost:8080", "WECKRUF_WORKER_MACHINE=m1", "WECKRUF_WORKER_KEY_FILE=" + path,
		"WECKRUF_WORKER_MEDIA_ADDRESS=127.0.0.1:5000", "WECKRUF_WORKER_TURN_ADDRESS=[::1]:3478",
		"WECKRUF_WORKER_ADVERTISE=192.0.2.1, 2001:db8::1", "WECKRUF_WORKER_SILENCE=90s",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}
	if s.Media != "127.0.0.1:5000" || s.TURN != "[::1]:3478" || !slices.Equal(s.Advertise, want) || s.Silence != 90*time.Second {
		t.Errorf("settings %+v", s)
	}
}

func TestAllFaultsAreNamedAtOnceAndNoSecret(t *testing.T) {
	_, err := Load([]string{
		"WECKRUF_WORKER_GATEWAY=example.org", "WECKRUF_WORKER_MACHINE=Not A Name", "WECKRUF_WORKER_KEY=deadbeef",
		"WECKRUF_WORKER_MEDIA_ADDRESS=here", "WECKRUF_WORKER_TURN_ADDRESS=name:99", "WECKRUF_WORKER_ADVERTISE=0.0.0.0",
		"WECKRUF_WORKER_SILENCE=soon", "WECKRUF_WORKER_SPEED=fast",
	})
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, name := range []string{"GATEWAY", "MACHINE", "KEY", "MEDIA_ADDRESS", "TURN_ADDRESS", "ADVERTISE", "SILENCE", "SPEED"} {
		if !strings.Contains(err.Error(), prefix+name+" ") {
			t.Errorf("%s is not named in:\n%v", name, err)
		}
	}
	if strings.Contains(err.Error(), "deadbeef") {
		t.Error("the key stands in the error")
	}
}

func TestKeyAndKeyFileExcludeEachOther(t *testing.T) {
	if _, err := Load(environment("WECKRUF_WORKER_KEY_FILE=/nowhere")); err == nil {
		t.Error("both were taken")
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("MEDIA_ADDRESS", "[::1]:99999")
	f.Add("ADVERTISE", "1.2.3.4,,fe80::1%eth0")
	f.Add("SILENCE", "-1s")
	f.Add("KEY", "zz")
	f.Fuzz(func(t *testing.T, name, value string) {
		if name == "KEY_FILE" {
			return
		}
		s, err := Load(environment(prefix + name + "=" + value))
		if err == nil && (s.Silence < time.Second || !listenable(s.Media) || !listenable(s.TURN) || !s.Machine.Valid()) {
			t.Errorf("%s=%q was taken: %+v", name, value, s)
		}
	})
}

func TestLoopbackIsAdvertisedOnlyWhenThereIsNothingElse(t *testing.T) {
	addr := func(text string) net.Addr {
		_, network, _ := net.ParseCIDR(text + "/24")
		network.IP = net.ParseIP(text)
		return network
	}
	for name, c := range map[string]struct {
		have []string
		want []string
	}{
		"nothing":        {nil, []string{"127.0.0.1"}},
		"loopback alone": {[]string{"127.0.0.1", "::1"}, []string{"127.0.0.1"}},
		"a network":      {[]string{"127.0.0.1", "10.0.0.7", "fe80::1"}, []string{"10.0.0.7"}},
		"both families":  {[]string{"2001:db8::7", "192.0.2.7"}, []string{"192.0.2.7", "2001:db8::7"}},
	} {
		var all []net.Addr
		for _, text := range c.have {
			if strings.Contains(text, ":") {
				all = append(all, &net.IPNet{IP: net.ParseIP(text), Mask: net.CIDRMask(64, 128)})
			} else {
				all = append(all, addr(text))
			}
		}
		var got []string
		for _, a := range global(all) {
			got = append(got, a.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func addrs(texts ...string) (all []netip.Addr) {
	for _, text := range texts {
		all = append(all, netip.MustParseAddr(text))
	}
	return all
}

func TestWhatIsAskedForIsAdvertised(t *testing.T) {
	everywhere := netip.IPv6Unspecified()
	for name, c := range map[string]struct {
		asked []netip.Addr
		bound netip.Addr
		want  []netip.Addr
	}{
		"a public address":          {addrs("192.0.2.7"), everywhere, addrs("192.0.2.7")},
		"with loopback":             {addrs("127.0.0.1", "192.0.2.7"), everywhere, addrs("127.0.0.1", "192.0.2.7")},
		"a socket on one address":   {nil, netip.MustParseAddr("192.0.2.9"), addrs("192.0.2.9")},
		"a socket on loopback":      {addrs("127.0.0.1"), netip.MustParseAddr("127.0.0.1"), addrs("127.0.0.1")},
		"another name for a socket": {addrs("198.51.100.1"), netip.MustParseAddr("10.0.0.1"), addrs("198.51.100.1")},
	} {
		if got, err := reachable(c.asked, c.bound); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
	got, err := reachable(addrs("127.0.0.1"), everywhere)
	if err != nil || len(got) == 0 || got[0] != netip.MustParseAddr("127.0.0.1") {
		t.Fatalf("loopback alone: %v, %v", got, err)
	}
	for _, a := range got[1:] {
		if a.IsLoopback() {
			t.Errorf("loopback twice: %v", got)
		}
	}
}

func TestOneTURNAddressOfEachFamilyIsEnough(t *testing.T) {
	if got := firsts(addrs("127.0.0.1", "192.0.2.1", "192.0.2.2", "2001:db8::1")); !slices.Equal(got, addrs("192.0.2.1", "2001:db8::1")) {
		t.Errorf("picked %v", got)
	}
	if got := firsts(addrs("127.0.0.1")); !slices.Equal(got, addrs("127.0.0.1")) {
		t.Errorf("picked %v", got)
	}
}

func TestTURNIsOfferedOverUDPAndTCP(t *testing.T) {
	got := turnURLs([]netip.Addr{netip.MustParseAddr("2001:db8::1")}, 3478, 3479)
	want := []string{"turn:[2001:db8::1]:3478?transport=udp", "turn:[2001:db8::1]:3479?transport=tcp"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
