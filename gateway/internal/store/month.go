package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"weckruf/gateway/internal/ledger"
)

// touching selects the runs that may cost something between two times: those that began
// before the end and had not ended a billing quantum (at most ledger.MaxQuantum) before the
// begin, for what is paid may outlast the run. Arguments: until, from − ledger.MaxQuantum.
const touching = `NOT void AND began < ? AND (ended = 0 OR ended > ?)`

// Month reads the books of a time span from one consistent view: every run that may cost
// something in it, whole, with all its phases (in the order written) and usage, so that
// settling it gives the same figures whichever span was asked for.
func (s *Store) Month(ctx context.Context, from, until time.Time) (books ledger.Books, err error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return books, fmt.Errorf("read books: %w", failure(err))
	}
	defer func() { _ = tx.Rollback() }()
	args := []any{stamp(until), stamp(from.Add(-ledger.MaxQuantum))}
	if books.Runs, err = runs(ctx, tx, args...); err != nil {
		return ledger.Books{}, fmt.Errorf("read runs: %w", err)
	}
	rows, err := tx.QueryContext(ctx, `SELECT machine, epoch, at, class, phase.room FROM phase JOIN run USING (machine, epoch)
		WHERE `+touching+` ORDER BY at, id`, args...)
	if books.Phases, err = collect(rows, err, scanPhase); err != nil {
		return ledger.Books{}, fmt.Errorf("read phases: %w", err)
	}
	rows, err = tx.QueryContext(ctx, `SELECT machine, epoch, minute, usage.room, seconds FROM usage JOIN run USING (machine, epoch)
		WHERE `+touching+` ORDER BY minute, usage.room`, args...)
	if books.Usage, err = collect(rows, err, scanUsage); err != nil {
		return ledger.Books{}, fmt.Errorf("read usage: %w", err)
	}
	return books, nil
}

// Spent is what all runs cost between two times, open ones up to now with the quantum that is
// paid already. It reads the runs alone, so that a budget can be asked at every wake.
func (s *Store) Spent(ctx context.Context, from, until time.Time) (ledger.NanoEUR, error) {
	list, err := runs(ctx, s.read, stamp(until), stamp(from.Add(-ledger.MaxQuantum)))
	if err != nil {
		return 0, fmt.Errorf("read runs: %w", err)
	}
	now, err := s.Now(ctx)
	if err != nil {
		return 0, err
	}
	return ledger.Spent(list, from, until, now)
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func runs(ctx context.Context, q querier, args ...any) ([]ledger.Run, error) {
	rows, err := q.QueryContext(ctx, `SELECT machine, epoch, room, prewarm, began, ended, void, prices FROM run
		WHERE `+touching+` ORDER BY began, machine, epoch`, args...)
	return collect(rows, err, scanRun)
}

func scanRun(rows *sql.Rows, r *ledger.Run) error {
	var prices []byte
	err := rows.Scan(&r.Machine, &r.Epoch, &r.Room, &r.Prewarm, moment{&r.From}, moment{&r.Until}, &r.Void, &prices)
	if err != nil {
		return err
	}
	return json.Unmarshal(prices, &r.Prices)
}

func scanPhase(rows *sql.Rows, p *ledger.Phase) error {
	return rows.Scan(&p.Machine, &p.Epoch, moment{&p.At}, &p.Class, &p.Room)
}

func scanUsage(rows *sql.Rows, u *ledger.Usage) error {
	return rows.Scan(&u.Machine, &u.Epoch, moment{&u.Minute}, &u.Room, &u.Seconds)
}
