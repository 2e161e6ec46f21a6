package turn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	pion "github.com/pion/turn/v4"
)

// Realm is the realm of all credentials.
const Realm = "weckruf"

// The limits of a server, unless the configuration says otherwise.
const (
	DefaultAllocations = 1024
	// DefaultPerUser has room for a browser that gathers on several networks over UDP and
	// TCP, twice, because an ICE restart gathers anew before the old ones end.
	DefaultPerUser = 24
)

// Config says where a server listens and for whom.
type Config struct {
	UDP []string // host:port to listen on; port 0 means any
	TCP []string // likewise
	Mux *Mux     // what the relays lead to; of this server alone
	// Allocations and PerUser bound the relays, at most 60,000 in all; 0 means the default.
	Allocations, PerUser int
	Logs                 *Logs            // may be nil
	Now                  func() time.Time // for the expiry of credentials; nil means time.Now
}

// Server is a TURN server. It is made by Listen, and Run serves.
type Server struct {
	// immutable
	config  Config
	sockets []*socket
	tcp     []net.Listener
	streams streams

	secret atomic.Pointer[[]byte]
	counts refusals

	mu    sync.Mutex
	users map[string]int // guarded by mu: allocations of an id
}

type refusals struct {
	credentials, quota, permissions, streams atomic.Uint64
}

// Stats says what a server does and what it refused since it was made.
type Stats struct {
	Allocations int // open now
	Streams     int // TCP connections open now
	// Refused: credentials that were malformed, expired or wrong; allocations over the
	// quota of a user; permissions for addresses other than the media server's; TCP
	// connections over the limit.
	RefusedCredentials, RefusedQuota, RefusedPermissions, RefusedStreams uint64
	// Vanished packets were sent to what does not exist, dropped ones found a full queue or
	// a closed relay, forged ones came from the network with a virtual source.
	Vanished, Dropped, Forged uint64
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

func (c Config) filled() Config {
	if c.Allocations == 0 {
		c.Allocations = DefaultAllocations
	}
	if c.PerUser == 0 {
		c.PerUser = DefaultPerUser
	}
	if c.Logs == nil {
		c.Logs = new(Logs)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c Config) check() error {
	switch {
	case c.Mux == nil:
		return errors.New("a mux is needed")
	case len(c.UDP)+len(c.TCP) == 0:
		return errors.New("an address to listen on is needed")
	case c.Allocations < 1 || c.Allocations > 60_000 || c.PerUser < 1:
		return errors.New("a limit is out of range")
	}
	return c.Mux.Relay().Validate()
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
		s.tcp = append(s.tcp, tcp)
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
	failed := make(chan struct{}, len(s.sockets))
	var watchers sync.WaitGroup
	for _, c := range s.sockets {
		watchers.Go(func() { <-c.ended; failed <- struct{}{} })
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

func (s *Server) pionConfig() pion.ServerConfig {
	relay, permit := s.config.Mux.Relay(), s.permit
	c := pion.ServerConfig{
		Realm:         Realm,
		LoggerFactory: s.config.Logs,
		AuthHandler:   s.authenticate,
		QuotaHandler:  s.quota,
		EventHandler: pion.EventHandler{
			OnAuth:              s.onAuth,
			OnAllocationCreated: s.onCreated,
			OnAllocationDeleted: s.onDeleted,
		},
	}
	for _, conn := range s.sockets {
		c.PacketConnConfigs = append(c.PacketConnConfigs, pion.PacketConnConfig{
			PacketConn: conn, RelayAddressGenerator: relay, PermissionHandler: permit,
		})
	}
	for _, l := range s.tcp {
		guarded := &listener{Listener: l, streams: &s.streams, refused: func() { s.counts.streams.Add(1) }}
		c.ListenerConfigs = append(c.ListenerConfigs, pion.ListenerConfig{
			Listener: guarded, RelayAddressGenerator: relay, PermissionHandler: permit,
		})
	}
	return c
}

func (s *Server) authenticate(username, _ string, _ net.Addr) ([]byte, bool) {
	var secret []byte
	if p := s.secret.Load(); p != nil {
		secret = *p
	}
	k, ok := key(secret, username, s.config.Now())
	if !ok {
		s.counts.credentials.Add(1)
	}
	return k, ok
}

func (s *Server) onAuth(remote, local net.Addr, _, _, _, _ string, good bool) {
	if good {
		s.streams.prove(remote, local)
	} else {
		s.counts.credentials.Add(1)
	}
}

func (s *Server) permit(_ net.Addr, peer net.IP) bool {
	if s.config.Mux.allows(peer) {
		return true
	}
	s.counts.permissions.Add(1)
	return false
}

// user is the id in a user name.
func user(username string) string {
	_, id, _ := strings.Cut(username, ":")
	return id
}

// quota is asked before an allocation is counted, so that a user with several connections can
// go over it by as many at the most; the total is exact (Mux.open).
func (s *Server) quota(username, _ string, _ net.Addr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[user(username)] < s.config.PerUser {
		return true
	}
	s.counts.quota.Add(1)
	return false
}

func (s *Server) onCreated(_, _ net.Addr, _, username, _ string, _ net.Addr, _ int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[user(username)]++
}

func (s *Server) onDeleted(_, _ net.Addr, _, username, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := user(username)
	if s.users[id]--; s.users[id] <= 0 {
		delete(s.users, id)
	}
}

// Stats is safe for concurrent use.
func (s *Server) Stats() Stats {
	m := s.config.Mux
	m.table.RLock()
	relays := len(m.relays)
	m.table.RUnlock()
	return Stats{
		Allocations:        relays,
		Streams:            s.streams.count(),
		RefusedCredentials: s.counts.credentials.Load(),
		RefusedQuota:       s.counts.quota.Load(),
		RefusedPermissions: s.counts.permissions.Load(),
		RefusedStreams:     s.counts.streams.Load(),
		Vanished:           m.counts.vanished.Load(),
		Dropped:            m.counts.dropped.Load(),
		Forged:             m.counts.forged.Load(),
	}
}

// socket tells when pion/turn stops to read it, which it does at the first error.
type socket struct {
	net.PacketConn
	ended chan struct{}
	once  sync.Once
}

// ReadFrom implements net.PacketConn.
func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.PacketConn.ReadFrom(b)
	if err != nil {
		s.once.Do(func() { close(s.ended) })
	}
	return n, from, err
}
