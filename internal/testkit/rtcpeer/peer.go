// Package rtcpeer is a participant without a browser, for tests and benchmarks: it offers as
// the page does, sends synthetic VP8 and Opus, and counts what arrives in its slots.
package rtcpeer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"weckruf/internal/wire"
)

// Options says what a peer offers.
type Options struct {
	// What the peer has m-lines for and sends from the first moment on.
	Microphone, Camera, Screen, ScreenSound bool
	// Simulcast sends the camera in three layers: 180, 360 and 720 lines.
	Simulcast bool
	// FPS of all pictures, 1 to 60; 0 means 15.
	FPS int
	// KeyPackets and DeltaPackets are the sizes of frames in packets; 0 means 4 and 1.
	KeyPackets, DeltaPackets int
	// Level is the audio level that is sent, 0 (loudest) to 127; 0 means 40.
	Level uint8
	// The slots.
	Pairs, Audios, Screens int
	IceServers             []wire.IceServer
	RelayOnly              bool
	// Sources are announced; nil means what is sent.
	Sources *wire.Sources
}

func (o Options) filled() Options {
	if o.FPS == 0 {
		o.FPS = 15
	}
	if o.KeyPackets == 0 {
		o.KeyPackets = 4
	}
	if o.DeltaPackets == 0 {
		o.DeltaPackets = 1
	}
	if o.Level == 0 {
		o.Level = 40
	}
	if o.Sources == nil {
		o.Sources = &wire.Sources{Microphone: o.Microphone, Camera: o.Camera, Screen: o.Screen, ScreenSound: o.ScreenSound}
	}
	return o
}

// Peer is one participant. It is safe for concurrent use, except that offers and answers are
// for one goroutine.
type Peer struct {
	options Options // immutable
	pc      *webrtc.PeerConnection
	channel *webrtc.DataChannel
	ctx     context.Context
	cancel  context.CancelFunc
	tasks   sync.WaitGroup

	sender  wire.Sender
	senders []*stream
	slots   []plannedSlot

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every change
	state   State
	mids    map[string]*Stream
}

type plannedSlot struct {
	kind         wire.SlotKind
	audio, video *webrtc.RTPTransceiver
}

// New makes a peer that has not offered yet. Close ends it.
func New(options Options) (*Peer, error) {
	p := &Peer{options: options.filled(), changed: make(chan struct{}), mids: make(map[string]*Stream)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if err := p.connect(); err != nil {
		p.cancel()
		return nil, fmt.Errorf("make a peer: %w", err)
	}
	if err := errors.Join(p.addSenders(), p.AddSlots(p.options.Pairs, p.options.Audios, p.options.Screens)); err != nil {
		p.Close()
		return nil, fmt.Errorf("make a peer: %w", err)
	}
	return p, nil
}

func (p *Peer) connect() error {
	media := &webrtc.MediaEngine{}
	settings := webrtc.SettingEngine{LoggerFactory: quiet{}}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.DisableActiveTCP(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	registry, err := register(media)
	if err != nil {
		return err
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(registry))
	p.pc, err = api.NewPeerConnection(p.configuration())
	if err != nil {
		return err
	}
	negotiated, id := true, uint16(0)
	p.channel, err = p.pc.CreateDataChannel("weckruf", &webrtc.DataChannelInit{Negotiated: &negotiated, ID: &id})
	if err != nil {
		_ = p.pc.Close()
		return err
	}
	p.channel.OnOpen(func() { p.update(func(s *State) { s.Open = true }) })
	p.channel.OnMessage(p.hear)
	p.pc.OnTrack(p.receive)
	p.pc.OnConnectionStateChange(func(c webrtc.PeerConnectionState) {
		p.update(func(s *State) { s.Connection = c })
	})
	return nil
}

func (p *Peer) configuration() webrtc.Configuration {
	c := webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle}
	if p.options.RelayOnly {
		c.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	for _, s := range p.options.IceServers {
		c.ICEServers = append(c.ICEServers, webrtc.ICEServer{URLs: s.URLs, Username: s.Username, Credential: s.Credential})
	}
	return c
}

// AddSlots plans further slots for the next offer.
func (p *Peer) AddSlots(pairs, audios, screens int) error {
	kinds := slices.Concat(
		slices.Repeat([]wire.SlotKind{wire.SlotPair}, pairs),
		slices.Repeat([]wire.SlotKind{wire.SlotAudio}, audios),
		slices.Repeat([]wire.SlotKind{wire.SlotScreen}, screens))
	for _, kind := range kinds {
		if err := p.addSlot(kind); err != nil {
			return err
		}
	}
	return nil
}

func (p *Peer) addSlot(kind wire.SlotKind) (err error) {
	s := plannedSlot{kind: kind}
	receive := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	if s.audio, err = p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, receive); err != nil {
		return fmt.Errorf("add a slot: %w", err)
	}
	if kind != wire.SlotAudio {
		if s.video, err = p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, receive); err != nil {
			return fmt.Errorf("add a slot: %w", err)
		}
	}
	p.slots = append(p.slots, s)
	return nil
}

