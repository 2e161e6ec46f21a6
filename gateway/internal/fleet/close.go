package fleet

import (
	"context"
	"time"

	"weckruf/gateway/internal/keeper"
)

// closePoll is how often Close looks whether the machines are off.
const closePoll = 50 * time.Millisecond

// Close stops all machines, with people in them or not, wakes none any more, and returns when
// the provider says that they are off. Run goes on meanwhile: it keeps the books.
func (f *Fleet) Close(ctx context.Context) error {
	for _, c := range f.cells {
		c.keeper.Send(keeper.Retire{})
	}
	tick := time.NewTicker(closePoll)
	defer tick.Stop()
	for f.powered() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// powered reports whether a machine may still run.
func (f *Fleet) powered() bool {
	for _, c := range f.cells {
		if s := c.keeper.Status(); !s.Retired || s.Stored != keeper.Off {
			return true
		}
	}
	return false
}
