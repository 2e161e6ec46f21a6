package sfu

import (
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"

	"weckruf/internal/wire"
	"weckruf/worker/rtpx"
)

// refillEvery is how often the loudest are chosen anew for the audio slots.
const refillEvery = 500 * time.Millisecond

// room is one conversation: who is connected and what each one's slots carry.
type room struct {
	sfu *SFU        // immutable
	id  wire.RoomID // immutable

	mu       sync.Mutex
	members  []*endpoint // admitted, in the order of their coming
	speaker  wire.ParticipantID
	refilled time.Duration
	present  int       // participants connected
	since    time.Time // up to here presence is booked
}

func newRoom(s *SFU, id wire.RoomID) *room { return &room{sfu: s, id: id, since: time.Now()} }

// draft lists the slots that an offer asks for, those that stand (or are spare) among them,
// and reports whether the connection is a member already. Nothing changes by it.
func (r *room) draft(e *endpoint, offers []wire.SlotOffer, spare []*slot) (slots []*slot, member bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	have := slices.Concat(e.slots, spare)
	slots = make([]*slot, 0, len(offers))
	for _, offer := range offers {
		i := slices.IndexFunc(have, func(s *slot) bool { return s.offer == offer })
		if i >= 0 {
			slots = append(slots, have[i])
		} else {
			slots = append(slots, newSlot(e, offer))
		}
	}
	return slots, slices.Contains(r.members, e)
}

// take gives a connection the slots, wishes and sources of an offer, and fills the slots.
func (r *room) take(e *endpoint, join wire.Join, slots []*slot) {
	r.mu.Lock()
	if !e.ended {
		e.setSlots(slots)
		e.wishes = join.Wishes
		e.setSources(join.Sources)
		r.fill(e)
	}
	r.mu.Unlock()
	e.tendOutputs(r.sfu.now())
}

// admit makes the connection a member whose sources others may see, and returns its slots.
func (r *room) admit(e *endpoint) []wire.SlotState {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !e.ended && !slices.Contains(r.members, e) {
		r.members = append(r.members, e)
	}
	if e.connected {
		r.count()
		e.open()
	}
	r.refill()
	r.peopleChanged()
	return e.states()
}

// leave takes a connection out and reports whether it was a member.
func (r *room) leave(e *endpoint) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.ended = true
	before := len(r.members)
	r.members = slices.DeleteFunc(r.members, func(other *endpoint) bool { return other == e })
	for _, s := range e.slots {
		s.show(content{}, nil)
	}
	r.count()
	r.refill()
	r.peopleChanged()
	return len(r.members) < before
}

// up lets the packets out to a connection that stands now.
func (r *room) up(e *endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.ended {
		return
	}
	e.connected = true
	r.count()
	e.open()
}

// opened sends the first state over a channel that has opened.
func (r *room) opened(e *endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.outbox.open, e.outbox.slots, e.outbox.people, e.outbox.speaker = true, true, true, true
	e.flush()
}

// wish replaces the wishes of a page.
func (r *room) wish(e *endpoint, wishes []wire.Wish) {
	r.mu.Lock()
	e.wishes = wishes
	if !e.ended {
		r.fill(e)
		e.flush()
	}
	r.mu.Unlock()
	e.tendOutputs(r.sfu.now())
}

// setSources replaces what a page says it sends.
func (r *room) setSources(e *endpoint, sources wire.Sources) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.ended || e.sources == sources {
		return
	}
	e.setSources(sources)
	r.refill()
	r.peopleChanged()
}

// settle books the presence up to now.
func (r *room) settle(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.book(now)
}

func (r *room) book(now time.Time) {
	r.sfu.usage.add(r.id, r.present, r.since, now)
	r.since = now
}

// count finds out how many people are connected, and books those of before.
func (r *room) count() {
	r.book(time.Now())
	connected := make(map[wire.ParticipantID]bool)
	for _, e := range r.members {
		if e.connected {
			connected[e.participant] = true
		}
	}
	r.present = len(connected)
}

// latest returns the newest connection of a participant, or nil.
func (r *room) latest(id wire.ParticipantID) *endpoint {
	for _, e := range slices.Backward(r.members) {
		if e.participant == id {
			return e
		}
	}
	return nil
}

