package sfu

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// describe completes an answer: the worker's other addresses as candidates, and how the page
// is to code its sound: speech with pauses (DTX), the sound of a screen in stereo.
func describe(answer string, addresses []netip.AddrPort, p *plan) string {
	lines := strings.SplitAfter(answer, "\n")
	var out strings.Builder
	out.Grow(len(answer) + 1024)
	mids := midsOfLines(lines)
	section := -1
	advertised := false
	for _, line := range lines {
		if strings.HasPrefix(line, "m=") {
			section++
		}
		if secondComponent.MatchString(line) {
			continue
		}
		if section >= 0 && strings.HasPrefix(line, "a=fmtp:") {
			line = tune(line, p, mids[section])
		}
		if !advertised && strings.HasPrefix(line, "a=end-of-candidates") {
			advertised = true
			out.WriteString(extraCandidates(addresses))
		}
		out.WriteString(line)
	}
	return out.String()
}

// secondComponent are candidates for RTCP on a port of its own, which is not used (RFC 8035).
var secondComponent = regexp.MustCompile(`^a=candidate:\S+ 2 `)

// midsOfLines lists the mids of the sections.
func midsOfLines(lines []string) []string {
	var mids []string
	for _, line := range lines {
		if strings.HasPrefix(line, "m=") {
			mids = append(mids, "")
		}
		if mid, ok := strings.CutPrefix(line, "a=mid:"); ok && len(mids) > 0 {
			mids[len(mids)-1] = strings.TrimSpace(mid)
		}
	}
	return mids
}

// tune adds what the page is to do with its sound.
func tune(line string, p *plan, mid string) string {
	part, sends := p.sends[mid]
	text := strings.TrimRight(line, "\r\n")
	switch {
	case !sends || part.video() || strings.Contains(text, "apt="):
		return line
	case part == screenSound:
		return text + ";stereo=1;maxaveragebitrate=96000\r\n"
	}
	return text + ";usedtx=1\r\n"
}

// extraCandidates names the addresses that pion does not know of.
func extraCandidates(addresses []netip.AddrPort) string {
	known := make(map[netip.AddrPort]bool)
	for _, a := range primary(addresses) {
		known[a] = true
	}
	var out strings.Builder
	for i, a := range addresses {
		if known[a] {
			continue
		}
		// Host candidates (RFC 8445 §5.1.2.1), each a little less preferred than the one before.
		priority := uint32(126)<<24 | uint32(65535-1-i)<<8 | 255
		fmt.Fprintf(&out, "a=candidate:%d 1 udp %d %s %d typ host\r\n", 1000+i, priority, a.Addr().Unmap(), a.Port())
	}
	return out.String()
}
