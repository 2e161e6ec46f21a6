package room

import (
	"context"
	"errors"
	"time"

	"weckruf/internal/wire"
)

// renewalsKnown is how many renewals back a link is told "withdrawn" rather than "wrong".
const renewalsKnown = 4

// look checks the credential, which needs the disk, and brings the page to the door. An
// unknown room takes the same way and the same time as a wrong secret.
func (t *talk) look(ctx context.Context, m wire.Look) *wire.Error {
	if m.Version < wire.MinVersion {
		return &wire.Error{Code: wire.CodeVersion, Re: "look", Detail: "this page is too old"}
	}
	now, source := time.Now(), t.visitor.peer.Source()
	if t.house.guesses.spent(source, now) && !t.house.vouched(m, now) {
		t.refuse(wire.RefusedRate, time.Second)
		return nil
	}
	a, err := t.house.arrival(ctx, m, now)
	switch {
	case errors.Is(err, errWrongLink):
		t.house.guesses.take(source, now)
		t.refuse(wire.RefusedLink, 0)
		return nil
	case err != nil:
		t.house.log.Error("credential not checked", "err", err)
		return &wire.Error{Code: wire.CodeUnavailable, Re: "look"}
	}
	t.move(m.Room)
	t.resumed = a.stay != nil
	if !t.house.post(m.Room, visits{t.visitor, looked{t.visitor.id, a}}, true) {
		return &wire.Error{Code: wire.CodeUnavailable, Re: "look"}
	}
	return nil
}

// move leaves the room that was looked at before.
func (t *talk) move(room wire.RoomID) {
	if t.room != room {
		t.end()
		t.room = room
	}
}

var errWrongLink = errors.New("no such room, or a wrong secret")

// arrival finds out what a credential is. A good token whose link is wrong is still good.
func (h *House) arrival(ctx context.Context, m wire.Look, now time.Time) (arrival, error) {
	record, err := h.store.Room(ctx, m.Room)
	known := err == nil
	if err != nil && !errors.Is(err, ErrNotFound) {
		return arrival{}, err
	}
	var a arrival
	if m.Resume != "" {
		if a.stay, err = h.stay(ctx, m, now); err != nil {
			return arrival{}, err
		}
	}
	if m.Secret != "" {
		a.role, a.generation = h.match(record, m)
	}
	if !known || a.stay == nil && a.generation == 0 {
		return arrival{}, errWrongLink
	}
	if a.generation == 0 {
		a.role = a.stay.Role
	}
	return a, nil
}

// vouched reports whether the page holds a token of ours, whoever else guesses from there.
func (h *House) vouched(m wire.Look, now time.Time) bool {
	token, err := h.keys.OpenResume(m.Resume, now)
	return err == nil && token.Room == m.Room
}

// stay is the place that a token holds, as it is on disk; nil when there is none.
func (h *House) stay(ctx context.Context, m wire.Look, now time.Time) (*Stay, error) {
	token, err := h.keys.OpenResume(m.Resume, now)
	if err != nil || token.Room != m.Room {
		return nil, nil
	}
	stay, err := h.store.Stay(ctx, token.Room, token.Participant)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &stay, nil
}

// match finds the link of a secret. It tries all of them, whatever comes out, and for a room
// that does not exist as well, so that the time taken tells nothing.
func (h *House) match(r Record, m wire.Look) (role wire.Role, generation int) {
	for _, candidate := range []wire.Role{wire.RoleChair, wire.RoleGuest} {
		for back := range renewalsKnown {
			g := r.link(candidate).Generation - back
			if h.keys.MatchLink(m.Secret, m.Room, candidate, g) && g > 0 {
				role, generation = candidate, g
			}
		}
	}
	return role, generation
}
