package sfu

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"weckruf/internal/testkit/rtcpeer"
	"weckruf/internal/wire"
)

func TestThreePeopleSeeAndHearEachOther(t *testing.T) {
	r := newRig(t)
	members := []*member{
		r.join(1, person(), 2, 3),
		r.join(2, person(), 1, 3),
		r.join(3, person(), 1, 2),
	}
	for _, m := range members {
		s := m.until("the others' sound and picture", func(s rtcpeer.State) bool {
			for _, other := range members {
				if other != m && !sees(s, other.id) {
					return false
				}
			}
			return true
		})
		unbroken(t, s)
		if len(s.People.People) != 3 {
			t.Errorf("participant %d knows of %+v", m.id, s.People)
		}
	}
}

func TestAWishTakesASlotOverWithoutABreak(t *testing.T) {
	r := newRig(t)
	r.join(1, person())
	r.join(2, person())
	o := person()
	o.Pairs = 1
	m := r.join(3, o, 1)
	for _, id := range []wire.ParticipantID{1, 2, 1, 2} {
		check(t, m.whenOpen(wire.Wishes{Wishes: cameras(180, id)}))
		m.until("the picture of the one wished for", func(s rtcpeer.State) bool {
			slot := s.Slots[0]
			return slot.Video.From == id && slot.Audio.From == id && slot.Video.Packets > 10
		})
	}
	s := m.State()
	unbroken(t, s)
	if froms := s.Slots[0].Video.Froms; !slices.Equal(froms, []wire.ParticipantID{1, 2, 1, 2}) && len(froms) < 3 {
		t.Errorf("the slot showed %v", froms)
	}
}

func TestWhoLeavesEmptiesTheSlotAndNobodyElseMoves(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person(), 2, 3)
	two, three := r.join(2, person(), 1), r.join(3, person(), 1)
	before := m.until("both", func(s rtcpeer.State) bool { return sees(s, 2) && sees(s, 3) })
	where, _ := slotOf(before, 3, wire.SourceCamera)
	two.Close()
	after := m.until("an empty slot", func(s rtcpeer.State) bool {
		_, there := slotOf(s, 2, wire.SourceCamera)
		return !there && len(s.People.People) == 2
	})
	if now, _ := slotOf(after, 3, wire.SourceCamera); now != where {
		t.Errorf("participant 3 moved from slot %d to %d", where, now)
	}
	if p := <-r.parted; p.Connection != two.connection || p.Failed {
		t.Errorf("parted %+v", p)
	}
	three.until("the one who is left", func(s rtcpeer.State) bool { return sees(s, 1) })
}

// audible reports whether the page was told that somebody's microphone is on.
func audible(s rtcpeer.State, id wire.ParticipantID) bool {
	if s.People == nil {
		return false
	}
	for _, p := range s.People.People {
		if p.Participant == id {
			return p.Microphone
		}
	}
	return false
}

func TestMutedMeansThatNothingIsForwardedWhateverArrives(t *testing.T) {
	r := newRig(t)
	m, talker := r.join(1, person(), 2), r.join(2, person(), 1)
	m.until("sound", func(s rtcpeer.State) bool { return sees(s, 2) })
	check(t, talker.whenOpen(wire.Sources{Camera: true}))
	m.until("the news that 2 is mute", func(s rtcpeer.State) bool { return s.People != nil && !audible(s, 2) })
	muted := m.State()
	slot, _ := slotOf(muted, 2, wire.SourceCamera)
	// The picture goes on; while 30 more of its packets came, no sound did, though the page
	// went on to send it.
	sent := talker.Sent()
	after := m.until("more of the picture", func(s rtcpeer.State) bool {
		return s.Slots[slot].Video.Packets > muted.Slots[slot].Video.Packets+30
	})
	if got := after.Slots[slot].Audio.Packets - muted.Slots[slot].Audio.Packets; got > 2 {
		t.Errorf("%d packets of sound came after mute", got)
	}
	if talker.Sent() < sent+40 {
		t.Errorf("the talker sent only %d packets: the test shows nothing", talker.Sent()-sent)
	}
	check(t, talker.whenOpen(wire.Sources{Camera: true, Microphone: true}))
	back := m.until("sound again", func(s rtcpeer.State) bool {
		return s.Slots[slot].Audio.Packets > after.Slots[slot].Audio.Packets+20
	})
	unbroken(t, back)
}

