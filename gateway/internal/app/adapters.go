package app

import (
	"context"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/gateway/internal/httpd"
	"weckruf/gateway/internal/link"
	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// gate lets link's sessions into the fleet, which knows them by an interface of its own.
type gate struct {
	*fleet.Fleet
}

var (
	_ link.Gate     = gate{}
	_ fleet.Session = (*link.Session)(nil)
	_ room.Machines = (*fleet.Fleet)(nil)

	_ httpd.Conversation = (*room.House)(nil)
)

func (g gate) Attach(s *link.Session)                  { g.Fleet.Attach(s) }
func (g gate) Observe(s *link.Session, m wire.Message) { g.Fleet.Observe(s, m) }
func (g gate) Detach(s *link.Session)                  { g.Fleet.Detach(s) }
func (g gate) Record(ctx context.Context, s *link.Session, u wire.Usage) error {
	return g.Fleet.Record(ctx, s, u)
}

// machines shows the fleet to the office.
type machines struct {
	*fleet.Fleet
}

var _ httpd.Machines = machines{}

// Status implements httpd.Machines.
func (m machines) Status() []httpd.MachineStatus {
	all := m.Fleet.Status()
	shown := make([]httpd.MachineStatus, 0, len(all))
	for _, s := range all {
		shown = append(shown, httpd.MachineStatus{
			Machine: s.Machine, State: string(s.State), Since: s.Since, ETA: s.ETA,
			PaidUntil: s.PaidUntil, HardStopAt: s.HardStopAt, PrewarmUntil: s.PrewarmUntil,
			Waiting: s.Waiting, Present: s.Present, Rooms: s.Rooms,
			PricePerHour: s.PricePerHour, CanStop: s.CanStop,
		})
	}
	return shown
}

// purger forgets what privacy wants gone.
type purger interface {
	Purge(ctx context.Context, now time.Time) (int64, error)
}

// purgeEvery is how often that is done.
const purgeEvery = 10 * time.Minute
