package room

import (
	"context"
	"slices"
	"testing"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

// inCall is a room with a chair (page 1) and an admitted guest (page 2) in the call.
func inCall(t *testing.T) (r *rig, chair, guest wire.ConnectionID) {
	r = newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.come(2, wire.RoleGuest)
	r.do(admits{1, wire.Admit{All: true}})
	r.up()
	chair, guest = r.call(1), r.call(2)
	r.wantCounts(0, 2)
	r.wantTold(0, 2)
	r.forgetInbox()
	return r, chair, guest
}

func TestAllWaitingPagesAreReadyAtOnce(t *testing.T) {
	r := newRig(t, func(rec *Record) { rec.WaitingRoom, rec.Capacity = false, 600 })
	for id := pageID(1); id <= 500; id++ {
		r.come(id, wire.RoleGuest)
	}
	seen := map[wire.ConnectionID]bool{}
	r.up()
	for id := pageID(1); id <= 500; id++ {
		m, ok := last[wire.Ready](r, id)
		if !ok || seen[m.Connection] {
			t.Fatalf("page %d: %v", id, r.kinds(id))
		}
		seen[m.Connection] = true
	}
}

func TestBroadcastsAreCoalesced(t *testing.T) {
	r := newRig(t, func(rec *Record) { rec.WaitingRoom, rec.Capacity = false, 600 })
	for id := pageID(1); id <= 500; id++ {
		r.come(id, wire.RoleGuest)
		r.wait(2 * time.Millisecond)
	}
	if n := count[wire.Lobby](r, 1); n > 12 {
		t.Errorf("%d lobbies in a second, want one every 100 ms", n)
	}
	if n := count[wire.Roster](r, 1); n > 5 {
		t.Errorf("%d rosters in a second", n)
	}
	r.wait(5 * time.Second)
	if m, _ := last[wire.Lobby](r, 1); m.Waiting != 500 {
		t.Errorf("the last lobby says %d", m.Waiting)
	}
	if m, _ := last[wire.Roster](r, 1); len(m.People) != 500 {
		t.Errorf("the last roster has %d", len(m.People))
	}
}

func TestAnswersGoToWhoOffered(t *testing.T) {
	r := newRig(t, nil)
	p := r.come(1, wire.RoleChair)
	r.up()
	c := r.offerNow(1)
	if len(r.joins) != 1 || r.joins[0].Participant != p || r.joins[0].Role != wire.RoleChair || r.joins[0].Room != "rat" {
		t.Fatalf("asked the worker %+v", r.joins)
	}
	r.wantCounts(1, 0)
	r.do(offered{1, wire.Offer{Connection: c, SDP: "v=0"}})
	r.wantFault(1, wire.CodeOutOfOrder)
	r.do(joined{participant: p, connection: c, answer: wire.Joined{SDP: "answer", Slots: []wire.SlotState{{Slot: 1}}}})
	if m, _ := last[wire.Answer](r, 1); m.Connection != c || m.SDP != "answer" || len(m.Slots) != 1 {
		t.Errorf("got %+v", m)
	}
	r.wantCounts(0, 1)
	r.do(offered{1, wire.Offer{Connection: c, SDP: "again"}})
	if len(r.joins) != 2 {
		t.Error("a new offer on a standing connection was not passed on")
	}
}

func TestBadOfferIsTheOfferersFault(t *testing.T) {
	r := newRig(t, nil)
	p := r.come(1, wire.RoleChair)
	r.up()
	c := r.offerNow(1)
	r.do(joined{participant: p, connection: c, err: &wire.Error{Code: wire.CodeBadOffer, Detail: "500 m-lines"}})
	r.wantFault(1, wire.CodeBadOffer)
	if c2 := r.call(1); c2 != c {
		t.Error("cannot offer again on the same connection")
	}
	r.do(offered{1, wire.Offer{Connection: c, SDP: "bad"}})
	r.do(joined{participant: p, connection: c, err: &wire.Error{Code: wire.CodeBadOffer}})
	r.wantCounts(0, 1)
}

func TestWorkerThatDoesNotAnswerCostsTheConnection(t *testing.T) {
	r := newRig(t, nil)
	p := r.come(1, wire.RoleChair)
	r.up()
	c := r.offerNow(1)
	r.forgetInbox()
	r.do(joined{participant: p, connection: c, err: context.DeadlineExceeded})
	r.wantFault(1, wire.CodeUnavailable)
	if !got[wire.Lost](r, 1) || got[wire.Ready](r, 1) || !slices.Contains(r.parts, c) {
		t.Errorf("told %v, parted %v", r.kinds(1), r.parts)
	}
	r.wait(2 * time.Second)
	if m, ok := last[wire.Ready](r, 1); !ok || m.Connection == c {
		t.Error("not invited again")
	}
}

func TestOfferForAnothersConnectionIsOutOfOrder(t *testing.T) {
	r, chair, _ := inCall(t)
	n := len(r.joins)
	r.do(offered{2, wire.Offer{Connection: chair, SDP: "v=0"}})
	r.wantFault(2, wire.CodeOutOfOrder)
	if len(r.joins) != n {
		t.Error("the worker was asked")
	}
}

func TestAnswerThatComesTooLateEndsTheConnection(t *testing.T) {
	r := newRig(t, nil)
	p := r.come(1, wire.RoleChair)
	r.up()
	c := r.offerNow(1)
	r.do(left{1})
	r.parts = nil
	r.do(joined{participant: p, connection: c, answer: wire.Joined{Connection: c}})
	if !slices.Equal(r.parts, []wire.ConnectionID{c}) {
		t.Errorf("parted %v", r.parts)
	}
}

func TestBrokenPathIsMadeAnew(t *testing.T) {
	r, _, guest := inCall(t)
	r.do(partedFrom{wire.Parted{Connection: guest, Failed: true}})
	if m, _ := last[wire.Lost](r, 2); m.Connection != guest || m.Reason != wire.LostMedia {
		t.Errorf("got %+v", m)
	}
	r.wantCounts(1, 1)
	r.wait(time.Second)
	if c := r.call(2); c == guest {
		t.Error("the same connection again")
	}
	if got[wire.Lost](r, 1) {
		t.Error("somebody else was disturbed")
	}
}

func TestLinkThatIsMerelyDownDisturbsNobody(t *testing.T) {
	r, chair, guest := inCall(t)
	r.linkDown()
	r.wait(10 * time.Minute)
	r.wantCounts(0, 2)
	late := r.come(3, wire.RoleChair)
	if len(r.kinds(1)) > 2 || got[wire.Lost](r, 2) || got[wire.Ready](r, 3) {
		t.Errorf("told %v, %v", r.kinds(1), r.kinds(3))
	}
	r.do(offered{1, wire.Offer{Connection: chair, SDP: "v=0"}})
	r.wantFault(1, wire.CodeUnavailable)
	r.up(
		wire.Live{Room: "rat", Connection: chair, Participant: r.s.order[0].id},
		wire.Live{Room: "rat", Connection: guest, Participant: r.s.order[1].id})
	r.wantCounts(1, 2)
	r.call(3)
	r.wantCounts(0, 3)
	if got[wire.Lost](r, 1) || got[wire.Lost](r, 2) || len(r.parts) != 0 || r.s.people[late] == nil {
		t.Error("somebody was disturbed")
	}
}

func TestLostMachineBringsAllBackToTheLobbyAndOn(t *testing.T) {
	for name, views := range map[string][]fleet.View{
		"lost, then another": {
			{State: wire.MachineStarting, Epoch: 2, Lost: wire.LostMachine},
			{State: wire.MachineReady, Epoch: 2, Lost: wire.LostMachine, Media: noMedia{}},
		},
		"off, then another": {
			{State: wire.MachineOff, Epoch: 1, Lost: wire.LostMachine},
			{State: wire.MachineBooting, Epoch: 2, Lost: wire.LostMachine},
			{State: wire.MachineReady, Epoch: 2, Media: noMedia{}},
		},
		"another at once": {{State: wire.MachineReady, Epoch: 2, Media: noMedia{}}},
	} {
		t.Run(name, func(t *testing.T) {
			r, chair, guest := inCall(t)
			r.wakes = 0
			r.wait(time.Minute)
			r.do(viewed{views[0]})
			for id, c := range map[pageID]wire.ConnectionID{1: chair, 2: guest} {
				if m, _ := last[wire.Lost](r, id); m.Connection != c || m.Reason != wire.LostMachine {
					t.Errorf("page %d: got %+v", id, m)
				}
			}
			if len(views) > 1 {
				if m, _ := last[wire.Lobby](r, 2); !m.Admitted || m.Lost != wire.LostMachine {
					t.Errorf("got %+v", m)
				}
				r.wantTold(2, 0)
				if r.wakes == 0 {
					t.Error("nobody asked for another machine")
				}
			}
			for _, v := range views[1:] {
				r.wait(time.Second)
				r.do(viewed{v})
			}
			if a, b := r.call(1), r.call(2); a == chair || b == guest {
				t.Error("an old connection")
			}
			r.wantTold(0, 2)
			r.wait(time.Second)
			// the control link breaks later on: the loss of before is old news
			r.forgetInbox()
			r.do(viewed{fleet.View{State: wire.MachineReady, Epoch: 2, Lost: views[len(views)-1].Lost}})
			r.wantCounts(0, 2)
			if got[wire.Lost](r, 1) {
				t.Error("lost by an old loss")
			}
		})
	}
}

func TestStopAtTheHardLimitWakesNothingByItself(t *testing.T) {
	r, _, _ := inCall(t)
	r.wakes = 0
	r.do(viewed{fleet.View{State: wire.MachineOff, Epoch: 1, Lost: wire.LostStop}})
	r.wait(20 * time.Minute)
	if m, _ := last[wire.Lobby](r, 1); m.Lost != wire.LostStop || r.wakes != 0 {
		t.Errorf("woke %d times, lobby %+v", r.wakes, m)
	}
	r.wantTold(0, 0)
	r.enter(1)
	if r.wakes != 1 {
		t.Error("entering anew does not wake")
	}
	r.wantTold(2, 0)
}

func TestPageThatLostOnlyItsLinkKeepsTheConnection(t *testing.T) {
	r, _, guest := inCall(t)
	p := r.s.order[1].id
	r.do(closed{2})
	r.wait(5 * time.Second)
	r.lookAgain(3, p)
	r.enterWith(3, guest)
	r.wait(time.Second)
	if got[wire.Ready](r, 3) || got[wire.Lost](r, 3) || len(r.parts) != 0 {
		t.Errorf("told %v, parted %v", r.kinds(3), r.parts)
	}
	if !got[wire.Roster](r, 3) {
		t.Error("the page has an old roster")
	}
	r.wantCounts(0, 2)
	r.do(offered{3, wire.Offer{Connection: guest, SDP: "ice restart"}})
	if got[wire.Fault](r, 3) {
		t.Error("cannot offer on it")
	}
}

func TestReloadInTheCallGetsANewConnection(t *testing.T) {
	r, _, guest := inCall(t)
	p := r.s.order[1].id
	r.do(closed{2})
	r.lookAgain(3, p)
	r.enter(3)
	if !slices.Equal(r.parts, []wire.ConnectionID{guest}) {
		t.Errorf("parted %v", r.parts)
	}
	if c := r.call(3); c == guest {
		t.Error("the old connection")
	}
	r.wantCounts(0, 2)
}

func TestGatewayRestartKeepsConnections(t *testing.T) {
	for name, linkFirst := range map[string]bool{"the worker is back first": true, "the pages are back first": false} {
		t.Run(name, func(t *testing.T) {
			r, chair, guest := inCall(t)
			p1, p2 := r.s.order[0].id, r.s.order[1].id
			live := []wire.Live{{Room: "rat", Connection: chair, Participant: p1}, {Room: "rat", Connection: guest, Participant: p2}}
			r.restart()
			r.wakes = 0
			up := func() { r.do(viewed{fleet.View{State: wire.MachineReady, Epoch: 1, Media: noMedia{}, Live: live}}) }
			if linkFirst {
				up()
			}
			r.lookAgain(1, p1)
			r.enterWith(1, chair)
			r.lookAgain(2, p2)
			r.enterWith(2, guest)
			r.wantTold(0, 2)
			if !linkFirst {
				r.wait(3 * time.Second)
				up()
			}
			r.wait(5 * time.Minute)
			r.wantCounts(0, 2)
			for id := pageID(1); id <= 2; id++ {
				if got[wire.Lost](r, id) || got[wire.Ready](r, id) || got[wire.Lobby](r, id) {
					t.Errorf("page %d was disturbed: %v", id, r.kinds(id))
				}
				if m, _ := last[wire.Place](r, id); !m.Admitted {
					t.Errorf("page %d lost its admission", id)
				}
			}
			if m, _ := last[wire.Place](r, 1); m.Role != wire.RoleChair || r.wakes != 0 || len(r.parts) != 0 {
				t.Errorf("role %s, wakes %d, parted %v", m.Role, r.wakes, r.parts)
			}
		})
	}
}

func TestGatewayRestartEndsWhatDoesNotReturn(t *testing.T) {
	r, chair, guest := inCall(t)
	p1, p2 := r.s.order[0].id, r.s.order[1].id
	removedOne := r.come(3, wire.RoleGuest)
	r.do(removes{1, wire.Remove{Participant: removedOne}})
	r.restart()
	r.up(
		wire.Live{Room: "rat", Connection: chair, Participant: p1},
		wire.Live{Room: "rat", Connection: guest, Participant: p2},
		wire.Live{Room: "bau", Connection: connection(8), Participant: 8},
		wire.Live{Room: "rat", Connection: connection(9), Participant: removedOne})
	if !slices.Equal(r.parts, []wire.ConnectionID{connection(9)}) {
		t.Errorf("parted %v, want that of who was removed", r.parts)
	}
	r.lookAgain(1, p1)
	r.enterWith(1, chair)
	r.wait(59 * time.Second)
	if len(r.parts) != 1 {
		t.Errorf("parted %v too early", r.parts)
	}
	r.wait(2 * time.Second)
	if !slices.Equal(r.parts, []wire.ConnectionID{connection(9), guest}) {
		t.Errorf("parted %v", r.parts)
	}
	r.lookAgain(2, p2)
	r.enterWith(2, guest)
	if !got[wire.Lost](r, 2) || !got[wire.Ready](r, 2) {
		t.Errorf("told %v", r.kinds(2))
	}
}

// A page that was loaded anew while the gateway was away has no use for its connection.
func TestReloadOverAGatewayRestartEndsTheOldConnection(t *testing.T) {
	for name, linkFirst := range map[string]bool{"the worker is back first": true, "the page is back first": false} {
		t.Run(name, func(t *testing.T) {
			r, chair, _ := inCall(t)
			p := r.s.order[0].id
			r.restart()
			up := func() { r.up(wire.Live{Room: "rat", Connection: chair, Participant: p}) }
			if linkFirst {
				up()
			}
			r.lookAgain(1, p)
			r.enter(1)
			if !linkFirst {
				up()
			}
			if !slices.Equal(r.parts, []wire.ConnectionID{chair}) {
				t.Errorf("parted %v", r.parts)
			}
			if c := r.call(1); c == chair {
				t.Error("the old connection")
			}
		})
	}
}

func TestGatewayRestartWithoutTheWorker(t *testing.T) {
	r, chair, guest := inCall(t)
	p1, p2 := r.s.order[0].id, r.s.order[1].id
	r.restart()
	r.wakes = 0
	r.lookAgain(1, p1)
	r.enterWith(1, chair)
	r.lookAgain(2, p2)
	r.enterWith(2, guest)
	r.wantCounts(0, 2)
	r.wait(9 * time.Second)
	if r.wakes != 0 {
		t.Error("woke for people who say to be in a call")
	}
	r.wait(2 * time.Second)
	if r.wakes == 0 {
		t.Error("the fleet says nothing, and nobody asked")
	}
	r.do(viewed{fleet.View{State: wire.MachineStarting, Epoch: 2}})
	r.do(viewed{fleet.View{State: wire.MachineReady, Epoch: 2, Media: noMedia{}}})
	r.call(1)
	r.call(2)
	r.wantCounts(0, 2)
	if !got[wire.Lost](r, 1) {
		t.Error("not told of the loss")
	}
}

func TestClaimOfAnothersConnectionIsRefuted(t *testing.T) {
	r, chair, _ := inCall(t)
	thief := r.come(3, wire.RoleChair)
	r.do(closed{3})
	r.lookAgain(4, thief)
	r.enterWith(4, chair)
	if p := r.s.connections[chair]; p == nil || p.page != 1 {
		t.Fatal("stolen")
	}
	if !got[wire.Lost](r, 4) || !got[wire.Ready](r, 4) {
		t.Errorf("told %v", r.kinds(4))
	}
	p1 := r.s.order[0].id
	r.restart()
	r.up(wire.Live{Room: "rat", Connection: chair, Participant: p1})
	r.lookAgain(4, thief)
	r.enterWith(4, chair)
	if r.s.connections[chair] != nil {
		t.Error("stolen after a restart")
	}
}

func TestReadyAsksAgainWhenTheOfferCouldNotBePassedOn(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.up()
	r.linkDown()
	c := r.offerNow(1)
	r.wantFault(1, wire.CodeUnavailable)
	r.wait(time.Minute)
	r.up()
	if again := r.call(1); again == c {
		t.Error("the same connection")
	}
}

func TestLeavingWhileTheLinkIsDownEndsTheConnectionLater(t *testing.T) {
	r, chair, guest := inCall(t)
	p1, p2 := r.s.order[0].id, r.s.order[1].id
	r.linkDown()
	r.do(left{2})
	if len(r.parts) != 0 {
		t.Fatal("told a worker that cannot be reached")
	}
	r.up(
		wire.Live{Room: "rat", Connection: chair, Participant: p1},
		wire.Live{Room: "rat", Connection: guest, Participant: p2})
	if !slices.Equal(r.parts, []wire.ConnectionID{guest}) {
		t.Errorf("parted %v", r.parts)
	}
	r.wantTold(0, 1)
}

func TestAnotherMachineGetsNewReadys(t *testing.T) {
	r := newRig(t, nil)
	r.come(1, wire.RoleChair)
	r.up()
	first, _ := last[wire.Ready](r, 1)
	r.come(2, wire.RoleChair)
	joining := r.offerNow(2)
	r.do(viewed{fleet.View{State: wire.MachineReady, Epoch: 2, Media: noMedia{}}})
	again, _ := last[wire.Ready](r, 1)
	if again.Connection == first.Connection {
		t.Error("the credentials are those of the machine before")
	}
	if m, _ := last[wire.Ready](r, 2); m.Connection == joining {
		t.Error("the offer went to the machine before")
	}
	r.do(joined{participant: r.who(2), connection: joining, err: &wire.Error{Code: wire.CodeUnavailable}})
	if got[wire.Fault](r, 2) {
		t.Error("told of a failure that is old news")
	}
}

func TestJoinThatOutlivesItsLinkIsDecidedByItsAnswer(t *testing.T) {
	r := newRig(t, nil)
	p := r.come(1, wire.RoleChair)
	r.up()
	c := r.offerNow(1)
	r.linkDown()
	r.up(wire.Live{Room: "rat", Connection: c, Participant: p})
	r.do(joined{participant: p, connection: c, answer: wire.Joined{SDP: "v=0"}})
	r.wantCounts(0, 1)
	if len(r.parts) != 0 {
		t.Errorf("parted %v", r.parts)
	}
}

func TestDeletedRoomEndsWhatTheWorkerStillHas(t *testing.T) {
	r := newRig(t, nil)
	r.up(wire.Live{Room: "rat", Connection: connection(1), Participant: 7})
	r.do(forgotten{})
	if !slices.Equal(r.parts, []wire.ConnectionID{connection(1)}) {
		t.Errorf("parted %v", r.parts)
	}
}
