package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
)

// final are the codes after which the worker has nothing left to do.
var final = []wire.Code{wire.CodeStaleEpoch, wire.CodeEpochTaken, wire.CodeNotExpected}

// rejection is the error for a Reject: for good, or for another try.
func rejection(r wire.Reject) error {
	if slices.Contains(final, r.Code) {
		return &Rejected{Code: r.Code}
	}
	return &wire.Error{Code: r.Code, Detail: r.Detail}
}

// reason is what may be logged of an error: never an address or a URL.
func reason(err error) string {
	var fault *wire.Error
	switch status := websocket.CloseStatus(err); {
	case err == nil:
		return "closed"
	case errors.As(err, &fault):
		return string(fault.Code)
	case status != -1:
		return fmt.Sprintf("closed with %d", status)
	case errors.Is(err, context.DeadlineExceeded):
		return "silence"
	case errors.Is(err, errDial):
		return "unreachable"
	}
	return "broken off"
}

var errDial = errors.New("dial the gateway")

// handshake dials and ends with a connection whose gateway welcomed the worker.
func (l *Link) handshake(ctx context.Context) (*session, wire.Welcome, error) {
	ctx, cancel := context.WithTimeout(ctx, l.times.handshake)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, l.url, &websocket.DialOptions{HTTPClient: l.options.Client})
	if err != nil {
		return nil, wire.Welcome{}, fmt.Errorf("%w: %w", errDial, err)
	}
	conn.SetReadLimit(wire.MaxLinkMessage)
	welcome, err := l.introduce(ctx, conn)
	if err != nil {
		conn.CloseNow()
		return nil, wire.Welcome{}, fmt.Errorf("shake hands: %w", err)
	}
	return newSession(l, conn, welcome.Epoch), welcome, nil
}

// introduce is Hello → Challenge → Proof → Welcome.
func (l *Link) introduce(ctx context.Context, conn *websocket.Conn) (wire.Welcome, error) {
	hello := wire.Hello{
		Version:  wire.Version,
		Machine:  l.options.Machine,
		Boot:     l.options.Boot,
		Epoch:    l.Epoch(),
		Software: l.options.Software,
	}
	if err := write(ctx, conn, hello); err != nil {
		return wire.Welcome{}, err
	}
	challenge, err := expect[wire.Challenge](ctx, conn)
	if err != nil {
		return wire.Welcome{}, err
	}
	text := wire.ChallengeText(challenge.Nonce, challenge.Gateway, hello)
	if err := write(ctx, conn, wire.Proof{Signature: ed25519.Sign(l.options.Key, text)}); err != nil {
		return wire.Welcome{}, err
	}
	welcome, err := expect[wire.Welcome](ctx, conn)
	if err != nil {
		return wire.Welcome{}, err
	}
	return welcome, l.follow(welcome.Epoch)
}

// follow takes the epoch of a welcome, unless a higher one is known.
func (l *Link) follow(epoch wire.Epoch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if epoch < l.epoch {
		return &wire.Error{Code: wire.CodeStaleEpoch, Re: "welcome", Detail: "the gateway is behind"}
	}
	if epoch > l.epoch {
		l.epoch, l.tested, l.drained = epoch, nil, nil
	}
	return nil
}

func write(ctx context.Context, conn *websocket.Conn, m wire.Message) error {
	return conn.Write(ctx, websocket.MessageText, wire.Encode(m))
}

func read(ctx context.Context, conn *websocket.Conn) (wire.Message, error) {
	_, data, err := conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	return wire.GatewayToWorker.Decode(data)
}

// expect reads one message of a kind, or the gateway's rejection.
func expect[M wire.Message](ctx context.Context, conn *websocket.Conn) (M, error) {
	var none M
	m, err := read(ctx, conn)
	if err != nil {
		return none, err
	}
	switch m := m.(type) {
	case M:
		return m, nil
	case wire.Reject:
		return none, rejection(m)
	}
	return none, &wire.Error{Code: wire.CodeOutOfOrder, Re: m.Kind(), Detail: "expected " + none.Kind()}
}
