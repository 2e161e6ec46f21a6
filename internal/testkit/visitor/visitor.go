// Package visitor is a page without a browser: it speaks the page's side of the protocol with
// a gateway, for tests and benchmarks that need more people than browsers fit on a computer.
package visitor

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"weckruf/internal/wire"
)

// Visitor is one page's WebSocket. One goroutine may read while another one writes.
type Visitor struct {
	room   wire.RoomID
	secret string
	socket *websocket.Conn
}

// Dial opens the page of a link. A valid from binds the socket to that local address, so
// that each visitor is a source of its own (on Linux all of 127.0.0.0/8 is local).
func Dial(ctx context.Context, link string, from netip.Addr) (*Visitor, error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, fmt.Errorf("read link: %w", err)
	}
	origin := u.Scheme + "://" + u.Host
	socket, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(origin, "http")+"/api/v1/join", &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {origin}},
		HTTPClient: &http.Client{Transport: transport(from)},
	})
	if err != nil {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	socket.SetReadLimit(int64(wire.GatewayToPage.Limit()))
	return &Visitor{room: wire.RoomID(strings.TrimPrefix(u.Path, "/r/")), secret: u.Fragment, socket: socket}, nil
}

func transport(from netip.Addr) *http.Transport {
	dialer := &net.Dialer{}
	if from.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	return &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
}

// Look sends the first message, with a resume token if there is one.
func (v *Visitor) Look(ctx context.Context, resume string) error {
	return v.Send(ctx, wire.Look{Version: wire.Version, Room: v.room, Secret: v.secret, Resume: resume})
}

// Enter looks and enters in one go.
func (v *Visitor) Enter(ctx context.Context, name string) error {
	if err := v.Look(ctx, ""); err != nil {
		return err
	}
	if _, err := Await[wire.View](ctx, v); err != nil {
		return err
	}
	return v.Send(ctx, wire.Enter{Name: name})
}

// Send sends one message.
func (v *Visitor) Send(ctx context.Context, m wire.Message) error {
	if err := v.socket.Write(ctx, websocket.MessageText, wire.Encode(m)); err != nil {
		return fmt.Errorf("send %s: %w", m.Kind(), err)
	}
	return nil
}

// Next waits for the next message.
func (v *Visitor) Next(ctx context.Context) (wire.Message, error) {
	_, data, err := v.socket.Read(ctx)
	if err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	return wire.GatewayToPage.Decode(data)
}

// Close closes the socket as a page does that goes away.
func (v *Visitor) Close() error { return v.socket.Close(websocket.StatusGoingAway, "") }

// Drop cuts the line without a word.
func (v *Visitor) Drop() error { return v.socket.CloseNow() }

// Await skips messages until one of type M comes. A Refusal or a Fault, when not asked for,
// ends the wait with an error.
func Await[M wire.Message](ctx context.Context, v *Visitor) (M, error) {
	var none M
	for {
		m, err := v.Next(ctx)
		if err != nil {
			return none, fmt.Errorf("wait for %s: %w", none.Kind(), err)
		}
		switch m := m.(type) {
		case M:
			return m, nil
		case wire.Refusal:
			return none, fmt.Errorf("wait for %s: refused: %s", none.Kind(), m.Code)
		case wire.Fault:
			return none, fmt.Errorf("wait for %s: %w", none.Kind(), &wire.Error{Code: m.Code, Re: m.Re, Detail: m.Detail})
		}
	}
}
