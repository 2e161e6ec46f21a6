// Bench runs one benchmark and prints its figures as one JSON object in the last line of the
// output. What each of them measures, and how, stands in docs/measured.md.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"
)

// limit ends a benchmark that hangs.
const limit = 10 * time.Minute

var benchmarks = map[string]func(ctx context.Context) (any, error){
	"enter":   enter,
	"lobby":   lobby,
	"join":    join,
	"recover": recoverBench,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 || benchmarks[args[0]] == nil {
		return fmt.Errorf("name one of %v", names())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	figures, err := benchmarks[args[0]](ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	line, err := json.Marshal(figures)
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	return nil
}

func names() []string {
	all := make([]string, 0, len(benchmarks))
	for name := range benchmarks {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// quantile is the smallest value that at least the share q of all values does not exceed.
func quantile(values []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	rank := int(q*float64(len(sorted)) + 0.999999)
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// milliseconds has a resolution of a tenth.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(100*time.Microsecond)) / float64(time.Millisecond)
}
