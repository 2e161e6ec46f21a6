package sfu

import (
	"slices"

	"weckruf/internal/wire"
)

// What a member of a room is made of. The caller holds room.mu in all of these.

// setSlots replaces the slots. Those that stand go on, those that are not offered any more
// are emptied.
func (e *endpoint) setSlots(slots []*slot) {
	for _, s := range e.slots {
		if !slices.Contains(slots, s) {
			s.show(content{}, nil)
		}
	}
	e.slots = slots
}

// setSources switches what is forwarded of the page.
func (e *endpoint) setSources(sources wire.Sources) {
	e.sources = sources
	e.feeds[microphone].turn(sources.Microphone)
	e.feeds[camera].turn(sources.Camera)
	e.feeds[screen].turn(sources.Screen)
	e.feeds[screenSound].turn(sources.ScreenSound && sources.Screen)
}

// open lets the packets of all slots out.
func (e *endpoint) open() {
	for _, s := range e.slots {
		s.each((*output).open)
	}
}

func (e *endpoint) states() []wire.SlotState {
	states := make([]wire.SlotState, len(e.slots))
	for i, s := range e.slots {
		states[i] = s.state()
	}
	return states
}
