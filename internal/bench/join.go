package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"weckruf/internal/testkit/installation"
)

// Ten people wait; it is done several times over, each time with a machine newly woken.
const (
	joiners   = 10
	joinTimes = 5
)

type joinFigures struct {
	P50      float64 `json:"p50_ms"`
	P95      float64 `json:"p95_ms"`
	Chromium float64 `json:"chromium_ms"`
	Joins    int     `json:"joins"`
}

// join measures from "ready", as a page reads it from its socket, to the first complete key
// frame of anybody, for ten people who wait together and all send; and for one Chromium with
// the real page from "ready" to its first decoded frame.
func join(ctx context.Context) (any, error) {
	var took []time.Duration
	for n := range joinTimes {
		round, err := joinOnce(ctx)
		if err != nil {
			return nil, fmt.Errorf("round %d: %w", n+1, err)
		}
		took = append(took, round...)
	}
	chromium, err := browser(ctx, "join")
	if err != nil {
		return nil, err
	}
	return joinFigures{
		P50: milliseconds(quantile(took, 0.5)), P95: milliseconds(quantile(took, 0.95)),
		Chromium: chromium["chromium_ms"], Joins: len(took),
	}, nil
}

func joinOnce(ctx context.Context) (took []time.Duration, err error) {
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
	all := guests(chair, joiners)
	for _, g := range all {
		defer g.leave()
		if err := errors.Join(g.prepare(), g.arrive(ctx)); err != nil {
			return nil, err
		}
	}
	return joinAll(ctx, all)
}

// joinAll lets all join at once and returns how long each waited for a picture.
func joinAll(ctx context.Context, all []*guest) ([]time.Duration, error) {
	wished := participants(all)
	took := make([]time.Duration, len(all))
	group, ctx := errgroup.WithContext(ctx)
	for i, g := range all {
		group.Go(func() error {
			if err := g.join(ctx, wished); err != nil {
				return err
			}
			first, err := g.firstKey(ctx)
			took[i] = first.Sub(g.readyAt)
			return err
		})
	}
	return took, group.Wait()
}

// browser runs the part of a benchmark that needs a real browser and returns its figures.
func browser(ctx context.Context, name string) (map[string]float64, error) {
	folder, err := os.MkdirTemp("", "weckruf-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	result := filepath.Join(folder, "figures.json")
	cmd := exec.CommandContext(ctx, "npx", "--no-install", "vitest", "run", "--config", "e2e/bench.config.ts", name)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "web", os.Stderr, os.Stderr
	cmd.Env = append(os.Environ(), "WECKRUF_FIGURES="+result)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("in the browser: %w", err)
	}
	text, err := os.ReadFile(result)
	if err != nil {
		return nil, fmt.Errorf("in the browser: %w", err)
	}
	var figures map[string]float64
	return figures, json.Unmarshal(text, &figures)
}
