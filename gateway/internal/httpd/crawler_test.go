package httpd

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The crawler: mail scanners and chat programs open links, run scripts, and look.
func TestLookingAtEverythingChangesNothing(t *testing.T) {
	r := newRig(t).signedIn()
	r.addRoom("room-one")
	r.machines.status = []MachineStatus{{Machine: "local-1"}}
	paths := []string{"/healthz", "/r/room-one", "/assets/room-abc.js", "/nothing"}
	for pattern := range routesOfPages {
		paths = append(paths, strings.TrimSuffix(filled(pattern), "{$}"))
	}
	for _, e := range r.server.endpoints() {
		paths = append(paths, filled(e.path))
	}
	before := r.rooms.rows["room-one"]
	for _, path := range paths {
		for _, method := range []string{"GET", "HEAD"} {
			r.do(method, path, "")
			r.do(method, path, "", func(q *http.Request) {
				q.Header.Set("Sec-Purpose", "prefetch;prerender")
				q.Header.Set("Purpose", "prefetch")
			})
		}
	}
	conn := r.opened()
	r.say(conn, goodLook)
	r.hear(conn)
	if len(r.machines.asked) > 0 || len(r.talk.told) > 0 || len(r.rooms.rows) != 1 || r.rooms.rows["room-one"] != before {
		t.Errorf("looking had effects: %v %v %v", r.machines.asked, r.talk.told, r.rooms.rows)
	}
	kinds := []string{}
	for _, m := range r.talk.got {
		kinds = append(kinds, m.Kind())
	}
	if !slices.Equal(kinds, []string{"look"}) {
		t.Errorf("the conversation heard %v", kinds)
	}
}
