package room

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

// phase says how far a participant's connection is.
type phase uint8

const (
	outside phase = iota // no connection
	asked                // Ready was sent
	joining              // the worker works on the first offer
	claimed              // the page says that it has one, the worker has not been heard yet
	live                 // in the call
)

// person is one place in the room.
type person struct {
	id   wire.ParticipantID
	role wire.Role
	name string // in memory only

	generation int  // of the link that was shown last; 0: none
	byHand     bool // only a chair may admit, whatever the room's rules
	admitted   bool // on disk, and so may be told
	saving     bool // the entry is not on disk yet: nobody knows of this place
	admitting  bool // the admission is being written
	removing   bool // the removal is being written

	page      pageID
	awayUntil time.Time // without a page: when the place is given up

	phase      phase
	connection wire.ConnectionID
	claim      wire.ConnectionID // to be looked at once the entry is on disk
	offering   bool              // a Join is on its way
	notBefore  time.Time         // the next Ready, so that a broken path makes no busy loop
	lost       wire.LostReason   // why the person is in the lobby again
	fresh      bool              // has not been told of the lobby yet
}

// inCall reports whether the person counts as present.
func (p *person) inCall() bool { return p.phase == live || p.phase == claimed }

// inLobby reports whether there is a page to be told of the lobby.
func (p *person) inLobby() bool { return p.page != 0 && p.visible() && !p.inCall() }

// visible reports whether others may know of the place.
func (p *person) visible() bool { return !p.saving }

// page is one open connection of a browser that was shown the door.
type page struct {
	id      pageID
	arrival arrival
	person  *person // nil until Enter
}

// stray is a connection at the worker whose page has not come back.
type stray struct {
	participant wire.ParticipantID
	until       time.Time
}

// minter makes ids that nobody can guess.
type minter interface {
	Connection() wire.ConnectionID
	Participant() wire.ParticipantID
}

// state is everything that lives in one room. It is owned by its actor.
type state struct {
	// immutable
	organisation string
	limits       Limits
	mint         minter

	record Record
	dead   bool // the room was deleted

	pages       map[pageID]*page
	people      map[wire.ParticipantID]*person
	order       []*person // by time of entry
	connections map[wire.ConnectionID]*person
	strays      map[wire.ConnectionID]stray
	dismissed   map[wire.ConnectionID]bool // to be ended when the worker can be reached again

	// the session
	removed      map[wire.ParticipantID]bool
	condemned    map[wire.ParticipantID]bool // the removal is being written
	handOnly     bool                        // somebody was removed: newcomers are admitted by hand
	chairRemoved bool                        // … chairs too, while another chair is there
	inSession    bool                        // something is to be forgotten at the end
	endedAt      time.Time                   // end of the session before
	vacantSince  time.Time
	onlyKnocking time.Time // since when there is nobody admitted, only people waiting for it

	// the machine
	view      fleet.View
	viewAt    time.Time
	epoch     wire.Epoch
	staleLost wire.LostReason // Lost as it stood while media was there: old news
	stopped   bool            // at its hard limit: only a new Enter asks for another
	waking    bool            // a Wake is on its way
	wakeWish  bool            // somebody entered since the last Wake was sent
	wakeAt    time.Time       // the earliest time of the next Wake
	refusal   *wire.Refusal   // why there is no machine, as people were told
	retryAt   time.Time       // when the refusal is over, as far as known

	// what was told
	enters           bucket
	toldWaiting      int
	toldPresent      int
	lobbyDirty       bool
	lobbyAt          time.Time
	rosterDirty      bool
	rosterAt         time.Time
	pending          int // effects whose result is still to come
	out              []effect
	waiting, present int
}

// newState makes the room of a record; stays are those of at least the last session.
func newState(r Record, stays []Stay, organisation string, limits Limits, mint minter) *state {
	s := &state{
		organisation: organisation, limits: limits, mint: mint, record: r,
		pages:       map[pageID]*page{},
		people:      map[wire.ParticipantID]*person{},
		connections: map[wire.ConnectionID]*person{},
		strays:      map[wire.ConnectionID]stray{},
		dismissed:   map[wire.ConnectionID]bool{},
		removed:     map[wire.ParticipantID]bool{},
		condemned:   map[wire.ParticipantID]bool{},
	}
	s.recall(stays)
	return s
}

// recall restores the session from disk. The stay of participant 0 (nobody) marks the end of
// the session before.
func (s *state) recall(stays []Stay) {
	for _, stay := range stays {
		if stay.Participant == 0 && stay.At.After(s.endedAt) {
			s.endedAt = stay.At
		}
	}
	for _, stay := range stays {
		if stay.Participant == 0 || !stay.At.After(s.endedAt) {
			continue
		}
		s.inSession = true
		if stay.Removed {
			s.exclude(stay.Participant, stay.Role)
		}
	}
}

// exclude keeps a participant out for the rest of the session.
func (s *state) exclude(id wire.ParticipantID, role wire.Role) {
	s.removed[id] = true
	s.handOnly = true
	s.inSession = true
	if role == wire.RoleChair {
		s.chairRemoved = true
	}
}

// step lets e happen at now. The effects are valid until the next step.
func (s *state) step(now time.Time, e event) []effect {
	s.out = s.out[:0]
	s.apply(now, e)
	s.settle(now)
	return s.out
}

func (s *state) apply(now time.Time, e event) {
	switch e := e.(type) {
	case looked:
		s.look(now, e)
	case entered:
		s.enter(now, e)
	case offered:
		s.offer(e)
	case admits:
		s.admit(now, e)
	case removes:
		s.remove(now, e)
	case left:
		s.leave(e)
	case closed:
		s.close(now, e)
	default:
		s.hear(now, e)
	}
}

// hear applies what does not come from a page.
func (s *state) hear(now time.Time, e event) {
	switch e := e.(type) {
	case stored:
		s.pending--
		s.written(now, e)
	case joined:
		s.pending--
		s.joined(now, e)
	case woken:
		s.pending--
		s.woken(now, e)
	case viewed:
		s.see(now, e.view)
	case partedFrom:
		s.parted(now, e.parted)
	case changed:
		s.change(now, e.record)
	case forgotten:
		s.forget()
	}
}

func (s *state) emit(e effect) { s.out = append(s.out, e) }

// expect emits an effect whose result comes back.
func (s *state) expect(e effect) {
	s.pending++
	s.emit(e)
}

func (s *state) tell(id pageID, m wire.Message) {
	if id != 0 {
		s.emit(send{pages: []pageID{id}, message: m})
	}
}

func (s *state) fault(id pageID, code wire.Code, re, detail string) {
	s.tell(id, wire.Fault{Code: code, Re: re, Detail: detail})
}

// detach forgets a page; its person, if any, no longer has it. It may look again.
func (s *state) detach(id pageID) {
	if pg := s.pages[id]; pg != nil && pg.person != nil && pg.person.page == id {
		pg.person.page = 0
	}
	delete(s.pages, id)
}

// hangUp ends a page for good.
func (s *state) hangUp(id pageID) {
	s.detach(id)
	if id != 0 {
		s.emit(hangUp{page: id})
	}
}

// sorted are the keys in order, so that the same events have the same effects.
func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// idle reports that nothing lives here and nothing is to be remembered.
func (s *state) idle() bool {
	return len(s.pages) == 0 && len(s.order) == 0 && len(s.strays) == 0 && s.pending == 0 &&
		(s.dead || !s.inSession)
}
