package turn

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"
)

func open(t *testing.T, m *Mux) *relay {
	t.Helper()
	r, err := m.open(0)
	check(t, err)
	t.Cleanup(func() { r.Close() })
	return r
}

func newMux(t *testing.T) (*Mux, *net.UDPConn) {
	t.Helper()
	socket := loopback(t)
	return NewMux(socket, addrPort(socket.LocalAddr())), socket
}

func write(t *testing.T, conn net.PacketConn, text string, to netip.AddrPort) {
	t.Helper()
	n, err := conn.WriteTo([]byte(text), net.UDPAddrFromAddrPort(to))
	check(t, err)
	if n != len(text) {
		t.Fatalf("wrote %d of %d bytes", n, len(text))
	}
}

func read(t *testing.T, conn net.PacketConn) (string, netip.AddrPort) {
	t.Helper()
	buf := make([]byte, maxPacket)
	n, from, err := conn.ReadFrom(buf)
	check(t, err)
	return string(buf[:n]), addrPort(from)
}

func TestARelaysPacketsAreReadFromItsVirtualAddressAndAnswersFindBack(t *testing.T) {
	m, _ := newMux(t)
	r := open(t, m)
	write(t, r, "up", m.media[0])
	text, from := read(t, m)
	if text != "up" || from != addrPort(r.LocalAddr()) || !Virtual(from.Addr()) {
		t.Fatalf("read %q from %s", text, from)
	}
	write(t, m, "down", from)
	if text, from := read(t, r); text != "down" || from != m.media[0] {
		t.Fatalf("the client got %q from %s", text, from)
	}
}

func TestAnAnswerComesFromTheMediaAddressThatWasAsked(t *testing.T) {
	socket := loopback(t)
	public := netip.MustParseAddrPort("203.0.113.9:7000")
	m := NewMux(socket, addrPort(socket.LocalAddr()), netip.MustParseAddrPort("[2001:db8::1]:7000"), public)
	if len(m.Media()) != 2 {
		t.Fatalf("media %v: a relay cannot reach IPv6", m.Media())
	}
	r := open(t, m)
	write(t, r, "up", public)
	_, from := read(t, m)
	write(t, m, "down", from)
	if _, from := read(t, r); from != public {
		t.Errorf("answered from %s", from)
	}
}

func TestARelayWakesAReaderThatWaitsAtTheSocket(t *testing.T) {
	m, _ := newMux(t)
	r := open(t, m)
	for i := range 200 {
		done := make(chan string, 1)
		go func() {
			buf := make([]byte, maxPacket)
			n, _, err := m.ReadFromAddrPort(buf)
			if err != nil {
				done <- err.Error()
				return
			}
			done <- string(buf[:n])
		}()
		if i%2 == 0 { // half of the time the reader waits already
			waitReading(t, m)
		}
		write(t, r, "wake", m.media[0])
		if got := <-done; got != "wake" {
			t.Fatalf("round %d: %s", i, got)
		}
	}
}

func waitReading(t *testing.T, m *Mux) {
	t.Helper()
	for t.Context().Err() == nil {
		m.mu.Lock()
		reading := m.reading
		m.mu.Unlock()
		if reading {
			return
		}
		runtime.Gosched()
	}
}

func TestTheSocketIsReadBesidesABusyRelay(t *testing.T) {
	m, socket := newMux(t)
	m.yield = time.Minute
	r := open(t, m)
	direct := loopback(t)
	write(t, direct, "direct", addrPort(socket.LocalAddr()))
	for range maxQueuedRelay {
		write(t, r, "relayed", m.media[0])
	}
	for range maxBurst + 1 {
		if text, _ := read(t, m); text == "direct" {
			return
		}
	}
	t.Errorf("not read among the first %d", maxBurst+1)
}

func TestABusyClientCannotCrowdOutTheOthers(t *testing.T) {
	m, _ := newMux(t)
	busy, quiet := open(t, m), open(t, m)
	for range maxQueuedRelay + 50 {
		write(t, busy, "flood", m.media[0])
	}
	write(t, quiet, "hello", m.media[0])
	if got := m.counts.dropped.Load(); got != 50 {
		t.Errorf("dropped %d", got)
	}
	for range maxQueuedRelay {
		read(t, m)
	}
	if text, from := read(t, m); text != "hello" || from != addrPort(quiet.LocalAddr()) {
		t.Errorf("read %q from %s", text, from)
	}
}

func TestAClientThatTakesNothingBlocksNobody(t *testing.T) {
	m, _ := newMux(t)
	stuck, other := open(t, m), open(t, m)
	for range maxOutbound + 7 {
		write(t, m, "media", addrPort(stuck.LocalAddr()))
	}
	write(t, m, "media", addrPort(other.LocalAddr()))
	if text, _ := read(t, other); text != "media" || m.counts.dropped.Load() != 7 {
		t.Errorf("read %q, dropped %d", text, m.counts.dropped.Load())
	}
}

