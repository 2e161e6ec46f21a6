package turn

import (
	"net"
	"sync"

	pion "github.com/pion/turn/v4"
)

func (s *Server) pionConfig() pion.ServerConfig {
	relay, permit := s.config.Mux.Relay(), s.permit
	c := pion.ServerConfig{
		Realm:         Realm,
		LoggerFactory: s.config.Logs,
		AuthHandler:   s.authenticate,
		QuotaHandler:  s.quota,
		EventHandler: pion.EventHandler{
			OnAuth:              s.onAuth,
			OnAllocationCreated: s.onCreated,
			OnAllocationDeleted: s.onDeleted,
		},
	}
	for _, conn := range s.sockets {
		c.PacketConnConfigs = append(c.PacketConnConfigs, pion.PacketConnConfig{
			PacketConn: conn, RelayAddressGenerator: relay, PermissionHandler: permit,
		})
	}
	for _, l := range s.tcp {
		c.ListenerConfigs = append(c.ListenerConfigs, pion.ListenerConfig{
			Listener: l, RelayAddressGenerator: relay, PermissionHandler: permit,
		})
	}
	return c
}

// socket tells when pion/turn stops to read it, which it does at the first error.
type socket struct {
	net.PacketConn
	ended chan struct{}
	once  sync.Once
}

// ReadFrom implements net.PacketConn.
func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.PacketConn.ReadFrom(b)
	if err != nil {
		s.once.Do(func() { close(s.ended) })
	}
	return n, from, err
}
