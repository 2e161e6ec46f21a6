package sfu

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"weckruf/worker/rtpx"
)

// reportEvery is how often a slot's sender report is sent: browsers need them to play sound
// and picture together.
const reportEvery = 500 * time.Millisecond

// remembered is how many packets a slot can repeat.
const remembered = 256

// output is one m-line of a slot: one outgoing RTP stream whose source can change at any
// packet. It implements webrtc.TrackLocal.
type output struct {
	// immutable
	owner  *endpoint
	stream string
	kind   webrtc.RTPCodecType

	// owned by whoever negotiates
	sender  *webrtc.RTPSender
	watched bool

	mu         sync.Mutex // held while a packet is written: a stream has one order
	feed       *feed      // what feeds the slot, nil when empty
	current    *layer     // what is forwarded, nil until the next key frame
	target     *layer     // what is to be forwarded
	height     int        // of the tile, pixels
	line       rtpx.Line
	pictures   rtpx.VP8Line
	extensions rtpx.Extensions
	remap      rtpx.Remap
	egress     egress
	binding    binding
	opened     bool
	header     rtp.Header
	payload    []byte
	sent       []sentPacket // of a picture, by sequence number
	packets    uint32
	octets     uint32
	reported   time.Duration
}

// sentPacket says where a packet that was sent came from.
type sentPacket struct {
	layer    *layer
	seq, out uint16
	shift    rtpx.Deltas
	pictures rtpx.VP8Deltas
}

func newOutput(owner *endpoint, stream string, kind webrtc.RTPCodecType) *output {
	o := &output{owner: owner, stream: stream, kind: kind, extensions: rtpx.Extensions{}}
	o.line.Rate = 48000
	if o.video() {
		o.line.Rate = 90000
		o.sent = make([]sentPacket, remembered)
	}
	o.egress = newPath(o.video())
	o.height = 180
	return o
}

func (o *output) video() bool { return o.kind == webrtc.RTPCodecTypeVideo }

// ID implements webrtc.TrackLocal.
func (o *output) ID() string { return o.stream + "-" + o.kind.String() }

// RID implements webrtc.TrackLocal: slots are not simulcast.
func (o *output) RID() string { return "" }

// StreamID implements webrtc.TrackLocal: both m-lines of a slot share it, so that browsers
// play them together.
func (o *output) StreamID() string { return o.stream }

// Kind implements webrtc.TrackLocal.
func (o *output) Kind() webrtc.RTPCodecType { return o.kind }

var errNoCodec = errors.New("the page understands neither VP8 nor Opus")

// Bind implements webrtc.TrackLocal. The connection does not stand yet.
func (o *output) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	mime := webrtc.MimeTypeOpus
	if o.video() {
		mime = webrtc.MimeTypeVP8
	}
	for _, codec := range c.CodecParameters() {
		if strings.EqualFold(codec.MimeType, mime) {
			o.bind(c, codec)
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, errNoCodec
}

func (o *output) bind(c webrtc.TrackLocalContext, codec webrtc.RTPCodecParameters) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, x := range c.HeaderExtensions() {
		if x.ID > 0 && x.ID < 15 {
			o.extensions[x.URI] = uint8(x.ID)
		}
	}
	if o.current != nil {
		o.remap = rtpx.NewRemap(o.current.extensions, o.extensions, rtpx.URIAudioLevel)
	}
	o.binding = binding{
		writer:  c.WriteStream(),
		ssrc:    uint32(c.SSRC()),
		payload: uint8(codec.PayloadType),
		repairs: uint32(c.SSRCRetransmission()),
		repair:  repairType(c.CodecParameters(), codec.PayloadType),
	}
}

// Unbind implements webrtc.TrackLocal.
func (o *output) Unbind(webrtc.TrackLocalContext) error { return nil }

