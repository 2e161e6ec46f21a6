package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"weckruf/internal/wire"
)

// Station is the worker as the gateway commands it. It is safe for concurrent use.
type Station interface {
	// Have is the worker's whole state now. It is asked for on every connect and, for the
	// number of connections, with every beat.
	Have() wire.Have
	// Welcome tells of the epoch and the secrets, on every connect, before Have is asked.
	Welcome(w wire.Welcome)
	// Join answers an offer. A *wire.Error is told to the gateway as it is, any other as
	// unavailable. The context ends with the link.
	Join(ctx context.Context, j wire.Join) (wire.Joined, error)
	// Part ends a connection, if it is there.
	Part(id wire.ConnectionID)
	// Drain asks to take no more joins (true) or takes that back (false). It reports whether
	// from now on, for good, none is taken: false while somebody is connected, and true for
	// ever after it was true once.
	Drain(wanted bool) (drained bool)
}

// The times of the link.
const (
	beatEvery     = 5 * time.Second
	silenceEnds   = 15 * time.Second
	handshakeTime = 5 * time.Second
	firstRedial   = 100 * time.Millisecond
	lastRedial    = 2 * time.Second
	resendEvery   = 10 * time.Second
)

// Options say who the worker is and where it dials.
type Options struct {
	// Gateway is its URL: http, https, ws or wss. Without a path, /api/v1/worker is added.
	Gateway  string
	Machine  wire.MachineID
	Boot     string // random per process start, 16 to 64 characters
	Key      ed25519.PrivateKey
	Software string
	Station  Station
	Log      *slog.Logger
	// Client dials; nil means one that honours HTTPS_PROXY and HTTP_PROXY.
	Client *http.Client
}

// Rejected says that the gateway has no use for this worker: it has nothing left to do.
type Rejected struct {
	Code wire.Code // stale_epoch, epoch_taken or not_expected
}

func (r *Rejected) Error() string { return "the gateway rejected the worker: " + string(r.Code) }

// Link is the worker's control link. Run works it; the other methods are safe for concurrent
// use, also before Run and after it.
type Link struct {
	// immutable
	options Options
	url     string
	times   times
	usage   *usage

	recording sync.Mutex // held from numbering a report to sending it

	mu      sync.Mutex
	heard   time.Time     // guarded by mu: when the gateway last said something
	epoch   wire.Epoch    // guarded by mu: the highest known
	tested  *wire.Tested  // guarded by mu: said again on every connect
	drained *wire.Drained // guarded by mu: likewise
	current *session      // guarded by mu: nil while there is none
}

// times are fields so that tests need not wait.
type times struct {
	beat, silence, handshake, redial, redialMax, resend time.Duration
}

// New makes a link that does nothing until Run. It fails when the URL is none.
func New(o Options) (*Link, error) {
	u, err := url.Parse(o.Gateway)
	if err != nil {
		return nil, fmt.Errorf("read the gateway's URL: %w", err)
	}
	switch u.Scheme {
	case "http", "https", "ws", "wss":
	default:
		return nil, errors.New("the gateway's URL must begin with http, https, ws or wss")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/api/v1/worker"
	}
	if len(o.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("the worker's key is not an Ed25519 private key")
	}
	if o.Client == nil {
		o.Client = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	return &Link{
		options: o,
		url:     u.String(),
		times:   times{beatEvery, silenceEnds, handshakeTime, firstRedial, lastRedial, resendEvery},
		usage:   newUsage(),
		heard:   time.Now(),
	}, nil
}

// Run keeps the link up until the context ends (nil) or the gateway has no use for the worker
// (*Rejected). It can be called once.
func (l *Link) Run(ctx context.Context) error {
	defer l.options.Client.CloseIdleConnections()
	wait := l.times.redial
	for ctx.Err() == nil {
		welcomed, err := l.connect(ctx)
		var rejected *Rejected
		if errors.As(err, &rejected) {
			return rejected
		}
		if welcomed {
			wait = l.times.redial
		}
		if ctx.Err() == nil {
			l.options.Log.Warn("link to the gateway ended", "reason", reason(err), "welcomed", welcomed)
		}
		pause(ctx, jitter(wait))
		wait = min(2*wait, l.times.redialMax)
	}
	return nil
}

// jitter keeps the workers of a restarted gateway from coming all at once: half to all of d.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// connect dials, shakes hands and works the link until it ends. It reports whether the
// gateway welcomed the worker.
func (l *Link) connect(ctx context.Context) (bool, error) {
	s, welcome, err := l.handshake(ctx)
	if err != nil {
		return false, err
	}
	defer s.conn.CloseNow()
	l.hear()
	l.options.Station.Welcome(welcome)
	l.attach(s)
	defer l.detach()
	l.options.Log.Info("link to the gateway stands", "epoch", welcome.Epoch)
	return true, s.run(ctx)
}

// attach makes s the link that Send uses before Have is taken: what happens after Have was
// taken must be said after it.
func (l *Link) attach(s *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current = s
	s.tested, s.drained = l.tested, l.drained
}

func (l *Link) detach() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current = nil
}

// hear notes a sign of life of the gateway.
func (l *Link) hear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = time.Now()
}

// Silence is how long a gateway that had welcomed the worker has not been heard; from New on
// before the first welcome.
func (l *Link) Silence() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.heard)
}

// Epoch is the highest epoch that the worker was welcomed with, 0 before.
func (l *Link) Epoch() wire.Epoch {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.epoch
}

// Send tells the gateway of Tested or Parted. It never blocks. Without a link, Parted is
// dropped, since the next Have says it all; Tested is kept and said on every connect.
func (l *Link) Send(m wire.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if tested, ok := m.(wire.Tested); ok {
		l.tested = &tested
	}
	if l.current != nil {
		l.current.send(m)
	}
}

// Record hands finished minutes over. They are reported until the gateway has them on disk, in
// the order of their numbers, since an acknowledgement covers all before it.
func (l *Link) Record(minutes []wire.UsageMinute) {
	l.recording.Lock()
	defer l.recording.Unlock()
	for _, u := range l.usage.add(minutes) {
		l.Send(u)
	}
}

// Unsettled is how many reports of usage the gateway has not acknowledged yet.
func (l *Link) Unsettled() int { return len(l.usage.open()) }
