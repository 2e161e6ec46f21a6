package sfu

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weckruf/internal/testkit/rtcpeer"
	"weckruf/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is an SFU on the loopback interface with its peers.
type rig struct {
	t      *testing.T
	sfu    *SFU
	parted chan wire.Parted
	room   wire.RoomID
}

// newRig lets the test run beside others: they wait most of the time.
func newRig(t *testing.T) *rig {
	t.Helper()
	t.Parallel()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	check(t, err)
	_ = conn.SetReadBuffer(4 << 20)
	return newRigOn(t, conn, conn.LocalAddr().(*net.UDPAddr).AddrPort())
}

func newRigOn(t *testing.T, conn net.PacketConn, address netip.AddrPort) *rig {
	t.Helper()
	r := &rig{t: t, parted: make(chan wire.Parted, 64), room: "room-1"}
	var err error
	r.sfu, err = New(Options{
		Conn:      conn,
		Addresses: []netip.AddrPort{address},
		Capacity:  20,
		Log:       slog.New(slog.DiscardHandler),
		Parted:    func(p wire.Parted) { r.parted <- p },
	})
	check(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.sfu.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		check(t, <-ended)
	})
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// member is a peer that joined.
type member struct {
	*rtcpeer.Peer
	t          *testing.T
	rig        *rig
	id         wire.ParticipantID
	connection wire.ConnectionID
	joined     wire.Joined
	began      time.Time
}

func newConnection() wire.ConnectionID {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return wire.ConnectionID(base64.RawURLEncoding.EncodeToString(b[:]))
}

// person sends microphone and camera and has four pairs, two audio slots, one screen slot.
func person() rtcpeer.Options {
	return rtcpeer.Options{Microphone: true, Camera: true, Pairs: 4, Audios: 2, Screens: 1}
}

func (r *rig) peer(id wire.ParticipantID, o rtcpeer.Options) *member {
	r.t.Helper()
	p, err := rtcpeer.New(o)
	check(r.t, err)
	r.t.Cleanup(p.Close)
	return &member{Peer: p, t: r.t, rig: r, id: id, connection: newConnection()}
}

// join makes a peer that joined and wishes to see the given people.
func (r *rig) join(id wire.ParticipantID, o rtcpeer.Options, see ...wire.ParticipantID) *member {
	r.t.Helper()
	m := r.peer(id, o)
	m.negotiate(false, cameras(180, see...)...)
	return m
}

func cameras(height int, see ...wire.ParticipantID) []wire.Wish {
	wishes := make([]wire.Wish, len(see))
	for i, id := range see {
		wishes[i] = wire.Wish{Participant: id, Source: wire.SourceCamera, MaxHeight: height}
	}
	return wishes
}

func (m *member) negotiate(restart bool, wishes ...wire.Wish) {
	m.t.Helper()
	check(m.t, m.tryNegotiate(restart, wishes...))
}

func (m *member) tryNegotiate(restart bool, wishes ...wire.Wish) error {
	offer, err := m.Offer(m.connection, restart, wishes...)
	if err != nil {
		return err
	}
	m.began = time.Now()
	m.joined, err = m.rig.sfu.Join(context.Background(), joinOf(m.rig.room, m.id, offer))
	if err != nil {
		return err
	}
	return m.Answer(m.joined.SDP)
}

func joinOf(room wire.RoomID, id wire.ParticipantID, o wire.Offer) wire.Join {
	return wire.Join{Room: room, Connection: o.Connection, Participant: id, Role: wire.RoleGuest, SDP: o.SDP,
		Sender: o.Sender, Slots: o.Slots, Wishes: o.Wishes, Sources: o.Sources}
}

// until waits for a state of the member.
func (m *member) until(what string, is func(rtcpeer.State) bool) rtcpeer.State {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var last rtcpeer.State
	err := m.Wait(ctx, what, func(s rtcpeer.State) bool { last = s; return is(s) })
	if err != nil {
		m.t.Fatalf("participant %d: %v; connection %s, slots %+v, map %+v", m.id, err, last.Connection, last.Slots, last.Map)
	}
	return last
}

// slotOf returns the slot that shows a source, by the newest map.
func slotOf(s rtcpeer.State, id wire.ParticipantID, source wire.Source) (wire.Slot, bool) {
	if s.Map == nil {
		return 0, false
	}
	for _, slot := range s.Map.Slots {
		if slot.Participant == id && slot.Source == source {
			return slot.Slot, true
		}
	}
	return 0, false
}

// sees reports whether sound and picture of somebody arrive in their slot.
func sees(s rtcpeer.State, id wire.ParticipantID) bool {
	slot, ok := slotOf(s, id, wire.SourceCamera)
	r := s.Slots[slot]
	return ok && r.Audio.From == id && r.Audio.Packets > 20 && r.Video.From == id && r.Video.Keys > 0 && r.Video.Packets > 20
}

func unbroken(t *testing.T, s rtcpeer.State) {
	t.Helper()
	for slot, r := range s.Slots {
		for _, x := range []rtcpeer.Stream{r.Audio, r.Video} {
			if x.Missing > 0 || x.Backward > 0 || x.Jumps > 0 {
				t.Errorf("slot %d is broken: missing %d, backward %d, jumps %d (fed by %v)", slot, x.Missing, x.Backward, x.Jumps, x.Froms)
			}
		}
	}
}

// whenOpen sends once the channel is open.
func (m *member) whenOpen(message wire.Message) error {
	m.t.Helper()
	m.until("the channel", func(s rtcpeer.State) bool { return s.Open })
	return m.Send(message)
}