// follow makes the output carry a feed, or nothing.
func (o *output) follow(f *feed) {
	o.mu.Lock()
	old := o.feed
	o.feed, o.current, o.target = f, nil, nil
	o.egress.drop()
	o.mu.Unlock()
	if old == f {
		return
	}
	if old != nil {
		old.unsubscribe(o)
	}
	if f != nil {
		f.subscribe(o)
	}
}

// restart makes the output wait for a key frame, as after a switch.
func (o *output) restart() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.current = nil
}

// resize says how large the tile is, in pixels.
func (o *output) resize(height int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.height = height
}

// push forwards one packet of a layer, if it is this one's turn.
func (o *output) push(l *layer, p *packet) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.feed != l.feed || l != o.current && !o.turnTo(l, p) {
		return
	}
	seq, ts, ok := o.line.Map(p.header.SequenceNumber, p.header.Timestamp, p.at)
	if !ok {
		return
	}
	h := &o.header
	*h = rtp.Header{Version: 2, Marker: p.header.Marker, SequenceNumber: seq, Timestamp: ts, CSRC: append(h.CSRC[:0], uint32(l.feed.owner.participant)), Extensions: h.Extensions[:0]}
	payload := p.payload
	if o.video() {
		o.payload = o.pictures.Rewrite(o.payload, payload, p.vp8)
		payload = o.payload
		o.sent[seq%remembered] = sentPacket{layer: l, seq: p.header.SequenceNumber, out: seq, shift: o.line.Shift(seq, p.header.SequenceNumber), pictures: o.pictures.Deltas()}
	} else {
		o.remap.Copy(h, &p.header)
	}
	o.packets++
	o.octets += uint32(len(payload))
	o.egress.send(h, payload, o.video() && p.vp8.Key)
}

// turnTo switches to a layer where that can be done: sound at any packet, pictures at a key
// frame of the wanted layer, or of any while nothing is shown.
func (o *output) turnTo(l *layer, p *packet) bool {
	if o.video() && (!p.vp8.Key || o.current != nil && l != o.target) {
		return false
	}
	if !o.video() && o.current != nil && o.current.active(o.owner.sfu.now()) {
		return false
	}
	o.line.Switch(p.header.SequenceNumber, p.header.Timestamp, p.at)
	o.pictures.Switch(p.vp8)
	o.current = l
	o.remap = rtpx.NewRemap(l.extensions, o.extensions, rtpx.URIAudioLevel)
	o.reported = 0
	return true
}

// skip closes the gap of a packet that is not forwarded.
func (o *output) skip(l *layer, seq uint16) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.current == l {
		o.line.Skip(seq)
	}
}

// open lets the packets out: the connection stands.
func (o *output) open() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.opened || o.binding.writer == nil {
		return
	}
	o.egress.open(o.binding)
	o.opened, o.reported = true, 0
}

// tend looks after the output: which layer it should have, whether it waits for a key frame,
// whether a report is due. It returns what is to be sent.
func (o *output) tend(now time.Duration) (ask *layer, report rtcp.Packet) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.feed == nil {
		return nil, nil
	}
	if o.video() && o.feed.on.Load() {
		o.target = o.feed.choose(o.height, now)
		if o.target != o.current {
			ask = o.target
		}
	}
	if o.line.Started() && o.opened && (o.reported == 0 || now-o.reported >= reportEvery) {
		o.reported = now
		report = o.report(now)
	}
	return ask, report
}

// report is the sender report (RFC 3550 §6.4.1) at this moment: it tells which timestamp the
// worker's clock has reached, by the source's own clock where that is known.
func (o *output) report(now time.Duration) *rtcp.SenderReport {
	ts := o.line.TimeAt(now)
	if o.current != nil {
		if source, ok := o.current.timestampAt(now); ok {
			ts = o.line.Time(source)
		}
	}
	return &rtcp.SenderReport{
		SSRC:        o.binding.ssrc,
		NTPTime:     rtpx.NTP(o.owner.sfu.start.Add(now)),
		RTPTime:     ts,
		PacketCount: o.packets,
		OctetCount:  o.octets,
	}
}
