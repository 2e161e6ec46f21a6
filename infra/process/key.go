package process

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// provisionKey returns the public half of the key in the file, which it makes when missing:
// the Ed25519 seed (RFC 8032 §5.1.5) in hexadecimal, for the worker alone.
func provisionKey(path string) (ed25519.PublicKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s does not hold a seed of %d bytes", path, ed25519.SeedSize)
	}
	return public(seed), nil
}

func newKey(path string) (ed25519.PublicKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed)
	if err := os.WriteFile(path, fmt.Appendf(nil, "%x\n", seed), 0o600); err != nil {
		return nil, err
	}
	return public(seed), nil
}

func public(seed []byte) ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
}
