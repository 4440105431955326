package api

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of what is read.
const (
	maxAddress = 4 << 10
	maxJSON    = 1 << 20
	maxUpload  = 20 << 20
	maxRules   = 1 << 20
	maxEither  = 8 << 20 // a picture of 5 MiB in base64, or as a form
	maxPDF     = service.MaxDocument
	maxFiles   = maxUpload + 64<<10 // several files, as a form or in base64
)

// checkAddress refuses addresses that cannot be read: too long, broken escapes, broken UTF-8, NUL, a parameter twice.
func checkAddress(c echo.Context) error {
	u := c.Request().URL
	if len(u.RequestURI()) > maxAddress {
		return &service.Error{Kind: service.Malformed, Code: "address_too_long"}
	}
	bad := &service.Error{Kind: service.Malformed, Code: "bad_address"}
	if !clean(u.Path) {
		return bad
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return bad
	}
	for k, vs := range q {
		if !clean(k) || len(vs) > 0 && !clean(vs[0]) {
			return bad
		}
		if len(vs) > 1 {
			return &service.Error{Kind: service.Malformed, Code: "bad_parameter", Faults: []domain.Fault{{Field: k, Code: "given_twice"}}}
		}
	}
	return nil
}

// clean tells whether a text can be stored: valid UTF-8 without NUL, which PostgreSQL cannot hold.
func clean(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// checkBody refuses content of the wrong type, and bounds the rest.
func checkBody(c echo.Context, row Route) error {
	r := c.Request()
	if row.Method == http.MethodGet || row.Method == http.MethodDelete {
		r.Body = http.MaxBytesReader(c.Response(), r.Body, 0) // nothing is read from it
		return nil
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return &service.Error{Kind: service.Unsupported, Code: "content_encoding"}
	}
	got := r.Header.Get("Content-Type")
	kind, params, err := mime.ParseMediaType(got)
	if err != nil {
		kind = ""
	}
	limit, allowed := int64(maxJSON), ""
	switch row.Body {
	case NoBody: // nothing is allowed
	case JSONBody:
		allowed = "application/json"
	case UploadBody:
		limit, allowed = maxUpload+64<<10, "multipart/form-data"
	case FilesBody:
		limit, allowed = maxFiles, "application/json, multipart/form-data"
	case LargeBody:
		limit, allowed = maxFiles, "application/json"
	case YAMLBody:
		limit, allowed = maxRules, "application/yaml, application/x-yaml, text/yaml, text/plain, multipart/form-data"
		if kind == "multipart/form-data" {
			limit += 64 << 10
		}
	case EitherBody:
		limit, allowed = maxEither, "application/json, multipart/form-data"
	case PDFBody:
		limit, allowed = maxPDF, "application/pdf, multipart/form-data"
		if kind == "multipart/form-data" {
			limit += 64 << 10
		}
	case PDFForm:
		limit, allowed = maxPDF+64<<10, "multipart/form-data"
	case FormBody:
		allowed = "application/x-www-form-urlencoded, multipart/form-data"
		if kind == "multipart/form-data" {
			limit = maxUpload + 64<<10
		}
		if r.ContentLength == 0 && got == "" { // a button without fields, the token in the header
			return nil
		}
	}
	if !strings.Contains(", "+allowed+",", ", "+kind+",") || kind == "" {
		return unsupported(got, allowed)
	}
	if cs, ok := params["charset"]; ok && !strings.EqualFold(cs, "utf-8") {
		return unsupported(got, allowed+"; charset=utf-8")
	}
	if kind == "application/json" { // the generated code looks at the beginning of the header, in this spelling
		r.Header.Set("Content-Type", "application/json")
	}
	if row.Body == YAMLBody && kind != "multipart/form-data" { // names that YAML goes by
		r.Header.Set("Content-Type", "application/yaml")
	}
	if r.ContentLength > limit {
		return tooLarge(limit)
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
	return nil
}

func unsupported(got, allowed string) *service.Error {
	if len(got) > 100 || !clean(got) {
		got = "?"
	}
	if got == "" {
		got = "-"
	}
	return &service.Error{Kind: service.Unsupported, Code: "media_type", Params: map[string]string{"got": got, "allowed": allowed}}
}

func tooLarge(limit int64) *service.Error {
	size := fmt.Sprintf("%d KiB", limit>>10)
	if limit >= 1<<20 {
		size = fmt.Sprintf("%d MiB", limit>>20)
	}
	return &service.Error{Kind: service.TooLarge, Code: "body_too_large", Params: map[string]string{"max": size}}
}

// checkForm refuses a page's form with text that cannot be stored. Multipart forms are read whole, within the bound.
func checkForm(c echo.Context) error {
	r := c.Request()
	if r.Method == http.MethodGet {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(maxUpload + 1<<20)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return &service.Error{Kind: service.Malformed, Code: "not_multipart", Cause: err}
	}
	for k, vs := range r.PostForm {
		for _, v := range vs {
			if !clean(v) || !clean(k) {
				return &service.Error{Kind: service.Malformed, Code: "invalid", Faults: []domain.Fault{{Field: strings.ToValidUTF8(k, "?"), Code: "bad_characters"}}}
			}
		}
	}
	return nil
}
