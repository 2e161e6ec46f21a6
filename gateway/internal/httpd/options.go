package httpd

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weckruf/gateway/internal/account"
	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// Accounts signs organisers in. *account.Desk is one.
type Accounts interface {
	SignIn(ctx context.Context, source, token string) (session string, expires time.Time, err error)
	Check(ctx context.Context, session string) error
	SignOut(ctx context.Context, session string) error
}

var _ Accounts = (*account.Desk)(nil)

// Rooms is the table of rooms. Room returns room.ErrNotFound for one that is not there.
type Rooms interface {
	Rooms(ctx context.Context) ([]room.Record, error)
	Room(ctx context.Context, id wire.RoomID) (room.Record, error)
	PutRoom(ctx context.Context, r room.Record) error
	DeleteRoom(ctx context.Context, id wire.RoomID) error
}

// Conversation is what goes on in the rooms.
type Conversation interface {
	// Serve runs the whole conversation of one page and returns when it is over.
	Serve(ctx context.Context, p Peer) error
	// Counts says how many people wait in a room and how many are in its call.
	Counts(room wire.RoomID) (waiting, present int)
	// Changed says that the room's record was edited or a link of it renewed.
	Changed(room wire.RoomID)
	// Forget says that the room was deleted.
	Forget(room wire.RoomID)
}

// Machines is the fleet, as the office sees it.
type Machines interface {
	// Prewarm asks for a machine that boots and is held until the given time. Errors are
	// *fleet.Refused.
	Prewarm(ctx context.Context, room wire.RoomID, until time.Time) error
	CancelPrewarm(room wire.RoomID)
	// Stop stops a machine; fleet.ErrInUse while people are in it.
	Stop(ctx context.Context, id wire.MachineID) error
	Status() []MachineStatus
}

// Keys derives links and the keyed hashes that stand for addresses. *cred.Keys is one.
type Keys interface {
	LinkSecret(room wire.RoomID, role wire.Role, generation int) string
	Source(addr netip.Addr, now time.Time) string
}

// Books tells what the machines cost.
type Books interface {
	// Costs settles the time from (inclusive) until (exclusive); days are those of zone.
	Costs(ctx context.Context, from, until time.Time, zone *time.Location) (Costs, error)
}

// Check is one thing that /healthz looks at. Run returns nil, or in a few words what is wrong:
// these words are public, so no secret and no path may be in them.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
}

// Organisation is who runs the installation. Empty addresses mean the built-in text pages.
type Organisation struct {
	Name             string
	ImprintURL       string
	PrivacyURL       string
	AccessibilityURL string
}

// Limits bounds what strangers can take up. Zero values mean the defaults.
type Limits struct {
	Sockets          int     // open WebSockets of pages in all; 2000
	SocketsPerSource int     // of one source, which may be a whole town hall; 600
	OpensPerSecond   float64 // new sockets per second and source, twice SocketsPerSource at once; 50
	CallsPerSecond   float64 // API calls per second and source, 200 at once; 40
	DialsPerSecond   float64 // new connections of workers per second and source, 40 at once; 5
	MessagesPerSec   float64 // messages per second and socket, 60 at once; 20
	Queue            int     // messages that wait for a slow page before it is closed; 256
	// Ping is how often a page is asked whether it is still there; 25 s, because proxies drop
	// what is silent for 30 to 60 s. A page that is silent for Ping and 40 s is closed.
	Ping time.Duration
}

// Options is all that a Server needs. Log, PublicURL, Pages, Accounts, Rooms, Conversation,
// Machines, Books and Keys are required.
type Options struct {
	Log *slog.Logger
	Now func() time.Time // nil: time.Now

	PublicURL *url.URL // scheme and host of all links
	Listen    string   // address of the public listener
	// Certificate and Key are PEM files; both empty: plain HTTP. They are read again when they
	// change.
	Certificate, Key string
	MetricsListen    string // address of /metrics; empty: none
	// TrustedProxies are the peers whose X-Forwarded-For and X-Forwarded-Proto are believed.
	// Empty: nobody's.
	TrustedProxies []netip.Prefix

	Organisation Organisation
	Zone         *time.Location // of the days in the cost tables; nil: UTC
	// Pages holds what the web build made: *.html, assets/ and files for the root, at its top
	// or in a folder "dist".
	Pages fs.FS

	Accounts     Accounts
	Rooms        Rooms
	Conversation Conversation
	Machines     Machines
	Books        Books
	Keys         Keys
	Worker       http.Handler // of /api/v1/worker; nil: not found
	Checks       []Check
	// Passing reports errors of the store that may pass by themselves, such as a full disk:
	// callers are told unavailable rather than internal. Nil: none are known.
	Passing func(error) bool
	// Registry takes the metrics of this package and is what /metrics shows; nil: a new one.
	Registry *prometheus.Registry

	Limits Limits
}

func (l Limits) withDefaults() Limits {
	setDefault(&l.Sockets, 2000)
	setDefault(&l.SocketsPerSource, 600)
	setDefault(&l.OpensPerSecond, 50)
	setDefault(&l.CallsPerSecond, 40)
	setDefault(&l.DialsPerSecond, 5)
	setDefault(&l.MessagesPerSec, 20)
	setDefault(&l.Queue, 256)
	setDefault(&l.Ping, 25*time.Second)
	return l
}

func setDefault[T int | float64 | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}
