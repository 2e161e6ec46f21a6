package rtpx

import (
	"encoding/binary"
	"errors"
)

// ErrShort says that a payload ends within its own header.
var ErrShort = errors.New("rtpx: the payload is too short")

// VP8 is the payload descriptor of one VP8 packet (RFC 7741 §4.2) and what the first bytes
// of the frame tell.
type VP8 struct {
	Start     bool   // first packet of a frame's first partition
	Key       bool   // first packet of a key frame
	Width     int    // pixels, of a key frame's first packet
	Height    int    // pixels, of a key frame's first packet
	PictureID uint16 // 15 bits, or 7 when Long is false
	TL0       uint8
	HasID     bool
	Long      bool // the picture id has 15 bits
	HasTL0    bool
	idAt      int
	tl0At     int
	size      int // of the descriptor
}

// ParseVP8 reads the descriptor. It returns ErrShort for a payload that is cut off.
func ParseVP8(payload []byte) (VP8, error) {
	if len(payload) < 1 {
		return VP8{}, ErrShort
	}
	first := payload[0]
	d := VP8{Start: first&0x10 != 0 && first&0x07 == 0, size: 1}
	if first&0x80 != 0 {
		if err := d.extended(payload); err != nil {
			return VP8{}, err
		}
	}
	d.frame(payload[d.size:])
	return d, nil
}

func (d *VP8) extended(payload []byte) error {
	if len(payload) < 2 {
		return ErrShort
	}
	flags := payload[1]
	d.size = 2
	if flags&0x80 != 0 {
		if err := d.pictureID(payload); err != nil {
			return err
		}
	}
	if flags&0x40 != 0 {
		d.HasTL0, d.tl0At = true, d.size
		d.size++
	}
	if flags&0x30 != 0 {
		d.size++
	}
	if len(payload) < d.size {
		return ErrShort
	}
	if d.HasTL0 {
		d.TL0 = payload[d.tl0At]
	}
	return nil
}

func (d *VP8) pictureID(payload []byte) error {
	d.HasID, d.idAt = true, d.size
	if len(payload) <= d.size {
		return ErrShort
	}
	d.Long = payload[d.size]&0x80 != 0
	if !d.Long {
		d.PictureID = uint16(payload[d.size])
		d.size++
		return nil
	}
	if len(payload) < d.size+2 {
		return ErrShort
	}
	d.PictureID = binary.BigEndian.Uint16(payload[d.size:]) & 0x7fff
	d.size += 2
	return nil
}

// frame looks at the frame header (RFC 6386 §9.1): bit 0 is clear in a key frame, whose size
// stands behind the start code.
func (d *VP8) frame(body []byte) {
	if !d.Start || len(body) < 1 || body[0]&0x01 != 0 {
		return
	}
	d.Key = true
	if len(body) >= 10 && body[3] == 0x9d && body[4] == 0x01 && body[5] == 0x2a {
		d.Width = int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff)
		d.Height = int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff)
	}
}

// VP8Line keeps picture ids and TL0PICIDX of one slot unbroken across switches. The zero
// value is ready.
type VP8Line struct {
	started  bool
	id       uint16 // newest sent, 15 bits
	tl0      uint8
	idDelta  uint16
	tl0Delta uint8
}

// Switch makes the frame of d, a key frame's first packet, the next one of the line.
func (l *VP8Line) Switch(d VP8) {
	if !l.started {
		l.started, l.idDelta, l.tl0Delta = true, 0, 0
		l.id, l.tl0 = d.PictureID, d.TL0
		return
	}
	l.idDelta = (l.id + 1 - d.PictureID) & 0x7fff
	l.tl0Delta = l.tl0 + 1 - d.TL0
}

// Deltas are what the line adds to the ids of its present source.
func (l *VP8Line) Deltas() VP8Deltas { return VP8Deltas{ID: l.idDelta, TL0: l.tl0Delta} }

// VP8Deltas are what is added to the picture ids of one source.
type VP8Deltas struct {
	ID  uint16
	TL0 uint8
}

// Rewrite writes the payload with the line's ids into dst[:0] and returns it. dst needs room
// for one byte more than payload: a short picture id is widened, so that the ids of a short
// and a long source make one line.
func (l *VP8Line) Rewrite(dst, payload []byte, d VP8) []byte {
	if id := (d.PictureID + l.idDelta) & 0x7fff; d.HasID && (id-l.id)&0x7fff < 0x4000 {
		l.id = id
	}
	if tl0 := d.TL0 + l.tl0Delta; d.HasTL0 && int8(tl0-l.tl0) > 0 {
		l.tl0 = tl0
	}
	return l.Deltas().Apply(dst, payload, d)
}

// Apply writes the payload with shifted ids into dst[:0] and returns it.
func (s VP8Deltas) Apply(dst, payload []byte, d VP8) []byte {
	if !d.HasID {
		dst = append(dst[:0], payload...)
	} else {
		dst = append(dst[:0], payload[:d.idAt]...)
		dst = binary.BigEndian.AppendUint16(dst, (d.PictureID+s.ID)&0x7fff|0x8000)
		rest := d.idAt + 1
		if d.Long {
			rest++
		}
		dst = append(dst, payload[rest:]...)
	}
	if d.HasTL0 {
		at := d.tl0At + len(dst) - len(payload)
		dst[at] = d.TL0 + s.TL0
	}
	return dst
}
