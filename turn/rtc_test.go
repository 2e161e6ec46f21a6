package turn

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

// sfu is an ICE-lite connection behind the rig's mux, which echoes on its DataChannels.
func (r *rig) sfu() *webrtc.PeerConnection {
	r.t.Helper()
	logs := new(Logs)
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: r.mux, Logger: logs.NewLogger("")})
	r.t.Cleanup(func() { mux.Close() })
	settings := webrtc.SettingEngine{LoggerFactory: logs}
	settings.SetLite(true)
	settings.SetICEUDPMux(mux)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	return r.peer(settings, webrtc.Configuration{})
}

func (r *rig) peer(settings webrtc.SettingEngine, c webrtc.Configuration) *webrtc.PeerConnection {
	r.t.Helper()
	peer, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(c)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { peer.GracefulClose() })
	return peer
}

// browser is a connection that may use relays only.
func (r *rig) browser(network string) *webrtc.PeerConnection {
	settings := webrtc.SettingEngine{LoggerFactory: new(Logs)}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetRelayAcceptanceMinWait(0)
	username, password := credential("browser", time.Hour)
	return r.peer(settings, webrtc.Configuration{
		ICETransportPolicy: webrtc.ICETransportPolicyRelay,
		ICEServers: []webrtc.ICEServer{{
			URLs:     []string{"turn:" + r.address(network) + "?transport=" + network},
			Username: username, Credential: password,
		}},
	})
}

func exchangeSDP(t *testing.T, browser, sfu *webrtc.PeerConnection) {
	t.Helper()
	offer, err := browser.CreateOffer(nil)
	check(t, err)
	check(t, browser.SetLocalDescription(offer))
	check(t, sfu.SetRemoteDescription(offer)) // without candidates
	answer, err := sfu.CreateAnswer(nil)
	check(t, err)
	gathered := webrtc.GatheringCompletePromise(sfu)
	check(t, sfu.SetLocalDescription(answer))
	<-gathered
	check(t, browser.SetRemoteDescription(*sfu.LocalDescription()))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// echo sends one message on a DataChannel and waits for it to come back.
func echo(t *testing.T, browser, sfu *webrtc.PeerConnection) {
	t.Helper()
	sfu.OnDataChannel(func(d *webrtc.DataChannel) {
		d.OnMessage(func(m webrtc.DataChannelMessage) { _ = d.SendText(string(m.Data)) })
	})
	channel, err := browser.CreateDataChannel("echo", nil)
	check(t, err)
	heard := make(chan string, 1)
	channel.OnOpen(func() { _ = channel.SendText("wach auf") })
	channel.OnMessage(func(m webrtc.DataChannelMessage) { heard <- string(m.Data) })
	exchangeSDP(t, browser, sfu)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case text := <-heard:
		if text != "wach auf" {
			t.Fatalf("heard %q", text)
		}
	case <-ctx.Done():
		t.Fatalf("nothing came back; browser %s", browser.ICEConnectionState())
	}
}

func TestABrowserReachesTheMediaServerThroughARelayOnly(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			r := newRig(t, Config{})
			sfu, browser := r.sfu(), r.browser(network)
			echo(t, browser, sfu)
			pair, err := sfu.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
			check(t, err)
			if pair.Remote.Typ != webrtc.ICECandidateTypePrflx || !strings.HasPrefix(pair.Remote.Address, "198.51.100.") {
				t.Errorf("the media server talks to %s %s, not to a relay", pair.Remote.Typ, pair.Remote.Address)
			}
			if s := r.server.Stats(); s.Allocations == 0 || s.Dropped+s.Forged != 0 {
				t.Errorf("stats: %+v", s)
			}
		})
	}
}
