package wire

import "sync"

// Shared is a message for many receivers that is encoded once, when the first of them is
// written to. It is safe for concurrent use.
type Shared struct {
	Message
	encode func() []byte
}

// Share wraps m, which must not change afterwards.
func Share(m Message) *Shared {
	return &Shared{Message: m, encode: sync.OnceValue(func() []byte { return Encode(m) })}
}
