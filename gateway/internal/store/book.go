package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// book writes what a change of a machine means for the ledger. A run that ends does so before
// the next one of the machine begins.
func book(ctx context.Context, tx *sql.Tx, c keeper.Change) error {
	first, last := c.Close, (*ledger.Run)(nil)
	if c.Open != nil && c.Close != nil && c.Open.Epoch == c.Close.Epoch {
		first, last = nil, c.Close
	}
	if err := closeRun(ctx, tx, first); err != nil {
		return err
	}
	if err := openRun(ctx, tx, c.Open); err != nil {
		return err
	}
	for _, p := range c.Phases {
		if err := addPhase(ctx, tx, p); err != nil {
			return err
		}
	}
	return closeRun(ctx, tx, last)
}

// openRun refuses what the ledger could not settle: found out at the end of the month it
// would be too late.
func openRun(ctx context.Context, tx *sql.Tx, run *ledger.Run) error {
	if run == nil {
		return nil
	}
	if err := run.Check(); err != nil {
		return fmt.Errorf("open run: %w", err)
	}
	err := insertRun(ctx, tx, run)
	if duplicate(err) {
		return fmt.Errorf("open run %d: %w", run.Epoch, ErrRunOpen)
	}
	return err
}

func insertRun(ctx context.Context, tx *sql.Tx, run *ledger.Run) error {
	prices, err := json.Marshal(run.Prices)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO run (machine, epoch, room, prewarm, began, ended, void, prices)
		VALUES (?,?,?,?,?,?,?,?)`,
		string(run.Machine), int64(run.Epoch), string(run.Room), run.Prewarm, stamp(run.From), stamp(run.Until), run.Void, string(prices))
	return err
}

// closeRun ends a run. One that is not in the books yet is entered whole: no powered minute
// may be missing. The same end twice is no error, another end is.
func closeRun(ctx context.Context, tx *sql.Tx, run *ledger.Run) error {
	if run == nil {
		return nil
	}
	if run.Until.IsZero() && !run.Void {
		return fmt.Errorf("close run %d: it has no end", run.Epoch)
	}
	var ended int64
	var void bool
	row := tx.QueryRowContext(ctx, `SELECT ended, void FROM run WHERE machine = ? AND epoch = ?`, string(run.Machine), int64(run.Epoch))
	switch err := row.Scan(&ended, &void); {
	case err == sql.ErrNoRows:
		if err := run.Check(); err != nil {
			return fmt.Errorf("close run: %w", err)
		}
		return insertRun(ctx, tx, run)
	case err != nil:
		return err
	case ended == stamp(run.Until) && void == run.Void:
		return nil
	case ended != 0 || void:
		return fmt.Errorf("close run %d: %w", run.Epoch, ErrRunClosed)
	}
	_, err := tx.ExecContext(ctx, `UPDATE run SET ended = ?, void = ? WHERE machine = ? AND epoch = ?`,
		stamp(run.Until), run.Void, string(run.Machine), int64(run.Epoch))
	return err
}

func addPhase(ctx context.Context, tx *sql.Tx, p ledger.Phase) error {
	if !p.Class.Valid() {
		return fmt.Errorf("phase of run %d: %q is no class", p.Epoch, p.Class)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO phase (machine, epoch, at, class, room) VALUES (?,?,?,?,?)`,
		string(p.Machine), int64(p.Epoch), stamp(p.At), string(p.Class), string(p.Room))
	return err
}

// RecordUsage keeps finished minutes of a run. A minute that was reported before is replaced,
// so a repetition changes nothing and a correction holds. Runs that are not in the books are
// kept too. Nil means that it is on disk. It does not check u; decoding did.
func (s *Store) RecordUsage(ctx context.Context, machine wire.MachineID, epoch wire.Epoch, u wire.Usage) error {
	if len(u.Minutes) == 0 {
		return nil
	}
	return s.change(ctx, "record usage of "+string(machine), func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, `INSERT INTO usage (machine, epoch, minute, room, seconds) VALUES (?,?,?,?,?)
			ON CONFLICT DO UPDATE SET seconds = excluded.seconds`)
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, m := range u.Minutes {
			if _, err := insert.ExecContext(ctx, string(machine), int64(epoch), stamp(m.Minute), string(m.Room), m.Seconds); err != nil {
				return err
			}
		}
		return nil
	})
}

// Wakes are the times from power-on to ready of the machine's last n wakes, newest first.
// Runs that never became ready do not count. Ready is the first phase after the run's begin
// in which the machine could be used.
func (s *Store) Wakes(ctx context.Context, machine wire.MachineID, n int) ([]time.Duration, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT min(phase.at) - run.began FROM run JOIN phase USING (machine, epoch)
		WHERE machine = ? AND NOT run.void AND phase.at > run.began AND phase.class IN (?, ?, ?)
		GROUP BY epoch ORDER BY epoch DESC LIMIT ?`,
		string(machine), string(ledger.Hold), string(ledger.Used), string(ledger.Prewarm), n)
	list, err := collect(rows, err, func(r *sql.Rows, d *time.Duration) error { return r.Scan((*int64)(d)) })
	if err != nil {
		return nil, fmt.Errorf("read wakes of %s: %w", machine, err)
	}
	return list, nil
}
