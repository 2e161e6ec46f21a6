package process

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// whole describes a lock of the given type over the whole file.
func whole(kind int16) *unix.Flock_t { return &unix.Flock_t{Type: kind} }

// take locks the file for whoever holds the returned descriptor or a copy of it. taken is
// false when somebody holds it already.
func take(path string) (lock *os.File, taken bool, err error) {
	lock, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, err
	}
	err = unix.FcntlFlock(lock.Fd(), unix.F_OFD_SETLK, whole(unix.F_WRLCK))
	if err == nil {
		return lock, true, nil
	}
	lock.Close()
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return nil, false, nil
	}
	return nil, false, fmt.Errorf("lock %s: %w", path, err)
}

// held reports whether some process holds the lock, without touching it.
func held(path string) (bool, error) {
	lock, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer lock.Close()
	probe := whole(unix.F_RDLCK)
	if err := unix.FcntlFlock(lock.Fd(), unix.F_OFD_GETLK, probe); err != nil {
		return false, fmt.Errorf("look at lock %s: %w", path, err)
	}
	return probe.Type != unix.F_UNLCK, nil
}
