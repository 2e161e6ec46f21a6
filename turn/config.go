package turn

import (
	"errors"
	"time"
)

// The limits of a server, unless the configuration says otherwise.
const (
	DefaultAllocations = 1024
	// DefaultPerUser has room for a browser that gathers on several networks over UDP and
	// TCP, twice, because an ICE restart gathers anew before the old ones end.
	DefaultPerUser = 24
)

// Config says where a server listens and for whom.
type Config struct {
	UDP []string // host:port to listen on; port 0 means any
	TCP []string // likewise
	Mux *Mux     // what the relays lead to; of this server alone
	// Allocations and PerUser bound the relays, at most 60,000 in all; 0 means the default.
	Allocations, PerUser int
	Logs                 *Logs            // may be nil
	Now                  func() time.Time // for the expiry of credentials; nil means time.Now
}

func (c Config) filled() Config {
	if c.Allocations == 0 {
		c.Allocations = DefaultAllocations
	}
	if c.PerUser == 0 {
		c.PerUser = DefaultPerUser
	}
	if c.Logs == nil {
		c.Logs = new(Logs)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c Config) check() error {
	switch {
	case c.Mux == nil:
		return errors.New("a mux is needed")
	case len(c.UDP)+len(c.TCP) == 0:
		return errors.New("an address to listen on is needed")
	case c.Allocations < 1 || c.Allocations > 60_000 || c.PerUser < 1:
		return errors.New("a limit is out of range")
	}
	return c.Mux.Relay().Validate()
}
