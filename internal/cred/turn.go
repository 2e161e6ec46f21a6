package cred

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"weckruf/internal/wire"
)

// TURNSecret is the key of a worker's TURN credentials: 32 bytes, one per power-on, the same
// after a restart of the gateway.
func (k *Keys) TURNSecret(machine wire.MachineID, epoch wire.Epoch) []byte {
	return k.mac("turn secret", string(machine), strconv.FormatUint(uint64(epoch), 10))
}

// TURNCredential makes a time-limited credential in the REST style
// (draft-uberti-behave-turn-rest-00 §2.2): the username is "expiry:id", the password its
// HMAC-SHA1. The id must not tell who uses it.
func TURNCredential(secret []byte, id string, expires time.Time) (username, password string) {
	username = fmt.Sprintf("%d:%s", expires.Unix(), id)
	h := hmac.New(sha1.New, secret)
	h.Write([]byte(username))
	return username, base64.StdEncoding.EncodeToString(h.Sum(nil))
}
