package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"weckruf/internal/config"
)

// Start is how serve was called.
type Start struct {
	FirstRoom string    // title of a room to make when there is none
	Out       io.Writer // where links are printed
	Log       *slog.Logger
}

// Serve runs the gateway until SIGTERM or an interrupt. SIGTERM leaves machines running, for
// the gateway that comes next; an interrupt (Ctrl-C) stops local machines.
func Serve(ctx context.Context, settings config.Gateway, start Start) (err error) {
	p, err := open(ctx, settings, start.Log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.store.Close()) }()
	if err := firstRoom(ctx, p.store, start.FirstRoom); err != nil {
		return err
	}
	if err := p.exclusive(ctx); err != nil {
		return err
	}
	if err := p.assemble(); err != nil {
		return err
	}
	if err := p.server.Listen(); err != nil {
		return err
	}
	if err := greet(ctx, start.Out, p.store, p.keys, p.settings.HTTP.PublicURL); err != nil {
		return err
	}
	return p.run(ctx)
}

// How long, and how often, serve tries to hold the store alone. The gateway before may still
// be saying goodbye to its pages.
const (
	exclusiveWithin = 10 * time.Second
	exclusivePoll   = 50 * time.Millisecond
)

// exclusive waits for the store's lock: with it, machines of the gateway before are taken over
// at once, without it only when their lease has run out. Without it there is a second gateway.
func (p *parts) exclusive(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, exclusiveWithin)
	defer cancel()
	tick := time.NewTicker(exclusivePoll)
	defer tick.Stop()
	for !p.store.Exclusive() {
		select {
		case <-limit.Done():
			p.log.Warn("another gateway uses the same store")
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// run serves until a signal. The order of the end matters: pages and workers are told to come
// back first, while the rooms and the machines' keepers still listen.
func (p *parts) run(ctx context.Context) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)

	inner, stopInner := context.WithCancel(ctx)
	defer stopInner()
	group, inner := errgroup.WithContext(inner)
	group.Go(func() error { return quiet(p.fleet.Run(inner)) })
	group.Go(func() error { return quiet(p.house.Run(inner)) })
	group.Go(func() error { return quiet(p.purge(inner, p.store)) })

	outer, stopOuter := context.WithCancel(inner)
	defer stopOuter()
	group.Go(func() error { return quiet(p.link.Run(outer)) })
	group.Go(func() error {
		defer stopInner()
		return quiet(p.server.Run(outer))
	})
	group.Go(func() error {
		defer stopOuter()
		select {
		case <-inner.Done():
		case s := <-signals:
			p.log.Info("ending", "signal", s.String())
			signal.Stop(signals) // a second one ends the program at once
			if s == syscall.SIGINT {
				return p.stopMachines(inner)
			}
		}
		return nil
	})
	return group.Wait()
}

// stopWithin bounds the stop of local machines.
const stopWithin = 15 * time.Second

func (p *parts) stopMachines(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	if err := p.fleet.Close(limit); err != nil {
		return fmt.Errorf("stop local machines: %w", err)
	}
	return nil
}

// purge forgets what has served its time, now and then.
func (p *parts) purge(ctx context.Context, from purger) error {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		if _, err := from.Purge(ctx, time.Now()); err != nil && ctx.Err() == nil {
			p.log.Error("purge", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// quiet drops the error of a context that ended because it was asked to.
func quiet(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Invite prints a new one-time link for signing in.
func Invite(ctx context.Context, settings config.Gateway, out io.Writer, log *slog.Logger) (err error) {
	p, err := open(ctx, settings, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.store.Close()) }()
	return invite(ctx, out, p.store, settings.HTTP.PublicURL)
}
