package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// uploads reads the files of a field that takes several; none is no fault. Their number, size and type are the service's
// to judge.
func uploads(c echo.Context, field string) ([]service.Upload, error) {
	form, err := c.MultipartForm()
	if err != nil {
		if errors.Is(err, http.ErrNotMultipart) {
			return nil, nil
		}
		return nil, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	var out []service.Upload
	for _, fh := range form.File[field] {
		if fh.Filename == "" && fh.Size == 0 { // a browser sends an empty one when none was chosen
			continue
		}
		f, err := fh.Open()
		if err != nil {
			return nil, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
		}
		data, err := io.ReadAll(io.LimitReader(f, service.MaxAttachment+1))
		f.Close() //nolint:errcheck // only read from
		if err != nil {
			return nil, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
		}
		out = append(out, service.Upload{Name: plainName(fh.Filename), Data: data})
	}
	return out, nil
}

// plainName keeps what can be stored and shown of the name that a browser gives a file.
func plainName(s string) string {
	out := []rune{}
	for _, r := range s {
		if r == utf8.RuneError || r < ' ' {
			r = '_'
		}
		if len(out) == 100 {
			break
		}
		out = append(out, r)
	}
	return string(out)
}

// upload reads one file of a form, at most limit bytes. A missing file is a fault of its field.
func upload(c echo.Context, field string, limit int64) (service.Upload, error) {
	missing := &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: field, Code: "required"}}}
	fh, err := c.FormFile(field)
	if err != nil {
		if errors.Is(err, http.ErrMissingFile) {
			return service.Upload{}, missing
		}
		return service.Upload{}, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	if fh.Size == 0 {
		return service.Upload{}, missing
	}
	if fh.Size > limit {
		return service.Upload{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: field, Code: "too_large",
			Params: map[string]string{"max": strconv.FormatInt(limit>>20, 10)}}}}
	}
	f, err := fh.Open()
	if err != nil {
		return service.Upload{}, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	defer f.Close() //nolint:errcheck // only read from
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return service.Upload{}, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	return service.Upload{Name: fh.Filename, MediaType: http.DetectContentType(data), Data: data}, nil
}
