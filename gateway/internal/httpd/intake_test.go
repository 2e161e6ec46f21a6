package httpd

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"weckruf/gateway/internal/room"
)

// FuzzIntake: whatever is sent, the answer is a room that keeps the rules or a typed error that
// does not repeat the input.
func FuzzIntake(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"title":"Rat"}`, `{"title":"Rat","starts_at":"2026-12-01T19:00:00+01:00","waiting_room":false,"capacity":2}`,
		`{"starts_at":null}`, `{"title":null}`, `{"capacity":1e9}`, `[]`, `null`, `{"title":"a"}{}`, `{"TITLE":"x"}`,
		`{"title":"a","title":"b"}`, "{\"title\":\"\xff\"}", `{"starts_at":"0000-01-01T00:00:00Z"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var edit roomEdit
		record := room.Record{Title: "before", Capacity: 100, WaitingRoom: true}
		err := decode(body, &edit)
		if err == nil {
			err = edit.apply(&record)
		}
		if err != nil {
			var own *Error
			if !errors.As(err, &own) || own.Code != CodeMalformed {
				t.Fatalf("%q: %v", body, err)
			}
			if record.Title != "before" || record.Capacity != 100 || !record.WaitingRoom || !record.StartsAt.IsZero() {
				t.Fatalf("%q was refused and changed the room to %+v", body, record)
			}
			return
		}
		if !json.Valid(body) || !utf8.Valid(body) || strings.TrimSpace(string(body))[0] != '{' {
			t.Fatalf("%q was taken", body)
		}
		if !goodTitle(record.Title) || record.Capacity < minCapacity || record.Capacity > maxCapacity {
			t.Fatalf("%q made %+v", body, record)
		}
		if !record.StartsAt.IsZero() && (record.StartsAt.Location() != time.UTC || record.StartsAt.Year() < 2000) {
			t.Fatalf("%q made it start at %v", body, record.StartsAt)
		}
	})
}

func TestAccepts(t *testing.T) {
	got := accepts([]string{"gzip;q=0.8, BR , zstd;q=0", "x;q=0.0"})
	for name, want := range map[string]bool{"gzip": true, "br": true, "zstd": false, "x": false, "deflate": false} {
		if got[name] != want {
			t.Errorf("%s: %v", name, got[name])
		}
	}
}

func TestBucketsFillUpAgain(t *testing.T) {
	p, now := newPace(2, 3), noon
	for i := range 3 {
		if !p.allow("a", now) {
			t.Errorf("call %d of the burst was refused", i)
		}
	}
	if p.allow("a", now) || !p.allow("b", now) {
		t.Error("the limit is not per source")
	}
	now = now.Add(time.Second)
	for i := range 2 {
		if !p.allow("a", now) {
			t.Errorf("call %d after a second was refused", i)
		}
	}
	if p.allow("a", now) {
		t.Error("more came back than the rate says")
	}
}

func TestTheBucketsAreBounded(t *testing.T) {
	p := newPace(1, 1)
	for i := range 2 * maxSources {
		p.allow(string(rune(i+1000)), noon)
	}
	if len(p.sources) > maxSources {
		t.Errorf("%d buckets, at most %d", len(p.sources), maxSources)
	}
	for i := range maxSources {
		p.allow(string(rune(i+100_000)), noon.Add(time.Hour))
	}
	if len(p.sources) > maxSources {
		t.Errorf("%d buckets later, at most %d", len(p.sources), maxSources)
	}
}
