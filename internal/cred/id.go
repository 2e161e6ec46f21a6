package cred

import (
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"time"

	"weckruf/internal/wire"
)

// roomAlphabet is Crockford's base 32 in lower case: no i, l, o, u to be misread.
const roomAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

const roomLength = 10

// NewID returns size random bytes in base64url.
func NewID(size int) string {
	raw := make([]byte, size)
	rand.Read(raw)
	return encoding.EncodeToString(raw)
}

// NewConnection returns a random connection name of 128 bits.
func NewConnection() wire.ConnectionID { return wire.ConnectionID(NewID(16)) }

// NewParticipant returns a random participant id that is not zero. It may be taken already:
// the caller looks.
func NewParticipant() wire.ParticipantID {
	var raw [4]byte
	for {
		rand.Read(raw[:])
		if id := binary.BigEndian.Uint32(raw[:]); id != 0 {
			return wire.ParticipantID(id)
		}
	}
}

// NewRoom returns a random room name of 50 bits: not guessable by accident, and no secret.
func NewRoom() wire.RoomID {
	raw := make([]byte, roomLength)
	rand.Read(raw)
	for i, b := range raw {
		raw[i] = roomAlphabet[b&31]
	}
	return wire.RoomID(raw)
}

// Source is a keyed hash of an address that changes every day (UTC), for rate limits that
// store no address. An IPv6 address counts as its /64, which one subscriber holds whole.
func (k *Keys) Source(addr netip.Addr, now time.Time) string {
	addr = addr.Unmap()
	if addr.Is6() {
		if prefix, err := addr.WithZone("").Prefix(64); err == nil {
			addr = prefix.Addr()
		}
	}
	return encoding.EncodeToString(k.mac("source", now.UTC().Format(time.DateOnly), addr.String())[:12])
}
