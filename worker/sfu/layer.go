package sfu

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"weckruf/worker/rtpx"
)

// activeFor is how long a layer counts as sent after its last packet.
const activeFor = time.Second

// layer is one RTP stream that arrives: a microphone, or one resolution of a picture.
type layer struct {
	// immutable
	feed       *feed
	track      *webrtc.TrackRemote
	rid        string
	ssrc       uint32
	extensions rtpx.Extensions
	levelID    uint8

	height atomic.Int32  // pixels, of the last key frame
	last   atomic.Int64  // arrival of the newest packet, worker's clock
	count  atomic.Uint32 // packets that arrived for the first time
	span   atomic.Uint32 // packets that were sent, by their numbers

	// owned by run
	window  rtpx.Window
	highest uint16
	started bool

	mu    sync.Mutex
	clock rtpx.Clock
	keys  rtpx.Throttle
	cache rtpx.Cache
}

// packet is one packet on its way from a layer to the slots. It lives until the next one.
type packet struct {
	header  rtp.Header
	payload []byte
	vp8     rtpx.VP8
	at      time.Duration // moment on the worker's clock
}

func newLayer(f *feed, track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) *layer {
	l := &layer{feed: f, track: track, rid: track.RID(), ssrc: uint32(track.SSRC()), extensions: rtpx.Extensions{}}
	l.clock.Rate = clockRate(f.part)
	for _, x := range receiver.GetParameters().HeaderExtensions {
		if x.ID > 0 && x.ID < 15 {
			l.extensions[x.URI] = uint8(x.ID)
		}
	}
	l.levelID = l.extensions[rtpx.URIAudioLevel]
	return l
}

// clockRate is the RTP clock rate in Hz.
func clockRate(p part) uint32 {
	if p.video() {
		return 90000
	}
	return 48000
}

// run reads until the connection ends.
func (l *layer) run() {
	buffer := make([]byte, 1600)
	var p packet
	for {
		n, _, err := l.track.Read(buffer)
		if err != nil {
			return
		}
		l.take(buffer[:n], &p)
	}
}

// take forwards one packet. data is the caller's and is not kept.
func (l *layer) take(data []byte, p *packet) {
	size, err := p.header.Unmarshal(data)
	if err != nil {
		return
	}
	p.payload = unpad(p.header, data[size:])
	arrived := l.feed.owner.sfu.now()
	if !l.window.Fresh(p.header.SequenceNumber) {
		return
	}
	l.note(p.header.SequenceNumber, arrived)
	if !l.feed.on.Load() {
		return
	}
	if !l.inspect(p) {
		for _, o := range *l.feed.outputs.Load() {
			o.skip(l, p.header.SequenceNumber)
		}
		return
	}
	l.keep(p, data, arrived)
	for _, o := range *l.feed.outputs.Load() {
		o.push(l, p)
	}
}

func unpad(h rtp.Header, payload []byte) []byte {
	if !h.Padding || len(payload) == 0 {
		return payload
	}
	padding := int(payload[len(payload)-1])
	return payload[:max(0, len(payload)-padding)]
}

// note counts what arrives.
func (l *layer) note(seq uint16, arrived time.Duration) {
	l.last.Store(int64(arrived))
	l.count.Add(1)
	switch {
	case !l.started:
		l.started, l.highest = true, seq
		l.span.Add(1)
	case rtpx.Newer(seq, l.highest):
		l.span.Add(uint32(seq - l.highest))
		l.highest = seq
	}
}

// inspect reads what the worker needs of the payload. It returns false for packets that
// carry nothing to forward.
func (l *layer) inspect(p *packet) bool {
	if len(p.payload) == 0 {
		return false
	}
	if !l.feed.part.video() {
		l.listen(p)
		return true
	}
	vp8, err := rtpx.ParseVP8(p.payload)
	if err != nil {
		return false
	}
	p.vp8 = vp8
	if vp8.Key && vp8.Height > 0 {
		l.height.Store(int32(vp8.Height))
	}
	return true
}

func (l *layer) listen(p *packet) {
	if l.levelID == 0 {
		return
	}
	if level, ok := rtpx.AudioLevel(p.header.GetExtension(l.levelID)); ok {
		l.feed.observeLevel(level)
	}
}

// keep remembers a picture's packet for repetition and finds the packet's moment.
func (l *layer) keep(p *packet, data []byte, arrived time.Duration) {
	l.mu.Lock()
	if l.feed.part.video() {
		l.cache.Put(p.header.SequenceNumber, data)
	}
	known, captured := l.clock.Known(), time.Duration(0)
	if known {
		captured = l.clock.Capture(p.header.Timestamp)
	}
	l.mu.Unlock()
	p.at = arrived
	if known {
		if at := l.feed.timing.observe(l.feed.part.video(), captured, arrived); (at - arrived).Abs() < 2*time.Second {
			p.at = at
		}
	}
}

// cached returns a packet that arrived lately, appended to dst[:0].
func (l *layer) cached(dst []byte, seq uint16) ([]byte, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cache.Get(dst, seq)
}

// timestampAt returns the layer's timestamp at a moment of the worker's clock. ok is false as
// long as the page has not reported its clock.
func (l *layer) timestampAt(now time.Duration) (ts uint32, ok bool) {
	shift, ok := l.feed.timing.at(now)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !ok || !l.clock.Known() {
		return 0, false
	}
	return l.clock.Timestamp(now - shift), true
}

func (l *layer) active(now time.Duration) bool {
	return now-time.Duration(l.last.Load()) < activeFor
}

// requestKey asks the page for a key frame of this layer, unless it was just asked.
func (l *layer) requestKey(now time.Duration) {
	l.mu.Lock()
	allowed := l.keys.Allow(now)
	l.mu.Unlock()
	if allowed {
		l.feed.owner.requestKey(l.ssrc)
	}
}

// readReports reads the page's sender reports for this layer until the connection ends.
func (l *layer) readReports(receiver *webrtc.RTPReceiver, rid string) {
	buffer := make([]byte, 1600)
	for {
		n, err := readRTCP(receiver, rid, buffer)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buffer[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			if report, ok := p.(*rtcp.SenderReport); ok && report.SSRC == l.ssrc {
				l.mu.Lock()
				l.clock.Report(report.NTPTime, report.RTPTime)
				l.mu.Unlock()
			}
		}
	}
}

func readRTCP(receiver *webrtc.RTPReceiver, rid string, buffer []byte) (int, error) {
	if rid == "" {
		n, _, err := receiver.Read(buffer)
		return n, err
	}
	n, _, err := receiver.ReadSimulcast(buffer, rid)
	return n, err
}
