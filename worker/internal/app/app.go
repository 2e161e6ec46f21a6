// Package app wires the worker: media server, TURN server and control link. Calls do not
// depend on the link: while the gateway is away, they go on.
package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"weckruf/internal/wire"
	"weckruf/turn"
	"weckruf/worker/internal/link"
	"weckruf/worker/sfu"
)

// The times of the worker.
const (
	usageEvery = 5 * time.Second        // how much of a minute a killed worker loses
	watchEvery = time.Second            // dead man's switch and hard stop
	goodbye    = 700 * time.Millisecond // how long the gateway has to take the last usage
)

// App is one worker.
type App struct {
	log     *slog.Logger
	mux     *turn.Mux
	media   *sfu.SFU
	relay   *turn.Server
	station *station
	link    *link.Link
	usage   reporter
}

// New opens the sockets and makes everything, but serves nothing before Run. The caller must
// call Run, which closes the sockets.
func New(ctx context.Context, settings Settings, log *slog.Logger) (*App, error) {
	conn, addresses, err := listen(ctx, settings)
	if err != nil {
		return nil, err
	}
	a := &App{log: log, mux: turn.NewMux(conn, addresses...)}
	if err := a.wire(ctx, settings, addresses); err != nil {
		if a.relay != nil {
			a.relay.Close()
		}
		_ = a.mux.Close()
		return nil, err
	}
	return a, nil
}

// socketBuffer lets the packets of a burst of key frames wait, in bytes. The system may grant
// less.
const socketBuffer = 4 << 20

func listen(ctx context.Context, settings Settings) (net.PacketConn, []netip.AddrPort, error) {
	var open net.ListenConfig
	conn, err := open.ListenPacket(ctx, "udp", settings.Media)
	if err != nil {
		return nil, nil, fmt.Errorf("open the media socket: %w", err)
	}
	if udp, ok := conn.(*net.UDPConn); ok {
		_ = errors.Join(udp.SetReadBuffer(socketBuffer), udp.SetWriteBuffer(socketBuffer))
	}
	bound := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	addresses, err := reachable(settings.Advertise, bound.Addr())
	if err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	return conn, withPort(addresses, bound.Port()), nil
}

func (a *App) wire(ctx context.Context, settings Settings, addresses []netip.AddrPort) error {
	var err error
	a.media, err = sfu.New(sfu.Options{
		Conn: a.mux, Addresses: addresses, Capacity: capacity(), Log: a.log,
		Parted: a.parted,
	})
	if err != nil {
		return fmt.Errorf("make the media server: %w", err)
	}
	a.relay, err = turn.Listen(ctx, turn.Config{UDP: []string{settings.TURN}, TCP: []string{settings.TURN}, Mux: a.mux})
	if err != nil {
		return err
	}
	a.station = newStation(a.media, a.relay, addresses, a.urls(addresses), settings.Silence)
	a.link, err = link.New(link.Options{
		Gateway: settings.Gateway, Machine: settings.Machine, Boot: newBoot(), Key: settings.Key,
		Software: software(), Station: a.station, Log: a.log,
	})
	if err != nil {
		return fmt.Errorf("make the control link: %w", err)
	}
	a.usage = reporter{media: a.media, link: a.link}
	return nil
}

// parted ends what a connection had here, and tells the gateway. No connection comes again: a
// page that lost one gets the name of another, with credentials of its own.
func (a *App) parted(p wire.Parted) {
	a.relay.Withdraw(string(p.Connection))
	a.link.Send(p)
}

func (a *App) urls(addresses []netip.AddrPort) []string {
	hosts := make([]netip.Addr, len(addresses))
	for i, address := range addresses {
		hosts[i] = address.Addr()
	}
	return turnURLs(hosts, a.relay.UDP()[0].Port(), a.relay.TCP()[0].Port())
}

// newBoot names this start of the process.
func newBoot() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(random[:])
}

func software() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Main.Version) > 56 {
		return "weckruf"
	}
	return "weckruf " + info.Main.Version
}

// Run serves until ctx ends, the gateway has no use for the worker (*link.Rejected), the hard
// stop is due, or the gateway was silent for too long with nobody here. Everybody is parted,
// and the last usage said, before it returns.
func (a *App) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	linkCtx, unlink := context.WithCancel(context.WithoutCancel(ctx))
	defer unlink()
	var serving, linked sync.WaitGroup
	serving.Go(func() { cancel(a.media.Run(ctx)) })
	serving.Go(func() { cancel(a.relay.Run(ctx)) })
	serving.Go(func() { a.tests(ctx) })
	serving.Go(func() { a.watch(ctx, cancel) })
	linked.Go(func() { cancel(a.link.Run(linkCtx)) })
	a.log.Info("worker serves", "capacity", capacity())

	<-ctx.Done()
	serving.Wait()
	a.settle()
	unlink()
	linked.Wait()
	return ending(context.Cause(ctx))
}

var errOver = errors.New("over")

// ending is the error that is one: being told to end is none.
func ending(cause error) error {
	if errors.Is(cause, context.Canceled) || errors.Is(cause, errOver) {
		return nil
	}
	return cause
}

// watch ends the worker when it is of no use any more, and reports usage.
func (a *App) watch(ctx context.Context, end context.CancelCauseFunc) {
	watch := time.NewTicker(watchEvery)
	defer watch.Stop()
	usage := time.NewTicker(usageEvery)
	defer usage.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-usage.C:
			a.usage.report(time.Now())
		case <-watch.C:
			if reason := a.station.over(time.Now(), a.link.Silence()); reason != "" {
				a.log.Info("worker ends itself", "reason", reason)
				end(errOver)
				return
			}
		}
	}
}

// tests runs the self-test for each new secret, until it succeeds.
func (a *App) tests(ctx context.Context) {
	var again <-chan time.Time
	var secret []byte
	for {
		select {
		case <-ctx.Done():
			return
		case secret = <-a.station.test:
		case <-again:
		}
		again = nil
		tested := selfTest(ctx, a.relay, a.mux.Media(), secret)
		if ctx.Err() != nil {
			return
		}
		a.link.Send(tested)
		if tested.Error != "" {
			a.log.Error("self-test failed", "error", tested.Error)
			again = time.After(testAgain)
		}
	}
}

// settle says the last usage and gives the gateway a moment to put it on record.
func (a *App) settle() {
	a.usage.last(time.Now())
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for end := time.Now().Add(goodbye); a.link.Unsettled() > 0 && time.Now().Before(end); {
		<-ticker.C
	}
}
