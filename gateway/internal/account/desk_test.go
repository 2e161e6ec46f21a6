package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errStore = errors.New("the disk is full")

// fakeStore keeps hashes in memory.
type fakeStore struct {
	mu       sync.Mutex
	invites  map[string]time.Time
	sessions map[string]time.Time
	err      error
}

func newFake() *fakeStore {
	return &fakeStore{invites: map[string]time.Time{}, sessions: map[string]time.Time{}}
}

func (f *fakeStore) PutInvite(_ context.Context, hash string, expires time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.invites[hash] = expires
	return f.err
}

func (f *fakeStore) TakeInvite(_ context.Context, hash string, now time.Time) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	expires, found := f.invites[hash]
	delete(f.invites, hash)
	return found && now.Before(expires), f.err
}

func (f *fakeStore) PutSession(_ context.Context, hash string, expires time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions[hash] = expires
	return f.err
}

func (f *fakeStore) Session(_ context.Context, hash string, now time.Time) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	expires, found := f.sessions[hash]
	return found && now.Before(expires), f.err
}

func (f *fakeStore) DropSession(_ context.Context, hash string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, hash)
	return f.err
}

type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }
func newClock() *clock                   { return &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

func invite(t *testing.T, d *Desk) string {
	t.Helper()
	token, err := d.NewInvite(t.Context())
	if err != nil {
		t.Fatalf("NewInvite: %v", err)
	}
	return token
}

func TestAnInviteIsGoodWithinItsDayAndOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		uses  int // before the attempt
		want  error
	}{
		{"at once", 0, 0, nil},
		{"in the last moment", InviteLife - time.Nanosecond, 0, nil},
		{"too late", InviteLife, 0, ErrInvite},
		{"the second use", 0, 1, ErrInvite},
		{"the third use", time.Hour, 2, ErrInvite},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			d := New(newFake(), clock.now)
			token := invite(t, d)
			for range c.uses {
				d.SignIn(t.Context(), "a", token)
			}
			clock.advance(c.after)
			session, expires, err := d.SignIn(t.Context(), "a", token)
			if !errors.Is(err, c.want) {
				t.Fatalf("SignIn: %v, want %v", err, c.want)
			}
			if err != nil {
				if session != "" || !expires.IsZero() {
					t.Errorf("a refused sign-in returned %q until %v", session, expires)
				}
				return
			}
			if want := clock.at.Add(SessionLife); !expires.Equal(want) {
				t.Errorf("session ends %v, want %v", expires, want)
			}
			if err := d.Check(t.Context(), session); err != nil {
				t.Errorf("Check of a new session: %v", err)
			}
		})
	}
}

func TestOneInviteYieldsOneSessionWhenManyUseItAtOnce(t *testing.T) {
	d := New(newFake(), newClock().now)
	token := invite(t, d)
	var good atomic.Int32
	var wait sync.WaitGroup
	for i := range 32 {
		wait.Go(func() {
			if _, _, err := d.SignIn(t.Context(), fmt.Sprint(i), token); err == nil {
				good.Add(1)
			}
		})
	}
	wait.Wait()
	if good.Load() != 1 {
		t.Errorf("%d sessions from one invite, want 1", good.Load())
	}
}

