package sfu

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"weckruf/internal/wire"
)

// endpoint is one connection of one participant.
type endpoint struct {
	// immutable
	sfu         *SFU
	room        *room
	id          wire.ConnectionID
	participant wire.ParticipantID
	api         *webrtc.API
	pc          *webrtc.PeerConnection
	channel     *webrtc.DataChannel
	feeds       [parts]*feed
	began       time.Duration

	negotiating sync.Mutex  // one offer at a time
	spare       []*slot     // owned by whoever negotiates: of a refused offer, maybe attached
	nominated   atomic.Bool // the first check of this ICE generation was taken
	sends       atomic.Pointer[map[string]part]
	rtt         atomic.Int64 // nanoseconds, 0 = unknown
	inbox       inbox
	closing     atomic.Bool
	gone        chan struct{} // closed when end is through

	// guarded by room.mu
	slots     []*slot
	wishes    []wire.Wish
	sources   wire.Sources
	connected bool
	loudness  float64 // of the microphone, 0 to 127
	ended     bool
	outbox    outbox
}

func newEndpoint(r *room, join wire.Join) (*endpoint, error) {
	e := &endpoint{sfu: r.sfu, room: r, id: join.Connection, participant: join.Participant, began: r.sfu.now(), gone: make(chan struct{})}
	e.inbox = newInbox()
	with, beside := &timing{}, &timing{}
	e.feeds = [parts]*feed{
		microphone:  newFeed(e, microphone, with),
		camera:      newFeed(e, camera, with),
		screen:      newFeed(e, screen, beside),
		screenSound: newFeed(e, screenSound, beside),
	}
	e.sends.Store(&map[string]part{})
	if err := e.connect(); err != nil {
		return nil, fmt.Errorf("make a connection: %w", err)
	}
	return e, nil
}

// connect makes the peer connection and its channel.
func (e *endpoint) connect() error {
	api, pc, err := e.newPeerConnection()
	if err != nil {
		return err
	}
	negotiated, id := true, uint16(0)
	channel, err := pc.CreateDataChannel("weckruf", &webrtc.DataChannelInit{Negotiated: &negotiated, ID: &id})
	if err != nil {
		_ = pc.Close()
		return fmt.Errorf("make the channel: %w", err)
	}
	e.api, e.pc, e.channel = api, pc, channel
	pc.OnConnectionStateChange(e.changed)
	pc.OnTrack(e.arrived)
	channel.OnOpen(func() { e.room.opened(e) })
	channel.OnMessage(e.hear)
	return nil
}

// changed follows the path: up once ICE and DTLS stand, ended when they break for good or
// when the page closed it.
func (e *endpoint) changed(state webrtc.PeerConnectionState) {
	if e.closing.Load() {
		return
	}
	switch state {
	case webrtc.PeerConnectionStateConnected:
		e.room.up(e)
	case webrtc.PeerConnectionStateFailed:
		e.sfu.task(func() { e.end(true) })
	case webrtc.PeerConnectionStateClosed:
		e.sfu.task(func() { e.end(false) })
	}
}

// arrived starts to read one layer of what the participant sends.
func (e *endpoint) arrived(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	transceiver := receiver.RTPTransceiver()
	if transceiver == nil {
		return
	}
	part, ok := (*e.sends.Load())[transceiver.Mid()]
	if !ok || part.video() != (track.Kind() == webrtc.RTPCodecTypeVideo) {
		return
	}
	l := newLayer(e.feeds[part], track, receiver)
	e.feeds[part].add(l)
	e.sfu.task(l.run)
	e.sfu.task(func() { l.readReports(receiver, track.RID()) })
}

// end closes the connection, once, and tells who asked to hear of it, unless the connection
// was never answered. It returns when the connection is gone.
func (e *endpoint) end(failed bool) {
	if e.closing.Swap(true) {
		<-e.gone
		return
	}
	defer close(e.gone)
	admitted := e.room.leave(e)
	e.sfu.forget(e)
	if err := e.pc.GracefulClose(); err != nil {
		e.sfu.options.Log.Debug("close a connection", "room", e.room.id, "participant", e.participant, "error", scrub(err.Error()))
	}
	if admitted {
		e.sfu.options.Parted(wire.Parted{Connection: e.id, Failed: failed})
	}
}

// requestKey asks the page for a key frame.
func (e *endpoint) requestKey(ssrc uint32) {
	// A request that is lost is repeated by the housekeeping.
	_ = e.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}})
}

// negotiate answers an offer. The slots of a connection that is being made are filled before,
// so that the publishers prepare their key frames meanwhile. One that is a member already
// keeps all it had until there is an answer: a page's bad offer must not end its call.
func (e *endpoint) negotiate(ctx context.Context, join wire.Join, p *plan) (wire.Joined, error) {
	e.negotiating.Lock()
	defer e.negotiating.Unlock()
	slots, member := e.room.draft(e, join.Slots, e.spare)
	if !member {
		e.room.take(e, join, slots)
	}
	sends := e.sends.Swap(&p.sends)
	answer, err := e.answer(ctx, join.SDP, p, byMid(slots))
	if err == nil && len(answer) > wire.MaxSDP {
		err = badOffer("the answer would have %d bytes", len(answer))
	}
	if err != nil {
		e.sends.Store(sends)
		e.spare = slots
		return wire.Joined{}, err
	}
	e.spare = nil
	if member {
		e.room.take(e, join, slots)
	}
	states := e.room.admit(e)
	return wire.Joined{Connection: e.id, SDP: answer, Slots: states}, nil
}
