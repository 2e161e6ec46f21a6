package link

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"weckruf/internal/wire"
)

func join(id wire.ConnectionID, sdp string) wire.Join {
	return wire.Join{Room: testRoom, Connection: id, Participant: 7, Role: wire.RoleGuest, SDP: sdp}
}

func TestJoinsOfSeveralConnectionsAreWorkedOnAtTheSameTime(t *testing.T) {
	r := newRig(t)
	all := make(chan struct{})
	arrived := make(chan struct{}, 10)
	r.station.join = func(ctx context.Context, j wire.Join) (wire.Joined, error) {
		arrived <- struct{}{}
		<-all
		return wire.Joined{Connection: j.Connection, SDP: "answer"}, nil
	}
	p := r.start().welcomed(7)
	for i := range 10 {
		p.say(join(wire.ConnectionID(fmt.Sprintf("connection-%06d", i)), "v=0"))
	}
	for range 10 {
		within(t, arrived)
	}
	close(all)
	for range 10 {
		p.expect("joined")
	}
}

func TestOneConnectionIsWorkedOnInTheOrderAsked(t *testing.T) {
	r := newRig(t)
	p := r.start().welcomed(7)
	for i := range 20 {
		p.say(join(testConn, fmt.Sprint(i)))
	}
	p.say(wire.Part{Connection: testConn})
	for i := range 20 {
		if got := p.expect("joined").(wire.Joined).SDP; got != fmt.Sprintf("answer to %d", i) {
			t.Fatalf("answer %d is %q", i, got)
		}
	}
	if got := within(t, r.station.told); got != (wire.Part{Connection: testConn}) {
		t.Fatalf("told %#v", got)
	}
}

func TestAFailedJoinIsAnsweredWithACode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want wire.JoinFailed
	}{
		{&wire.Error{Code: wire.CodeBadOffer, Detail: "too much"}, wire.JoinFailed{Connection: testConn, Code: wire.CodeBadOffer, Detail: "too much"}},
		{errors.New("192.0.2.1: internal"), wire.JoinFailed{Connection: testConn, Code: wire.CodeUnavailable}},
	} {
		r := newRig(t)
		r.station.join = func(context.Context, wire.Join) (wire.Joined, error) { return wire.Joined{}, c.err }
		p := r.start().welcomed(7)
		p.say(join(testConn, "v=0"))
		if got := p.hear(); got != c.want {
			t.Errorf("got %#v, want %#v", got, c.want)
		}
	}
}

func TestJoinsEndWithTheLinkBeforeTheNextOneSaysHave(t *testing.T) {
	r := newRig(t)
	began := make(chan struct{})
	r.station.join = func(ctx context.Context, j wire.Join) (wire.Joined, error) {
		close(began)
		<-ctx.Done()
		r.station.mu.Lock()
		r.station.live = []wire.Live{{Room: j.Room, Connection: j.Connection, Participant: j.Participant}}
		r.station.mu.Unlock()
		return wire.Joined{Connection: j.Connection, SDP: "too late to be told"}, nil
	}
	p := r.start().welcomed(7)
	p.say(join(testConn, "v=0"))
	within(t, began)
	p.close()
	p, _ = r.hello()
	p.say(welcome(7))
	if have := p.expect("have").(wire.Have); len(have.Live) != 1 {
		t.Errorf("have %+v", have)
	}
}

func TestTooManyJoinsAreRefusedOneByOne(t *testing.T) {
	r := newRig(t)
	release := make(chan struct{})
	r.station.join = func(_ context.Context, j wire.Join) (wire.Joined, error) {
		<-release
		return wire.Joined{Connection: j.Connection, SDP: "answer"}, nil
	}
	p := r.start().welcomed(7)
	for i := range maxWaiting + 1 {
		p.say(join(wire.ConnectionID(fmt.Sprintf("connection-%06d", i)), "v=0"))
	}
	if got := p.expect("join_failed").(wire.JoinFailed); got.Code != wire.CodeTooFast {
		t.Errorf("got %+v", got)
	}
	close(release)
	for range maxWaiting {
		p.expect("joined")
	}
}

