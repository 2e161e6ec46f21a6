package store

import (
	"context"
	"fmt"
	"time"
)

// PutInvite keeps a one-time sign-in link by the hash of its token.
func (s *Store) PutInvite(ctx context.Context, hash string, expires time.Time) error {
	_, err := s.exec(ctx, "put invite", `INSERT OR REPLACE INTO invite (hash, expires) VALUES (?,?)`, hash, stamp(expires))
	return err
}

// TakeInvite uses a one-time link up and reports whether it was good: of two takers at the
// same time one gets it.
func (s *Store) TakeInvite(ctx context.Context, hash string, now time.Time) (bool, error) {
	n, err := s.exec(ctx, "take invite", `DELETE FROM invite WHERE hash = ? AND expires > ?`, hash, stamp(now))
	return n == 1, err
}

// PutSession keeps a signed-in browser by the hash of its cookie.
func (s *Store) PutSession(ctx context.Context, hash string, expires time.Time) error {
	_, err := s.exec(ctx, "put session", `INSERT OR REPLACE INTO session (hash, expires) VALUES (?,?)`, hash, stamp(expires))
	return err
}

// Session reports whether the session stands at the given time.
func (s *Store) Session(ctx context.Context, hash string, now time.Time) (good bool, err error) {
	row := s.read.QueryRowContext(ctx, `SELECT count(*) FROM session WHERE hash = ? AND expires > ?`, hash, stamp(now))
	if err := row.Scan(&good); err != nil {
		return false, fmt.Errorf("read session: %w", failure(err))
	}
	return good, nil
}

// DropSession signs out. A session that is not there is no error.
func (s *Store) DropSession(ctx context.Context, hash string) error {
	_, err := s.exec(ctx, "drop session", `DELETE FROM session WHERE hash = ?`, hash)
	return err
}
