package httpd

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"net/url"
	"testing"
)

func clientOf(t *testing.T, public string, proxies ...string) client {
	t.Helper()
	u, err := url.Parse(public)
	if err != nil {
		t.Fatal(err)
	}
	var prefixes []netip.Prefix
	for _, p := range proxies {
		prefixes = append(prefixes, netip.MustParsePrefix(p))
	}
	return newClient(u, prefixes)
}

func TestForwardedAddressesAreBelievedFromListedProxiesOnly(t *testing.T) {
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"direct", "203.0.113.9:1000", nil, "203.0.113.9"},
		{"a stranger who claims", "203.0.113.9:1000", []string{"198.51.100.1"}, "203.0.113.9"},
		{"a proxy", "10.0.0.1:1000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"a proxy, and the caller lied before it", "10.0.0.1:1000", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "10.0.0.1:1000", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		{"two headers", "10.0.0.1:1000", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		{"a proxy that says nothing", "10.0.0.1:1000", nil, "10.0.0.1"},
		{"a proxy that says nonsense", "10.0.0.1:1000", []string{"unknown"}, "10.0.0.1"},
		{"only proxies", "10.0.0.1:1000", []string{"10.0.0.3"}, "10.0.0.3"},
		{"IPv6", "[fd00::1]:1000", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:1000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"no address", "@", []string{"198.51.100.1"}, "0.0.0.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
			got := clientOf(t, "https://x.example", "10.0.0.0/8", "fd00::/8").addr(r)
			if got.String() != c.want {
				t.Errorf("addr: %s, want %s", got, c.want)
			}
		})
	}
}

func TestEncryptionIsBelievedFromListedProxiesOnly(t *testing.T) {
	for _, c := range []struct {
		peer, proto string
		tls         *tls.ConnectionState
		want        bool
	}{
		{"203.0.113.9:1", "", nil, false},
		{"203.0.113.9:1", "", &tls.ConnectionState{}, true},
		{"203.0.113.9:1", "https", nil, false},
		{"10.0.0.1:1", "https", nil, true},
		{"10.0.0.1:1", "https, http", nil, false},
		{"10.0.0.1:1", "http", nil, false},
		{"10.0.0.1:1", "", nil, false},
	} {
		r := &http.Request{RemoteAddr: c.peer, TLS: c.tls, Header: http.Header{"X-Forwarded-Proto": {c.proto}}}
		if got := clientOf(t, "https://x.example", "10.0.0.0/8").https(r); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestTheOwnOriginIsWrittenAsBrowsersDo(t *testing.T) {
	for _, c := range []struct {
		public, host, origin string
		want                 bool
	}{
		{"https://x.example", "x.example", "https://x.example", true},
		{"https://x.example:443", "x.example", "https://x.example", true},
		{"https://X.example", "x.example", "https://x.example", true},
		{"https://x.example:8443", "x.example:8443", "https://x.example:8443", true},
		{"http://localhost:8080", "127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"http://localhost:8080", "127.0.0.1:8080", "http://localhost:8080", true},
		{"http://localhost:80", "localhost", "http://localhost", true},
		{"https://x.example", "x.example", "https://x.example:8443", false},
		{"https://x.example", "x.example", "", false},
		{"https://x.example", "x.example", "null", false},
		{"https://x.example", "x.example", "https://y.example", false},
	} {
		r := &http.Request{RemoteAddr: "203.0.113.9:1", Host: c.host, Header: http.Header{}}
		if got := clientOf(t, c.public).sameOrigin(r, c.origin); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestCookiesAndHSTSFollowTheEncryption(t *testing.T) {
	proxied := func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }
	plain := func(o *Options) { o.PublicURL = &url.URL{Scheme: "http", Host: "localhost:8080"} }
	for _, c := range []struct {
		name   string
		tune   []func(*Options)
		proto  string
		secure bool
		hsts   string
	}{
		{"plain", []func(*Options){plain}, "", false, ""},
		{"a stranger claims HTTPS", []func(*Options){plain}, "https", false, ""},
		{"behind a proxy with HTTPS", []func(*Options){plain, proxied}, "https", true, twoYears},
		{"the public address is HTTPS", nil, "", true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, c.tune...)
			a := r.do("POST", "/api/v1/signout", "", func(q *http.Request) {
				q.Header.Set("Origin", r.server.client.public)
				q.Header.Set("X-Forwarded-Proto", c.proto)
			})
			r.want(a, 204, "")
			if got := a.Cookies()[0].Secure; got != c.secure {
				t.Errorf("secure is %v", got)
			}
			if got := a.Header.Get("Strict-Transport-Security"); got != c.hsts {
				t.Errorf("HSTS is %q", got)
			}
		})
	}
}
