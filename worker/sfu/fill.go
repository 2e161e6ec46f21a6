package sfu

import (
	"cmp"
	"slices"

	"weckruf/internal/wire"
)

// content is what a slot carries. The zero value is nothing.
type content struct {
	participant wire.ParticipantID
	source      wire.Source
}

// place is one slot with what it carries so far.
type place struct {
	kind  wire.SlotKind
	holds content
}

// presence is one participant other than the page's own.
type presence struct {
	id         wire.ParticipantID
	microphone bool // on
	screen     bool // on
	loudness   float64
}

// fill decides what a page's slots carry: cameras in pairs and screens in their own slots as
// wished, in that order, and the sound of the loudest of the others in audio slots. What is
// shown already stays where it is. The result has one content per place.
func fill(places []place, wishes []wire.Wish, people []presence) []content {
	byID := make(map[wire.ParticipantID]presence, len(people))
	for _, p := range people {
		byID[p.id] = p
	}
	cameras, screens := wanted(wishes, byID)
	result := make([]content, len(places))
	seat(result, places, wire.SlotPair, cameras)
	seat(result, places, wire.SlotScreen, screens)
	shown := make(map[wire.ParticipantID]bool)
	for i, c := range result {
		if places[i].kind == wire.SlotPair {
			shown[c.participant] = true
		}
	}
	seat(result, places, wire.SlotAudio, heard(places, people, shown))
	return result
}

// wanted lists what is wished for and there, pinned ones first.
func wanted(wishes []wire.Wish, people map[wire.ParticipantID]presence) (cameras, screens []content) {
	ordered := slices.Clone(wishes)
	slices.SortStableFunc(ordered, func(a, b wire.Wish) int {
		if a.Pinned == b.Pinned {
			return 0
		}
		if a.Pinned {
			return -1
		}
		return 1
	})
	for _, w := range ordered {
		p, here := people[w.Participant]
		c := content{participant: w.Participant, source: w.Source}
		switch {
		case !here:
		case w.Source == wire.SourceScreen && p.screen && !slices.Contains(screens, c):
			screens = append(screens, c)
		case w.Source == wire.SourceCamera && !slices.Contains(cameras, c):
			cameras = append(cameras, c)
		}
	}
	return cameras, screens
}

// heardBonus keeps the sound of somebody who is heard already from being taken away for
// somebody who is hardly louder.
const heardBonus = 10

// heard orders the microphones that no pair carries, the loudest first.
func heard(places []place, people []presence, shown map[wire.ParticipantID]bool) []content {
	bonus := make(map[wire.ParticipantID]float64)
	for _, p := range places {
		if p.kind == wire.SlotAudio {
			bonus[p.holds.participant] = heardBonus
		}
	}
	var audible []presence
	for _, p := range people {
		if p.microphone && !shown[p.id] {
			p.loudness += bonus[p.id]
			audible = append(audible, p)
		}
	}
	slices.SortStableFunc(audible, func(a, b presence) int { return cmp.Compare(b.loudness, a.loudness) })
	result := make([]content, len(audible))
	for i, p := range audible {
		result[i] = content{participant: p.id, source: wire.SourceCamera}
	}
	return result
}

// seat puts the first of contents into the places of a kind: those that are there already
// stay, the others take what is free.
func seat(result []content, places []place, kind wire.SlotKind, contents []content) {
	var free []int
	seats := 0
	for _, p := range places {
		if p.kind == kind {
			seats++
		}
	}
	contents = contents[:min(seats, len(contents))]
	taken := make(map[content]bool)
	for i, p := range places {
		if p.kind != kind {
			continue
		}
		if slices.Contains(contents, p.holds) && !taken[p.holds] {
			result[i], taken[p.holds] = p.holds, true
		} else {
			free = append(free, i)
		}
	}
	for _, c := range contents {
		if !taken[c] {
			result[free[0]], free = c, free[1:]
		}
	}
}
