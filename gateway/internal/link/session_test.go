package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"weckruf/internal/wire"
)

func join(id wire.ConnectionID) wire.Join {
	return wire.Join{Room: testRoom, Connection: id, Participant: 7, Role: wire.RoleGuest, SDP: "v=0"}
}

type joinResult struct {
	joined wire.Joined
	err    error
}

func joining(ctx context.Context, s *Session, id wire.ConnectionID) <-chan joinResult {
	c := make(chan joinResult, 1)
	go func() {
		joined, err := s.Join(ctx, join(id))
		c <- joinResult{joined, err}
	}()
	return c
}

func TestManyJoinsAreAnsweredInAnyOrder(t *testing.T) {
	r := newRig(t)
	w, s := r.attached()
	waiting := map[wire.ConnectionID]<-chan joinResult{}
	for i := range 50 {
		id := wire.ConnectionID(fmt.Sprintf("connection-%06d", i))
		waiting[id] = joining(t.Context(), s, id)
	}
	var asked []wire.ConnectionID
	for range waiting {
		asked = append(asked, w.hear().(wire.Join).Connection)
	}
	for i := len(asked) - 1; i >= 0; i-- {
		w.say(wire.Joined{Connection: asked[i], SDP: "answer to " + string(asked[i])})
	}
	for id, c := range waiting {
		if got := within(t, c); got.err != nil || got.joined.SDP != "answer to "+string(id) {
			t.Errorf("%s: %+v", id, got)
		}
	}
}

func TestAJoinThatFailedSaysWhy(t *testing.T) {
	r := newRig(t)
	w, s := r.attached()
	result := joining(t.Context(), s, testConn)
	w.hear()
	w.say(wire.JoinFailed{Connection: testConn, Code: wire.CodeBadOffer, Detail: "too much"})
	fault(t, within(t, result).err, wire.CodeBadOffer)
}

func TestAnAnswerToWhoGaveUpIsNotTakenForTheNextOnes(t *testing.T) {
	r := newRig(t)
	w, s := r.attached()
	ctx, cancel := context.WithCancel(t.Context())
	first := joining(ctx, s, testConn)
	w.hear()
	cancel()
	if err := within(t, first).err; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	second := joining(t.Context(), s, testConn)
	w.hear()
	w.say(wire.Joined{Connection: testConn, SDP: "first"})
	w.say(wire.Joined{Connection: testConn, SDP: "second"})
	if got := within(t, second); got.joined.SDP != "second" {
		t.Fatalf("got %+v", got)
	}
}

func TestAnAnswerThatNobodyAskedForIsDropped(t *testing.T) {
	r := newRig(t)
	w, s := r.attached()
	w.say(wire.Joined{Connection: testConn, SDP: "unasked"})
	w.say(wire.Beat{Connections: 1})
	within(t, r.gate.heard)
	result := joining(t.Context(), s, testConn)
	w.hear()
	w.say(wire.Joined{Connection: testConn, SDP: "asked"})
	if got := within(t, result); got.joined.SDP != "asked" {
		t.Fatalf("got %+v", got)
	}
}

func TestJoinsEndWithTheSession(t *testing.T) {
	r := newRig(t)
	w, s := r.attached()
	result := joining(t.Context(), s, testConn)
	w.hear()
	w.conn.CloseNow()
	if err := within(t, result).err; !errors.Is(err, ErrEnded) {
		t.Fatalf("got %v", err)
	}
	within(t, s.done)
	if _, err := s.Join(t.Context(), join(testConn)); !errors.Is(err, ErrEnded) {
		t.Fatalf("after the end: %v", err)
	}
}

func TestASessionIsDetachedExactlyOnce(t *testing.T) {
	for name, end := range map[string]func(*rig, *worker, *Session){
		"the worker dies":       func(_ *rig, w *worker, _ *Session) { w.conn.CloseNow() },
		"the gateway is closed": func(r *rig, _ *worker, _ *Session) { r.stop() },
		"the fleet closes it":   func(_ *rig, _ *worker, s *Session) { s.Close(wire.CodeNotExpected) },
		"a rule is broken":      func(_ *rig, w *worker, _ *Session) { w.say(hello()) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			w, s := r.attached()
			end(r, w, s)
			if within(t, r.gate.detached) != s {
				t.Error("another session was detached")
			}
			r.stop()
			if len(r.gate.detached) != 0 {
				t.Error("detached twice")
			}
		})
	}
}

