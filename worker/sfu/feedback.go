package sfu

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"weckruf/worker/rtpx"
)

// repeatLimit bounds the packets repeated for one report of loss.
const repeatLimit = 128

// readFeedback reads what the page reports about this output until the connection ends.
func (o *output) readFeedback() {
	buffer := make([]byte, 1600)
	for {
		n, _, err := o.sender.Read(buffer)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buffer[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			o.heed(p)
		}
	}
}

func (o *output) heed(p rtcp.Packet) {
	switch p := p.(type) {
	case *rtcp.PictureLossIndication:
		o.lost(p.MediaSSRC)
	case *rtcp.FullIntraRequest:
		for _, entry := range p.FIR {
			o.lost(entry.SSRC)
		}
	case *rtcp.TransportLayerNack:
		o.repeat(p)
	case *rtcp.ReceiverReport:
		for _, r := range p.Reports {
			o.measure(r)
		}
	}
}

// lost passes a request for a key frame on to the source.
func (o *output) lost(ssrc uint32) {
	o.mu.Lock()
	l := o.current
	if ssrc != o.binding.ssrc {
		l = nil
	}
	o.mu.Unlock()
	if l != nil {
		l.requestKey(o.owner.sfu.now())
	}
}

// repeat sends again what the page misses, from the layer's cache.
func (o *output) repeat(n *rtcp.TransportLayerNack) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n.MediaSSRC != o.binding.ssrc || !o.video() {
		return
	}
	left := repeatLimit
	var packet []byte
	for _, pair := range n.Nacks {
		for _, seq := range pair.PacketList() {
			s := &o.sent[seq%remembered]
			if s.layer == nil || s.out != seq || left == 0 {
				continue
			}
			left--
			packet = o.again(packet, s)
		}
	}
}

// again rewrites one packet as it was sent. buffer is scratch space and is returned.
func (o *output) again(buffer []byte, s *sentPacket) []byte {
	buffer, ok := s.layer.cached(buffer, s.seq)
	if !ok {
		return buffer
	}
	var h rtp.Header
	size, err := h.Unmarshal(buffer)
	if err != nil {
		return buffer
	}
	payload := unpad(h, buffer[size:])
	vp8, err := rtpx.ParseVP8(payload)
	if err != nil {
		return buffer
	}
	out := rtp.Header{Version: 2, Marker: h.Marker, SequenceNumber: s.out, Timestamp: h.Timestamp + s.shift.Time, CSRC: []uint32{uint32(s.layer.feed.owner.participant)}}
	o.egress.repeat(&out, s.pictures.Apply(nil, payload, vp8))
	return buffer
}

// measure takes the round-trip time from a reception report (RFC 3550 §6.4.1).
func (o *output) measure(r rtcp.ReceptionReport) {
	if r.LastSenderReport == 0 || r.SSRC != o.ssrc() {
		return
	}
	s := o.owner.sfu
	now := uint32(rtpx.NTP(s.start.Add(s.now())) >> 16)
	spent := int32(now - r.LastSenderReport - r.Delay)
	if spent >= 0 && spent < 10<<16 {
		o.owner.rtt.Store(max(1, int64(spent)*int64(time.Second)>>16))
	}
}

func (o *output) ssrc() uint32 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.binding.ssrc
}