func TestACameraThatComesBackBeginsWithAKeyFrame(t *testing.T) {
	r := newRig(t)
	m, other := r.join(1, person(), 2), r.join(2, person(), 1)
	m.until("picture", func(s rtcpeer.State) bool { return sees(s, 2) })
	check(t, other.whenOpen(wire.Sources{Microphone: true}))
	off := m.until("the news", func(s rtcpeer.State) bool { return !s.People.People[1].Camera })
	slot, _ := slotOf(off, 2, wire.SourceCamera)
	check(t, other.whenOpen(wire.Sources{Microphone: true, Camera: true}))
	on := m.until("a new key frame", func(s rtcpeer.State) bool {
		return s.Slots[slot].Video.Keys > off.Slots[slot].Video.Keys
	})
	unbroken(t, on)
}

func TestAScreenComesOnlyIntoItsOwnSlot(t *testing.T) {
	r := newRig(t)
	m := r.peer(1, person())
	m.negotiate(false, wire.Wish{Participant: 2, Source: wire.SourceScreen, MaxHeight: 1080}, wire.Wish{Participant: 2, Source: wire.SourceCamera, MaxHeight: 180})
	o := person()
	o.Screen, o.ScreenSound = true, true
	sharer := r.join(2, o, 1)
	s := m.until("screen and camera", func(s rtcpeer.State) bool {
		slot, ok := slotOf(s, 2, wire.SourceScreen)
		r := s.Slots[slot]
		return ok && sees(s, 2) && r.Video.Keys > 0 && r.Audio.Packets > 10
	})
	slot, _ := slotOf(s, 2, wire.SourceScreen)
	if kind := m.kind(slot); kind != wire.SlotScreen {
		t.Errorf("the screen is in a slot for %s", kind)
	}
	check(t, sharer.whenOpen(wire.Sources{Microphone: true, Camera: true}))
	m.until("an empty screen slot", func(s rtcpeer.State) bool {
		_, there := slotOf(s, 2, wire.SourceScreen)
		return !there
	})
}

func TestWhoIsOffScreenIsHeardInAnAudioSlot(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person(), 2)
	r.join(2, person())
	r.join(3, person())
	s := m.until("2 in a pair and 3 by sound", func(s rtcpeer.State) bool {
		slot, ok := slotOf(s, 3, wire.SourceCamera)
		return ok && sees(s, 2) && s.Slots[slot].Audio.Packets > 10
	})
	slot, _ := slotOf(s, 3, wire.SourceCamera)
	if kind := m.kind(slot); kind != wire.SlotAudio {
		t.Errorf("3 is heard in a slot for %s", kind)
	}
	if level := s.Slots[slot].Audio.LastLevel; level != 40 {
		t.Errorf("the audio level arrived as %d, was 40", level)
	}
}

func (m *member) kind(slot wire.Slot) wire.SlotKind {
	return m.Kinds()[slot]
}

func TestTheLoudestIsTheSpeaker(t *testing.T) {
	r := newRig(t)
	quiet, loud := person(), person()
	quiet.Level, loud.Level = 90, 20
	m := r.join(1, quiet)
	r.join(2, loud)
	m.until("the speaker", func(s rtcpeer.State) bool { return s.Speaker != nil && s.Speaker.Participant == 2 })
}

func TestThePageIsToldOfItsLine(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person(), 2)
	r.join(2, person(), 1)
	s := m.until("a round-trip time", func(s rtcpeer.State) bool { return s.Quality != nil && s.Quality.RTTMS > 0 })
	if s.Quality.RTTMS > 5000 || s.Quality.LossPercent < 0 || s.Quality.LossPercent > 100 {
		t.Errorf("quality %+v", s.Quality)
	}
}

func TestASlotGetsTheLayerOfItsSize(t *testing.T) {
	r := newRig(t)
	o := person()
	o.Simulcast = true
	sender := r.join(2, o)
	m := r.peer(1, person())
	m.negotiate(false, cameras(180, 2)...)
	for _, height := range []int{180, 360, 720, 180} {
		check(t, m.whenOpen(wire.Wishes{Wishes: cameras(height, 2)}))
		s := m.until("a picture of that height", func(s rtcpeer.State) bool {
			slot, ok := slotOf(s, 2, wire.SourceCamera)
			return ok && s.Slots[slot].Video.Height == height
		})
		unbroken(t, s)
	}
	// The top layer falls silent: the slot goes down by itself.
	check(t, m.whenOpen(wire.Wishes{Wishes: cameras(720, 2)}))
	m.until("the top layer", func(s rtcpeer.State) bool { return s.Slots[0].Video.Height == 720 })
	sender.Pause("camera", "f", true)
	m.until("the next layer", func(s rtcpeer.State) bool { return s.Slots[0].Video.Height == 360 })
	unbroken(t, m.State())
}

