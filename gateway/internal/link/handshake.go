package link

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
)

// handshake is Hello → Challenge → Proof → Admit. Errors that are the worker's fault are
// *wire.Error. The machine is what the worker claims to be, empty when it claimed nothing.
func (s *Server) handshake(ctx context.Context, conn *websocket.Conn) (*Session, wire.MachineID, error) {
	conn.SetReadLimit(maxGreeting)
	hello, err := expect[wire.Hello](ctx, conn)
	if err != nil {
		return nil, "", fmt.Errorf("await hello: %w", err)
	}
	if hello.Version < wire.MinVersion {
		return nil, hello.Machine, &wire.Error{Code: wire.CodeVersion, Re: hello.Kind()}
	}
	key, err := s.prove(ctx, conn, hello)
	if err != nil {
		return nil, hello.Machine, fmt.Errorf("prove: %w", err)
	}
	welcome, err := s.options.Gate.Admit(ctx, hello)
	if err != nil {
		return nil, hello.Machine, fmt.Errorf("admit: %w", err)
	}
	conn.SetReadLimit(wire.MaxLinkMessage)
	return newSession(s, conn, hello, welcome, key), hello.Machine, nil
}

// prove challenges the worker. A machine that nobody knows is challenged as well and its
// signature verified against a key that nobody has, so that neither the exchange nor its time
// tells which machines there are before somebody has tried to sign.
func (s *Server) prove(ctx context.Context, conn *websocket.Conn, hello wire.Hello) (ed25519.PublicKey, error) {
	key, known := s.options.Gate.Key(hello.Machine)
	if known = known && len(key) == ed25519.PublicKeySize; !known {
		key = s.dummy
	}
	nonce := make([]byte, 32)
	_, _ = rand.Read(nonce) // never fails
	if err := write(ctx, conn, wire.Challenge{Nonce: nonce, Gateway: s.options.GatewayID}); err != nil {
		return nil, err
	}
	proof, err := expect[wire.Proof](ctx, conn)
	if err != nil {
		return nil, err
	}
	good := ed25519.Verify(key, wire.ChallengeText(nonce, s.options.GatewayID, hello), proof.Signature)
	switch {
	case !known:
		return nil, &wire.Error{Code: wire.CodeUnknownKey}
	case !good:
		return nil, &wire.Error{Code: wire.CodeBadSignature}
	}
	return key, nil
}

func write(ctx context.Context, conn *websocket.Conn, m wire.Message) error {
	return conn.Write(ctx, websocket.MessageText, wire.Encode(m))
}

func read(ctx context.Context, conn *websocket.Conn) (wire.Message, error) {
	_, data, err := conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	return wire.WorkerToGateway.Decode(data)
}

func expect[M wire.Message](ctx context.Context, conn *websocket.Conn) (M, error) {
	var none M
	m, err := read(ctx, conn)
	if err != nil {
		return none, err
	}
	if m, ok := m.(M); ok {
		return m, nil
	}
	return none, &wire.Error{Code: wire.CodeOutOfOrder, Re: m.Kind(), Detail: "expected " + none.Kind()}
}

// reason is what may be logged of an error: never an address.
func reason(err error) string {
	var fault *wire.Error
	switch status := websocket.CloseStatus(err); {
	case err == nil:
		return "closed"
	case errors.As(err, &fault):
		return fault.Error()
	case status != -1:
		return fmt.Sprintf("closed with %d", status)
	case errors.Is(err, errClosing):
		return "the gateway closes"
	case errors.Is(err, context.DeadlineExceeded):
		return "silence"
	}
	return "broken off"
}
