package wire

import (
	"errors"
	"fmt"
	"unicode"
)

// MaxWishes bounds the wishes of one page.
const MaxWishes = 256

// Wish says that the page would like to show a source. Wishes stand in order of priority;
// what is not wished for is not sent, except the sound of the loudest in audio slots.
type Wish struct {
	Participant ParticipantID `json:"participant"`
	Source      Source        `json:"source"`
	// MaxHeight is the height of the tile in physical pixels, 1 to 4320.
	MaxHeight int `json:"max_height"`
	// Priority orders wishes when bandwidth is short: 0 (first to go) to 9.
	Priority int  `json:"priority"`
	Pinned   bool `json:"pinned,omitempty"`
}

// Wishes replaces all wishes of the page.
type Wishes struct {
	Wishes []Wish `json:"wishes"`
}

// Sources says what the page sends right now. Muted means false.
type Sources struct {
	Microphone  bool `json:"microphone"`
	Camera      bool `json:"camera"`
	Screen      bool `json:"screen"`
	ScreenSound bool `json:"screen_sound"`
}

// SlotState says what a slot carries. Participant 0: empty, the tile is to be blanked.
type SlotState struct {
	Slot        Slot          `json:"slot"`
	Participant ParticipantID `json:"participant"`
	Source      Source        `json:"source,omitempty"`
}

// Slots is the whole slot map.
type Slots struct {
	Slots []SlotState `json:"slots"`
}

// PersonSources is what one participant sends.
type PersonSources struct {
	Participant ParticipantID `json:"participant"`
	Sources
}

// People is the whole list of those connected to the worker in this room, oneself included.
type People struct {
	People []PersonSources `json:"people"`
}

// Speaker names the dominant speaker, 0 when nobody speaks.
type Speaker struct {
	Participant ParticipantID `json:"participant"`
}

// Quality is what the worker sees of this page's own line, every 2 s.
type Quality struct {
	// RTTMS is the round-trip time in milliseconds, 0 when unknown.
	RTTMS int `json:"rtt_ms"`
	// LossPercent is the loss of what the page sends, 0 to 100.
	LossPercent float64 `json:"loss_percent"`
}

func (Wishes) Kind() string  { return "wishes" }
func (Sources) Kind() string { return "sources" }
func (Slots) Kind() string   { return "slots" }
func (People) Kind() string  { return "people" }
func (Speaker) Kind() string { return "speaker" }
func (Quality) Kind() string { return "quality" }

// Check implements Message.
func (m Wishes) Check() error { return checkWishes(m.Wishes) }

func checkWishes(wishes []Wish) error {
	if len(wishes) > MaxWishes {
		return fmt.Errorf("more than %d wishes", MaxWishes)
	}
	for _, w := range wishes {
		switch {
		case w.Participant == 0:
			return errors.New("a wish names nobody")
		case !w.Source.Valid():
			return errors.New("a wish names no known source")
		case w.MaxHeight < 1 || w.MaxHeight > 4320:
			return errors.New("max_height must be 1 to 4320")
		case w.Priority < 0 || w.Priority > 9:
			return errors.New("priority must be 0 to 9")
		}
	}
	return nil
}

func (Sources) Check() error { return nil }
func (Slots) Check() error   { return nil }
func (People) Check() error  { return nil }
func (Speaker) Check() error { return nil }
func (Quality) Check() error { return nil }

func unprintable(r rune) bool {
	return !unicode.IsPrint(r)
}
