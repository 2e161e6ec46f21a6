package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"weckruf/internal/cred"
	"weckruf/internal/testkit/rtcpeer"
	"weckruf/internal/wire"
	"weckruf/turn"
	"weckruf/worker/internal/link"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

const connection wire.ConnectionID = "connection-of-a-test"

// enter makes a peer that is connected by way of the gateway.
func enter(g *gateway, participant wire.ParticipantID, o rtcpeer.Options, id wire.ConnectionID) *rtcpeer.Peer {
	g.t.Helper()
	p, err := rtcpeer.New(o)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(p.Close)
	offer, err := p.Offer(id, false)
	if err != nil {
		g.t.Fatal(err)
	}
	g.say(wire.Join{Room: "room-1", Connection: id, Participant: participant, Role: wire.RoleGuest, SDP: offer.SDP,
		Sender: offer.Sender, Slots: offer.Slots, Sources: offer.Sources})
	if err := p.Answer(await[wire.Joined](g).SDP); err != nil {
		g.t.Fatal(err)
	}
	until(g.t, p, "the channel", func(s rtcpeer.State) bool { return s.Open })
	return p
}

func until(t *testing.T, p *rtcpeer.Peer, what string, is func(rtcpeer.State) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := p.Wait(ctx, what, is); err != nil {
		t.Fatal(err)
	}
}

func person() rtcpeer.Options { return rtcpeer.Options{Microphone: true, Pairs: 1} }

func TestAWorkerSaysWhatItHasAndThatItsRelayWorks(t *testing.T) {
	g := newGateway(t)
	g.worker(quiet())
	have := await[wire.Have](g)
	if len(have.Addresses) != 1 || len(have.TURN) != 2 || have.Capacity < perCore || have.Cores < 1 || have.Drained {
		t.Errorf("have %+v", have)
	}
	if tested := await[wire.Tested](g); tested.Error != "" {
		t.Errorf("the self-test failed: %s", tested.Error)
	}
}

func TestPeopleComeInByRelayAlone(t *testing.T) {
	g := newGateway(t)
	g.worker(quiet())
	have := await[wire.Have](g)
	await[wire.Tested](g)
	for i, url := range have.TURN {
		t.Run(url[strings.Index(url, "?")+1:], func(t *testing.T) {
			o := person()
			username, password := cred.TURNCredential(g.welcome.TURNSecret, "x", time.Now().Add(time.Minute))
			o.RelayOnly, o.IceServers = true, []wire.IceServer{{URLs: []string{url}, Username: username, Credential: password}}
			p := enter(g, 7, o, connection+wire.ConnectionID("-"+string(rune('a'+i))))
			p.Close()
		})
	}
}

