package httpd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"weckruf/gateway/internal/account"
	"weckruf/gateway/internal/room"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is the time of the tests' clock, which stands still.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// tokens is an account.Store in memory.
type tokens struct {
	mu   sync.Mutex
	good map[string]time.Time
	err  error
}

func (s *tokens) put(hash string, expires time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.good[hash] = expires
	return s.err
}

func (s *tokens) PutInvite(_ context.Context, hash string, expires time.Time) error {
	return s.put(hash, expires)
}
func (s *tokens) PutSession(_ context.Context, hash string, expires time.Time) error {
	return s.put(hash, expires)
}
func (s *tokens) Session(_ context.Context, hash string, now time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.good[hash]), s.err
}
func (s *tokens) TakeInvite(ctx context.Context, hash string, now time.Time) (bool, error) {
	good, err := s.Session(ctx, hash, now)
	return good, errors.Join(err, s.DropSession(ctx, hash))
}
func (s *tokens) DropSession(_ context.Context, hash string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.good, hash)
	return s.err
}

// table is a Rooms in memory.
type table struct {
	mu   sync.Mutex
	rows map[wire.RoomID]room.Record
	err  error
}

func (t *table) Rooms(context.Context) ([]room.Record, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]room.Record, 0, len(t.rows))
	for _, r := range t.rows {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b room.Record) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return list, t.err
}

func (t *table) Room(_ context.Context, id wire.RoomID) (room.Record, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, found := t.rows[id]
	if !found {
		return room.Record{}, errors.Join(t.err, room.ErrNotFound)
	}
	return r, t.err
}

func (t *table) PutRoom(_ context.Context, r room.Record) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.rows[r.ID] = r
	}
	return t.err
}

func (t *table) DeleteRoom(_ context.Context, id wire.RoomID) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, id)
	return t.err
}

// talk is a Conversation that keeps what it was told. Serve defaults to echo.
type talk struct {
	serve func(ctx context.Context, p room.Peer) error

	mu               sync.Mutex
	waiting, present int
	told             []string
	got              []wire.Message
}

func (c *talk) Serve(ctx context.Context, p room.Peer) error {
	if c.serve != nil {
		return c.serve(ctx, p)
	}
	return c.echo(ctx, p)
}

// echo answers a good message with View or Lobby and a bad one with its Fault.
func (c *talk) echo(ctx context.Context, p room.Peer) error {
	for {
		m, err := p.Receive(ctx)
		var fault *wire.Error
		switch {
		case errors.As(err, &fault):
			p.Send(fault.Fault())
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		default:
			c.mu.Lock()
			c.got = append(c.got, m)
			c.mu.Unlock()
			p.Send(wire.Lobby{Machine: wire.MachineOff})
		}
	}
}

func (c *talk) Counts(wire.RoomID) (int, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting, c.present
}

func (c *talk) tell(word string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, word)
}
func (c *talk) Changed(id wire.RoomID) { c.tell("changed " + string(id)) }
func (c *talk) Forget(id wire.RoomID)  { c.tell("forget " + string(id)) }

// machines is a Machines that keeps what it was asked.
type machines struct {
	mu     sync.Mutex
	status []MachineStatus
	err    error
	asked  []string
}

func (m *machines) ask(word string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, word)
	return m.err
}
func (m *machines) Prewarm(_ context.Context, id wire.RoomID, until time.Time) error {
	return m.ask("prewarm " + string(id) + " " + until.Format(time.RFC3339))
}
func (m *machines) CancelPrewarm(id wire.RoomID) { m.ask("cancel " + string(id)) }
func (m *machines) Stop(_ context.Context, id wire.MachineID) error {
	return m.ask("stop " + string(id))
}
func (m *machines) Status() []MachineStatus { return m.status }

type books struct {
	costs func(from, until time.Time) Costs
	err   error
}

func (b *books) Costs(_ context.Context, from, until time.Time, _ *time.Location) (Costs, error) {
	if b.costs == nil {
		return Costs{}, b.err
	}
	return b.costs(from, until), b.err
}

// rig is a server with fakes behind it and a client before it.
type rig struct {
	*testing.T
	server   *Server
	http     *httptest.Server
	desk     *account.Desk
	tokens   *tokens
	rooms    *table
	talk     *talk
	machines *machines
	books    *books
	log      *bytes.Buffer
	logging  sync.Mutex
	cookie   string
}

func (r *rig) Write(p []byte) (int, error) {
	r.logging.Lock()
	defer r.logging.Unlock()
	return r.log.Write(p)
}

// logged is all that was logged so far.
func (r *rig) logged() string {
	r.logging.Lock()
	defer r.logging.Unlock()
	return r.log.String()
}

