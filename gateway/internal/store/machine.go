package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

var _ keeper.Store = (*Store)(nil)

const machineColumns = `epoch, owner, lease_until, desired, observed, room, prewarm, paid_from, hard_stop_at, prewarm_until, prewarm_room, revision`

// Machine implements keeper.Store.
func (s *Store) Machine(ctx context.Context, id wire.MachineID) (keeper.Record, error) {
	r := keeper.Record{Machine: id}
	row := s.read.QueryRowContext(ctx, `SELECT `+machineColumns+` FROM machine WHERE id = ?`, string(id))
	err := row.Scan(&r.Epoch, &r.Owner, moment{&r.LeaseUntil}, &r.Desired, &r.Observed,
		&r.Room, &r.Prewarm, moment{&r.PaidFrom}, moment{&r.HardStopAt}, moment{&r.PrewarmUntil}, &r.PrewarmRoom, &r.Revision)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return keeper.Record{Machine: id, Desired: keeper.PowerOff, Observed: keeper.Off}, nil
	case err != nil:
		return keeper.Record{}, fmt.Errorf("read machine %s: %w", id, failure(err))
	}
	return r, nil
}

// Commit implements keeper.Store. Its errors besides keeper.ErrConflict are ErrFull, ErrBusy,
// ErrRunOpen, ErrRunClosed and those of ledger.Run.Check.
func (s *Store) Commit(ctx context.Context, c keeper.Change) (keeper.Record, error) {
	next := c.Next
	next.Revision = c.Prev.Revision + 1
	err := s.change(ctx, "commit machine "+string(next.Machine), func(tx *sql.Tx) error {
		if err := swap(ctx, tx, c.Prev, next); err != nil {
			return err
		}
		return book(ctx, tx, c)
	})
	if err != nil {
		return keeper.Record{}, err
	}
	return next, nil
}

// swap writes next if prev is what is stored.
func swap(ctx context.Context, tx *sql.Tx, prev, next keeper.Record) error {
	if prev.Machine != next.Machine {
		return fmt.Errorf("the record of %s cannot become that of %s", prev.Machine, next.Machine)
	}
	query := `UPDATE machine SET (` + machineColumns + `) = (?,?,?,?,?,?,?,?,?,?,?,?) WHERE id = ? AND revision = ?`
	args := []any{int64(next.Epoch), next.Owner, stamp(next.LeaseUntil), string(next.Desired), string(next.Observed),
		string(next.Room), next.Prewarm, stamp(next.PaidFrom), stamp(next.HardStopAt), stamp(next.PrewarmUntil),
		string(next.PrewarmRoom), next.Revision, string(next.Machine)}
	if prev.Revision == 0 {
		query = `INSERT INTO machine (` + machineColumns + `, id) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`
	} else {
		args = append(args, prev.Revision)
	}
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, keeper.ErrConflict)
	}
	return nil
}
