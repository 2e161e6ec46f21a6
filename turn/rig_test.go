package turn

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"weckruf/internal/cred"

	pion "github.com/pion/turn/v4"
)

var testSecret = []byte("0123456789abcdef0123456789abcdef")

// rig is a mux on a loopback socket with a server in front of it.
type rig struct {
	t      *testing.T
	socket *net.UDPConn
	media  netip.AddrPort
	mux    *Mux
	server *Server
}

func loopback(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// newRig runs a server until the test ends. Fields of c that are zero are filled.
func newRig(t *testing.T, c Config, adjust ...func(*Server)) *rig {
	t.Helper()
	r := &rig{t: t, socket: loopback(t)}
	r.media = addrPort(r.socket.LocalAddr())
	r.mux = NewMux(r.socket, r.media)
	t.Cleanup(func() { r.mux.Close() })
	c.Mux, c.UDP, c.TCP = r.mux, []string{"127.0.0.1:0"}, []string{"127.0.0.1:0"}
	server, err := Listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	server.SetSecret(testSecret)
	for _, f := range adjust {
		f(server)
	}
	r.server = server
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return r
}

func (r *rig) address(network string) string {
	if network == "tcp" {
		return r.server.TCP()[0].String()
	}
	return r.server.UDP()[0].String()
}

// drain reads the mux until it is closed, as the media server would.
func (r *rig) drain() {
	buf := make([]byte, maxPacket)
	for {
		if _, _, err := r.mux.ReadFromAddrPort(buf); err != nil {
			return
		}
	}
}

// drained runs drain until the test ends.
func (r *rig) drained() {
	ended := make(chan struct{})
	go func() { defer close(ended); r.drain() }()
	r.t.Cleanup(func() { r.mux.Close(); <-ended })
}

func credential(id string, validFor time.Duration) (username, password string) {
	return cred.TURNCredential(testSecret, id, time.Now().Add(validFor))
}

// client is a TURN client over UDP that ends with the test.
func (r *rig) client(username, password string) *pion.Client {
	r.t.Helper()
	conn := loopback(r.t)
	c, err := pion.NewClient(&pion.ClientConfig{
		STUNServerAddr: r.address("udp"), TURNServerAddr: r.address("udp"), Conn: conn,
		Username: username, Password: password, Realm: Realm, LoggerFactory: new(Logs),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := c.Listen(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	return c
}

// relay allocates for a good user.
func (r *rig) relay(id string) (*pion.Client, net.PacketConn) {
	r.t.Helper()
	c := r.client(credential(id, time.Hour))
	relayed, err := c.Allocate()
	if err != nil {
		r.t.Fatalf("allocate: %v", err)
	}
	r.t.Cleanup(func() { relayed.Close() })
	return c, relayed
}
