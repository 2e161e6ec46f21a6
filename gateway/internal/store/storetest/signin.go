package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// SignIns is what one-time links and sessions are kept with.
type SignIns interface {
	PutInvite(ctx context.Context, hash string, expires time.Time) error
	TakeInvite(ctx context.Context, hash string, now time.Time) (bool, error)
	PutSession(ctx context.Context, hash string, expires time.Time) error
	Session(ctx context.Context, hash string, now time.Time) (bool, error)
	DropSession(ctx context.Context, hash string) error
}

// SignIn is the contract of SignIns.
func SignIn(t *testing.T, open func(*testing.T) SignIns) {
	t.Run("an invite is good once, however many try at once", func(t *testing.T) {
		s := open(t)
		must(t, s.PutInvite(t.Context(), "h1", Begin.Add(time.Hour)))
		must(t, s.PutInvite(t.Context(), "h2", Begin.Add(time.Hour)))
		var good atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				ok, err := s.TakeInvite(t.Context(), "h1", Begin)
				if err != nil {
					t.Error(err)
				}
				if ok {
					good.Add(1)
				}
			})
		}
		all.Wait()
		if good.Load() != 1 {
			t.Errorf("it was good %d times", good.Load())
		}
		if ok, err := s.TakeInvite(t.Context(), "h2", Begin); err != nil || !ok {
			t.Errorf("the other one: %v, %v", ok, err)
		}
	})
	t.Run("an invite expires", func(t *testing.T) {
		s := open(t)
		must(t, s.PutInvite(t.Context(), "h1", Begin))
		for _, hash := range []string{"h1", "unknown"} {
			if ok, err := s.TakeInvite(t.Context(), hash, Begin); err != nil || ok {
				t.Errorf("%s: %v, %v", hash, ok, err)
			}
		}
	})
	t.Run("a session stands until it expires or is dropped", func(t *testing.T) {
		s := open(t)
		must(t, s.PutSession(t.Context(), "h1", Begin.Add(time.Hour)))
		must(t, s.PutSession(t.Context(), "h2", Begin.Add(time.Hour)))
		must(t, s.DropSession(t.Context(), "h2"))
		must(t, s.DropSession(t.Context(), "unknown"))
		for _, c := range []struct {
			hash string
			at   time.Time
			want bool
		}{
			{"h1", Begin, true}, {"h1", Begin.Add(time.Hour - 1), true}, {"h1", Begin.Add(time.Hour), false},
			{"h2", Begin, false}, {"unknown", Begin, false},
		} {
			if got, err := s.Session(t.Context(), c.hash, c.at); err != nil || got != c.want {
				t.Errorf("%s at %s: %v, %v", c.hash, c.at, got, err)
			}
		}
	})
}
