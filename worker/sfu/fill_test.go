package sfu

import (
	"reflect"
	"testing"

	"weckruf/internal/wire"
)

func cam(id wire.ParticipantID) content { return content{id, wire.SourceCamera} }
func scr(id wire.ParticipantID) content { return content{id, wire.SourceScreen} }

// seats describes slots by letters: p pair, a audio, s screen.
func seats(kinds string, holds ...content) []place {
	places := make([]place, len(kinds))
	for i, k := range kinds {
		places[i].kind = map[rune]wire.SlotKind{'p': wire.SlotPair, 'a': wire.SlotAudio, 's': wire.SlotScreen}[k]
		if i < len(holds) {
			places[i].holds = holds[i]
		}
	}
	return places
}

func wish(c content) wire.Wish {
	return wire.Wish{Participant: c.participant, Source: c.source, MaxHeight: 180}
}

func pinned(c content) wire.Wish {
	w := wish(c)
	w.Pinned = true
	return w
}

func TestSlotsAreFilledAsWished(t *testing.T) {
	on := func(id wire.ParticipantID, loud float64) presence {
		return presence{id: id, microphone: true, loudness: loud}
	}
	sharing := func(id wire.ParticipantID) presence { return presence{id: id, screen: true} }
	none := content{}
	for name, c := range map[string]struct {
		places []place
		wishes []wire.Wish
		people []presence
		want   []content
	}{
		"nobody":                         {seats("pas"), nil, nil, []content{none, none, none}},
		"in the order of wishes":         {seats("pp"), []wire.Wish{wish(cam(2)), wish(cam(1)), wish(cam(3))}, []presence{on(1, 0), on(2, 0), on(3, 0)}, []content{cam(2), cam(1)}},
		"pinned first":                   {seats("p"), []wire.Wish{wish(cam(2)), pinned(cam(1))}, []presence{on(1, 0), on(2, 0)}, []content{cam(1)}},
		"who stands stays":               {seats("ppp", none, cam(1)), []wire.Wish{wish(cam(3)), wish(cam(1))}, []presence{on(1, 0), on(3, 0)}, []content{cam(3), cam(1), none}},
		"not twice":                      {seats("pp"), []wire.Wish{wish(cam(1)), wish(cam(1))}, []presence{on(1, 0)}, []content{cam(1), none}},
		"who is not there is left out":   {seats("p"), []wire.Wish{wish(cam(9)), wish(cam(1))}, []presence{on(1, 0)}, []content{cam(1)}},
		"who left empties":               {seats("pp", cam(9), cam(1)), []wire.Wish{wish(cam(9)), wish(cam(1))}, []presence{on(1, 0)}, []content{none, cam(1)}},
		"not wished for, not shown":      {seats("p", cam(1)), nil, []presence{on(1, 0)}, []content{none}},
		"a screen needs its own slot":    {seats("pp"), []wire.Wish{wish(scr(1))}, []presence{sharing(1)}, []content{none, none}},
		"a camera needs its own slot":    {seats("s"), []wire.Wish{wish(cam(1))}, []presence{on(1, 0)}, []content{none}},
		"screen and camera":              {seats("ps"), []wire.Wish{wish(scr(1)), wish(cam(1))}, []presence{sharing(1)}, []content{cam(1), scr(1)}},
		"a screen that is off":           {seats("s", scr(1)), []wire.Wish{wish(scr(1))}, []presence{on(1, 0)}, []content{none}},
		"the loudest by sound":           {seats("aa"), nil, []presence{on(1, 5), on(2, 50), on(3, 30)}, []content{cam(2), cam(3)}},
		"hardly louder does not replace": {seats("a", cam(1)), nil, []presence{on(1, 50), on(2, 55)}, []content{cam(1)}},
		"much louder does":               {seats("a", cam(1)), nil, []presence{on(1, 30), on(2, 60)}, []content{cam(2)}},
		"who is seen is heard there":     {seats("pa"), []wire.Wish{wish(cam(1))}, []presence{on(1, 90), on(2, 10)}, []content{cam(1), cam(2)}},
		"the mute take no audio slot":    {seats("a"), nil, []presence{{id: 1, loudness: 90}, on(2, 0)}, []content{cam(2)}},
	} {
		if got := fill(c.places, c.wishes, c.people); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
