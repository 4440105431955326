package v1

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// form is a multipart body read whole.
type form struct {
	values map[string]string
	files  map[string]service.Upload
	lists  map[string][]service.Upload // of fields that may come several times
}

// maxValue bounds a text field of a form, in bytes; what it may hold is checked after.
const maxValue = 8 << 10

// readForm reads a multipart body: the files named with their bounds, texts for every other known name. Unknown and
// repeated fields are refused, as in JSON.
func readForm(r *multipart.Reader, files map[string]int64, texts ...string) (form, error) {
	return readLists(r, files, nil, texts...)
}

// readLists is readForm where some of the files may come several times: at most so many.
func readLists(r *multipart.Reader, files map[string]int64, most map[string]int, texts ...string) (form, error) {
	f := form{values: map[string]string{}, files: map[string]service.Upload{}, lists: map[string][]service.Upload{}}
	known := map[string]int64{}
	for _, t := range texts {
		known[t] = maxValue
	}
	for name, n := range files {
		known[name] = n
	}
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return f, unreadable(err)
		}
		if n, many := most[p.FormName()]; many && len(f.lists[p.FormName()]) >= n {
			return f, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: p.FormName(), Code: "too_many", Params: map[string]string{"max": strconv.Itoa(n)}}}}
		}
		if err := f.part(p, files, known); err != nil {
			return f, err
		}
		if name := p.FormName(); most[name] > 0 {
			if up := f.files[name]; len(up.Data) > 0 || up.Name != "" { // a browser sends an empty one when none was chosen
				f.lists[name] = append(f.lists[name], up)
			}
			delete(f.files, name)
		}
	}
}

func (f *form) part(p *multipart.Part, files, known map[string]int64) error {
	name := p.FormName()
	limit, ok := known[name]
	if !ok {
		return malformed("invalid", name, "unknown_field", nil)
	}
	_, seen := f.values[name]
	_, sent := f.files[name]
	if seen || sent {
		return malformed("invalid", name, "given_twice", nil)
	}
	b, err := io.ReadAll(io.LimitReader(p, limit+1))
	if err != nil {
		return unreadable(err)
	}
	if int64(len(b)) > limit {
		if _, file := files[name]; !file {
			return &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: name, Code: "too_long", Params: map[string]string{"max": strconv.FormatInt(limit, 10)}}}}
		}
		return &service.Error{Kind: service.TooLarge, Code: "body_too_large", Params: map[string]string{"max": strconv.FormatInt(limit>>20, 10) + " MiB", "field": name}}
	}
	if _, file := files[name]; file {
		f.files[name] = service.Upload{Name: fileName(p.FileName()), MediaType: http.DetectContentType(b), Data: b}
		return nil
	}
	if !utf8.Valid(b) {
		return malformed("invalid", name, "bad_characters", nil)
	}
	f.values[name] = string(b)
	return nil
}

// file is the file of a field; without one the field is at fault.
func (f form) file(name string) (service.Upload, error) {
	up, ok := f.files[name]
	if !ok || len(up.Data) == 0 {
		return up, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: name, Code: "required"}}}
	}
	return up, nil
}

// fileName keeps what can be stored and shown of the name a caller gives a file.
func fileName(s string) string {
	out := make([]rune, 0, 100)
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

func unreadable(err error) error {
	return &service.Error{Kind: service.Malformed, Code: "not_multipart", Cause: err}
}

// halted is the error of a body that could not be read to its end; one that is too large says its bound by itself.
func halted(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return err
	}
	return &service.Error{Kind: service.Malformed, Code: "body_unreadable", Cause: err}
}
