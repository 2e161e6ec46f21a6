package rtpx

import "github.com/pion/rtp"

// The header extensions that the worker knows.
const (
	URIMid        = "urn:ietf:params:rtp-hdrext:sdes:mid"
	URIRid        = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	URIRepairRid  = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
	URIAudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
)

// Extensions is the table of one connection: URI → id (1 to 14).
type Extensions map[string]uint8

// Remap translates header extension ids of one connection into those of another. Zero means
// that the extension is not passed on.
type Remap [16]uint8

// NewRemap builds the table for those of uris that both sides have negotiated.
func NewRemap(from, to Extensions, uris ...string) Remap {
	var m Remap
	for _, uri := range uris {
		if in, out := from[uri], to[uri]; in > 0 && in < 15 && out > 0 && out < 15 {
			m[in] = out
		}
	}
	return m
}

// Copy sets the extensions of dst (which has none) to those of src that are passed on. The
// one-byte form (RFC 8285 §4.2) is enough for all of them; longer values are left out.
func (m *Remap) Copy(dst, src *rtp.Header) {
	if !src.Extension {
		return
	}
	for _, id := range src.GetExtensionIDs() {
		if id > 14 || m[id] == 0 {
			continue
		}
		if value := src.GetExtension(id); len(value) > 0 && len(value) <= 16 {
			// Ids 1 to 14 and 1 to 16 bytes are all that SetExtension asks for.
			_ = dst.SetExtension(m[id], value)
		}
	}
}