func TestMoreSlotsByANewOfferLeaveTheOthersAlone(t *testing.T) {
	r := newRig(t)
	o := person()
	o.Pairs = 1
	m := r.join(1, o, 2, 3)
	r.join(2, person())
	r.join(3, person())
	m.until("one of them", func(s rtcpeer.State) bool { return sees(s, 2) })
	check(t, m.AddSlots(2, 0, 0))
	m.negotiate(false, cameras(180, 2, 3)...)
	s := m.until("both", func(s rtcpeer.State) bool { return sees(s, 2) && sees(s, 3) })
	unbroken(t, s)
	if slot, _ := slotOf(s, 2, wire.SourceCamera); slot != 0 {
		t.Errorf("who stood in slot 0 moved to %d", slot)
	}
	if len(s.People.People) != 3 {
		t.Errorf("people %+v", s.People)
	}
}

func TestAnICERestartKeepsTheConnection(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person(), 2)
	r.join(2, person(), 1)
	m.until("picture", func(s rtcpeer.State) bool { return sees(s, 2) })
	m.negotiate(true, cameras(180, 2)...)
	before := m.State().Slots[0].Video.Packets
	m.until("more of the picture", func(s rtcpeer.State) bool { return s.Slots[0].Video.Packets > before+30 })
	if live := r.sfu.Live(); len(live) != 2 {
		t.Errorf("live %+v", live)
	}
}

func TestAPageThatVanishesIsNoticed(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person(), 2)
	gone := r.join(2, person(), 1)
	m.until("picture", func(s rtcpeer.State) bool { return sees(s, 2) })
	began := time.Now()
	gone.Vanish()
	select {
	case p := <-r.parted:
		if p.Connection != gone.connection || !p.Failed {
			t.Errorf("parted %+v", p)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nobody noticed")
	}
	t.Logf("noticed after %s", time.Since(began).Round(time.Millisecond))
}

func TestPartEndsAConnectionOnce(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person())
	m.until("the channel", func(s rtcpeer.State) bool { return s.Open })
	r.sfu.Part(m.connection)
	r.sfu.Part(m.connection)
	r.sfu.Part("nobody-has-this-connection")
	if p := <-r.parted; p.Failed || p.Connection != m.connection {
		t.Errorf("parted %+v", p)
	}
	if len(r.sfu.Live()) != 0 || len(r.parted) != 0 {
		t.Errorf("live %v, parted again %d", r.sfu.Live(), len(r.parted))
	}
}

func TestJoinsOverTheCapacityAreRefused(t *testing.T) {
	r := newRig(t)
	r.sfu.options.Capacity = 1
	r.join(1, person())
	refused(t, r.peer(2, person()).tryNegotiate(false), wire.CodeUnavailable)
}

func TestADrainingServerRefusesNewcomersOnly(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person())
	m.until("the channel", func(s rtcpeer.State) bool { return s.Open })
	if r.sfu.Refuse(true) {
		t.Fatal("it refuses with somebody there")
	}
	m.Close()
	<-r.parted
	if !r.sfu.Refuse(true) {
		t.Fatal("it does not refuse with nobody there")
	}
	refused(t, r.peer(2, person()).tryNegotiate(false), wire.CodeUnavailable)
	r.sfu.Refuse(false)
	r.join(3, person())
}

func refused(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var fault *wire.Error
	if !errors.As(err, &fault) || fault.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestABadOfferDisturbsNobody(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person(), 2)
	r.join(2, person(), 1)
	m.until("picture", func(s rtcpeer.State) bool { return sees(s, 2) })
	good, err := r.peer(3, person()).Offer(newConnection(), false)
	check(t, err)
	for name, spoil := range badOffers() {
		join := joinOf(r.room, 3, good)
		spoil(&join)
		_, err := r.sfu.Join(t.Context(), join)
		var fault *wire.Error
		if !errors.As(err, &fault) || fault.Code != wire.CodeBadOffer {
			t.Errorf("%s: %v", name, err)
		}
	}
	if live := r.sfu.Live(); len(live) != 2 {
		t.Errorf("live %+v", live)
	}
	before := m.State().Slots[0].Video.Packets
	s := m.until("more of the picture", func(s rtcpeer.State) bool { return s.Slots[0].Video.Packets > before+20 })
	unbroken(t, s)
	if len(s.People.People) != 2 {
		t.Errorf("people %+v", s.People)
	}
}

