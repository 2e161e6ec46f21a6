package rtpx

import "time"

// ntpEpoch is 1970-01-01 in seconds since 1900 (RFC 5905 §6).
const ntpEpoch = 2208988800

// NTP converts to the 64-bit timestamps of sender reports.
func NTP(t time.Time) uint64 {
	seconds := uint64(t.Unix() + ntpEpoch)
	fraction := uint64(t.Nanosecond()) << 32 / uint64(time.Second)
	return seconds<<32 | fraction
}

// sinceNTP is the time since the NTP epoch.
func sinceNTP(ntp uint64) time.Duration {
	fraction := (ntp & 0xffffffff) * uint64(time.Second) >> 32
	return time.Duration(ntp>>32)*time.Second + time.Duration(fraction)
}

// Clock tells when a source's samples were captured, on the source's own wall clock, by its
// sender reports (RFC 3550 §6.4.1). The zero value with a Rate knows nothing yet.
type Clock struct {
	Rate uint32 // Hz

	known bool
	at    time.Duration // since an epoch of the source's own
	ts    uint32
}

// Report takes in a sender report.
func (c *Clock) Report(ntp uint64, ts uint32) {
	c.known, c.at, c.ts = true, sinceNTP(ntp&^(1<<63)), ts
}

// Known reports whether a sender report was seen.
func (c *Clock) Known() bool { return c.known }

// Capture is when the sample with this timestamp was taken.
func (c *Clock) Capture(ts uint32) time.Duration {
	ticks := int64(int32(ts - c.ts))
	return c.at + time.Duration(ticks*int64(time.Second)/int64(c.Rate))
}

// Timestamp is the inverse of Capture.
func (c *Clock) Timestamp(at time.Duration) uint32 {
	return c.ts + uint32(int64(at-c.at)/1000*int64(c.Rate)/1_000_000)
}

// delayWindow is how long a smallest delay is believed: long enough to see a packet that
// waited nowhere, short enough to follow two clocks that drift apart.
const delayWindow = 5 * time.Second

// Delay estimates how much later than its capture a source arrives (difference of the two
// clocks included): the smallest delay of the last five to ten seconds. The zero value is
// ready.
type Delay struct {
	known     bool
	last, now time.Duration
	since     time.Duration
	hasLast   bool
}

// Observe takes in one packet: captured on the source's clock, arrived on the worker's.
func (d *Delay) Observe(captured, arrived time.Duration) {
	delay := arrived - captured
	switch {
	case !d.known || arrived-d.since > 2*delayWindow:
		d.known, d.now, d.since, d.hasLast = true, delay, arrived, false
	case arrived-d.since > delayWindow:
		d.last, d.hasLast = d.now, true
		d.now, d.since = delay, arrived
	case delay < d.now:
		d.now = delay
	}
}

// Value is the estimate. ok is false before the first packet and when none came for long.
func (d *Delay) Value(now time.Duration) (delay time.Duration, ok bool) {
	if !d.known || now-d.since > 2*delayWindow {
		return 0, false
	}
	if d.hasLast && d.last < d.now {
		return d.last, true
	}
	return d.now, true
}
