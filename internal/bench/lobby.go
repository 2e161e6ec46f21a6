package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"weckruf/internal/testkit/installation"
	"weckruf/internal/testkit/visitor"
	"weckruf/internal/wire"
)

// crowd is how many people enter.
const crowd = 500

type lobbyFigures struct {
	MB      float64 `json:"rss_mb"`
	People  int     `json:"people"`
	Seconds float64 `json:"seconds"`
}

// lobby has many people enter while the machine boots, wait, and be told "ready", and reads
// the gateway's peak memory then. Every one of them comes from an address of its own, as
// from homes of their own.
func lobby(ctx context.Context) (figures any, err error) {
	gateway, err := installation.New(installation.Options{
		Root: ".", Title: "Benchmark",
		Environment: []string{"WECKRUF_PROCESS_BOOT_DELAY=15s", "WECKRUF_LOG_LEVEL=error"},
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
	if err := office.Enlarge(ctx, chair, crowd); err != nil {
		return nil, err
	}
	start := time.Now()
	told, err := enterAll(ctx, chair)
	if err != nil {
		return nil, err
	}
	peak, err := gateway.PeakMemory()
	if err != nil {
		return nil, err
	}
	return lobbyFigures{MB: float64(peak>>10) / 1024, People: told, Seconds: time.Since(start).Round(time.Millisecond).Seconds()}, nil
}

// enterAll returns how many were told "ready". All sockets stay open until the last one was.
func enterAll(ctx context.Context, link string) (told int, err error) {
	visitors := make([]*visitor.Visitor, crowd)
	group, waiting := errgroup.WithContext(ctx)
	group.SetLimit(crowd)
	for n := range visitors {
		from := netip.AddrFrom4([4]byte{127, 0, byte(3 + n/250), byte(1 + n%250)})
		group.Go(func() error {
			v, err := visitor.Dial(waiting, link, from)
			if err != nil {
				return fmt.Errorf("person %d: %w", n, err)
			}
			visitors[n] = v
			if err := v.Enter(waiting, fmt.Sprintf("Person %d", n)); err != nil {
				return fmt.Errorf("person %d: %w", n, err)
			}
			if _, err := visitor.Await[wire.Ready](waiting, v); err != nil {
				return fmt.Errorf("person %d: %w", n, err)
			}
			return nil
		})
	}
	err = group.Wait()
	for _, v := range visitors {
		if v != nil {
			err = errors.Join(err, v.Drop())
			told++
		}
	}
	return told, err
}
