package config

import "time"

// Gateway holds all settings of the gateway.
type Gateway struct {
	Gateway      Identity     `toml:"gateway"`
	HTTP         HTTP         `toml:"http"`
	Metrics      Metrics      `toml:"metrics"`
	Organisation Organisation `toml:"organisation"`
	Room         Room         `toml:"room"`
	Machine      Machine      `toml:"machine"`
	Process      Process      `toml:"process"`
	Budget       Budget       `toml:"budget"`
	Log          Log          `toml:"log"`
}

// Identity says who this gateway is and where its data lies.
type Identity struct {
	ID   string `toml:"id"`   // owner of leases; stays the same over restarts
	Data string `toml:"data"` // folder of the store, the key file and local machines
}

// HTTP is how browsers and workers reach the gateway.
type HTTP struct {
	Listen    string `toml:"listen"`
	PublicURL string `toml:"public_url"` // scheme and host of all links
	// WorkerURL is what workers dial; empty: the public one.
	WorkerURL      string   `toml:"worker_url"`
	Certificate    string   `toml:"certificate"` // PEM files; empty: plain HTTP
	Key            string   `toml:"key"`
	BehindProxy    bool     `toml:"behind_proxy"`
	TrustedProxies []string `toml:"trusted_proxies"` // addresses or prefixes
}

// Metrics is the listener of /metrics. Empty: none.
type Metrics struct {
	Listen string `toml:"listen"`
}

// Organisation is who runs the installation, as its pages say.
type Organisation struct {
	Name             string `toml:"name"`
	ImprintURL       string `toml:"imprint_url"`
	PrivacyURL       string `toml:"privacy_url"`
	AccessibilityURL string `toml:"accessibility_url"`
	TimeZone         string `toml:"time_zone"` // of the days in the cost tables
}

// Room are the rules of all rooms.
type Room struct {
	OpensBefore  Duration `toml:"opens_before"` // guests may knock so long before the start
	WakesPerHour int      `toml:"wakes_per_hour"`
	Grace        Duration `toml:"grace"`        // a silent page keeps its connection so long
	WaitingOnly  Duration `toml:"waiting_only"` // people nobody admits hold a machine so long
}

// Pricing names how the provider counts time.
type Pricing string

// The ways to count.
const (
	PerMinute Pricing = "minute"
	PerHour   Pricing = "hour"
)

// Machine is the kind of machine, its life and its price.
type Machine struct {
	Provider       string   `toml:"provider"` // "process"
	IDs            []string `toml:"ids"`
	Pricing        Pricing  `toml:"pricing"`
	PricePerHour   Euro     `toml:"price_per_hour"` // compute, without VAT
	RoundTo        Euro     `toml:"round_to"`       // amounts per run are rounded up to this
	Idle           Duration `toml:"idle"`           // pricing by the minute: off when empty so long
	DecisionBefore Duration `toml:"decision_before"`
	RunningWithin  Duration `toml:"running_within"`
	HelloWithin    Duration `toml:"hello_within"`
	HardStop       Duration `toml:"hard_stop"`
	Silence        Duration `toml:"silence"` // dead man's switch of the worker
	Guess          Duration `toml:"guess"`   // expected wake before there are measured ones
}

// Process are the settings of local machines.
type Process struct {
	Worker    string   `toml:"worker"` // path of bin/worker
	BootDelay Duration `toml:"boot_delay"`
	Advertise []string `toml:"advertise"` // addresses that browsers send media to
}

// Budget blocks wakes, never a running session. Zero: no limit.
type Budget struct {
	Month Euro `toml:"month"`
}

// Log says how much is written. Level is debug, info, warn or error.
type Log struct {
	Level string `toml:"level"`
}

// Defaults are the settings that hold where nothing else is said.
func Defaults() Gateway {
	return Gateway{
		Gateway:      Identity{ID: "gateway", Data: "var"},
		HTTP:         HTTP{Listen: ":8080", PublicURL: "http://localhost:8080"},
		Metrics:      Metrics{Listen: "127.0.0.1:9464"},
		Organisation: Organisation{Name: "Weckruf", TimeZone: "Europe/Berlin"},
		Room: Room{
			OpensBefore: minutes(30), WakesPerHour: 4,
			Grace: Duration(30 * time.Second), WaitingOnly: minutes(15),
		},
		Machine: Machine{
			Provider: "process", IDs: []string{"local-1"},
			Pricing: PerMinute, PricePerHour: 79_001_000, // BASIC3-X4C-8G, as recorded in 2026-07
			Idle: minutes(10), DecisionBefore: minutes(3),
			RunningWithin: minutes(1), HelloWithin: minutes(2),
			HardStop: minutes(12 * 60), Silence: minutes(10), Guess: Duration(8 * time.Second),
		},
		Process: Process{Worker: "bin/worker", BootDelay: Duration(3 * time.Second)},
		Log:     Log{Level: "info"},
	}
}

func minutes(n int) Duration { return Duration(time.Duration(n) * time.Minute) }
