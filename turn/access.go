package turn

import (
	"net"
	"strings"
)

func (s *Server) authenticate(username, _ string, _ net.Addr) ([]byte, bool) {
	var secret []byte
	if p := s.secret.Load(); p != nil {
		secret = *p
	}
	now := s.config.Now()
	k, ok := key(secret, username, now)
	if age, gone := s.withdrawn.age(user(username), now); gone && age >= goodbyeTime {
		ok = false
	}
	if !ok {
		s.counts.credentials.Add(1)
	}
	return k, ok
}

func (s *Server) onAuth(remote, local net.Addr, _, _, _, _ string, good bool) {
	if good {
		s.streams.prove(remote, local)
	} else {
		s.counts.credentials.Add(1)
	}
}

func (s *Server) permit(_ net.Addr, peer net.IP) bool {
	if s.config.Mux.allows(peer) {
		return true
	}
	s.counts.permissions.Add(1)
	return false
}

// user is the id in a user name.
func user(username string) string {
	_, id, _ := strings.Cut(username, ":")
	return id
}

// quota is asked before an allocation is counted, so that a user with several connections can
// go over it by as many at the most; the total is exact (Mux.open).
func (s *Server) quota(username, _ string, _ net.Addr) bool {
	id := user(username)
	_, gone := s.withdrawn.age(id, s.config.Now())
	s.mu.Lock()
	defer s.mu.Unlock()
	if !gone && s.users[id] < s.config.PerUser {
		return true
	}
	s.counts.quota.Add(1)
	return false
}

func (s *Server) onCreated(_, _ net.Addr, _, username, _ string, _ net.Addr, _ int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[user(username)]++
}

func (s *Server) onDeleted(_, _ net.Addr, _, username, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := user(username)
	if s.users[id]--; s.users[id] <= 0 {
		delete(s.users, id)
	}
}
