package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// vector is one entry of testdata/vectors.json. The pages' tests read the same file: every
// valid message must be understood by both, every invalid one refused with its code here.
type vector struct {
	Direction string          `json:"direction"`
	Valid     bool            `json:"valid"`
	Note      string          `json:"note"`
	Code      Code            `json:"code"`    // of the refusal
	Message   json.RawMessage `json:"message"` // or
	Text      *string         `json:"text"`    // what is not even an object
}

func (v vector) data() []byte {
	if v.Text != nil {
		return []byte(*v.Text)
	}
	return v.Message
}

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

var directions = map[string]Direction{
	"page_to_gateway":   PageToGateway,
	"gateway_to_page":   GatewayToPage,
	"worker_to_gateway": WorkerToGateway,
	"gateway_to_worker": GatewayToWorker,
	"page_to_worker":    PageToWorker,
	"worker_to_page":    WorkerToPage,
}

func TestVectorsAreUnderstoodAndWrittenTheSameWay(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Direction+"/"+v.Note, func(t *testing.T) {
			d, known := directions[v.Direction]
			if !known {
				t.Fatal("no such direction")
			}
			m, err := d.Decode(v.data())
			if v.Valid {
				sameText(t, v, m, err)
				return
			}
			var fault *Error
			if !errors.As(err, &fault) || fault.Code != v.Code {
				t.Fatalf("got %v, %v; want a refusal with %q", m, err, v.Code)
			}
		})
	}
}

func sameText(t *testing.T, v vector, m Message, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if got := Encode(m); !bytes.Equal(got, v.Message) {
		t.Fatalf("written as\n%s\nbut read from\n%s", got, v.Message)
	}
}

func TestEveryKindOfEveryDirectionHasAVector(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range vectors(t) {
		var head struct {
			Type string `json:"type"`
		}
		if v.Valid && json.Unmarshal(v.Message, &head) == nil {
			seen[v.Direction+" "+head.Type] = true
		}
	}
	for name, d := range directions {
		for _, kind := range d.Kinds() {
			if !seen[name+" "+kind] {
				t.Errorf("no vector for %s of %s", kind, name)
			}
		}
	}
}

func TestUnknownFieldsAreIgnoredSoThatNewerPeersAreUnderstood(t *testing.T) {
	m, err := PageToGateway.Decode([]byte(`{"type":"enter","name":"Jörg","pronouns":"they","a":[{}]}`))
	if err != nil || m != (Enter{Name: "Jörg"}) {
		t.Fatalf("got %#v, %v", m, err)
	}
}

func TestTheLinkTakesLargerMessagesThanThePages(t *testing.T) {
	padded := func(n int) []byte {
		const frame = `{"type":"beat","connections":1,"x":""}`
		return []byte(strings.Replace(frame, `""`, `"`+strings.Repeat("x", n-len(frame))+`"`, 1))
	}
	if _, err := WorkerToGateway.Decode(padded(MaxLinkMessage)); err != nil {
		t.Error(err)
	}
	var fault *Error
	if _, err := WorkerToGateway.Decode(padded(MaxLinkMessage + 1)); !errors.As(err, &fault) || fault.Code != CodeTooLarge {
		t.Errorf("one byte more: %v", err)
	}
}

// A page calls .map on every list: a null would break it.
func TestEmptyListsAreWrittenAsLists(t *testing.T) {
	for _, d := range directions {
		for kind, typ := range d.kinds {
			text := string(Encode(zero(typ)))
			if kind == "challenge" || kind == "welcome" || kind == "proof" || kind == "drained" {
				continue // byte strings, whose length Check demands
			}
			if strings.Contains(text, "null") {
				t.Errorf("%s of %s: %s", kind, d.name, text)
			}
		}
	}
}

func TestAPointerIsWrittenLikeItsMessage(t *testing.T) {
	if got := string(Encode(&Roster{})); got != `{"type":"roster","people":[]}` {
		t.Error(got)
	}
}
