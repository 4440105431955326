package v1

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Binder reads JSON bodies strictly: unknown and repeated members, other types, broken UTF-8 and anything after the
// value are refused with the place.
type Binder struct{}

// Bind implements echo.Binder for the generated code.
func (Binder) Bind(into any, c echo.Context) error { return Decode(c.Request().Body, into) }

// Decode reads one JSON value from r. Faults name the field as a path: members[3], permissions.posting.
func Decode(r io.Reader, into any) error {
	err := json.UnmarshalRead(r, into, json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(false))
	if err == nil {
		return nil
	}
	var syn *jsontext.SyntacticError
	var sem *json.SemanticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syn):
		return malformed("invalid", path(syn.JSONPointer), "given_twice", nil)
	case errors.As(err, &syn):
		if strings.Contains(syn.Error(), "invalid UTF-8") {
			return malformed("invalid", path(syn.JSONPointer), "bad_characters", nil)
		}
		return &service.Error{Kind: service.Malformed, Code: "not_json", Params: map[string]string{"offset": strconv.FormatInt(syn.ByteOffset, 10)}}
	case errors.As(err, &sem):
		if errors.Is(err, json.ErrUnknownName) {
			return malformed("invalid", path(sem.JSONPointer), "unknown_field", nil)
		}
		return malformed("invalid", path(sem.JSONPointer), "wrong_type", map[string]string{"expected": kindOf(sem.GoType)})
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &service.Error{Kind: service.Malformed, Code: "not_json", Params: map[string]string{"offset": "0"}}
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) || errors.Is(err, context.Canceled) {
		return err // the body's bound, or a caller who went away
	}
	// Chunks that are none, a line that broke, a caller who took too long: what came cannot be read, and that is the caller's.
	return &service.Error{Kind: service.Malformed, Code: "body_unreadable", Cause: err}
}

func malformed(code, field, fault string, params map[string]string) error {
	return &service.Error{Kind: service.Malformed, Code: code, Faults: []domain.Fault{{Field: field, Code: fault, Params: params}}}
}

// path writes a JSON pointer as people do: /members/3 becomes members[3].
func path(p jsontext.Pointer) string {
	var b strings.Builder
	for t := range p.Tokens() {
		if _, err := strconv.ParseUint(t, 10, 32); err == nil && b.Len() > 0 {
			b.WriteString("[" + t + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(t)
	}
	return b.String()
}

// kindOf names in JSON's words what a Go type takes.
func kindOf(t reflect.Type) string {
	if t == nil {
		return "object"
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "integer"
	case reflect.Slice:
		return "array"
	}
	return "object"
}
