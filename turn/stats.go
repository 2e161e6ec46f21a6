package turn

import "sync/atomic"

// Stats says what a server does and what it refused since it was made.
type Stats struct {
	Allocations int // open now
	Streams     int // TCP connections open now
	// Refused: credentials that were malformed, expired or wrong; allocations over the
	// quota of a user, which is none once it is withdrawn; permissions for addresses other than the media server's; TCP
	// connections over the limit.
	RefusedCredentials, RefusedQuota, RefusedPermissions, RefusedStreams uint64
	// Vanished packets were sent to what does not exist, dropped ones found a full queue or
	// a closed relay, forged ones came from the network with a virtual source.
	Vanished, Dropped, Forged uint64
}

type refusals struct {
	credentials, quota, permissions, streams atomic.Uint64
}

// Stats is safe for concurrent use.
func (s *Server) Stats() Stats {
	m := s.config.Mux
	m.table.RLock()
	relays := len(m.relays)
	m.table.RUnlock()
	return Stats{
		Allocations:        relays,
		Streams:            s.streams.count(),
		RefusedCredentials: s.counts.credentials.Load(),
		RefusedQuota:       s.counts.quota.Load(),
		RefusedPermissions: s.counts.permissions.Load(),
		RefusedStreams:     s.counts.streams.Load(),
		Vanished:           m.counts.vanished.Load(),
		Dropped:            m.counts.dropped.Load(),
		Forged:             m.counts.forged.Load(),
	}
}
