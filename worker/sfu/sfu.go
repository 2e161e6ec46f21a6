package sfu

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"weckruf/internal/wire"
)

// tick is how often the housekeeping looks at every room.
const tick = 100 * time.Millisecond

// connectLimit is how long a connection may take from Join to its first media path.
const connectLimit = 30 * time.Second

// ErrClosed is returned by Join once Run has ended.
var ErrClosed = errors.New("sfu: closed")

// Options configures an SFU. All fields but Parted are needed.
type Options struct {
	// Conn carries all media of all connections. Run closes it.
	Conn net.PacketConn
	// Addresses are the host candidates of every answer, the preferred one first.
	Addresses []netip.AddrPort
	// Capacity is how many connections are taken.
	Capacity int
	Log      *slog.Logger
	// Parted hears of every connection that ended, for whatever reason. It must not block
	// and may be called from any goroutine.
	Parted func(wire.Parted)
}

// SFU is the media server. It is safe for concurrent use.
type SFU struct {
	options     Options // immutable
	start       time.Time
	certificate webrtc.Certificate
	logs        *quietLogs
	usage       *usage

	ready chan struct{} // closed once mux stands
	done  chan struct{} // closed when Run ends
	mux   *hostMux      // set before ready is closed
	tasks sync.WaitGroup

	mu          sync.Mutex
	ended       bool // no new connections
	sealed      bool // no new tasks
	refusing    bool
	rooms       map[wire.RoomID]*room
	connections map[wire.ConnectionID]*endpoint
}

// New returns an SFU that starts to work with Run.
func New(options Options) (*SFU, error) {
	switch {
	case options.Conn == nil || options.Log == nil:
		return nil, errors.New("sfu: Conn and Log are needed")
	case len(options.Addresses) == 0:
		return nil, errors.New("sfu: an address is needed")
	case options.Capacity < 1:
		return nil, errors.New("sfu: a capacity is needed")
	}
	certificate, err := newCertificate()
	if err != nil {
		return nil, err
	}
	if options.Parted == nil {
		options.Parted = func(wire.Parted) {}
	}
	return &SFU{
		options:     options,
		start:       time.Now(),
		certificate: certificate,
		logs:        &quietLogs{log: options.Log},
		usage:       newUsage(),
		ready:       make(chan struct{}),
		done:        make(chan struct{}),
		rooms:       make(map[wire.RoomID]*room),
		connections: make(map[wire.ConnectionID]*endpoint),
	}, nil
}

// newCertificate makes one DTLS certificate for all connections of this process: making one
// for each would cost every join a key generation.
func newCertificate() (webrtc.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("sfu: make a key: %w", err)
	}
	certificate, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("sfu: make a certificate: %w", err)
	}
	return *certificate, nil
}

// now is the worker's clock: monotonic, from the start of the SFU.
func (s *SFU) now() time.Duration { return time.Since(s.start) }

// Run serves until ctx ends, then closes all connections and the socket. It returns nil when
// everything it started has ended.
func (s *SFU) Run(ctx context.Context) error {
	s.mux = newHostMux(ice.UDPMuxParams{
		Logger:  s.logs.NewLogger("mux"),
		UDPConn: s.options.Conn,
	}, s.options.Addresses)
	close(s.ready)
	s.housekeep(ctx)
	s.shut()
	err := s.mux.Close()
	close(s.done)
	if err != nil {
		return fmt.Errorf("sfu: close the socket: %w", err)
	}
	return nil
}

func (s *SFU) housekeep(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for _, r := range s.allRooms() {
				r.tick(s.now())
			}
		}
	}
}

// shut ends every connection and waits for what belongs to it.
func (s *SFU) shut() {
	s.mu.Lock()
	s.ended = true
	var all []*endpoint
	for _, e := range s.connections {
		all = append(all, e)
	}
	s.mu.Unlock()
	var ends sync.WaitGroup
	for _, e := range all {
		ends.Go(func() { e.end(false) })
	}
	ends.Wait()
	s.mu.Lock()
	s.sealed = true
	s.mu.Unlock()
	s.tasks.Wait()
}

// task runs f in a goroutine that Run waits for. Once all connections are closed at the end
// of Run nothing is started any more: there is nothing left to serve.
func (s *SFU) task(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sealed {
		s.tasks.Go(f)
	}
}

