package app

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"weckruf/internal/cred"
	"weckruf/internal/wire"
	"weckruf/turn"
)

// The self-test may take so long, and a failed one is tried again after a while.
const (
	testLimit = 5 * time.Second
	testAgain = 5 * time.Second
)

// selfTest sends one packet through the worker's own TURN server to its media socket, over
// UDP and over TCP, as somebody behind a firewall would.
func selfTest(ctx context.Context, relay *turn.Server, media []netip.AddrPort, secret []byte) wire.Tested {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, testLimit)
	defer cancel()
	tested := wire.Tested{}
	if err := probe(ctx, relay, media, secret); err != nil {
		// What went wrong, without the addresses that the network's own errors are full of.
		tested.Error = "no packet came through TURN"
		if errors.Is(err, context.DeadlineExceeded) {
			tested.Error = "TURN did not answer in time"
		}
	}
	tested.TookMS = time.Since(began).Milliseconds()
	return tested
}

var errNoMedia = errors.New("no IPv4 address to relay to")

func probe(ctx context.Context, relay *turn.Server, media []netip.AddrPort, secret []byte) error {
	if len(media) == 0 {
		return errNoMedia
	}
	username, password := cred.TURNCredential(secret, "selftest", time.Now().Add(time.Minute))
	for network, servers := range map[string][]netip.AddrPort{"udp": relay.UDP(), "tcp": relay.TCP()} {
		for _, server := range servers {
			p := turn.Probe{Network: network, Server: dialable(server), Username: username, Password: password, Media: media[0]}
			if err := p.Run(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// dialable is where this machine reaches one of its own sockets.
func dialable(a netip.AddrPort) string {
	if a.Addr().IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(a.Port())))
	}
	return a.String()
}