func TestDrainedIsSignedAndOnlySaidWhenTheStationIs(t *testing.T) {
	r := newRig(t)
	empty := false
	r.station.drain = func(wanted bool) bool { return wanted && empty }
	p := r.start().welcomed(7)
	p.say(wire.Drain{})
	if got := within(t, r.station.told); got != true {
		t.Fatalf("told %#v", got)
	}
	p.say(wire.Recall{})
	if got := within(t, r.station.told); got != false {
		t.Fatalf("told %#v", got)
	}
	empty = true
	p.say(wire.Drain{})
	d := p.expect("drained").(wire.Drained)
	if d.Epoch != 7 || !ed25519.Verify(r.public, wire.DrainedText(testMachine, testBoot, 7), d.Signature) {
		t.Errorf("got %+v", d)
	}
}

func minutes(n int) []wire.UsageMinute {
	all := make([]wire.UsageMinute, n)
	for i := range all {
		all[i] = wire.UsageMinute{Minute: time.Unix(int64(60*i), 0).UTC(), Room: testRoom, Seconds: 60}
	}
	return all
}

func TestUsageIsReportedUntilItIsAcknowledged(t *testing.T) {
	r := newRig(t)
	r.link.times.resend = 5 * time.Millisecond
	r.link.Record(minutes(1)) // before there is a link
	p := r.start().welcomed(7)
	for range 3 {
		if u := p.expect("usage").(wire.Usage); u.Seq != 1 {
			t.Fatalf("got %+v", u)
		}
	}
	r.link.Record(minutes(2))
	for p.expect("usage").(wire.Usage).Seq != 2 {
	}
	p.say(wire.UsageAck{Seq: 1})
	for p.expect("usage").(wire.Usage).Seq != 2 {
	}
	p.say(wire.UsageAck{Seq: 2})
	p.say(wire.Drain{}) // its answer comes after all that was said before
	for p.hear().Kind() != "drained" {
	}
	if got := r.link.Unsettled(); got != 0 {
		t.Errorf("%d reports are open", got)
	}
}

func TestManyMinutesGoInSeveralReports(t *testing.T) {
	u := newUsage()
	reports := u.add(minutes(2*maxMinutes + 1))
	if len(reports) != 3 || reports[2].Seq != 3 || len(reports[2].Minutes) != 1 {
		t.Fatalf("%d reports", len(reports))
	}
	long := minutes(maxMinutes)
	for i := range long {
		long[i].Room, long[i].Seconds = wire.RoomID(strings.Repeat("r", 64)), 60*100_000
	}
	if text := wire.Encode(wire.Usage{Seq: 1 << 63, Minutes: long}); len(text) > wire.MaxLinkMessage {
		t.Errorf("a report of %d bytes", len(text))
	}
	u.settle(2)
	if open := u.open(); len(open) != 1 || open[0].Seq != 3 {
		t.Errorf("open %+v", open)
	}
}

func TestANewerGatewayMaySayWhatNobodyKnows(t *testing.T) {
	r := newRig(t)
	p := r.start().welcomed(7)
	p.write([]byte(`{"type":"weather","rain":true}`))
	p.say(wire.Part{Connection: testConn})
	if got := within(t, r.station.told); got != (wire.Part{Connection: testConn}) {
		t.Fatalf("told %#v", got)
	}
}

func TestAMalformedMessageEndsTheLinkNotTheWorker(t *testing.T) {
	r := newRig(t)
	r.start().welcomed(7).write([]byte(`{"type":"part","connection":"x"}`))
	r.welcomed(7)
}

func TestAGatewayThatDoesNotReadIsLeft(t *testing.T) {
	r := newRig(t)
	r.start().welcomed(7)
	parted := wire.Parted{Connection: testConn}
	for len(r.gateway.conns) == 0 {
		r.link.Send(parted)
	}
}

func TestTheWorkerBeatsWithItsConnections(t *testing.T) {
	r := newRig(t)
	r.link.times.beat = time.Millisecond
	r.station.live = []wire.Live{{Room: testRoom, Connection: testConn, Participant: 7}}
	p := r.start().welcomed(7)
	if m, err := p.next(); err != nil || m != (wire.Beat{Connections: 1}) {
		t.Fatalf("got %#v, %v", m, err)
	}
}

func TestWhatIsSentWithoutALinkIsNotQueuedForTheNext(t *testing.T) {
	r := newRig(t)
	r.link.Send(wire.Parted{Connection: testConn})
	p := r.start().welcomed(7)
	p.say(wire.Drain{})
	p.expect("drained") // and nothing before it
}
