package turn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"weckruf/internal/cred"
)

func TestACredentialIsGoodForItsTimeAndItsSecretOnly(t *testing.T) {
	good, password := credential("abc-DEF_1", time.Hour)
	expired, expiredPassword := credential("abc", -time.Second)
	foreign, foreignPassword := cred.TURNCredential([]byte("another secret"), "abc", time.Now().Add(time.Hour))
	for _, c := range []struct{ name, username, password string }{
		{"expired", expired, expiredPassword},
		{"of another worker", foreign, foreignPassword},
		{"wrong password", good, "guess"},
		{"expiry changed", "9" + good, password},
		{"no expiry", "abc", password},
		{"no id", strings.Split(good, ":")[0] + ":", password},
		{"not a number", "soon:abc", password},
		{"a sign", "-5:abc", password},
		{"two ids", good + ":more", password},
		{"a very long id", good + strings.Repeat("x", 64), password},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, Config{})
			if relayed, err := r.client(c.username, c.password).Allocate(); err == nil {
				relayed.Close()
				t.Fatal("it was let in")
			}
			if s := r.server.Stats(); s.RefusedCredentials == 0 || s.Allocations != 0 {
				t.Errorf("stats %+v", s)
			}
		})
	}
	t.Run("good", func(t *testing.T) { newRig(t, Config{}).relay("abc-DEF_1") })
}

func TestNothingIsAllocatedBeforeThereIsASecret(t *testing.T) {
	r := newRig(t, Config{})
	r.server.SetSecret(nil)
	username, password := cred.TURNCredential(nil, "abc", time.Now().Add(time.Hour))
	if relayed, err := r.client(username, password).Allocate(); err == nil {
		relayed.Close()
		t.Fatal("the empty secret was a secret")
	}
}

func TestTheProbeFindsTheWayThroughAndSaysWhenThereIsNone(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			r := newRig(t, Config{})
			r.drained()
			username, password := credential("self-test", time.Hour)
			p := Probe{Network: network, Server: r.address(network), Username: username, Password: password, Media: r.media}
			check(t, p.Run(t.Context()))
			p.Password = "guess"
			if err := p.Run(t.Context()); err == nil {
				t.Error("a wrong password found the way")
			}
		})
	}
}

func TestTheProbeEndsWithItsContext(t *testing.T) {
	r := newRig(t, Config{}) // whose mux nobody reads
	username, password := credential("self-test", time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := Probe{Network: "udp", Server: r.address("udp"), Username: username, Password: password, Media: r.media}.Run(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
}

func TestAllocationsAreLimitedInAllAndByUser(t *testing.T) {
	r := newRig(t, Config{Allocations: 3, PerUser: 2})
	_, first := r.relay("a")
	r.relay("a")
	if _, err := r.client(credential("a", time.Hour)).Allocate(); err == nil {
		t.Fatal("a third one of the same user")
	}
	r.relay("b")
	if _, err := r.client(credential("b", time.Hour)).Allocate(); err == nil {
		t.Fatal("a fourth one in all")
	}
	if s := r.server.Stats(); s.Allocations != 3 || s.RefusedQuota != 1 {
		t.Errorf("stats %+v", s)
	}
	first.Close()
	r.until(func(s Stats) bool { return s.Allocations == 2 })
	r.relay("a") // a later credential of the same user counts for the same user
}

// until asks again and again; a failure is the test's time limit.
func (r *rig) until(ok func(Stats) bool) {
	r.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(r.server.Stats()); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("stats %+v", r.server.Stats())
		}
	}
}

