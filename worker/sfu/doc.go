// Package sfu forwards media between the participants of rooms. Each participant has one
// WebRTC connection: it sends microphone, camera and screen, and it receives what stands in
// its slots. The browser offers once; who comes and goes changes only what feeds the slots.
//
// It assumes neither TURN nor any particular socket: one net.PacketConn is handed in, and
// everything leaves and arrives through it. It keeps nothing on disk and knows no names.
//
// Invariants:
//   - A packet goes from the goroutine that read it straight to the slots that show its
//     source; no goroutine that does signalling stands between.
//   - What a page says is switched off is not forwarded, whatever packets arrive.
//   - A slot is one unbroken RTP stream whose CSRC is the participant that feeds it.
package sfu
