package turn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/pion/stun/v3"
	pion "github.com/pion/turn/v4"
)

// answerProbe is the answer to a STUN binding request without a user name, as Probe sends it
// through a relay; nil for anything else. The ICE mux would drop such a request.
func answerProbe(p *packet) []byte {
	if !stun.IsMessage(p.data()) {
		return nil
	}
	request := &stun.Message{Raw: append([]byte(nil), p.data()...)}
	if request.Decode() != nil || request.Type != stun.BindingRequest || request.Contains(stun.AttrUsername) {
		return nil
	}
	mapped := net.UDPAddrFromAddrPort(p.from)
	answer, err := stun.Build(stun.NewTransactionIDSetter(request.TransactionID), stun.BindingSuccess,
		&stun.XORMappedAddress{IP: mapped.IP, Port: mapped.Port}, stun.Fingerprint)
	if err != nil {
		return nil
	}
	return answer.Raw
}

// Probe is a client that tests the way through a TURN server to a mux.
type Probe struct {
	Network  string         // "udp" or "tcp"
	Server   string         // host:port
	Username string         // see internal/cred.TURNCredential
	Password string         // likewise
	Media    netip.AddrPort // one of the mux's media addresses
	Logs     *Logs          // may be nil
}

// Run allocates a relay and exchanges one packet with the mux through it. Somebody must be
// reading the mux. It is repeated on loss until the context ends, which ought to have a
// deadline.
func (p Probe) Run(ctx context.Context) error {
	conn, err := p.dial(ctx)
	if err != nil {
		return fmt.Errorf("reach the TURN server: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer conn.Close()
	err = p.through(conn)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("probe through TURN: %w", ctx.Err())
	}
	return err
}

func (p Probe) dial(ctx context.Context) (net.PacketConn, error) {
	if p.Network == "tcp" {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", p.Server)
		if err != nil {
			return nil, err
		}
		return pion.NewSTUNConn(conn), nil
	}
	var l net.ListenConfig
	return l.ListenPacket(ctx, "udp4", ":0")
}

func (p Probe) through(conn net.PacketConn) error {
	logs := p.Logs
	if logs == nil {
		logs = new(Logs)
	}
	client, err := pion.NewClient(&pion.ClientConfig{
		STUNServerAddr: p.Server, TURNServerAddr: p.Server, Conn: conn,
		Username: p.Username, Password: p.Password, Realm: Realm, LoggerFactory: logs,
	})
	if err != nil {
		return fmt.Errorf("make a TURN client: %w", err)
	}
	defer client.Close()
	if err := client.Listen(); err != nil {
		return fmt.Errorf("listen for the TURN server: %w", err)
	}
	relayed, err := client.Allocate()
	if err != nil {
		return fmt.Errorf("allocate a relay: %w", err)
	}
	defer relayed.Close()
	return exchange(relayed, net.UDPAddrFromAddrPort(p.Media))
}

// probeRetry is how long an answer is waited for before the request is repeated.
const probeRetry = 250 * time.Millisecond

func exchange(relayed net.PacketConn, media net.Addr) error {
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.Fingerprint)
	if err != nil {
		return fmt.Errorf("build a probe: %w", err)
	}
	buf := make([]byte, maxPacket)
	for {
		if _, err := relayed.WriteTo(request.Raw, media); err != nil {
			return fmt.Errorf("send through the relay: %w", err)
		}
		_ = relayed.SetReadDeadline(time.Now().Add(probeRetry))
		n, _, err := relayed.ReadFrom(buf)
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
		case err != nil:
			return fmt.Errorf("receive through the relay: %w", err)
		case answers(buf[:n], request):
			return nil
		}
	}
}

func answers(data []byte, request *stun.Message) bool {
	answer := &stun.Message{Raw: append([]byte(nil), data...)}
	return answer.Decode() == nil && answer.Type == stun.BindingSuccess &&
		answer.TransactionID == request.TransactionID
}
