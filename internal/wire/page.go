package wire

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxName is the greatest length of a participant's name, in characters.
const MaxName = 60

// MaxSDP is the largest session description in bytes.
const MaxSDP = 160 << 10

// Page to gateway.

// Look is a page's first message. It wakes nothing; View, Place or Refusal answers it.
// Exactly one of Secret (from the link's fragment) and Resume is needed; with both, Resume
// is tried first.
type Look struct {
	Version int    `json:"version"`
	Room    RoomID `json:"room"`
	Secret  string `json:"secret,omitempty"`
	Resume  string `json:"resume,omitempty"`
}

// Enter is the deliberate press on "enter", or its repetition by a page that reconnects. It
// alone may wake a machine. After Look with a resume token it takes the old place again.
type Enter struct {
	Name string `json:"name"`
	// Connection is the live connection of a page that lost only its link to the gateway.
	Connection ConnectionID `json:"connection,omitempty"`
}

// Sender says which m-line (mid) carries what the page sends. An empty mid is not offered, the
// others have 1 to 16 of [A-Za-z0-9_-].
type Sender struct {
	Microphone  string `json:"microphone,omitempty"`
	Camera      string `json:"camera,omitempty"`
	Screen      string `json:"screen,omitempty"`
	ScreenSound string `json:"screen_sound,omitempty"`
}

// SlotKind says what a slot is meant for.
type SlotKind string

// The kinds of slot: a lip-synchronous pair for a camera, sound alone for people off
// screen, and a pair for a screen and its sound.
const (
	SlotPair   SlotKind = "pair"
	SlotAudio  SlotKind = "audio"
	SlotScreen SlotKind = "screen"
)

// SlotOffer is one slot of an offer with the mids of its receive-only m-lines.
type SlotOffer struct {
	Slot  Slot     `json:"slot"`
	Kind  SlotKind `json:"kind"`
	Audio string   `json:"audio,omitempty"`
	Video string   `json:"video,omitempty"`
}

// Offer carries the page's description, with what it sends, its slots and first wishes. The
// same connection again is a new offer for it (more slots, or an ICE restart).
type Offer struct {
	Connection ConnectionID `json:"connection"`
	SDP        string       `json:"sdp"`
	Sender     Sender       `json:"sender"`
	Slots      []SlotOffer  `json:"slots"`
	Wishes     []Wish       `json:"wishes"`
	Sources    Sources      `json:"sources"`
}

// Leave ends the participant's stay. The place is given up.
type Leave struct{}

// Admit lets waiting people in: those named, or all. For chairs.
type Admit struct {
	Participants []ParticipantID `json:"participants,omitempty"`
	All          bool            `json:"all,omitempty"`
}

// Remove takes a participant out of the room or turns a waiting one away. For chairs.
type Remove struct {
	Participant ParticipantID `json:"participant"`
}

// Gateway to page.

// View answers Look: what the door says before one enters.
type View struct {
	Version      int        `json:"version"`
	Room         RoomID     `json:"room"`
	Organisation string     `json:"organisation,omitempty"`
	Title        string     `json:"title"`
	StartsAt     *time.Time `json:"starts_at,omitempty"`
	Role         Role       `json:"role"`
	Waiting      int        `json:"waiting"` // people in the lobby
	Present      int        `json:"present"` // people in the call
}

// RefusalCode says why a page may not come in.
type RefusalCode string

// The refusals. All but RefusedRate and RefusedWakes need somebody else's move.
const (
	RefusedLink      RefusalCode = "wrong_link"  // unknown room or wrong secret: not told apart
	RefusedWithdrawn RefusalCode = "withdrawn"   // the link was renewed and its time to knock is over
	RefusedEarly     RefusalCode = "too_early"   // OpensAt says when
	RefusedFull      RefusalCode = "full"        // no more places
	RefusedBudget    RefusalCode = "over_budget" // the month's money is spent
	RefusedMachine   RefusalCode = "no_machine"  // none to be had; the place is kept and it is tried again
	RefusedRemoved   RefusalCode = "removed"     // a chair removed this participant
	RefusedWakes     RefusalCode = "wake_limit"  // woken too often in this hour
	RefusedRate      RefusalCode = "too_fast"    // too many attempts from this source
)

// Refusal answers Look or Enter when the door stays shut.
type Refusal struct {
	Code         RefusalCode `json:"code"`
	Title        string      `json:"title,omitempty"` // only for those whose link is good
	OpensAt      *time.Time  `json:"opens_at,omitempty"`
	RetryAfterMS int64       `json:"retry_after_ms,omitempty"`
}

