package httpd

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPagesStandAtTheirPathsAndKnowHEAD(t *testing.T) {
	r := newRig(t)
	for path, title := range map[string]string{
		"/": "index", "/r/room-one": "room", "/organise": "organise", "/finance": "finance", "/signin": "signin",
		"/impressum": "text", "/datenschutz": "text", "/barrierefreiheit": "text", "/hilfe": "text",
	} {
		got := r.do("GET", path, "")
		if got.StatusCode != 200 || string(got.body) != "<title>"+title+"</title>" {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
		if got.Header.Get("Content-Type") != "text/html; charset=utf-8" || got.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %v", path, got.Header)
		}
		head := r.do("HEAD", path, "")
		if head.StatusCode != 200 || len(head.body) != 0 || head.ContentLength != int64(len(got.body)) ||
			head.Header.Get("ETag") != got.Header.Get("ETag") {
			t.Errorf("HEAD %s: %d %v", path, head.StatusCode, head.Header)
		}
	}
}

func TestWhatIsNotThereHasAPageWithTheStatusThatSaysSo(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{
		"/nothing", "/r/", "/r/UPPER", "/r/room-one/more", "/assets/", "/assets/nothing.js", "/room.html", "/text.html",
		"/assets", "/.gitkeep", "/dist/room.html", "/assets/room-abc.js.br", "/..%2f..%2fgo.mod", "/metrics",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := r.do(method, path, "")
			if a.StatusCode != 404 || a.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%s %s: %d %v", method, path, a.StatusCode, a.Header)
			}
			if a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s may be cached: %q", path, a.Header.Get("Cache-Control"))
			}
		}
	}
	if a := r.do("POST", "/organise", ""); a.StatusCode != 405 || a.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST of a page: %d", a.StatusCode)
	}
}

func TestABuildWithoutPagesIsHonest(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Pages = fstest.MapFS{".gitkeep": {}} })
	a := r.do("GET", "/r/room-one", "")
	if a.StatusCode != 404 || !strings.Contains(string(a.body), "Diese Seite gibt es nicht") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestAssetsAreKeptForeverAndComeCompressedToThoseWhoTakeIt(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ path, accept, body, encoding string }{
		{"/assets/room-abc.js", "gzip, deflate, br, zstd", "BROTLI", "br"},
		{"/assets/room-abc.js", "gzip", "GZIP", "gzip"},
		{"/assets/room-abc.js", "BR", "BROTLI", "br"},
		{"/assets/room-abc.js", "br;q=0, gzip;q=0.5", "GZIP", "gzip"},
		{"/assets/room-abc.js", "br; q=0.000, gzip;q=0", "console.log(1)", ""},
		{"/assets/room-abc.js", "", "console.log(1)", ""},
		{"/assets/room-abc.js", "identity", "console.log(1)", ""},
		{"/assets/vendor-abc.js", "br, gzip", "GZIP2", "gzip"},
		{"/assets/style-abc.css", "br, gzip", "a{}", ""},
	} {
		t.Run(c.path+" "+c.accept, func(t *testing.T) {
			a := r.do("GET", c.path, "", func(q *http.Request) { q.Header.Set("Accept-Encoding", c.accept) })
			if string(a.body) != c.body || a.Header.Get("Content-Encoding") != c.encoding {
				t.Errorf("%q in %q", a.body, a.Header.Get("Content-Encoding"))
			}
			if a.Header.Get("Cache-Control") != forever {
				t.Errorf("Cache-Control %q", a.Header.Get("Cache-Control"))
			}
			if varies := a.Header.Get("Vary") == "Accept-Encoding"; varies != (c.path != "/assets/style-abc.css") {
				t.Errorf("Vary %q", a.Header.Get("Vary"))
			}
			etag := a.Header.Get("ETag")
			again := r.do("GET", c.path, "", func(q *http.Request) {
				q.Header.Set("Accept-Encoding", c.accept)
				q.Header.Set("If-None-Match", etag)
			})
			if again.StatusCode != http.StatusNotModified || len(again.body) > 0 {
				t.Errorf("asked again with %s: %d", etag, again.StatusCode)
			}
		})
	}
	ranged := r.do("GET", "/assets/room-abc.js", "", func(q *http.Request) {
		q.Header.Set("Accept-Encoding", "br")
		q.Header.Set("Range", "bytes=0-1")
	})
	if ranged.StatusCode != 200 || string(ranged.body) != "BROTLI" {
		t.Errorf("a part of a compressed file: %d %s", ranged.StatusCode, ranged.body)
	}
}

func TestFilesHaveTheirTypes(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string]string{
		"/assets/room-abc.js": "text/javascript; charset=utf-8", "/assets/style-abc.css": "text/css; charset=utf-8",
		"/favicon.svg": "image/svg+xml",
	} {
		if got := r.do("GET", path, "").Header.Get("Content-Type"); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if got := r.do("GET", "/favicon.svg", "").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the icon's Cache-Control is %q", got)
	}
}

// everything is one path of each kind, errors included.
var everything = []string{
	"/", "/r/room-one", "/assets/room-abc.js", "/nothing", "/favicon.svg", "/healthz", "/api/v1/settings", "/api/v1/me",
	"/api/v1/nothing", "/api/v1/openapi.json", "/api/v1/join", "/api/v1/worker",
}

func TestSecurityHeadersStandOnEverything(t *testing.T) {
	r := newRig(t)
	for _, path := range everything {
		h := r.do("GET", path, "").Header
		for name, want := range map[string]string{
			"Content-Security-Policy":      policy(r.server.public),
			"Referrer-Policy":              "no-referrer",
			"X-Content-Type-Options":       "nosniff",
			"Permissions-Policy":           permissions,
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security":    "", // the connection is plain HTTP
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestThePolicyAllowsNothingUnsafeAndNobodyElse(t *testing.T) {
	for address, socket := range map[string]string{
		"https://treffen.example": "wss://treffen.example", "http://localhost:8080": "ws://localhost:8080",
	} {
		public, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		csp := policy(public)
		if !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("the policy is %s", csp)
		}
		for directive := range strings.SplitSeq(csp, "; ") {
			name, sources, _ := strings.Cut(directive, " ")
			for source := range strings.FieldsSeq(sources) {
				switch source {
				case "'self'", "'none'", "blob:", "mediastream:":
				case socket:
					if name != "connect-src" {
						t.Errorf("%s in %s", source, name)
					}
				default:
					t.Errorf("%s allows %s", name, source)
				}
			}
		}
	}
}
