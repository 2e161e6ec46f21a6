package httpd

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"weckruf/gateway/internal/account"
)

// filled puts values into a route's path.
func filled(path string) string {
	return strings.NewReplacer("{room}", "room-one", "{machine}", "local-1").Replace(path)
}

func TestEveryCallBehindTheSignInIsRefusedWithoutASession(t *testing.T) {
	r := newRig(t)
	for _, e := range r.server.endpoints() {
		if e.public {
			continue
		}
		for _, cookie := range []string{"", "made-up"} {
			r.cookie = cookie
			r.want(r.do(e.method, filled(e.path), "{}"), http.StatusUnauthorized, CodeSignedOut)
		}
	}
}

func TestEveryWriteNeedsTheOwnOriginAndJSON(t *testing.T) {
	r := newRig(t).signedIn()
	spoilt := []struct {
		name   string
		change func(*http.Request)
		status int
		code   Code
	}{
		{"no origin", func(q *http.Request) { q.Header.Del("Origin") }, 403, CodeOrigin},
		{"null", func(q *http.Request) { q.Header.Set("Origin", "null") }, 403, CodeOrigin},
		{"another host", func(q *http.Request) { q.Header.Set("Origin", "https://evil.example") }, 403, CodeOrigin},
		{"another scheme", func(q *http.Request) { q.Header.Set("Origin", "http://treffen.example") }, 403, CodeOrigin},
		{"another port", func(q *http.Request) { q.Header.Set("Origin", "https://treffen.example:8443") }, 403, CodeOrigin},
		{"a longer name", func(q *http.Request) { q.Header.Set("Origin", "https://treffen.example.evil.example") }, 403, CodeOrigin},
		{"no content type", func(q *http.Request) { q.Header.Del("Content-Type") }, 400, CodeMalformed},
		{"a form", func(q *http.Request) { q.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 400, CodeMalformed},
		{"text", func(q *http.Request) { q.Header.Set("Content-Type", "text/plain") }, 400, CodeMalformed},
		{"another charset", func(q *http.Request) { q.Header.Set("Content-Type", "application/json; charset=utf-16") }, 400, CodeMalformed},
	}
	for _, e := range r.server.endpoints() {
		if !e.write() {
			continue
		}
		for _, s := range spoilt {
			t.Run(e.method+" "+e.path+" with "+s.name, func(*testing.T) {
				r.want(r.do(e.method, filled(e.path), "{}", s.change), s.status, s.code)
			})
		}
	}
	if len(r.machines.asked) > 0 || len(r.talk.told) > 0 {
		t.Errorf("refused calls had effects: %v %v", r.machines.asked, r.talk.told)
	}
}

func TestTheOwnOriginIsThePublicOneOrThatOfTheHost(t *testing.T) {
	r := newRig(t)
	for _, origin := range []string{"https://treffen.example", r.http.URL} {
		a := r.do("POST", "/api/v1/signout", "", func(q *http.Request) { q.Header.Set("Origin", origin) })
		r.want(a, http.StatusNoContent, "")
	}
}

func TestEveryOversizedOrMalformedBodyIsRefused(t *testing.T) {
	r := newRig(t).signedIn()
	r.addRoom("room-one")
	r.machines.status = []MachineStatus{{Machine: "local-1"}}
	bodies := []struct {
		name, body string
		status     int
		code       Code
	}{
		{"too large", `{"title":"` + strings.Repeat("x", maxBody) + `"}`, 413, CodeTooLarge},
		{"not JSON", `{`, 400, CodeMalformed},
		{"a list", `[]`, 400, CodeMalformed},
		{"null", `null`, 400, CodeMalformed},
		{"an unknown field", `{"surprise":1}`, 400, CodeMalformed},
		{"two objects", `{}{}`, 400, CodeMalformed},
		{"a tail", `{} x`, 400, CodeMalformed},
		{"not UTF-8", "{\"title\":\"\xff\"}", 400, CodeMalformed},
	}
	for _, e := range r.server.endpoints() {
		if !e.write() {
			continue
		}
		for _, b := range bodies {
			t.Run(e.method+" "+e.path+" with "+b.name, func(*testing.T) {
				a := r.want(r.do(e.method, filled(e.path), b.body), b.status, b.code)
				if strings.Contains(string(a.body), "surprise") && b.code != CodeMalformed {
					t.Errorf("the answer repeats what was sent: %s", a.body)
				}
			})
		}
	}
}

func TestUnknownCallsAndMethodsAreToldSoInJSON(t *testing.T) {
	r := newRig(t).signedIn()
	r.want(r.do("GET", "/api/v1/nothing", ""), 404, CodeNotFound)
	r.want(r.do("POST", "/api/", "{}"), 404, CodeNotFound)
	a := r.want(r.do("PUT", "/api/v1/rooms/room-one", "{}"), 405, CodeMethod)
	if allow := a.Header.Get("Allow"); allow != "DELETE, GET, HEAD, PATCH" {
		t.Errorf("Allow: %q", allow)
	}
}

func TestSignInByGETIsImpossible(t *testing.T) {
	r := newRig(t)
	token, err := r.desk.NewInvite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"GET", "HEAD"} {
		for _, path := range []string{"/signin", "/signin?token=" + token, "/api/v1/signin?token=" + token} {
			if cookies := r.do(method, path, "").Cookies(); len(cookies) > 0 {
				t.Errorf("%s %s set %v", method, path, cookies)
			}
		}
	}
	r.want(r.do("POST", "/api/v1/signin", fmt.Sprintf(`{"token":%q}`, token)), 204, "")
}

