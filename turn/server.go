package turn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	pion "github.com/pion/turn/v4"
)

// Realm is the realm of all credentials.
const Realm = "weckruf"

// Server is a TURN server. It is made by Listen, and Run serves.
type Server struct {
	// immutable
	config  Config
	sockets []*socket
	tcp     []*listener
	streams streams

	secret atomic.Pointer[[]byte]
	counts refusals

	withdrawn withdrawn

	mu    sync.Mutex
	users map[string]int // guarded by mu: allocations of an id
}

// Listen opens all sockets, or none. Nothing is answered before Run, and every credential is
// refused until SetSecret.
func Listen(ctx context.Context, c Config) (*Server, error) {
	s := &Server{config: c.filled(), users: map[string]int{}}
	s.streams.proof, s.streams.idle, s.streams.stall = proofTime, idleTime, stallTime
	if err := s.config.check(); err != nil {
		return nil, fmt.Errorf("set up TURN: %w", err)
	}
	s.streams.limit = 4 * s.config.Allocations
	s.config.Mux.setLimit(s.config.Allocations)
	if err := s.listen(ctx); err != nil {
		s.close()
		return nil, fmt.Errorf("set up TURN: %w", err)
	}
	return s, nil
}

func (m *Mux) setLimit(relays int) {
	m.table.Lock()
	defer m.table.Unlock()
	m.limit = relays
}

// receiveBuffer lets bursts of a full room wait in the kernel, in bytes.
const receiveBuffer = 4 << 20

func (s *Server) listen(ctx context.Context) error {
	var open net.ListenConfig
	for _, address := range s.config.UDP {
		conn, err := open.ListenPacket(ctx, "udp", address)
		if err != nil {
			return err
		}
		if udp, ok := conn.(*net.UDPConn); ok {
			_ = udp.SetReadBuffer(receiveBuffer)
		}
		s.sockets = append(s.sockets, &socket{PacketConn: conn, ended: make(chan struct{})})
	}
	for _, address := range s.config.TCP {
		tcp, err := open.Listen(ctx, "tcp", address)
		if err != nil {
			return err
		}
		s.tcp = append(s.tcp, &listener{
			Listener: tcp, streams: &s.streams,
			refused: func() { s.counts.streams.Add(1) }, ended: make(chan struct{}),
		})
	}
	return nil
}

// SetSecret sets the key of all credentials from now on. Allocations that stand live on until
// they need a refresh.
func (s *Server) SetSecret(secret []byte) {
	kept := append([]byte(nil), secret...)
	s.secret.Store(&kept)
}

// UDP and TCP are the addresses listened on, in the order of the configuration.
func (s *Server) UDP() []netip.AddrPort {
	var all []netip.AddrPort
	for _, c := range s.sockets {
		all = append(all, addrPort(c.LocalAddr()))
	}
	return all
}

// TCP is UDP's counterpart.
func (s *Server) TCP() []netip.AddrPort {
	var all []netip.AddrPort
	for _, l := range s.tcp {
		all = append(all, addrPort(l.Addr()))
	}
	return all
}

// Run serves until the context ends or a socket fails, then closes everything and waits. It
// can be called once. A context that ends is no error.
func (s *Server) Run(ctx context.Context) error {
	server, err := pion.NewServer(s.pionConfig())
	if err != nil {
		s.close()
		return fmt.Errorf("start TURN: %w", err)
	}
	failed := make(chan struct{}, len(s.sockets)+len(s.tcp))
	var watchers sync.WaitGroup
	for _, c := range s.sockets {
		watchers.Go(func() { <-c.ended; failed <- struct{}{} })
	}
	for _, l := range s.tcp {
		watchers.Go(func() { <-l.ended; failed <- struct{}{} })
	}
	select {
	case <-ctx.Done():
	case <-failed:
		err = errors.New("serve TURN: a socket failed")
	}
	_ = server.Close()
	watchers.Wait()
	s.close()
	return err
}

// Close closes the sockets of a server that is not Run after all.
func (s *Server) Close() { s.close() }

func (s *Server) close() {
	for _, c := range s.sockets {
		_ = c.Close()
	}
	for _, l := range s.tcp {
		_ = l.Close()
	}
	s.streams.close()
	s.config.Mux.closeRelays()
}
