package store

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
)

// lock is an advisory lock on a file of its own (SQLite uses the locks of the database file
// itself). The kernel releases it when the process ends, however it ends; the descriptor is
// closed on exec, so local machines that outlive the gateway do not keep it.
type lock struct {
	path string // immutable

	mu   sync.Mutex
	file *os.File // guarded by mu; nil while not held
}

func newLock(path string) *lock { return &lock{path: path} }

// try takes the lock if nobody has it and reports whether it is held now.
func (l *lock) try() (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return true, nil
	}
	file, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		l.file = file
		return true, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return false, fmt.Errorf("lock %s: %w", l.path, err)
}

// release gives the lock up. The file stays: removing it would let two processes lock two
// files of the same name.
func (l *lock) release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
