package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"weckruf/internal/wire"

	"github.com/coder/websocket"
)

func otherKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAWorkerThatProvesItsKeyIsWelcomedAndAttached(t *testing.T) {
	r := newRig(t)
	_, s := r.attached()
	if s.Machine() != testMachine || s.Boot() != testBoot || s.Epoch() != 7 {
		t.Errorf("session of %s, %s, %d", s.Machine(), s.Boot(), s.Epoch())
	}
}

func TestNobodyElseIsLetIn(t *testing.T) {
	refuse := func(code wire.Code) func(wire.Hello) (wire.Welcome, error) {
		return func(wire.Hello) (wire.Welcome, error) { return wire.Welcome{}, &wire.Error{Code: code} }
	}
	unknown := hello()
	unknown.Machine = "elsewhere"
	for _, c := range []struct {
		name  string
		hello wire.Hello
		wrong bool
		admit func(wire.Hello) (wire.Welcome, error)
		want  wire.Code
	}{
		{"unknown machine", unknown, false, welcome, wire.CodeUnknownKey},
		{"unknown machine with a wrong key", unknown, true, welcome, wire.CodeUnknownKey},
		{"wrong key", hello(), true, welcome, wire.CodeBadSignature},
		{"stale epoch", hello(), false, refuse(wire.CodeStaleEpoch), wire.CodeStaleEpoch},
		{"second worker of the epoch", hello(), false, refuse(wire.CodeEpochTaken), wire.CodeEpochTaken},
		{"not expected", hello(), false, refuse(wire.CodeNotExpected), wire.CodeNotExpected},
		{"store away", hello(), false, func(wire.Hello) (wire.Welcome, error) {
			return wire.Welcome{}, errors.New("disk full")
		}, wire.CodeUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.gate.admit = c.admit
			key := r.key
			if c.wrong {
				key = otherKey(t)
			}
			w := r.dial()
			w.prove(c.hello, key)
			w.rejected(c.want)
			r.stop()
			if len(r.gate.attached) != 0 || r.server.Stats().Rejected != 1 {
				t.Errorf("attached %d, stats %+v", len(r.gate.attached), r.server.Stats())
			}
		})
	}
}

func TestAProofIsGoodForItsOwnChallengeOnly(t *testing.T) {
	r := newRig(t)
	first := r.dial()
	first.say(hello())
	challenge := first.hear().(wire.Challenge)
	old := ed25519.Sign(r.key, wire.ChallengeText(challenge.Nonce, challenge.Gateway, hello()))
	second := r.dial()
	second.say(hello())
	second.hear()
	second.say(wire.Proof{Signature: old})
	second.rejected(wire.CodeBadSignature)
}

func TestAProofCoversTheEpochThatWasClaimed(t *testing.T) {
	r := newRig(t)
	w := r.dial()
	w.say(hello())
	challenge := w.hear().(wire.Challenge)
	other := hello()
	other.Epoch = 6
	w.say(wire.Proof{Signature: ed25519.Sign(r.key, wire.ChallengeText(challenge.Nonce, challenge.Gateway, other))})
	w.rejected(wire.CodeBadSignature)
}

func TestABadGreetingIsAnsweredWithItsFault(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       wire.Code
	}{
		{"not JSON", "wake up", wire.CodeMalformed},
		{"unknown type", `{"type":"sesame"}`, wire.CodeUnknownType},
		{"a field missing", `{"type":"hello","version":1}`, wire.CodeMalformed},
		{"something else first", `{"type":"beat","connections":1}`, wire.CodeOutOfOrder},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRig(t).dial()
			w.write([]byte(c.text))
			w.rejected(c.want)
		})
	}
}

func TestAGreetingCannotBeLong(t *testing.T) {
	w := newRig(t).dial()
	w.write([]byte(strings.Repeat("x", maxGreeting+1)))
	for {
		m, err := w.next()
		if err != nil {
			break
		}
		if m.Kind() != "reject" {
			t.Fatalf("got %#v", m)
		}
	}
}

func TestWhoSaysNothingIsCutOff(t *testing.T) {
	r := newRig(t)
	r.server.times.handshake = 50 * time.Millisecond
	w := r.dial()
	if _, err := w.next(); err == nil {
		t.Fatal("got a message without a hello")
	}
}

func TestHandshakesAreLimitedInNumber(t *testing.T) {
	r := newRig(t)
	r.server.slots = make(chan struct{}, 1)
	r.server.slots <- struct{}{}
	_, response, err := websocket.Dial(t.Context(), r.url, nil)
	if err == nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("got %v", err)
	}
	<-r.server.slots
	r.attached()
	r.attached() // the first one's place is free again
	if got := r.server.Stats().Crowded; got != 1 {
		t.Errorf("crowded %d", got)
	}
}

func TestWhoIsTurnedAwayHoldsNobodyUp(t *testing.T) {
	r := newRig(t)
	r.server.slots = make(chan struct{}, 1)
	r.server.times.farewell = time.Hour
	w := r.dial()
	w.say(wire.Beat{Connections: 1})
	if m := w.hear(); m.Kind() != "reject" {
		t.Fatalf("got %#v", m)
	}
	r.attached() // while the one before has not said goodbye
}

func TestABrowserOfAnotherOriginIsRefused(t *testing.T) {
	r := newRig(t)
	_, response, err := websocket.Dial(t.Context(), r.url, &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {"https://elsewhere.example"}},
	})
	if err == nil || response.StatusCode != http.StatusForbidden {
		t.Fatalf("got %v", err)
	}
}

func TestAClosingServerLetsNobodyIn(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.server.Run(ctx); err != nil {
		t.Fatal(err)
	}
	_, response, err := websocket.Dial(t.Context(), r.url, nil)
	if err == nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("got %v", err)
	}
}
