package httpd

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/gateway/internal/room"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

func TestANewRoomHasGoodDefaultsAndTwoLinks(t *testing.T) {
	r := newRig(t).signedIn()
	got := into[roomJSON](t, r.want(r.do("POST", "/api/v1/rooms", `{"title":"Gemeinderat"}`), 201, ""))
	if !got.Room.Valid() || got.Title != "Gemeinderat" || !got.WaitingRoom || got.Capacity != 100 || got.StartsAt != nil {
		t.Errorf("made %+v", got)
	}
	keys := cred.FromRoot([]byte(strings.Repeat("\x07", 32)))
	for role, link := range map[wire.Role]linkJSON{wire.RoleChair: got.Links.Chair, wire.RoleGuest: got.Links.Guest} {
		at, err := url.Parse(link.URL)
		if err != nil || at.Scheme+"://"+at.Host != "https://treffen.example" || at.Path != "/r/"+string(got.Room) {
			t.Errorf("%s link %s: %v", role, link.URL, err)
		} else if !keys.MatchLink(at.Fragment, got.Room, role, 1) || link.Generation != 1 {
			t.Errorf("%s link %s does not open the room", role, link.URL)
		}
	}
	stored := r.rooms.rows[got.Room]
	if !stored.CreatedAt.Equal(noon) || stored.Chair.Generation != 1 || stored.Guest.Generation != 1 {
		t.Errorf("stored %+v", stored)
	}
	list := into[struct{ Rooms []roomJSON }](t, r.want(r.do("GET", "/api/v1/rooms", ""), 200, ""))
	if len(list.Rooms) != 1 || list.Rooms[0].Links != got.Links {
		t.Errorf("listed %+v", list.Rooms)
	}
}

func TestRoomsAreValidated(t *testing.T) {
	r := newRig(t).signedIn()
	kept := r.addRoom("room-one")
	long := strings.Repeat("ä", maxTitle)
	for body, status := range map[string]int{
		fmt.Sprintf(`{"title":%q}`, long):                       200,
		fmt.Sprintf(`{"title":%q}`, long+"ä"):                   400,
		`{"title":""}`:                                          400,
		`{"title":" x"}`:                                        400,
		`{"title":"a\u0000b"}`:                                  400,
		`{"title":"a\nb"}`:                                      400,
		`{"title":"a\u202eb"}`:                                  400,
		`{"title":null}`:                                        400,
		`{"title":7}`:                                           400,
		`{"title":"x","capacity":2}`:                            200,
		`{"title":"x","capacity":500}`:                          200,
		`{"title":"x","capacity":1}`:                            400,
		`{"title":"x","capacity":501}`:                          400,
		`{"title":"x","capacity":2.5}`:                          400,
		`{"title":"x","capacity":null}`:                         400,
		`{"title":"x","waiting_room":false}`:                    200,
		`{"title":"x","waiting_room":"no"}`:                     400,
		`{"title":"x","waiting_room":null}`:                     400,
		`{"title":"x","starts_at":"2026-12-01T19:00+01:00"}`:    400,
		`{"title":"x","starts_at":"2026-12-01T19:00:00+01:00"}`: 200,
		`{"title":"x","starts_at":"1999-12-01T19:00:00Z"}`:      400,
		`{"title":"x","starts_at":"2026-12-01"}`:                400,
		`{"title":"x","starts_at":1700000000}`:                  400,
		`{"title":"x","starts_at":null}`:                        200,
	} {
		t.Run(body[:min(len(body), 60)], func(t *testing.T) {
			r.rooms.rows["room-one"] = kept
			if a := r.do("PATCH", "/api/v1/rooms/room-one", body); a.StatusCode != status {
				t.Errorf("PATCH: %d %s, want %d", a.StatusCode, a.body, status)
			}
			if status != 200 && r.rooms.rows["room-one"] != kept {
				t.Errorf("a refused edit changed the room")
			}
			want := map[int]int{200: 201, 400: 400}[status]
			if a := r.do("POST", "/api/v1/rooms", body); a.StatusCode != want {
				t.Errorf("POST: %d %s, want %d", a.StatusCode, a.body, want)
			}
		})
	}
	r.want(r.do("POST", "/api/v1/rooms", `{}`), 400, CodeMalformed)
}

func TestAPatchChangesWhatItNamesAndTellsTheConversation(t *testing.T) {
	r := newRig(t).signedIn()
	want := r.addRoom("room-one")
	for _, step := range []struct {
		body   string
		change func(*room.Record)
	}{
		{`{"starts_at":"2026-12-01T19:00:00+01:00"}`, func(w *room.Record) { w.StartsAt = time.Date(2026, 12, 1, 18, 0, 0, 0, time.UTC) }},
		{`{"title":"Bauausschuss"}`, func(w *room.Record) { w.Title = "Bauausschuss" }},
		{`{"waiting_room":false,"capacity":40}`, func(w *room.Record) { w.WaitingRoom, w.Capacity = false, 40 }},
		{`{"starts_at":null}`, func(w *room.Record) { w.StartsAt = time.Time{} }},
		{`{}`, func(*room.Record) {}},
	} {
		step.change(&want)
		r.want(r.do("PATCH", "/api/v1/rooms/room-one", step.body), 200, "")
		if got := r.rooms.rows["room-one"]; got != want {
			t.Errorf("after %s: %+v, want %+v", step.body, got, want)
		}
	}
	if n := len(r.talk.told); n != 5 || r.talk.told[0] != "changed room-one" {
		t.Errorf("the conversation heard %v", r.talk.told)
	}
}