// Place says which participant the page is, and how it proves that after a reload.
type Place struct {
	Participant ParticipantID `json:"participant"`
	Resume      string        `json:"resume"`
	Role        Role          `json:"role"`
	Admitted    bool          `json:"admitted"`
}

// MachineState is how far the machine is, as people in the lobby are told.
type MachineState string

// The states in the order of a wake. Queued: the old power-on is ending and the next wake
// follows by itself. Failed: no machine could be had; it is tried again.
const (
	MachineOff       MachineState = "off"
	MachineQueued    MachineState = "queued"
	MachineStarting  MachineState = "starting"  // power-on asked for
	MachineBooting   MachineState = "booting"   // the provider says running
	MachinePreparing MachineState = "preparing" // hello received, media being tested
	MachineReady     MachineState = "ready"
	MachineFailed    MachineState = "failed"
	MachineUnknown   MachineState = "unknown" // the provider does not answer
)

// LostReason says why a call was interrupted.
type LostReason string

// The reasons of an interruption.
const (
	LostMachine LostReason = "machine_lost"    // the machine failed; another one is woken
	LostStop    LostReason = "machine_stopped" // stopped at its hard limit
	LostMedia   LostReason = "media_lost"      // this participant's connection failed
)

// Lobby is what waiting people see. Sent on every change, and at least every 5 s while a
// machine wakes.
type Lobby struct {
	Waiting   int          `json:"waiting"` // people waiting, oneself included
	Present   int          `json:"present"`
	Admitted  bool         `json:"admitted"`
	Machine   MachineState `json:"machine"`
	ElapsedMS int64        `json:"elapsed_ms"` // since this wake began
	EtaMS     int64        `json:"eta_ms"`     // expected time left, 0 = unknown or ready
	Lost      LostReason   `json:"lost,omitempty"`
}

// IceServer is one entry of RTCConfiguration.iceServers.
type IceServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Ready asks an admitted page for its offer on Connection.
type Ready struct {
	Connection ConnectionID `json:"connection"`
	IceServers []IceServer  `json:"ice_servers"`
}

// Answer is the worker's answer with all candidates, and the first slot map.
type Answer struct {
	Connection ConnectionID `json:"connection"`
	SDP        string       `json:"sdp"`
	Slots      []SlotState  `json:"slots"`
}

// Person is one participant with a name.
type Person struct {
	Participant ParticipantID `json:"participant"`
	Name        string        `json:"name"`
	Role        Role          `json:"role"`
}

// Roster is the whole list of those present, for those admitted. Waiting is filled for
// chairs only.
type Roster struct {
	People  []Person `json:"people"`
	Waiting []Person `json:"waiting,omitempty"`
}

// Lost says that a connection is gone and that the page waits in the lobby again, without
// having to do anything.
type Lost struct {
	Connection ConnectionID `json:"connection"`
	Reason     LostReason   `json:"reason"`
}

// Removed says that a chair removed this participant.
type Removed struct{}

// Replaced says that the same place was taken by a newer tab.
type Replaced struct{}

// Fault tells the peer what was wrong with a message. The connection may live on.
type Fault struct {
	Code   Code   `json:"code"`
	Re     string `json:"re,omitempty"`
	Detail string `json:"detail,omitempty"`
}

func (Look) Kind() string     { return "look" }
func (Enter) Kind() string    { return "enter" }
func (Offer) Kind() string    { return "offer" }
func (Leave) Kind() string    { return "leave" }
func (Admit) Kind() string    { return "admit" }
func (Remove) Kind() string   { return "remove" }
func (View) Kind() string     { return "view" }
func (Refusal) Kind() string  { return "refusal" }
func (Place) Kind() string    { return "place" }
func (Lobby) Kind() string    { return "lobby" }
func (Ready) Kind() string    { return "ready" }
func (Answer) Kind() string   { return "answer" }
func (Roster) Kind() string   { return "roster" }
func (Lost) Kind() string     { return "lost" }
func (Removed) Kind() string  { return "removed" }
func (Replaced) Kind() string { return "replaced" }
func (Fault) Kind() string    { return "fault" }

// Check implements Message.
func (m Look) Check() error {
	switch {
	case m.Version < 1:
		return errors.New("version must be 1 or more")
	case !m.Room.Valid():
		return errors.New("room is not a room name")
	case m.Secret == "" && m.Resume == "":
		return errors.New("secret or resume is needed")
	case len(m.Secret) > 128 || len(m.Resume) > 512:
		return errors.New("the credential is too long")
	}
	return nil
}

