package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"weckruf/internal/testkit/rtcpeer"
	"weckruf/internal/testkit/visitor"
	"weckruf/internal/wire"
)

// guest is one person with a page and media, without a browser.
type guest struct {
	link    string
	from    netip.Addr
	name    string
	visitor *visitor.Visitor
	place   wire.Place
	peer    *rtcpeer.Peer
	ready   wire.Ready
	readyAt time.Time
}

// arrive opens the page and enters. With a place it takes that one again, as a page does that
// lost its line.
func (g *guest) arrive(ctx context.Context) error {
	v, err := visitor.Dial(ctx, g.link, g.from)
	if err != nil {
		return err
	}
	g.visitor = v
	if err := v.Look(ctx, g.place.Resume); err != nil {
		return err
	}
	if _, err := visitor.Await[wire.View](ctx, v); err != nil {
		return err
	}
	if err := v.Send(ctx, wire.Enter{Name: g.name, Connection: g.ready.Connection}); err != nil {
		return err
	}
	g.place, err = visitor.Await[wire.Place](ctx, v)
	return err
}

// prepare makes the connection's description ahead, as the page does in the device check.
func (g *guest) prepare() (err error) {
	g.peer, err = rtcpeer.New(rtcpeer.Options{Microphone: true, Camera: true, Pairs: 9, Audios: 3, Screens: 1})
	return err
}

// join waits for Ready and connects, wishing to see the given people.
func (g *guest) join(ctx context.Context, wished []wire.ParticipantID) (err error) {
	if g.ready, err = visitor.Await[wire.Ready](ctx, g.visitor); err != nil {
		return err
	}
	g.readyAt = time.Now()
	var wishes []wire.Wish
	for _, p := range wished {
		if p != g.place.Participant {
			wishes = append(wishes, wire.Wish{Participant: p, Source: wire.SourceCamera, MaxHeight: 360, Priority: 5})
		}
	}
	offer, err := g.peer.Offer(g.ready.Connection, false, wishes...)
	if err != nil {
		return err
	}
	if err := g.visitor.Send(ctx, offer); err != nil {
		return err
	}
	answer, err := visitor.Await[wire.Answer](ctx, g.visitor)
	if err != nil {
		return err
	}
	return g.peer.Answer(answer.SDP)
}

// firstKey waits for the first complete key frame and returns when it came.
func (g *guest) firstKey(ctx context.Context) (first time.Time, err error) {
	err = g.peer.Wait(ctx, g.name+"'s first key frame", func(s rtcpeer.State) bool {
		for _, slot := range s.Slots {
			if at := slot.Video.FirstKey; !at.IsZero() && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
		return !first.IsZero()
	})
	return first, err
}

// leave closes what is open.
func (g *guest) leave() {
	if g.peer != nil {
		g.peer.Close()
	}
	if g.visitor != nil {
		_ = g.visitor.Drop() // the line may be down already
	}
}

// guests are people who all hold the chair's link, so that nobody has to be admitted.
func guests(link string, n int) []*guest {
	all := make([]*guest, n)
	for i := range all {
		all[i] = &guest{link: link, name: fmt.Sprintf("Person %d", i+1), from: netip.AddrFrom4([4]byte{127, 0, 5, byte(i + 1)})}
	}
	return all
}

func participants(all []*guest) []wire.ParticipantID {
	ids := make([]wire.ParticipantID, 0, len(all))
	for _, g := range all {
		ids = append(ids, g.place.Participant)
	}
	return ids
}
