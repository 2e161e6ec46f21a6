package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"weckruf/internal/cred"
)

// How long things are good for.
const (
	// InviteLife is the time within which an invite must be used: it is read from a terminal
	// or a mail of the same day.
	InviteLife = 24 * time.Hour
	// SessionLife is fixed, not prolonged by use: a copied cookie dies by itself. Fourteen days
	// cover the fortnight from one council session to the next, so that somebody who plans
	// regularly signs in about once for each session and not for each visit.
	SessionLife = 14 * 24 * time.Hour
)

// tokenBytes is the strength of invites and sessions: 160 bits, 27 characters.
const tokenBytes = 20

// maxToken bounds what is hashed at all, in bytes.
const maxToken = 128

// What may be wrong with a token.
var (
	// ErrInvite says that an invite is unknown, used or too old. These are not told apart, so
	// that a guess learns nothing.
	ErrInvite = errors.New("the invite is unknown, used or too old")
	// ErrSignedOut says that there is no such session, or not any more.
	ErrSignedOut = errors.New("not signed in")
	// ErrTooFast says that a source has failed too often; see Attempts.
	ErrTooFast = errors.New("too many failed attempts")
)

// Store keeps hashes of tokens until they expire. Implementations are safe for concurrent use.
type Store interface {
	PutInvite(ctx context.Context, hash string, expires time.Time) error
	// TakeInvite reports whether the invite was there and good at now, and removes it: of any
	// number of calls with one hash at most one returns true.
	TakeInvite(ctx context.Context, hash string, now time.Time) (bool, error)
	PutSession(ctx context.Context, hash string, expires time.Time) error
	Session(ctx context.Context, hash string, now time.Time) (bool, error)
	DropSession(ctx context.Context, hash string) error
}

// Desk is where organisers sign in. It is safe for concurrent use.
type Desk struct {
	store    Store
	now      func() time.Time
	attempts *attempts
}

// New returns a desk over a store. A nil now means the system's clock.
func New(store Store, now func() time.Time) *Desk {
	if now == nil {
		now = time.Now
	}
	return &Desk{store: store, now: now, attempts: newAttempts()}
}

// NewInvite makes an invite that is good for InviteLife and one SignIn. The token is shown
// once and cannot be had again.
func (d *Desk) NewInvite(ctx context.Context) (token string, err error) {
	token = cred.NewID(tokenBytes)
	if err := d.store.PutInvite(ctx, hash("invite", token), d.now().Add(InviteLife)); err != nil {
		return "", fmt.Errorf("keep invite: %w", err)
	}
	return token, nil
}

// SignIn trades an invite for a session. Source names where the attempt comes from, for the
// limit on failures (a keyed hash, not an address). Errors are ErrInvite, ErrTooFast or the
// store's.
func (d *Desk) SignIn(ctx context.Context, source, token string) (session string, expires time.Time, err error) {
	now := d.now()
	if !d.attempts.allowed(source, now) {
		return "", time.Time{}, ErrTooFast
	}
	good := false
	if plausible(token) {
		if good, err = d.store.TakeInvite(ctx, hash("invite", token), now); err != nil {
			return "", time.Time{}, fmt.Errorf("take invite: %w", err)
		}
	}
	if !good {
		d.attempts.failed(source, now)
		return "", time.Time{}, ErrInvite
	}
	session, expires = cred.NewID(tokenBytes), now.Add(SessionLife)
	if err := d.store.PutSession(ctx, hash("session", session), expires); err != nil {
		return "", time.Time{}, fmt.Errorf("keep session: %w", err)
	}
	return session, expires, nil
}

// Check returns nil for a session that is good now, ErrSignedOut, or the store's error.
func (d *Desk) Check(ctx context.Context, session string) error {
	if !plausible(session) {
		return ErrSignedOut
	}
	good, err := d.store.Session(ctx, hash("session", session), d.now())
	if err != nil {
		return fmt.Errorf("look for session: %w", err)
	}
	if !good {
		return ErrSignedOut
	}
	return nil
}

// SignOut ends a session. Ending one that is gone is no error.
func (d *Desk) SignOut(ctx context.Context, session string) error {
	if !plausible(session) {
		return nil
	}
	if err := d.store.DropSession(ctx, hash("session", session)); err != nil {
		return fmt.Errorf("drop session: %w", err)
	}
	return nil
}

func plausible(token string) bool { return token != "" && len(token) <= maxToken }

// hash is what the store knows a token by. The label keeps an invite's hash from standing for
// a session's.
func hash(kind, token string) string {
	sum := sha256.Sum256([]byte("weckruf " + kind + "\n" + token))
	return hex.EncodeToString(sum[:])
}