func TestWhatTheWorkerSaysIsObservedInOrder(t *testing.T) {
	r := newRig(t)
	w, _ := r.attached()
	said := []wire.Message{wire.Tested{TookMS: 4}, wire.Beat{Connections: 2}, wire.Parted{Connection: testConn, Failed: true}}
	for range 100 {
		for _, m := range said {
			w.say(m)
		}
	}
	for i := range 300 {
		if got := within(t, r.gate.heard); got != said[i%3] {
			t.Fatalf("message %d: %#v", i, got)
		}
	}
}

func TestDrainedIsOnlyBelievedWhenSigned(t *testing.T) {
	sign := func(key ed25519.PrivateKey, epoch wire.Epoch, boot string) wire.Drained {
		return wire.Drained{Epoch: epoch, Signature: ed25519.Sign(key, wire.DrainedText(testMachine, boot, epoch))}
	}
	for _, c := range []struct {
		name string
		make func(*rig) wire.Drained
		good bool
	}{
		{"by the worker", func(r *rig) wire.Drained { return sign(r.key, 7, testBoot) }, true},
		{"by another key", func(r *rig) wire.Drained { return sign(otherKey(r.t), 7, testBoot) }, false},
		{"for another epoch", func(r *rig) wire.Drained { return sign(r.key, 6, testBoot) }, false},
		{"by an earlier process", func(r *rig) wire.Drained { return sign(r.key, 7, "boot-fedcba9876543210") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			w, _ := r.attached()
			w.say(c.make(r))
			if c.good {
				if m := within(t, r.gate.heard); m.Kind() != "drained" {
					t.Fatalf("observed %#v", m)
				}
				return
			}
			w.rejected(wire.CodeBadSignature)
			r.stop()
			if len(r.gate.heard) != 0 {
				t.Error("a forged drained was observed")
			}
		})
	}
}

// An acknowledgement covers all before it: had the second report been acknowledged while the
// first one found a full disk, the worker would have forgotten minutes that nobody has.
func TestUsageIsAcknowledgedOnlyWhenAllOfItIsOnDisk(t *testing.T) {
	r := newRig(t)
	var recorded []uint64
	full := true
	r.gate.record = func(u wire.Usage) error { // called by the session's one booker
		if full {
			full = false
			return errors.New("disk full")
		}
		recorded = append(recorded, u.Seq)
		return nil
	}
	w, s := r.attached()
	for _, seq := range []uint64{4, 5, 6, 4, 5, 6, 4} { // all again, as nothing was acknowledged
		w.say(wire.Usage{Seq: seq})
	}
	for _, seq := range []uint64{4, 5, 6, 6} {
		if m := w.hear(); m != (wire.UsageAck{Seq: seq}) {
			t.Fatalf("got %#v, want %d acknowledged", m, seq)
		}
	}
	w.conn.CloseNow()
	within(t, s.done)
	within(t, r.gate.detached)
	if !slices.Equal(recorded, []uint64{4, 5, 6}) {
		t.Errorf("recorded %v", recorded)
	}
}

func TestASlowDiskHoldsUpNothingElse(t *testing.T) {
	r := newRig(t)
	release := make(chan struct{})
	r.gate.record = func(wire.Usage) error { <-release; return nil }
	w, s := r.attached()
	defer close(release)
	for seq := range uint64(2 * maxRecords) {
		w.say(wire.Usage{Seq: seq + 1})
	}
	result := joining(t.Context(), s, testConn)
	w.hear()
	w.say(wire.Joined{Connection: testConn, SDP: "answer"})
	if got := within(t, result); got.err != nil {
		t.Fatal(got.err)
	}
}

