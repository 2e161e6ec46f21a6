package room

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

func TestWholeConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		chair := h.at(wire.RoleChair)
		if v := must[wire.View](chair); v.Title != "Gemeinderat" || v.Role != wire.RoleChair || v.Version != wire.Version {
			t.Errorf("got %+v", v)
		}
		chair.say(wire.Enter{Name: "Anna"})
		guest := h.in(wire.RoleGuest)
		if wakes, _ := h.machines.notes(); wakes == 0 {
			t.Error("nobody woke")
		}
		chair.say(wire.Admit{All: true})
		h.wantTold(2, 0)
		h.up()
		m := must[wire.Ready](guest)
		if len(m.IceServers) != 1 || !strings.HasSuffix(m.IceServers[0].Username, ":"+string(m.Connection)) || m.IceServers[0].Credential == "" {
			t.Errorf("got %+v", m)
		}
		h.call(chair)
		h.call(guest)
		if a := must[wire.Answer](guest); a.SDP != "answer to offer" {
			t.Errorf("got %+v", a)
		}
		h.wantTold(0, 2)
		if w, p := h.Counts("rat"); w != 0 || p != 2 {
			t.Errorf("counts %d, %d", w, p)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if r := must[wire.Roster](guest); len(r.People) != 2 || r.People[0].Name != "Anna" {
			t.Errorf("got %+v", r)
		}
		chair.say(wire.Leave{})
		guest.say(wire.Leave{})
		h.wantTold(0, 0)
		chair.close()
		guest.close()
		if err := <-guest.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		if h.running() != 0 {
			t.Error("an idle room keeps its goroutine")
		}
	})
}

func TestLookAloneLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		p := h.at(wire.RoleGuest)
		p.close()
		if h.running() != 0 {
			t.Error("the room runs on")
		}
		if wakes, told := h.machines.notes(); wakes != 0 || told != (people{}) || len(h.House.store.(*memory).stays) != 0 {
			t.Error("a look left something behind")
		}
	})
}

func TestSlowAnswerHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		h.worker.join = func(ctx context.Context, j wire.Join) (wire.Joined, error) {
			if j.SDP == "hang" {
				<-ctx.Done()
				return wire.Joined{}, ctx.Err()
			}
			return wire.Joined{Connection: j.Connection, SDP: "answer"}, nil
		}
		slow, fast := h.in(wire.RoleChair), h.in(wire.RoleChair)
		h.up()
		slow.say(wire.Offer{Connection: must[wire.Ready](slow).Connection, SDP: "hang"})
		h.call(fast)
		must[wire.Answer](fast)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if f := must[wire.Fault](slow); f.Code != wire.CodeUnavailable {
			t.Errorf("got %+v", f)
		}
		must[wire.Lost](slow)
		slow.close()
		fast.close()
	})
}

func TestGraceTimeOfAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{Grace: 5 * time.Second})
		defer h.stop()
		p := h.in(wire.RoleChair)
		h.up()
		c := h.call(p)
		p.close()
		time.Sleep(4 * time.Second)
		synctest.Wait()
		h.wantTold(0, 1)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		h.wantTold(0, 0)
		if !slices.Equal(h.worker.parted(), []wire.ConnectionID{c}) {
			t.Errorf("parted %v", h.worker.parted())
		}
	})
}

func TestRestartBringsAllBackButNobodyWhoWasRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(record())
		h := build(t, store, Limits{})
		chair, guest, bad := h.in(wire.RoleChair), h.in(wire.RoleGuest), h.in(wire.RoleGuest)
		chair.say(wire.Admit{All: true})
		h.up()
		live := []wire.Live{}
		for _, p := range []*tab{chair, guest, bad} {
			live = append(live, wire.Live{Room: "rat", Connection: h.call(p), Participant: must[wire.Place](p).Participant})
		}
		chair.say(wire.Remove{Participant: live[2].Participant})
		must[wire.Removed](bad)
		h.stop()
		for _, p := range []*tab{chair, guest, bad} {
			<-p.served
		}

		h = build(t, store, Limits{})
		defer h.stop()
		h.up(live...) // the worker may still have all three
		if got := h.worker.parted(); !slices.Equal(got, []wire.ConnectionID{live[2].Connection}) {
			t.Errorf("parted %v, want the one who was removed", got)
		}
		chairAgain, badAgain := h.back(chair), h.back(bad)
		if m := must[wire.Refusal](badAgain); m.Code != wire.RefusedRemoved {
			t.Errorf("got %s", m.Code)
		}
		chairAgain.say(wire.Enter{Name: "Anna", Connection: live[0].Connection})
		h.wantTold(0, 1)
		if _, again := heard[wire.Ready](chairAgain); again {
			t.Error("the chair's call was interrupted")
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if got := h.worker.parted(); !slices.Contains(got, live[1].Connection) || slices.Contains(got, live[0].Connection) {
			t.Errorf("parted %v", got)
		}
		guestAgain := h.back(guest)
		guestAgain.say(wire.Enter{Name: "Erika"})
		if m := must[wire.Place](guestAgain); !m.Admitted || m.Participant != live[1].Participant {
			t.Errorf("got %+v", m)
		}
		must[wire.Ready](guestAgain)
		for _, p := range []*tab{chairAgain, badAgain, guestAgain} {
			p.close()
		}
	})
}

func TestMachineHeardOfBeforeRunIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{Store: newMemory(record()), Machines: &machines{}, Keys: keys})
		w := &worker{}
		h.MachineChanged("rat", fleet.View{State: wire.MachineReady, Epoch: 1, Media: w, Live: []wire.Live{{Room: "rat", Connection: connection(1), Participant: 7}}})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- h.Run(ctx) }()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if !slices.Equal(w.parted(), []wire.ConnectionID{connection(1)}) {
			t.Errorf("parted %v", w.parted())
		}
		cancel()
		<-ended
	})
}

func TestChangedAndForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(record())
		h := build(t, store, Limits{})
		defer h.stop()
		door, guest := h.at(wire.RoleGuest), h.in(wire.RoleGuest)
		rec := record()
		rec.Title, rec.WaitingRoom = "Bauausschuss", false
		store.set(rec)
		h.Changed("rat")
		synctest.Wait()
		if v := must[wire.View](door); v.Title != "Bauausschuss" {
			t.Errorf("got %+v", v)
		}
		if m := must[wire.Place](guest); !m.Admitted {
			t.Error("still waiting")
		}
		store.mu.Lock()
		delete(store.rooms, "rat")
		store.mu.Unlock()
		h.Forget("rat")
		synctest.Wait()
		if m := must[wire.Refusal](guest); m.Code != wire.RefusedWithdrawn {
			t.Errorf("got %s", m.Code)
		}
		h.wantTold(0, 0)
		guest.say(wire.Enter{Name: "Anna"})
		if f := must[wire.Fault](guest); f.Code != wire.CodeOutOfOrder {
			t.Errorf("got %+v", f)
		}
		if h.running() != 0 {
			t.Error("the room runs on")
		}
		door.close()
		guest.close()
	})
}

func TestWorkerEndsAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		p := h.in(wire.RoleChair)
		h.up()
		c := h.call(p)
		h.Parted("rat", wire.Parted{Connection: c, Failed: true})
		h.Parted("bau", wire.Parted{Connection: c})
		synctest.Wait()
		if m := must[wire.Lost](p); m.Connection != c {
			t.Errorf("got %+v", m)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if m := must[wire.Ready](p); m.Connection == c {
			t.Error("not invited anew")
		}
		p.close()
	})
}

func TestRoomThatCannotBeReadIsAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(record())
		h := build(t, store, Limits{})
		defer h.stop()
		synctest.Wait()
		store.mu.Lock()
		store.fail = errStore
		store.mu.Unlock()
		v := &visitor{id: 1, peer: &tab{t: t}}
		h.post("rat", visits{v, looked{1, arrival{role: wire.RoleGuest, generation: 1}}}, true)
		synctest.Wait()
		if f := must[wire.Fault](v.peer.(*tab)); f.Code != wire.CodeUnavailable || h.running() != 0 {
			t.Errorf("got %+v", f)
		}
	})
}

// What the worker carries is told to a room once. A room that could not be read then lost it,
// and a page that returned into its working call was told that the call was over.
func TestAStoreThatIsBusyOnceEndsNoCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(record())
		h := build(t, store, Limits{})
		p, gone := h.in(wire.RoleChair), h.in(wire.RoleChair)
		h.up()
		c, other := h.call(p), h.call(gone)
		live := []wire.Live{
			{Room: "rat", Connection: c, Participant: must[wire.Place](p).Participant},
			{Room: "rat", Connection: other, Participant: must[wire.Place](gone).Participant},
		}
		h.stop()
		<-p.served
		<-gone.served

		h = build(t, store, Limits{})
		defer h.stop()
		synctest.Wait()
		store.failWith(errStore, time.Second)
		h.up(live...)
		h.Parted("rat", wire.Parted{Connection: other})
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if h.running() != 0 {
			t.Fatal("the room was read")
		}
		store.failWith(nil, 0)
		again := h.back(p)
		again.say(wire.Enter{Name: "Anna", Connection: c})
		if m, lost := heard[wire.Lost](again); lost {
			t.Errorf("told %+v", m)
		}
		h.wantTold(0, 1)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := h.worker.parted(); len(got) != 0 {
			t.Errorf("parted %v", got)
		}
		again.close()
	})
}

func TestRecordIsReadAgainAfterEachChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(record())
		h := build(t, store, Limits{})
		defer h.stop()
		door := h.at(wire.RoleGuest)
		rec := record()
		for _, title := range []string{"eins", "zwei", "drei"} {
			rec.Title = title
			store.set(rec)
			h.Changed("rat")
		}
		synctest.Wait()
		if v := must[wire.View](door); v.Title != "drei" {
			t.Errorf("the door says %q", v.Title)
		}
		store.mu.Lock()
		store.fail = errStore
		store.mu.Unlock()
		h.Changed("rat")
		synctest.Wait()
		store.mu.Lock()
		store.fail, store.rooms = nil, map[wire.RoomID]Record{}
		store.mu.Unlock()
		h.Changed("rat")
		synctest.Wait()
		if m := must[wire.Refusal](door); m.Code != wire.RefusedWithdrawn {
			t.Errorf("a room that is gone: got %s", m.Code)
		}
		door.close()
	})
}

func TestStaleSnapshotOpensNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		synctest.Wait()
		gone := wire.Live{Room: "rat", Connection: connection(1), Participant: 7}
		h.up(gone)
		if h.running() != 1 {
			t.Fatal("nobody waits for the page of a connection")
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if h.running() != 0 || len(h.worker.parted()) != 1 {
			t.Fatalf("%d rooms run, parted %v", h.running(), h.worker.parted())
		}
		h.up(gone)
		if h.running() != 0 {
			t.Error("what was told once was taken for news")
		}
	})
}

func TestBroadcastIsSharedByItsReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		a, b := h.in(wire.RoleGuest), h.in(wire.RoleGuest)
		h.up()
		time.Sleep(time.Second)
		synctest.Wait()
		if x, y := a.raw[len(a.raw)-1], b.raw[len(b.raw)-1]; x != y || x.Kind() != "lobby" {
			t.Errorf("got %T and %T", x, y)
		}
		a.close()
		b.close()
	})
}
