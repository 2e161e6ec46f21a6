package process

import (
	"context"
	"crypto/ed25519"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"weckruf/internal/machine"
	"weckruf/internal/wire"
)

//go:embed launch.sh
var launch string

// killAfter is how long a machine may take to end before it is killed, as a provider would.
const killAfter = 5 * time.Second

// Options are the settings of local machines.
type Options struct {
	Dir       string           // one folder a machine is made below it
	IDs       []wire.MachineID // the machines there are
	Worker    string           // program to run
	Gateway   string           // WebSocket URL that workers dial
	BootDelay time.Duration    // from power-on to the start of the worker
	Silence   time.Duration    // dead man's switch of the worker
	Advertise []string         // addresses that browsers send media to; empty: the worker's choice
}

// Cloud is the provider of local machines. It is safe for concurrent use, also by several
// gateways on one computer.
type Cloud struct {
	options Options
	keys    map[wire.MachineID]ed25519.PublicKey
}

// New makes the machines' folders and keys where they are missing. It starts nothing.
func New(options Options) (*Cloud, error) {
	worker, err := filepath.Abs(options.Worker)
	if err != nil {
		return nil, fmt.Errorf("find worker: %w", err)
	}
	if _, err := os.Stat(worker); err != nil {
		return nil, fmt.Errorf("find worker: %w", err)
	}
	options.Worker = worker
	if options.Dir, err = filepath.Abs(options.Dir); err != nil {
		return nil, fmt.Errorf("find folder of machines: %w", err)
	}
	c := &Cloud{options: options, keys: map[wire.MachineID]ed25519.PublicKey{}}
	for _, id := range options.IDs {
		if err := os.MkdirAll(c.path(id, ""), 0o700); err != nil {
			return nil, fmt.Errorf("make folder of %s: %w", id, err)
		}
		if c.keys[id], err = provisionKey(c.path(id, "key")); err != nil {
			return nil, fmt.Errorf("make key of %s: %w", id, err)
		}
	}
	return c, nil
}

func (c *Cloud) path(id wire.MachineID, name string) string {
	return filepath.Join(c.options.Dir, string(id), name)
}

// Key is the public key of the machine's worker.
func (c *Cloud) Key(id wire.MachineID) (ed25519.PublicKey, bool) {
	key, known := c.keys[id]
	return key, known
}

// PowerOn implements the keeper's Cloud.
func (c *Cloud) PowerOn(ctx context.Context, id wire.MachineID, epoch wire.Epoch) error {
	if _, known := c.keys[id]; !known {
		return fmt.Errorf("power on %s: %w", id, machine.ErrGone)
	}
	fault, err := readFault(c.path(id, "fault"))
	if err != nil {
		return fmt.Errorf("power on %s: %w", id, err)
	}
	lock, taken, err := take(c.path(id, "lock"))
	if err != nil {
		return fmt.Errorf("power on %s: %w", id, err)
	}
	if !taken {
		return fmt.Errorf("power on %s: it runs: %w", id, machine.ErrState)
	}
	defer lock.Close()
	if err := c.start(ctx, id, epoch, fault, lock); err != nil {
		return fmt.Errorf("power on %s: %w", id, err)
	}
	return nil
}

