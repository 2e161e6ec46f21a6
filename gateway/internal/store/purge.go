package store

import (
	"context"
	"database/sql"
	"time"
)

// StayLife is how long a stay is kept after its last change. It must outlast every resume
// token: a removed participant whose stay is forgotten could come back with one.
const StayLife = 48 * time.Hour

// Purge deletes what is no longer needed at the given time: expired invites and sessions, and
// stays that nobody has changed for StayLife. It returns how many rows went.
func (s *Store) Purge(ctx context.Context, now time.Time) (gone int64, err error) {
	err = s.change(ctx, "purge", func(tx *sql.Tx) error {
		for _, step := range []struct {
			query  string
			before time.Time
		}{
			{`DELETE FROM invite WHERE expires <= ?`, now},
			{`DELETE FROM session WHERE expires <= ?`, now},
			{`DELETE FROM stay WHERE at <= ?`, now.Add(-StayLife)},
		} {
			result, err := tx.ExecContext(ctx, step.query, stamp(step.before))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			gone += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return gone, nil
}
