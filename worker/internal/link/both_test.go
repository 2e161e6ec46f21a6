package link

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"weckruf/internal/wire"
)

// testgate is a real gateway's side of the link, as a process.
type testgate struct {
	t       *testing.T
	address string
	stdin   io.Writer
	lines   chan string
	kill    func()
}

// buildTestgate compiles it once for all tests that need it.
var buildTestgate = sync.OnceValues(func() (string, error) {
	path := filepath.Join(testgateDir, "testgate")
	out, err := exec.Command("go", "build", "-o", path, "weckruf/gateway/internal/link/testgate").CombinedOutput()
	if err != nil {
		return string(out), err
	}
	return path, nil
})

func startTestgate(t *testing.T, listen string, public ed25519.PublicKey, epoch int) *testgate {
	t.Helper()
	path, err := buildTestgate()
	if err != nil {
		t.Fatalf("build the gateway: %v\n%s", err, path)
	}
	cmd := exec.Command(path, "-listen", listen, "-key", hex.EncodeToString(public), "-epoch", strconv.Itoa(epoch))
	g := &testgate{t: t, lines: make(chan string, 1<<12)}
	g.stdin, err = cmd.StdinPipe()
	check(t, err)
	stdout, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	read := make(chan struct{})
	go func() {
		defer close(read)
		for in := bufio.NewScanner(stdout); in.Scan(); {
			g.lines <- in.Text()
		}
	}()
	g.kill = sync.OnceFunc(func() { _ = cmd.Process.Kill(); <-read; _ = cmd.Wait() })
	t.Cleanup(g.kill)
	g.address = strings.TrimPrefix(g.expect("listening"), "listening ")
	return g
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (g *testgate) tell(command string) {
	g.t.Helper()
	_, err := io.WriteString(g.stdin, command+"\n")
	check(g.t, err)
}

// expect is the next line, which must begin so.
func (g *testgate) expect(begin string) string {
	g.t.Helper()
	line := within(g.t, g.lines)
	if !strings.HasPrefix(line, begin) {
		g.t.Fatalf("the gateway says %q, want %q", line, begin)
	}
	return line
}

// worker is a link with a station, running until the test ends.
type worker struct {
	*station
	link  *Link
	ended chan error
}

func startWorker(t *testing.T, address, boot string, key ed25519.PrivateKey) *worker {
	t.Helper()
	w := &worker{station: newStation(), ended: make(chan error, 1)}
	l, err := New(Options{
		Gateway: "ws://" + address, Machine: testMachine, Boot: boot, Key: key,
		Station: w.station, Log: slog.New(slog.DiscardHandler),
	})
	check(t, err)
	l.times.redialMax = 100 * time.Millisecond
	w.link = l
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { w.ended <- l.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return w
}

func newKey(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	check(t, err)
	return public, private
}

func TestBothSidesUnderstandEachOther(t *testing.T) {
	public, private := newKey(t)
	g := startTestgate(t, "127.0.0.1:0", public, 7)
	w := startWorker(t, g.address, testBoot, private)
	g.expect("attached local-1 7")
	g.expect(`heard {"type":"have"`)
	w.link.Send(wire.Tested{TookMS: 3})
	g.expect(`heard {"type":"tested","took_ms":3}`)
	g.tell("join " + string(testConn))
	g.expect("joined " + string(testConn) + " answer to v=0")
	w.link.Send(wire.Parted{Connection: testConn, Failed: true})
	g.expect(`heard {"type":"parted"`)
	w.link.Record(minutes(3))
	g.expect("recorded 1")
	w.link.Record(minutes(3))
	g.expect("recorded 2") // the first one's acknowledgement is on its way
	g.tell("drain")
	g.expect(`heard {"type":"drained","epoch":7`)
	for _, u := range w.link.usage.open() {
		if u.Seq == 1 {
			t.Error("the first report is open after its acknowledgement")
		}
	}
	g.tell("close not_expected")
	rejected(t, within(t, w.ended), wire.CodeNotExpected)
	g.expect("detached")
}

func TestAKilledGatewayHasItsWorkerBack(t *testing.T) {
	public, private := newKey(t)
	g := startTestgate(t, "127.0.0.1:0", public, 7)
	w := startWorker(t, g.address, testBoot, private)
	g.expect("attached")
	g.expect(`heard {"type":"have"`)
	w.link.Send(wire.Tested{TookMS: 3})
	g.expect(`heard {"type":"tested"`)
	g.kill()
	w.link.Record(minutes(1)) // while nobody is there
	w.mu.Lock()
	w.live = []wire.Live{{Room: testRoom, Connection: testConn, Participant: 7}}
	w.mu.Unlock()

	g = startTestgate(t, g.address, public, 7)
	g.expect("attached local-1 7")
	if have := g.expect(`heard {"type":"have"`); !strings.Contains(have, string(testConn)) {
		t.Errorf("the call was not told of: %s", have)
	}
	g.expect(`heard {"type":"tested"`)
	g.expect("recorded 1")
	g.tell("join " + string(testConn))
	g.expect("joined")
}

func TestAWorkerOfAnEarlierPowerOnEnds(t *testing.T) {
	public, private := newKey(t)
	g := startTestgate(t, "127.0.0.1:0", public, 7)
	w := startWorker(t, g.address, testBoot, private)
	g.expect("attached")
	g.expect(`heard {"type":"have"`) // so it knows its epoch
	g.kill()
	startTestgate(t, g.address, public, 8)
	rejected(t, within(t, w.ended), wire.CodeStaleEpoch)
}

func TestASecondWorkerOfAnEpochEndsAndTheFirstStays(t *testing.T) {
	public, private := newKey(t)
	g := startTestgate(t, "127.0.0.1:0", public, 7)
	startWorker(t, g.address, testBoot, private)
	g.expect("attached")
	g.expect(`heard {"type":"have"`)
	second := startWorker(t, g.address, "boot-fedcba9876543210", private)
	rejected(t, within(t, second.ended), wire.CodeEpochTaken)
	g.tell("join " + string(testConn))
	g.expect("joined")
}

func TestAWorkerWithAWrongKeyIsNotAttachedAndKeepsTrying(t *testing.T) {
	public, private := newKey(t)
	_, wrong := newKey(t)
	g := startTestgate(t, "127.0.0.1:0", public, 7)
	w := startWorker(t, g.address, testBoot, wrong)
	startWorker(t, g.address, testBoot, private)
	g.expect("attached")
	g.expect(`heard {"type":"have"`)
	select {
	case err := <-w.ended:
		t.Errorf("it gave up: %v", err)
	default:
	}
}
