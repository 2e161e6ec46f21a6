package sfu

import (
	"context"
	"fmt"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"weckruf/worker/rtpx"
)

// A page that vanished is noticed after the sum of these: browsers check the path every
// 2.5 s at the least (RFC 7675 §5.1).
const (
	disconnectedAfter = 5 * time.Second
	failedAfter       = 5 * time.Second
	keepalive         = 2 * time.Second
)

// newPeerConnection makes a connection with an API of its own: on a shared one, payload types
// and extension ids of one browser would be used for another.
func (e *endpoint) newPeerConnection() (*webrtc.API, *webrtc.PeerConnection, error) {
	media := &webrtc.MediaEngine{}
	if err := registerMedia(media); err != nil {
		return nil, nil, err
	}
	feedback, err := newFeedback(e.sfu.logs)
	if err != nil {
		return nil, nil, err
	}
	settings, err := e.settings()
	if err != nil {
		return nil, nil, err
	}
	api := webrtc.NewAPI(
		webrtc.WithMediaEngine(media),
		webrtc.WithInterceptorRegistry(feedback),
		webrtc.WithSettingEngine(settings),
	)
	pc, err := api.NewPeerConnection(webrtc.Configuration{
		Certificates: []webrtc.Certificate{e.sfu.certificate},
		BundlePolicy: webrtc.BundlePolicyMaxBundle,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("peer connection: %w", err)
	}
	return api, pc, nil
}

func (e *endpoint) settings() (webrtc.SettingEngine, error) {
	s := webrtc.SettingEngine{LoggerFactory: e.sfu.logs}
	s.DisableMediaEngineCopy(true)
	s.SetLite(true)
	s.SetICEUDPMux(e.sfu.mux)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.DisableActiveTCP(true)
	s.SetICETimeouts(disconnectedAfter, failedAfter, keepalive)
	s.SetDTLSInsecureSkipHelloVerify(true)
	s.SetDTLSRetransmissionInterval(100 * time.Millisecond)
	s.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	// Chromium nominates a lite agent only on a later check; taking the first one saves 50 to
	// 110 ms, and a nomination that follows still wins.
	s.SetICEBindingRequestHandler(func(*stun.Message, ice.Candidate, ice.Candidate, *ice.CandidatePair) bool {
		return e.nominated.CompareAndSwap(false, true)
	})
	if err := s.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return s, fmt.Errorf("dtls role: %w", err)
	}
	return s, nil
}

// registerMedia names what is understood: VP8 with retransmission and Opus.
func registerMedia(media *webrtc.MediaEngine) error {
	feedback := []webrtc.RTCPFeedback{{Type: "transport-cc"}, {Type: "ccm", Parameter: "fir"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}}
	codecs := []struct {
		codec webrtc.RTPCodecParameters
		kind  webrtc.RTPCodecType
	}{
		{webrtc.RTPCodecParameters{PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
			RTCPFeedback: []webrtc.RTCPFeedback{{Type: "transport-cc"}},
		}}, webrtc.RTPCodecTypeAudio},
		{webrtc.RTPCodecParameters{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback,
		}}, webrtc.RTPCodecTypeVideo},
		{webrtc.RTPCodecParameters{PayloadType: 97, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96",
		}}, webrtc.RTPCodecTypeVideo},
	}
	for _, c := range codecs {
		if err := media.RegisterCodec(c.codec, c.kind); err != nil {
			return fmt.Errorf("register %s: %w", c.codec.MimeType, err)
		}
	}
	return registerExtensions(media)
}

const uriTransportCC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

func registerExtensions(media *webrtc.MediaEngine) error {
	both := []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}
	receive := webrtc.RTPTransceiverDirectionRecvonly
	for _, x := range []struct {
		uri        string
		kinds      []webrtc.RTPCodecType
		directions []webrtc.RTPTransceiverDirection
	}{
		{rtpx.URIMid, both, []webrtc.RTPTransceiverDirection{receive}},
		{uriTransportCC, both, []webrtc.RTPTransceiverDirection{receive}},
		{rtpx.URIRid, both[1:], []webrtc.RTPTransceiverDirection{receive}},
		{rtpx.URIRepairRid, both[1:], []webrtc.RTPTransceiverDirection{receive}},
		{rtpx.URIAudioLevel, both[:1], nil},
	} {
		for _, kind := range x.kinds {
			if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: x.uri}, kind, x.directions...); err != nil {
				return fmt.Errorf("register a header extension: %w", err)
			}
		}
	}
	return nil
}

// newFeedback is what tells publishers of loss and arrival: reports, requests for missing
// packets, transport-wide feedback. What slots send is reported and repeated by the slots.
func newFeedback(logs *quietLogs) (*interceptor.Registry, error) {
	registry := &interceptor.Registry{}
	missing, err := nack.NewGeneratorInterceptor(nack.GeneratorInterval(30*time.Millisecond), nack.GeneratorSkipLastN(2), nack.WithGeneratorLoggerFactory(logs))
	if err != nil {
		return nil, fmt.Errorf("nack: %w", err)
	}
	reports, err := report.NewReceiverInterceptor(report.WithReceiverLoggerFactory(logs))
	if err != nil {
		return nil, fmt.Errorf("receiver reports: %w", err)
	}
	arrivals, err := twcc.NewSenderInterceptor(twcc.SendInterval(50*time.Millisecond), twcc.WithLoggerFactory(logs))
	if err != nil {
		return nil, fmt.Errorf("transport feedback: %w", err)
	}
	registry.Add(missing)
	registry.Add(reports)
	registry.Add(arrivals)
	return registry, nil
}

// answer applies the offer and returns the answer with all candidates. The outputs are those
// of the offer's slots.
func (e *endpoint) answer(ctx context.Context, offer string, p *plan, outputs map[string]*output) (string, error) {
	e.nominated.Store(false)
	if err := e.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", badOffer("the description cannot be applied: %s", scrub(err.Error()))
	}
	if err := e.attach(outputs); err != nil {
		return "", badOffer("a slot cannot be made: %s", scrub(err.Error()))
	}
	answer, err := e.pc.CreateAnswer(nil)
	if err != nil {
		return "", badOffer("no answer can be made: %s", scrub(err.Error()))
	}
	gathered := webrtc.GatheringCompletePromise(e.pc)
	if err := e.pc.SetLocalDescription(answer); err != nil {
		return "", badOffer("the answer cannot be applied: %s", scrub(err.Error()))
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", fmt.Errorf("gather candidates: %w", ctx.Err())
	case <-e.sfu.done:
		return "", ErrClosed
	}
	local := e.pc.LocalDescription()
	if local == nil {
		return "", badOffer("the connection was closed")
	}
	e.watch(outputs)
	return describe(local.SDP, e.sfu.options.Addresses, p), nil
}

// attach gives each slot's m-lines the tracks of the slot.
func (e *endpoint) attach(outputs map[string]*output) error {
	transport := e.pc.SCTP().Transport()
	for _, t := range e.pc.GetTransceivers() {
		o := outputs[t.Mid()]
		if o == nil || t.Sender() != nil {
			continue
		}
		sender, err := e.api.NewRTPSender(o, transport)
		if err != nil {
			return fmt.Errorf("sender: %w", err)
		}
		if err := t.SetSender(sender, o); err != nil {
			return fmt.Errorf("attach: %w", err)
		}
		o.sender = sender
	}
	return nil
}

// watch reads the feedback to those slots that are new.
func (e *endpoint) watch(outputs map[string]*output) {
	for _, o := range outputs {
		if o.sender != nil && !o.watched {
			o.watched = true
			e.sfu.task(o.readFeedback)
		}
	}
}
