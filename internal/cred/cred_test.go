package cred

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"weckruf/internal/wire"
)

var keys = FromRoot([]byte("0123456789abcdef0123456789abcdef"))

func TestKeyFileIsMadeOnceAndReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "key")
	secrets := make([]string, 8)
	var starts sync.WaitGroup
	for i := range secrets {
		starts.Go(func() {
			k, err := Load(path)
			if err != nil {
				t.Error(err)
				return
			}
			secrets[i] = k.LinkSecret("rat", wire.RoleGuest, 1)
		})
	}
	starts.Wait()
	for _, s := range secrets[1:] {
		if s != secrets[0] {
			t.Fatal("two starts at once used different keys")
		}
	}
}

func TestKeyFileThatIsWrongIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
		says    string
	}{
		"readable by others": {strings.Repeat("ab", 32), 0o644, "chmod 600"},
		"too short":          {"abcd", 0o600, "32 bytes"},
		"not hexadecimal":    {strings.Repeat("zz", 32), 0o600, "hexadecimal"},
		"empty":              {"", 0o600, "32 bytes"},
	} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(c.content), c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want an error that says %q", name, err, c.says)
		}
	}
}

func TestLinkSecretsDifferInEveryPart(t *testing.T) {
	seen := map[string]string{}
	for _, room := range []wire.RoomID{"rat", "bau"} {
		for _, role := range []wire.Role{wire.RoleChair, wire.RoleGuest} {
			for generation := 1; generation <= 3; generation++ {
				secret := keys.LinkSecret(room, role, generation)
				if len(secret) != 22 {
					t.Fatalf("secret has %d characters, want 22 for 128 bits", len(secret))
				}
				if other, twice := seen[secret]; twice {
					t.Fatalf("secret of %s/%s/%d is that of %s", room, role, generation, other)
				}
				seen[secret] = string(room) + string(role)
				if !keys.MatchLink(secret, room, role, generation) || keys.MatchLink(secret, room, role, generation+1) {
					t.Fatal("a secret matches its own generation and no other")
				}
			}
		}
	}
	if other := FromRoot([]byte("another root key of 32 bytes....")); other.MatchLink(keys.LinkSecret("rat", wire.RoleChair, 1), "rat", wire.RoleChair, 1) {
		t.Fatal("a secret of another installation was taken")
	}
}

func TestResumeTokens(t *testing.T) {
	now := time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC)
	stay := Stay{Room: "rat", Participant: 7, Role: wire.RoleGuest, Admitted: true, Expires: now.Add(time.Hour)}
	token := keys.Resume(stay)
	if got, err := keys.OpenResume(token, now); err != nil || got != stay {
		t.Fatalf("got %+v, %v", got, err)
	}
	if _, err := keys.OpenResume(token, now.Add(time.Hour)); !errors.Is(err, ErrExpired) {
		t.Errorf("at its expiry: got %v, want ErrExpired", err)
	}
	for _, forged := range []string{"", ".", "a.b", token + "x", "x" + token, keys.Sign("other", []byte("{}")), strings.Split(token, ".")[0]} {
		if _, err := keys.OpenResume(forged, now); !errors.Is(err, ErrToken) {
			t.Errorf("%.20q…: got %v, want ErrToken", forged, err)
		}
	}
}

// Published example values exist for HMAC-SHA1 only; this one was computed with
// `printf '1700000000:abc' | openssl dgst -sha1 -hmac secret -binary | base64`.
func TestTURNCredential(t *testing.T) {
	username, password := TURNCredential([]byte("secret"), "abc", time.Unix(1_700_000_000, 0))
	if username != "1700000000:abc" || password != "JHgegmW+/B84iarkT5SFAOC1Iqw=" {
		t.Errorf("got %q %q", username, password)
	}
}

func TestSourceHidesTheAddressAndTurnsDaily(t *testing.T) {
	day := time.Date(2026, 11, 23, 23, 59, 0, 0, time.UTC)
	source := func(addr string, at time.Time) string { return keys.Source(netip.MustParseAddr(addr), at) }
	if source("192.0.2.1", day) != source("::ffff:192.0.2.1", day) {
		t.Error("a mapped address is another source")
	}
	if source("2001:db8::1", day) != source("2001:db8::2", day) || source("2001:db8::1", day) == source("2001:db8:0:1::1", day) {
		t.Error("IPv6 sources are counted by /64")
	}
	if source("192.0.2.1", day) == source("192.0.2.1", day.Add(time.Hour)) {
		t.Error("the hash did not turn at midnight")
	}
	if strings.Contains(source("192.0.2.1", day), "192") {
		t.Error("the hash shows the address")
	}
}

func TestNewIDs(t *testing.T) {
	for range 100 {
		if !NewRoom().Valid() || !NewConnection().Valid() || NewParticipant() == 0 {
			t.Fatal("a new id is not valid")
		}
	}
}

func FuzzOpenResume(f *testing.F) {
	f.Add(keys.Resume(Stay{Room: "rat", Participant: 7, Role: wire.RoleGuest, Expires: time.Unix(1, 0)}))
	f.Add("a.b")
	f.Fuzz(func(t *testing.T, token string) {
		stay, err := keys.OpenResume(token, time.Unix(0, 0))
		if err == nil && keys.Resume(stay) != token {
			t.Errorf("a token was taken that is not ours")
		}
	})
}