func TestAWorkerThatBreaksARuleIsToldAndNotHeardAnyMore(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       wire.Code
	}{
		{"not JSON", "good morning", wire.CodeMalformed},
		{"out of range", `{"type":"parted","connection":"x"}`, wire.CodeMalformed},
		{"a second hello", string(wire.Encode(hello())), wire.CodeOutOfOrder},
		{"a second proof", string(wire.Encode(wire.Proof{Signature: make([]byte, 64)})), wire.CodeOutOfOrder},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			w, _ := r.attached()
			w.write([]byte(c.text))
			w.say(wire.Beat{Connections: 9})
			w.rejected(c.want)
			r.stop()
			if len(r.gate.heard) != 0 {
				t.Errorf("observed %#v", <-r.gate.heard)
			}
		})
	}
}

func TestHaveComesFirst(t *testing.T) {
	r := newRig(t)
	w := r.dial()
	w.prove(hello(), r.key)
	w.hear()
	w.say(wire.Tested{})
	w.rejected(wire.CodeOutOfOrder)
}

func TestANewerWorkerMaySayWhatNobodyKnows(t *testing.T) {
	r := newRig(t)
	w, _ := r.attached()
	w.write([]byte(`{"type":"weather","rain":true}`))
	w.say(wire.Beat{Connections: 3})
	if m := within(t, r.gate.heard); m != (wire.Beat{Connections: 3}) {
		t.Fatalf("observed %#v", m)
	}
}

func TestAnOversizedMessageEndsTheSession(t *testing.T) {
	r := newRig(t)
	w, s := r.attached()
	_ = w.conn.Write(t.Context(), 1, []byte(strings.Repeat("x", wire.MaxLinkMessage+1)))
	within(t, s.done)
}

func TestAFloodEndsTheSessionAndNobodyElses(t *testing.T) {
	r := newRig(t)
	other, quiet := r.attached()
	w, s := r.attached()
	var flood sync.WaitGroup
	flood.Go(func() {
		beat := wire.Encode(wire.Beat{})
		for w.conn.Write(t.Context(), 1, beat) == nil {
		}
	})
	w.rejected(wire.CodeTooFast)
	within(t, s.done)
	flood.Wait()
	result := joining(t.Context(), quiet, testConn)
	other.hear()
	other.say(wire.Joined{Connection: testConn, SDP: "answer"})
	if got := within(t, result); got.err != nil {
		t.Fatal(got.err)
	}
}

func TestAWorkerThatDoesNotReadLosesItsSession(t *testing.T) {
	r := newRig(t)
	_, s := r.attached()
	big := join(testConn)
	big.SDP = strings.Repeat("x", wire.MaxSDP)
	for {
		s.Send(big)
		select {
		case <-s.done:
			return
		default:
		}
	}
}

func TestSilenceEndsTheSession(t *testing.T) {
	r := newRig(t)
	r.server.times.silence = 20 * time.Millisecond
	r.dial().prove(hello(), r.key)
	within(t, within(t, r.gate.attached).done)
}

func TestTheGatewayBeats(t *testing.T) {
	r := newRig(t)
	r.server.times.beat = time.Millisecond
	w, _ := r.attached()
	for range 3 {
		if m, err := w.next(); err != nil || m.Kind() != "beat" {
			t.Fatalf("got %#v, %v", m, err)
		}
	}
}

func TestClosingTellsTheWorkerWhy(t *testing.T) {
	r := newRig(t)
	w, s := r.attached()
	s.Close(wire.CodeEpochTaken)
	w.rejected(wire.CodeEpochTaken)
}

func TestPartFollowsTheJoin(t *testing.T) {
	r := newRig(t)
	w, s := r.attached()
	joining(t.Context(), s, testConn)
	if m := w.hear(); m.Kind() != "join" {
		t.Fatalf("got %#v", m)
	}
	s.Part(testConn)
	if m := w.hear(); m != (wire.Part{Connection: testConn}) {
		t.Fatalf("got %#v", m)
	}
}
