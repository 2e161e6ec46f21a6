package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"weckruf/internal/wire"
)

// build makes the worker's binary.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "worker")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// welcomer greets every worker and tells of the first self-test.
func welcomer(t *testing.T, tested chan<- wire.Tested) *httptest.Server {
	var once atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		say := func(m wire.Message) { _ = conn.Write(r.Context(), websocket.MessageText, wire.Encode(m)) }
		for {
			_, data, err := conn.Read(r.Context())
			if err != nil {
				return
			}
			m, err := wire.WorkerToGateway.Decode(data)
			if err != nil {
				t.Errorf("the worker said something wrong: %v", err)
				return
			}
			switch m := m.(type) {
			case wire.Hello:
				say(wire.Challenge{Nonce: make([]byte, 32), Gateway: "test"})
			case wire.Proof:
				say(wire.Welcome{Epoch: 1, TURNSecret: make([]byte, 32), SilenceMS: 60_000})
			case wire.Tested:
				if once.CompareAndSwap(false, true) {
					tested <- m
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// openFiles lists the regular files that a process has open, without those of the kernel.
func openFiles(t *testing.T, pid int) (files []string) {
	t.Helper()
	links, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "fd", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		target, err := os.Readlink(link)
		info, statErr := os.Stat(link)
		kernel := strings.HasPrefix(target, "/sys/") || !strings.HasPrefix(target, "/")
		if err == nil && statErr == nil && info.Mode().IsRegular() && !kernel {
			files = append(files, target)
		}
	}
	return files
}

var address = regexp.MustCompile(`\d{1,3}(\.\d{1,3}){3}|([0-9a-fA-F]{0,4}:){3,}`)

func TestTheWorkerWritesNothingToDiskAndLogsNoAddress(t *testing.T) {
	tested := make(chan wire.Tested, 1)
	server := welcomer(t, tested)
	binary, home := build(t), t.TempDir()
	var log bytes.Buffer
	worker := exec.Command(binary)
	worker.Dir, worker.Stderr = home, &log
	worker.Env = []string{
		"HOME=" + home, "TMPDIR=" + home,
		"WECKRUF_WORKER_GATEWAY=" + server.URL, "WECKRUF_WORKER_MACHINE=m1",
		"WECKRUF_WORKER_KEY=" + hex.EncodeToString(make([]byte, ed25519.SeedSize)),
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	defer worker.Process.Kill()
	select {
	case result := <-tested:
		if result.Error != "" {
			t.Errorf("the self-test failed: %s", result.Error)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the worker did not test itself")
	}
	if files := openFiles(t, worker.Process.Pid); len(files) > 0 {
		t.Errorf("files are open: %v", files)
	}
	server.CloseClientConnections()
	if err := worker.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := worker.Wait(); err != nil {
		t.Errorf("ended with %v:\n%s", err, &log)
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	if found := address.FindString(withoutTime(log.String())); found != "" {
		t.Errorf("%q in the log:\n%s", found, &log)
	}
}

// withoutTime strikes out the time stamps, whose colons look like an address.
func withoutTime(log string) string {
	return regexp.MustCompile(`time=\S+`).ReplaceAllString(log, "")
}

func TestAWorkerWithoutSettingsNamesThemAndEnds(t *testing.T) {
	worker := exec.Command(build(t))
	worker.Env = []string{"PATH=/bin"}
	out, err := worker.CombinedOutput()
	if err == nil {
		t.Error("it ran")
	}
	for _, name := range []string{"GATEWAY", "MACHINE", "KEY"} {
		if !strings.Contains(string(out), "WECKRUF_WORKER_"+name) {
			t.Errorf("%s is not named in:\n%s", name, out)
		}
	}
}