// Kinds are the kinds of the slots, by number.
func (p *Peer) Kinds() []wire.SlotKind {
	var kinds []wire.SlotKind
	for _, s := range p.slots {
		kinds = append(kinds, s.kind)
	}
	return kinds
}

// Offer makes an offer without candidates, with the given wishes. With restart it asks for
// new ICE credentials.
func (p *Peer) Offer(connection wire.ConnectionID, restart bool, wishes ...wire.Wish) (wire.Offer, error) {
	description, err := p.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return wire.Offer{}, fmt.Errorf("offer: %w", err)
	}
	if err := p.pc.SetLocalDescription(description); err != nil {
		return wire.Offer{}, fmt.Errorf("offer: %w", err)
	}
	p.nameSenders()
	offer := wire.Offer{Connection: connection, SDP: description.SDP, Sender: p.sender, Wishes: wishes, Sources: *p.options.Sources}
	for i, s := range p.slots {
		o := wire.SlotOffer{Slot: wire.Slot(i), Kind: s.kind, Audio: s.audio.Mid()}
		if s.video != nil {
			o.Video = s.video.Mid()
		}
		offer.Slots = append(offer.Slots, o)
	}
	p.planStreams(offer.Slots)
	return offer, nil
}

// Answer applies the worker's answer. Media flows from then on.
func (p *Peer) Answer(sdp string) error {
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		return fmt.Errorf("apply the answer: %w", err)
	}
	if !p.options.RelayOnly && !p.standing() {
		p.tasks.Go(p.hurry)
	}
	for _, s := range p.senders {
		if s.start() {
			p.tasks.Go(func() { p.play(s) })
			p.tasks.Go(func() { s.listen() })
		}
	}
	return nil
}

// hurry makes pion look at the answers to its checks every 10 ms, about as browsers do. By
// itself it nominates a path only 200 ms after it found it, but a new candidate makes it look
// at once: these lead to a port where nobody is.
func (p *Peer) hurry() {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for i := 0; i < 30 && !p.standing(); i++ {
		select {
		case <-p.ctx.Done():
			return
		case <-ticker.C:
		}
		nowhere := fmt.Sprintf("candidate:%d 1 udp %d 127.0.0.%d 9 typ host", i+1, i+1, i+100)
		_ = p.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: nowhere})
	}
}

// Send sends a message on the channel, which must be open.
func (p *Peer) Send(m wire.Message) error {
	if err := p.channel.SendText(string(wire.Encode(m))); err != nil {
		return fmt.Errorf("send %s: %w", m.Kind(), err)
	}
	return nil
}

// SendRaw sends anything on the channel.
func (p *Peer) SendRaw(data []byte) error { return p.channel.Send(data) }

// Close ends the connection and waits for all that belongs to it.
func (p *Peer) Close() {
	p.cancel()
	_ = p.pc.GracefulClose()
	p.tasks.Wait()
}

// Vanish stops to send and to answer without a word, as a computer does that loses power.
// Close must still be called.
func (p *Peer) Vanish() {
	p.cancel()
	_ = p.pc.SCTP().Transport().ICETransport().Stop()
}

type quiet struct{}

func (quiet) NewLogger(string) logging.LeveledLogger { return silence{} }

type silence struct{}

func (silence) Trace(string)          {}
func (silence) Tracef(string, ...any) {}
func (silence) Debug(string)          {}
func (silence) Debugf(string, ...any) {}
func (silence) Info(string)           {}
func (silence) Infof(string, ...any)  {}
func (silence) Warn(string)           {}
func (silence) Warnf(string, ...any)  {}
func (silence) Error(string)          {}
func (silence) Errorf(string, ...any) {}
