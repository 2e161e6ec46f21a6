package store

import (
	"database/sql"
	"time"
)

// stamp is a time as it is stored: nanoseconds since 1970, 0 for none.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// moment reads a time: UTC, zero for none. It is a sql.Scanner on the caller's variable.
type moment struct{ *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(value any) error {
	var n sql.NullInt64
	if err := n.Scan(value); err != nil {
		return err
	}
	*m.Time = time.Time{}
	if n.Int64 != 0 {
		*m.Time = time.Unix(0, n.Int64).UTC()
	}
	return nil
}

// collect reads all rows of a query with scan.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows, *T) error) ([]T, error) {
	if err != nil {
		return nil, failure(err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, failure(err)
		}
		list = append(list, one)
	}
	return list, failure(rows.Err())
}
