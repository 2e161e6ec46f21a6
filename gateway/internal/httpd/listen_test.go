package httpd

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// running starts Run and returns a function that ends it and waits.
func (r *rig) running() (stop func()) {
	r.Helper()
	if err := r.server.Listen(); err != nil {
		r.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.server.Run(ctx) }()
	var once atomic.Bool
	stop = func() {
		if cancel(); once.Swap(true) {
			return
		}
		if err := <-ended; err != nil {
			r.Errorf("Run: %v", err)
		}
	}
	r.Cleanup(stop)
	return stop
}

// get makes a request with a client of its own.
func get(t *testing.T, address string, encryption *tls.Config) *http.Response {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: encryption, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response
}

func TestRunServesPagesAndMetricsOnTheirOwnListeners(t *testing.T) {
	r := newRig(t)
	stop := r.running()
	public, metrics := "http://"+r.server.Addr().String(), "http://"+r.server.MetricsAddr().String()
	for address, want := range map[string]int{
		public + "/healthz": 200, public + "/metrics": 404, metrics + "/metrics": 200, metrics + "/healthz": 404, metrics + "/": 404,
	} {
		if got := get(t, address, nil).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", address, got, want)
		}
	}
	stop()
	if conn, err := net.Dial("tcp", r.server.Addr().String()); err == nil {
		conn.Close()
		t.Error("it listens after its end")
	}
}

func TestTheEndTellsPagesToComeBackAndLetsAnswersFinish(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	r := newRig(t, func(o *Options) {
		o.Worker = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-release
			w.WriteHeader(http.StatusTeapot)
		})
	})
	stop := r.running()
	base := "http://" + r.server.Addr().String()
	conn, _, err := websocket.Dial(t.Context(), base+pathJoin, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	r.say(conn, goodLook)
	r.hear(conn)
	answered := make(chan int, 1)
	go func() { answered <- get(t, base+pathWorker, nil).StatusCode }()
	<-entered
	go stop()
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Errorf("the page's socket ended with %v", err)
	}
	close(release)
	if status := <-answered; status != http.StatusTeapot {
		t.Errorf("the answer that was being written: %d", status)
	}
}

func TestListenNamesWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, tune := range map[string]func(*Options){
		"the public address is taken":  func(o *Options) { o.Listen = taken.Addr().String() },
		"the metrics address is taken": func(o *Options) { o.MetricsListen = taken.Addr().String() },
		"no such certificate":          func(o *Options) { o.Certificate, o.Key = "/nowhere/c", "/nowhere/k" },
	} {
		r := newRig(t, tune)
		if err := r.server.Run(t.Context()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// writeCertificate makes a self-signed certificate with a serial number.
func writeCertificate(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		stamp := time.Unix(1_700_000_000+serial, 0) // files may be written within one tick
		if err := os.Chtimes(name, stamp, stamp); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// insecure trusts any certificate: these tests look at it themselves.
func insecure(change ...func(*tls.Config)) *tls.Config {
	c := &tls.Config{InsecureSkipVerify: true}
	for _, f := range change {
		f(c)
	}
	return c
}

func TestHTTPSHasModernEncryptionAndReloadsItsCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := writeCertificate(t, dir, 1)
	var passed atomic.Int64 // seconds
	r := newRig(t, func(o *Options) {
		o.Certificate, o.Key = cert, key
		o.Now = func() time.Time { return noon.Add(time.Duration(passed.Load()) * time.Second) }
	})
	r.running()
	address := "https://" + r.server.Addr().String() + "/healthz"
	serial := func() int64 {
		return get(t, address, insecure()).TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	first := get(t, address, insecure())
	if first.Header.Get("Strict-Transport-Security") != twoYears || first.TLS.Version != tls.VersionTLS13 || first.ProtoMajor != 2 {
		t.Errorf("%v over %s by %x", first.Header, first.Proto, first.TLS.Version)
	}
	writeCertificate(t, dir, 2)
	passed.Add(60)
	if got := serial(); got != 2 {
		t.Errorf("after the change the certificate is %d", got)
	}
	if err := os.WriteFile(cert, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	passed.Add(60)
	if got := serial(); got != 2 {
		t.Errorf("after a broken change the certificate is %d", got)
	}
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	passed.Add(60)
	if got := serial(); got != 2 {
		t.Errorf("after its removal the certificate is %d", got)
	}
	writeCertificate(t, dir, 3)
	passed.Add(60)
	if got := serial(); got != 3 {
		t.Errorf("after it was mended the certificate is %d", got)
	}
}

func TestOldEncryptionIsRefused(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	r := newRig(t, func(o *Options) { o.Certificate, o.Key = cert, key })
	r.running()
	for name, c := range map[string]struct {
		encryption *tls.Config
		good       bool
	}{
		"TLS 1.1": {insecure(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }), false},
		"TLS 1.2 with AES-GCM": {insecure(func(c *tls.Config) {
			c.MaxVersion = tls.VersionTLS12
			c.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
		}), true},
		"TLS 1.2 with ChaCha20": {insecure(func(c *tls.Config) {
			c.MaxVersion = tls.VersionTLS12
			c.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}
		}), false},
		"TLS 1.2 with CBC": {insecure(func(c *tls.Config) {
			c.MaxVersion = tls.VersionTLS12
			c.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
		}), false},
	} {
		conn, err := tls.Dial("tcp", r.server.Addr().String(), c.encryption)
		if err == nil {
			conn.Close()
		}
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPagesHaveASocketOverHTTPS(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	r := newRig(t, func(o *Options) { o.Certificate, o.Key = cert, key })
	r.running()
	transport := &http.Transport{TLSClientConfig: insecure()}
	defer transport.CloseIdleConnections()
	base := "https://" + r.server.Addr().String()
	conn, _, err := websocket.Dial(t.Context(), base+pathJoin, &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, HTTPHeader: http.Header{"Origin": {base}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	r.say(conn, goodLook)
	if m := r.hear(conn); m.Kind() != "lobby" {
		t.Errorf("answer %+v", m)
	}
}

func TestSlowPeersHaveDeadlines(t *testing.T) {
	s := newServer(http.NotFoundHandler())
	if s.ReadHeaderTimeout != headersWithin || s.ReadTimeout != requestWithin || s.WriteTimeout != answerWithin ||
		s.IdleTimeout != idleAtMost || s.MaxHeaderBytes != maxHeaders {
		t.Errorf("the server is %+v", s)
	}
	r := newRig(t)
	r.running()
	conn, err := net.Dial("tcp", r.server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 64<<10))
	answer := make([]byte, 12)
	if _, err := io.ReadFull(conn, answer); err == nil && string(answer) != "HTTP/1.1 431" {
		t.Errorf("64 KiB of headers were answered by %q", answer)
	}
}

func TestHealthNamesWhatIsWrong(t *testing.T) {
	broken := errors.New("does not answer")
	for _, c := range []struct {
		checks []Check
		status int
		body   string
	}{
		{nil, 200, `{"status":"ok"}`},
		{[]Check{{"store", func(context.Context) error { return nil }}}, 200, `{"status":"ok"}`},
		{
			[]Check{{"store", func(context.Context) error { return nil }}, {"cloud", func(context.Context) error { return broken }}}, 503,
			`{"status":"degraded","reasons":[{"check":"cloud","detail":"does not answer"}]}`,
		},
	} {
		r := newRig(t, func(o *Options) { o.Checks = c.checks })
		a := r.do("GET", "/healthz", "")
		if a.StatusCode != c.status || strings.TrimSpace(string(a.body)) != c.body {
			t.Errorf("%d %s, want %d %s", a.StatusCode, a.body, c.status, c.body)
		}
	}
}

func TestOptionsAreCheckedAllAtOnce(t *testing.T) {
	_, err := New(Options{Certificate: "x"})
	if err == nil {
		t.Fatal("empty options were taken")
	}
	for _, name := range []string{"Log", "PublicURL", "Pages", "Accounts", "Rooms", "Conversation", "Machines", "Books", "Keys", "Certificate"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in %v", name, err)
		}
	}
}
