package service

import (
	"bytes"
	"strconv"

	"github.com/qunbei/qunbei/models/domain"
)

// MaxScreenshot bounds a confirmation's screenshot, in bytes.
const MaxScreenshot = 5 << 20

// imageType tells what an image is by its first bytes; what the caller calls it counts for nothing. Only types that
// every browser shows and that carry no script are taken.
func imageType(b []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png", true
	case bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}):
		return "image/jpeg", true
	case len(b) >= 16 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return "image/webp", true
	}
	return "", false
}

// checkScreenshot refuses what is no picture, empty or too large, and gives the true media type.
func checkScreenshot(up Upload) (string, error) {
	switch {
	case len(up.Data) == 0:
		return "", invalid(domain.Fault{Field: "screenshot", Code: "required"})
	case len(up.Data) > MaxScreenshot:
		return "", &Error{Kind: TooLarge, Code: "file_too_large", Params: map[string]string{"field": "screenshot", "max_bytes": strconv.Itoa(MaxScreenshot)}}
	}
	media, ok := imageType(up.Data)
	if !ok {
		return "", &Error{Kind: Unsupported, Code: "not_an_image", Params: map[string]string{"field": "screenshot", "allowed": "png, jpeg, webp"}}
	}
	return media, nil
}