// refill fills the slots of all members.
func (r *room) refill() {
	for _, e := range r.members {
		r.fill(e)
		e.flush()
	}
	r.refilled = r.sfu.now()
}

// fill decides what the slots of one member carry.
func (r *room) fill(e *endpoint) {
	places := make([]place, len(e.slots))
	for i, s := range e.slots {
		places[i] = place{kind: s.offer.Kind, holds: s.holds}
	}
	heights := make(map[content]int, len(e.wishes))
	for _, w := range e.wishes {
		c := content{w.Participant, w.Source}
		heights[c] = max(heights[c], w.MaxHeight)
	}
	for i, c := range fill(places, e.wishes, r.others(e)) {
		s := e.slots[i]
		if s.show(c, r.latest(c.participant)) {
			e.outbox.slots = true
		}
		if s.video != nil && heights[c] > 0 {
			s.video.resize(heights[c])
		}
	}
}

// others lists the participants whom a page can see or hear.
func (r *room) others(of *endpoint) []presence {
	people := make([]presence, 0, len(r.members))
	for _, e := range r.members {
		if e.participant == of.participant || r.latest(e.participant) != e {
			continue
		}
		people = append(people, presence{
			id:         e.participant,
			microphone: e.sources.Microphone,
			screen:     e.sources.Screen,
			loudness:   e.loudness,
		})
	}
	return people
}

func (r *room) peopleChanged() {
	for _, e := range r.members {
		e.outbox.people = true
	}
}

// people is the list that every page of the room gets.
func (r *room) people() wire.People {
	people := wire.People{People: []wire.PersonSources{}}
	for _, e := range r.members {
		if r.latest(e.participant) == e {
			people.People = append(people.People, wire.PersonSources{Participant: e.participant, Sources: e.sources})
		}
	}
	return people
}

// tick looks after the room. It never waits for a page.
func (r *room) tick(now time.Duration) {
	r.mu.Lock()
	members := slices.Clone(r.members)
	r.listen()
	if now-r.refilled >= refillEvery {
		r.refill()
	}
	for _, e := range members {
		e.outbox.tick(now)
		e.flush()
	}
	r.mu.Unlock()
	for _, e := range r.sfu.connectionsOf(r) {
		e.drain()
		e.tendOutputs(now)
		e.expire(now)
	}
}

// listen finds the dominant speaker.
func (r *room) listen() {
	levels := make([]float64, len(r.members))
	current := -1
	for i, e := range r.members {
		e.loudness = e.feeds[microphone].settleLoudness()
		levels[i] = e.loudness
		if e.participant == r.speaker {
			current = i
		}
	}
	var speaker wire.ParticipantID
	if i := rtpx.Loudest(levels, current); i >= 0 {
		speaker = r.members[i].participant
	}
	if speaker == r.speaker {
		return
	}
	r.speaker = speaker
	for _, e := range r.members {
		e.outbox.speaker = true
	}
}

// outputs returns the outputs of a connection by mid.
func (r *room) outputs(e *endpoint) map[string]*output {
	r.mu.Lock()
	defer r.mu.Unlock()
	return byMid(e.slots)
}

// byMid returns the outputs of slots by their m-lines. It reads what never changes.
func byMid(slots []*slot) map[string]*output {
	outputs := make(map[string]*output)
	for _, s := range slots {
		outputs[s.offer.Audio] = s.audio
		if s.video != nil {
			outputs[s.offer.Video] = s.video
		}
	}
	return outputs
}

// tendOutputs sends what the outputs of a connection have to ask and to report.
func (e *endpoint) tendOutputs(now time.Duration) {
	var reports []rtcp.Packet
	for _, o := range e.room.outputs(e) {
		ask, report := o.tend(now)
		if ask != nil {
			ask.requestKey(now)
		}
		if report != nil {
			reports = append(reports, report)
		}
	}
	for batch := range slices.Chunk(reports, 16) {
		// The next report is half a second away.
		_ = e.pc.WriteRTCP(batch)
	}
}

// expire gives up a connection that never came to stand.
func (e *endpoint) expire(now time.Duration) {
	e.room.mu.Lock()
	late := !e.connected && !e.ended && now-e.began > connectLimit
	e.room.mu.Unlock()
	if late {
		e.sfu.task(func() { e.end(true) })
	}
}
