// Package turn is the worker's TURN server (RFC 8656 by way of pion/turn): listeners on UDP
// and TCP, time-limited credentials, and relays that exist in memory only.
//
// A relay is no socket. What a client sends through its allocation comes out of [Mux], which
// the media server reads as if it were its UDP socket, and what the media server writes to the
// relay's address goes back through the allocation. So no relay port is open, and nothing but
// the media server can be reached: permissions for any other address are refused, and
// whatever is sent to one all the same vanishes and is counted.
//
// Relay addresses are virtual. They are taken from TEST-NET-2 (198.51.100.0/24, RFC 5737),
// which no network may route and no host may bear: a browser shows such a relay candidate
// without sending anything to it by itself, no peer can own the address, and a packet from
// the real network that claims to come from it is a forgery and dropped. Private ranges would
// not do, since a participant in the same network as the worker may really have such an
// address; 198.18.0.0/15 would not either, since some VPN clients hand it out. Chromium 156 and
// Firefox 153 connect through such relays over UDP and TCP; Firefox, however, pairs no relay
// with a loopback address, so a worker that has none but 127.0.0.1 is for its direct
// connections only.
//
// Invariants: nobody's queue can hold up anybody else; constructors start nothing; no address
// is ever logged.
package turn
