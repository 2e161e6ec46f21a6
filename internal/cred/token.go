package cred

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"weckruf/internal/wire"
)

// What can be wrong with a token.
var (
	ErrToken   = errors.New("the token was not made here")
	ErrExpired = errors.New("the token has expired")
)

// Sign makes a token of payload that only Open with the same purpose accepts.
func (k *Keys) Sign(purpose string, payload []byte) string {
	return encoding.EncodeToString(payload) + "." + encoding.EncodeToString(k.mac("token "+purpose, string(payload)))
}

// Open returns the payload of a token, or ErrToken.
func (k *Keys) Open(purpose, token string) ([]byte, error) {
	head, tail, found := strings.Cut(token, ".")
	if !found {
		return nil, ErrToken
	}
	payload, err := encoding.DecodeString(head)
	if err != nil {
		return nil, ErrToken
	}
	sum, err := encoding.DecodeString(tail)
	if err != nil || !hmac.Equal(sum, k.mac("token "+purpose, string(payload))) {
		return nil, ErrToken
	}
	return payload, nil
}

// Stay is what a resume token vouches for.
type Stay struct {
	Room        wire.RoomID        `json:"r"`
	Participant wire.ParticipantID `json:"p"`
	Role        wire.Role          `json:"o"`
	Admitted    bool               `json:"a"`
	Expires     time.Time          `json:"x"`
}

const resumePurpose = "resume"

// Resume makes a resume token.
func (k *Keys) Resume(s Stay) string {
	s.Expires = s.Expires.UTC().Truncate(time.Second)
	payload, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("cred: encode stay: %v", err)) // only for years past 9999
	}
	return k.Sign(resumePurpose, payload)
}

// OpenResume returns what a resume token vouches for. Errors: ErrToken, ErrExpired.
func (k *Keys) OpenResume(token string, now time.Time) (Stay, error) {
	payload, err := k.Open(resumePurpose, token)
	if err != nil {
		return Stay{}, err
	}
	var s Stay
	if err := json.Unmarshal(payload, &s); err != nil {
		return Stay{}, ErrToken
	}
	if !now.Before(s.Expires) {
		return Stay{}, ErrExpired
	}
	return s, nil
}
