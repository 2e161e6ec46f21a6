package link

import (
	"crypto/ed25519"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weckruf/internal/wire"
)

func TestTheWorkerIntroducesItselfAndSaysWhatItHas(t *testing.T) {
	r := newRig(t)
	r.station.live = []wire.Live{{Room: testRoom, Connection: testConn, Participant: 7}}
	r.start()
	p, h := r.hello()
	if h.Machine != testMachine || h.Boot != testBoot || h.Epoch != 0 || h.Version != wire.Version {
		t.Errorf("hello %+v", h)
	}
	p.say(welcome(7))
	if have := p.expect("have").(wire.Have); len(have.Live) != 1 || have.Live[0].Connection != testConn {
		t.Errorf("have %+v", have)
	}
	if r.link.Epoch() != 7 {
		t.Errorf("epoch %d", r.link.Epoch())
	}
}

func TestARestartedGatewayHasItsWorkerBackWithAllItMustKnow(t *testing.T) {
	r := newRig(t).start()
	p := r.welcomed(7)
	r.link.Send(wire.Tested{TookMS: 41})
	p.expect("tested")
	r.link.Record([]wire.UsageMinute{{Minute: time.Unix(60, 0).UTC(), Room: testRoom, Seconds: 120}})
	p.expect("usage")
	p.say(wire.Drain{})
	p.expect("drained")
	p.close()

	p, h := r.hello()
	if h.Epoch != 7 {
		t.Errorf("the second hello claims epoch %d", h.Epoch)
	}
	p.say(welcome(7))
	for _, kind := range []string{"have", "tested", "drained", "usage"} {
		p.expect(kind)
	}
}

func TestWhatEndsTheWorkerEndsRun(t *testing.T) {
	for _, code := range []wire.Code{wire.CodeStaleEpoch, wire.CodeEpochTaken, wire.CodeNotExpected} {
		t.Run(string(code)+" in the handshake", func(t *testing.T) {
			r := newRig(t).start()
			p, _ := r.hello()
			p.say(wire.Reject{Code: code})
			rejected(t, within(t, r.ended), code)
		})
		t.Run(string(code)+" later", func(t *testing.T) {
			r := newRig(t).start()
			r.welcomed(7).say(wire.Reject{Code: code})
			rejected(t, within(t, r.ended), code)
		})
	}
}

func TestAnyOtherRejectionIsTriedAgain(t *testing.T) {
	r := newRig(t).start()
	for _, code := range []wire.Code{wire.CodeUnknownKey, wire.CodeBadSignature, wire.CodeUnavailable, wire.CodeTooFast, wire.CodeVersion} {
		p, _ := r.hello()
		p.say(wire.Reject{Code: code})
	}
	r.welcomed(7).say(wire.Reject{Code: wire.CodeTooFast})
	r.welcomed(7)
}

func TestALowerEpochIsNotFollowed(t *testing.T) {
	r := newRig(t).start()
	r.welcomed(7).close()
	p, _ := r.hello()
	p.say(welcome(6))
	if m, err := p.next(); err == nil {
		t.Fatalf("the worker goes on with %#v", m)
	}
	if len(r.station.told) != 0 || r.link.Epoch() != 7 {
		t.Error("the station was welcomed to an epoch that is over")
	}
	r.welcomed(7)
}

func TestAHandshakeOutOfOrderIsBrokenOff(t *testing.T) {
	for name, text := range map[string]string{
		"a join first":    string(wire.Encode(wire.Part{Connection: testConn})),
		"not JSON":        "hello",
		"a short nonce":   `{"type":"challenge","nonce":"AAAA","gateway":"g"}`,
		"unknown message": `{"type":"sesame"}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t).start()
			p := within(t, r.gateway.conns)
			defer p.close()
			p.expect("hello")
			p.write([]byte(text))
			if m, err := p.next(); err == nil {
				t.Fatalf("got %#v", m)
			}
		})
	}
}

func TestAGatewayThatSaysNothingIsLeft(t *testing.T) {
	r := newRig(t)
	r.link.times.handshake = 20 * time.Millisecond
	r.start()
	first, second := within(t, r.gateway.conns), within(t, r.gateway.conns)
	first.close()
	second.close()
}

func TestSilenceEndsTheLinkAndAnotherIsDialled(t *testing.T) {
	r := newRig(t)
	r.link.times.silence = 20 * time.Millisecond
	r.start()
	for range 2 {
		p, _ := r.hello()
		p.say(welcome(7))
	}
}

func TestSilenceIsMeasuredFromTheLastWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := New(Options{Gateway: "https://weckruf.example", Key: make(ed25519.PrivateKey, ed25519.PrivateKeySize)})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Minute)
		if got := l.Silence(); got != 3*time.Minute {
			t.Errorf("before the first welcome: %v", got)
		}
		l.hear()
		time.Sleep(10 * time.Minute)
		if got := l.Silence(); got != 10*time.Minute {
			t.Errorf("after a word: %v", got)
		}
	})
}

func TestAPortThatIsNoGatewayIsNoSignOfLife(t *testing.T) {
	r := newRig(t)
	before := r.link.heard
	r.start()
	for range 3 {
		p, _ := r.hello()
		p.say(wire.Reject{Code: wire.CodeUnavailable})
	}
	r.stop()
	if !r.link.heard.Equal(before) {
		t.Error("a rejection counted as a sign of life")
	}
}

func TestRunEndsWithItsContextEvenWhenNobodyAnswers(t *testing.T) {
	r := newRig(t)
	r.gateway.front.Close()
	r.start()
	r.stop()
	if err := within(t, r.ended); err != nil {
		t.Fatal(err)
	}
}

func TestTheWaitsBetweenDialsStayShort(t *testing.T) {
	for range 1000 {
		if d := jitter(lastRedial); d < lastRedial/2 || d > lastRedial {
			t.Fatalf("waits %v", d)
		}
	}
}

func TestOnlyAWebAddressIsDialled(t *testing.T) {
	key := make(ed25519.PrivateKey, ed25519.PrivateKeySize)
	for in, want := range map[string]string{
		"http://localhost:8080":       "http://localhost:8080/api/v1/worker",
		"wss://weckruf.example/":      "wss://weckruf.example/api/v1/worker",
		"https://weckruf.example/x/y": "https://weckruf.example/x/y",
		"ftp://weckruf.example":       "",
		"weckruf.example:443":         "",
		"http://[":                    "",
	} {
		l, err := New(Options{Gateway: in, Key: key})
		switch {
		case want == "" && err == nil:
			t.Errorf("%s was taken", in)
		case want != "" && (err != nil || l.url != want):
			t.Errorf("%s: %v, %v", in, l, err)
		}
	}
	if _, err := New(Options{Gateway: "http://localhost", Key: key[:5]}); err == nil {
		t.Error("a short key was taken")
	}
}

func TestAProxyIsUsed(t *testing.T) {
	r := newRig(t)
	asked := make(chan string, 64)
	proxy := func(q *http.Request) (*url.URL, error) {
		asked <- q.URL.Path
		return nil, nil
	}
	transport := r.link.options.Client.Transport.(*http.Transport)
	if transport.Proxy == nil {
		t.Fatal("the default client ignores HTTPS_PROXY")
	}
	transport.Proxy = proxy
	r.start()
	if path := within(t, asked); !strings.HasSuffix(path, "/api/v1/worker") {
		t.Errorf("asked for %s", path)
	}
}
