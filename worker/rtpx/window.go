package rtpx

// windowSize is how far back a repeated packet is recognised. Chromium repeats the last few
// hundred packets when it probes for bandwidth.
const windowSize = 1024

// Window recognises packets that were seen before by their sequence numbers. Browsers repeat
// packets on purpose to probe for bandwidth, and an old key frame that comes a second time
// must not be taken for a new one. The zero value is ready.
type Window struct {
	seen    [windowSize / 64]uint64
	highest uint16
	started bool
}

// Fresh reports whether the packet was not seen yet, and remembers it. What is older than
// the window counts as seen.
func (w *Window) Fresh(seq uint16) bool {
	if !w.started {
		w.started, w.highest = true, seq
		w.set(seq)
		return true
	}
	if Newer(seq, w.highest) {
		w.advance(seq)
		w.set(seq)
		return true
	}
	if w.highest-seq >= windowSize || w.has(seq) {
		return false
	}
	w.set(seq)
	return true
}

func (w *Window) advance(seq uint16) {
	if seq-w.highest >= windowSize {
		clear(w.seen[:])
	} else {
		for s := w.highest + 1; s != seq; s++ {
			w.seen[s%windowSize/64] &^= 1 << (s % 64)
		}
	}
	w.highest = seq
}

func (w *Window) set(seq uint16) { w.seen[seq%windowSize/64] |= 1 << (seq % 64) }

func (w *Window) has(seq uint16) bool { return w.seen[seq%windowSize/64]&(1<<(seq%64)) != 0 }