func TestTheRelayIsShutToWhoHasParted(t *testing.T) {
	g := newGateway(t)
	g.worker(quiet())
	have := await[wire.Have](g)
	await[wire.Tested](g)
	p := enter(g, 7, person(), connection+"-left")
	p.Close()
	await[wire.Parted](g)
	g.say(wire.Part{Connection: connection + "-removed"})
	enter(g, 8, person(), connection+"-stays")
	url := have.TURN[0]
	server := strings.TrimSuffix(strings.TrimPrefix(url, "turn:"), "?transport=udp")
	media := have.Addresses[0]
	for id, welcome := range map[string]bool{"-left": false, "-removed": false, "-stays": true} {
		username, password := cred.TURNCredential(g.welcome.TURNSecret, string(connection)+id, time.Now().Add(time.Minute))
		probe := turn.Probe{Network: "udp", Server: server, Username: username, Password: password, Media: media}
		err := probe.Run(t.Context())
		for range 100 { // the part may be under way yet
			if (err == nil) == welcome {
				break
			}
			err = probe.Run(t.Context())
		}
		if (err == nil) != welcome {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestACallOutlivesTheLink(t *testing.T) {
	g := newGateway(t)
	g.worker(quiet())
	listener := enter(g, 8, rtcpeer.Options{Microphone: true, Audios: 1}, connection+"-8")
	enter(g, 7, person(), connection+"-7")
	sound := func(s rtcpeer.State) rtcpeer.Stream { return s.Slots[0].Audio }
	until(t, listener, "sound", func(s rtcpeer.State) bool { return sound(s).Packets > 10 })
	g.hangUp()
	before := sound(listener.State()).Packets
	until(t, listener, "two seconds of sound", func(s rtcpeer.State) bool { return sound(s).Packets > before+100 })
	if s := sound(listener.State()); s.Missing > 0 || s.From != 7 {
		t.Errorf("%d packets were lost of %d from %d", s.Missing, s.Packets, s.From)
	}
	have := await[wire.Have](g)
	for len(have.Live) == 0 {
		have = await[wire.Have](g)
	}
	want := wire.Live{Room: "room-1", Connection: connection + "-7", Participant: 7}
	if len(have.Live) != 2 || have.Live[0] != want {
		t.Errorf("after the link came back the worker has %+v", have.Live)
	}
}

func TestDrainingIsRefusedWhileSomebodyIsHere(t *testing.T) {
	g := newGateway(t)
	w := g.worker(quiet())
	p := enter(g, 7, person(), connection)
	if w.station.Drain(true) {
		t.Fatal("drained with somebody in a call")
	}
	p.Close()
	if parted := await[wire.Parted](g); parted.Connection != connection || parted.Failed {
		t.Errorf("parted %+v", parted)
	}
	g.say(wire.Drain{})
	drained := await[wire.Drained](g)
	if drained.Epoch != 1 {
		t.Errorf("drained in epoch %d", drained.Epoch)
	}
	g.say(wire.Recall{})
	if !w.station.Drain(false) {
		t.Error("a recall undid what was signed")
	}
	if _, err := w.station.Join(t.Context(), wire.Join{}); err == nil {
		t.Error("a drained worker takes joins")
	}
}

func TestAHigherEpochLetsADrainedWorkerServeAgain(t *testing.T) {
	g := newGateway(t)
	w := g.worker(quiet())
	await[wire.Have](g)
	if !w.station.Drain(true) {
		t.Fatal("not drained")
	}
	again := g.welcome
	again.Epoch++
	w.station.Welcome(again)
	if w.station.Have().Drained {
		t.Error("still drained in the next epoch")
	}
	enter(g, 7, person(), connection)
}

func TestTheLastUsageIsSaidBeforeTheWorkerEnds(t *testing.T) {
	g := newGateway(t)
	w := g.worker(quiet())
	p := enter(g, 7, person(), connection)
	began := time.Now()
	until(t, p, "a second of presence", func(rtcpeer.State) bool { return time.Since(began) > time.Second })
	w.stop()
	asked := time.Now()
	if err := <-w.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if took := time.Since(asked); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
	sum := 0
	for len(g.got) > 0 {
		if u, ok := (<-g.got).(wire.Usage); ok {
			for _, m := range u.Minutes {
				sum += m.Seconds
			}
		}
	}
	if sum < 1 {
		t.Error("the presence was not reported")
	}
}

func TestARejectedWorkerEnds(t *testing.T) {
	g := newGateway(t)
	w := g.worker(quiet())
	await[wire.Have](g)
	g.say(wire.Reject{Code: wire.CodeStaleEpoch})
	var rejected *link.Rejected
	if err := <-w.ended; !errors.As(err, &rejected) {
		t.Errorf("ended with %v", err)
	}
}

func TestTheDeadMansSwitchWaitsForPeople(t *testing.T) {
	g := newGateway(t)
	w := g.worker(quiet())
	p := enter(g, 7, person(), connection)
	now := time.Now()
	if reason := w.station.over(now, 11*time.Minute); reason != "" {
		t.Fatalf("ends itself with somebody in a call: %s", reason)
	}
	p.Close()
	await[wire.Parted](g)
	if reason := w.station.over(now, 9*time.Minute); reason != "" {
		t.Errorf("ends itself too early: %s", reason)
	}
	if reason := w.station.over(now, 10*time.Minute); reason == "" {
		t.Error("goes on without a gateway and without people")
	}
	if _, err := w.media.Join(t.Context(), wire.Join{}); err == nil {
		t.Error("takes joins after it decided to end")
	}
}

func TestASilentGatewayEndsAnEmptyWorker(t *testing.T) {
	g := newGateway(t)
	g.welcome.SilenceMS = 1
	w := g.worker(quiet())
	if err := <-w.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestTheHardStopEndsACall(t *testing.T) {
	g := newGateway(t)
	past := time.Now().Add(-hardStopGrace)
	g.welcome.HardStopAt = &past
	w := g.worker(quiet())
	if err := <-w.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestABadKeyIsNamedBeforeAnythingIsServed(t *testing.T) {
	free, err := net.Listen("tcp", "127.77.0.1:0") // where nobody else takes the port meanwhile
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	_, err = New(t.Context(), Settings{Gateway: "http://localhost", Media: "127.77.0.1:0", TURN: address, Key: ed25519.PrivateKey{}}, quiet())
	if err == nil || !strings.Contains(err.Error(), "control link") {
		t.Errorf("got %v", err)
	}
	again, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("the relay's socket is still open: %v", err)
	}
	again.Close()
}
