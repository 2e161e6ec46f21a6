package sfu

import (
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
	"golang.org/x/time/rate"

	"weckruf/internal/wire"
)

// A page may send so many messages a second; what comes faster is not read. Of wishes and of
// sources the newest one counts, at the latest with the next tick.
const (
	messageRate  = 50
	messageBurst = 100
	applyRate    = 10
	applyBurst   = 20
)

// backlog is how many bytes may wait on a channel before no more is sent: every message is a
// whole state, so the next one makes up for those left out.
const backlog = 256 << 10

// qualityEvery is how often a page is told of its line.
const qualityEvery = 2 * time.Second

// inbox takes what a page sends on the channel and hands on the newest of each kind.
type inbox struct {
	messages *rate.Limiter
	applies  *rate.Limiter

	mu      sync.Mutex
	wishes  *wire.Wishes
	sources *wire.Sources
}

func newInbox() inbox {
	return inbox{messages: rate.NewLimiter(messageRate, messageBurst), applies: rate.NewLimiter(applyRate, applyBurst)}
}

// put keeps a message.
func (b *inbox) put(m wire.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch m := m.(type) {
	case wire.Wishes:
		b.wishes = &m
	case wire.Sources:
		b.sources = &m
	}
}

// take empties the box.
func (b *inbox) take() (wishes *wire.Wishes, sources *wire.Sources) {
	b.mu.Lock()
	defer b.mu.Unlock()
	wishes, sources = b.wishes, b.sources
	b.wishes, b.sources = nil, nil
	return wishes, sources
}

// hear takes one message of the page.
func (e *endpoint) hear(m webrtc.DataChannelMessage) {
	if !e.inbox.messages.Allow() {
		return
	}
	message, err := wire.PageToWorker.Decode(m.Data)
	if err != nil {
		e.sfu.options.Log.Debug("message refused", "room", e.room.id, "participant", e.participant, "error", err)
		return
	}
	e.inbox.put(message)
	if e.inbox.applies.Allow() {
		e.drain()
	}
}

// drain applies what the page sent.
func (e *endpoint) drain() {
	wishes, sources := e.inbox.take()
	if sources != nil {
		e.room.setSources(e, *sources)
	}
	if wishes != nil {
		e.room.wish(e, wishes.Wishes)
	}
}

// outbox says what a page has yet to be told. Guarded by room.mu.
type outbox struct {
	open                            bool
	slots, people, speaker, quality bool
	told                            time.Duration // when quality was due last
}

func (b *outbox) tick(now time.Duration) {
	if now-b.told >= qualityEvery {
		b.told, b.quality = now, true
	}
}

// flush tells the page what it has to know. The caller holds room.mu: messages leave in the
// order of the states they tell. Sending only queues.
func (e *endpoint) flush() {
	b := &e.outbox
	if !b.open || !(b.slots || b.people || b.speaker || b.quality) || e.channel.BufferedAmount() > backlog {
		return
	}
	b.slots = b.slots && !e.tell(wire.Slots{Slots: e.states()})
	b.people = b.people && !e.tell(e.room.people())
	b.speaker = b.speaker && !e.tell(wire.Speaker{Participant: e.room.speaker})
	b.quality = b.quality && !e.tell(e.quality())
}

// tell reports whether the message was queued.
func (e *endpoint) tell(m wire.Message) bool {
	return e.channel.SendText(string(wire.Encode(m))) == nil
}

// quality is what the worker sees of the page's line since it last asked.
func (e *endpoint) quality() wire.Quality {
	var expected, lost uint32
	for _, f := range e.feeds {
		for _, l := range f.known() {
			count, span := l.count.Swap(0), l.span.Swap(0)
			expected += span
			lost += max(span, count) - count
		}
	}
	quality := wire.Quality{}
	if rtt := time.Duration(e.rtt.Load()); rtt > 0 {
		quality.RTTMS = int(max(1, rtt.Round(time.Millisecond)/time.Millisecond))
	}
	if expected > 0 {
		quality.LossPercent = float64(lost) * 100 / float64(expected)
	}
	return quality
}
