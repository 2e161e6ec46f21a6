package rtpx

import "time"

// Line is one slot's outgoing stream: whatever feeds it, its sequence numbers and timestamps
// go on without a break (RFC 3550 §5.1), so that the receiver sees one sender. The zero
// value with a Rate is ready.
type Line struct {
	Rate uint32 // clock rate in Hz

	started  bool
	seq      uint16 // newest sent
	ts       uint32 // newest sent
	at       time.Duration
	seqDelta uint16
	tsDelta  uint32

	highest uint16 // newest taken from the present source
	oldest  uint16 // what is older than this came before the switch or the gap before last

	gap      uint16 // packets older than this one use gapDelta
	gapDelta uint16
	hasGap   bool
}

// Deltas are what the line adds to sequence numbers and timestamps of its present source.
type Deltas struct {
	Seq  uint16
	Time uint32
}

// Switch makes the packet (seq, ts) of a new source the next one of the line. at is its
// moment on the worker's clock: the line's timestamps advance with that clock across the
// switch, by one tick at least.
func (l *Line) Switch(seq uint16, ts uint32, at time.Duration) {
	l.oldest, l.highest, l.hasGap = seq, seq-1, false
	if !l.started {
		l.started, l.seqDelta, l.tsDelta = true, 0, 0
		l.seq, l.ts, l.at = seq-1, ts-1, at
		return
	}
	next := l.ts + l.ticks(at-l.at)
	if !NewerTime(next, l.ts) {
		next = l.ts + 1
	}
	l.seqDelta = l.seq + 1 - seq
	l.tsDelta = next - ts
}

func (l *Line) ticks(d time.Duration) uint32 {
	return uint32(int64(d) * int64(l.Rate) / int64(time.Second))
}

// Map returns what a packet of the present source becomes. ok is false for packets from
// before the switch. at is the packet's moment on the worker's clock.
func (l *Line) Map(seq uint16, ts uint32, at time.Duration) (outSeq uint16, outTS uint32, ok bool) {
	if Newer(l.oldest, seq) {
		return 0, 0, false
	}
	delta := l.seqDelta
	if l.hasGap && Newer(l.gap, seq) {
		delta = l.gapDelta
	}
	outSeq, outTS = seq+delta, ts+l.tsDelta
	if Newer(seq, l.highest) {
		l.highest, l.seq = seq, outSeq
		l.follow(seq)
	}
	if NewerTime(outTS, l.ts) {
		l.ts, l.at = outTS, at
	}
	return outSeq, outTS, true
}

// follow keeps oldest within half the number space of highest.
func (l *Line) follow(seq uint16) {
	if seq-l.oldest > 2*windowSize {
		l.oldest = seq - windowSize
		if l.hasGap && Newer(l.oldest, l.gap) {
			l.hasGap = false
		}
	}
}

// Skip closes the gap that a packet leaves which is not forwarded, e.g. one of padding
// alone. It must be called in the packet's turn; out of turn it does nothing, and the
// receiver will find the packet missing.
func (l *Line) Skip(seq uint16) {
	if !l.started || seq != l.highest+1 {
		return
	}
	switch {
	case l.hasGap && l.gap == seq:
		// The gap grows: nothing lies between, so what came before keeps its delta.
	case l.hasGap:
		l.oldest, l.gapDelta = l.gap, l.seqDelta
	default:
		l.hasGap, l.gapDelta = true, l.seqDelta
	}
	l.gap, l.highest = seq+1, seq
	l.seqDelta--
}

// Time is the line's timestamp of the present source's timestamp ts.
func (l *Line) Time(ts uint32) uint32 { return ts + l.tsDelta }

// TimeAt is the line's timestamp at a moment of the worker's clock, going on from the newest
// packet.
func (l *Line) TimeAt(at time.Duration) uint32 { return l.ts + l.ticks(at-l.at) }

// Started reports whether the line has sent anything.
func (l *Line) Started() bool { return l.started }

// Shift returns what is added to a packet of the present source, for a later repetition.
func (l *Line) Shift(outSeq, seq uint16) Deltas { return Deltas{Seq: outSeq - seq, Time: l.tsDelta} }
