// Testgate is a gateway that has nothing but the control link, for the worker's tests: the two
// sides may not import each other, and a gateway that dies is best tried with a process.
//
// It says on standard output what happens, a line each, and takes commands on standard input:
// "join CONNECTION", "part CONNECTION", "drain", "recall" and "close CODE".
package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"weckruf/gateway/internal/link"
	"weckruf/internal/wire"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	key := flag.String("key", "", "the worker's public key, in hexadecimal digits")
	epoch := flag.Uint64("epoch", 1, "the power-on that is welcomed")
	flag.Parse()
	if err := run(*listen, *key, wire.Epoch(*epoch)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(listen, key string, epoch wire.Epoch) error {
	public, err := hex.DecodeString(key)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return errors.New("-key is not an Ed25519 public key")
	}
	g := &gate{key: public, epoch: epoch}
	server := link.New(link.Options{Gate: g, GatewayID: "testgate", Log: slog.New(slog.DiscardHandler)})
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	front := &http.Server{Handler: server, ReadHeaderTimeout: 5 * time.Second}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = front.Serve(listener) })
	running.Go(func() { _ = server.Run(ctx) })
	g.say("listening %s", listener.Addr())
	g.obey(ctx, bufio.NewScanner(os.Stdin))
	cancel()
	_ = front.Close()
	running.Wait()
	return nil
}

// gate expects one epoch of any machine, with one worker at a time.
type gate struct {
	key   ed25519.PublicKey
	epoch wire.Epoch

	mu      sync.Mutex
	boot    string        // guarded by mu: of the admitted worker
	session *link.Session // guarded by mu
}

var _ link.Gate = (*gate)(nil)

func (g *gate) say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func (g *gate) Key(wire.MachineID) (ed25519.PublicKey, bool) { return g.key, true }

func (g *gate) Admit(_ context.Context, h wire.Hello) (wire.Welcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case h.Epoch != 0 && h.Epoch < g.epoch:
		return wire.Welcome{}, &wire.Error{Code: wire.CodeStaleEpoch}
	case g.boot != "" && g.boot != h.Boot:
		return wire.Welcome{}, &wire.Error{Code: wire.CodeEpochTaken}
	}
	g.boot = h.Boot
	return wire.Welcome{Epoch: g.epoch, TURNSecret: make([]byte, 32), SilenceMS: 600_000}, nil
}

func (g *gate) Attach(s *link.Session) {
	g.mu.Lock()
	g.session = s
	g.mu.Unlock()
	g.say("attached %s %d", s.Machine(), s.Epoch())
}

func (g *gate) Detach(s *link.Session) { g.say("detached %s", s.Machine()) }

func (g *gate) Observe(_ *link.Session, m wire.Message) {
	if _, beat := m.(wire.Beat); !beat {
		g.say("heard %s", wire.Encode(m))
	}
}

func (g *gate) Record(_ context.Context, _ *link.Session, u wire.Usage) error {
	g.say("recorded %d", u.Seq)
	return nil
}

// obey ends with the input.
func (g *gate) obey(ctx context.Context, in *bufio.Scanner) {
	var joins sync.WaitGroup
	defer joins.Wait()
	for in.Scan() {
		command, rest, _ := strings.Cut(in.Text(), " ")
		g.mu.Lock()
		s := g.session
		g.mu.Unlock()
		switch command {
		case "join":
			joins.Go(func() { g.join(ctx, s, wire.ConnectionID(rest)) })
		case "part":
			s.Part(wire.ConnectionID(rest))
		case "drain":
			s.Send(wire.Drain{})
		case "recall":
			s.Send(wire.Recall{})
		case "close":
			s.Close(wire.Code(rest))
		}
	}
}

func (g *gate) join(ctx context.Context, s *link.Session, id wire.ConnectionID) {
	joined, err := s.Join(ctx, wire.Join{
		Room: "gemeinderat", Connection: id, Participant: 7, Role: wire.RoleGuest, SDP: "v=0",
	})
	if err != nil {
		g.say("failed %s %v", id, err)
		return
	}
	g.say("joined %s %s", id, joined.SDP)
}
