package rtpx

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtp"
)

func TestRepeatedPacketsAreNotFresh(t *testing.T) {
	for name, c := range map[string]struct {
		in   []uint16
		want []bool
	}{
		"in order":        {[]uint16{1, 2, 3}, []bool{true, true, true}},
		"repeated":        {[]uint16{1, 2, 1, 2, 2}, []bool{true, true, false, false, false}},
		"reordered":       {[]uint16{1, 3, 2, 2}, []bool{true, true, true, false}},
		"across the wrap": {[]uint16{65534, 1, 65535, 0, 65535}, []bool{true, true, true, true, false}},
		"far ahead":       {[]uint16{1, 5000, 1}, []bool{true, true, false}},
		"too old":         {[]uint16{2000, 900}, []bool{true, false}},
		"old but unseen":  {[]uint16{2000, 1000, 1000}, []bool{true, true, false}},
	} {
		var w Window
		for i, seq := range c.in {
			if got := w.Fresh(seq); got != c.want[i] {
				t.Errorf("%s: packet %d (%d) fresh=%v", name, i, seq, got)
			}
		}
	}
}

func FuzzWindow(f *testing.F) {
	f.Add([]byte{1, 2, 3, 255, 0, 1})
	f.Fuzz(func(t *testing.T, steps []byte) {
		var w Window
		seen := map[uint16]bool{}
		seq := uint16(60000)
		for _, step := range steps[:min(len(steps), 200)] {
			seq += uint16(step) - 100
			fresh := w.Fresh(seq)
			if fresh && seen[seq] {
				t.Fatalf("%d was fresh twice", seq)
			}
			seen[seq] = true
		}
	})
}

func TestKeyFramesAreAskedForAtMostEvery300ms(t *testing.T) {
	var k Throttle
	for _, c := range []struct {
		at   time.Duration
		want bool
	}{{0, true}, {100 * ms, false}, {299 * ms, false}, {300 * ms, true}, {500 * ms, false}, {900 * ms, true}} {
		if got := k.Allow(c.at); got != c.want {
			t.Errorf("at %s: %v", c.at, got)
		}
	}
}

