package httpd

import (
	"net/http"
	"net/url"
	"strings"
)

// policy is the Content-Security-Policy of every answer. Nothing is allowed but what is named:
//
//   - script, style, worker, manifest: own files only. The pages build their style sheets by
//     the CSSOM, which needs no exception.
//   - img: own files, and blob: for pictures that a page makes itself, such as a QR code or a
//     still of the camera. The build inlines no files, so there is no data:.
//   - connect: the API and the WebSocket. 'self' covers ws and wss in current browsers; Safari
//     only learnt it in version 15.4 and lost it at times, so the origin is named too.
//   - media: blob: and mediastream: for camera, screen and the others.
//
// Everything else, fonts, frames, plugins, forms and foreign bases included, has no source.
func policy(public *url.URL) string {
	socket := "ws://" + public.Host
	if public.Scheme == "https" {
		socket = "wss://" + public.Host
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' blob:",
		"connect-src 'self' " + socket,
		"media-src 'self' blob: mediastream:",
		"worker-src 'self'",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

// permissions gives this origin, and no frame, what a call needs, and nobody what it does not.
const permissions = "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), " +
	"geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), " +
	"accelerometer=(), gyroscope=(), magnetometer=()"

// twoYears is how long browsers insist on HTTPS once they have seen it.
const twoYears = "max-age=63072000"

// secured puts the security headers on everything, errors included.
func (s *Server) secured(next http.Handler) http.Handler {
	csp := policy(s.public)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Permissions-Policy", permissions)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.client.https(r) {
			h.Set("Strict-Transport-Security", twoYears)
		}
		next.ServeHTTP(w, r)
	})
}
