package wire

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

func zero(t reflect.Type) Message { return reflect.Zero(t).Interface().(Message) }

// fuzz holds for any input: no panic; a refusal is an *Error; what is accepted can be written
// and read again, and then stays the same.
func fuzz(f *testing.F, name string) {
	d := directions[name]
	for _, v := range vectors(f) {
		if v.Direction == name && len(v.data()) < 8<<10 {
			f.Add([]byte(v.data()))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := d.Decode(data)
		if err != nil {
			var fault *Error
			if !errors.As(err, &fault) {
				t.Fatalf("a refusal that nobody can be told: %v", err)
			}
			return
		}
		again(t, d, m)
	})
}

func again(t *testing.T, d Direction, m Message) {
	text := Encode(m)
	if len(text) > d.Limit() {
		return // escaping made it longer than it came
	}
	second, err := d.Decode(text)
	if err != nil {
		t.Fatalf("%s is refused: %v", text, err)
	}
	if third := Encode(second); !bytes.Equal(text, third) {
		t.Fatalf("%s became %s", text, third)
	}
}

func FuzzPageToGateway(f *testing.F)   { fuzz(f, "page_to_gateway") }
func FuzzGatewayToPage(f *testing.F)   { fuzz(f, "gateway_to_page") }
func FuzzWorkerToGateway(f *testing.F) { fuzz(f, "worker_to_gateway") }
func FuzzGatewayToWorker(f *testing.F) { fuzz(f, "gateway_to_worker") }
func FuzzPageToWorker(f *testing.F)    { fuzz(f, "page_to_worker") }
func FuzzWorkerToPage(f *testing.F)    { fuzz(f, "worker_to_page") }
