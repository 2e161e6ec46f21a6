package rtpx

import "time"

// KeyInterval is the shortest time between two requests for a key frame of one layer:
// Chromium ignores a second one within about 300 ms.
const KeyInterval = 300 * time.Millisecond

// Throttle merges requests for a key frame. The zero value lets the first one through.
type Throttle struct {
	asked bool
	last  time.Duration
}

// Allow reports whether a request may be sent now, and counts it as sent.
func (t *Throttle) Allow(now time.Duration) bool {
	if t.asked && now-t.last < KeyInterval {
		return false
	}
	t.asked, t.last = true, now
	return true
}