func (s *SFU) allRooms() []*room {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*room, 0, len(s.rooms))
	for _, r := range s.rooms {
		all = append(all, r)
	}
	return all
}

func (s *SFU) connectionsOf(r *room) []*endpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*endpoint
	for _, e := range s.connections {
		if e.room == r {
			all = append(all, e)
		}
	}
	return all
}

// Refuse makes Join fail (or not, when false) for connections that do not stand yet. It
// returns false, and changes nothing, when asked to refuse while somebody is connected.
func (s *SFU) Refuse(refuse bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refuse && len(s.connections) > 0 {
		return false
	}
	s.refusing = refuse
	return true
}

// Join makes a connection from a page's offer, or a new answer on a connection that stands.
// Errors are *wire.Error (bad_offer, unavailable), ErrClosed or those of ctx; none of them
// disturbs a connection that stands.
func (s *SFU) Join(ctx context.Context, join wire.Join) (wire.Joined, error) {
	select {
	case <-s.ready:
	case <-s.done:
		return wire.Joined{}, ErrClosed
	case <-ctx.Done():
		return wire.Joined{}, fmt.Errorf("join: %w", ctx.Err())
	}
	if err := join.Check(); err != nil {
		return wire.Joined{}, badOffer("%v", err)
	}
	plan, err := checkOffer(join)
	if err != nil {
		return wire.Joined{}, err
	}
	e, fresh, err := s.endpoint(join)
	if err != nil {
		return wire.Joined{}, err
	}
	joined, err := e.negotiate(ctx, join, plan)
	if err != nil && fresh {
		e.end(true)
	}
	return joined, err
}

// endpoint finds the connection of the join or makes it.
func (s *SFU) endpoint(join wire.Join) (e *endpoint, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.connections[join.Connection]; ok {
		if e.participant != join.Participant || e.room.id != join.Room {
			return nil, false, &wire.Error{Code: wire.CodeNotAllowed, Re: "join", Detail: "the connection is somebody else's"}
		}
		return e, false, nil
	}
	switch {
	case s.ended:
		return nil, false, ErrClosed
	case s.refusing:
		return nil, false, &wire.Error{Code: wire.CodeUnavailable, Re: "join", Detail: "draining"}
	case len(s.connections) >= s.options.Capacity:
		return nil, false, &wire.Error{Code: wire.CodeUnavailable, Re: "join", Detail: "full"}
	}
	r, ok := s.rooms[join.Room]
	if !ok {
		r = newRoom(s, join.Room)
	}
	e, err = newEndpoint(r, join)
	if err != nil {
		return nil, false, err
	}
	s.rooms[join.Room] = r
	s.connections[join.Connection] = e
	return e, true, nil
}

// forget drops a connection that ended, and its room with the last one.
func (s *SFU) forget(e *endpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.connections, e.id)
	for _, other := range s.connections {
		if other.room == e.room {
			return
		}
	}
	delete(s.rooms, e.room.id)
}

// Part ends a connection. One that is gone already is no error.
func (s *SFU) Part(id wire.ConnectionID) {
	s.mu.Lock()
	e := s.connections[id]
	s.mu.Unlock()
	if e != nil {
		e.end(false)
	}
}

// Live lists the connections that exist, in the order of their names.
func (s *SFU) Live() []wire.Live {
	s.mu.Lock()
	defer s.mu.Unlock()
	live := make([]wire.Live, 0, len(s.connections))
	for _, e := range s.connections {
		live = append(live, wire.Live{Room: e.room.id, Connection: e.id, Participant: e.participant})
	}
	slices.SortFunc(live, func(a, b wire.Live) int {
		if a.Connection < b.Connection {
			return -1
		}
		return 1
	})
	return live
}

// Usage returns the participant seconds of every room and minute (UTC) since the minutes
// were forgotten, the present minute included as far as it went. A participant counts from
// the moment of being connected, once, however many connections.
func (s *SFU) Usage() []wire.UsageMinute {
	now := time.Now()
	for _, r := range s.allRooms() {
		r.settle(now)
	}
	return s.usage.minutes()
}

// ForgetUsage drops the minutes that ended at or before the given time: they are on record.
func (s *SFU) ForgetUsage(until time.Time) { s.usage.forget(until) }
