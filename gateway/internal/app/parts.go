package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weckruf/gateway/internal/account"
	"weckruf/gateway/internal/fleet"
	"weckruf/gateway/internal/httpd"
	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/gateway/internal/link"
	"weckruf/gateway/internal/room"
	"weckruf/gateway/internal/store"
	"weckruf/infra/process"
	"weckruf/internal/config"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
	"weckruf/web"
)

var _ keeper.Cloud = (*process.Cloud)(nil)

// parts is the gateway, put together and not yet running.
type parts struct {
	settings config.Gateway
	log      *slog.Logger
	keys     *cred.Keys
	store    *store.Store
	cloud    *process.Cloud
	fleet    *fleet.Fleet
	house    *room.House
	link     *link.Server
	server   *httpd.Server
}

// open reads the key file and opens the store.
func open(ctx context.Context, settings config.Gateway, log *slog.Logger) (*parts, error) {
	keys, err := cred.Load(filepath.Join(settings.Gateway.Data, "key"))
	if err != nil {
		return nil, err
	}
	kept, err := store.Open(ctx, filepath.Join(settings.Gateway.Data, "weckruf.db"), log)
	if err != nil {
		return nil, err
	}
	return &parts{settings: settings, log: log, keys: keys, store: kept}, nil
}

// assemble wires everything that serve needs.
func (p *parts) assemble() (err error) {
	if p.cloud, err = process.New(p.processOptions()); err != nil {
		return fmt.Errorf("local machines: %w", err)
	}
	p.fleet = fleet.New(p.fleetOptions())
	p.house = room.New(p.roomOptions())
	p.fleet.Listen(p.house)
	p.link = link.New(link.Options{Gate: gate{p.fleet}, GatewayID: p.settings.Gateway.ID, Log: p.log})
	options, err := p.httpOptions()
	if err != nil {
		return err
	}
	p.server, err = httpd.New(options)
	return err
}

func (p *parts) processOptions() process.Options {
	s := p.settings
	return process.Options{
		Dir: filepath.Join(s.Gateway.Data, "machines"), IDs: machineIDs(s.Machine), Worker: s.Process.Worker,
		Gateway: workerURL(s.HTTP), BootDelay: s.Process.BootDelay.Std(), Silence: s.Machine.Silence.Std(),
		Advertise: s.Process.Advertise,
	}
}

func machineIDs(m config.Machine) []wire.MachineID {
	ids := make([]wire.MachineID, 0, len(m.IDs))
	for _, id := range m.IDs {
		ids = append(ids, wire.MachineID(id))
	}
	return ids
}

// workerURL is what workers dial; the public address unless another one is set.
func workerURL(h config.HTTP) string {
	if h.WorkerURL != "" {
		return h.WorkerURL
	}
	return "ws" + strings.TrimPrefix(strings.TrimSuffix(h.PublicURL, "/"), "http")
}

func (p *parts) fleetOptions() fleet.Options {
	m := p.settings.Machine
	specs := make([]fleet.Spec, 0, len(m.IDs))
	for _, id := range machineIDs(m) {
		key, _ := p.cloud.Key(id)
		specs = append(specs, fleet.Spec{ID: id, Key: key, Policy: policy(m)})
	}
	return fleet.Options{
		Gateway: p.settings.Gateway.ID, Exclusive: p.store.Exclusive(), Machines: specs,
		Store: p.store, Cloud: p.cloud, TURNSecret: p.keys.TURNSecret, Allowed: p.withinBudget,
		WakesPerHour: p.settings.Room.WakesPerHour, Guess: m.Guess.Std(), Silence: m.Silence.Std(), Log: p.log,
	}
}

// policy is that of local machines with the times of the settings.
func policy(m config.Machine) keeper.Policy {
	limits := keeper.LocalPolicy()
	limits.Wake, limits.Hello, limits.Hard = m.RunningWithin.Std(), m.HelloWithin.Std(), m.HardStop.Std()
	limits.Idle, limits.Decision = m.Idle.Std(), m.DecisionBefore.Std()
	limits.Silence = m.Silence.Std() + 2*time.Minute
	if m.Pricing == config.PerHour {
		limits.Quantum = quantum(m.Pricing)
	}
	limits.Prices = prices(m)
	return limits
}