func TestABadOfferOnAConnectionThatStandsDisturbsNobody(t *testing.T) {
	for name, spoil := range badOffers() {
		t.Run(name, func(t *testing.T) {
			r, one, offer := disturbedBy(t, spoil)
			joined, err := r.sfu.Join(t.Context(), joinOf(r.room, 1, offer))
			check(t, err)
			check(t, one.Answer(joined.SDP))
			r.join(3, person())
			check(t, one.whenOpen(wire.Wishes{Wishes: cameras(180, 2, 3)}))
			one.until("somebody else in a slot of the good offer", func(s rtcpeer.State) bool { return sees(s, 2) && sees(s, 3) })
		})
	}
}

// What only pion/webrtc notices, when it has taken half of the offer in.
func TestAnOfferThatFailsHalfWayDisturbsNobody(t *testing.T) {
	disturbedBy(t, func(j *wire.Join) {
		j.SDP = strings.ReplaceAll(without(j.SDP, "a=candidate"), "a=ice-ufrag", "a=candidate:nonsense\r\na=ice-ufrag")
	})
}

// disturbedBy has a new offer of somebody in a call refused, and fails when anybody sees of
// it. It returns the offer as it was before it was spoilt.
func disturbedBy(t *testing.T, spoil func(*wire.Join)) (*rig, *member, wire.Offer) {
	t.Helper()
	r := newRig(t)
	o := person()
	o.Pairs = 1
	one, two := r.join(1, o, 2), r.join(2, person(), 1)
	one.until("picture", func(s rtcpeer.State) bool { return sees(s, 2) })
	two.until("picture", func(s rtcpeer.State) bool { return sees(s, 1) })
	check(t, one.AddSlots(2, 0, 0))
	offer, err := one.Offer(one.connection, false, cameras(180, 2)...)
	check(t, err)
	bad := joinOf(r.room, 1, offer)
	bad.Wishes, bad.Sources = nil, wire.Sources{}
	spoil(&bad)
	_, err = r.sfu.Join(t.Context(), bad)
	refused(t, err, wire.CodeBadOffer)
	for _, m := range []*member{one, two} {
		before := m.State().Slots[0]
		s := m.until("more of sound and picture", func(s rtcpeer.State) bool {
			return s.Slots[0].Video.Packets > before.Video.Packets+20 && s.Slots[0].Audio.Packets > before.Audio.Packets+20
		})
		unbroken(t, s)
		if s.Slots[0].Video.Keys > before.Video.Keys+1 {
			t.Errorf("participant %d: the picture began anew", m.id)
		}
	}
	return r, one, offer
}

func badOffers() map[string]func(*wire.Join) {
	return map[string]func(*wire.Join){
		"no SDP":          func(j *wire.Join) { j.SDP = "" },
		"noise":           func(j *wire.Join) { j.SDP = "v=0\r\nnonsense" },
		"500 m-lines":     func(j *wire.Join) { j.SDP = manyLines(500) },
		"no fingerprint":  func(j *wire.Join) { j.SDP = without(j.SDP, "a=fingerprint") },
		"no ICE":          func(j *wire.Join) { j.SDP = without(j.SDP, "a=ice-") },
		"no mids":         func(j *wire.Join) { j.SDP = without(j.SDP, "a=mid") },
		"no codecs":       func(j *wire.Join) { j.SDP = strings.NewReplacer("VP8", "H261", "opus", "speex").Replace(j.SDP) },
		"an unnamed slot": func(j *wire.Join) { j.Slots = j.Slots[1:] },
		"a slot too many": func(j *wire.Join) {
			j.Slots = append(slices.Clone(j.Slots), wire.SlotOffer{Slot: 60, Kind: wire.SlotAudio, Audio: "99"})
		},
		"a slot twice":      func(j *wire.Join) { j.Slots = append(slices.Clone(j.Slots), j.Slots[0]) },
		"a mid twice":       func(j *wire.Join) { j.Sender.Camera = j.Sender.Microphone },
		"sound for picture": func(j *wire.Join) { j.Sender.Camera, j.Sender.Microphone = j.Sender.Microphone, j.Sender.Camera },
		"a slot sent on":    func(j *wire.Join) { j.Sender.Screen = j.Slots[0].Video },
		"a hall that sends": func(j *wire.Join) { j.ReceiveOnly = true },
	}
}

