package httpd

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// schema is as much of JSON Schema as the description uses.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Enum       []string          `json:"enum"`
	Required   []string          `json:"required"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Additional *schema           `json:"additionalProperties"`
}

type mediaType struct {
	Schema  schema `json:"schema"`
	Example any    `json:"example"`
}

type operation struct {
	OperationID string              `json:"operationId"`
	Security    *[]map[string][]any `json:"security"`
	RequestBody *struct {
		Content map[string]mediaType `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]mediaType `json:"content"`
	} `json:"responses"`
}

type document struct {
	OpenAPI    string                                `json:"openapi"`
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

func described(t *testing.T) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(description, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// operations are the described calls by "METHOD path".
func (d document) operations(t *testing.T) map[string]operation {
	t.Helper()
	all := map[string]operation{}
	for path, methods := range d.Paths {
		for method, raw := range methods {
			if method == "parameters" {
				continue
			}
			var o operation
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			all[strings.ToUpper(method)+" "+path] = o
		}
	}
	return all
}

// check reports where a value does not fit its schema: a required field that is missing, one
// that is not described, a wrong type, a word that is not in the list.
func (d document) check(s schema, value any, at string) []string {
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, "#/components/schemas/")
		found, known := d.Components.Schemas[name]
		if !known {
			return []string{at + ": no schema " + name}
		}
		return d.check(found, value, at)
	}
	if !fits(s.Type, value) {
		return []string{fmt.Sprintf("%s: %v is no %v", at, value, s.Type)}
	}
	var faults []string
	switch value := value.(type) {
	case map[string]any:
		for _, name := range s.Required {
			if _, found := value[name]; !found {
				faults = append(faults, at+"."+name+" is missing")
			}
		}
		for name, v := range value {
			if property, known := s.Properties[name]; known {
				faults = append(faults, d.check(property, v, at+"."+name)...)
			} else if s.Additional != nil {
				faults = append(faults, d.check(*s.Additional, v, at+"."+name)...)
			} else if s.Properties != nil {
				faults = append(faults, at+"."+name+" is not described")
			}
		}
	case []any:
		for i, v := range value {
			faults = append(faults, d.check(*s.Items, v, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case string:
		if s.Enum != nil && !slices.Contains(s.Enum, value) {
			faults = append(faults, at+": "+value+" is not in the list")
		}
	}
	return faults
}

func fits(kind, value any) bool {
	if several, ok := kind.([]any); ok {
		return slices.ContainsFunc(several, func(k any) bool { return fits(k, value) })
	}
	switch v := value.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "boolean"
	case string:
		return kind == "string"
	case float64:
		return kind == "number" || kind == "integer" && v == float64(int64(v))
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	}
	return false
}

func TestTheDescriptionHasTheRoutesAndNoOthers(t *testing.T) {
	r := newRig(t)
	operations := described(t).operations(t)
	described := slices.Sorted(maps.Keys(operations))
	real := []string{}
	for _, e := range r.server.endpoints() {
		real = append(real, e.method+" "+e.path)
		if o := operations[e.method+" "+e.path]; (o.Security != nil) != e.public {
			t.Errorf("%s %s: public is %v here", e.method, e.path, e.public)
		}
	}
	slices.Sort(real)
	if !slices.Equal(described, real) {
		t.Errorf("described\n%v\nreal\n%v", described, real)
	}
	ids := map[string]bool{}
	for name, o := range operations {
		if o.OperationID == "" || ids[o.OperationID] {
			t.Errorf("%s has the id %q", name, o.OperationID)
		}
		ids[o.OperationID] = true
		if method, path, _ := strings.Cut(name, " "); r.do(method, filled(path), "{}").StatusCode == 404 {
			t.Errorf("%s is not there", name)
		}
	}
}

func TestTheDescriptionsExamplesFitItsSchemas(t *testing.T) {
	d := described(t)
	if d.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %s", d.OpenAPI)
	}
	for name, o := range d.operations(t) {
		bodies := map[string]map[string]mediaType{}
		for status, response := range o.Responses {
			bodies[status] = response.Content
		}
		if o.RequestBody != nil {
			bodies["request"] = o.RequestBody.Content
		}
		for status, content := range bodies {
			for _, m := range content {
				if m.Example == nil {
					if status < "4" && o.OperationID != "openapi" {
						t.Errorf("%s %s has no example", name, status)
					}
					continue
				}
				for _, fault := range d.check(m.Schema, m.Example, name+" "+status) {
					t.Error(fault)
				}
			}
		}
	}
}

func TestEveryErrorCodeIsDescribed(t *testing.T) {
	enum := described(t).Components.Schemas["Error"].Properties["error"].Properties["code"].Enum
	for code := range statuses {
		if !slices.Contains(enum, string(code)) {
			t.Errorf("%s is not described", code)
		}
	}
	if len(enum) != len(statuses) {
		t.Errorf("%d codes described, %d known", len(enum), len(statuses))
	}
}

// full is a rig in which every field of every answer is filled.
func full(t *testing.T) *rig {
	r := costsRig(t)
	record := r.addRoom("room-one")
	record.StartsAt = noon
	record.Guest = room.Link{Generation: 2, KnockUntil: noon.Add(time.Hour)}
	r.rooms.rows["room-one"] = record
	r.machines.status = []MachineStatus{{
		Machine: "local-1", State: "serving", Since: noon, ETA: time.Second, PaidUntil: noon, HardStopAt: noon, PrewarmUntil: noon,
		Waiting: 1, Present: 2, Rooms: []wire.RoomID{"room-one"}, PricePerHour: 1, CanStop: true,
	}}
	return r
}

func TestRealAnswersFitTheirSchemas(t *testing.T) {
	d := described(t)
	operations := d.operations(t)
	calls := []struct{ name, query, body string }{
		{"GET /api/v1/settings", "", ""},
		{"GET /api/v1/me", "", ""},
		{"GET /api/v1/rooms", "", ""},
		{"POST /api/v1/rooms", "", `{"title":"x","starts_at":null}`},
		{"GET /api/v1/rooms/{room}", "", ""},
		{"PATCH /api/v1/rooms/{room}", "", `{"capacity":9}`},
		{"POST /api/v1/rooms/{room}/links", "", `{"role":"chair","old_knocks_hours":1}`},
		{"POST /api/v1/rooms/{room}/prewarm", "", `{"minutes":5}`},
		{"GET /api/v1/machines", "", ""},
		{"POST /api/v1/machines/{machine}/stop", "", "{}"},
		{"GET /api/v1/costs", "?month=2026-11", ""},
		{"GET /api/v1/costs", "?month=2026-10", ""},
	}
	for _, filledRig := range []bool{true, false} {
		for _, c := range calls {
			r := full(t)
			if !filledRig {
				r.machines.status = []MachineStatus{{Machine: "local-1", State: "off"}, {Machine: "local-2", State: "off", Rooms: []wire.RoomID{"room-one"}}}
				r.addRoom("room-one")
			}
			method, path, _ := strings.Cut(c.name, " ")
			a := r.do(method, filled(path)+c.query, c.body)
			response, known := operations[c.name].Responses[fmt.Sprint(a.StatusCode)]
			if !known {
				t.Fatalf("%s: %d is not described: %s", c.name, a.StatusCode, a.body)
			}
			for _, fault := range d.check(response.Content["application/json"].Schema, into[any](t, a), c.name) {
				t.Errorf("%s in %s", fault, a.body)
			}
		}
	}
}

func TestTheDescriptionIsServedToEverybody(t *testing.T) {
	r := newRig(t)
	a := r.want(r.do("GET", "/api/v1/openapi.json", ""), http.StatusOK, "")
	if a.Header.Get("Content-Type") != "application/json" || len(a.body) != len(description) {
		t.Errorf("%d bytes of %s", len(a.body), a.Header.Get("Content-Type"))
	}
}
