package httpd

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"weckruf/internal/wire"
)

// routesOfPages says which of the built files stands at which path. The text pages are one
// file, which looks at its own path.
var routesOfPages = map[string]string{
	"/{$}":              "index.html",
	"/r/{room}":         "room.html",
	"/organise":         "organise.html",
	"/finance":          "finance.html",
	"/signin":           "signin.html",
	"/impressum":        "text.html",
	"/datenschutz":      "text.html",
	"/barrierefreiheit": "text.html",
	"/hilfe":            "text.html",
}

// What caches may do: a hashed name never changes its content, everything else is asked for
// each time (and answered by 304 when it did not change).
const (
	forever = "public, max-age=31536000, immutable"
	ask     = "no-cache"
)

// pages serves the built files. It is immutable.
type pages struct {
	files map[string]*file // by path below the root, without those that are encodings of others
}

// file is one built file with its precompressed forms.
type file struct {
	root     fs.FS
	kind     string // content type
	cache    string
	variants []variant // in order of preference; the plain one is the last
}

// variant is one form of a file.
type variant struct {
	name     string
	encoding string // "", br, gzip
	etag     string
	size     int64
}

// encodings are the forms that may lie beside a file, the best one first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// newPages looks at all files once: their hashes are their ETags.
func newPages(root fs.FS) (*pages, error) {
	if sub, err := fs.Sub(root, "dist"); err == nil {
		if info, err := fs.Stat(root, "dist"); err == nil && info.IsDir() {
			root = sub
		}
	}
	p := &pages{files: make(map[string]*file)}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || compressed(name) || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		f, err := newFile(root, name)
		p.files[name] = f
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look at the pages: %w", err)
	}
	return p, nil
}

func compressed(name string) bool {
	return strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz")
}

func newFile(root fs.FS, name string) (*file, error) {
	f := &file{root: root, kind: kindOf(name), cache: ask}
	if strings.HasPrefix(name, "assets/") {
		f.cache = forever
	}
	for _, e := range encodings {
		v, err := newVariant(root, name+e.suffix, e.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.variants = append(f.variants, v)
	}
	plain, err := newVariant(root, name, "")
	f.variants = append(f.variants, plain)
	return f, err
}

func newVariant(root fs.FS, name, encoding string) (variant, error) {
	in, err := root.Open(name)
	if err != nil {
		return variant{}, err
	}
	defer in.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, in)
	if err != nil {
		return variant{}, fmt.Errorf("read %s: %w", name, err)
	}
	return variant{name: name, encoding: encoding, size: size, etag: `"` + hex.EncodeToString(hash.Sum(nil)[:12]) + `"`}, nil
}

// kinds are the types of what the build makes: not those of the operating system, which may
// say anything.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
	".webp": "image/webp", ".woff2": "font/woff2", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".map": "application/json",
	".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".webm": "video/webm",
}

func kindOf(name string) string {
	extension := path.Ext(name)
	if kind, known := kinds[extension]; known {
		return kind
	}
	if kind := mime.TypeByExtension(extension); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// register puts the pages into the mux. GET patterns answer HEAD as well.
func (p *pages) register(mux *http.ServeMux) {
	for pattern, name := range routesOfPages {
		mux.HandleFunc("GET "+pattern, p.page(name))
	}
	mux.HandleFunc("/", p.static)
}

func (p *pages) page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, built := p.files[name]
		if id := r.PathValue("room"); !built || id != "" && !wire.RoomID(id).Valid() {
			p.missing(w, r)
			return
		}
		f.serve(w, r)
	}
}

// static serves the files that have an address of their own: assets, and what lies at the
// root for browsers, such as the icon. Pages stand at their routes alone.
func (p *pages) static(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	f, found := p.files[name]
	if !found || path.Ext(name) == ".html" {
		p.missing(w, r)
		return
	}
	f.serve(w, r)
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	v := f.pick(r)
	in, err := f.root.Open(v.name)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	defer in.Close()
	content, err := seekable(in)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", f.cache)
	h.Set("ETag", v.etag)
	if len(f.variants) > 1 {
		h.Set("Vary", "Accept-Encoding")
	}
	if v.encoding != "" {
		h.Set("Content-Encoding", v.encoding)
		r = r.Clone(r.Context())
		r.Header.Del("Range") // parts of a compressed file are of no use
	}
	http.ServeContent(w, r, "", time.Time{}, content)
}

// seekable is the file itself when it is embedded, so that nothing is copied.
func seekable(in fs.File) (io.ReadSeeker, error) {
	if content, ok := in.(io.ReadSeeker); ok {
		return content, nil
	}
	data, err := io.ReadAll(in)
	return bytes.NewReader(data), err
}

// pick chooses the first form that the browser takes.
func (f *file) pick(r *http.Request) variant {
	accepted := accepts(r.Header.Values("Accept-Encoding"))
	i := slices.IndexFunc(f.variants, func(v variant) bool { return v.encoding == "" || accepted[v.encoding] })
	return f.variants[i]
}

// accepts reads Accept-Encoding (RFC 9110 §12.5.3) as far as it matters here: which names are
// given, without those of weight zero. "*" is not taken up, so whoever sends it gets the plain
// file.
func accepts(values []string) map[string]bool {
	accepted := make(map[string]bool)
	for entry := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, weight, _ := strings.Cut(entry, ";")
		weight = strings.ReplaceAll(strings.ToLower(weight), " ", "")
		refused := strings.HasPrefix(weight, "q=0") && strings.Trim(weight, "q=0.") == ""
		accepted[strings.ToLower(strings.TrimSpace(name))] = !refused
	}
	return accepted
}

// missing is the page for what is not there, with the status that says so. The text page shows
// it when the build has no page of its own for it.
func (p *pages) missing(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	for _, name := range []string{"404.html", "text.html"} {
		f, built := p.files[name]
		if !built {
			continue
		}
		if data, err := fs.ReadFile(f.root, name); err == nil {
			w.WriteHeader(http.StatusNotFound)
			w.Write(data)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
	io.WriteString(w, plainMissing)
}

// plainMissing is for a build without pages.
const plainMissing = `<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Nicht gefunden</title></head>
<body>
<h1>Diese Seite gibt es nicht</h1>
<p>Vielleicht fehlt ein Teil des Links. Öffnen Sie ihn bitte noch einmal ganz aus Ihrer Einladung.</p>
<h2 lang="en">This page does not exist</h2>
<p lang="en">A part of the link may be missing. Please open it again in full from your invitation.</p>
</body>
</html>
`
