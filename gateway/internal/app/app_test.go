package app

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"weckruf/gateway/internal/fleet"
	"weckruf/gateway/internal/ledger"
	"weckruf/gateway/internal/link"
	"weckruf/internal/config"
)

func TestInviteAndFirstRoom(t *testing.T) {
	settings := config.Defaults()
	settings.Gateway.Data = t.TempDir()
	p, err := open(t.Context(), settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer p.store.Close()
	for range 2 {
		if err := firstRoom(t.Context(), p.store, "Sitzung des Gemeinderats"); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := greet(t.Context(), &out, p.store, p.keys, settings.HTTP.PublicURL); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "/r/"); n != 2 {
		t.Errorf("%d links of rooms were printed, want chair and guests of one room:\n%s", n, out.String())
	}
	if !strings.Contains(out.String(), "/signin#") {
		t.Errorf("no link for signing in was printed:\n%s", out.String())
	}
	if again := new(strings.Builder); Invite(context.Background(), settings, again, slog.New(slog.DiscardHandler)) != nil || !strings.Contains(again.String(), "/signin#") {
		t.Errorf("invite beside a running gateway printed %q", again)
	}
}

func TestKeyFileIsNobodyElses(t *testing.T) {
	settings := config.Defaults()
	settings.Gateway.Data = t.TempDir()
	if err := Invite(context.Background(), settings, io.Discard, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"key", "weckruf.db"} {
		info, err := os.Stat(filepath.Join(settings.Gateway.Data, name))
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func TestPricesFollowThePricing(t *testing.T) {
	m := config.Defaults().Machine
	for pricing, want := range map[config.Pricing]string{config.PerMinute: "1m0s", config.PerHour: "1h0m0s"} {
		m.Pricing = pricing
		price := prices(m)[0]
		if price.Quantum.Minimum.String() != want || price.Quantum.Step.String() != want || price.PerHour != ledger.NanoEUR(m.PricePerHour) {
			t.Errorf("%s: got %+v", pricing, price)
		}
		if hourly := policy(m).Quantum != 0; hourly != (pricing == config.PerHour) {
			t.Errorf("%s: the keeper thinks otherwise", pricing)
		}
	}
}

func TestMetricsNameEveryStateAndNobody(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	f := fleet.New(fleet.Options{Machines: []fleet.Spec{{ID: "m-1"}}, Log: log})
	g := gauges{fleet: f, link: link.New(link.Options{Gate: gate{f}, Log: log})}
	problems, err := testutil.CollectAndLint(g)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if n := testutil.CollectAndCount(g, "weckruf_machines"); n != 10 {
		t.Errorf("%d states, want 10", n)
	}
}

func TestWorkersDialThePublicAddressUnlessToldOtherwise(t *testing.T) {
	for want, h := range map[string]config.HTTP{
		"ws://localhost:8080":   {PublicURL: "http://localhost:8080"},
		"wss://treffen.example": {PublicURL: "https://treffen.example/"},
		"ws://10.0.0.1:80":      {PublicURL: "https://treffen.example", WorkerURL: "ws://10.0.0.1:80"},
	} {
		if got := workerURL(h); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
