package keeper

import (
	"context"
	"errors"
	"time"
)

// storeLimit is how long one transaction may take before its outcome is looked up instead.
const storeLimit = 5 * time.Second

// perform carries one effect out. What waits for somebody else does so in a goroutine of its
// own, whose result comes back as an event.
func (k *Keeper) perform(ctx context.Context, e Effect) {
	switch e := e.(type) {
	case Load:
		k.call(ctx, storeLimit, func(ctx context.Context) Event { return k.load(ctx, e) })
	case Commit:
		k.call(ctx, storeLimit, func(ctx context.Context) Event { return k.commit(ctx, e) })
	case Observe:
		k.call(ctx, time.Until(e.Until), func(ctx context.Context) Event { return k.observe(ctx, e) })
	case SwitchOn:
		k.call(ctx, time.Until(e.Until), func(ctx context.Context) Event { return k.powerOn(ctx, e) })
	case SwitchOff:
		k.call(ctx, time.Until(e.Until), func(ctx context.Context) Event { return k.powerOff(ctx, e) })
	case Drain:
		k.options.Host.Drain(k.options.Machine, e.Boot)
	case Recall:
		k.options.Host.Recall(k.options.Machine, e.Boot)
	case Alarm:
		k.options.Log.Error("alarm", "machine", k.options.Machine, "reason", e.Reason)
	}
}

// call runs f with a time limit. The limit does not start before f does: under load a goroutine
// may come late, and f looks at the deadline again before it sends anything.
func (k *Keeper) call(ctx context.Context, limit time.Duration, f func(context.Context) Event) {
	k.calls.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		k.Send(f(ctx))
	})
}

func (k *Keeper) load(ctx context.Context, e Load) Event {
	record, err := k.options.Store.Machine(ctx, k.options.Machine)
	if err != nil {
		return Loaded{Attempt: e.Attempt, Err: err}
	}
	now, err := k.options.Store.Now(ctx)
	return Loaded{Attempt: e.Attempt, Record: record, Now: now, Err: err}
}

// commit does not end with the owner: a transaction that has begun is better finished.
func (k *Keeper) commit(ctx context.Context, e Commit) Event {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeLimit)
	defer cancel()
	result := Committed{Attempt: e.Attempt}
	if e.Clock {
		if result.Now, result.Err = k.options.Store.Now(ctx); result.Err != nil {
			return result
		}
	}
	result.Record, result.Err = k.options.Store.Commit(ctx, e.Change)
	if result.Err != nil && !errors.Is(result.Err, ErrConflict) {
		k.options.Log.Warn("commit", "machine", k.options.Machine, "err", result.Err)
	}
	return result
}

func (k *Keeper) observe(ctx context.Context, e Observe) Event {
	power, err := k.options.Cloud.Observe(ctx, k.options.Machine)
	if errors.Is(err, ErrGone) {
		power, err = PowerOff, nil
	}
	return Observed{Attempt: e.Attempt, Power: power, Err: err}
}

func (k *Keeper) powerOn(ctx context.Context, e SwitchOn) Event {
	if ctx.Err() != nil || !time.Now().Before(e.Until) {
		return Powered{Attempt: e.Attempt, Unsent: true}
	}
	err := k.options.Cloud.PowerOn(ctx, k.options.Machine, e.Epoch)
	if err != nil {
		k.options.Log.Warn("power on", "machine", k.options.Machine, "epoch", e.Epoch, "err", err)
	}
	return Powered{Attempt: e.Attempt, Err: err}
}

func (k *Keeper) powerOff(ctx context.Context, e SwitchOff) Event {
	if ctx.Err() != nil || !time.Now().Before(e.Until) {
		return Powered{Attempt: e.Attempt, Unsent: true}
	}
	err := k.options.Cloud.PowerOff(ctx, k.options.Machine)
	if errors.Is(err, ErrGone) {
		err = nil
	}
	if err != nil {
		k.options.Log.Warn("power off", "machine", k.options.Machine, "err", err)
	}
	return Powered{Attempt: e.Attempt, Err: err}
}
