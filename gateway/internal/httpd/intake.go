package httpd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

// maxBody is the largest body of a call in bytes.
const maxBody = 64 << 10

// intake reads the body of a write into out, strictly: one JSON object of known fields, in
// UTF-8, and nothing after it. An empty body stands for {} when optional is set.
func intake(w http.ResponseWriter, r *http.Request, out any, optional bool) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse(CodeTooLarge, "the body has more than %d bytes", maxBody)
	case err != nil:
		return refuse(CodeMalformed, "the body could not be read")
	case optional && len(bytes.TrimSpace(body)) == 0:
		return nil
	}
	return decode(body, out)
}

// decode reads exactly one JSON object.
func decode(body []byte, out any) error {
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return refuse(CodeMalformed, "the body is not a JSON object")
	}
	if !utf8.Valid(body) {
		return refuse(CodeMalformed, "the body is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(out); err != nil {
		return malformed(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse(CodeMalformed, "something follows the JSON object")
	}
	return nil
}

// malformed names the field at fault but never repeats a value.
func malformed(err error) error {
	var own *Error
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &wrong):
		return refuse(CodeMalformed, "the field %q has the wrong type", wrong.Field)
	}
	return refuse(CodeMalformed, "not JSON, or a field that does not belong here")
}

// isJSON reports whether the request says that its body is JSON.
func isJSON(r *http.Request) bool {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return false
	}
	charset, given := parameters["charset"]
	return !given || charset == "utf-8" || charset == "UTF-8"
}

// optional is a field of a PATCH: absent, null, or a value.
type optional[T any] struct {
	Set   bool
	Null  bool
	Value T
}

// UnmarshalJSON is called for fields that are present only.
func (o *optional[T]) UnmarshalJSON(data []byte) error {
	o.Set = true
	if string(data) == "null" {
		o.Null = true
		return nil
	}
	return json.Unmarshal(data, &o.Value)
}

// reply writes a JSON answer. Answers are never stored by anybody: they belong to whoever is
// signed in.
func reply(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil { // only for values that cannot be JSON, which the tests rule out
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
