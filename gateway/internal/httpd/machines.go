package httpd

import (
	"context"
	"net/http"
	"slices"
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/wire"
)

// machineJSON is a machine as the office sees it.
type machineJSON struct {
	Machine      wire.MachineID `json:"machine"`
	State        string         `json:"state"`
	Since        time.Time      `json:"since"`
	EtaMS        int64          `json:"eta_ms"`
	PaidUntil    *time.Time     `json:"paid_until,omitempty"`
	HardStopAt   *time.Time     `json:"hard_stop_at,omitempty"`
	PrewarmUntil *time.Time     `json:"prewarm_until,omitempty"`
	Waiting      int            `json:"waiting"`
	Present      int            `json:"present"`
	Rooms        []machineRoom  `json:"rooms"`
	PricePerHour ledger.NanoEUR `json:"price_per_hour_nano_eur"`
	CanStop      bool           `json:"can_stop"`
}

type machineRoom struct {
	Room  wire.RoomID `json:"room"`
	Title string      `json:"title"`
}

func newMachineJSON(m MachineStatus, titles map[wire.RoomID]string) machineJSON {
	out := machineJSON{
		Machine: m.Machine, State: m.State, Since: m.Since.UTC(), EtaMS: m.ETA.Milliseconds(),
		PaidUntil: given(m.PaidUntil), HardStopAt: given(m.HardStopAt), PrewarmUntil: given(m.PrewarmUntil),
		Waiting: m.Waiting, Present: m.Present, Rooms: make([]machineRoom, 0, len(m.Rooms)),
		PricePerHour: m.PricePerHour, CanStop: m.CanStop,
	}
	for _, id := range m.Rooms {
		out.Rooms = append(out.Rooms, machineRoom{Room: id, Title: titles[id]})
	}
	return out
}

// machineOf is the machine that a room runs on, or nil.
func machineOf(id wire.RoomID, machines []MachineStatus) *MachineStatus {
	for i := range machines {
		if slices.Contains(machines[i].Rooms, id) {
			return &machines[i]
		}
	}
	return nil
}

func (s *Server) titles(ctx context.Context) (map[wire.RoomID]string, error) {
	records, err := s.opts.Rooms.Rooms(ctx)
	if err != nil {
		return nil, err
	}
	return titlesOf(records), nil
}

func (s *Server) listMachines(w http.ResponseWriter, r *http.Request) error {
	titles, err := s.titles(r.Context())
	if err != nil {
		return err
	}
	status := s.opts.Machines.Status()
	list := make([]machineJSON, 0, len(status))
	for _, m := range status {
		list = append(list, newMachineJSON(m, titles))
	}
	reply(w, http.StatusOK, struct {
		Machines []machineJSON `json:"machines"`
	}{list})
	return nil
}

// The bounds of a pre-warm in minutes.
const (
	minPrewarm = 5
	maxPrewarm = 240
)

func (s *Server) prewarm(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Minutes int `json:"minutes"`
	}
	if err := intake(w, r, &body, false); err != nil {
		return err
	}
	if body.Minutes < minPrewarm || body.Minutes > maxPrewarm {
		return refuse(CodeMalformed, `the field "minutes" is %d to %d`, minPrewarm, maxPrewarm)
	}
	record, err := s.record(r)
	if err != nil {
		return err
	}
	until := s.now().UTC().Add(time.Duration(body.Minutes) * time.Minute)
	if err := s.opts.Machines.Prewarm(r.Context(), record.ID, until); err != nil {
		return err
	}
	return s.replyMachine(w, r, func(machines []MachineStatus) *MachineStatus { return machineOf(record.ID, machines) })
}

func (s *Server) cancelPrewarm(w http.ResponseWriter, r *http.Request) error {
	var body struct{}
	if err := intake(w, r, &body, true); err != nil {
		return err
	}
	record, err := s.record(r)
	if err != nil {
		return err
	}
	s.opts.Machines.CancelPrewarm(record.ID)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) stopMachine(w http.ResponseWriter, r *http.Request) error {
	var body struct{}
	if err := intake(w, r, &body, true); err != nil {
		return err
	}
	id := wire.MachineID(r.PathValue("machine"))
	named := func(machines []MachineStatus) *MachineStatus {
		if i := slices.IndexFunc(machines, func(m MachineStatus) bool { return m.Machine == id }); i >= 0 {
			return &machines[i]
		}
		return nil
	}
	if named(s.opts.Machines.Status()) == nil {
		return refuse(CodeNotFound, "there is no such machine")
	}
	if err := s.opts.Machines.Stop(r.Context(), id); err != nil {
		return err
	}
	return s.replyMachine(w, r, named)
}

// replyMachine answers 202 with the machine that find picks. It is gone only when it went off
// again in between.
func (s *Server) replyMachine(w http.ResponseWriter, r *http.Request, find func([]MachineStatus) *MachineStatus) error {
	titles, err := s.titles(r.Context())
	if err != nil {
		return err
	}
	m := find(s.opts.Machines.Status())
	if m == nil {
		return refuse(CodeUnavailable, "the machine went away again")
	}
	reply(w, http.StatusAccepted, newMachineJSON(*m, titles))
	return nil
}
