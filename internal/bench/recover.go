package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"weckruf/internal/testkit/installation"
	"weckruf/internal/testkit/rtcpeer"
)

const (
	// present is how many are in the call when something is killed.
	present = 3
	// deadFor is how long the gateway is away.
	deadFor = 5 * time.Second
	// redial is how often a page tries to reach a gateway that is away, at the least.
	redial = 100 * time.Millisecond
)

type recoverFigures struct {
	Gateway   float64 `json:"gateway_ms"`
	Worker    float64 `json:"worker_ms"`
	BootDelay float64 `json:"boot_delay_ms"`
	Gap       int     `json:"gap_frames"`
	Watched   int     `json:"watched_packets"`
}

// recoverBench kills the gateway in a call, starts it again, and measures from the start of the
// new process until the last page has its place again; meanwhile it counts the frames that a
// receiver lost. Then it kills the worker and measures until the last one has a picture from
// a new one, boot delay included.
func recoverBench(ctx context.Context) (figures any, err error) {
	gateway, err := installation.New(installation.Options{
		Root: ".", Title: "Benchmark", Environment: []string{"WECKRUF_LOG_LEVEL=error"},
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, gateway.Close()) }()
	if err := gateway.Start(ctx); err != nil {
		return nil, err
	}
	chair, _, err := gateway.Links(ctx)
	if err != nil {
		return nil, err
	}
	all := guests(chair, present)
	for _, g := range all {
		defer func() { g.leave() }()
		if err := errors.Join(g.prepare(), g.arrive(ctx)); err != nil {
			return nil, err
		}
	}
	if _, err := joinAll(ctx, all); err != nil {
		return nil, err
	}
	var f recoverFigures
	if err := f.killGateway(ctx, gateway, all); err != nil {
		return nil, fmt.Errorf("gateway killed: %w", err)
	}
	if err := f.killWorker(ctx, gateway, all); err != nil {
		return nil, fmt.Errorf("worker killed: %w", err)
	}
	f.BootDelay = 3000
	return f, nil
}

func (f *recoverFigures) killGateway(ctx context.Context, gateway *installation.Installation, all []*guest) error {
	before, lostBefore := watch(all)
	if err := gateway.Kill(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(deadFor):
	}
	after, lostAfter := watch(all)
	f.Watched, f.Gap = after-before, lostAfter-lostBefore
	if f.Watched == 0 {
		return errors.New("no packet came while the gateway was dead")
	}
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return gateway.Start(ctx) })
	for _, g := range all {
		group.Go(func() error { return g.comeBack(ctx) })
	}
	err := group.Wait()
	f.Gateway = milliseconds(time.Since(start))
	return err
}

// watch adds up the video packets that came and those that are missing, and jumps in the
// pictures' numbers.
func watch(all []*guest) (packets, lost int) {
	for _, g := range all {
		for _, slot := range g.peer.State().Slots {
			packets += slot.Video.Packets
			lost += slot.Video.Missing + slot.Video.Jumps
		}
	}
	return packets, lost
}

// comeBack dials until the gateway answers, and takes the old place.
func (g *guest) comeBack(ctx context.Context) error {
	for {
		_ = g.visitor.Drop()
		if err := g.arrive(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(redial):
		}
	}
}

func (f *recoverFigures) killWorker(ctx context.Context, gateway *installation.Installation, all []*guest) error {
	old := make([]*rtcpeer.Peer, 0, len(all))
	for _, g := range all {
		old = append(old, g.peer)
		if err := g.prepare(); err != nil {
			return err
		}
	}
	defer func() {
		for _, p := range old {
			p.Close()
		}
	}()
	start := time.Now()
	if err := gateway.KillMachine(); err != nil {
		return err
	}
	_, err := joinAll(ctx, all)
	f.Worker = milliseconds(time.Since(start))
	return err
}
