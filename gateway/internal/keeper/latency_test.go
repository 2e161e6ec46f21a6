package keeper_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/keeper/keepertest"
	"weckruf/gateway/internal/store"
	"weckruf/internal/wire"
)

// BenchmarkEnterToPowerOn measures the way from the wish to the provider's call, with a real
// store on a real disk: one transaction.
func BenchmarkEnterToPowerOn(b *testing.B) {
	s, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "db"), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	called := make(chan time.Time, 1)
	cloud := &keepertest.Cloud{IDs: []wire.MachineID{"m"}}
	cloud.OnPower = func(context.Context, wire.MachineID, wire.Epoch) error { called <- time.Now(); return nil }
	p := keeper.LocalPolicy()
	p.Poll = 5 * time.Millisecond
	k := keeper.New(keeper.Options{
		Machine: "m", Gateway: "g", Exclusive: true, Policy: p, Store: s, Cloud: cloud, Host: nobody{}, Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	var times []time.Duration
	for b.Loop() {
		until(func() bool { return k.Status().State == keeper.Off })
		begun := time.Now()
		k.Send(keeper.Wake{Room: "room"})
		times = append(times, (<-called).Sub(begun))
		cloud.Kill("m")
		k.Send(keeper.Retire{})
		until(func() bool { return k.Status().Stored == keeper.Off })
		cancel()
		<-ended
		ctx, cancel = context.WithCancel(b.Context())
		k = keeper.New(keeper.Options{
			Machine: "m", Gateway: "g", Exclusive: true, Policy: p, Store: s, Cloud: cloud, Host: nobody{}, Log: slog.New(slog.DiscardHandler),
		})
		go func() { ended <- k.Run(ctx) }()
	}
	cancel()
	<-ended
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
}

func until(so func() bool) {
	for !so() {
		time.Sleep(time.Millisecond)
	}
}

type nobody struct{}

func (nobody) Changed(keeper.Status)         {}
func (nobody) Drain(wire.MachineID, string)  {}
func (nobody) Recall(wire.MachineID, string) {}
