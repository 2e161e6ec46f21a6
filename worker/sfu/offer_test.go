package sfu

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"weckruf/internal/testkit/rtcpeer"
	"weckruf/internal/wire"
)

// FuzzOffer: whatever the description says, it is taken or refused with bad_offer.
func FuzzOffer(f *testing.F) {
	p, err := rtcpeer.New(rtcpeer.Options{Microphone: true, Camera: true, Simulcast: true, Pairs: 1, Screens: 1})
	if err != nil {
		f.Fatal(err)
	}
	offer, err := p.Offer(newConnection(), false)
	p.Close()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(offer.SDP)
	f.Add(manyLines(3))
	f.Fuzz(func(t *testing.T, sdp string) {
		join := joinOf("room-1", 1, offer)
		join.SDP = sdp
		plan, err := checkOffer(join)
		var fault *wire.Error
		switch {
		case err == nil && (len(plan.sends) != 2 || len(plan.receives) != 4):
			t.Errorf("taken as %+v", plan)
		case err == nil && strings.Count(sdp, "\nm=") > maxLines:
			t.Error("too many lines were taken")
		case err != nil && (!errors.As(err, &fault) || fault.Code != wire.CodeBadOffer):
			t.Errorf("refused with %v", err)
		}
	})
}

func TestTheAnswerNamesAllAddressesAndSaysHowToCodeSound(t *testing.T) {
	answer := strings.ReplaceAll(`v=0
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=fmtp:111 minptime=10
a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host
a=candidate:1 2 udp 2130706431 192.0.2.1 5000 typ host
a=end-of-candidates
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:1
a=fmtp:111 minptime=10
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:2
a=fmtp:111 minptime=10
`, "\n", "\r\n")
	var addresses []netip.AddrPort
	for _, text := range []string{"192.0.2.1:5000", "198.51.100.7:5000", "[2001:db8::1]:5000", "[2001:db8::2]:5000"} {
		addresses = append(addresses, netip.MustParseAddrPort(text))
	}
	got := describe(answer, addresses, &plan{sends: map[string]part{"0": microphone, "1": screenSound}})
	for text, want := range map[string]int{
		"192.0.2.1 5000": 1, "198.51.100.7 5000": 1, "2001:db8::2 5000": 1, "2001:db8::1 5000": 0,
		"minptime=10;usedtx=1\r\n": 1, "minptime=10;stereo=1": 1, "minptime=10\r\n": 1, "\r\r": 0,
	} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%q stands %d times, want %d, in\n%s", text, n, want, got)
		}
	}
}

func TestLogsOfTheLibraryHoldNoAddress(t *testing.T) {
	for text, want := range map[string]string{
		"read udp 127.0.0.1:5000->192.0.2.7:443: refused": "read udp [address]->[address]: refused",
		"dial [2001:db8::1]:443 failed":                   "dial [address] failed",
		"candidate fe80::1%eth0 dropped":                  "candidate [address] dropped",
		"resolve 3f2c-11.local":                           "resolve [address]",
		"nothing to hide: 12 packets":                     "nothing to hide: 12 packets",
	} {
		if got := scrub(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestUsageIsSplitAtFullMinutes(t *testing.T) {
	u := newUsage()
	start := time.Date(2026, 11, 23, 8, 0, 50, 0, time.UTC)
	u.add("room-1", 2, start, start.Add(80*time.Second))
	u.add("room-1", 0, start, start.Add(time.Hour))
	u.add("room-2", 1, start, start.Add(1600*time.Millisecond))
	minute := start.Truncate(time.Minute)
	want := []wire.UsageMinute{
		{Minute: minute, Room: "room-1", Seconds: 20}, {Minute: minute, Room: "room-2", Seconds: 2},
		{Minute: minute.Add(time.Minute), Room: "room-1", Seconds: 120},
		{Minute: minute.Add(2 * time.Minute), Room: "room-1", Seconds: 20},
	}
	got := u.minutes()
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("minute %d: %v, want %v", i, got[i], want[i])
		}
	}
	u.forget(minute.Add(2 * time.Minute))
	if left := u.minutes(); len(left) != 1 || left[0] != want[3] {
		t.Errorf("left %v", left)
	}
}
