package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

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
