package cred

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// rootSize is the size of the root key in bytes.
const rootSize = 32

var encoding = base64.RawURLEncoding

// Keys derives everything from one root key. It is immutable and safe for concurrent use.
type Keys struct {
	root []byte
}

// FromRoot uses root as the root key; it must have at least 32 bytes of entropy.
func FromRoot(root []byte) *Keys {
	return &Keys{root: append([]byte(nil), root...)}
}

// Load reads the root key from a file, which it makes (mode 0600, synced) when there is
// none. A file that others may read is refused.
func Load(path string) (*Keys, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return create(path)
	case err != nil:
		return nil, fmt.Errorf("look at key file: %w", err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("key file %s can be read by others: run chmod 600 on it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	root, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(root) != rootSize {
		return nil, fmt.Errorf("key file %s does not hold %d bytes in hexadecimal", path, rootSize)
	}
	return &Keys{root: root}, nil
}

// create writes the file under another name first, so that a crash leaves no half key and
// two starts at once agree on one.
func create(path string) (*Keys, error) {
	root := make([]byte, rootSize)
	rand.Read(root)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of key file: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, fmt.Errorf("make key file: %w", err)
	}
	defer os.Remove(temporary.Name())
	defer temporary.Close()
	if _, err := fmt.Fprintf(temporary, "%x\n", root); err != nil {
		return nil, fmt.Errorf("write key file: %w", err)
	}
	if err := temporary.Sync(); err != nil {
		return nil, fmt.Errorf("sync key file: %w", err)
	}
	if err := os.Link(temporary.Name(), path); errors.Is(err, fs.ErrExist) {
		return Load(path)
	} else if err != nil {
		return nil, fmt.Errorf("name key file: %w", err)
	}
	return &Keys{root: root}, nil
}

// key is the key of one purpose.
func (k *Keys) key(purpose string) []byte {
	out, err := hkdf.Key(sha256.New, k.root, nil, "weckruf "+purpose, 32)
	if err != nil {
		panic("cred: derive " + purpose + ": " + err.Error()) // only for lengths over 8160 bytes
	}
	return out
}

func (k *Keys) mac(purpose string, parts ...string) []byte {
	h := hmac.New(sha256.New, k.key(purpose))
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part) // lengths keep ("ab","c") from ("a","bc")
	}
	return h.Sum(nil)
}