var built = fstest.MapFS{
	"dist/index.html":              {Data: []byte("<title>index</title>")},
	"dist/room.html":               {Data: []byte("<title>room</title>")},
	"dist/organise.html":           {Data: []byte("<title>organise</title>")},
	"dist/finance.html":            {Data: []byte("<title>finance</title>")},
	"dist/signin.html":             {Data: []byte("<title>signin</title>")},
	"dist/text.html":               {Data: []byte("<title>text</title>")},
	"dist/favicon.svg":             {Data: []byte("<svg/>")},
	"dist/.gitkeep":                {Data: []byte("")},
	"dist/assets/room-abc.js":      {Data: []byte("console.log(1)")},
	"dist/assets/room-abc.js.br":   {Data: []byte("BROTLI")},
	"dist/assets/room-abc.js.gz":   {Data: []byte("GZIP")},
	"dist/assets/style-abc.css":    {Data: []byte("a{}")},
	"dist/assets/vendor-abc.js":    {Data: []byte("console.log(2)")},
	"dist/assets/vendor-abc.js.gz": {Data: []byte("GZIP2")},
}

// newRig builds a server and serves its handler. Tune may change the options.
func newRig(t *testing.T, tune ...func(*Options)) *rig {
	t.Helper()
	r := &rig{
		T: t, tokens: &tokens{good: map[string]time.Time{}}, rooms: &table{rows: map[wire.RoomID]room.Record{}},
		talk: &talk{}, machines: &machines{}, books: &books{}, log: &bytes.Buffer{},
	}
	r.desk = account.New(r.tokens, func() time.Time { return noon })
	opts := Options{
		Log: slog.New(slog.NewTextHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { return noon }, PublicURL: &url.URL{Scheme: "https", Host: "treffen.example"},
		Listen: "127.0.0.1:0", MetricsListen: "127.0.0.1:0",
		Organisation: Organisation{Name: "Gemeinde", ImprintURL: "https://treffen.example/i"},
		Pages:        built, Accounts: r.desk, Rooms: r.rooms, Conversation: r.talk, Machines: r.machines, Books: r.books,
		Keys:   cred.FromRoot(bytes.Repeat([]byte{7}, 32)),
		Worker: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }),
	}
	for _, f := range tune {
		f(&opts)
	}
	var err error
	if r.server, err = New(opts); err != nil {
		t.Fatalf("New: %v", err)
	}
	r.http = httptest.NewServer(r.server.Handler())
	r.http.Client().Transport.(*http.Transport).DisableCompression = true
	t.Cleanup(func() {
		r.server.Drain(t.Context())
		r.http.Client().CloseIdleConnections()
		r.http.Close()
	})
	return r
}

// signedIn gives the rig a session.
func (r *rig) signedIn() *rig {
	r.Helper()
	token, err := r.desk.NewInvite(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	if r.cookie, _, err = r.desk.SignIn(r.Context(), "rig", token); err != nil {
		r.Fatal(err)
	}
	return r
}

// request makes a request as the rig's own pages would. Change may spoil it.
func (r *rig) request(method, path, body string, change ...func(*http.Request)) *http.Request {
	r.Helper()
	q, err := http.NewRequestWithContext(r.Context(), method, r.http.URL+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	if method != http.MethodGet && method != http.MethodHead {
		q.Header.Set("Origin", "https://treffen.example")
		q.Header.Set("Content-Type", "application/json")
	}
	if r.cookie != "" {
		q.AddCookie(&http.Cookie{Name: cookieName, Value: r.cookie})
	}
	for _, f := range change {
		f(q)
	}
	return q
}

// answer is a response whose body was read.
type answer struct {
	*http.Response
	body []byte
}

func (r *rig) send(q *http.Request) answer {
	r.Helper()
	client := *r.http.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(q)
	if err != nil {
		r.Fatalf("%s %s: %v", q.Method, q.URL.Path, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		r.Fatalf("%s %s: %v", q.Method, q.URL.Path, err)
	}
	return answer{response, body}
}

func (r *rig) do(method, path, body string, change ...func(*http.Request)) answer {
	r.Helper()
	return r.send(r.request(method, path, body, change...))
}

// code is the error code of an answer, or "".
func (a answer) code() Code {
	var body errorBody
	if json.Unmarshal(a.body, &body) != nil {
		return ""
	}
	return body.Error.Code
}

// want fails unless the answer has the status and, from 400 on, the code.
func (r *rig) want(a answer, status int, code Code) answer {
	r.Helper()
	if a.StatusCode != status || a.code() != code {
		r.Fatalf("%s %s: %d %q, want %d %q\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, a.code(), status, code, a.body)
	}
	return a
}

// into reads a JSON answer.
func into[T any](t *testing.T, a answer) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(a.body, &out); err != nil {
		t.Fatalf("answer %q: %v", a.body, err)
	}
	return out
}

// addRoom puts a room into the table.
func (r *rig) addRoom(id wire.RoomID) room.Record {
	record := room.Record{
		ID: id, Title: "Gemeinderat", WaitingRoom: true, Capacity: 100, CreatedAt: noon,
		Chair: room.Link{Generation: 1}, Guest: room.Link{Generation: 1},
	}
	r.rooms.rows[id] = record
	return record
}
