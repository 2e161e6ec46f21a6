package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Worker to gateway.

// Hello is a worker's first message on each connection. Epoch is 0 until the worker was
// welcomed once.
type Hello struct {
	Version  int       `json:"version"`
	Machine  MachineID `json:"machine"`
	Boot     string    `json:"boot"` // random per process start, 16 to 64 characters
	Epoch    Epoch     `json:"epoch"`
	Software string    `json:"software,omitempty"`
}

// Proof answers Challenge: an Ed25519 signature (base64, std) over ChallengeText.
type Proof struct {
	Signature []byte `json:"signature"`
}

// ChallengeText is what a worker signs. The label and the separators keep it from being
// taken for anything else that the key may sign.
func ChallengeText(nonce []byte, gateway string, h Hello) []byte {
	return fmt.Appendf(nil, "weckruf worker proof v1\n%x\n%s\n%s\n%s\n%d", nonce, gateway, h.Machine, h.Boot, h.Epoch)
}

// DrainedText is what a worker signs when it has stopped to take joins in.
func DrainedText(machine MachineID, boot string, epoch Epoch) []byte {
	return fmt.Appendf(nil, "weckruf worker drained v1\n%s\n%s\n%d", machine, boot, epoch)
}

// Live is one connection that exists on a worker or that ought to.
type Live struct {
	Room        RoomID        `json:"room"`
	Connection  ConnectionID  `json:"connection"`
	Participant ParticipantID `json:"participant"`
}

// Have is the worker's whole state, sent after each Welcome.
type Have struct {
	Addresses []netip.AddrPort `json:"addresses"` // media, UDP
	TURN      []string         `json:"turn"`      // turn: URLs
	Cores     int              `json:"cores"`
	Capacity  int              `json:"capacity"` // connections it takes
	Live      []Live           `json:"live"`
	Drained   bool             `json:"drained"`
}

// Tested reports the worker's self-test through its own TURN server. Error is empty when
// media flowed: only then is the worker ready.
type Tested struct {
	TookMS int64  `json:"took_ms"`
	Error  string `json:"error,omitempty"`
}

// Joined answers Join.
type Joined struct {
	Connection ConnectionID `json:"connection"`
	SDP        string       `json:"sdp"`
	Slots      []SlotState  `json:"slots"`
}

// JoinFailed answers Join when there is no connection to be had.
type JoinFailed struct {
	Connection ConnectionID `json:"connection"`
	Code       Code         `json:"code"`
	Detail     string       `json:"detail,omitempty"`
}

// Parted says that a connection ended.
type Parted struct {
	Connection ConnectionID `json:"connection"`
	Failed     bool         `json:"failed"` // the path broke, rather than that somebody asked
}

// UsageMinute is the presence in one room during one minute (UTC, from Minute on).
type UsageMinute struct {
	Minute  time.Time `json:"minute"`
	Room    RoomID    `json:"room"`
	Seconds int       `json:"seconds"` // participant seconds, summed over people
}

// Usage reports finished minutes, again and again until UsageAck names Seq. The gateway
// acknowledges what is on disk.
type Usage struct {
	Seq     uint64        `json:"seq"`
	Minutes []UsageMinute `json:"minutes"`
}

// Drained is the worker's signed word that it takes no joins any more: from here on the
// machine may be stopped.
type Drained struct {
	Epoch     Epoch  `json:"epoch"`
	Signature []byte `json:"signature"` // over DrainedText
}

// Beat is sent by both sides every 5 s; silence for 15 s ends the connection.
type Beat struct {
	Connections int `json:"connections"`
}

// Gateway to worker.

// Challenge answers Hello.
type Challenge struct {
	Nonce   []byte `json:"nonce"` // 32 bytes
	Gateway string `json:"gateway"`
}

// Welcome answers a good Proof. The worker refuses an epoch below the one it knows.
type Welcome struct {
	Epoch      Epoch      `json:"epoch"`
	TURNSecret []byte     `json:"turn_secret"` // 32 bytes, one per power-on
	HardStopAt *time.Time `json:"hard_stop_at,omitempty"`
	SilenceMS  int64      `json:"silence_ms"` // dead man's switch
	Draining   bool       `json:"draining"`
}

// Reject ends a handshake; the connection is closed after it. For stale_epoch, epoch_taken
// and not_expected the worker has nothing left to do and ends.
type Reject struct {
	Code   Code   `json:"code"`
	Detail string `json:"detail,omitempty"`
}

// Join asks for a connection, or for a new answer on one that stands.
type Join struct {
	Room        RoomID        `json:"room"`
	Connection  ConnectionID  `json:"connection"`
	Participant ParticipantID `json:"participant"`
	Role        Role          `json:"role"`
	ReceiveOnly bool          `json:"receive_only,omitempty"`
	SDP         string        `json:"sdp"`
	Sender      Sender        `json:"sender"`
	Slots       []SlotOffer   `json:"slots"`
	Wishes      []Wish        `json:"wishes"`
	Sources     Sources       `json:"sources"`
}

