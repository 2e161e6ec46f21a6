package keeper

import (
	"time"

	"weckruf/gateway/internal/ledger"
)

// Policy holds every time limit of a machine's life, and its prices.
type Policy struct {
	// Wake is how long the provider may take from power-on to running.
	Wake time.Duration
	// Hello is how long the worker may take from there to its hello.
	Hello time.Duration
	// Test is how long its self-test may take after the hello.
	Test time.Duration

	// Idle is how long an empty machine is kept when prices are per minute.
	Idle time.Duration
	// Quantum is the paid quantum of hourly prices. Zero: prices are per minute.
	Quantum time.Duration
	// Decision is how long before a quantum's end it is decided whether to go on.
	Decision time.Duration
	// Grace is how long a wake counts as a person before the room has counted its people.
	Grace time.Duration

	// Drain is how long the worker may take to say that it is drained.
	Drain time.Duration
	// StopAgain is how long after an accepted power-off it is asked again.
	StopAgain time.Duration
	// Alarm is how long a stop may take before it is an alarm.
	Alarm time.Duration
	// Hard is the longest life of a power-on; people or not.
	Hard time.Duration

	// Link is how long a worker may be without its link when nobody is known to be in a call.
	Link time.Duration
	// Silence is the same when somebody may be: longer than the worker's own dead man's switch.
	Silence time.Duration

	// Beat is how often the lease is renewed, Lease how long it lasts.
	Beat, Lease time.Duration
	// Call is the time limit of one call to the provider, Margin what must be left of the
	// lease when it ends.
	Call, Margin time.Duration

	// Poll is how often the provider is asked while something is expected to change,
	// Reconcile how often otherwise.
	Poll, Reconcile time.Duration

	// Retry is the pause after a wake that failed; it doubles with each one up to RetryMost.
	Retry, RetryMost time.Duration
	// FailLimit is after how many failures in a row the machine is quarantined, for Quarantine.
	FailLimit  int
	Quarantine time.Duration
	// Proven is how long a machine must have served for a loss not to count as a failure.
	Proven time.Duration

	// Prices are snapshotted into each run.
	Prices []ledger.Price
}

// DefaultPolicy is for cloud machines with prices per minute.
func DefaultPolicy() Policy {
	return Policy{
		Wake: time.Minute, Hello: 2 * time.Minute, Test: 30 * time.Second,
		Idle: 10 * time.Minute, Decision: 3 * time.Minute, Grace: 5 * time.Second,
		Drain: 10 * time.Second, StopAgain: time.Minute, Alarm: 5 * time.Minute, Hard: 12 * time.Hour,
		Link: 2 * time.Minute, Silence: 12 * time.Minute,
		Beat: 5 * time.Second, Lease: 30 * time.Second, Call: 10 * time.Second, Margin: time.Second,
		Poll: time.Second, Reconcile: time.Minute,
		Retry: 5 * time.Second, RetryMost: 2 * time.Minute,
		FailLimit: 5, Quarantine: 5 * time.Minute, Proven: time.Minute,
	}
}

// LocalPolicy is for child processes: they come and go within a second, so the provider is
// asked four times as often, and an empty machine is kept for 30 s, so that one sees it go.
func LocalPolicy() Policy {
	p := DefaultPolicy()
	p.Idle = 30 * time.Second
	p.Poll = 200 * time.Millisecond
	p.Retry = 2 * time.Second
	p.StopAgain = 10 * time.Second
	return p
}
