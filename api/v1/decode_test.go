package v1

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
)

// Whatever comes in, the decoder takes it or refuses it as the caller's fault, names a field or a place, and takes
// nothing that the standard decoder would not.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{}`, `{"name":"a","type":"project"}`, `{"name":1}`, `[`, `{"name":"a"}{}`, `{"x":{}}`, `{"permissions":{"posting":7}}`, `{"members":["a",null,3]}`,
		"\xff", `{"name":"\ud800"}`, `{"name":"a","name":"b"}`, `nul`, `{"admins":{"0":"a"}}`, `1e999`, strings.Repeat(`{"a":`, 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var in FilingInput
		err := Decode(strings.NewReader(s), &in)
		if err == nil {
			var again FilingInput
			if e := json.Unmarshal([]byte(s), &again); e != nil {
				t.Fatalf("taken, though it is no JSON: %q: %v", s, e)
			}
			_ = Faults(&in)
			return
		}
		var e *service.Error
		if !errors.As(err, &e) || e.Kind != service.Malformed {
			t.Fatalf("%q: %v is not the caller's fault", s, err)
		}
		if e.Code == "not_json" && e.Params["offset"] == "" || e.Code == "invalid" && len(e.Faults) != 1 {
			t.Fatalf("%q: refused without a place: %+v", s, e)
		}
	})
}

// All faults are told at once, each with its path.
func TestFaultsOfNamesWithPaths(t *testing.T) {
	in := FilingInput{Name: "n", Members: nil}
	got := map[string]string{}
	for _, f := range Faults(&in) {
		got[f.Field] = f.Code
	}
	want := map[string]string{"type": "required", "tier": "required", "purpose": "required", "departments": "required", "admins": "required", "platform": "required", "permissions.posting": "required"}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %q, want %q", k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
}