func TestAnInviteSignsInOnceAndTheCookieIsGuarded(t *testing.T) {
	r := newRig(t)
	token, err := r.desk.NewInvite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"token":%q}`, token)
	cookies := r.want(r.do("POST", "/api/v1/signin", body), 204, "").Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies: %v", cookies)
	}
	c := cookies[0]
	if c.Name != "weckruf" || c.Path != "/" || c.Domain != "" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %s", c)
	}
	if !c.Expires.Equal(noon.Add(account.SessionLife)) || c.MaxAge != int(account.SessionLife.Seconds()) {
		t.Errorf("the cookie lasts until %v, %d s", c.Expires, c.MaxAge)
	}
	r.want(r.do("POST", "/api/v1/signin", body), 401, CodeSignedOut)
	r.cookie = c.Value
	r.want(r.do("GET", "/api/v1/me", ""), 200, "")
	gone := r.want(r.do("POST", "/api/v1/signout", ""), 204, "").Cookies()
	if len(gone) != 1 || gone[0].MaxAge >= 0 || gone[0].Value != "" || !gone[0].HttpOnly {
		t.Errorf("signing out set %v", gone)
	}
	r.want(r.do("GET", "/api/v1/me", ""), 401, CodeSignedOut)
}

func TestGuessingInvitesEnds(t *testing.T) {
	r := newRig(t)
	for range account.Attempts {
		r.want(r.do("POST", "/api/v1/signin", `{"token":"guess"}`), 401, CodeSignedOut)
	}
	a := r.want(r.do("POST", "/api/v1/signin", `{"token":"guess"}`), 429, CodeTooFast)
	if a.Header.Get("Retry-After") != "900" {
		t.Errorf("Retry-After: %q", a.Header.Get("Retry-After"))
	}
	r.want(newRig(t).do("POST", "/api/v1/signin", `{"token":""}`), 400, CodeMalformed)
}

func TestCallsAreLimitedPerSource(t *testing.T) {
	r := newRig(t)
	for range callBurst {
		r.want(r.do("GET", "/api/v1/settings", ""), 200, "")
	}
	r.want(r.do("GET", "/api/v1/settings", ""), 429, CodeTooFast)
	if a := r.do("GET", "/organise", ""); a.StatusCode != 200 {
		t.Errorf("a page over the limit of calls: %d", a.StatusCode)
	}
}

// A stranger who dials without end must not keep workers from elsewhere out.
func TestDialsOfWorkersAreCountedPerSource(t *testing.T) {
	dialled := 0
	r := newRig(t, func(o *Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Worker = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			dialled++
			w.WriteHeader(http.StatusTeapot)
		})
	})
	from := func(address string) func(*http.Request) {
		return func(q *http.Request) { q.Header.Set("X-Forwarded-For", address) }
	}
	for range dialBurst {
		r.want(r.do("GET", pathWorker, "", from("192.0.2.1")), http.StatusTeapot, "")
	}
	r.want(r.do("GET", pathWorker, "", from("192.0.2.1")), 429, CodeTooFast)
	r.want(r.do("GET", pathWorker, "", from("192.0.2.2")), http.StatusTeapot, "")
	if dialled != dialBurst+1 {
		t.Errorf("%d reached the link", dialled)
	}
}
