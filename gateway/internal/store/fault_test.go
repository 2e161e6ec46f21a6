package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/gateway/internal/room"
	"weckruf/gateway/internal/store/storetest"
	"weckruf/internal/wire"
)

// limit bounds the database to its present size plus some pages; 0 lifts the bound.
func limit(t *testing.T, s *Store, extra int) {
	t.Helper()
	var pages int
	if err := s.write.QueryRowContext(t.Context(), `SELECT page_count FROM pragma_page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	most := pages + extra
	if extra == 0 {
		most = 1 << 30
	}
	if _, err := s.write.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, most)); err != nil {
		t.Fatal(err)
	}
}

// fill puts rooms until the disk is full and returns how many it holds.
func fill(t *testing.T, s *Store) int {
	t.Helper()
	for i := range 1000 {
		err := s.PutRoom(t.Context(), room.Record{ID: wire.RoomID(fmt.Sprintf("filler-%d", i)), Title: strings.Repeat("x", 2000)})
		if errors.Is(err, ErrFull) {
			return i
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the store never became full")
	return 0
}

func TestAFullDiskIsATypedErrorAndChangesNothing(t *testing.T) {
	s := fresh(t)
	first, err := s.Commit(t.Context(), keeper.Change{Prev: keeper.Record{Machine: "m1"}, Next: keeper.Record{Machine: "m1", Owner: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	limit(t, s, 4)
	rooms := fill(t, s)

	// The record alone would fit into its page; what comes with it does not.
	next := first
	next.Epoch, next.Owner = 1, "b"
	change := keeper.Change{Prev: first, Next: next, Open: &ledger.Run{Machine: "m1", Epoch: 1, From: storetest.Begin,
		Room: wire.RoomID(strings.Repeat("r", 5000))}}
	if _, err := s.Commit(t.Context(), change); !errors.Is(err, ErrFull) {
		t.Fatalf("commit: %v", err)
	}
	if r, err := s.Machine(t.Context(), "m1"); err != nil || r != first {
		t.Errorf("after the failure: %+v, %v", r, err)
	}
	if books, err := s.Month(t.Context(), storetest.Begin, storetest.Begin.AddDate(0, 1, 0)); err != nil || len(books.Runs) != 0 {
		t.Errorf("books: %+v, %v", books, err)
	}
	if list, err := s.Rooms(t.Context()); err != nil || len(list) != rooms {
		t.Errorf("%d rooms, want %d, %v", len(list), rooms, err)
	}

	limit(t, s, 0)
	if r, err := s.Commit(t.Context(), change); err != nil || r.Revision != 2 {
		t.Errorf("with space again: %+v, %v", r, err)
	}
}

func TestUsageOnAFullDiskIsNotAcknowledged(t *testing.T) {
	s := fresh(t)
	limit(t, s, 4)
	fill(t, s)
	var u wire.Usage
	for i := range 500 {
		u.Minutes = append(u.Minutes, wire.UsageMinute{Minute: storetest.Begin, Room: wire.RoomID(fmt.Sprintf("room-%d", i)), Seconds: 1})
	}
	if err := s.RecordUsage(t.Context(), "m1", 1, u); !errors.Is(err, ErrFull) {
		t.Fatalf("got %v", err)
	}
	var rows int
	if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM usage`).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows were kept, %v", rows, err)
	}
	limit(t, s, 0)
	if err := s.RecordUsage(t.Context(), "m1", 1, u); err != nil {
		t.Errorf("with space again: %v", err)
	}
}

func TestADatabaseLockedBySomebodyElseIsATypedError(t *testing.T) {
	path := place(t)
	s, other := openAt(t, path), openAt(t, path)
	put(t, s, "council")
	tx, err := other.write.BeginTx(t.Context(), nil) // immediate: it holds the write lock
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutRoom(t.Context(), room.Record{ID: "choir"}); !errors.Is(err, ErrBusy) {
		t.Errorf("put: %v", err)
	}
	if _, err := s.Commit(t.Context(), keeper.Change{Prev: keeper.Record{Machine: "m1"}, Next: keeper.Record{Machine: "m1"}}); !errors.Is(err, ErrBusy) {
		t.Errorf("commit: %v", err)
	}
	if _, err := s.Room(t.Context(), "council"); err != nil {
		t.Errorf("reading goes on: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	put(t, s, "choir")
}

func TestACancelledCallChangesNothing(t *testing.T) {
	s := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.PutRoom(ctx, room.Record{ID: "council"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Commit(ctx, keeper.Change{Prev: keeper.Record{Machine: "m1"}, Next: keeper.Record{Machine: "m1"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if r, err := s.Machine(t.Context(), "m1"); err != nil || r.Revision != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	put(t, s, "council")
}

func BenchmarkCommit(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir()+"/weckruf.db", quiet())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	r := keeper.Record{Machine: "m1"}
	for i := 0; b.Loop(); i++ {
		next := r
		next.Epoch++
		run := &ledger.Run{Machine: "m1", Epoch: next.Epoch, From: storetest.Begin, Until: storetest.Begin}
		phase := ledger.Phase{Machine: "m1", Epoch: next.Epoch, At: storetest.Begin, Class: ledger.Boot}
		if r, err = s.Commit(b.Context(), keeper.Change{Prev: r, Next: next, Open: run, Phases: []ledger.Phase{phase}}); err != nil {
			b.Fatal(err)
		}
	}
}
