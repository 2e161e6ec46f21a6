package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Message is one message of the protocol.
type Message interface {
	// Kind is the value of the field "type".
	Kind() string
	// Check reports the first value that is out of range, or nil.
	Check() error
}

// Direction is the set of messages that one side may send to another.
type Direction struct {
	name  string
	limit int
	kinds map[string]reflect.Type
}

// The directions of the protocol.
var (
	// PageToGateway is what a browser may send to the gateway.
	PageToGateway = direction("page to gateway", MaxPageMessage,
		Look{}, Enter{}, Offer{}, Leave{}, Admit{}, Remove{})
	// GatewayToPage is what the gateway sends to a browser.
	GatewayToPage = direction("gateway to page", MaxPageMessage,
		View{}, Refusal{}, Place{}, Lobby{}, Ready{}, Answer{}, Roster{}, Lost{}, Removed{}, Replaced{}, Fault{})
	// WorkerToGateway is what a worker may send to the gateway.
	WorkerToGateway = direction("worker to gateway", MaxLinkMessage,
		Hello{}, Proof{}, Have{}, Tested{}, Joined{}, JoinFailed{}, Parted{}, Usage{}, Drained{}, Beat{})
	// GatewayToWorker is what the gateway sends to a worker.
	GatewayToWorker = direction("gateway to worker", MaxLinkMessage,
		Challenge{}, Welcome{}, Reject{}, Join{}, Part{}, Drain{}, Recall{}, UsageAck{}, Beat{})
	// PageToWorker is what a browser sends on DataChannel 0.
	PageToWorker = direction("page to worker", MaxPageMessage, Wishes{}, Sources{})
	// WorkerToPage is what a worker sends on DataChannel 0.
	WorkerToPage = direction("worker to page", MaxPageMessage, Slots{}, People{}, Speaker{}, Quality{})
)

func direction(name string, limit int, messages ...Message) Direction {
	kinds := make(map[string]reflect.Type, len(messages))
	for _, m := range messages {
		kinds[m.Kind()] = reflect.TypeOf(m)
	}
	return Direction{name: name, limit: limit, kinds: kinds}
}

// Limit is the size in bytes of the largest message in this direction.
func (d Direction) Limit() int { return d.limit }

// Kinds returns the message types of the direction, in no particular order.
func (d Direction) Kinds() []string {
	kinds := make([]string, 0, len(d.kinds))
	for kind := range d.kinds {
		kinds = append(kinds, kind)
	}
	return kinds
}

// Decode reads one message, which is returned as a value (Look, not *Look). All errors are
// of type *Error. It is safe for concurrent use.
func (d Direction) Decode(data []byte) (Message, error) {
	if len(data) > d.limit {
		return nil, &Error{Code: CodeTooLarge, Detail: fmt.Sprintf("%d bytes, at most %d", len(data), d.limit)}
	}
	var head struct {
		Type *string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, &Error{Code: CodeMalformed, Detail: "not a JSON object"}
	}
	if head.Type == nil {
		return nil, &Error{Code: CodeMalformed, Detail: `the field "type" is missing`}
	}
	kind, known := d.kinds[*head.Type]
	if !known {
		return nil, &Error{Code: CodeUnknownType, Detail: d.name}
	}
	value := reflect.New(kind)
	if err := json.Unmarshal(data, value.Interface()); err != nil {
		return nil, &Error{Code: CodeMalformed, Re: *head.Type, Detail: "a field has the wrong type"}
	}
	message := value.Elem().Interface().(Message)
	if err := message.Check(); err != nil {
		return nil, &Error{Code: CodeMalformed, Re: *head.Type, Detail: err.Error()}
	}
	return message, nil
}

// Encode writes one message; a list that is nil is written as [], never as null, for pages
// take it for a list. It panics only when a message type cannot be represented in JSON, which
// the vectors rule out. The result must not be changed: that of a Shared belongs
// to all its receivers.
func Encode(m Message) []byte {
	if shared, ok := m.(*Shared); ok {
		return shared.encode()
	}
	body, err := json.Marshal(withLists(m))
	if err != nil {
		panic(fmt.Sprintf("wire: encode %s: %v", m.Kind(), err))
	}
	var out bytes.Buffer
	out.Grow(len(body) + len(m.Kind()) + 12)
	out.WriteString(`{"type":"`)
	out.WriteString(m.Kind())
	out.WriteByte('"')
	if len(body) > 2 {
		out.WriteByte(',')
	}
	out.Write(body[1:])
	return out.Bytes()
}

// withLists is a copy of m whose nil lists are empty ones. Byte strings stay as they are.
func withLists(m Message) any {
	whole := reflect.New(reflect.Indirect(reflect.ValueOf(m)).Type()).Elem()
	whole.Set(reflect.Indirect(reflect.ValueOf(m)))
	for i := range whole.NumField() {
		f := whole.Field(i)
		if f.Kind() == reflect.Slice && f.IsNil() && f.Type().Elem().Kind() != reflect.Uint8 {
			f.Set(reflect.MakeSlice(f.Type(), 0, 0))
		}
	}
	return whole.Interface()
}
