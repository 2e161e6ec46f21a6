package httpd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// dial opens a page's WebSocket.
func (r *rig) dial(change ...func(http.Header)) (*websocket.Conn, *http.Response, error) {
	header := http.Header{"Origin": {"https://treffen.example"}}
	for _, f := range change {
		f(header)
	}
	return websocket.Dial(r.Context(), r.http.URL+pathJoin, &websocket.DialOptions{HTTPHeader: header})
}

func (r *rig) opened() *websocket.Conn {
	r.Helper()
	conn, _, err := r.dial()
	if err != nil {
		r.Fatalf("dial: %v", err)
	}
	conn.SetReadLimit(1 << 20)
	r.Cleanup(func() { conn.CloseNow() })
	return conn
}

// say writes one text message.
func (r *rig) say(conn *websocket.Conn, text string) {
	r.Helper()
	if err := conn.Write(r.Context(), websocket.MessageText, []byte(text)); err != nil {
		r.Fatalf("write: %v", err)
	}
}

// hear reads one message.
func (r *rig) hear(conn *websocket.Conn) wire.Message {
	r.Helper()
	_, data, err := conn.Read(r.Context())
	if err != nil {
		r.Fatalf("read: %v", err)
	}
	m, err := wire.GatewayToPage.Decode(data)
	if err != nil {
		r.Fatalf("decode %s: %v", data, err)
	}
	return m
}

const goodLook = `{"type":"look","version":1,"room":"room-one","secret":"0123456789012345678901"}`

func TestForeignOriginsGetNoSocket(t *testing.T) {
	r := newRig(t)
	for _, origin := range []string{"null", "https://evil.example", "http://treffen.example", "https://treffen.example.evil.example"} {
		conn, response, err := r.dial(func(h http.Header) { h.Set("Origin", origin) })
		if err == nil {
			conn.CloseNow()
			t.Fatalf("%s was let in", origin)
		}
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", origin, response.StatusCode)
		}
	}
	for _, origin := range []string{"https://treffen.example", r.http.URL, ""} {
		conn, _, err := r.dial(func(h http.Header) { h.Set("Origin", origin) })
		if err != nil {
			t.Fatalf("%q: %v", origin, err)
		}
		conn.CloseNow()
	}
	r.want(r.do("GET", pathJoin, ""), 400, CodeMalformed)
}

func TestBadMessagesGetATypedFaultAndDisturbNobody(t *testing.T) {
	r := newRig(t)
	other, conn := r.opened(), r.opened()
	limit := wire.PageToGateway.Limit()
	for _, c := range []struct {
		name, text string
		want       wire.Code
	}{
		{"not JSON", "{", wire.CodeMalformed},
		{"empty", "", wire.CodeMalformed},
		{"no type", "{}", wire.CodeMalformed},
		{"an unknown type", `{"type":"launch"}`, wire.CodeUnknownType},
		{"a type of the other direction", `{"type":"view"}`, wire.CodeUnknownType},
		{"a wrong field", `{"type":"look","version":"one"}`, wire.CodeMalformed},
		{"just too large", strings.Repeat(" ", limit+1), wire.CodeTooLarge},
		{"much too large", strings.Repeat(" ", 4*limit), wire.CodeTooLarge},
		{"not UTF-8", "\xff\xfe", wire.CodeMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.say(conn, c.text)
			fault, ok := r.hear(conn).(wire.Fault)
			if !ok || fault.Code != c.want {
				t.Errorf("answer %+v, want a fault %s", fault, c.want)
			}
		})
	}
	for _, each := range []*websocket.Conn{conn, other} {
		r.say(each, goodLook)
		if m := r.hear(each); m.Kind() != "lobby" {
			t.Errorf("after the faults: %+v", m)
		}
	}
	if err := conn.Write(t.Context(), websocket.MessageBinary, []byte(goodLook)); err != nil {
		t.Fatal(err)
	}
	if fault, ok := r.hear(conn).(wire.Fault); !ok || fault.Code != wire.CodeMalformed {
		t.Errorf("binary: %+v", fault)
	}
}

func TestAnEndlessMessageEndsTheConnection(t *testing.T) {
	r := newRig(t)
	conn := r.opened()
	r.say(conn, strings.Repeat(" ", maxFlood+wire.PageToGateway.Limit()+1))
	if fault, ok := r.hear(conn).(wire.Fault); !ok || fault.Code != wire.CodeTooLarge {
		t.Errorf("answer %+v", fault)
	}
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("ended with %v", err)
	}
}