func TestSessionsEndByTimeAndBySignOut(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(ctx context.Context, d *Desk, k *clock, session string) (asked string)
		want error
	}{
		{"fresh", func(_ context.Context, _ *Desk, _ *clock, s string) string { return s }, nil},
		{"in the last moment", func(_ context.Context, _ *Desk, k *clock, s string) string {
			k.advance(SessionLife - time.Nanosecond)
			return s
		}, nil},
		{"too old", func(_ context.Context, _ *Desk, k *clock, s string) string {
			k.advance(SessionLife)
			return s
		}, ErrSignedOut},
		{"use does not prolong it", func(ctx context.Context, d *Desk, k *clock, s string) string {
			k.advance(SessionLife / 2)
			d.Check(ctx, s)
			k.advance(SessionLife / 2)
			return s
		}, ErrSignedOut},
		{"signed out", func(ctx context.Context, d *Desk, _ *clock, s string) string {
			d.SignOut(ctx, s)
			return s
		}, ErrSignedOut},
		{"none", func(context.Context, *Desk, *clock, string) string { return "" }, ErrSignedOut},
		{"made up", func(context.Context, *Desk, *clock, string) string { return "x" }, ErrSignedOut},
		{"endless", func(context.Context, *Desk, *clock, string) string {
			return strings.Repeat("x", maxToken+1)
		}, ErrSignedOut},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newClock()
			d := New(newFake(), k.now)
			session, _, err := d.SignIn(t.Context(), "a", invite(t, d))
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Check(t.Context(), c.do(t.Context(), d, k, session)); !errors.Is(err, c.want) {
				t.Errorf("Check: %v, want %v", err, c.want)
			}
		})
	}
}

func TestTheStoreNeverSeesATokenAndAnInviteIsNoSession(t *testing.T) {
	store := newFake()
	d := New(store, newClock().now)
	token := invite(t, d)
	if err := d.Check(t.Context(), token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("an invite passed for a session: %v", err)
	}
	if _, found := store.invites[token]; found || len(store.invites) != 1 {
		t.Errorf("the store holds %v", store.invites)
	}
	session, _, err := d.SignIn(t.Context(), "a", token)
	if err != nil {
		t.Fatal(err)
	}
	if _, found := store.sessions[session]; found || len(store.sessions) != 1 {
		t.Errorf("the store holds %v", store.sessions)
	}
	if len(token) < 22 || len(session) < 22 || token == session {
		t.Errorf("tokens of %d and %d characters are too weak", len(token), len(session))
	}
}

func TestFailuresAreLimitedPerSource(t *testing.T) {
	k := newClock()
	d := New(newFake(), k.now)
	for i := range Attempts {
		if _, _, err := d.SignIn(t.Context(), "bad", "guess"); !errors.Is(err, ErrInvite) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	token := invite(t, d)
	if _, _, err := d.SignIn(t.Context(), "bad", token); !errors.Is(err, ErrTooFast) {
		t.Errorf("attempt over the limit: %v, want %v", err, ErrTooFast)
	}
	if _, _, err := d.SignIn(t.Context(), "good", token); err != nil {
		t.Errorf("another source: %v", err)
	}
	k.advance(AttemptWindow)
	if _, _, err := d.SignIn(t.Context(), "bad", invite(t, d)); err != nil {
		t.Errorf("after the window: %v", err)
	}
}

func TestSuccessesDoNotCountAsAttempts(t *testing.T) {
	d := New(newFake(), newClock().now)
	for i := range 2 * Attempts {
		if _, _, err := d.SignIn(t.Context(), "a", invite(t, d)); err != nil {
			t.Fatalf("sign-in %d: %v", i, err)
		}
	}
}

func TestTheCountersAreBounded(t *testing.T) {
	a, now := newAttempts(), newClock().at
	for i := range 2 * maxSources {
		a.failed(fmt.Sprint(i), now)
	}
	if len(a.sources) > maxSources {
		t.Errorf("%d counters, at most %d", len(a.sources), maxSources)
	}
	a.failed("late", now.Add(AttemptWindow))
	if len(a.sources) != 1 {
		t.Errorf("%d counters after the window, want 1", len(a.sources))
	}
}

func TestStoreErrorsAreWrapped(t *testing.T) {
	store := newFake()
	d := New(store, nil)
	token := invite(t, d)
	store.err = errStore
	for name, do := range map[string]func() error{
		"NewInvite": func() error { _, err := d.NewInvite(t.Context()); return err },
		"SignIn":    func() error { _, _, err := d.SignIn(t.Context(), "a", token); return err },
		"Check":     func() error { return d.Check(t.Context(), "session") },
		"SignOut":   func() error { return d.SignOut(t.Context(), "session") },
	} {
		if err := do(); !errors.Is(err, errStore) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
