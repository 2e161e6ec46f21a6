package sfu

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"weckruf/internal/wire"
	"weckruf/worker/rtpx"
)

// lastWritten is a wire that keeps the newest header.
type lastWritten struct{ header rtp.Header }

func (w *lastWritten) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	w.header = h.Clone()
	return len(payload), nil
}

func (*lastWritten) Write(b []byte) (int, error) { return len(b), nil }

// source is somebody with a clock of their own whose sound and picture take different times
// to arrive.
type source struct {
	sound, image           *layer
	wall                   time.Time // of the source, at the worker's zero
	soundDelay, imageDelay time.Duration
	soundBase, imageBase   uint32
	seq                    uint16
}

func newSource(e *endpoint, wall time.Time, soundDelay, imageDelay time.Duration) *source {
	s := &source{wall: wall, soundDelay: soundDelay, imageDelay: imageDelay, soundBase: 1000, imageBase: 4_000_000_000}
	with := &timing{}
	make := func(p part, base uint32) *layer {
		l := &layer{feed: newFeed(e, p, with)}
		l.clock.Rate = clockRate(p)
		l.clock.Report(rtpx.NTP(wall), base)
		l.feed.on.Store(true)
		return l
	}
	s.sound, s.image = make(microphone, s.soundBase), make(camera, s.imageBase)
	return s
}

// send lets sound and picture that were taken at one moment arrive.
func (s *source) send(sound, image *output, taken time.Duration) {
	s.seq++
	ticks := func(rate uint32) uint32 { return uint32(int64(taken) * int64(rate) / int64(time.Second)) }
	p := &packet{header: rtp.Header{SequenceNumber: s.seq, Timestamp: s.soundBase + ticks(48000)}, payload: []byte{1}}
	s.sound.keep(p, nil, taken+s.soundDelay)
	sound.push(s.sound, p)
	p = &packet{header: rtp.Header{SequenceNumber: s.seq, Timestamp: s.imageBase + ticks(90000)}, payload: []byte{0x10, 0x30, 0, 0}}
	p.vp8, _ = rtpx.ParseVP8(p.payload)
	s.image.keep(p, nil, taken+s.imageDelay)
	image.push(s.image, p)
}

// playedAt is when a receiver places the newest packet, by the sender report.
func playedAt(o *output, w *lastWritten, now time.Duration) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	var report rtcp.SenderReport = *o.report(now)
	behind := int32(report.RTPTime - w.header.Timestamp)
	return now - time.Duration(behind)*time.Second/time.Duration(o.line.Rate)
}

func TestLipsStayTogetherAndTheSoundsDelayStaysAcrossSwitches(t *testing.T) {
	e := &endpoint{sfu: &SFU{start: time.Now()}, participant: 9}
	var soundWire, imageWire lastWritten
	sound, image := newOutput(e, "slot-0", webrtc.RTPCodecTypeAudio), newOutput(e, "slot-0", webrtc.RTPCodecTypeVideo)
	sound.binding, image.binding = binding{writer: &soundWire, ssrc: 1}, binding{writer: &imageWire, ssrc: 2}
	sound.open()
	image.open()
	now := 10 * time.Second
	sources := []*source{
		newSource(e, time.Now().Add(-3*time.Hour), 20*time.Millisecond, 60*time.Millisecond),
		newSource(e, time.Now().Add(5*time.Minute), 150*time.Millisecond, 90*time.Millisecond),
		newSource(e, time.Now(), 0, 300*time.Millisecond),
	}
	for i, s := range sources {
		sound.follow(s.sound.feed)
		image.follow(s.image.feed)
		for range 50 {
			now += 20 * time.Millisecond
			s.send(sound, image, now)
		}
		at := now + 400*time.Millisecond
		heard, seen := playedAt(sound, &soundWire, at), playedAt(image, &imageWire, at)
		if skew := (heard - seen).Abs(); skew > 2*time.Millisecond {
			t.Errorf("source %d: sound at %s, picture at %s", i, heard, seen)
		}
		// The sound is placed at its arrival, whoever it comes from.
		if off := (heard - (now + s.soundDelay)).Abs(); off > 2*time.Millisecond {
			t.Errorf("source %d: the sound arrived at %s and is placed at %s", i, now+s.soundDelay, heard)
		}
	}
}

func TestASlotWithoutReportsOfItsSourceGoesOnFromItsNewestPacket(t *testing.T) {
	e := &endpoint{sfu: &SFU{start: time.Now()}, participant: wire.ParticipantID(9)}
	var w lastWritten
	o := newOutput(e, "slot-0", webrtc.RTPCodecTypeAudio)
	o.binding = binding{writer: &w, ssrc: 1}
	o.open()
	l := &layer{feed: newFeed(e, microphone, &timing{})}
	l.clock.Rate = 48000
	o.follow(l.feed)
	p := &packet{header: rtp.Header{SequenceNumber: 1, Timestamp: 5000}, payload: []byte{1}}
	l.keep(p, nil, time.Second)
	o.push(l, p)
	if at := playedAt(o, &w, 3*time.Second); at != time.Second {
		t.Errorf("placed at %s, arrived at 1s", at)
	}
}
