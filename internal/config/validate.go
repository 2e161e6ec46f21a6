package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"weckruf/internal/wire"
)

// faults gathers what is wrong, so that all of it is told at once.
type faults []error

func (f *faults) when(wrong bool, format string, args ...any) {
	if wrong {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}

// Validate names every fault of the settings, or returns nil.
func (g Gateway) Validate() error {
	var f faults
	f.when(g.Gateway.ID == "", "gateway.id is needed")
	f.when(g.Gateway.Data == "", "gateway.data is needed")
	g.HTTP.validate(&f)
	f.when(g.Metrics.Listen != "" && !address(g.Metrics.Listen), "metrics.listen: %q is not host:port", g.Metrics.Listen)
	g.Organisation.validate(&f)
	g.Room.validate(&f)
	g.Machine.validate(&f)
	g.Process.validate(&f)
	f.when(g.Budget.Month < 0, "budget.month must not be negative")
	var level slog.Level
	f.when(level.UnmarshalText([]byte(g.Log.Level)) != nil, "log.level: %q is none of debug, info, warn, error", g.Log.Level)
	return errors.Join(f...)
}

func (h HTTP) validate(f *faults) {
	f.when(!address(h.Listen), "http.listen: %q is not host:port", h.Listen)
	f.when(!origin(h.PublicURL, "http", "https"), "http.public_url: %q is not like https://treffen.example.org", h.PublicURL)
	f.when(h.WorkerURL != "" && !origin(h.WorkerURL, "ws", "wss"), "http.worker_url: %q is not like wss://treffen.example.org", h.WorkerURL)
	f.when((h.Certificate == "") != (h.Key == ""), "http.certificate and http.key go together")
	f.when(h.Certificate != "" && h.BehindProxy, "http.certificate and http.behind_proxy exclude each other: the proxy ends TLS")
	for _, proxy := range h.TrustedProxies {
		_, prefixErr := netip.ParsePrefix(proxy)
		_, addrErr := netip.ParseAddr(proxy)
		f.when(prefixErr != nil && addrErr != nil, "http.trusted_proxies: %q is neither an address nor a prefix", proxy)
	}
	f.when(h.BehindProxy && len(h.TrustedProxies) == 0, "http.trusted_proxies is needed with http.behind_proxy")
}

func (o Organisation) validate(f *faults) {
	f.when(o.Name == "", "organisation.name is needed")
	_, err := time.LoadLocation(o.TimeZone)
	f.when(err != nil, "organisation.time_zone: %q is not known", o.TimeZone)
	for key, link := range map[string]string{"imprint_url": o.ImprintURL, "privacy_url": o.PrivacyURL, "accessibility_url": o.AccessibilityURL} {
		parsed, err := url.Parse(link)
		f.when(link != "" && (err != nil || parsed.Scheme != "https" && parsed.Scheme != "http"), "organisation.%s: %q is not a web address", key, link)
	}
}

func (r Room) validate(f *faults) {
	f.when(r.WakesPerHour < 1, "room.wakes_per_hour must be 1 or more")
	f.when(r.OpensBefore < 0, "room.opens_before must not be negative")
	f.when(r.Grace <= 0, "room.grace must be positive")
	f.when(r.WaitingOnly <= 0, "room.waiting_only must be positive")
}

func (m Machine) validate(f *faults) {
	f.when(m.Provider != "process", "machine.provider: %q is not known; there is \"process\"", m.Provider)
	f.when(len(m.IDs) == 0, "machine.ids: at least one is needed")
	seen := map[string]bool{}
	for _, id := range m.IDs {
		f.when(!wire.MachineID(id).Valid(), "machine.ids: %q is not of a-z, 0-9 and -", id)
		f.when(seen[id], "machine.ids: %q stands twice", id)
		seen[id] = true
	}
	f.when(m.Pricing != PerMinute && m.Pricing != PerHour, "machine.pricing: %q is neither %q nor %q", m.Pricing, PerMinute, PerHour)
	f.when(m.PricePerHour < 0 || m.RoundTo < 0, "machine.price_per_hour and machine.round_to must not be negative")
	for key, d := range map[string]Duration{
		"idle": m.Idle, "decision_before": m.DecisionBefore, "running_within": m.RunningWithin,
		"hello_within": m.HelloWithin, "hard_stop": m.HardStop, "silence": m.Silence, "guess": m.Guess,
	} {
		f.when(d <= 0, "machine.%s must be positive", key)
	}
}

func (p Process) validate(f *faults) {
	f.when(p.Worker == "", "process.worker is needed")
	f.when(p.BootDelay < 0, "process.boot_delay must not be negative")
	for _, a := range p.Advertise {
		_, err := netip.ParseAddr(a)
		f.when(err != nil, "process.advertise: %q is not an address", a)
	}
}

func address(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

// origin reports whether s is a scheme and a host and nothing else.
func origin(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return false
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			return true
		}
	}
	return false
}
