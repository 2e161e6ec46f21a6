package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func load(t *testing.T, text string, environ ...string) (Gateway, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gateway.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, environ)
}

func TestDefaultsAreValid(t *testing.T) {
	got, err := Load("", nil)
	if err != nil || !reflect.DeepEqual(got, Defaults()) {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestEnvironmentWinsOverFileWinsOverDefault(t *testing.T) {
	got, err := load(t, `
[machine]
idle = "2m"
price_per_hour = "0.079001"
ids = ["a", "b"]
[room]
wakes_per_hour = 9
`, "WECKRUF_MACHINE_IDLE=30s", "WECKRUF_HTTP_BEHIND_PROXY=true", "WECKRUF_HTTP_TRUSTED_PROXIES=10.0.0.1, 10.1.0.0/16",
		"WECKRUF_ROOM_WAKES_PER_HOUR=5", "WECKRUF_WORKER_MACHINE=ignored", "PATH=/bin")
	if err != nil {
		t.Fatal(err)
	}
	if got.Machine.Idle.Std() != 30*time.Second || got.Machine.PricePerHour != 79_001_000 || len(got.Machine.IDs) != 2 ||
		!got.HTTP.BehindProxy || len(got.HTTP.TrustedProxies) != 2 || got.Room.WakesPerHour != 5 || got.Room.Grace != Defaults().Room.Grace {
		t.Errorf("got %+v", got)
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	_, err := load(t, `
[http]
listen = "8080"
public_url = "https://a.example/path"
certificate = "c.pem"
trusted_proxies = ["everybody"]
[machine]
provider = "cloud"
ids = ["A", "x", "x"]
pricing = "daily"
idle = "0s"
[organisation]
time_zone = "Mars/Olympus"
imprint_url = "javascript:alert(1)"
[log]
level = "loud"
`)
	if err == nil {
		t.Fatal("a wrong file was taken")
	}
	for _, want := range []string{"http.listen", "public_url", "http.key", "trusted_proxies", "machine.provider", `"A"`, "twice", "pricing", "machine.idle", "time_zone", "imprint_url", "log.level"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
}

func TestFilesAreReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":     {"[http]\nlisten_on = \":1\"", `"http.listen_on"`},
		"unknown section": {"[htttp]\nlisten = \":1\"", "htttp"},
		"wrong type":      {"[room]\nwakes_per_hour = \"many\"", "line 2"},
		"not a duration":  {"[machine]\nidle = \"soon\"", `"soon"`},
		"not an amount":   {"[budget]\nmonth = \"1e9\"", "0.079"},
		"too precise":     {"[budget]\nmonth = \"0.0000000001\"", "nine decimals"},
		"not TOML":        {"[http", "line 1"},
	} {
		if _, err := load(t, c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want an error that says %s", name, err, c.says)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none"), nil); err == nil {
		t.Error("a missing file was taken")
	}
}

func TestVariablesThatAreWrongAreNamed(t *testing.T) {
	for _, pair := range []string{"WECKRUF_HTTP_LISTENS=x", "WECKRUF_ROOM_WAKES_PER_HOUR=x", "WECKRUF_HTTP_BEHIND_PROXY=perhaps", "WECKRUF_MACHINE_IDLE=1"} {
		name, _, _ := strings.Cut(pair, "=")
		if _, err := Load("", []string{pair}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", pair, err)
		}
	}
}

func TestEveryFieldCanBeOverridden(t *testing.T) {
	settings := Defaults()
	for name, field := range variables(&settings) {
		if strings.HasSuffix(name, "_") {
			t.Errorf("%s: a field has no name", name)
		}
		for _, value := range []string{"1", "1s", "true"} {
			if set(field, value) == nil {
				goto next
			}
		}
		t.Errorf("%s: nothing could be set", name)
	next:
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("[machine]\nprice_per_hour = \"0.1\"\nidle = \"10m\"")
	f.Add("[http]\ntrusted_proxies = [\"::1\"]")
	f.Fuzz(func(t *testing.T, text string) {
		settings := Defaults()
		if decode([]byte(text), &settings) == nil && settings.Validate() == nil && settings.Machine.PricePerHour < 0 {
			t.Error("a negative price was taken")
		}
	})
}

func TestEverySettingIsDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "settings.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := reflect.TypeOf(Gateway{})
	for i := range all.NumField() {
		section := all.Field(i)
		for j := range section.Type.NumField() {
			name := section.Tag.Get("toml") + "." + section.Type.Field(j).Tag.Get("toml")
			if !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("docs/settings.md does not name %s", name)
			}
		}
	}
}
