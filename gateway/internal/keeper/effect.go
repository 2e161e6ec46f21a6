package keeper

import (
	"time"

	"weckruf/internal/wire"
)

// Effect is something to be done for a machine.
type Effect interface{ effect() }

// Effects on the store. Answered by Loaded and Committed.
type (
	// Load reads the record and the store's clock.
	Load struct{ Attempt uint64 }
	// Commit writes a change. Clock: read the store's clock as well.
	Commit struct {
		Attempt uint64
		Change  Change
		Clock   bool
	}
)

// Effects on the provider. Until is the deadline: at or after it nothing is sent any more, and
// an answer is not waited for. Answered by Observed and Powered.
type (
	// Observe asks for the power.
	Observe struct {
		Attempt uint64
		Until   time.Time
	}
	// SwitchOn starts the machine for the epoch.
	SwitchOn struct {
		Attempt uint64
		Epoch   wire.Epoch
		Until   time.Time
	}
	// SwitchOff stops it.
	SwitchOff struct {
		Attempt uint64
		Until   time.Time
	}
)

// Effects on the worker, which are not answered by themselves, and on the log.
type (
	// Drain asks the linked worker to take nobody in any more.
	Drain struct{ Boot string }
	// Recall takes that back.
	Recall struct{ Boot string }
	// Alarm is for the operator.
	Alarm struct{ Reason string }
)

func (Load) effect()      {}
func (Commit) effect()    {}
func (Observe) effect()   {}
func (SwitchOn) effect()  {}
func (SwitchOff) effect() {}
func (Drain) effect()     {}
func (Recall) effect()    {}
func (Alarm) effect()     {}