// start launches the machine, which inherits the lock.
func (c *Cloud) start(ctx context.Context, id wire.MachineID, epoch wire.Epoch, fault Fault, lock *os.File) error {
	// A pid of the run before could belong to anybody by now.
	for _, left := range []string{"stopping", "pid"} {
		if err := os.Remove(c.path(id, left)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := writeRun(c.path(id, "run.json"), run{Epoch: epoch, At: time.Now()}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	shell := exec.Command("/bin/sh", "-c", launch)
	shell.Dir = c.path(id, "")
	shell.Env = append(inherited(os.Environ()), c.environment(id, fault)...)
	shell.ExtraFiles = []*os.File{lock}
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return shell.Run()
}

func (c *Cloud) environment(id wire.MachineID, fault Fault) []string {
	return []string{
		"MACHINE_PID=" + c.path(id, "pid"),
		"MACHINE_LOG=" + c.path(id, "worker.log"),
		"MACHINE_WORKER=" + c.options.Worker,
		"MACHINE_FAULT=" + string(fault),
		"MACHINE_DELAY=" + seconds(c.options.BootDelay),
		"MACHINE_HALF_DELAY=" + seconds(c.options.BootDelay/2),
		"MACHINE_SLOW_DELAY=" + seconds(SlowDelay),
		"MACHINE_LIFE=" + seconds(Life),
		"WECKRUF_WORKER_GATEWAY=" + c.options.Gateway,
		"WECKRUF_WORKER_MACHINE=" + string(id),
		"WECKRUF_WORKER_KEY_FILE=" + c.path(id, "key"),
		"WECKRUF_WORKER_ADVERTISE=" + strings.Join(c.options.Advertise, ","),
		"WECKRUF_WORKER_SILENCE=" + c.options.Silence.String(),
	}
}

// inherited is what a worker needs of the gateway's environment: settings of the gateway are
// not among it.
func inherited(environ []string) []string {
	var kept []string
	for _, pair := range environ {
		switch name, _, _ := strings.Cut(pair, "="); strings.ToUpper(name) {
		case "PATH", "HOME", "LANG", "TZ", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR":
			kept = append(kept, pair)
		}
	}
	return kept
}

func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', 3, 64)
}

// PowerOff implements the keeper's Cloud. The machine gets SIGTERM, and SIGKILL when it is asked
// or looked at again killAfter later.
func (c *Cloud) PowerOff(_ context.Context, id wire.MachineID) error {
	running, err := held(c.path(id, "lock"))
	if err != nil {
		return fmt.Errorf("power off %s: %w", id, err)
	}
	if !running {
		return nil
	}
	if fault, err := readFault(c.path(id, "fault")); err != nil || fault == WillNotStop {
		return err
	}
	if err := c.stop(id); err != nil {
		return fmt.Errorf("power off %s: %w", id, err)
	}
	return nil
}

func (c *Cloud) stop(id wire.MachineID) error {
	since, err := os.Stat(c.path(id, "stopping"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.WriteFile(c.path(id, "stopping"), nil, 0o600); err != nil {
			return err
		}
		return c.signal(id, unix.SIGTERM)
	case err != nil:
		return err
	case time.Since(since.ModTime()) > killAfter:
		return c.signal(id, unix.SIGKILL)
	}
	return nil
}

// Kill ends a machine without warning, as a power cut would.
func (c *Cloud) Kill(id wire.MachineID) error { return c.signal(id, unix.SIGKILL) }

// signal sends to all processes of the machine. One that ended meanwhile is no error.
func (c *Cloud) signal(id wire.MachineID, signal unix.Signal) error {
	text, err := os.ReadFile(c.path(id, "pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the machine is just being started: %w", machine.ErrState)
	}
	if err != nil {
		return err
	}
	group, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || group < 2 {
		return fmt.Errorf("process group %q is not a number", text)
	}
	// The group's id is not given to anybody else while the machine runs in it.
	if running, err := held(c.path(id, "lock")); err != nil || !running {
		return err
	}
	if err := unix.Kill(-group, signal); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("signal process group %d: %w", group, err)
	}
	return nil
}

// Observe implements the keeper's Cloud. A machine counts as starting for the first half of its
// boot delay.
func (c *Cloud) Observe(_ context.Context, id wire.MachineID) (machine.Power, error) {
	running, err := held(c.path(id, "lock"))
	if err != nil {
		return machine.Unknown, fmt.Errorf("observe %s: %w", id, err)
	}
	if !running {
		return machine.Off, nil
	}
	if _, err := os.Stat(c.path(id, "stopping")); err == nil {
		return machine.Stopping, c.stop(id)
	}
	begun, err := readRun(c.path(id, "run.json"))
	if err != nil {
		return machine.Unknown, fmt.Errorf("observe %s: %w", id, err)
	}
	if time.Since(begun.At) < c.options.BootDelay/2 {
		return machine.Starting, nil
	}
	return machine.On, nil
}

// run is what is known of a machine's current run.
type run struct {
	Epoch wire.Epoch `json:"epoch"`
	At    time.Time  `json:"at"`
}

func writeRun(path string, r run) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

func readRun(path string) (run, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return run{}, err
	}
	var r run
	if err := json.Unmarshal(text, &r); err != nil {
		return run{}, fmt.Errorf("read %s: %w", path, err)
	}
	return r, nil
}
