package rtcpeer

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"weckruf/internal/wire"
	"weckruf/worker/rtpx"
)

// State is what a peer has seen so far.
type State struct {
	Connection webrtc.PeerConnectionState
	Open       bool // the channel
	Slots      map[wire.Slot]Received
	// The newest message of each kind; nil before the first.
	Map     *wire.Slots
	People  *wire.People
	Speaker *wire.Speaker
	Quality *wire.Quality
	Bad     int // messages that do not decode
}

// Received is what arrived in one slot.
type Received struct{ Audio, Video Stream }

// Stream counts one incoming RTP stream. Missing is by sequence number; repeats that come by
// RTX fill the gaps.
type Stream struct {
	Packets   int
	Keys      int // complete key frames
	FirstKey  time.Time
	Height    int                  // of the last key frame
	From      wire.ParticipantID   // CSRC of the newest packet
	Froms     []wire.ParticipantID // in the order in which they fed the slot
	Missing   int                  // sequence numbers that never came
	Backward  int                  // newer packets with an older timestamp
	Jumps     int                  // frames whose picture id or TL0PICIDX does not follow the one before
	LastTime  uint32
	LastLevel uint8

	seq     uint16
	picture uint16
	tl0     uint8
	pending map[uint16]bool
	frame   []uint16 // packets of the key frame being received
}

// planStreams makes room for the slots of an offer.
func (p *Peer) planStreams(offers []wire.SlotOffer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range offers {
		for _, mid := range []string{o.Audio, o.Video} {
			if mid != "" && p.mids[mid] == nil {
				p.mids[mid] = &Stream{pending: make(map[uint16]bool)}
			}
		}
	}
}

// State returns what was seen so far.
func (p *Peer) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.state
	s.Slots = make(map[wire.Slot]Received)
	for i, slot := range p.slots {
		r := Received{Audio: p.copyStream(slot.audio.Mid())}
		if slot.video != nil {
			r.Video = p.copyStream(slot.video.Mid())
		}
		s.Slots[wire.Slot(i)] = r
	}
	return s
}

func (p *Peer) copyStream(mid string) Stream {
	s := p.mids[mid]
	if s == nil {
		return Stream{}
	}
	c := *s
	c.Missing, c.pending, c.frame = len(s.pending), maps.Clone(s.pending), nil
	c.Froms = slices.Clone(s.Froms)
	return c
}

// Wait returns when the state is as asked, or with the context's error.
func (p *Peer) Wait(ctx context.Context, what string, is func(State) bool) error {
	for {
		p.mu.Lock()
		changed := p.changed
		p.mu.Unlock()
		if is(p.State()) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		}
	}
}

func (p *Peer) update(change func(*State)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.state)
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Peer) standing() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.Connection == webrtc.PeerConnectionStateConnected
}

// connected is closed at the next change as long as the connection does not stand, so that
// sending begins with it.
func (p *Peer) connected() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.Connection == webrtc.PeerConnectionStateConnected {
		return nil
	}
	return p.changed
}

func (p *Peer) hear(m webrtc.DataChannelMessage) {
	message, err := wire.WorkerToPage.Decode(m.Data)
	p.update(func(s *State) {
		if err != nil {
			s.Bad++
			return
		}
		switch m := message.(type) {
		case wire.Slots:
			s.Map = &m
		case wire.People:
			s.People = &m
		case wire.Speaker:
			s.Speaker = &m
		case wire.Quality:
			s.Quality = &m
		}
	})
}

// receive reads one slot's stream until the connection ends.
func (p *Peer) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	mid := receiver.RTPTransceiver().Mid()
	level := uint8(0)
	for _, x := range receiver.GetParameters().HeaderExtensions {
		if x.URI == rtpx.URIAudioLevel {
			level = uint8(x.ID)
		}
	}
	// The interceptors see the worker's reports only when somebody reads them.
	p.tasks.Go(func() {
		buffer := make([]byte, 1600)
		for {
			if _, _, err := receiver.Read(buffer); err != nil {
				return
			}
		}
	})
	p.tasks.Go(func() {
		for {
			packet, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			p.update(func(*State) {
				if s := p.mids[mid]; s != nil {
					s.take(packet, track.Kind() == webrtc.RTPCodecTypeVideo)
					if value := packet.GetExtension(level); level != 0 && len(value) > 0 {
						s.LastLevel, _ = rtpx.AudioLevel(value)
					}
				}
			})
		}
	})
}

func (s *Stream) take(p *rtp.Packet, video bool) {
	seq := p.SequenceNumber
	if s.Packets > 0 && !rtpx.Newer(seq, s.seq) {
		delete(s.pending, seq)
		s.Packets++
		return
	}
	for missing := s.seq + 1; s.Packets > 0 && missing != seq; missing++ {
		s.pending[missing] = true
	}
	if s.Packets > 0 && p.Timestamp != s.LastTime && !rtpx.NewerTime(p.Timestamp, s.LastTime) {
		s.Backward++
	}
	if len(p.CSRC) == 1 {
		s.From = wire.ParticipantID(p.CSRC[0])
		if len(s.Froms) == 0 || s.Froms[len(s.Froms)-1] != s.From {
			s.Froms = append(s.Froms, s.From)
		}
	}
	if video {
		s.picturePacket(p)
	}
	s.seq, s.LastTime = seq, p.Timestamp
	s.Packets++
}

func (s *Stream) picturePacket(p *rtp.Packet) {
	d, err := rtpx.ParseVP8(p.Payload)
	if err != nil {
		return
	}
	if d.Start {
		if s.Packets > 0 && ((d.PictureID-s.picture)&0x7fff > 1 || d.TL0-s.tl0 > 1) {
			s.Jumps++
		}
		s.picture, s.tl0 = d.PictureID, d.TL0
		s.frame = nil
	}
	if d.Key {
		s.frame, s.Height = []uint16{}, d.Height
	}
	if s.frame == nil {
		return
	}
	s.frame = append(s.frame, p.SequenceNumber)
	if p.Marker {
		if n := len(s.frame); int(s.frame[n-1]-s.frame[0]) == n-1 {
			s.Keys++
			if s.FirstKey.IsZero() {
				s.FirstKey = time.Now()
			}
		}
		s.frame = nil
	}
}