func TestRenewingALinkCountsUpAndLetsTheOldOneKnock(t *testing.T) {
	for _, c := range []struct {
		body         string
		chair, guest room.Link
	}{
		{`{"role":"guest","old_knocks_hours":48}`, room.Link{Generation: 1}, room.Link{Generation: 2, KnockUntil: noon.Add(48 * time.Hour)}},
		{`{"role":"chair","old_knocks_hours":168}`, room.Link{Generation: 2, KnockUntil: noon.Add(168 * time.Hour)}, room.Link{Generation: 1}},
		{`{"role":"chair","old_knocks_hours":0}`, room.Link{Generation: 2}, room.Link{Generation: 1}},
		{`{"role":"guest"}`, room.Link{Generation: 1}, room.Link{Generation: 2}},
	} {
		t.Run(c.body, func(t *testing.T) {
			r := newRig(t).signedIn()
			r.addRoom("room-one")
			before := into[roomJSON](t, r.do("GET", "/api/v1/rooms/room-one", ""))
			got := into[roomJSON](t, r.want(r.do("POST", "/api/v1/rooms/room-one/links", c.body), 200, ""))
			if stored := r.rooms.rows["room-one"]; stored.Chair != c.chair || stored.Guest != c.guest {
				t.Errorf("stored %+v and %+v", stored.Chair, stored.Guest)
			}
			if (got.Links.Chair.URL == before.Links.Chair.URL) != (c.chair.Generation == 1) ||
				(got.Links.Guest.URL == before.Links.Guest.URL) != (c.guest.Generation == 1) {
				t.Errorf("the links went from %+v to %+v", before.Links, got.Links)
			}
			if !slices.Equal(r.talk.told, []string{"changed room-one"}) {
				t.Errorf("the conversation heard %v", r.talk.told)
			}
		})
	}
	r := newRig(t).signedIn()
	r.addRoom("room-one")
	for _, body := range []string{`{}`, `{"role":"viewer"}`, `{"role":"guest","old_knocks_hours":-1}`, `{"role":"guest","old_knocks_hours":169}`} {
		r.want(r.do("POST", "/api/v1/rooms/room-one/links", body), 400, CodeMalformed)
	}
}

func TestAKnockThatIsOverIsNotShown(t *testing.T) {
	r := newRig(t).signedIn()
	record := r.addRoom("room-one")
	record.Guest = room.Link{Generation: 2, KnockUntil: noon}
	r.rooms.rows["room-one"] = record
	if got := into[roomJSON](t, r.do("GET", "/api/v1/rooms/room-one", "")); got.Links.Guest.OldKnocksTill != nil {
		t.Errorf("shown: %v", got.Links.Guest.OldKnocksTill)
	}
}

func TestARoomWithPeopleIsNotDeleted(t *testing.T) {
	r := newRig(t).signedIn()
	r.addRoom("room-one")
	r.talk.present = 1
	r.want(r.do("DELETE", "/api/v1/rooms/room-one", ""), 409, CodeInUse)
	r.talk.present = 0
	r.want(r.do("DELETE", "/api/v1/rooms/room-one", ""), 204, "")
	if !slices.Equal(r.machines.asked, []string{"cancel room-one"}) {
		t.Errorf("the fleet was asked %v", r.machines.asked)
	}
	if !slices.Equal(r.talk.told, []string{"forget room-one"}) || len(r.rooms.rows) != 0 {
		t.Errorf("the conversation heard %v, the table holds %v", r.talk.told, r.rooms.rows)
	}
}

func TestRoomsThatAreNotThere(t *testing.T) {
	r := newRig(t).signedIn()
	for _, id := range []string{"nothing", "UPPER", "x", "%2e%2e", strings.Repeat("x", 65)} {
		r.want(r.do("GET", "/api/v1/rooms/"+id, ""), 404, CodeNotFound)
		r.want(r.do("PATCH", "/api/v1/rooms/"+id, `{"title":"x"}`), 404, CodeNotFound)
		r.want(r.do("DELETE", "/api/v1/rooms/"+id, ""), 404, CodeNotFound)
		r.want(r.do("POST", "/api/v1/rooms/"+id+"/links", `{"role":"guest"}`), 404, CodeNotFound)
		r.want(r.do("POST", "/api/v1/rooms/"+id+"/prewarm", `{"minutes":5}`), 404, CodeNotFound)
		r.want(r.do("DELETE", "/api/v1/rooms/"+id+"/prewarm", ""), 404, CodeNotFound)
	}
	if len(r.machines.asked) > 0 {
		t.Errorf("the fleet was asked %v", r.machines.asked)
	}
}