// Check implements Message.
func (m Enter) Check() error {
	if m.Connection != "" && !m.Connection.Valid() {
		return errors.New("connection is not a connection name")
	}
	return CheckName(m.Name)
}

// CheckName reports whether a participant may be called so: 1 to MaxName printable
// characters, not blank at the ends.
func CheckName(name string) error {
	switch {
	case !utf8.ValidString(name):
		return errors.New("the name is not UTF-8")
	case strings.TrimSpace(name) == "":
		return errors.New("a name is needed")
	case strings.TrimSpace(name) != name:
		return errors.New("the name begins or ends with a space")
	case utf8.RuneCountInString(name) > MaxName:
		return fmt.Errorf("the name has more than %d characters", MaxName)
	case strings.ContainsFunc(name, unprintable):
		return errors.New("the name holds characters that cannot be shown")
	}
	return nil
}

// Check implements Message.
func (m Offer) Check() error {
	switch {
	case !m.Connection.Valid():
		return errors.New("connection is not a connection name")
	case m.SDP == "" || len(m.SDP) > MaxSDP:
		return fmt.Errorf("sdp must have 1 to %d bytes", MaxSDP)
	case len(m.Slots) > MaxSlots:
		return fmt.Errorf("more than %d slots", MaxSlots)
	}
	if err := m.Sender.check(); err != nil {
		return err
	}
	seen := make(map[Slot]bool, len(m.Slots))
	for _, s := range m.Slots {
		if err := s.check(); err != nil {
			return err
		}
		if seen[s.Slot] {
			return fmt.Errorf("slot %d is offered twice", s.Slot)
		}
		seen[s.Slot] = true
	}
	return checkWishes(m.Wishes)
}

func (s Sender) check() error {
	for _, mid := range []string{s.Microphone, s.Camera, s.Screen, s.ScreenSound} {
		if !validMid(mid) {
			return errors.New("a sender's mid has no valid form")
		}
	}
	return nil
}

// validMid reports whether a mid (RFC 5888 §4, where it is any token) is short and plain, or
// empty. It comes back in error texts and logs.
func validMid(mid string) bool { return midPattern.MatchString(mid) }

func (s SlotOffer) check() error {
	if s.Slot >= MaxSlots {
		return fmt.Errorf("slot %d is out of range", s.Slot)
	}
	if !validMid(s.Audio) || !validMid(s.Video) {
		return fmt.Errorf("a mid of slot %d has no valid form", s.Slot)
	}
	switch s.Kind {
	case SlotPair, SlotScreen:
		if s.Audio == "" || s.Video == "" {
			return fmt.Errorf("slot %d needs an audio and a video mid", s.Slot)
		}
	case SlotAudio:
		if s.Audio == "" || s.Video != "" {
			return fmt.Errorf("slot %d needs an audio mid alone", s.Slot)
		}
	default:
		return fmt.Errorf("slot %d has no known kind", s.Slot)
	}
	return nil
}

// Check implements Message.
func (m Admit) Check() error {
	if m.All == (len(m.Participants) > 0) {
		return errors.New("either all or participants is needed")
	}
	return nil
}

// Check implements Message.
func (m Remove) Check() error {
	if m.Participant == 0 {
		return errors.New("participant is needed")
	}
	return nil
}

// Check implements Message.
func (m Answer) Check() error { return checkSDP(m.Connection, m.SDP) }

// Check implements Message.
func (m Ready) Check() error {
	if !m.Connection.Valid() {
		return errors.New("connection is not a connection name")
	}
	return nil
}

func checkSDP(connection ConnectionID, sdp string) error {
	if !connection.Valid() {
		return errors.New("connection is not a connection name")
	}
	if sdp == "" || len(sdp) > MaxSDP {
		return fmt.Errorf("sdp must have 1 to %d bytes", MaxSDP)
	}
	return nil
}

// Check implements Message; what the gateway says about itself needs none.
func (Leave) Check() error    { return nil }
func (View) Check() error     { return nil }
func (Refusal) Check() error  { return nil }
func (Place) Check() error    { return nil }
func (Lobby) Check() error    { return nil }
func (Roster) Check() error   { return nil }
func (Lost) Check() error     { return nil }
func (Removed) Check() error  { return nil }
func (Replaced) Check() error { return nil }
func (Fault) Check() error    { return nil }
