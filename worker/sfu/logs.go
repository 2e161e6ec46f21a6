package sfu

import (
	"fmt"
	"log/slog"
	"regexp"

	"github.com/pion/logging"
)

// quietLogs makes pion's loggers. Only errors pass, and what looks like an address is struck
// out: pion's texts are full of them.
type quietLogs struct{ log *slog.Logger }

// addresses are IPv4 and IPv6 addresses with or without a port, and names of local hosts.
var addresses = regexp.MustCompile(`\d{1,3}(\.\d{1,3}){3}(:\d+)?|\[?([0-9A-Fa-f]{0,4}:){2,}[0-9A-Fa-f:.]*(%\w+)?\]?(:\d+)?|[\w-]+\.local`)

func scrub(text string) string { return addresses.ReplaceAllString(text, "[address]") }

// NewLogger implements logging.LoggerFactory.
func (q *quietLogs) NewLogger(scope string) logging.LeveledLogger {
	return &quietLog{log: q.log, scope: scope}
}

type quietLog struct {
	log   *slog.Logger
	scope string
}

func (*quietLog) Trace(string)          {}
func (*quietLog) Tracef(string, ...any) {}
func (*quietLog) Debug(string)          {}
func (*quietLog) Debugf(string, ...any) {}
func (*quietLog) Info(string)           {}
func (*quietLog) Infof(string, ...any)  {}
func (*quietLog) Warn(string)           {}
func (*quietLog) Warnf(string, ...any)  {}

func (l *quietLog) Error(text string) {
	l.log.Warn("media library", "scope", l.scope, "error", scrub(text))
}

func (l *quietLog) Errorf(format string, args ...any) { l.Error(fmt.Sprintf(format, args...)) }
