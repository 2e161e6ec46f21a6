package cred

import (
	"crypto/hmac"
	"strconv"

	"weckruf/internal/wire"
)

// linkBytes is the strength of a link's secret: 128 bits, 22 characters.
const linkBytes = 16

// LinkSecret is the fragment of a room's link for a role. Renewing a link counts its
// generation up, which makes another secret.
func (k *Keys) LinkSecret(room wire.RoomID, role wire.Role, generation int) string {
	return encoding.EncodeToString(k.mac("room link", string(room), string(role), strconv.Itoa(generation))[:linkBytes])
}

// MatchLink reports in constant time whether secret is that of LinkSecret.
func (k *Keys) MatchLink(secret string, room wire.RoomID, role wire.Role, generation int) bool {
	return hmac.Equal([]byte(secret), []byte(k.LinkSecret(room, role, generation)))
}