func TestAFloodOfMessagesIsRefusedAndThenEnded(t *testing.T) {
	r := newRig(t)
	conn := r.opened()
	go func() { // until the gateway has had enough
		for conn.Write(context.Background(), websocket.MessageText, []byte(goodLook)) == nil {
		}
	}()
	seen := map[wire.Code]int{}
	for {
		_, data, err := conn.Read(t.Context())
		if err != nil {
			break
		}
		var m struct{ Code wire.Code }
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		seen[m.Code]++
	}
	// The clock stands still: a burst is answered, then faults up to their own burst.
	if seen[""] > messageBurst || seen[wire.CodeTooFast] > faultBurst {
		t.Errorf("answers %v", seen)
	}
	if r.talk.heard() != messageBurst {
		t.Errorf("the room heard %d, want %d", r.talk.heard(), messageBurst)
	}
}

func (c *talk) heard() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.got)
}

func TestAPageThatDoesNotReadIsClosedAndNeverMakesTheRoomWait(t *testing.T) {
	sent := make(chan int, 1)
	r := newRig(t, func(o *Options) { o.Limits.Queue = 8 })
	r.talk.serve = func(ctx context.Context, p room.Peer) error {
		big := wire.Answer{SDP: strings.Repeat("x", 32<<10)}
		n := 0
		for ; !p.(*socket).isClosing(); n++ {
			p.Send(big)
		}
		sent <- n
		_, err := p.Receive(ctx)
		if !errors.Is(err, io.EOF) {
			t.Errorf("Receive after the queue was full: %v", err)
		}
		p.Send(big) // nothing happens
		return nil
	}
	r.opened() // and never reads
	if n := <-sent; n < 8 {
		t.Errorf("closed after %d messages", n)
	}
	r.server.Drain(t.Context())
	if got := r.metric("weckruf_page_sockets_slow_total"); got != "1" {
		t.Errorf("slow sockets: %s", got)
	}
}

func (s *socket) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

func TestWhatWasSentBeforeTheEndArrives(t *testing.T) {
	r := newRig(t)
	r.talk.serve = func(_ context.Context, p room.Peer) error {
		for i := range 50 {
			p.Send(wire.Lobby{Waiting: i})
		}
		p.Send(wire.Removed{})
		return nil
	}
	conn := r.opened()
	for i := range 50 {
		if m, ok := r.hear(conn).(wire.Lobby); !ok || m.Waiting != i {
			t.Fatalf("message %d is %+v", i, m)
		}
	}
	if m := r.hear(conn); m.Kind() != "removed" {
		t.Errorf("the last message is %+v", m)
	}
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("ended with %v", err)
	}
}

func TestHowAConversationEndsIsHowTheSocketCloses(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(ctx context.Context, p room.Peer) error
		want websocket.StatusCode
	}{
		{"over", func(context.Context, room.Peer) error { return nil }, websocket.StatusNormalClosure},
		{"failed", func(context.Context, room.Peer) error { return errors.New("broken") }, websocket.StatusInternalError},
		{"panicked", func(context.Context, room.Peer) error { panic("broken") }, websocket.StatusInternalError},
		{"cancelled", func(context.Context, room.Peer) error { return context.Canceled }, websocket.StatusServiceRestart},
		{"its context ended while it waited", func(ctx context.Context, p room.Peer) error {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			if _, err := p.Receive(ctx); !errors.Is(err, context.Canceled) {
				return fmt.Errorf("receive: %w", err)
			}
			return nil
		}, websocket.StatusServiceRestart},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.talk.serve = c.end
			if _, _, err := r.opened().Read(t.Context()); websocket.CloseStatus(err) != c.want {
				t.Errorf("closed with %v, want %v", err, c.want)
			}
		})
	}
}

func TestDrainTellsPagesToComeBackAndLetsNoneIn(t *testing.T) {
	r := newRig(t)
	conns := []*websocket.Conn{r.opened(), r.opened()}
	for _, conn := range conns { // the conversation runs
		r.say(conn, goodLook)
		r.hear(conn)
	}
	ended := make(chan error, len(conns))
	for _, conn := range conns {
		go func() {
			_, _, err := conn.Read(context.Background())
			ended <- err
		}()
	}
	r.server.Drain(t.Context())
	for range conns {
		if err := <-ended; websocket.CloseStatus(err) != websocket.StatusServiceRestart {
			t.Errorf("ended with %v", err)
		}
	}
	if _, response, err := r.dial(); err == nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after the drain: %v", err)
	}
	if got := r.metric("weckruf_page_sockets"); got != "0" {
		t.Errorf("open sockets: %s", got)
	}
}

