package turn

import (
	"sync/atomic"

	"github.com/pion/logging"
)

// Logs is pion's logger factory that drops every text, for they are full of addresses, and
// counts errors. The zero value is ready; it is safe for concurrent use.
type Logs struct {
	errors atomic.Uint64
}

var _ logging.LoggerFactory = (*Logs)(nil)

// NewLogger implements logging.LoggerFactory.
func (l *Logs) NewLogger(string) logging.LeveledLogger { return silent{l} }

// Errors is how many there were.
func (l *Logs) Errors() uint64 { return l.errors.Load() }

type silent struct{ logs *Logs }

func (silent) Trace(string)            {}
func (silent) Tracef(string, ...any)   {}
func (silent) Debug(string)            {}
func (silent) Debugf(string, ...any)   {}
func (silent) Info(string)             {}
func (silent) Infof(string, ...any)    {}
func (silent) Warn(string)             {}
func (silent) Warnf(string, ...any)    {}
func (s silent) Error(string)          { s.logs.errors.Add(1) }
func (s silent) Errorf(string, ...any) { s.logs.errors.Add(1) }
