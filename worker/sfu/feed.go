package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"weckruf/worker/rtpx"
)

// feed is one part of what a participant sends, in one or more layers.
type feed struct {
	owner   *endpoint // immutable
	part    part      // immutable
	timing  *timing   // immutable; shared by the two that play together
	on      atomic.Bool
	outputs atomic.Pointer[[]*output] // replaced, never changed

	mu       sync.Mutex
	layers   []*layer
	loudness rtpx.Loudness
}

func newFeed(owner *endpoint, p part, t *timing) *feed {
	f := &feed{owner: owner, part: p, timing: t}
	f.outputs.Store(&[]*output{})
	return f
}

// add takes in a layer. One with the name of an older one replaces it: the page began anew.
func (f *feed) add(l *layer) {
	f.mu.Lock()
	f.layers = slices.DeleteFunc(slices.Clone(f.layers), func(old *layer) bool { return old.rid == l.rid })
	f.layers = append(f.layers, l)
	f.mu.Unlock()
}

func (f *feed) known() []*layer {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.layers
}

// choose returns the layer for a tile of the given height, or nil when there never was any.
// When none sends at the moment, it is the one that sent last: a screen that stands still
// sends next to nothing, yet gives a key frame to those who ask.
func (f *feed) choose(height int, now time.Duration) *layer {
	layers := f.known()
	known := make([]rtpx.Layer, 0, 4)
	var last *layer
	for _, l := range layers {
		known = append(known, rtpx.Layer{Height: int(l.height.Load()), Active: l.active(now)})
		if last == nil || l.last.Load() > last.last.Load() {
			last = l
		}
	}
	if i := rtpx.Pick(known, height); i >= 0 {
		return layers[i]
	}
	return last
}

// subscribe adds an output to those that get the packets.
func (f *feed) subscribe(o *output) {
	f.mu.Lock()
	defer f.mu.Unlock()
	outputs := append(slices.Clone(*f.outputs.Load()), o)
	f.outputs.Store(&outputs)
}

func (f *feed) unsubscribe(o *output) {
	f.mu.Lock()
	defer f.mu.Unlock()
	outputs := slices.DeleteFunc(slices.Clone(*f.outputs.Load()), func(other *output) bool { return other == o })
	f.outputs.Store(&outputs)
}

// turn switches forwarding. What was off starts again like a new source: a decoder missed
// what came in between.
func (f *feed) turn(on bool) {
	if f.on.Swap(on) == on {
		return
	}
	for _, o := range *f.outputs.Load() {
		o.restart()
	}
}

func (f *feed) observeLevel(level uint8) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loudness.Observe(level)
}

// settleLoudness ends an interval of 100 ms.
func (f *feed) settleLoudness() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	loudness := f.loudness.Settle()
	if !f.on.Load() {
		return 0
	}
	return loudness
}

// timing knows how long after their capture the packets of a pair (camera and microphone,
// screen and its sound) arrive. One shift for both keeps lips together; it follows the sound
// as long as there is any, so that the delay of the sound in a slot stays what it was.
type timing struct {
	mu           sync.Mutex
	sound, image rtpx.Delay
}

// observe takes in one packet and returns its moment on the worker's clock.
func (t *timing) observe(video bool, captured, arrived time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if video {
		t.image.Observe(captured, arrived)
	} else {
		t.sound.Observe(captured, arrived)
	}
	shift, _ := t.shift(arrived)
	return captured + shift
}

// shift is what is added to capture times to get the worker's clock. The caller holds mu.
func (t *timing) shift(now time.Duration) (time.Duration, bool) {
	if shift, ok := t.sound.Value(now); ok {
		return shift, true
	}
	return t.image.Value(now)
}

func (t *timing) at(now time.Duration) (time.Duration, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shift(now)
}