// Part ends a connection. Ending one that is gone already is no error.
type Part struct {
	Connection ConnectionID `json:"connection"`
}

// Drain asks the worker to take no more joins and to answer with Drained. It is refused in
// silence while somebody is connected.
type Drain struct{}

// Recall takes Drain back. It has no effect after Drained.
type Recall struct{}

// UsageAck says that the Usage with this Seq, and all before it, is on disk.
type UsageAck struct {
	Seq uint64 `json:"seq"`
}

func (Hello) Kind() string      { return "hello" }
func (Proof) Kind() string      { return "proof" }
func (Have) Kind() string       { return "have" }
func (Tested) Kind() string     { return "tested" }
func (Joined) Kind() string     { return "joined" }
func (JoinFailed) Kind() string { return "join_failed" }
func (Parted) Kind() string     { return "parted" }
func (Usage) Kind() string      { return "usage" }
func (Drained) Kind() string    { return "drained" }
func (Beat) Kind() string       { return "beat" }
func (Challenge) Kind() string  { return "challenge" }
func (Welcome) Kind() string    { return "welcome" }
func (Reject) Kind() string     { return "reject" }
func (Join) Kind() string       { return "join" }
func (Part) Kind() string       { return "part" }
func (Drain) Kind() string      { return "drain" }
func (Recall) Kind() string     { return "recall" }
func (UsageAck) Kind() string   { return "usage_ack" }

// Check implements Message.
func (m Hello) Check() error {
	switch {
	case m.Version < 1:
		return errors.New("version must be 1 or more")
	case !m.Machine.Valid():
		return errors.New("machine is not a machine name")
	case len(m.Boot) < 16 || len(m.Boot) > 64:
		return errors.New("boot must have 16 to 64 characters")
	case len(m.Software) > 64:
		return errors.New("software is too long")
	}
	return nil
}

// Check implements Message.
func (m Proof) Check() error { return checkSignature(m.Signature) }

// Check implements Message.
func (m Drained) Check() error { return checkSignature(m.Signature) }

func checkSignature(signature []byte) error {
	if len(signature) != 64 {
		return errors.New("a signature has 64 bytes")
	}
	return nil
}

// Check implements Message.
func (m Have) Check() error {
	if len(m.Addresses) > 32 || len(m.TURN) > 32 {
		return errors.New("more than 32 addresses")
	}
	for _, l := range m.Live {
		if !l.Room.Valid() || !l.Connection.Valid() || l.Participant == 0 {
			return errors.New("a live connection is not named in full")
		}
	}
	return nil
}

// Check implements Message.
func (m Joined) Check() error { return checkSDP(m.Connection, m.SDP) }

// Check implements Message.
func (m JoinFailed) Check() error { return checkConnection(m.Connection) }

// Check implements Message.
func (m Parted) Check() error { return checkConnection(m.Connection) }

// Check implements Message.
func (m Part) Check() error { return checkConnection(m.Connection) }

func checkConnection(connection ConnectionID) error {
	if !connection.Valid() {
		return errors.New("connection is not a connection name")
	}
	return nil
}

// Check implements Message.
func (m Usage) Check() error {
	for _, u := range m.Minutes {
		switch {
		case !u.Room.Valid():
			return errors.New("a minute names no room")
		case u.Minute.Nanosecond() != 0 || u.Minute.Second() != 0:
			return errors.New("a minute does not begin at a full minute")
		case u.Seconds < 0 || u.Seconds > 60*100_000:
			return errors.New("a minute has an impossible number of participant seconds")
		}
	}
	return nil
}

// Check implements Message.
func (m Challenge) Check() error {
	if len(m.Nonce) != 32 {
		return errors.New("a nonce has 32 bytes")
	}
	return nil
}

// Check implements Message.
func (m Welcome) Check() error {
	if m.Epoch == 0 || len(m.TURNSecret) != 32 || m.SilenceMS <= 0 {
		return errors.New("the welcome is incomplete")
	}
	return nil
}

// Check implements Message.
func (m Join) Check() error {
	if !m.Room.Valid() || m.Participant == 0 || !m.Role.Valid() {
		return errors.New("the join is not named in full")
	}
	offer := Offer{Connection: m.Connection, SDP: m.SDP, Sender: m.Sender, Slots: m.Slots, Wishes: m.Wishes}
	return offer.Check()
}

func (Tested) Check() error   { return nil }
func (Beat) Check() error     { return nil }
func (Reject) Check() error   { return nil }
func (Drain) Check() error    { return nil }
func (Recall) Check() error   { return nil }
func (UsageAck) Check() error { return nil }