func TestWhatGoesToAClosedRelayVanishes(t *testing.T) {
	m, _ := newMux(t)
	r := open(t, m)
	address := addrPort(r.LocalAddr())
	r.Close()
	r.Close()
	write(t, m, "late", address)
	next := open(t, m)
	if addrPort(next.LocalAddr()) == address {
		t.Error("the next client got the address while packets for it may be under way")
	}
	if _, _, err := r.ReadFrom(nil); !errors.Is(err, net.ErrClosed) || m.counts.dropped.Load() != 1 {
		t.Errorf("%v, dropped %d", err, m.counts.dropped.Load())
	}
}

func TestPacketsOutOfSizeAreDropped(t *testing.T) {
	m, _ := newMux(t)
	r := open(t, m)
	big := string(make([]byte, maxPacket+1))
	write(t, r, big, m.media[0])
	write(t, m, big, addrPort(r.LocalAddr()))
	write(t, m, "to no media address", netip.AddrPortFrom(netip.MustParseAddr("198.51.100.77"), r.port))
	if got := m.counts.dropped.Load(); got != 3 {
		t.Errorf("dropped %d", got)
	}
}

func TestThereAreOnlySoManyRelays(t *testing.T) {
	m, _ := newMux(t)
	m.setLimit(2)
	r := open(t, m)
	open(t, m)
	if _, err := m.open(0); !errors.Is(err, errRelaysFull) {
		t.Fatalf("a third one: %v", err)
	}
	r.Close()
	if _, err := m.open(r.port + 1); !errors.Is(err, errPortTaken) {
		t.Fatalf("a port that is taken: %v", err)
	}
	again, err := m.open(r.port)
	check(t, err)
	again.Close()
}

// liar is a socket that reads what it is told to.
type liar struct {
	net.PacketConn
	from []net.Addr
}

func (l *liar) ReadFrom(b []byte) (int, net.Addr, error) {
	if len(l.from) == 0 {
		return 0, nil, net.ErrClosed
	}
	from := l.from[0]
	l.from = l.from[1:]
	return copy(b, "packet"), from, nil
}

func TestThePacketsThatForgeAVirtualSourceAreDropped(t *testing.T) {
	honest := &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 9}
	m := NewMux(&liar{PacketConn: loopback(t), from: []net.Addr{
		&net.UDPAddr{IP: net.IPv4(198, 51, 100, 1), Port: 1024},
		&net.UDPAddr{IP: net.IPv4(198, 51, 100, 255).To4(), Port: 1},
		honest,
	}})
	if _, from := read(t, m); from != addrPort(honest) || m.counts.forged.Load() != 2 {
		t.Errorf("read from %s, forged %d", from, m.counts.forged.Load())
	}
}

func TestTheCallersDeadlineHolds(t *testing.T) {
	m, _ := newMux(t)
	r := open(t, m)
	check(t, m.SetReadDeadline(time.Now().Add(-time.Second)))
	if _, _, err := m.ReadFrom(make([]byte, 9)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	check(t, m.SetDeadline(time.Time{}))
	write(t, r, "up", m.media[0])
	if text, _ := read(t, m); text != "up" {
		t.Errorf("read %q", text)
	}
}

func TestClosingEndsEverything(t *testing.T) {
	m, _ := newMux(t)
	r := open(t, m)
	ended := make(chan error, 2)
	go func() { _, _, err := m.ReadFrom(make([]byte, 9)); ended <- err }()
	go func() { _, _, err := r.ReadFrom(make([]byte, 9)); ended <- err }()
	waitReading(t, m)
	check(t, m.Close())
	for range 2 {
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := m.open(0); err == nil {
		t.Error("a closed mux made a relay")
	}
}

func TestARelayHasNoDeadlinesAndNoTCP(t *testing.T) {
	m, _ := newMux(t)
	r := open(t, m)
	for _, err := range []error{r.SetDeadline(past), r.SetReadDeadline(past), r.SetWriteDeadline(past)} {
		if !errors.Is(err, os.ErrNoDeadline) {
			t.Errorf("got %v", err)
		}
	}
	if _, _, err := m.Relay().AllocateConn("tcp4", 0); !errors.Is(err, errNoTCP) {
		t.Errorf("got %v", err)
	}
	if err := NewMux(loopback(t)).Relay().Validate(); err == nil {
		t.Error("a mux without media addresses is of no use")
	}
}

func BenchmarkDirect(b *testing.B) {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer socket.Close()
	from, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer from.Close()
	to, data := addrPort(socket.LocalAddr()), make([]byte, 1200)
	m := NewMux(socket, to)
	for _, c := range []struct {
		name string
		read func([]byte) (int, netip.AddrPort, error)
	}{{"socket", socket.ReadFromUDPAddrPort}, {"mux", m.ReadFromAddrPort}} {
		b.Run(fmt.Sprint(c.name), func(b *testing.B) {
			buf := make([]byte, maxPacket)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = from.WriteToUDPAddrPort(data, to)
				_, _, _ = c.read(buf)
			}
		})
	}
}
