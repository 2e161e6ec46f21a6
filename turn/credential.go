package turn

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"regexp"
	"strconv"
	"time"

	pion "github.com/pion/turn/v4"
)

// usernamePattern is "unix expiry:id" of draft-uberti-behave-turn-rest-00 §2.2.
var usernamePattern = regexp.MustCompile(`^([0-9]{1,12}):([A-Za-z0-9_-]{1,64})$`)

// key is the long-term key (RFC 8489 §9.2.2) of a user name that is well-formed and has not
// expired. The password is derived, not looked up, and pion compares the message's integrity
// in constant time, so nothing can be learnt from how long a refusal takes.
func key(secret []byte, username string, now time.Time) ([]byte, bool) {
	parts := usernamePattern.FindStringSubmatch(username)
	if parts == nil || len(secret) == 0 {
		return nil, false
	}
	expires, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || now.Unix() >= expires {
		return nil, false
	}
	h := hmac.New(sha1.New, secret)
	h.Write([]byte(username))
	password := base64.StdEncoding.EncodeToString(h.Sum(nil))
	return pion.GenerateAuthKey(username, Realm, password), true
}
