package httpd

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// client answers who is calling, through which proxies, and from which origin. It is immutable.
type client struct {
	public  string // origin of the public URL
	secure  bool   // the public URL is an https one
	proxies []netip.Prefix
}

func newClient(public *url.URL, proxies []netip.Prefix) client {
	return client{public: origin(public.Scheme, public.Host), secure: public.Scheme == "https", proxies: proxies}
}

// origin writes an origin as browsers do (RFC 6454 §6.2): lower case, without the scheme's
// own port.
func origin(scheme, host string) string {
	scheme, host = strings.ToLower(scheme), strings.ToLower(host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host
}

// addr is the caller's address: the peer's, or, when that is a trusted proxy, the last entry of
// X-Forwarded-For that no trusted proxy wrote about another one. Whatever stands before that
// entry was sent by the caller and may be a lie.
func (c client) addr(r *http.Request) netip.Addr {
	peer := peerAddr(r.RemoteAddr)
	if !c.trusted(peer) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return peer
		}
		peer = hop.Unmap()
		if !c.trusted(peer) {
			return peer
		}
	}
	return peer
}

func peerAddr(remote string) netip.Addr {
	if peer, err := netip.ParseAddrPort(remote); err == nil {
		return peer.Addr().Unmap()
	}
	return netip.IPv4Unspecified()
}

func (c client) trusted(addr netip.Addr) bool {
	for _, prefix := range c.proxies {
		if prefix.Contains(addr.WithZone("")) {
			return true
		}
	}
	return false
}

// https reports whether the caller's connection is encrypted, here or at a trusted proxy.
func (c client) https(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	if !c.trusted(peerAddr(r.RemoteAddr)) {
		return false
	}
	protos := strings.Split(strings.Join(r.Header.Values("X-Forwarded-Proto"), ","), ",")
	return strings.EqualFold(strings.TrimSpace(protos[len(protos)-1]), "https")
}

// sameOrigin reports whether an Origin is the gateway's own: that of the public URL, or of the
// host that this request was sent to.
func (c client) sameOrigin(r *http.Request, claimed string) bool {
	if claimed == "" {
		return false
	}
	scheme := "http"
	if c.https(r) {
		scheme = "https"
	}
	return claimed == c.public || claimed == origin(scheme, r.Host)
}
