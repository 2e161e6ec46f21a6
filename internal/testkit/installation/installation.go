// Package installation runs the real programs in a folder of their own, for tests and
// benchmarks that need nothing pretended: bin/gateway with local machines that run bin/worker.
package installation

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Machine is the name of the only machine.
const Machine = "local-1"

// Options change the settings of an installation. Environment holds variables such as
// WECKRUF_MACHINE_IDLE=1s.
type Options struct {
	Root        string // of the repository, with bin/ built
	Title       string // of the first room
	Environment []string
}

// Installation is a gateway with its data. It can be killed and started again on its port.
type Installation struct {
	options Options
	data    string
	listen  string

	mu      sync.Mutex
	output  strings.Builder // guarded by mu
	process *exec.Cmd
	read    sync.WaitGroup // the readers of the program's output
}

// New makes the folder and picks a port; it starts nothing.
func New(options Options) (*Installation, error) {
	data, err := os.MkdirTemp("", "weckruf-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a port: %w", err)
	}
	defer probe.Close()
	return &Installation{options: options, data: data, listen: probe.Addr().String()}, nil
}

// Start runs the gateway and returns once it answers.
func (i *Installation) Start(ctx context.Context) error {
	_, port, err := net.SplitHostPort(i.listen)
	if err != nil {
		return err
	}
	root := i.options.Root
	cmd := exec.Command(filepath.Join(root, "bin/gateway"), "serve",
		"--config", filepath.Join(root, "scripts/run.toml"), "--first-room", i.options.Title)
	cmd.Env = append(os.Environ(),
		"WECKRUF_GATEWAY_DATA="+i.data, "WECKRUF_HTTP_LISTEN="+i.listen,
		"WECKRUF_HTTP_PUBLIC_URL=http://localhost:"+port, "WECKRUF_METRICS_LISTEN=",
		"WECKRUF_PROCESS_WORKER="+filepath.Join(root, "bin/worker"))
	cmd.Env = append(cmd.Env, i.options.Environment...)
	reader, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := errors.Join(cmd.Start(), writer.Close()); err != nil {
		return fmt.Errorf("start gateway: %w", err)
	}
	i.process = cmd
	i.read.Go(func() { i.listenTo(reader) })
	return i.answers(ctx)
}

func (i *Installation) listenTo(output io.ReadCloser) {
	defer output.Close()
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		i.mu.Lock()
		i.output.WriteString(lines.Text() + "\n")
		i.mu.Unlock()
	}
}

// Output is what the gateway wrote so far.
func (i *Installation) Output() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.output.String()
}

func (i *Installation) answers(ctx context.Context) error {
	for {
		response, err := http.Get("http://" + i.listen + "/healthz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the gateway does not answer: %w\n%s", ctx.Err(), i.Output())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

var roomLink = regexp.MustCompile(`http://\S+/r/\S+#\S+`)

// Links are the chair's and the guests' link of the first room, as printed last.
func (i *Installation) Links(ctx context.Context) (chair, guests string, err error) {
	for {
		found := roomLink.FindAllString(i.Output(), -1)
		if n := len(found); n >= 2 {
			return found[n-2], found[n-1], nil
		}
		select {
		case <-ctx.Done():
			return "", "", fmt.Errorf("the gateway printed no links: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Kill ends the gateway with SIGKILL.
func (i *Installation) Kill() error {
	if i.process == nil {
		return nil
	}
	err := i.process.Process.Kill()
	_ = i.process.Wait() // "signal: killed" is what was asked for
	i.process = nil
	i.read.Wait()
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// PeakMemory is the gateway's VmHWM (proc(5)) in bytes.
func (i *Installation) PeakMemory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", i.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("there is no VmHWM")
}

// PoweredOn is when the machine was last asked to start: zero before the first time.
func (i *Installation) PoweredOn() (epoch uint64, at time.Time, err error) {
	text, err := os.ReadFile(i.machine("run.json"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, err
	}
	var run struct {
		Epoch uint64    `json:"epoch"`
		At    time.Time `json:"at"`
	}
	if err := json.Unmarshal(text, &run); err != nil {
		return 0, time.Time{}, nil // being written
	}
	return run.Epoch, run.At, nil
}

func (i *Installation) machine(name string) string {
	return filepath.Join(i.data, "machines", Machine, name)
}

// group is the process group of the machine, 0 when none runs.
func (i *Installation) group() int {
	text, err := os.ReadFile(i.machine("pid"))
	if err != nil {
		return 0
	}
	group, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || group < 2 || syscall.Kill(-group, 0) != nil {
		return 0
	}
	return group
}

// MachineRuns reports whether the machine has a process.
func (i *Installation) MachineRuns() bool { return i.group() != 0 }

// KillMachine ends the machine as a power cut would.
func (i *Installation) KillMachine() error {
	if group := i.group(); group != 0 {
		return syscall.Kill(-group, syscall.SIGKILL)
	}
	return nil
}

// Close ends everything and removes the folder.
func (i *Installation) Close() error {
	return errors.Join(i.Kill(), i.KillMachine(), os.RemoveAll(i.data))
}
