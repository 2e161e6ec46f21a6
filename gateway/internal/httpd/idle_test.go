package httpd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"weckruf/gateway/internal/account"
	"weckruf/gateway/internal/room"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

// handshake opens a WebSocket with as little memory on the client's side as can be.
func handshake(tb testing.TB, address string) net.Conn {
	tb.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nOrigin: https://treffen.example\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"+
		"Accept-Language: de,en-US;q=0.7,en;q=0.3\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"+
		"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n", pathJoin, address)
	var answer bytes.Buffer
	for !bytes.HasSuffix(answer.Bytes(), []byte("\r\n\r\n")) {
		if _, err := io.CopyN(&answer, conn, 1); err != nil {
			tb.Fatal(err)
		}
	}
	if !strings.HasPrefix(answer.String(), "HTTP/1.1 101 ") {
		tb.Fatalf("answer %s", answer.String())
	}
	return conn
}

// inUse is what the heap and the stacks hold after a collection, in bytes.
func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkIdleSocket reports the bytes and goroutines that a page costs which has looked and
// been answered a few times and now waits. The client's side is in the figure: some 600 bytes.
func BenchmarkIdleSocket(b *testing.B) {
	const pages = 500
	waiting := make(chan struct{}, pages)
	talk := &talk{serve: func(ctx context.Context, p room.Peer) error {
		for {
			_, err := p.Receive(ctx)
			var fault *wire.Error
			if err != nil && !errors.As(err, &fault) {
				return nil
			}
			for range 5 {
				p.Send(wire.Lobby{Waiting: pages, Machine: wire.MachineBooting, EtaMS: 8000})
			}
			waiting <- struct{}{}
		}
	}}
	s, err := New(Options{
		Log: slog.New(slog.DiscardHandler), PublicURL: &url.URL{Scheme: "https", Host: "treffen.example"}, Pages: built,
		Accounts: account.New(&tokens{good: map[string]time.Time{}}, nil), Rooms: &table{}, Conversation: talk,
		Machines: &machines{}, Books: &books{}, Keys: cred.FromRoot(make([]byte, 32)),
		Limits: Limits{OpensPerSecond: 1e9},
	})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	// A masked text frame (RFC 6455 §5.2) with the key zero.
	look := append([]byte{0x81, 0x80 | byte(len(goodLook)), 0, 0, 0, 0}, goodLook...)
	for b.Loop() {
		before, goroutines := inUse(), runtime.NumGoroutine()
		conns := make([]net.Conn, pages)
		for i := range conns {
			conns[i] = handshake(b, address)
			if _, err := conns[i].Write(look); err != nil {
				b.Fatal(err)
			}
			<-waiting
		}
		b.ReportMetric(float64(inUse()-before)/pages, "bytes/page")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/pages, "goroutines/page")
		for _, conn := range conns {
			conn.Close()
		}
		s.sockets.running.Wait()
	}
}
