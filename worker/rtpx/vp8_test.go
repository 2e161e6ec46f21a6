package rtpx

import (
	"bytes"
	"errors"
	"testing"
)

var keyFrame = []byte{0x30, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 1, 2, 3}

func TestVP8Descriptors(t *testing.T) {
	with := func(head ...byte) []byte { return append(head, keyFrame...) }
	for name, c := range map[string]struct {
		payload []byte
		want    VP8
		err     error
	}{
		"empty":             {nil, VP8{}, ErrShort},
		"no extension":      {with(0x10), VP8{Start: true, Key: true, Width: 640, Height: 360, size: 1}, nil},
		"second partition":  {with(0x11), VP8{size: 1}, nil},
		"continuation":      {with(0x00), VP8{size: 1}, nil},
		"delta frame":       {[]byte{0x10, 0x31, 0, 0}, VP8{Start: true, size: 1}, nil},
		"short id":          {with(0x90, 0x80, 0x05), VP8{Start: true, Key: true, Width: 640, Height: 360, PictureID: 5, HasID: true, idAt: 2, size: 3}, nil},
		"long id":           {with(0x90, 0x80, 0x81, 0x02), VP8{Start: true, Key: true, Width: 640, Height: 360, PictureID: 0x102, HasID: true, Long: true, idAt: 2, size: 4}, nil},
		"id, tl0 and tid":   {with(0x90, 0xe0, 0x81, 0x02, 0x07, 0x20), VP8{Start: true, Key: true, Width: 640, Height: 360, PictureID: 0x102, HasID: true, Long: true, TL0: 7, HasTL0: true, idAt: 2, tl0At: 4, size: 6}, nil},
		"key index alone":   {with(0x90, 0x10, 0x03), VP8{Start: true, Key: true, Width: 640, Height: 360, size: 3}, nil},
		"cut after x":       {[]byte{0x90}, VP8{}, ErrShort},
		"cut before id":     {[]byte{0x90, 0x80}, VP8{}, ErrShort},
		"cut in a long id":  {[]byte{0x90, 0x80, 0x81}, VP8{}, ErrShort},
		"cut before tl0":    {[]byte{0x90, 0xc0, 0x05}, VP8{}, ErrShort},
		"nothing behind it": {[]byte{0x10}, VP8{Start: true, size: 1}, nil},
		"key, size missing": {[]byte{0x10, 0x30, 0, 0}, VP8{Start: true, Key: true, size: 1}, nil},
	} {
		got, err := ParseVP8(c.payload)
		if !errors.Is(err, c.err) || got != c.want {
			t.Errorf("%s: %+v, %v\nwant %+v, %v", name, got, err, c.want, c.err)
		}
	}
}

func picture(id uint16, tl0 byte) []byte {
	return append([]byte{0x90, 0xc0, byte(id>>8) | 0x80, byte(id), tl0}, keyFrame...)
}

func rewrite(t *testing.T, l *VP8Line, payload []byte) VP8 {
	t.Helper()
	d, err := ParseVP8(payload)
	if err != nil {
		t.Fatal(err)
	}
	out := l.Rewrite(nil, payload, d)
	got, err := ParseVP8(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(out, keyFrame) {
		t.Fatal("the frame was changed")
	}
	return got
}

func TestPictureIDsGoOnAcrossASwitch(t *testing.T) {
	var l VP8Line
	start := func(payload []byte) {
		d, _ := ParseVP8(payload)
		l.Switch(d)
	}
	start(picture(0x7ffe, 254))
	for i, want := range []struct {
		id  uint16
		tl0 uint8
	}{{0x7ffe, 254}, {0x7fff, 255}, {0, 0}} {
		got := rewrite(t, &l, picture((0x7ffe+uint16(i))&0x7fff, 254+byte(i)))
		if got.PictureID != want.id || got.TL0 != want.tl0 {
			t.Errorf("frame %d: %x, %d; want %x, %d", i, got.PictureID, got.TL0, want.id, want.tl0)
		}
	}
	start(picture(500, 40))
	if got := rewrite(t, &l, picture(500, 40)); got.PictureID != 1 || got.TL0 != 1 {
		t.Errorf("after the switch: %d, %d; want 1, 1", got.PictureID, got.TL0)
	}
	rewrite(t, &l, picture(501, 41))
	late := rewrite(t, &l, picture(500, 40))
	if late.PictureID != 1 || l.id != 2 {
		t.Errorf("a late packet became %d and the line stands at %d", late.PictureID, l.id)
	}
}

func TestAShortPictureIDIsWidened(t *testing.T) {
	var l VP8Line
	payload := append([]byte{0x90, 0xc0, 0x05, 0x09}, keyFrame...)
	d, _ := ParseVP8(payload)
	l.Switch(d)
	if got := rewrite(t, &l, payload); !got.Long || got.PictureID != 5 || got.TL0 != 9 {
		t.Errorf("became %+v", got)
	}
}

func FuzzVP8(f *testing.F) {
	f.Add(picture(7, 3), uint16(9), byte(4))
	f.Add([]byte{0x90, 0xe0, 0x05, 0x09, 0x20}, uint16(0x7fff), byte(255))
	f.Fuzz(func(t *testing.T, payload []byte, id uint16, tl0 byte) {
		d, err := ParseVP8(payload)
		if err != nil {
			return
		}
		out := VP8Deltas{ID: id, TL0: tl0}.Apply(nil, payload, d)
		got, err := ParseVP8(out)
		if err != nil {
			t.Fatalf("the rewritten payload does not parse: %v", err)
		}
		if got.HasID != d.HasID || got.HasTL0 != d.HasTL0 || got.Key != d.Key || got.Height != d.Height {
			t.Fatalf("%+v became %+v", d, got)
		}
		if d.HasID && got.PictureID != (d.PictureID+id)&0x7fff || d.HasTL0 && got.TL0 != d.TL0+tl0 {
			t.Fatalf("%+v became %+v", d, got)
		}
		if !bytes.Equal(out[got.size:], payload[d.size:]) {
			t.Fatal("the frame was changed")
		}
	})
}