func TestDrainCutsOffPagesThatDoNotAnswer(t *testing.T) {
	r := newRig(t)
	raw, err := net.Dial("tcp", strings.TrimPrefix(r.http.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	fmt.Fprintf(raw, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n", pathJoin)
	answered := make([]byte, 12)
	if _, err := io.ReadFull(raw, answered); err != nil || string(answered) != "HTTP/1.1 101" {
		t.Fatalf("%s: %v", answered, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	r.server.Drain(gone) // returns, and goleak sees nobody left
}

func TestSocketsAreLimitedInAllAndPerSource(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits Limits
		status int
	}{
		{"in all", Limits{Sockets: 2, OpensPerSecond: 100}, 503},
		{"per source", Limits{SocketsPerSource: 2, OpensPerSecond: 100}, 429},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, func(o *Options) { o.Limits = c.limits; o.Now = nil })
			first := r.opened()
			r.opened()
			_, response, err := r.dial()
			if err == nil || response.StatusCode != c.status {
				t.Fatalf("the third: %v", err)
			}
			first.Close(websocket.StatusNormalClosure, "")
			for r.server.sockets.total() > 1 { // until the gateway has seen it
				if _, _, err := first.Read(t.Context()); err == nil {
					t.Fatal("a closed socket spoke")
				}
			}
			if c.status == 503 {
				r.opened()
			}
		})
	}
}

func (a *sockets) total() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

// Pings are written past the library, so nothing may be torn by them.
func TestPingsComeBetweenMessagesWhole(t *testing.T) {
	const messages, pings = 200, 20
	pinged := make(chan struct{}, pings)
	r := newRig(t, func(o *Options) { o.Limits.Ping = time.Millisecond })
	r.talk.serve = func(ctx context.Context, p room.Peer) error {
		for i := range messages {
			p.Send(wire.Answer{Connection: wire.ConnectionID(fmt.Sprintf("connection-%05d", i)), SDP: strings.Repeat("x", i*10+1)})
			if i%(messages/pings) == 0 {
				select { // a ping was seen on the other side: they take turns
				case <-pinged:
				case <-ctx.Done():
				}
			}
		}
		return nil
	}
	conn, _, err := websocket.Dial(t.Context(), r.http.URL+pathJoin, &websocket.DialOptions{
		OnPingReceived: func(context.Context, []byte) bool {
			select {
			case pinged <- struct{}{}:
			default:
			}
			return true
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	for i := range messages {
		if m, ok := r.hear(conn).(wire.Answer); !ok || len(m.SDP) != i*10+1 {
			t.Fatalf("message %d is %+v", i, m)
		}
	}
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("ended with %v", err)
	}
}

// deadlines is a connection that only notes its read deadlines.
type deadlines struct {
	net.Conn
	at []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.at = append(d.at, t)
	return nil
}

func TestASignOfLifeGivesTimeUnlessReceiveIsToEnd(t *testing.T) {
	raw := &deadlines{}
	s := &socket{raw: raw, limits: Limits{}.withDefaults()}
	s.alive()
	if left := time.Until(raw.at[0]); left < time.Minute || left > 2*time.Minute {
		t.Errorf("a page may be silent for %v", left)
	}
	s.interrupt()
	s.alive() // a pong, at the same time
	if last := raw.at[len(raw.at)-1]; !last.Equal(long) {
		t.Errorf("after the end the deadline is %v", last)
	}
}

func TestFaultsAndRefusalsAreCountedByCode(t *testing.T) {
	r := newRig(t)
	r.talk.serve = func(ctx context.Context, p room.Peer) error {
		p.Send(wire.Refusal{Code: wire.RefusedFull})
		return r.talk.echo(ctx, p)
	}
	conn := r.opened()
	r.hear(conn)
	r.say(conn, "{")
	r.hear(conn)
	for name, want := range map[string]string{
		`weckruf_page_faults_total{code="malformed"}`: "1",
		`weckruf_page_refusals_total{code="full"}`:    "1",
		`weckruf_page_sockets`:                        "1",
		`weckruf_page_sockets_opened_total`:           "1",
	} {
		if got := r.metric(name); got != want {
			t.Errorf("%s is %q, want %s", name, got, want)
		}
	}
}

// metric reads one line of /metrics.
func (r *rig) metric(name string) string {
	r.Helper()
	for line := range strings.Lines(r.metrics()) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// metrics reads /metrics.
func (r *rig) metrics() string {
	r.Helper()
	recorder := httptest.NewRecorder()
	r.server.Metrics().ServeHTTP(recorder, r.request("GET", "/metrics", ""))
	return recorder.Body.String()
}

func TestAPageOfAnotherVersionOfTheProtocolIsPassedOn(t *testing.T) {
	r := newRig(t)
	conn := r.opened()
	r.say(conn, strings.Replace(goodLook, `"version":1`, `"version":1,"new_field":true`, 1))
	if m := r.hear(conn); m.Kind() != "lobby" {
		t.Errorf("answer %+v", m)
	}
}
