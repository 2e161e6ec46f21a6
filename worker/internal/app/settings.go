package app

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"weckruf/internal/wire"
)

// Settings say who the worker is and where it serves.
type Settings struct {
	Gateway   string // ws, wss, http or https URL
	Machine   wire.MachineID
	Key       ed25519.PrivateKey
	Media     string        // host:port of the media socket, UDP
	TURN      string        // host:port of the TURN server, UDP and TCP
	Advertise []netip.Addr  // by which the worker is reached; none: those of the interfaces
	Silence   time.Duration // dead man's switch, until the gateway names its own
}

// defaultSilence is the dead man's switch of a worker that nobody told otherwise.
const defaultSilence = 10 * time.Minute

// prefix begins the name of every setting.
const prefix = "WECKRUF_WORKER_"

// Load reads the settings from environment variables ("NAME=value"). The error names every
// fault at once and holds no secret.
func Load(environment []string) (Settings, error) {
	s := Settings{Media: ":0", TURN: ":0", Silence: defaultSilence}
	var faults []error
	fault := func(name, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s%s "+format, append([]any{prefix, name}, args...)...))
	}
	values, unknown := named(environment)
	for _, name := range unknown {
		fault(name, "is not a setting")
	}
	for _, read := range []func(map[string]string, func(string, string, ...any)){
		s.readGateway, s.readMachine, s.readKey, s.readAddresses, s.readSilence,
	} {
		read(values, fault)
	}
	return s, errors.Join(faults...)
}

var names = []string{"GATEWAY", "MACHINE", "KEY", "KEY_FILE", "MEDIA_ADDRESS", "TURN_ADDRESS", "ADVERTISE", "SILENCE"}

// named picks the worker's settings; an empty one counts as not set.
func named(environment []string) (values map[string]string, unknown []string) {
	values = make(map[string]string)
	for _, entry := range environment {
		entry, ours := strings.CutPrefix(entry, prefix)
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case !ours:
		case !slices.Contains(names, name):
			unknown = append(unknown, name)
		case value != "":
			values[name] = value
		}
	}
	slices.Sort(unknown)
	return values, unknown
}

func (s *Settings) readGateway(values map[string]string, fault func(string, string, ...any)) {
	s.Gateway = values["GATEWAY"]
	u, err := url.Parse(s.Gateway)
	if err != nil || u.Host == "" || !slices.Contains([]string{"ws", "wss", "http", "https"}, u.Scheme) {
		fault("GATEWAY", "must be a ws or wss URL")
	}
}

func (s *Settings) readMachine(values map[string]string, fault func(string, string, ...any)) {
	s.Machine = wire.MachineID(values["MACHINE"])
	if !s.Machine.Valid() {
		fault("MACHINE", "must be a machine name: 1 to 64 of a-z, 0-9 and -")
	}
}

func (s *Settings) readKey(values map[string]string, fault func(string, string, ...any)) {
	text, name := values["KEY"], "KEY"
	if path := values["KEY_FILE"]; path != "" {
		if text != "" {
			fault("KEY_FILE", "and %sKEY are both set", prefix)
			return
		}
		name = "KEY_FILE"
		data, err := os.ReadFile(path)
		if err != nil {
			fault(name, "cannot be read")
			return
		}
		text = string(data)
	}
	seed, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(seed) != ed25519.SeedSize {
		fault(name, "must hold an Ed25519 seed: %d bytes in hexadecimal", ed25519.SeedSize)
		return
	}
	s.Key = ed25519.NewKeyFromSeed(seed)
}

func (s *Settings) readAddresses(values map[string]string, fault func(string, string, ...any)) {
	for name, place := range map[string]*string{"MEDIA_ADDRESS": &s.Media, "TURN_ADDRESS": &s.TURN} {
		value, set := values[name]
		if !set {
			continue
		}
		*place = value
		if !listenable(value) {
			fault(name, "must be an address to listen on, like :3478 or 192.0.2.1:3478")
		}
	}
	for text := range strings.SplitSeq(values["ADVERTISE"], ",") {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		address, err := netip.ParseAddr(text)
		if err != nil || address.IsUnspecified() || address.IsMulticast() || address.Zone() != "" {
			fault("ADVERTISE", "must list IP addresses, separated by commas")
			return
		}
		s.Advertise = append(s.Advertise, address.Unmap())
	}
}

// listenable reports whether the text is an IP address (or nothing) and a port.
func listenable(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	if host == "" {
		host = "0.0.0.0"
	}
	_, err = netip.ParseAddrPort(net.JoinHostPort(host, port))
	return err == nil
}

func (s *Settings) readSilence(values map[string]string, fault func(string, string, ...any)) {
	text, set := values["SILENCE"]
	if !set {
		return
	}
	silence, err := time.ParseDuration(text)
	if err != nil || silence < time.Second {
		fault("SILENCE", "must be a time of a second or more, like 10m")
		return
	}
	s.Silence = silence
}
