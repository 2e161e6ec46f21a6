package app

import (
	"reflect"
	"testing"
	"time"

	"weckruf/internal/wire"
)

type fakeMinutes struct {
	all       []wire.UsageMinute
	forgotten time.Time
}

func (f *fakeMinutes) Usage() []wire.UsageMinute { return f.all }
func (f *fakeMinutes) ForgetUsage(t time.Time)   { f.forgotten = t }

type fakeRecorder struct {
	said      [][]wire.UsageMinute
	unsettled int
}

func (f *fakeRecorder) Record(m []wire.UsageMinute) { f.said = append(f.said, m) }
func (f *fakeRecorder) Unsettled() int              { return f.unsettled }

func TestAMinuteIsSaidAgainOnlyWhenItGrew(t *testing.T) {
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	minute := func(at time.Time, seconds int) wire.UsageMinute {
		return wire.UsageMinute{Minute: at, Room: "room-1", Seconds: seconds}
	}
	media, link := &fakeMinutes{}, &fakeRecorder{}
	r := reporter{media: media, link: link}
	next := start.Add(time.Minute)
	for _, step := range []struct {
		name      string
		at        time.Duration
		unsettled int
		counted   []wire.UsageMinute
		want      []wire.UsageMinute
	}{
		{"nobody", 5 * time.Second, 0, nil, nil},
		{"the running minute", 10 * time.Second, 0, []wire.UsageMinute{minute(start, 5)}, []wire.UsageMinute{minute(start, 5)}},
		{"unchanged", 15 * time.Second, 0, []wire.UsageMinute{minute(start, 5)}, nil},
		{"grown, gateway away", 20 * time.Second, 1, []wire.UsageMinute{minute(start, 9)}, nil},
		{"over, gateway away", 65 * time.Second, 1, []wire.UsageMinute{minute(start, 40), minute(next, 5)}, []wire.UsageMinute{minute(start, 40)}},
		{"the next one, gateway back", 70 * time.Second, 0, []wire.UsageMinute{minute(next, 10)}, []wire.UsageMinute{minute(next, 10)}},
	} {
		media.all, link.unsettled, link.said = step.counted, step.unsettled, nil
		r.report(start.Add(step.at))
		var got []wire.UsageMinute
		for _, said := range link.said {
			got = append(got, said...)
		}
		if !reflect.DeepEqual(got, step.want) {
			t.Errorf("%s: said %v, want %v", step.name, got, step.want)
		}
		if want := start.Add(step.at).Truncate(time.Minute); !media.forgotten.Equal(want) {
			t.Errorf("%s: forgot until %v", step.name, media.forgotten)
		}
	}
}

func TestTheEndSaysTheRunningMinuteInAnyCase(t *testing.T) {
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	media := &fakeMinutes{all: []wire.UsageMinute{{Minute: start, Room: "room-1", Seconds: 3}}}
	link := &fakeRecorder{unsettled: 2}
	r := reporter{media: media, link: link}
	r.last(start.Add(4 * time.Second))
	if len(link.said) != 1 {
		t.Errorf("said %v", link.said)
	}
}
