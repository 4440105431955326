package service

import (
	"bytes"
	"testing"
)

func TestCheckScreenshot(t *testing.T) {
	png := []byte("\x89PNG\r\n\x1a\n....")
	for _, c := range []struct {
		name  string
		data  []byte
		media string
		kind  Kind
	}{
		{"png", png, "image/png", ""},
		{"jpeg", []byte{0xff, 0xd8, 0xff, 0xe0, 0}, "image/jpeg", ""},
		{"webp", []byte("RIFF\x10\x00\x00\x00WEBPVP8 "), "image/webp", ""},
		{"nothing", nil, "", Invalid},
		{"svg, which may carry script", []byte("<svg onload=alert(1)>"), "", Unsupported},
		{"html behind an image's name", []byte("<html>"), "", Unsupported},
		{"a wave file is RIFF too", []byte("RIFF\x10\x00\x00\x00WAVEfmt "), "", Unsupported},
		{"cut webp", []byte("RIFF"), "", Unsupported},
		{"at the limit", append(bytes.Clone(png), make([]byte, MaxScreenshot-len(png))...), "image/png", ""},
		{"over the limit", append(bytes.Clone(png), make([]byte, MaxScreenshot-len(png)+1)...), "", TooLarge},
	} {
		media, err := checkScreenshot(Upload{Name: "a.png", MediaType: "image/png", Data: c.data})
		if c.kind == "" && (err != nil || media != c.media) {
			t.Errorf("%s: %q, %v", c.name, media, err)
		}
		if c.kind != "" && (err == nil || AsError(err).Kind != c.kind) {
			t.Errorf("%s: want %s, got %v", c.name, c.kind, err)
		}
	}
}
