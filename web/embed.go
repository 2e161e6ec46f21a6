// Package web carries the built pages inside the gateway, so that one file is the whole program.
package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

// dist holds what Vite built. A checkout holds dist/.gitkeep alone, so that this compiles
// before the pages have been built.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that the gateway was compiled before the pages were.
var ErrNotBuilt = errors.New("the web pages are not built yet: run npm ci && npm run build in web/, then compile the gateway again")

// Pages returns the built pages, rooted where index.html, room.html and assets/ lie.
// It fails with ErrNotBuilt when the build is missing. The result is immutable and may be
// read from many goroutines.
func Pages() (fs.FS, error) {
	return rooted(dist)
}

func rooted(built fs.FS) (fs.FS, error) {
	pages, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, fmt.Errorf("open the web pages: %w", err)
	}
	for _, page := range []string{"index.html", "room.html"} {
		if _, err := fs.Stat(pages, page); errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNotBuilt
		} else if err != nil {
			return nil, fmt.Errorf("open the page %s: %w", page, err)
		}
	}
	return pages, nil
}
