package layers

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// imports lists every package of the module with what it imports directly.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Standard,Imports", "weckruf/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string][]string{}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found[p.ImportPath] = p.Imports
	}
}

var (
	domain = []string{
		"weckruf/gateway/internal/keeper", "weckruf/gateway/internal/fleet", "weckruf/gateway/internal/room",
		"weckruf/gateway/internal/ledger", "weckruf/worker/rtpx",
	}
	adapters = []string{
		"weckruf/gateway/internal/store", "weckruf/gateway/internal/httpd", "weckruf/gateway/internal/link",
		"weckruf/infra/process", "weckruf/turn", "weckruf/worker/sfu", "weckruf/worker/internal/link",
	}
	// wires are the only packages that know several adapters.
	wires = []string{"weckruf/gateway/internal/app", "weckruf/worker/internal/app"}
	// words are what the domain may speak with: the messages, credentials, powers.
	words = []string{"weckruf/internal/wire", "weckruf/internal/cred", "weckruf/internal/machine"}
	// headers are pion's plain packet formats, without I/O, for the pure RTP package alone.
	headers = []string{"github.com/pion/rtp", "github.com/pion/rtp/codecs", "github.com/pion/rtcp"}
)

func external(path string) bool { return strings.Contains(strings.SplitN(path, "/", 2)[0], ".") }

func TestEveryNamedPackageExists(t *testing.T) {
	all := imports(t)
	for _, p := range slices.Concat(domain, adapters, wires, words) {
		if _, exists := all[p]; !exists {
			t.Errorf("%s does not exist: this test watches nothing there", p)
		}
	}
}

func TestDomainImportsNeitherSDKNorHTTPNorAdapters(t *testing.T) {
	all := imports(t)
	for _, p := range domain {
		for _, i := range all[p] {
			switch {
			case p == "weckruf/worker/rtpx" && slices.Contains(headers, i):
			case external(i), i == "net/http", i == "database/sql", i == "os/exec":
				t.Errorf("%s imports %s", p, i)
			case strings.HasPrefix(i, "weckruf/") && !slices.Contains(domain, i) && !slices.Contains(words, i):
				t.Errorf("%s imports %s", p, i)
			}
		}
	}
}

func TestAdaptersDoNotKnowEachOther(t *testing.T) {
	all := imports(t)
	for _, p := range adapters {
		for _, i := range all[p] {
			if i != p && slices.Contains(adapters, i) {
				t.Errorf("%s imports %s", p, i)
			}
			if slices.Contains(wires, i) {
				t.Errorf("%s imports %s, which stands above it", p, i)
			}
		}
	}
}

func TestWireStandsOnTheStandardLibraryAlone(t *testing.T) {
	for _, i := range imports(t)["weckruf/internal/wire"] {
		if external(i) || strings.HasPrefix(i, "weckruf/") {
			t.Errorf("internal/wire imports %s", i)
		}
	}
}

// The SFU may run inside the gateway one day.
func TestSFUAssumesNeitherTURNNorTheWorker(t *testing.T) {
	for _, i := range imports(t)["weckruf/worker/sfu"] {
		if i == "weckruf/turn" || strings.Contains(i, "/internal/link") || strings.HasSuffix(i, "/internal/app") {
			t.Errorf("worker/sfu imports %s", i)
		}
	}
}