func dialTCP(t *testing.T, r *rig) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", r.address("tcp"))
	check(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestAStreamThatProvesNothingIsCutOff(t *testing.T) {
	r := newRig(t, Config{}, func(s *Server) { s.streams.proof = 20 * time.Millisecond })
	conn := dialTCP(t, r)
	if _, err := io.ReadAll(conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatal(err)
	}
	r.until(func(s Stats) bool { return s.Streams == 0 })
}

// A client that stops to read fills its connection; then it is cut off, and meanwhile nobody
// else waits for it.
func TestAStreamThatTakesNothingIsCutOff(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	set := &streams{limit: 1, proof: time.Hour, idle: time.Hour, stall: 20 * time.Millisecond}
	stuck, ok := set.add(far)
	if !ok {
		t.Fatal("no place")
	}
	if _, err := stuck.Write([]byte("media")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("it stands: %v", err)
	}
	stuck.Close()
	set.close()
}

func TestAProvenStreamMayBeQuietForAsLongAsAnAllocationLives(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	set := &streams{limit: 1, proof: time.Nanosecond, idle: time.Hour, stall: time.Hour}
	s, _ := set.add(far)
	if _, err := s.Read(make([]byte, 9)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("before the proof: %v", err)
	}
	set.prove(far.RemoteAddr(), far.LocalAddr())
	go func() { _, _ = near.Write([]byte("alive")) }()
	if n, err := s.Read(make([]byte, 9)); n != 5 || err != nil {
		t.Fatalf("after the proof: %d, %v", n, err)
	}
	s.Close()
	set.close()
}

func TestStreamsAreLimitedInNumber(t *testing.T) {
	r := newRig(t, Config{Allocations: 1})
	for range r.server.streams.limit {
		dialTCP(t, r)
	}
	r.until(func(s Stats) bool { return s.Streams == r.server.streams.limit })
	dialTCP(t, r)
	r.until(func(s Stats) bool { return s.RefusedStreams == 1 })
}

func TestAStreamOfNonsenseHarmsNobody(t *testing.T) {
	r := newRig(t, Config{})
	r.drained()
	for _, nonsense := range []string{"GET / HTTP/1.1\r\n\r\n", "\x00\x01\xff\xff!\x12\xa4\x42", "\xff\xff\xff\xff", strings.Repeat("\x40\x00\xff\xf0", 9000)} {
		conn := dialTCP(t, r)
		_, _ = io.WriteString(conn, nonsense)
		udp := loopback(t)
		_, _ = udp.WriteTo([]byte(nonsense[:min(len(nonsense), 1400)]), net.UDPAddrFromAddrPort(r.server.UDP()[0]))
	}
	_, relayed := r.relay("honest")
	check(t, exchange(relayed, net.UDPAddrFromAddrPort(r.media)))
}

func TestListenOpensAllOrNothing(t *testing.T) {
	m, _ := newMux(t)
	taken := loopback(t)
	for name, c := range map[string]Config{
		"no mux":           {UDP: []string{"127.0.0.1:0"}},
		"no address":       {Mux: m},
		"too many":         {Mux: m, UDP: []string{"127.0.0.1:0"}, Allocations: 60_001},
		"an address taken": {Mux: m, TCP: []string{"127.0.0.1:0"}, UDP: []string{"127.0.0.1:0", taken.LocalAddr().String()}},
		"not an address":   {Mux: m, UDP: []string{"127.0.0.1:0"}, TCP: []string{"nowhere:x"}},
		"no media address": {Mux: NewMux(taken), UDP: []string{"127.0.0.1:0"}},
	} {
		if s, err := Listen(t.Context(), c); err == nil {
			s.close()
			t.Errorf("%s: no error", name)
		}
	}
}

func TestRunEndsWhenAListenerFails(t *testing.T) {
	m, _ := newMux(t)
	s, err := Listen(t.Context(), Config{Mux: m, UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}})
	check(t, err)
	check(t, s.tcp[0].Listener.Close())
	if err := s.Run(t.Context()); err == nil {
		t.Error("no error")
	}
}

// starving is a listener that lacks what it needs for a while.
type starving struct {
	net.Listener
	faults []error
}

