package httpd

import (
	_ "embed"
	"net/http"
)

// description is the API in OpenAPI 3.1. The tests hold it against the routes and the answers.
//
//go:embed openapi.json
var description []byte

func (s *Server) openapi(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", ask)
	w.Write(description)
	return nil
}
