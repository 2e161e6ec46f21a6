// Package rtpx holds what the worker knows about RTP (RFC 3550) and RTCP: it turns the
// streams of changing sources into one unbroken stream per slot, filters what browsers
// repeat, and decides when to ask for a key frame and which layer to take.
//
// It is pure: no sockets, no goroutines, no clocks of its own. Times are durations on one
// monotonic clock that the caller chose. Nothing here is safe for concurrent use unless it
// says so: each value belongs to one owner.
package rtpx
