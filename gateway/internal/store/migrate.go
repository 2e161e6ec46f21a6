package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// applicationID marks our files ("Weck" in ASCII), see https://www.sqlite.org/pragma.html.
const applicationID = 0x5765636b

//go:embed migrations/*.sql
var migrations embed.FS

// steps are the migrations in order; the file names begin with their number, from 1, without
// gaps. A step that was released is never edited.
func steps(files fs.FS) ([]string, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	list := make([]string, 0, len(names))
	for i, name := range names { // Glob sorts
		number, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s: expected number %d", name, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		list = append(list, string(text))
	}
	return list, nil
}

// migrate brings the schema up to date in one transaction, so that it is never half way.
func (s *Store) migrate(ctx context.Context, files fs.FS) error {
	list, err := steps(files)
	if err != nil {
		return err
	}
	return s.change(ctx, "migrate", func(tx *sql.Tx) error {
		have, err := schema(ctx, tx)
		if err != nil {
			return err
		}
		if have > len(list) {
			return fmt.Errorf("%w: it is at %d, this program knows %d", ErrNewer, have, len(list))
		}
		for i := have; i < len(list); i++ {
			if _, err := tx.ExecContext(ctx, list[i]); err != nil {
				return fmt.Errorf("step %d: %w", i+1, err)
			}
		}
		if have == len(list) {
			return nil
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(list)))
		return err
	})
}

// schema is the version of the file's schema, 0 for an empty file.
func schema(ctx context.Context, tx *sql.Tx) (version int, err error) {
	var application, tables int
	row := tx.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`)
	if err := row.Scan(&application, &version, &tables); err != nil {
		return 0, err
	}
	if application != applicationID && (tables > 0 || version != 0) {
		return 0, ErrForeign
	}
	return version, nil
}
