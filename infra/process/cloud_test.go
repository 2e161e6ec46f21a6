package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weckruf/internal/machine"
	"weckruf/internal/wire"
)

const id wire.MachineID = "local-1"

// newCloud makes machines whose worker is a script that says its environment and waits.
func newCloud(t *testing.T, delay time.Duration) *Cloud {
	t.Helper()
	dir := t.TempDir()
	worker := filepath.Join(dir, "worker")
	script := "#!/bin/sh\nenv | grep ^WECKRUF_WORKER_ | sort\necho up >up\nexec sleep 600\n"
	if err := os.WriteFile(worker, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{
		Dir: filepath.Join(dir, "machines"), IDs: []wire.MachineID{id}, Worker: worker,
		Gateway: "ws://127.0.0.1:1", BootDelay: delay, Silence: time.Minute, Advertise: []string{"127.0.0.1", "::1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if running, _ := held(c.path(id, "lock")); running {
			if err := c.Kill(id); err != nil {
				t.Error(err)
			}
		}
		waitFor(t, c, machine.Off)
	})
	return c
}

func observe(t *testing.T, c *Cloud) machine.Power {
	t.Helper()
	power, err := c.Observe(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return power
}

// waitFor looks until the machine is in the state; the test's own deadline is the limit.
func waitFor(t *testing.T, c *Cloud, want machine.Power) {
	t.Helper()
	for observe(t, c) != want {
		time.Sleep(5 * time.Millisecond)
	}
}

func waitForFile(t *testing.T, path string) string {
	t.Helper()
	for {
		text, err := os.ReadFile(path)
		if err == nil && len(text) > 0 {
			return string(text)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestMachineRunsUntilItIsSwitchedOff(t *testing.T) {
	t.Setenv("WECKRUF_WORKER_STRAY", "1")
	c := newCloud(t, 0)
	if got := observe(t, c); got != machine.Off {
		t.Fatalf("a new machine is %s", got)
	}
	if err := c.PowerOn(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	waitFor(t, c, machine.On)
	waitForFile(t, c.path(id, "up"))
	said := waitForFile(t, c.path(id, "worker.log"))
	for _, want := range []string{"GATEWAY=ws://127.0.0.1:1", "MACHINE=local-1", "ADVERTISE=127.0.0.1,::1", "SILENCE=1m0s", "KEY_FILE="} {
		if !strings.Contains(said, want) {
			t.Errorf("the worker's environment lacks %s:\n%s", want, said)
		}
	}
	if strings.Contains(said, "WECKRUF_WORKER_STRAY") {
		t.Error("the worker inherited a variable of the gateway's environment")
	}
	if err := c.PowerOn(t.Context(), id, 2); !errors.Is(err, machine.ErrState) {
		t.Errorf("a second power-on: got %v, want ErrState", err)
	}
	if err := c.PowerOff(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	waitFor(t, c, machine.Off)
	if err := c.PowerOff(t.Context(), id); err != nil {
		t.Errorf("switching off what is off: %v", err)
	}
}

func TestManyPowerOnsAtOnceStartOneProcess(t *testing.T) {
	c := newCloud(t, 0)
	var started atomic.Int32
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			if c.PowerOn(context.Background(), id, 1) == nil {
				started.Add(1)
			}
		})
	}
	callers.Wait()
	if started.Load() != 1 {
		t.Fatalf("%d of 16 simultaneous calls started the machine", started.Load())
	}
}

// The next gateway knows nothing but the folder.
func TestAnotherGatewayFindsTheRunningMachine(t *testing.T) {
	c := newCloud(t, 0)
	if err := c.PowerOn(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	next, err := New(c.options)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, next, machine.On)
	if mine, _ := c.Key(id); true {
		if theirs, _ := next.Key(id); !mine.Equal(theirs) {
			t.Error("the machine's key changed")
		}
	}
	if err := next.PowerOff(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	waitFor(t, next, machine.Off)
}

func TestStartingComesBeforeOn(t *testing.T) {
	c := newCloud(t, time.Hour)
	if err := c.PowerOn(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	if got := observe(t, c); got != machine.Starting {
		t.Errorf("right after power-on it is %s", got)
	}
	if err := writeRun(c.path(id, "run.json"), run{Epoch: 1, At: time.Now().Add(-31 * time.Minute)}); err != nil {
		t.Fatal(err)
	}
	if got := observe(t, c); got != machine.On {
		t.Errorf("past half of its boot delay it is %s", got)
	}
}

func TestFaults(t *testing.T) {
	set := func(t *testing.T, c *Cloud, f Fault) {
		if err := os.WriteFile(c.path(id, "fault"), []byte(f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("dies while booting", func(t *testing.T) {
		c := newCloud(t, 20*time.Millisecond)
		set(t, c, DiesBooting)
		if err := c.PowerOn(t.Context(), id, 1); err != nil {
			t.Fatal(err)
		}
		waitFor(t, c, machine.Off)
		if _, err := os.Stat(c.path(id, "up")); err == nil {
			t.Error("its worker started all the same")
		}
	})
	t.Run("will not stop", func(t *testing.T) {
		c := newCloud(t, 0)
		set(t, c, WillNotStop)
		if err := c.PowerOn(t.Context(), id, 1); err != nil {
			t.Fatal(err)
		}
		waitForFile(t, c.path(id, "up"))
		if err := c.PowerOff(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if got := observe(t, c); got != machine.On {
			t.Errorf("it is %s", got)
		}
		set(t, c, NoFault)
		if err := c.PowerOff(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		waitFor(t, c, machine.Off)
	})
	t.Run("does not boot", func(t *testing.T) {
		c := newCloud(t, 0)
		set(t, c, NoBoot)
		if err := c.PowerOn(t.Context(), id, 1); err != nil {
			t.Fatal(err)
		}
		if got := observe(t, c); got != machine.On {
			t.Errorf("it is %s", got)
		}
		if _, err := os.Stat(c.path(id, "up")); err == nil {
			t.Error("its worker started all the same")
		}
	})
	t.Run("an unknown fault is refused", func(t *testing.T) {
		c := newCloud(t, 0)
		set(t, c, "explodes")
		if err := c.PowerOn(t.Context(), id, 1); !errors.Is(err, errFault) {
			t.Errorf("got %v", err)
		}
	})
}

// A worker that ignores SIGTERM would be billed for ever.
func TestMachineThatIgnoresTheRequestIsKilled(t *testing.T) {
	c := newCloud(t, 0)
	stubborn := "#!/bin/sh\ntrap '' TERM\necho up >up\nwhile :; do sleep 600; done\n"
	if err := os.WriteFile(c.options.Worker, []byte(stubborn), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := c.PowerOn(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	waitForFile(t, c.path(id, "up"))
	if err := c.PowerOff(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := observe(t, c); got != machine.Stopping {
		t.Fatalf("after SIGTERM it is %s", got)
	}
	long := time.Now().Add(-2 * killAfter)
	if err := os.Chtimes(c.path(id, "stopping"), long, long); err != nil {
		t.Fatal(err)
	}
	waitFor(t, c, machine.Off)
}

func TestUnknownMachineIsGone(t *testing.T) {
	c := newCloud(t, 0)
	if err := c.PowerOn(t.Context(), "other", 1); !errors.Is(err, machine.ErrGone) {
		t.Errorf("got %v, want ErrGone", err)
	}
}

// The process group of the run before may belong to somebody else by now.
func TestSwitchingOffWhileStartingSignalsNobody(t *testing.T) {
	c := newCloud(t, 0)
	lock, taken, err := take(c.path(id, "lock"))
	if err != nil || !taken {
		t.Fatal(taken, err)
	}
	if err := c.PowerOff(t.Context(), id); !errors.Is(err, machine.ErrState) {
		t.Errorf("got %v, want ErrState", err)
	}
	if err := os.Remove(c.path(id, "stopping")); err != nil {
		t.Fatal(err)
	}
	lock.Close()
}
