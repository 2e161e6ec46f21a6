package rtcpeer

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// register names the codecs and header extensions as a page offers them.
func register(media *webrtc.MediaEngine) (*interceptor.Registry, error) {
	opus := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
	vp8 := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}}}
	rtx := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=102"}
	for _, c := range []struct {
		codec webrtc.RTPCodecParameters
		kind  webrtc.RTPCodecType
	}{
		{webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 109}, webrtc.RTPCodecTypeAudio},
		{webrtc.RTPCodecParameters{RTPCodecCapability: vp8, PayloadType: 102}, webrtc.RTPCodecTypeVideo},
		{webrtc.RTPCodecParameters{RTPCodecCapability: rtx, PayloadType: 103}, webrtc.RTPCodecTypeVideo},
	} {
		if err := media.RegisterCodec(c.codec, c.kind); err != nil {
			return nil, fmt.Errorf("register a codec: %w", err)
		}
	}
	level := webrtc.RTPHeaderExtensionCapability{URI: sdp.AudioLevelURI}
	if err := media.RegisterHeaderExtension(level, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("register an extension: %w", err)
	}
	registry := &interceptor.Registry{}
	if err := webrtc.RegisterDefaultInterceptors(media, registry); err != nil {
		return nil, fmt.Errorf("register interceptors: %w", err)
	}
	return registry, nil
}

// stream is one outgoing RTP stream.
type stream struct {
	track   *webrtc.TrackLocalStaticRTP
	sender  *webrtc.RTPSender
	video   bool
	rid     string
	width   int
	height  int
	level   uint8
	origin  uint32 // random start of the timestamps
	key     atomic.Bool
	paused  atomic.Bool
	begin   sync.Once
	packets atomic.Uint64
	keys    atomic.Uint64
	ids     map[string]uint8
}

func (p *Peer) addSenders() error {
	o := p.options
	for _, s := range []struct {
		wanted bool
		mid    *string
		video  bool
		name   string
	}{
		{o.Microphone, &p.sender.Microphone, false, "microphone"},
		{o.Camera, &p.sender.Camera, true, "camera"},
		{o.Screen, &p.sender.Screen, true, "screen"},
		{o.ScreenSound, &p.sender.ScreenSound, false, "screen-sound"},
	} {
		if !s.wanted {
			continue
		}
		if err := p.addSender(s.name, s.video, s.video && o.Simulcast && s.name == "camera"); err != nil {
			return fmt.Errorf("add %s: %w", s.name, err)
		}
	}
	return nil
}

// addSender adds one sending m-line, with three layers if asked.
func (p *Peer) addSender(name string, video, simulcast bool) error {
	rids := []string{""}
	if simulcast {
		rids = []string{"q", "h", "f"}
	}
	var sender *webrtc.RTPSender
	for i, rid := range rids {
		s := &stream{video: video, rid: rid, level: p.options.Level, origin: rand.Uint32(), width: 640, height: 360}
		if simulcast {
			s.width, s.height = 320<<i, 180<<i
		}
		capability := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}
		if video {
			capability.MimeType = webrtc.MimeTypeVP8
		}
		var options []func(*webrtc.TrackLocalStaticRTP)
		if rid != "" {
			options = append(options, webrtc.WithRTPStreamID(rid))
		}
		var err error
		if s.track, err = webrtc.NewTrackLocalStaticRTP(capability, name, "peer", options...); err != nil {
			return err
		}
		if sender == nil {
			transceiver, err := p.pc.AddTransceiverFromTrack(s.track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
			if err != nil {
				return err
			}
			sender = transceiver.Sender()
		} else if err := sender.AddEncoding(s.track); err != nil {
			return err
		}
		s.sender = sender
		p.senders = append(p.senders, s)
	}
	return nil
}

// nameSenders finds out the mids of the senders, once they have one.
func (p *Peer) nameSenders() {
	for _, t := range p.pc.GetTransceivers() {
		if t.Sender() == nil || t.Sender().Track() == nil || t.Direction() != webrtc.RTPTransceiverDirectionSendonly {
			continue
		}
		switch t.Sender().Track().ID() {
		case "microphone":
			p.sender.Microphone = t.Mid()
		case "camera":
			p.sender.Camera = t.Mid()
		case "screen":
			p.sender.Screen = t.Mid()
		case "screen-sound":
			p.sender.ScreenSound = t.Mid()
		}
	}
}

// start reports whether the stream begins now.
func (s *stream) start() (first bool) {
	s.begin.Do(func() { first = true })
	if first {
		s.ids = make(map[string]uint8)
		for _, x := range s.sender.GetParameters().HeaderExtensions {
			s.ids[x.URI] = uint8(x.ID)
		}
		s.key.Store(true)
	}
	return first
}

