package keeper

import (
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// Status is an immutable snapshot of a machine for those who watch it. Times are the
// gateway's own.
type Status struct {
	Machine wire.MachineID
	State   State
	Stored  State     // what the record says, also while State is Unknown
	Since   time.Time // when State was entered
	Epoch   wire.Epoch
	Room    wire.RoomID // who woke it
	WokenAt time.Time   // begin of the run; zero while there is none

	Loaded bool // it is known whose the machine is
	Owner  bool // it is ours, or off and so anybody's
	Away   bool // the provider did not answer the last question

	Running bool   // the provider said so in this epoch
	Boot    string // of the linked worker, empty without one
	Ready   bool   // the worker is linked, told what it has, and its media was tested
	Mute    bool   // its link has been gone for so long that an organiser may stop it, people or not

	Retired bool // no more wakes

	Lost    wire.LostReason
	Failure wire.RefusalCode
	RetryAt time.Time

	PaidUntil    time.Time // end of the paid quantum; zero with prices per minute or while off
	HardStopAt   time.Time
	PrewarmUntil time.Time
	PrewarmRoom  wire.RoomID // whose organiser asked for it
	PerHour      ledger.NanoEUR

	Waiting, Present, Live int
}

// Status takes the snapshot. Now is the gateway's clock.
func (m *Machine) Status(now time.Time) Status {
	owner := m.Loaded && (m.Taken || !m.powered())
	s := Status{
		Machine: m.ID, State: m.State, Stored: m.Rec.Observed, Since: m.Since, Epoch: m.Rec.Epoch, Room: m.Rec.Room,
		Loaded: m.Loaded && (owner || m.foreign(now)), Owner: owner, Away: m.Away,
		Running: m.Power == PowerOn || m.Boot != "", Boot: m.Boot, Ready: m.reachable(), Mute: m.mute(now),
		Retired: m.Retired, Lost: m.Lost, Failure: m.Failure, RetryAt: m.RetryAt, PrewarmUntil: m.PrewarmUntil, PrewarmRoom: m.PrewarmRoom,
		PerHour: ledger.Hourly(m.Policy.Prices),
		Waiting: m.Waiting, Present: m.Present, Live: m.Live,
	}
	if m.powered() {
		s.WokenAt = m.ours(m.Rec.PaidFrom)
		s.HardStopAt = m.ours(m.Rec.HardStopAt)
		s.PaidUntil = m.paidUntil(now)
	}
	return s
}
