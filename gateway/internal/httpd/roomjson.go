package httpd

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// The bounds of a room.
const (
	maxTitle    = 120 // characters
	minCapacity = 2
	maxCapacity = 500
)

// roomJSON is a room as the office sees it.
type roomJSON struct {
	Room        wire.RoomID  `json:"room"`
	Title       string       `json:"title"`
	StartsAt    *time.Time   `json:"starts_at,omitempty"`
	WaitingRoom bool         `json:"waiting_room"`
	Capacity    int          `json:"capacity"`
	Links       linksJSON    `json:"links"`
	Waiting     int          `json:"waiting"`
	Present     int          `json:"present"`
	Machine     *machineJSON `json:"machine,omitempty"`
}

type linksJSON struct {
	Chair linkJSON `json:"chair"`
	Guest linkJSON `json:"guest"`
}

type linkJSON struct {
	URL           string     `json:"url"`
	Generation    int        `json:"generation"`
	OldKnocksTill *time.Time `json:"old_knocks_until,omitempty"`
}

func (s *Server) roomJSON(r room.Record, machines []MachineStatus, titles map[wire.RoomID]string) roomJSON {
	waiting, present := s.opts.Conversation.Counts(r.ID)
	out := roomJSON{
		Room: r.ID, Title: r.Title, StartsAt: given(r.StartsAt), WaitingRoom: r.WaitingRoom, Capacity: r.Capacity,
		Links:   linksJSON{Chair: s.linkJSON(r.ID, wire.RoleChair, r.Chair), Guest: s.linkJSON(r.ID, wire.RoleGuest, r.Guest)},
		Waiting: waiting, Present: present,
	}
	if m := machineOf(r.ID, machines); m != nil {
		machine := newMachineJSON(*m, titles)
		out.Machine = &machine
	}
	return out
}

// linkJSON writes a link. The secret stands in the fragment, which browsers do not send.
func (s *Server) linkJSON(id wire.RoomID, role wire.Role, link room.Link) linkJSON {
	secret := s.opts.Keys.LinkSecret(id, role, link.Generation)
	out := linkJSON{URL: s.client.public + "/r/" + string(id) + "#" + secret, Generation: link.Generation}
	if link.KnockUntil.After(s.now()) {
		out.OldKnocksTill = given(link.KnockUntil)
	}
	return out
}

// given is nil for the zero time.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func titlesOf(records []room.Record) map[wire.RoomID]string {
	titles := make(map[wire.RoomID]string, len(records))
	for _, r := range records {
		titles[r.ID] = r.Title
	}
	return titles
}

// roomEdit is the body of POST and PATCH: what is absent stays as it is.
type roomEdit struct {
	Title       optional[string]    `json:"title"`
	StartsAt    optional[time.Time] `json:"starts_at"`
	WaitingRoom optional[bool]      `json:"waiting_room"`
	Capacity    optional[int]       `json:"capacity"`
}

// apply checks everything first, so that a refused edit changes nothing.
func (e roomEdit) apply(r *room.Record) error {
	if e.Title.Null || e.WaitingRoom.Null || e.Capacity.Null {
		return refuse(CodeMalformed, "only starts_at may be null")
	}
	if err := e.check(); err != nil {
		return err
	}
	if e.Title.Set {
		r.Title = e.Title.Value
	}
	if e.StartsAt.Set {
		r.StartsAt = e.StartsAt.Value.UTC() // null: the zero time, no session planned
	}
	if e.WaitingRoom.Set {
		r.WaitingRoom = e.WaitingRoom.Value
	}
	if e.Capacity.Set {
		r.Capacity = e.Capacity.Value
	}
	return nil
}

func (e roomEdit) check() error {
	if e.Title.Set && !goodTitle(e.Title.Value) {
		return refuse(CodeMalformed, "a title has 1 to %d characters that can be shown, and no space around it", maxTitle)
	}
	if e.Capacity.Set && (e.Capacity.Value < minCapacity || e.Capacity.Value > maxCapacity) {
		return refuse(CodeMalformed, "the capacity is %d to %d", minCapacity, maxCapacity)
	}
	if year := e.StartsAt.Value.UTC().Year(); e.StartsAt.Set && !e.StartsAt.Null && (year < 2000 || year > 2199) {
		return refuse(CodeMalformed, "starts_at lies in no year to plan for")
	}
	return nil
}

func goodTitle(title string) bool {
	n := utf8.RuneCountInString(title)
	return n >= 1 && n <= maxTitle && strings.TrimSpace(title) == title &&
		!strings.ContainsFunc(title, func(c rune) bool { return !unicode.IsPrint(c) })
}
