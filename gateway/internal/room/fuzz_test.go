package room

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

// FuzzRoom runs any sequence of what pages, worker, fleet, disk and clock may do, and looks
// at the invariants of the room after every step.
func FuzzRoom(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(sequence(seed))
	}
	f.Fuzz(play)
}

// TestRoomHoldsItsInvariants plays many seeded sequences; a failing one replays by its seed.
func TestRoomHoldsItsInvariants(t *testing.T) {
	for seed := range uint64(300) {
		play(t, sequence(seed))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func sequence(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([]byte, 3*200)
	for i := range out {
		out[i] = byte(random.UintN(256))
	}
	return out
}

// script is a rig that is driven by bytes.
type script struct {
	*rig
	epoch wire.Epoch
}

func play(t *testing.T, data []byte) {
	s := &script{rig: newRig(t, func(r *Record) { r.Capacity = 6 }), epoch: 1}
	if len(data) > 0 {
		s.s.record.WaitingRoom = data[0]&1 == 0
	}
	for len(data) >= 3 && !t.Failed() {
		s.act(data[0], data[1], data[2])
		s.check()
		data = data[3:]
	}
	s.flush()
	s.check()
}

// act is one thing that happens. Ten pages come and go; each fourth is a chair's.
func (s *script) act(op, a, b byte) {
	id := pageID(a%10) + 1
	role := wire.RoleGuest
	if id%4 == 0 {
		role = wire.RoleChair
	}
	switch op % 24 {
	case 0, 1:
		s.do(looked{id, arrival{role: role, generation: 1 + int(b%2)}})
	case 2, 3:
		s.lookOld(id, role, b)
	case 4, 5, 6:
		s.enterWith(id, s.ownConnection(id, b))
	case 7, 8:
		s.do(offered{id, wire.Offer{Connection: s.ownConnection(id, b), SDP: "v=0"}})
	case 9, 10:
		s.answer(a, b)
	case 11:
		s.do(admits{id, wire.Admit{All: true}})
	case 12:
		s.do(admits{id, wire.Admit{Participants: []wire.ParticipantID{s.someone(b)}}})
	case 13:
		s.do(removes{id, wire.Remove{Participant: s.someone(b)}})
	case 14:
		s.do(left{id})
	case 15:
		s.do(closed{id})
	case 16:
		s.do(partedFrom{wire.Parted{Connection: s.someConnection(b), Failed: a%2 == 0}})
	case 17, 18:
		s.machine(a, b)
	case 19:
		s.slowDisk, s.diskFull = a%3 == 0, b%5 == 0
	case 20:
		if len(s.saves) > 0 {
			s.writeOne()
		}
	case 21, 22:
		s.wait([]time.Duration{time.Millisecond, time.Second, 20 * time.Second, 11 * time.Minute}[b%4])
	case 23:
		s.rare(a, b)
	}
}

// rare is what seldom happens.
func (s *script) rare(a, b byte) {
	switch a % 4 {
	case 0:
		s.flush()
		s.joins, s.asked = nil, 0
		s.restart()
	case 1:
		rec := s.s.record
		rec.WaitingRoom = b%2 == 0
		rec.Guest = Link{Generation: 1 + int(b%3), KnockUntil: s.now.Add(time.Duration(b) * time.Minute)}
		s.do(changed{rec})
	case 2:
		s.wakeErr = nil
		if b%2 == 0 {
			s.wakeErr = &fleet.Refused{Code: wire.RefusedBudget, RetryAfter: time.Duration(b) * time.Second}
		}
	case 3:
		s.everybodyJoins()
	}
}

// everybodyJoins offers whatever was asked for, and answers it.
func (s *script) everybodyJoins() {
	for _, id := range sorted(s.s.pages) {
		if pg := s.s.pages[id]; pg != nil && pg.person != nil && pg.person.phase == asked {
			s.do(offered{id, wire.Offer{Connection: pg.person.connection, SDP: "v=0"}})
		}
	}
	for len(s.joins) > 0 {
		s.answer(0, 4)
	}
}

// lookOld comes with a place of old, which may have been read just before a removal.
func (s *script) lookOld(id pageID, role wire.Role, b byte) {
	stay, known := s.stays[s.someone(b)]
	if !known || stay.Participant == 0 {
		return
	}
	if s.s.removed[stay.Participant] && b%3 == 0 {
		stay.Removed = false
	}
	s.do(looked{id, arrival{role: role, generation: int(b % 2), stay: &stay}})
}

func (s *script) someone(b byte) wire.ParticipantID {
	ids := sorted(s.stays)
	if len(ids) == 0 {
		return 4711
	}
	return ids[int(b)%len(ids)]
}

// someConnection is one that is held, strays, was never there, or none.
func (s *script) someConnection(b byte) wire.ConnectionID {
	ids := append(sorted(s.s.connections), sorted(s.s.strays)...)
	switch {
	case b%4 == 0 || len(ids) == 0:
		return ""
	case b%16 == 1:
		return connection(9999)
	}
	return ids[int(b/4)%len(ids)]
}

// ownConnection is mostly the page's own.
func (s *script) ownConnection(id pageID, b byte) wire.ConnectionID {
	if pg := s.s.pages[id]; b%4 != 0 && pg != nil && pg.person != nil {
		return pg.person.connection
	}
	return s.someConnection(b / 4)
}

func (s *script) answer(a, b byte) {
	if len(s.joins) == 0 {
		return
	}
	i := int(a) % len(s.joins)
	j := s.joins[i]
	s.joins = append(s.joins[:i:i], s.joins[i+1:]...)
	e := joined{participant: j.Participant, connection: j.Connection}
	switch b % 5 {
	case 0:
		e.err = &wire.Error{Code: wire.CodeBadOffer}
	case 1:
		e.err = context.DeadlineExceeded
	}
	s.do(e)
}

func (s *script) machine(a, b byte) {
	states := []wire.MachineState{wire.MachineOff, wire.MachineQueued, wire.MachineStarting, wire.MachineFailed, wire.MachineUnknown, wire.MachinePreparing}
	v := fleet.View{Epoch: s.epoch, State: wire.MachineReady}
	switch {
	case a%3 == 0:
		v.State = states[int(b)%len(states)]
		switch b % 4 {
		case 0:
			v.Lost = wire.LostMachine
			s.epoch++
		case 1:
			v.Lost = wire.LostStop
		}
	case a%3 == 1 || b%4 != 0:
		v.Media = noMedia{}
		v.Live = s.some(b)
	}
	s.do(viewed{v})
}

// some is a part of what the worker may have.
func (s *script) some(b byte) []wire.Live {
	var live []wire.Live
	for i, id := range sorted(s.s.connections) {
		if b%3 != 0 || b>>(i%8)&1 == 1 {
			live = append(live, wire.Live{Room: "rat", Connection: id, Participant: s.s.connections[id].id})
		}
	}
	if b%7 == 0 {
		live = append(live, wire.Live{Room: "rat", Connection: connection(8888), Participant: s.someone(b)})
	}
	return live
}
