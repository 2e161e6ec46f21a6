package wire

import (
	"regexp"
	"strconv"
)

// RoomID names a room in links and logs. It is no secret. 3 to 64 of [a-z0-9-].
type RoomID string

// ParticipantID names one participant of a room and travels as CSRC in every forwarded
// packet (RFC 3550 §5.1). Zero means nobody.
type ParticipantID uint32

// ConnectionID names one WebRTC connection. The gateway mints it (128 random bits,
// base64url); it says nothing about who holds it.
type ConnectionID string

// MachineID names one machine of the fleet: 1 to 64 of [a-z0-9-].
type MachineID string

// Epoch counts the power-ons of one machine. A peer that learnt of a higher one refuses
// lower ones.
type Epoch uint64

// Slot is the index of a receiving place in the page's offer.
type Slot uint8

// MaxSlots bounds the slots in one offer.
const MaxSlots = 64

var (
	roomPattern       = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$`)
	machinePattern    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	midPattern        = regexp.MustCompile(`^[A-Za-z0-9_-]{0,16}$`)
	connectionPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{16,43}$`)
)

// Valid reports whether id has the form of a room name.
func (id RoomID) Valid() bool { return roomPattern.MatchString(string(id)) }

// Valid reports whether id has the form of a machine name.
func (id MachineID) Valid() bool { return machinePattern.MatchString(string(id)) }

// Valid reports whether id has the form of a connection name.
func (id ConnectionID) Valid() bool { return connectionPattern.MatchString(string(id)) }

func (id ParticipantID) String() string { return strconv.FormatUint(uint64(id), 10) }

// Role says what a participant may do.
type Role string

// The roles. A chair admits, removes and ends; a guest takes part.
const (
	RoleChair Role = "chair"
	RoleGuest Role = "guest"
)

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return r == RoleChair || r == RoleGuest }

// Source is one thing that a participant sends.
type Source string

// The sources: the camera with the microphone's sound, the screen with its own.
const (
	SourceCamera Source = "camera"
	SourceScreen Source = "screen"
)

// Valid reports whether s is one of the sources.
func (s Source) Valid() bool { return s == SourceCamera || s == SourceScreen }
