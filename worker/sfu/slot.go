package sfu

import (
	"fmt"

	"github.com/pion/webrtc/v4"

	"weckruf/internal/wire"
)

// slot is one place of a page's offer.
type slot struct {
	// immutable
	offer        wire.SlotOffer
	audio, video *output // video is nil in audio slots

	// guarded by room.mu
	holds content
	from  *endpoint // whose feeds it shows
}

func newSlot(e *endpoint, offer wire.SlotOffer) *slot {
	name := fmt.Sprintf("slot-%d", offer.Slot)
	s := &slot{offer: offer, audio: newOutput(e, name, webrtc.RTPCodecTypeAudio)}
	if offer.Video != "" {
		s.video = newOutput(e, name, webrtc.RTPCodecTypeVideo)
	}
	return s
}

// show makes the slot carry something else. from is nil when it is emptied. It returns
// whether anything changed.
func (s *slot) show(c content, from *endpoint) bool {
	if s.holds == c && s.from == from {
		return false
	}
	changed := s.holds != c
	s.holds, s.from = c, from
	var sound, image *feed
	if from != nil {
		sound, image = from.feeds[microphone], from.feeds[camera]
		if c.source == wire.SourceScreen {
			sound, image = from.feeds[screenSound], from.feeds[screen]
		}
	}
	s.audio.follow(sound)
	if s.video != nil {
		s.video.follow(image)
	}
	return changed
}

func (s *slot) state() wire.SlotState {
	return wire.SlotState{Slot: s.offer.Slot, Participant: s.holds.participant, Source: s.holds.source}
}

// each calls f with the outputs of the slot.
func (s *slot) each(f func(*output)) {
	f(s.audio)
	if s.video != nil {
		f(s.video)
	}
}
