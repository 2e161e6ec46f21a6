package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/room"
	"weckruf/gateway/internal/store/storetest"
	"weckruf/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// openAt opens a store that does not wait long for others, and closes it in the end.
func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := open(t.Context(), path, quiet(), 30*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// place is a path for a store, with characters that mean something in a URI.
func place(t *testing.T) string {
	return filepath.Join(t.TempDir(), "a ?dir#with%20signs", "weckruf.db")
}

func fresh(t *testing.T) *Store { return openAt(t, place(t)) }

func TestContract(t *testing.T) {
	t.Run("machines", func(t *testing.T) {
		storetest.Machines(t, func(t *testing.T) keeper.Store { return fresh(t) })
	})
	t.Run("books", func(t *testing.T) {
		storetest.Books(t, func(t *testing.T) storetest.Ledger { return fresh(t) })
	})
	t.Run("rooms", func(t *testing.T) {
		storetest.Rooms(t, func(t *testing.T, rooms ...room.Record) room.Store {
			s := fresh(t)
			for _, r := range rooms {
				if err := s.PutRoom(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			return s
		})
	})
	t.Run("office", func(t *testing.T) {
		storetest.Office(t, func(t *testing.T) storetest.RoomBook { return fresh(t) })
	})
	t.Run("sign-in", func(t *testing.T) {
		storetest.SignIn(t, func(t *testing.T) storetest.SignIns { return fresh(t) })
	})
}

// twoHandles spreads the commits over two open stores on the same file, as two gateways would.
type twoHandles struct {
	*Store
	other *Store
	calls atomic.Int64
}

func (h *twoHandles) Commit(ctx context.Context, c keeper.Change) (keeper.Record, error) {
	if h.calls.Add(1)%2 == 0 {
		return h.other.Commit(ctx, c)
	}
	return h.Store.Commit(ctx, c)
}

func TestTwoGatewaysOnOneStoreKeepTheContract(t *testing.T) {
	storetest.Machines(t, func(t *testing.T) keeper.Store {
		path := place(t)
		// Both write at the same time here, so they wait for each other as in earnest.
		one, err := Open(t.Context(), path, quiet())
		if err != nil {
			t.Fatal(err)
		}
		two, err := Open(t.Context(), path, quiet())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := errors.Join(one.Close(), two.Close()); err != nil {
				t.Error(err)
			}
		})
		return &twoHandles{Store: one, other: two}
	})
}

func TestTheFileIsForItsOwnerOnly(t *testing.T) {
	path := place(t)
	s := openAt(t, path)
	put(t, s, "council")
	if !s.Exclusive() {
		t.Fatal("nobody else is there, and yet the lock is not to be had")
	}
	for _, name := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", filepath.Base(name), mode)
		}
	}
}

func put(t *testing.T, s *Store, id wire.RoomID) {
	t.Helper()
	if err := s.PutRoom(t.Context(), room.Record{ID: id, Title: "A room"}); err != nil {
		t.Fatal(err)
	}
}

func TestEveryConnectionSyncsEachCommit(t *testing.T) {
	s := fresh(t)
	for name, db := range map[string]*sql.DB{"writer": s.write, "reader": s.read} {
		var mode string
		var synchronous int
		row := db.QueryRowContext(t.Context(), `SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous`)
		if err := row.Scan(&mode, &synchronous); err != nil {
			t.Fatal(err)
		}
		if mode != "wal" || synchronous != 2 {
			t.Errorf("%s: journal %s, synchronous %d", name, mode, synchronous)
		}
	}
	if _, err := s.read.ExecContext(t.Context(), `DELETE FROM room`); err == nil {
		t.Error("a reader could write")
	}
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	path := place(t)
	s, err := Open(t.Context(), path, quiet())
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "council")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openAt(t, path).Room(t.Context(), "council"); err != nil {
		t.Error(err)
	}
}

func TestSchemasThatAreNotOursAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		prepare string
		want    error
	}{
		"newer":   {"PRAGMA user_version = 999", ErrNewer},
		"foreign": {"PRAGMA application_id = 7", ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			s, err := Open(t.Context(), path, quiet())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.write.ExecContext(t.Context(), c.prepare); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(t.Context(), path, quiet()); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestAFileThatIsNoDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weckruf.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), path, quiet()); err == nil {
		t.Error(s.Close(), "it was opened")
	}
}

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	if list, err := steps(migrations); err != nil || len(list) == 0 {
		t.Errorf("%d steps, %v", len(list), err)
	}
	for name, files := range map[string][]string{
		"gap":     {"0001_a.sql", "0003_b.sql"},
		"double":  {"0001_a.sql", "0001_b.sql"},
		"zero":    {"0000_a.sql"},
		"letters": {"first.sql"},
	} {
		fake := fstest.MapFS{}
		for _, f := range files {
			fake["migrations/"+f] = &fstest.MapFile{}
		}
		if _, err := steps(fake); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMigratingAddsWhatIsMissingOrNothing(t *testing.T) {
	path := place(t)
	s := openAt(t, path)
	put(t, s, "council")
	files := fstest.MapFS{}
	list, err := steps(migrations)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range append(list, `ALTER TABLE room ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'`, `ALTER TABLE nothing ADD COLUMN x`) {
		files[fmt.Sprintf("migrations/%04d_step.sql", i+1)] = &fstest.MapFile{Data: []byte(text)}
	}
	var colour string
	look := func() error {
		return s.read.QueryRowContext(t.Context(), `SELECT colour FROM room WHERE id = 'council'`).Scan(&colour)
	}
	if err := s.migrate(t.Context(), files); err == nil || look() == nil {
		t.Errorf("a failing step left something behind: %v, %q", err, colour)
	}
	delete(files, fmt.Sprintf("migrations/%04d_step.sql", len(list)+2))
	for range 2 { // the second time there is nothing to do
		if err := s.migrate(t.Context(), files); err != nil {
			t.Fatal(err)
		}
	}
	if err := look(); err != nil || colour != "red" {
		t.Errorf("colour %q, %v", colour, err)
	}
	if s, err := Open(t.Context(), path, quiet()); !errors.Is(err, ErrNewer) {
		t.Errorf("the older program opened it: %v, %v", s, err)
	}
}

func TestOneProcessHoldsTheLock(t *testing.T) {
	path := place(t)
	first, err := Open(t.Context(), path, quiet())
	if err != nil {
		t.Fatal(err)
	}
	second := openAt(t, path)
	if !first.Exclusive() || second.Exclusive() {
		t.Errorf("first %v, second %v", first.Exclusive(), second.Exclusive())
	}
	put(t, second, "council") // without the lock the store works all the same
	// A child that outlives the gateway, as a local machine does, must not keep the lock.
	child := exec.Command("sleep", "600")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = child.Process.Kill(), child.Wait() }()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if !second.Exclusive() {
		t.Error("the lock was not free after its holder had closed")
	}
}

func TestPurgeDropsWhatHasExpired(t *testing.T) {
	s, now := fresh(t), storetest.Begin
	for name, err := range map[string]error{
		"invite":      s.PutInvite(t.Context(), "old", now),
		"new invite":  s.PutInvite(t.Context(), "new", now.Add(1)),
		"session":     s.PutSession(t.Context(), "old", now),
		"new session": s.PutSession(t.Context(), "new", now.Add(1)),
		"stay":        s.PutStay(t.Context(), room.Stay{Room: "council", Participant: 1, At: now.Add(-StayLife)}),
		"new stay":    s.PutStay(t.Context(), room.Stay{Room: "council", Participant: 2, At: now.Add(1 - StayLife)}),
	} {
		if err != nil {
			t.Fatal(name, err)
		}
	}
	if gone, err := s.Purge(t.Context(), now); err != nil || gone != 3 {
		t.Errorf("%d rows went, %v", gone, err)
	}
	if ok, err := s.Session(t.Context(), "new", now); err != nil || !ok {
		t.Errorf("the new session: %v, %v", ok, err)
	}
	if ok, err := s.TakeInvite(t.Context(), "new", now); err != nil || !ok {
		t.Errorf("the new invite: %v, %v", ok, err)
	}
	if left, err := s.Stays(t.Context(), "council", time.Time{}); err != nil || len(left) != 1 || left[0].Participant != 2 {
		t.Errorf("stays: %+v, %v", left, err)
	}
}

func TestPurgedRowsLeaveNoTraceInTheFiles(t *testing.T) {
	path := place(t)
	s, err := Open(t.Context(), path, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutSession(t.Context(), "a-hash-to-look-for", storetest.Begin); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Purge(t.Context(), storetest.Begin); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "a-hash-to-look-for") {
		t.Error("the deleted row is still in the file")
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the log is still there: %v", err)
	}
}