func TestTheLayerFitsTheTile(t *testing.T) {
	three := []Layer{{180, true}, {360, true}, {720, true}}
	for name, c := range map[string]struct {
		layers []Layer
		height int
		want   int
	}{
		"small":                  {three, 100, 0},
		"exact":                  {three, 360, 1},
		"between":                {three, 361, 2},
		"larger than all":        {three, 2000, 2},
		"the fitting one silent": {[]Layer{{180, true}, {360, false}, {720, true}}, 300, 2},
		"only a smaller one":     {[]Layer{{180, true}, {360, false}, {720, false}}, 720, 0},
		"none sends":             {[]Layer{{180, false}}, 180, -1},
		"no layers":              {nil, 180, -1},
		"one unknown":            {[]Layer{{0, true}}, 720, 0},
		"known before unknown":   {[]Layer{{0, true}, {180, true}}, 720, 1},
		"order does not matter":  {[]Layer{{720, true}, {180, true}, {360, true}}, 180, 1},
	} {
		if got := Pick(c.layers, c.height); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestTheSpeakerKeepsTheFloorUntilSomebodyIsClearlyLouder(t *testing.T) {
	for name, c := range map[string]struct {
		levels  []float64
		current int
		want    int
	}{
		"nobody":            {nil, -1, -1},
		"silence":           {[]float64{10, 20}, -1, -1},
		"the loudest":       {[]float64{70, 90}, -1, 1},
		"hardly louder":     {[]float64{85, 90}, 0, 0},
		"clearly louder":    {[]float64{80, 90}, 0, 1},
		"fell silent":       {[]float64{20, 70}, 0, 1},
		"left and silent":   {[]float64{20}, 5, -1},
		"stays when silent": {[]float64{20, 30}, 0, -1},
	} {
		if got := Loudest(c.levels, c.current); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestLoudnessRisesFasterThanItFalls(t *testing.T) {
	var l Loudness
	l.Observe(27)
	up := l.Settle()
	down := l.Settle()
	if up != 50 || down != 45 {
		t.Errorf("up %v, down %v; want 50, 45", up, down)
	}
	if level, ok := AudioLevel([]byte{0x80 | 30}); !ok || level != 30 {
		t.Errorf("level %d, %v", level, ok)
	}
	if level, ok := AudioLevel(nil); ok || level != Silence {
		t.Errorf("no value is %d, %v", level, ok)
	}
}

func TestTheCacheGivesBackWhatIsStillThere(t *testing.T) {
	var c Cache
	for i := range cacheSize + 10 {
		c.Put(uint16(i), []byte{byte(i), byte(i >> 8)})
	}
	if _, ok := c.Get(nil, 5); ok {
		t.Error("a packet that was overwritten came back")
	}
	if got, ok := c.Get(nil, 300&0xffff); cacheSize+10 > 300 && (!ok || !bytes.Equal(got, []byte{44, 1})) {
		t.Errorf("packet 300: %v, %v", got, ok)
	}
	if got, ok := c.Get(nil, cacheSize); !ok || got[0] != byte(cacheSize&0xff) {
		t.Errorf("packet %d: %v, %v", cacheSize, got, ok)
	}
	c.Put(9000, make([]byte, 3000))
	if _, ok := c.Get(nil, 9000); ok {
		t.Error("an oversized packet was kept")
	}
}

func TestASourceClockMapsBothWays(t *testing.T) {
	c := Clock{Rate: 90000}
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	if c.Known() {
		t.Error("known before a report")
	}
	c.Report(NTP(at), 1000)
	first := c.Capture(1000)
	if got := c.Capture(91000) - first; got != time.Second {
		t.Errorf("90000 ticks are %s", got)
	}
	if got := c.Capture(1<<32+1000-9000) - first; got != -100*ms {
		t.Errorf("9000 ticks before are %s", got)
	}
	for _, d := range []time.Duration{0, ms, -250 * ms, 10 * time.Second} {
		ts := c.Timestamp(first + d)
		if back := c.Capture(ts) - first; (back - d).Abs() > 20*time.Microsecond {
			t.Errorf("%s became %s", d, back)
		}
	}
}

func TestTheDelayIsTheSmallestOfTheLastSeconds(t *testing.T) {
	var d Delay
	if _, ok := d.Value(0); ok {
		t.Error("known before the first packet")
	}
	see := func(at, delay time.Duration) { d.Observe(at-delay, at) }
	want := func(at, delay time.Duration) {
		t.Helper()
		if got, ok := d.Value(at); !ok || got != delay {
			t.Errorf("at %s: %s, %v; want %s", at, got, ok, delay)
		}
	}
	see(1*time.Second, 30*ms)
	see(2*time.Second, 20*ms)
	see(3*time.Second, 80*ms)
	want(3*time.Second, 20*ms)
	see(7*time.Second, 50*ms)
	want(7*time.Second, 20*ms)
	see(13*time.Second, 40*ms)
	want(13*time.Second, 40*ms)
	if _, ok := d.Value(time.Minute); ok {
		t.Error("believed for a minute")
	}
}

func TestExtensionsGetTheOtherSidesIDs(t *testing.T) {
	from := Extensions{URIAudioLevel: 3, URIMid: 4}
	to := Extensions{URIAudioLevel: 9, URIMid: 15}
	m := NewRemap(from, to, URIAudioLevel, URIMid)
	var in, out rtp.Header
	in.Version, out.Version = 2, 2
	for id, value := range map[uint8][]byte{3: {0x85}, 4: []byte("0"), 5: {1}} {
		if err := in.SetExtension(id, value); err != nil {
			t.Fatal(err)
		}
	}
	m.Copy(&out, &in)
	if got := out.GetExtension(9); !bytes.Equal(got, []byte{0x85}) {
		t.Errorf("audio level became %v", got)
	}
	if ids := out.GetExtensionIDs(); len(ids) != 1 {
		t.Errorf("passed on: %v", ids)
	}
}

// FuzzExtensions: whatever a page puts into its header extensions, what is passed on can be
// written as a header.
func FuzzExtensions(f *testing.F) {
	f.Add([]byte{0x90, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x30, 0x85, 0, 0})
	f.Add([]byte{0x90, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0x10, 0, 0, 1, 3, 0, 0, 0})
	f.Fuzz(func(t *testing.T, packet []byte) {
		var in rtp.Header
		if _, err := in.Unmarshal(packet); err != nil {
			return
		}
		m := NewRemap(Extensions{URIAudioLevel: 3}, Extensions{URIAudioLevel: 9}, URIAudioLevel)
		out := rtp.Header{Version: 2}
		m.Copy(&out, &in)
		if _, err := out.Marshal(); err != nil {
			t.Fatalf("cannot be written: %v", err)
		}
	})
}

func TestNumbersAreComparedAcrossTheWrap(t *testing.T) {
	if !Newer(1, 65535) || Newer(65535, 1) || Newer(5, 5) || !NewerTime(1, 1<<32-1) {
		t.Error("numbers are not compared across the wrap")
	}
}
