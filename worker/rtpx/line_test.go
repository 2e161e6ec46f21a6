package rtpx

import (
	"math/rand/v2"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestALineGoesOnAcrossASwitch(t *testing.T) {
	l := Line{Rate: 90000}
	l.Switch(100, 5000, 0)
	seq, ts, ok := l.Map(100, 5000, 0)
	if !ok || seq != 100 || ts != 5000 {
		t.Fatalf("first packet became %d, %d, %v", seq, ts, ok)
	}
	l.Map(101, 8000, 33*ms)
	l.Switch(65535, 4294967295, 133*ms)
	seq, ts, ok = l.Map(65535, 4294967295, 133*ms)
	if !ok || seq != 102 || ts != 8000+9000 {
		t.Errorf("after the switch: %d, %d, %v; want 102, 17000", seq, ts, ok)
	}
	seq, ts, _ = l.Map(0, 2999, 166*ms)
	if seq != 103 || ts != 20000 {
		t.Errorf("across the wrap: %d, %d; want 103, 20000", seq, ts)
	}
}

func TestTimestampsAdvanceEvenWhenTheNewSourceIsEarly(t *testing.T) {
	l := Line{Rate: 48000}
	l.Switch(1, 1000, 100*ms)
	l.Map(1, 1000, 100*ms)
	l.Switch(9, 77, 50*ms)
	if _, ts, _ := l.Map(9, 77, 50*ms); ts != 1001 {
		t.Errorf("timestamp %d, want one tick more", ts)
	}
}

func TestWhatCameBeforeTheSwitchIsDropped(t *testing.T) {
	l := Line{Rate: 90000}
	l.Switch(10, 0, 0)
	l.Map(10, 0, 0)
	if _, _, ok := l.Map(9, 0, 0); ok {
		t.Error("a packet from before the switch passed")
	}
	l.Map(12, 0, 0)
	if seq, _, ok := l.Map(11, 0, 0); !ok || seq != 11 {
		t.Errorf("a late packet became %d, %v", seq, ok)
	}
}

func TestSkippedPacketsLeaveNoGap(t *testing.T) {
	for name, c := range map[string]struct {
		in   []int // negative: skipped
		want []uint16
	}{
		"one":            {[]int{1, -2, 3}, []uint16{1, 2}},
		"several":        {[]int{1, -2, -3, -4, 5, 6}, []uint16{1, 2, 3}},
		"two apart":      {[]int{1, -2, 3, -4, 5}, []uint16{1, 2, 3}},
		"late before it": {[]int{1, 3, -4, 2, 5}, []uint16{1, 3, 2, 4}},
		"out of turn":    {[]int{1, 3, -2, 4}, []uint16{1, 3, 4}},
	} {
		l := Line{Rate: 90000}
		l.Switch(1, 0, 0)
		var got []uint16
		for _, n := range c.in {
			if n < 0 {
				l.Skip(uint16(-n))
				continue
			}
			if seq, _, ok := l.Map(uint16(n), 0, 0); ok {
				got = append(got, seq)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

func TestALateRepeatAfterThousandsOfPacketsIsStillKnown(t *testing.T) {
	l := Line{Rate: 90000}
	l.Switch(0, 0, 0)
	for i := range 200_000 {
		seq, _, ok := l.Map(uint16(i), uint32(i)*3000, time.Duration(i)*33*ms)
		if !ok || seq != uint16(i) {
			t.Fatalf("packet %d became %d, %v", i, seq, ok)
		}
	}
	if _, _, ok := l.Map(l.highest-500, 0, 0); !ok {
		t.Error("a packet 500 back was dropped")
	}
}

// FuzzLine switches, skips and reorders as the bytes say. No two different packets may leave
// under one number while the number is fresh, and the newest timestamps must not go back.
func FuzzLine(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 250, 7, 200, 9, 9})
	f.Fuzz(func(t *testing.T, script []byte) {
		l := Line{Rate: 90000}
		random := rand.New(rand.NewPCG(1, uint64(len(script))))
		seq, ts, now := uint16(random.Uint32()), random.Uint32(), time.Duration(0)
		l.Switch(seq, ts, now)
		sent := map[uint16]bool{}
		var newest uint32
		var started bool
		for _, b := range script[:min(len(script), 1000)] {
			now += time.Duration(b) * ms / 8
			switch {
			case b > 240:
				seq, ts = uint16(random.Uint32()), random.Uint32()
				l.Switch(seq, ts, now)
			case b > 200:
				l.Skip(seq)
			default:
				out, at, ok := l.Map(seq, ts, now)
				if ok && sent[out] {
					t.Fatalf("number %d was used twice", out)
				}
				if ok && started && NewerTime(newest, at) {
					t.Fatalf("timestamp %d after %d", at, newest)
				}
				if ok {
					sent[out], newest, started = true, at, true
				}
			}
			seq++
			ts += uint32(b) * 11
		}
	})
}