func (l *starving) Accept() (net.Conn, error) {
	if len(l.faults) > 0 {
		err := l.faults[0]
		l.faults = l.faults[1:]
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", err)}
	}
	return l.Listener.Accept()
}

func TestTCPIsServedAgainWhenThereAreDescriptorsAgain(t *testing.T) {
	r := newRig(t, Config{}, func(s *Server) {
		s.tcp[0].Listener = &starving{s.tcp[0].Listener, []error{syscall.EMFILE, syscall.ENFILE, syscall.ECONNABORTED}}
	})
	r.drained()
	username, password := credential("self-test", time.Hour)
	p := Probe{Network: "tcp", Server: r.address("tcp"), Username: username, Password: password, Media: r.media}
	check(t, p.Run(t.Context()))
}

func TestRunEndsWhenASocketFails(t *testing.T) {
	m, _ := newMux(t)
	s, err := Listen(t.Context(), Config{Mux: m, UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}})
	check(t, err)
	check(t, s.sockets[0].PacketConn.Close())
	if err := s.Run(t.Context()); err == nil {
		t.Error("no error")
	}
}

func TestARunThatEndsLeavesNoRelayBehind(t *testing.T) {
	m, socket := newMux(t)
	s, err := Listen(t.Context(), Config{Mux: m, UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}})
	check(t, err)
	s.SetSecret(testSecret)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	r := &rig{t: t, socket: socket, media: m.media[0], mux: m, server: s}
	for i := range 5 {
		r.relay(fmt.Sprint("user-", i))
	}
	idle := dialTCP(t, r)
	r.until(func(s Stats) bool { return s.Allocations == 5 && s.Streams == 1 })
	cancel()
	check(t, <-ended)
	if got := s.Stats(); got.Allocations != 0 || got.Streams != 0 {
		t.Errorf("stats %+v", got)
	}
	if _, err := idle.Read(make([]byte, 1)); err == nil {
		t.Error("a stream stands")
	}
}

func TestVirtualAddressesAreOfANetworkThatNobodyMayRoute(t *testing.T) {
	if !Virtual(netip.MustParseAddr("::ffff:198.51.100.9")) || Virtual(netip.MustParseAddr("198.51.101.1")) {
		t.Error("the range is not TEST-NET-2")
	}
}

func TestAWithdrawnCredentialAllocatesNothingAndKeepsNothing(t *testing.T) {
	var later atomic.Int64
	r := newRig(t, Config{Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	r.drained()
	client, _ := r.relay("parted")
	r.server.Withdraw("parted")
	again := r.client(credential("parted", time.Hour))
	if second, err := again.Allocate(); err == nil {
		second.Close()
		t.Fatal("allocated with a withdrawn credential")
	}
	r.relay("another")
	check(t, client.CreatePermission(net.UDPAddrFromAddrPort(r.media))) // it has a minute to tidy up
	later.Store(int64(goodbyeTime))
	if err := client.CreatePermission(net.UDPAddrFromAddrPort(r.media)); err == nil {
		t.Error("what was allocated is kept")
	}
	if s := r.server.Stats(); s.RefusedQuota == 0 || s.RefusedCredentials == 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestOnlyTheLastWithdrawnAreRemembered(t *testing.T) {
	var w withdrawn
	now := time.Now()
	for i := range maxWithdrawn + 2 {
		w.add(fmt.Sprint(i), now)
		w.add(fmt.Sprint(i), now.Add(time.Hour)) // twice is once
	}
	for id, want := range map[string]bool{"0": false, "1": false, "2": true, fmt.Sprint(maxWithdrawn + 1): true} {
		if age, known := w.age(id, now); known != want || known && age != 0 {
			t.Errorf("%s: %v, %v", id, age, known)
		}
	}
	if len(w.since) != maxWithdrawn || len(w.order) != maxWithdrawn {
		t.Errorf("%d and %d are remembered", len(w.since), len(w.order))
	}
}
