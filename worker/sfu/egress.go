package sfu

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// heldLimit bounds the packets that wait for a connection to stand.
const heldLimit = 512

// egress is the way of one outgoing stream to the wire. Its owner calls it with one lock
// held, so that packets leave in order.
type egress interface {
	// open lets packets out, the held ones first: the connection stands.
	open(b binding)
	// send takes one packet; it sets SSRC and payload type and copies what it keeps. Until
	// it is open, it holds a picture from its newest key frame on and drops sound.
	send(h *rtp.Header, payload []byte, key bool)
	// repeat sends a packet again, as RTX (RFC 4588) where that was agreed on.
	repeat(h *rtp.Header, payload []byte)
	// drop forgets what is held.
	drop()
}

// binding is what a connection agreed on for one stream.
type binding struct {
	writer  webrtc.TrackLocalWriter
	ssrc    uint32
	payload uint8
	repairs uint32 // SSRC of RTX, 0 = none
	repair  uint8  // payload type of RTX, 0 = none
}

// repairType finds the RTX payload type that belongs to a codec.
func repairType(codecs []webrtc.RTPCodecParameters, of webrtc.PayloadType) uint8 {
	want := fmt.Sprintf("apt=%d", of)
	i := slices.IndexFunc(codecs, func(c webrtc.RTPCodecParameters) bool {
		return c.MimeType == webrtc.MimeTypeRTX && c.SDPFmtpLine == want
	})
	if i < 0 {
		return 0
	}
	return uint8(codecs[i].PayloadType)
}

// path is the egress through pion's own writer.
type path struct {
	binding
	holds  bool
	opened bool
	held   []heldPacket
	seq    uint16 // of RTX
	buffer []byte
}

type heldPacket struct {
	header  rtp.Header
	payload []byte
}

func newPath(holds bool) *path { return &path{holds: holds, seq: uint16(rand.Uint32())} }

func (p *path) open(b binding) {
	p.binding, p.opened = b, true
	for i := range p.held {
		p.write(&p.held[i].header, p.held[i].payload)
	}
	p.held = nil
}

func (p *path) send(h *rtp.Header, payload []byte, key bool) {
	switch {
	case p.opened:
		p.write(h, payload)
	case p.holds:
		p.hold(h, payload, key)
	}
}

func (p *path) drop() { p.held = nil }

func (p *path) hold(h *rtp.Header, payload []byte, key bool) {
	if key {
		p.held = p.held[:0]
	}
	if len(p.held) < heldLimit {
		p.held = append(p.held, heldPacket{header: h.Clone(), payload: slices.Clone(payload)})
	}
}

func (p *path) write(h *rtp.Header, payload []byte) {
	h.SSRC, h.PayloadType = p.ssrc, p.payload
	// A packet that does not get out is lost like any other: the receiver asks for it again.
	_, _ = p.writer.WriteRTP(h, payload)
}

func (p *path) repeat(h *rtp.Header, payload []byte) {
	if !p.opened {
		return
	}
	if p.repairs == 0 || p.repair == 0 {
		p.write(h, payload)
		return
	}
	p.buffer = binary.BigEndian.AppendUint16(p.buffer[:0], h.SequenceNumber)
	p.buffer = append(p.buffer, payload...)
	h.SSRC, h.PayloadType, h.SequenceNumber = p.repairs, p.repair, p.seq
	p.seq++
	_, _ = p.writer.WriteRTP(h, p.buffer)
}