// listen heeds requests for key frames.
func (s *stream) listen() {
	buffer := make([]byte, 1600)
	for {
		var n int
		var err error
		if s.rid == "" {
			n, _, err = s.sender.Read(buffer)
		} else {
			n, _, err = s.sender.ReadSimulcast(buffer, s.rid)
		}
		if err != nil {
			return
		}
		packets, _ := rtcp.Unmarshal(buffer[:n])
		for _, packet := range packets {
			switch packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				s.key.Store(true)
			}
		}
	}
}

// play sends frames until the peer ends.
func (p *Peer) play(s *stream) {
	every := 20 * time.Millisecond
	clock := uint32(48000)
	if s.video {
		every, clock = time.Second/time.Duration(p.options.FPS), 90000
	}
	mid := s.mid(p)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	began := time.Now()
	w := writer{stream: s, mid: mid, seq: uint16(rand.Uint32()), picture: uint16(rand.Uint32()) & 0x7fff}
	for {
		if !s.paused.Load() && p.standing() {
			ts := s.origin + uint32(time.Since(began).Microseconds()*int64(clock)/1e6)
			if s.video {
				w.frame(ts, p.options.KeyPackets, p.options.DeltaPackets)
			} else {
				w.sound(ts)
			}
		}
		select {
		case <-p.ctx.Done():
			return
		case <-ticker.C:
		case <-p.connected():
		}
	}
}

func (s *stream) mid(p *Peer) string {
	for _, t := range p.pc.GetTransceivers() {
		if t.Sender() == s.sender {
			return t.Mid()
		}
	}
	return ""
}

type writer struct {
	*stream
	mid     string
	seq     uint16
	picture uint16
}

// frame sends one picture in several packets: valid payload descriptors and, in a key frame,
// a valid frame header, with filling.
func (w *writer) frame(ts uint32, keyPackets, deltaPackets int) {
	key, n := w.key.Swap(false), deltaPackets
	if key {
		n = keyPackets
		w.keys.Add(1)
	}
	w.picture = (w.picture + 1) & 0x7fff
	for i := range n {
		payload := make([]byte, 0, 1100)
		first := byte(0x80)
		if i == 0 {
			first |= 0x10
		}
		payload = append(payload, first, 0xc0)
		payload = binary.BigEndian.AppendUint16(payload, w.picture|0x8000)
		payload = append(payload, byte(w.picture)) // TL0PICIDX
		if i == 0 {
			payload = append(payload, w.head(key)...)
		}
		w.write(ts, i == n-1, payload[:1000])
	}
}

// head is a VP8 frame header (RFC 6386 §9.1).
func (w *writer) head(key bool) []byte {
	if !key {
		return []byte{0x31, 0, 0}
	}
	h := []byte{0x30, 0, 0, 0x9d, 0x01, 0x2a}
	h = binary.LittleEndian.AppendUint16(h, uint16(w.width))
	return binary.LittleEndian.AppendUint16(h, uint16(w.height))
}

// sound sends 20 ms of Opus silence.
func (w *writer) sound(ts uint32) { w.write(ts, false, []byte{0xf8, 0xff, 0xfe}) }

func (w *writer) write(ts uint32, marker bool, payload []byte) {
	h := rtp.Header{Version: 2, Marker: marker, SequenceNumber: w.seq, Timestamp: ts}
	w.seq++
	w.extend(&h)
	// Loss is what networks do.
	_ = w.track.WriteRTP(&rtp.Packet{Header: h, Payload: payload})
	w.packets.Add(1)
}

func (w *writer) extend(h *rtp.Header) {
	set := func(uri string, value []byte) {
		if id := w.ids[uri]; id != 0 && len(value) > 0 {
			_ = h.SetExtension(id, value)
		}
	}
	set(sdp.SDESMidURI, []byte(w.mid))
	set(sdp.SDESRTPStreamIDURI, []byte(w.rid))
	if !w.video {
		set(sdp.AudioLevelURI, []byte{w.level | 0x80})
	}
}

// Pause stops (or resumes) one layer or all: rid "" means all streams of the name.
func (p *Peer) Pause(name, rid string, paused bool) {
	for _, s := range p.senders {
		if s.track.ID() == name && (rid == "" || s.rid == rid) {
			s.paused.Store(paused)
		}
	}
}

// Sent is how many packets were sent of all.
func (p *Peer) Sent() (packets uint64) {
	for _, s := range p.senders {
		packets += s.packets.Load()
	}
	return packets
}
