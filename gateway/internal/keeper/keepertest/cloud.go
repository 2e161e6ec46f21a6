// Package keepertest has a provider and a store in memory for tests of what stands on the
// keeper, and the contract that every provider has to keep.
package keepertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

// Cloud is a provider with machines that boot and stop in no time but Boot and Halt. The funcs,
// where set, are asked first: an error is the answer, and nothing is done. Set them before use.
type Cloud struct {
	IDs        []wire.MachineID
	Boot, Halt time.Duration
	OnPower    func(ctx context.Context, id wire.MachineID, epoch wire.Epoch) error
	OnOff      func(ctx context.Context, id wire.MachineID) error
	OnObserve  func(ctx context.Context, id wire.MachineID) error

	mu       sync.Mutex
	machines map[wire.MachineID]*box
}

var _ keeper.Cloud = (*Cloud)(nil)

// box is one machine. Its power follows from the clock.
type box struct {
	epochs []wire.Epoch
	on     bool
	at     time.Time // of the last change
	stand  bool
}

// PowerOn implements keeper.Cloud.
func (c *Cloud) PowerOn(ctx context.Context, id wire.MachineID, epoch wire.Epoch) error {
	if c.OnPower != nil {
		if err := c.OnPower(ctx, id, epoch); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := c.box(ctx, id)
	if err != nil {
		return fmt.Errorf("power on %s: %w", id, err)
	}
	if c.power(b) != keeper.PowerOff {
		return fmt.Errorf("power on %s: %w", id, keeper.ErrState)
	}
	b.on, b.at, b.epochs = true, time.Now(), append(b.epochs, epoch)
	return nil
}

// PowerOff implements keeper.Cloud.
func (c *Cloud) PowerOff(ctx context.Context, id wire.MachineID) error {
	if c.OnOff != nil {
		if err := c.OnOff(ctx, id); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := c.box(ctx, id)
	if err != nil {
		return fmt.Errorf("power off %s: %w", id, err)
	}
	if b.on {
		b.on, b.stand, b.at = false, false, time.Now()
	}
	return nil
}

// Observe implements keeper.Cloud.
func (c *Cloud) Observe(ctx context.Context, id wire.MachineID) (keeper.Power, error) {
	if c.OnObserve != nil {
		if err := c.OnObserve(ctx, id); err != nil {
			return keeper.PowerUnknown, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := c.box(ctx, id)
	if err != nil {
		return keeper.PowerUnknown, fmt.Errorf("observe %s: %w", id, err)
	}
	return c.power(b), nil
}

// Kill ends a machine at once, as a power cut would.
func (c *Cloud) Kill(id wire.MachineID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.machines[id]; b != nil {
		b.on, b.stand, b.at = false, false, time.Time{}
	}
}

// Standby is a shutdown from inside: the machine stands by and costs on.
func (c *Cloud) Standby(id wire.MachineID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.machines[id]; b != nil && b.on {
		b.stand = true
	}
}

// Epochs are those that the machine was switched on for.
func (c *Cloud) Epochs(id wire.MachineID) []wire.Epoch {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.machines[id]; b != nil {
		return append([]wire.Epoch(nil), b.epochs...)
	}
	return nil
}

func (c *Cloud) box(ctx context.Context, id wire.MachineID) (*box, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.machines == nil {
		c.machines = map[wire.MachineID]*box{}
		for _, known := range c.IDs {
			c.machines[known] = &box{}
		}
	}
	if b := c.machines[id]; b != nil {
		return b, nil
	}
	return nil, keeper.ErrGone
}

func (c *Cloud) power(b *box) keeper.Power {
	since := time.Since(b.at)
	switch {
	case b.stand:
		return keeper.PowerStandby
	case b.on && since < c.Boot:
		return keeper.PowerStarting
	case b.on:
		return keeper.PowerOn
	case since < c.Halt:
		return keeper.PowerStopping
	}
	return keeper.PowerOff
}

// TestCloud is what every provider has to keep. The machine exists and is off; wait lets it
// change until it has a power.
func TestCloud(t *testing.T, c keeper.Cloud, id wire.MachineID, wait func(keeper.Power)) {
	t.Helper()
	ctx := t.Context()
	must := func(what string, err error, want error) {
		t.Helper()
		if !is(err, want) {
			t.Fatalf("%s: got %v, want %v", what, err, want)
		}
	}
	wait(keeper.PowerOff)
	must("power off what is off", c.PowerOff(ctx, id), nil)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := c.PowerOn(ended, id, 1); err == nil {
		t.Fatal("power on without time: no error")
	}
	wait(keeper.PowerOff)
	must("power on", c.PowerOn(ctx, id, 1), nil)
	must("power on what runs", c.PowerOn(ctx, id, 2), keeper.ErrState)
	wait(keeper.PowerOn)
	must("power off", c.PowerOff(ctx, id), nil)
	wait(keeper.PowerOff)
	must("power on again", c.PowerOn(ctx, id, 3), nil)
	wait(keeper.PowerOn)
	must("power off again", c.PowerOff(ctx, id), nil)
	must("power off twice", c.PowerOff(ctx, id), nil)
	wait(keeper.PowerOff)
	must("power on what does not exist", c.PowerOn(ctx, "no-such-machine", 1), keeper.ErrGone)
}

func is(err, want error) bool {
	if want == nil {
		return err == nil
	}
	return errors.Is(err, want)
}
