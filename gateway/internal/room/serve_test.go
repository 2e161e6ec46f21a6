package room

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weckruf/internal/wire"
)

func TestUnknownRoomAndWrongSecretAreToldTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		var answers []wire.Refusal
		for _, look := range []wire.Look{
			{Version: 1, Room: "nowhere", Secret: secret(wire.RoleGuest)},
			{Version: 1, Room: "rat", Secret: "wrong"},
			{Version: 1, Room: "rat", Resume: "forged.token"},
			{Version: 1, Room: "nowhere", Resume: keys.Sign("resume", []byte("{}"))},
		} {
			p := h.open()
			p.say(look)
			answers = append(answers, must[wire.Refusal](p))
			p.say(wire.Enter{Name: "Anna"})
			if f := must[wire.Fault](p); f.Code != wire.CodeOutOfOrder {
				t.Errorf("got %+v", f)
			}
			p.close()
		}
		for _, a := range answers {
			if a != (wire.Refusal{Code: wire.RefusedLink}) {
				t.Errorf("got %+v", a)
			}
		}
		if h.running() != 0 {
			t.Error("a room was opened for a wrong link")
		}
	})
}

func TestRenewedLinksAreToldWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := record()
		rec.Guest.Generation = 4
		h := build(t, newMemory(rec), Limits{})
		defer h.stop()
		for generation, want := range map[int]wire.RefusalCode{1: wire.RefusedWithdrawn, 3: wire.RefusedWithdrawn} {
			p := h.open()
			p.say(wire.Look{Version: 1, Room: "rat", Secret: keys.LinkSecret("rat", wire.RoleGuest, generation)})
			if m := must[wire.Refusal](p); m.Code != want {
				t.Errorf("generation %d: got %s", generation, m.Code)
			}
			p.close()
		}
	})
}

func TestGuessingIsLimitedPerSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{SourceGuess: Rate{PerSecond: 1, Burst: 3}})
		defer h.stop()
		good := h.in(wire.RoleGuest)
		code := func(source string, look wire.Look) wire.RefusalCode {
			p := h.openFrom(source)
			defer p.close()
			look.Version, look.Room = 1, "rat"
			p.say(look)
			m, _ := heard[wire.Refusal](p)
			return m.Code
		}
		for range 3 {
			if c := code("a", wire.Look{Secret: "guess"}); c != wire.RefusedLink {
				t.Fatalf("got %s", c)
			}
		}
		for name, c := range map[string]struct {
			source string
			look   wire.Look
			want   wire.RefusalCode
		}{
			"the guesser":         {"a", wire.Look{Secret: "guess"}, wire.RefusedRate},
			"with a forged token": {"a", wire.Look{Secret: "guess", Resume: "forged"}, wire.RefusedRate},
			"with a place":        {"a", wire.Look{Resume: must[wire.Place](good).Resume}, ""},
			"another source":      {"b", wire.Look{Secret: "guess"}, wire.RefusedLink},
		} {
			if got := code(c.source, c.look); got != c.want {
				t.Errorf("%s: got %q, want %q", name, got, c.want)
			}
		}
		time.Sleep(2 * time.Second)
		if c := code("a", wire.Look{Secret: secret(wire.RoleGuest)}); c != "" {
			t.Errorf("later, with the link: got %s", c)
		}
		good.close()
	})
}

func TestEntersAreLimitedPerSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := record()
		rec.Capacity = 1000
		h := build(t, newMemory(rec), Limits{})
		defer h.stop()
		places, refusals := 0, 0
		for range 100 {
			p := h.openFrom("flood")
			p.say(wire.Look{Version: 1, Room: "rat", Secret: secret(wire.RoleGuest)})
			p.say(wire.Enter{Name: "Anna"})
			if _, ok := heard[wire.Place](p); ok {
				places++
			} else if m := must[wire.Refusal](p); m.Code == wire.RefusedRate && m.RetryAfterMS > 0 {
				refusals++
			}
			defer p.close()
		}
		if places != 60 || refusals != 40 {
			t.Errorf("%d places, %d refusals", places, refusals)
		}
		other := h.openFrom("elsewhere")
		other.say(wire.Look{Version: 1, Room: "rat", Secret: secret(wire.RoleGuest)})
		other.say(wire.Enter{Name: "Anna"})
		must[wire.Place](other)
		other.close()
	})
}

func TestBadMessagesAreFaultsAndAtLastTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		p := h.open()
		p.in <- &wire.Error{Code: wire.CodeMalformed, Re: "look"}
		synctest.Wait()
		if f := must[wire.Fault](p); f.Code != wire.CodeMalformed || f.Re != "look" {
			t.Errorf("got %+v", f)
		}
		p.say(wire.Look{Version: 0, Room: "rat", Secret: secret(wire.RoleGuest)})
		if f := must[wire.Fault](p); f.Code != wire.CodeVersion {
			t.Errorf("got %+v", f)
		}
		p.say(wire.Look{Version: 1, Room: "rat", Secret: secret(wire.RoleGuest)})
		must[wire.View](p)
		for range 60 {
			p.in <- wire.Enter{Name: "Anna"}
		}
		if err := <-p.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if f := must[wire.Fault](p); f.Code != wire.CodeTooFast {
			t.Errorf("got %+v", f)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		h.wantTold(0, 0)
	})
}

func TestStoreThatFailsIsAFaultAndNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(record())
		h := build(t, store, Limits{})
		defer h.stop()
		chair := h.in(wire.RoleChair)
		h.up()
		h.call(chair)
		guest := h.at(wire.RoleGuest)
		store.mu.Lock()
		store.fail = errStore
		store.mu.Unlock()
		guest.say(wire.Enter{Name: "Anna"})
		if f := must[wire.Fault](guest); f.Code != wire.CodeUnavailable {
			t.Errorf("got %+v", f)
		}
		late := h.at(wire.RoleGuest)
		if f := must[wire.Fault](late); f.Code != wire.CodeUnavailable {
			t.Errorf("got %+v", f)
		}
		h.wantTold(0, 1)
		if _, lost := heard[wire.Lost](chair); lost {
			t.Error("the call was disturbed")
		}
		for _, p := range []*tab{chair, guest, late} {
			p.close()
		}
	})
}

func TestSentAwayPagesAreClosedAMomentLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		defer h.stop()
		old := h.in(wire.RoleChair)
		newer := h.back(old)
		must[wire.Place](newer)
		newer.say(wire.Enter{Name: "Anna"})
		must[wire.Replaced](old)
		select {
		case <-old.served:
			t.Fatal("closed before it could read why")
		default:
		}
		time.Sleep(lastWords)
		if err := <-old.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		h.wantTold(1, 0)
		newer.close()
	})
}

func TestLogsHoldNothingPersonal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, newMemory(record()), Limits{})
		p := h.in(wire.RoleChair)
		h.up()
		p.say(wire.Offer{Connection: connection(1), SDP: "a=candidate 192.0.2.7"})
		h.worker.join = func(context.Context, wire.Join) (wire.Joined, error) {
			return wire.Joined{}, &wire.Error{Code: wire.CodeBadOffer, Detail: `there is no m-line "Musterfrau"`}
		}
		h.call(p)
		p.say(wire.Remove{Participant: must[wire.Place](p).Participant})
		token := must[wire.Place](p).Resume
		p.close()
		h.stop()
		log := h.logged.String()
		if !strings.Contains(log, "page at fault") || !strings.Contains(log, "bad_offer") {
			t.Errorf("nothing was logged: %s", log)
		}
		for _, private := range []string{"Erika", "Musterfrau", "Gemeinderat", secret(wire.RoleChair), token, "192.0.2", "candidate"} {
			if strings.Contains(log, private) {
				t.Errorf("the log holds %q", private)
			}
		}
	})
}

func TestMovingToAnotherRoomLeavesTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := record()
		other.ID = "bau"
		h := build(t, newMemory(record(), other), Limits{})
		defer h.stop()
		p := h.at(wire.RoleGuest)
		p.say(wire.Look{Version: 1, Room: "bau", Secret: keys.LinkSecret("bau", wire.RoleChair, 1)})
		if v := must[wire.View](p); v.Room != "bau" || v.Role != wire.RoleChair || h.running() != 1 {
			t.Errorf("got %+v, %d rooms run", v, h.running())
		}
		p.close()
	})
}
func TestBroadcastIsEncodedLikeAnyMessage(t *testing.T) {
	m := wire.Lobby{Waiting: 3, Machine: wire.MachineBooting}
	shared := wire.Share(m)
	if a, b := wire.Encode(shared), wire.Encode(m); !bytes.Equal(a, b) || &a[0] != &wire.Encode(shared)[0] {
		t.Errorf("got %s, want %s, once", a, b)
	}
	if shared.Kind() != "lobby" || shared.Check() != nil {
		t.Error("the wrapping shows")
	}
}

func TestTokenOpensItsOwnRoomOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := record()
		other.ID = "bau"
		h := build(t, newMemory(record(), other), Limits{})
		defer h.stop()
		p := h.in(wire.RoleChair)
		thief := h.open()
		thief.say(wire.Look{Version: 1, Room: "bau", Resume: must[wire.Place](p).Resume})
		if m := must[wire.Refusal](thief); m.Code != wire.RefusedLink {
			t.Errorf("got %s", m.Code)
		}
		late := h.open()
		time.Sleep(13 * time.Hour)
		late.say(wire.Look{Version: 1, Room: "rat", Resume: must[wire.Place](p).Resume})
		if m := must[wire.Refusal](late); m.Code != wire.RefusedLink {
			t.Errorf("an expired token: got %s", m.Code)
		}
		for _, each := range []*tab{p, thief, late} {
			each.close()
		}
	})
}