func without(sdp, prefix string) string {
	lines := strings.SplitAfter(sdp, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, prefix) }), "")
}

func manyLines(n int) string {
	return "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" + strings.Repeat("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\na=recvonly\r\n", n)
}

func TestAConnectionBelongsToWhoMadeIt(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person())
	thief := r.peer(2, person())
	thief.connection = m.connection
	refused(t, thief.tryNegotiate(false), wire.CodeNotAllowed)
}

func TestAFloodOnTheChannelIsBounded(t *testing.T) {
	r := newRig(t)
	m := r.join(1, person(), 2)
	r.join(2, person(), 1)
	m.until("picture", func(s rtcpeer.State) bool { return s.Open && sees(s, 2) })
	for range 2000 {
		check(t, m.SendRaw([]byte(`{"type":"wishes","wishes":[]}`)))
	}
	check(t, m.SendRaw([]byte("nonsense")))
	before := m.State().People
	s := m.until("the room to live on", func(s rtcpeer.State) bool { return s.Quality != nil })
	if s.Bad > 0 || before == nil {
		t.Errorf("bad messages: %d", s.Bad)
	}
}

func TestTenWhoJoinAtOnceSeeSomebodySoon(t *testing.T) {
	r := newRig(t)
	o := rtcpeer.Options{Microphone: true, Camera: true, Pairs: 9, Audios: 3, Screens: 1}
	var members []*member
	for i := range 10 {
		members = append(members, r.peer(wire.ParticipantID(i+1), o))
	}
	var all sync.WaitGroup
	errs := make([]error, len(members))
	took := make([]time.Duration, len(members))
	for i, m := range members {
		all.Go(func() { took[i], errs[i] = m.arrive(members) })
	}
	all.Wait()
	check(t, errors.Join(errs...))
	slices.Sort(took)
	t.Logf("join to first complete key frame: %v", took)
}

// arrive joins and returns how long it took to the first complete key frame.
func (m *member) arrive(members []*member) (time.Duration, error) {
	var others []wire.ParticipantID
	for _, other := range members {
		if other != m {
			others = append(others, other.id)
		}
	}
	if err := m.tryNegotiate(false, cameras(180, others...)...); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	first := func(s rtcpeer.State) (at time.Time) {
		for _, slot := range s.Slots {
			if k := slot.Video.FirstKey; !k.IsZero() && (at.IsZero() || k.Before(at)) {
				at = k
			}
		}
		return at
	}
	err := m.Wait(ctx, "a key frame", func(s rtcpeer.State) bool { return !first(s).IsZero() })
	return first(m.State()).Sub(m.began), err
}

func TestANewcomerGetsTheKeyFrameThatWasHeldForIt(t *testing.T) {
	r := newRig(t)
	two := r.join(2, person())
	two.until("the channel", func(s rtcpeer.State) bool { return s.Open })
	one := r.peer(1, person())
	took, err := one.arrive([]*member{two})
	check(t, err)
	t.Logf("join to first complete key frame: %s", took)
	s := one.until("more", func(s rtcpeer.State) bool { return sees(s, 2) })
	unbroken(t, s)
	if s.Connection != webrtc.PeerConnectionStateConnected {
		t.Errorf("connection %s", s.Connection)
	}
}

func TestPresenceIsCountedByMinute(t *testing.T) {
	r := newRig(t)
	began := time.Now()
	m := r.join(1, person())
	m.until("two seconds", func(s rtcpeer.State) bool { return s.Open && time.Since(began) > 2*time.Second })
	sum := 0
	for _, u := range r.sfu.Usage() {
		if u.Room != r.room || !u.Minute.Equal(u.Minute.Truncate(time.Minute)) {
			t.Errorf("odd minute %+v", u)
		}
		sum += u.Seconds
	}
	if sum < 1 || sum > int(time.Since(began)/time.Second)+1 {
		t.Errorf("%d participant seconds in %s", sum, time.Since(began))
	}
}