// withinBudget reports whether this month's costs are below the budget. A store that cannot
// say counts as spent: money is not given out blindly.
func (p *parts) withinBudget(ctx context.Context) bool {
	budget := p.settings.Budget.Month
	if budget == 0 {
		return true
	}
	spent, err := p.spent(ctx)
	if err != nil {
		p.log.Error("budget", "err", err)
		return false
	}
	return int64(spent) < int64(budget)
}

// spent is what this month cost so far. It begins as on the finance page, in the
// installation's time zone.
func (p *parts) spent(ctx context.Context) (ledger.NanoEUR, error) {
	zone, err := time.LoadLocation(p.settings.Organisation.TimeZone)
	if err != nil {
		return 0, err
	}
	now, err := p.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	from, until, err := ledger.Month(now.In(zone).Format("2006-01"), zone)
	if err != nil {
		return 0, err
	}
	return p.store.Spent(ctx, from, until)
}

func (p *parts) roomOptions() room.Options {
	r := p.settings.Room
	return room.Options{
		Store: p.store, Machines: p.fleet, Keys: p.keys, Log: p.log, Organisation: p.settings.Organisation.Name,
		Limits: room.Limits{Opening: r.OpensBefore.Std(), Grace: r.Grace.Std(), Knock: r.WaitingOnly.Std()},
	}
}

func (p *parts) httpOptions() (httpd.Options, error) {
	s := p.settings
	public, err := url.Parse(strings.TrimSuffix(s.HTTP.PublicURL, "/"))
	if err != nil {
		return httpd.Options{}, fmt.Errorf("public address: %w", err)
	}
	zone, err := time.LoadLocation(s.Organisation.TimeZone)
	if err != nil {
		return httpd.Options{}, fmt.Errorf("time zone: %w", err)
	}
	pages, err := web.Pages()
	if err != nil {
		return httpd.Options{}, err
	}
	registry := prometheus.NewRegistry()
	if err := registry.Register(gauges{fleet: p.fleet, link: p.link}); err != nil {
		return httpd.Options{}, fmt.Errorf("metrics: %w", err)
	}
	return httpd.Options{
		Registry: registry, Log: p.log, PublicURL: public, Listen: s.HTTP.Listen, MetricsListen: s.Metrics.Listen,
		Certificate: s.HTTP.Certificate, Key: s.HTTP.Key, TrustedProxies: trusted(s.HTTP),
		Organisation: httpd.Organisation{
			Name: s.Organisation.Name, ImprintURL: s.Organisation.ImprintURL,
			PrivacyURL: s.Organisation.PrivacyURL, AccessibilityURL: s.Organisation.AccessibilityURL,
		},
		Zone: zone, Pages: pages, Accounts: account.New(p.store, nil), Rooms: p.store,
		Conversation: p.house, Machines: machines{p.fleet}, Books: books{p.store},
		Keys: p.keys, Worker: p.link, Checks: []httpd.Check{{Name: "store", Run: p.storeAnswers}}, Passing: passing,
	}, nil
}

// trusted returns no proxy unless there is one in front. The settings were validated.
func trusted(h config.HTTP) []netip.Prefix {
	if !h.BehindProxy {
		return nil
	}
	prefixes := make([]netip.Prefix, 0, len(h.TrustedProxies))
	for _, text := range h.TrustedProxies {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			prefixes = append(prefixes, prefix)
		} else if addr, err := netip.ParseAddr(text); err == nil {
			prefixes = append(prefixes, netip.PrefixFrom(addr, addr.BitLen()))
		}
	}
	return prefixes
}

// passing tells errors that a later try may not meet: a full disk, a store that is busy.
func passing(err error) bool { return errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrBusy) }

var errStore = errors.New("the store does not answer")

func (p *parts) storeAnswers(ctx context.Context) error {
	if _, err := p.store.Rooms(ctx); err != nil {
		p.log.Error("health", "err", err)
		return errStore
	}
	return nil
}
