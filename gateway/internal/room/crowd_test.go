package room

import (
	"context"
	"io"
	"runtime"
	"testing"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

// quiet is a page that only counts the bytes that would cross the wire.
type quiet struct {
	in    chan wire.Message
	ready chan struct{}
	bytes int
}

func (q *quiet) Receive(ctx context.Context) (wire.Message, error) {
	select {
	case m, open := <-q.in:
		if !open {
			return nil, io.EOF
		}
		return m, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (q *quiet) Send(m wire.Message) {
	q.bytes += len(wire.Encode(m))
	if _, ok := m.(wire.Ready); ok {
		close(q.ready)
	}
}

func (*quiet) Source() string { return "" }

// BenchmarkCrowd is 500 people who enter, wait and are told ready.
func BenchmarkCrowd(b *testing.B) {
	rec := record()
	rec.WaitingRoom, rec.Capacity = false, 600
	for b.Loop() {
		h := New(Options{Store: newMemory(rec), Machines: &machines{}, Keys: keys, Limits: Limits{RoomEnter: Rate{PerSecond: 1000, Burst: 1000}}})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- h.Run(ctx) }()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		crowd := make([]*quiet, 500)
		served := make(chan error)
		for i := range crowd {
			crowd[i] = &quiet{in: make(chan wire.Message, 2), ready: make(chan struct{})}
			go func() { served <- h.Serve(ctx, crowd[i]) }()
			crowd[i].in <- wire.Look{Version: 1, Room: "rat", Secret: secret(wire.RoleGuest)}
			crowd[i].in <- wire.Enter{Name: "Erika Musterfrau-Mustermann"}
		}
		for {
			if waiting, _ := h.Counts("rat"); waiting == len(crowd) {
				break
			}
			runtime.Gosched()
		}
		asked := time.Now()
		h.MachineChanged("rat", fleet.View{State: wire.MachineReady, Epoch: 1, Media: noMedia{}})
		for _, q := range crowd {
			<-q.ready
		}
		b.ReportMetric(float64(time.Since(asked).Microseconds()), "µs-to-ready")
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/500, "heap-B/person")
		cancel()
		total := 0
		for range crowd {
			<-served
		}
		<-ended
		for _, q := range crowd {
			total += q.bytes
		}
		b.ReportMetric(float64(total)/500, "sent-B/person")
	}
}
