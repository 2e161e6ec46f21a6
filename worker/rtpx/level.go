package rtpx

import "math"

// Silence is the audio level of silence: 0 is the loudest, in −dBov (RFC 6464 §3).
const Silence = 127

// AudioLevel reads the value of the audio level extension.
func AudioLevel(value []byte) (level uint8, ok bool) {
	if len(value) < 1 {
		return Silence, false
	}
	return value[0] & 0x7f, true
}

// Loudness smooths the audio levels of one microphone. The zero value is silent.
type Loudness struct {
	sum   float64
	count int
	value float64
}

// Observe takes in the level of one packet.
func (l *Loudness) Observe(level uint8) {
	l.sum += float64(Silence - min(level, Silence))
	l.count++
}

// Settle ends an interval and returns the smoothed loudness, 0 (silent) to 127. It rises
// quickly and falls slowly, as speech has pauses. Intervals are meant to last 100 ms.
func (l *Loudness) Settle() float64 {
	var mean float64
	if l.count > 0 {
		mean = l.sum / float64(l.count)
	}
	weight := 0.1
	if mean > l.value {
		weight = 0.5
	}
	l.value += weight * (mean - l.value)
	l.sum, l.count = 0, 0
	return l.value
}

// Speech is the smoothed loudness above which somebody counts as speaking (−60 dBov).
const Speech = 67

// Takeover is how much louder (dB) another one must be to take over from the speaker.
const Takeover = 6

// Loudest returns the index of the dominant speaker, or −1 when nobody speaks. current is the
// index of the speaker so far, or −1: who speaks keeps the floor until somebody else is
// clearly louder.
func Loudest(levels []float64, current int) int {
	best, top := -1, math.Inf(-1)
	for i, level := range levels {
		if level > top {
			best, top = i, level
		}
	}
	switch {
	case best < 0 || top < Speech:
		return -1
	case current >= 0 && current < len(levels) && levels[current] >= Speech && top < levels[current]+Takeover:
		return current
	}
	return best
}
