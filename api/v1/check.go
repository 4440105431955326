package v1

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// rules checks the limits that the contract states (x-oapi-codegen-extra-tags).
var rules = func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	return v
}()

// checked refuses unknown parameters and inputs over their limits before a handler sees them, and gives empty lists
// their brackets in answers.
func checked(next StrictHandlerFunc, _ string) StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		r := reflect.ValueOf(request)
		if err := checkNames(c, r); err != nil {
			return nil, err
		}
		var faults []domain.Fault
		for _, name := range []string{"Params", "Body", "JSONBody"} {
			f := r.FieldByName(name)
			if !f.IsValid() || f.Kind() == reflect.Pointer && f.IsNil() {
				continue
			}
			faults = append(faults, Faults(f.Interface())...)
		}
		if len(faults) > 0 {
			return nil, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
		}
		answer, err := next(c, request)
		if err != nil {
			return nil, err
		}
		return filled(answer), nil
	}
}

// checkNames refuses query parameters that the operation does not have.
func checkNames(c echo.Context, request reflect.Value) error {
	known := map[string]bool{}
	if p := request.FieldByName("Params"); p.IsValid() {
		for i := range p.NumField() {
			name, _, _ := strings.Cut(p.Type().Field(i).Tag.Get("form"), ",")
			known[name] = name != ""
		}
	}
	for name := range c.QueryParams() {
		if !known[name] {
			return malformed("bad_parameter", name, "unknown_parameter", nil)
		}
	}
	return nil
}

// Faults lists what is wrong with an input by the contract's limits, and text that cannot be stored. A drafted filing
// is checked by its rules, which say more, and the items of a batch each by itself.
func Faults(in any) []domain.Fault {
	switch batch := in.(type) {
	case *BatchInput:
		return limits(batch)
	case *RenewalsInput:
		return limits(batch)
	}
	faults := nuls(reflect.ValueOf(in), "", nil)
	if _, draft := in.(*domain.Filing); draft {
		return faults
	}
	return append(faults, limits(in)...)
}

// limits lists the limits of the contract that an input breaks.
func limits(in any) []domain.Fault {
	var faults []domain.Fault
	err := rules.Struct(in)
	var ves validator.ValidationErrors
	if !errors.As(err, &ves) {
		return nil
	}
	for _, ve := range ves {
		_, field, _ := strings.Cut(ve.Namespace(), ".")
		faults = append(faults, fault(field, ve))
	}
	return faults
}

// fault names a broken limit in the words of the domain's own faults.
func fault(field string, ve validator.FieldError) domain.Fault {
	f := domain.Fault{Field: field, Code: "wrong_length", Params: map[string]string{}}
	kind := ve.Kind()
	switch ve.Tag() {
	case "required":
		f.Code = "required"
	case "oneof":
		f.Code, f.Params["allowed"] = "unknown_value", strings.Join(strings.Fields(ve.Param()), ", ")
	case "uuid":
		f.Code = "not_an_id"
	case "datetime":
		f.Code, f.Params["form"] = "not_a_date", "2027-06-30"
	case "printascii", "excludes":
		f.Code = "not_visible_ascii"
	case "max":
		f.Params["max"] = ve.Param()
		f.Code = map[reflect.Kind]string{reflect.String: "too_long", reflect.Slice: "too_many"}[kind]
		if f.Code == "" {
			f.Code = "too_big"
		}
	case "min":
		f.Params["min"] = ve.Param()
		f.Code = map[reflect.Kind]string{reflect.String: "too_short", reflect.Slice: "too_few"}[kind]
		switch {
		case f.Code == "":
			f.Code = "too_small"
		case kind == reflect.Slice && ve.Param() == "1":
			f.Code = "required"
		}
	}
	return f
}

// nuls finds texts with NUL, which PostgreSQL cannot hold, and with broken UTF-8, which forms can bring.
func nuls(v reflect.Value, at string, faults []domain.Fault) []domain.Fault {
	if len(faults) >= 20 {
		return faults
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return nuls(v.Elem(), at, faults)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if at != "" {
				name = at + "." + name
			}
			faults = nuls(v.Field(i), name, faults)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return faults
		}
		for i := range v.Len() {
			faults = nuls(v.Index(i), at+"["+strconv.Itoa(i)+"]", faults)
		}
	case reflect.String:
		s := v.String()
		if strings.ContainsRune(s, 0) {
			return append(faults, domain.Fault{Field: at, Code: "hidden_character", Params: map[string]string{"character": "U+0000"}})
		}
		if !utf8.ValidString(s) {
			return append(faults, domain.Fault{Field: at, Code: "bad_characters"})
		}
	}
	return faults
}
