package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Fault is something that goes wrong with a machine, switched on for tests.
type Fault string

// The faults. They hold from the next call to the machine on, until they are switched off.
const (
	NoFault     Fault = ""
	SlowBoot    Fault = "slow-boot"    // boots, but only after SlowDelay more
	NoBoot      Fault = "no-boot"      // runs, but its worker never starts
	DiesBooting Fault = "dies-booting" // ends halfway through its boot
	DiesInCall  Fault = "dies-in-call" // is killed Life after its worker started
	WillNotStop Fault = "will-not-stop"
)

// Times of the faults.
const (
	SlowDelay = 10 * time.Second
	Life      = 10 * time.Second
)

var errFault = errors.New("is none of slow-boot, no-boot, dies-booting, dies-in-call, will-not-stop")

// parseFault reads the name of a fault.
func parseFault(text string) (Fault, error) {
	switch f := Fault(strings.TrimSpace(text)); f {
	case NoFault, SlowBoot, NoBoot, DiesBooting, DiesInCall, WillNotStop:
		return f, nil
	default:
		return NoFault, fmt.Errorf("fault %q %w", text, errFault)
	}
}

// readFault reads the machine's fault from its file, which tests write.
func readFault(path string) (Fault, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return NoFault, nil
	}
	if err != nil {
		return NoFault, err
	}
	return parseFault(string(text))
}