func TestPrewarmAndStopAskTheFleet(t *testing.T) {
	r := newRig(t).signedIn()
	r.addRoom("room-one")
	r.machines.status = []MachineStatus{{
		Machine: "local-1", State: "waking", Since: noon, ETA: 3 * time.Second, Rooms: []wire.RoomID{"room-one"},
		PricePerHour: 79_001_000, PrewarmUntil: noon.Add(30 * time.Minute), CanStop: true,
	}}
	m := into[machineJSON](t, r.want(r.do("POST", "/api/v1/rooms/room-one/prewarm", `{"minutes":30}`), 202, ""))
	if m.Machine != "local-1" || m.EtaMS != 3000 || len(m.Rooms) != 1 || m.Rooms[0].Title != "Gemeinderat" || m.PaidUntil != nil {
		t.Errorf("answered %+v", m)
	}
	r.want(r.do("DELETE", "/api/v1/rooms/room-one/prewarm", ""), 204, "")
	r.want(r.do("POST", "/api/v1/machines/local-1/stop", "{}"), 202, "")
	r.want(r.do("POST", "/api/v1/machines/local-2/stop", "{}"), 404, CodeNotFound)
	want := []string{"prewarm room-one 2026-11-23T12:30:00Z", "cancel room-one", "stop local-1"}
	if !slices.Equal(r.machines.asked, want) {
		t.Errorf("the fleet was asked %v, want %v", r.machines.asked, want)
	}
	for _, body := range []string{`{}`, `{"minutes":4}`, `{"minutes":241}`, `{"minutes":"30"}`} {
		r.want(r.do("POST", "/api/v1/rooms/room-one/prewarm", body), 400, CodeMalformed)
	}
	got := into[roomJSON](t, r.do("GET", "/api/v1/rooms/room-one", ""))
	if got.Machine == nil || got.Machine.Machine != "local-1" {
		t.Errorf("the room's machine: %+v", got.Machine)
	}
}

func TestEveryErrorHasItsCodeAndStatus(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   Code
	}{
		{&fleet.Refused{Code: wire.RefusedWakes, RetryAfter: 90 * time.Second}, 409, CodeWakeLimit},
		{&fleet.Refused{Code: wire.RefusedBudget}, 409, CodeOverBudget},
		{fmt.Errorf("wake: %w", &fleet.Refused{Code: wire.RefusedMachine}), 409, CodeNoMachine},
		{fmt.Errorf("stop: %w", fleet.ErrInUse), 409, CodeInUse},
		{refuse(CodeConflict, "x"), 409, CodeConflict},
		{refuse(CodeUnavailable, "x"), 503, CodeUnavailable},
		{errors.New("the disk broke"), 500, CodeInternal},
		{errFull, 503, CodeUnavailable},
	} {
		t.Run(c.err.Error(), func(t *testing.T) {
			r := newRig(t, func(o *Options) { o.Passing = func(err error) bool { return errors.Is(err, errFull) } }).signedIn()
			r.addRoom("room-one")
			r.machines.err = c.err
			a := r.want(r.do("POST", "/api/v1/rooms/room-one/prewarm", `{"minutes":5}`), c.status, c.code)
			if c.code == CodeInternal && strings.Contains(string(a.body), "disk") {
				t.Errorf("the cause was told: %s", a.body)
			}
			if c.code == CodeWakeLimit && a.Header.Get("Retry-After") != "90" {
				t.Errorf("Retry-After: %q", a.Header.Get("Retry-After"))
			}
			if warned := strings.Contains(r.logged(), "level=WARN"); warned != (c.err == errFull || c.code == CodeInternal) {
				t.Errorf("logged %s", r.logged())
			}
		})
	}
}

var errFull = errors.New("no space left")

func TestAStoreThatFailsIsInternal(t *testing.T) {
	for path, spoil := range map[string]func(*rig){
		"/api/v1/rooms":    func(r *rig) { r.rooms.err = errors.New("disk") },
		"/api/v1/machines": func(r *rig) { r.rooms.err = errors.New("disk") },
		"/api/v1/costs":    func(r *rig) { r.books.err = errors.New("disk") },
		"/api/v1/me":       func(r *rig) { r.tokens.err = errors.New("disk") },
	} {
		r := newRig(t).signedIn()
		spoil(r)
		r.want(r.do("GET", path, ""), 500, CodeInternal)
	}
}

func TestEveryCodeHasAStatus(t *testing.T) {
	if len(statuses) != 14 {
		t.Errorf("%d codes", len(statuses))
	}
	for code, status := range statuses {
		if http.StatusText(status) == "" || status < 400 {
			t.Errorf("%s is %d", code, status)
		}
	}
}
