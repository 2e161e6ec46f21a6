// Package store keeps what must outlive the gateway in one SQLite file: rooms, stays,
// sign-ins, the machines' records and the ledger. It implements the seams keeper.Store and
// room.Store; a transaction that returned without an error is on disk.
//
// Invariants: the machine's record and what it means for the ledger change in one
// transaction or not at all; no secret is stored (room links are derived, sign-in tokens are
// hashed by the caller); nothing names a person.
//
// All methods are safe for concurrent use, also by several processes on one host. SQLite's
// locks do not hold on network file systems: the file belongs on a local disk.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// busyTimeout bounds the wait for another process's transaction. Ours take milliseconds, so
// whoever holds the lock longer is not one of us, and the caller must hear of it.
const busyTimeout = 2 * time.Second

// readers is how many connections read at the same time.
const readers = 4

// Store is an open database. Make one with Open.
type Store struct {
	// immutable
	write *sql.DB // one connection: SQLite has one writer, and queueing here is fair
	read  *sql.DB
	lock  *lock
	log   *slog.Logger
}

// Open opens the database file at path, creates it (mode 0600) and its directory when they
// are missing, and brings its schema up to date. A schema newer than this program is refused
// with ErrNewer. It starts nothing.
func Open(ctx context.Context, path string, log *slog.Logger) (*Store, error) {
	return open(ctx, path, log, busyTimeout)
}

func open(ctx context.Context, path string, log *slog.Logger, busy time.Duration) (*Store, error) {
	path, err := create(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{log: log, lock: newLock(path + ".lock")}
	if err := s.connect(ctx, path, busy); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, errors.Join(err, s.Close()))
	}
	return s, nil
}

// create makes the file before SQLite does, whose own would be readable by everybody. The
// files beside it (-wal, -shm) inherit the mode.
func create(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	return path, file.Close()
}

func (s *Store) connect(ctx context.Context, path string, busy time.Duration) (err error) {
	if s.write, err = connection(path, busy, "_txlock", "immediate"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.migrate(ctx, migrations); err != nil {
		return err
	}
	if s.read, err = connection(path, busy, "_query_only", "1"); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return failure(s.read.PingContext(ctx))
}

// connection describes how the file is opened.
//
// WAL, because a commit is then one append and one fsync (a rollback journal needs three or
// more, and the commit of a wake stands between "enter" and the power-on), and because
// readers never wait for the writer. synchronous=FULL syncs the log at every commit: what was
// promised survives a power failure. secure_delete overwrites what privacy wants gone.
func connection(path string, busy time.Duration, key, value string) (*sql.DB, error) {
	query := url.Values{
		"_busy_timeout": {strconv.FormatInt(busy.Milliseconds(), 10)},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_pragma":       {"secure_delete(1)", "journal_size_limit(8388608)"},
		"_dqs":          {"0"},
		"_defensive":    {"1"},
		key:             {value},
	}
	name := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	return sql.Open("sqlite", name.String())
}

// Close releases the lock and the file. No method may be called after it.
func (s *Store) Close() error {
	var failed []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			failed = append(failed, db.Close())
		}
	}
	failed = append(failed, s.lock.release())
	return errors.Join(failed...)
}

// Now is the store's clock. The file is on a local disk, so every process that shares it
// shares the host's clock.
func (s *Store) Now(context.Context) (time.Time, error) {
	return time.Now().UTC().Round(0), nil
}

// Exclusive reports whether this process alone holds the store's lock. It tries to get it
// when it does not hold it yet, so it becomes true once the process that held it has ended,
// and stays true until Close. The lock keeps nobody from using the store.
func (s *Store) Exclusive() bool {
	held, err := s.lock.try()
	if err != nil {
		s.log.Error("store: lock", "error", err)
	}
	return held
}

// change runs one writing transaction: all of it, or nothing.
func (s *Store) change(ctx context.Context, doing string, work func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, failure(err))
	}
	// After a commit this does nothing; after a full disk SQLite may have rolled back itself.
	defer func() { _ = tx.Rollback() }()
	if err := work(tx); err != nil {
		return fmt.Errorf("%s: %w", doing, failure(err))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", doing, failure(err))
	}
	return nil
}

// exec is change with a single statement; it returns the number of rows touched.
func (s *Store) exec(ctx context.Context, doing, query string, args ...any) (int64, error) {
	result, err := s.write.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, failure(err))
	}
	return result.RowsAffected()
}
