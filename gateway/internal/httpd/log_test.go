package httpd

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// The marks: what must never be seen in a log or a metric.
const (
	markTitle   = "MARKTITLE"
	markName    = "MARKNAME"
	markSecret  = "MARKSECRET0123456789012"
	markToken   = "MARKTOKEN"
	markAddress = "198.51.100.77"
	markRoom    = "markroom"
	markQuery   = "MARKQUERY"
	markAgent   = "MARKAGENT"
)

// marked puts every mark into a request.
func marked(q *http.Request) {
	q.Header.Set("X-Forwarded-For", markAddress)
	q.Header.Set("User-Agent", markAgent)
	q.Header.Set("Referer", "https://treffen.example/"+markQuery)
	q.URL.RawQuery += "&q=" + markQuery
}

// driveEverything calls each endpoint, good and bad, with marks.
func driveEverything(r *rig) {
	record := r.addRoom(markRoom)
	record.Title = markTitle
	r.rooms.rows[markRoom] = record
	r.machines.status = []MachineStatus{{Machine: "local-1"}}
	body := fmt.Sprintf(`{"token":%q,"title":%q,"name":%q,"role":%q,"minutes":"%s"}`, markToken, markTitle, markName, markSecret, markQuery)
	for _, e := range r.server.endpoints() {
		path := strings.ReplaceAll(filled(e.path), "room-one", markRoom)
		for _, text := range []string{"", "{}", body, "{" + markTitle, fmt.Sprintf(`{"title":%q}`, markTitle), `{"minutes":5}`, fmt.Sprintf(`{"token":%q}`, markToken)} {
			r.do(e.method, path, text, marked)
		}
		for _, method := range []string{"PUT", "HEAD"} {
			r.do(method, path, "", marked)
		}
	}
	for _, path := range []string{"/r/" + markRoom, "/r/" + markTitle, "/signin", "/" + markQuery, "/assets/" + markQuery, "/api/" + markQuery, "/healthz", pathWorker} {
		r.do("GET", path, "", marked)
		r.do("POST", path, body, marked)
	}
}

// driveSocket says good and bad things with marks on a page's socket.
func driveSocket(r *rig) {
	conn, _, err := r.dial(func(h http.Header) { h.Set("X-Forwarded-For", markAddress); h.Set("User-Agent", markAgent) })
	if err != nil {
		r.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprintf(`{"type":"look","version":1,"room":%q,"secret":%q}`, markRoom, markSecret),
		fmt.Sprintf(`{"type":"enter","name":%q}`, markName),
		fmt.Sprintf(`{"type":%q}`, markName), "{" + markName, strings.Repeat(markName, 10_000),
	} {
		r.say(conn, text)
		r.hear(conn)
	}
	conn.Close(websocket.StatusGoingAway, markName)
	r.dial(func(h http.Header) { h.Set("Origin", "https://"+markQuery+".example") })
}

func TestNoLogAndNoMetricHoldsWhatPeopleAreOrSay(t *testing.T) {
	for name, spoil := range map[string]func(*rig){
		"all is well":    func(*rig) {},
		"all is broken":  func(r *rig) { r.rooms.err, r.books.err = errors.New("disk"), errors.New("disk") },
		"the fleet ends": func(r *rig) { r.machines.err = errors.New("away") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(o *Options) {
				o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
				o.Limits.CallsPerSecond = 1e9
			}).signedIn()
			spoil(r)
			driveEverything(r)
			driveSocket(r)
			r.server.Drain(t.Context())
			metrics := r.metrics()
			log := r.logged()
			if strings.Count(log, "msg=request") < 100 || !strings.Contains(log, "{room}") {
				t.Errorf("too little was logged to judge: %s", log)
			}
			for _, mark := range []string{markTitle, markName, markSecret, markToken, markAddress, markRoom, markQuery, markAgent, "127.0.0.1", r.cookie} {
				for where, text := range map[string]string{"log": log, "metrics": metrics} {
					if i := strings.Index(text, mark); i >= 0 {
						t.Errorf("the %s holds %s: …%s…", where, mark, text[max(0, i-80):min(len(text), i+80)])
					}
				}
			}
		})
	}
}

func TestAPanicIsAnswered500AndItsValueIsNotLogged(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Worker = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(markName) })
	})
	r.want(r.do("GET", pathWorker, ""), 500, CodeInternal)
	if log := r.logged(); strings.Contains(log, markName) || !strings.Contains(log, "handler panicked") {
		t.Errorf("logged %s", log)
	}
}

func TestRequestsAreCountedByRouteAndStatus(t *testing.T) {
	r := newRig(t)
	r.do("GET", "/r/room-one", "")
	r.do("GET", "/r/room-two", "")
	r.do("GET", "/api/v1/me", "")
	for name, want := range map[string]string{
		`weckruf_http_requests_total{route="GET /r/{room}",status="200"}`:  "2",
		`weckruf_http_requests_total{route="GET /api/v1/me",status="401"}`: "1",
	} {
		if got := r.metric(name); got != want {
			t.Errorf("%s is %q, want %s", name, got, want)
		}
	}
}
