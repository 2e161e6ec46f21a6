package sfu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"

	"weckruf/internal/wire"
)

// maxLines bounds the m-lines of an offer: all slots as pairs, four senders, the channel.
const maxLines = 2*wire.MaxSlots + 5

// part is one thing that a participant sends.
type part uint8

const (
	microphone part = iota
	camera
	screen
	screenSound
	parts // how many there are
)

func (p part) video() bool { return p == camera || p == screen }

// plan says what each m-line of an offer is for.
type plan struct {
	sends    map[string]part
	receives map[string]bool // mids of slots, true for video
}

func badOffer(format string, args ...any) error {
	return &wire.Error{Code: wire.CodeBadOffer, Re: "offer", Detail: fmt.Sprintf(format, args...)}
}

// checkOffer refuses what does not parse or offers too much, before any connection is made
// or touched. Errors are *wire.Error with bad_offer.
func checkOffer(join wire.Join) (*plan, error) {
	var offer sdp.SessionDescription
	if err := offer.UnmarshalString(join.SDP); err != nil {
		return nil, badOffer("the description does not parse")
	}
	if len(offer.MediaDescriptions) > maxLines {
		return nil, badOffer("%d m-lines, at most %d", len(offer.MediaDescriptions), maxLines)
	}
	p, err := newPlan(join)
	if err != nil {
		return nil, err
	}
	if err := checkTransport(&offer); err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	for _, media := range offer.MediaDescriptions {
		mid, _ := media.Attribute(sdp.AttrKeyMID)
		if mid == "" || len(mid) > 16 || seen[mid] {
			return nil, badOffer("an m-line has no mid of its own")
		}
		seen[mid] = true
		if err := p.checkLine(mid, media); err != nil {
			return nil, err
		}
	}
	return p, p.checkNamed(seen)
}

// checkTransport refuses what names no path or no key. pion/webrtc finds that out only when
// it has taken the offer half in, and a connection that stands cannot be renegotiated then.
func checkTransport(offer *sdp.SessionDescription) error {
	head := bundleHead(offer)
	for _, key := range []string{"ice-ufrag", "ice-pwd", "fingerprint"} {
		value, _ := offer.Attribute(key)
		if value == "" && head != nil {
			value, _ = head.Attribute(key)
		}
		if value == "" {
			return badOffer("there is no %s", key)
		}
	}
	return nil
}

// bundleHead is the m-line whose transport all use (RFC 9143 §7.2.1), or nil.
func bundleHead(offer *sdp.SessionDescription) *sdp.MediaDescription {
	group, _ := offer.Attribute(sdp.AttrKeyGroup)
	mids := strings.Fields(strings.TrimPrefix(group, "BUNDLE"))
	for _, media := range offer.MediaDescriptions {
		if mid, _ := media.Attribute(sdp.AttrKeyMID); len(mids) == 0 || mid == mids[0] {
			return media
		}
	}
	return nil
}

func newPlan(join wire.Join) (*plan, error) {
	p := &plan{sends: make(map[string]part), receives: make(map[string]bool)}
	for i, mid := range [parts]string{
		microphone: join.Sender.Microphone, camera: join.Sender.Camera,
		screen: join.Sender.Screen, screenSound: join.Sender.ScreenSound,
	} {
		if mid == "" {
			continue
		}
		if _, taken := p.sends[mid]; taken || join.ReceiveOnly {
			return nil, badOffer("mid %q cannot be sent on", mid)
		}
		p.sends[mid] = part(i)
	}
	for _, s := range join.Slots {
		for i, mid := range []string{s.Audio, s.Video} {
			_, taken := p.receives[mid]
			_, sent := p.sends[mid]
			if taken || sent {
				return nil, badOffer("mid %q is named twice", mid)
			}
			if mid != "" {
				p.receives[mid] = i == 1
			}
		}
	}
	return p, nil
}

// checkLine checks that an m-line is what the offer's names say.
func (p *plan) checkLine(mid string, media *sdp.MediaDescription) error {
	kind := media.MediaName.Media
	if kind == "application" {
		return nil
	}
	direction := directionOf(media)
	if direction == sdp.AttrKeyInactive {
		return nil
	}
	part, sends := p.sends[mid]
	video, receives := p.receives[mid]
	switch {
	case kind != "audio" && kind != "video":
		return badOffer("m-line %q is neither audio nor video", mid)
	case sends && direction == sdp.AttrKeySendOnly && part.video() == (kind == "video"):
	case receives && direction == sdp.AttrKeyRecvOnly && video == (kind == "video"):
	default:
		return badOffer("m-line %q is neither a sender nor a slot", mid)
	}
	if !understood(media) {
		return badOffer("m-line %q offers neither VP8 nor Opus", mid)
	}
	return nil
}

// understood reports whether an m-line offers the codec of its kind.
func understood(media *sdp.MediaDescription) bool {
	codec := " opus/"
	if media.MediaName.Media == "video" {
		codec = " vp8/"
	}
	return slices.ContainsFunc(media.Attributes, func(a sdp.Attribute) bool {
		return a.Key == "rtpmap" && strings.Contains(strings.ToLower(a.Value), codec)
	})
}

func directionOf(media *sdp.MediaDescription) string {
	for _, key := range []string{sdp.AttrKeySendOnly, sdp.AttrKeyRecvOnly, sdp.AttrKeyInactive} {
		if _, ok := media.Attribute(key); ok {
			return key
		}
	}
	return sdp.AttrKeySendRecv
}

// checkNamed checks that what is named exists.
func (p *plan) checkNamed(seen map[string]bool) error {
	for mid := range p.sends {
		if !seen[mid] {
			return badOffer("there is no m-line %q", mid)
		}
	}
	for mid := range p.receives {
		if !seen[mid] {
			return badOffer("there is no m-line %q", mid)
		}
	}
	return nil
}
