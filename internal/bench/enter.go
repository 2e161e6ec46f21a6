package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"weckruf/internal/testkit/installation"
	"weckruf/internal/testkit/visitor"
	"weckruf/internal/wire"
)

// wakes is how often the machine is woken.
const wakes = 20

type enterFigures struct {
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	Runs int     `json:"runs"`
}

// enter measures from before "enter" is written to the gateway's socket until the adapter
// begins to start the machine. Both times are taken on this computer's clock, the second by
// the adapter itself; the way through the loopback socket is included, so the figure is an
// upper bound of what the gateway takes.
func enter(ctx context.Context) (figures any, err error) {
	gateway, err := installation.New(installation.Options{
		Root: ".", Title: "Benchmark",
		Environment: []string{
			"WECKRUF_PROCESS_BOOT_DELAY=0s", "WECKRUF_MACHINE_IDLE=200ms",
			"WECKRUF_ROOM_WAKES_PER_HOUR=100000", "WECKRUF_LOG_LEVEL=error",
		},
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
	office, err := gateway.SignIn(ctx)
	if err != nil {
		return nil, err
	}
	var took []time.Duration
	for n := range wakes {
		d, err := wakeOnce(ctx, gateway, office, chair, netip.AddrFrom4([4]byte{127, 0, 2, byte(n + 1)}))
		if err != nil {
			return nil, fmt.Errorf("wake %d: %w", n+1, err)
		}
		took = append(took, d)
	}
	return enterFigures{P50: milliseconds(quantile(took, 0.5)), P95: milliseconds(quantile(took, 0.95)), Runs: len(took)}, nil
}

// wakeOnce enters, measures, leaves, and waits until the machine is off again.
func wakeOnce(ctx context.Context, gateway *installation.Installation, office *installation.Office, link string, from netip.Addr) (time.Duration, error) {
	before, _, err := gateway.PoweredOn()
	if err != nil {
		return 0, err
	}
	v, err := visitor.Dial(ctx, link, from)
	if err != nil {
		return 0, err
	}
	defer v.Drop()
	if err := v.Look(ctx, ""); err != nil {
		return 0, err
	}
	if _, err := visitor.Await[wire.View](ctx, v); err != nil {
		return 0, err
	}
	sent := time.Now()
	if err := v.Send(ctx, wire.Enter{Name: "Benchmark"}); err != nil {
		return 0, err
	}
	if _, err := visitor.Await[wire.Ready](ctx, v); err != nil {
		return 0, err
	}
	epoch, at, err := gateway.PoweredOn()
	if err != nil || epoch == before {
		return 0, fmt.Errorf("the machine was ready and yet not started (epoch %d): %w", epoch, err)
	}
	if err := v.Send(ctx, wire.Leave{}); err != nil {
		return 0, err
	}
	return at.Sub(sent), poll(ctx, func() (bool, error) {
		state, err := office.MachineState(ctx)
		return state == "off", err
	})
}

// poll asks until the answer is yes.
func poll(ctx context.Context, ask func() (bool, error)) error {
	for {
		if yes, err := ask(); yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
