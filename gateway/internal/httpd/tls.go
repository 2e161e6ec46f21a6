package httpd

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// suites are those of TLS 1.2 that BSI TR-02102-2 recommends and Go has: forward secrecy and
// AES-GCM. ChaCha20-Poly1305 is not listed there. Those of TLS 1.3 are not configurable.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
}

// lookEvery is how often the certificate's files are looked at, at most.
const lookEvery = 10 * time.Second

// tlsConfig is nil without a certificate.
func (s *Server) tlsConfig() (*tls.Config, error) {
	if s.opts.Certificate == "" {
		return nil, nil
	}
	files := &certificate{cert: s.opts.Certificate, key: s.opts.Key, now: s.now, log: s.log}
	if err := files.load(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		CipherSuites:   suites,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: files.get,
	}, nil
}

// certificate is a certificate from files. When they change, which is seen at a handshake, it
// is loaded again; while the new one does not load, the old one stays.
type certificate struct {
	// immutable
	cert, key string
	now       func() time.Time
	log       *slog.Logger

	mu      sync.Mutex
	loaded  *tls.Certificate // guarded by mu
	version string           // times and sizes of the files last tried; guarded by mu
	looked  time.Time        // guarded by mu
}

func (c *certificate) load() error {
	version, err := c.look()
	if err != nil {
		return fmt.Errorf("look at certificate: %w", err)
	}
	c.version = version
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("load certificate: %w", err)
	}
	c.loaded = &pair
	return nil
}

func (c *certificate) look() (string, error) {
	version := ""
	for _, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return "", err
		}
		version += fmt.Sprintf("%d/%d ", info.ModTime().UnixNano(), info.Size())
	}
	return version, nil
}

// get holds the lock while it reads two small local files, at most every lookEvery.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= lookEvery {
		c.looked = now
		if version, err := c.look(); err != nil || version != c.version {
			c.reload()
		}
	}
	return c.loaded, nil
}

func (c *certificate) reload() {
	if err := c.load(); err != nil {
		c.log.Warn("the changed certificate does not load, the old one stays", "err", err)
		return
	}
	c.log.Info("certificate loaded again")
}
