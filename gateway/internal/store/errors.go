package store

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// What can be wrong with the store itself. The transaction changed nothing.
var (
	// ErrFull says that there is no space left; reading goes on, and so does writing once
	// there is space again.
	ErrFull = errors.New("no space left for the store")
	// ErrBusy says that somebody else has held the database for longer than it is waited for.
	ErrBusy = errors.New("the store is locked by somebody else")
	// ErrNewer says that a newer program has changed the schema.
	ErrNewer = errors.New("the store's schema is newer than this program")
	// ErrForeign says that the file is a database of another program.
	ErrForeign = errors.New("the file is not a store of this program")
	// ErrRunOpen says that the machine has a run that has not ended.
	ErrRunOpen = errors.New("the machine has an open run already")
	// ErrRunClosed says that the run has ended otherwise before: closed books stay as they are.
	ErrRunClosed = errors.New("the run was closed before")
)

// failure puts our own error in front of the driver's where the caller can act on it.
func failure(err error) error {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return err
	}
	switch code := fault.Code(); {
	case code == lib.SQLITE_IOERR_SHMSIZE, code&0xff == lib.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case code&0xff == lib.SQLITE_BUSY, code&0xff == lib.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

// duplicate reports whether a row with the same key exists.
func duplicate(err error) bool {
	var fault *sqlite.Error
	return errors.As(err, &fault) && fault.Code()&0xff == lib.SQLITE_CONSTRAINT
}
