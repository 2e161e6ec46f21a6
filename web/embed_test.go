package web

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
)

func TestPagesAreRootedAtTheBuild(t *testing.T) {
	built := fstest.MapFS{
		"dist/index.html":      {Data: []byte("landing")},
		"dist/room.html":       {Data: []byte("room")},
		"dist/assets/room.css": {Data: []byte("css")},
	}
	pages, err := rooted(built)
	if err != nil {
		t.Fatal(err)
	}
	got, err := fs.ReadFile(pages, "assets/room.css")
	if err != nil || string(got) != "css" {
		t.Fatalf("assets/room.css = %q, %v", got, err)
	}
}

func TestAMissingBuildIsNamed(t *testing.T) {
	for name, built := range map[string]fstest.MapFS{
		"nothing built": {"dist/.gitkeep": {}},
		"room missing":  {"dist/index.html": {}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := rooted(built); !errors.Is(err, ErrNotBuilt) {
				t.Fatalf("got %v, want ErrNotBuilt", err)
			}
		})
	}
}
