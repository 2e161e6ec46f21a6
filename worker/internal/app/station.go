package app

import (
	"context"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"weckruf/internal/wire"
	"weckruf/turn"
	"weckruf/worker/internal/link"
	"weckruf/worker/sfu"
)

// perCore is how many connections one core is trusted with on pion's own write path.
const perCore = 50

// station is the worker as the gateway commands it. It is safe for concurrent use.
type station struct {
	// immutable
	media *sfu.SFU
	relay *turn.Server
	have  wire.Have // without what changes
	test  chan []byte

	mu       sync.Mutex
	epoch    wire.Epoch
	secret   string
	silence  time.Duration
	hardStop *time.Time
	drained  bool
}

var _ link.Station = (*station)(nil)

func newStation(media *sfu.SFU, relay *turn.Server, addresses []netip.AddrPort, urls []string, silence time.Duration) *station {
	return &station{
		media: media,
		relay: relay,
		have: wire.Have{
			Addresses: addresses,
			TURN:      urls,
			Cores:     runtime.NumCPU(),
			Capacity:  capacity(),
		},
		test:    make(chan []byte, 1),
		silence: silence,
	}
}

func capacity() int { return perCore * runtime.NumCPU() }

// Have implements link.Station.
func (s *station) Have() wire.Have {
	have := s.have
	have.Live = s.media.Live()
	s.mu.Lock()
	defer s.mu.Unlock()
	have.Drained = s.drained
	return have
}

// Welcome implements link.Station. A new secret asks for a new self-test, and a new power-on
// of a machine that never went down makes it serve again.
func (s *station) Welcome(w wire.Welcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silence = time.Duration(w.SilenceMS) * time.Millisecond
	s.hardStop = w.HardStopAt
	if w.Epoch > s.epoch {
		s.epoch, s.drained = w.Epoch, false
		s.media.Refuse(false)
	}
	if s.secret == string(w.TURNSecret) {
		return
	}
	s.secret = string(w.TURNSecret)
	s.relay.SetSecret(w.TURNSecret)
	select {
	case <-s.test:
	default:
	}
	s.test <- w.TURNSecret
}

// Join implements link.Station.
func (s *station) Join(ctx context.Context, j wire.Join) (wire.Joined, error) {
	return s.media.Join(ctx, j)
}

// Part implements link.Station.
func (s *station) Part(id wire.ConnectionID) {
	s.relay.Withdraw(string(id)) // also of one that never came to be
	s.media.Part(id)
}

// Drain implements link.Station.
func (s *station) Drain(wanted bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wanted && !s.drained {
		s.drained = s.media.Refuse(true)
	}
	return s.drained
}

// over says why the worker should end now, or "".
func (s *station) over(now time.Time, silence time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.hardStop != nil && now.After(s.hardStop.Add(hardStopGrace)):
		return "hard stop"
	case silence >= s.silence && s.media.Refuse(true):
		return "the gateway is silent and nobody is here"
	}
	return ""
}

// hardStopGrace lets the gateway be the first to end a session: it can tell people why. Nobody
// is warned of a hard stop before.
const hardStopGrace = 10 * time.Second
