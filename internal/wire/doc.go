// Package wire defines every message that crosses a process boundary: page ↔ gateway
// (WebSocket /api/v1/join), worker ↔ gateway (WebSocket /api/v1/worker) and page ↔ worker
// (DataChannel 0).
//
// There is one Go type per message. On the wire a message is one JSON object whose field
// "type" says which it is. Decoding ignores fields it does not know (so that version N talks
// with N−1) but refuses unknown types, oversized messages and values out of range with an
// [Error] that may be shown to whoever sent them. The golden vectors under testdata are read
// by the tests of this package and by those of the pages, so neither can drift.
//
// Every media message names (connection, slot) and (participant, source), never a worker: a
// browser may hold two connections at once while it moves.
package wire

// Version is the protocol version that this build speaks. A peer announces its own in its
// first message (Look, Hello); versions from MinVersion on are accepted.
const (
	Version    = 1
	MinVersion = 1
)

// The largest messages in bytes: between page and anybody (an offer fits), and between worker
// and gateway (a snapshot of some thousand connections fits).
const (
	MaxPageMessage = 192 << 10
	MaxLinkMessage = 1 << 20
)
