package api_test

import (
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api"
)

// A version's + may be written as it is or encoded, as client libraries do: both name the same version. An encoded
// slash names no other route.
func TestEncodedPathsMeanTheSame(t *testing.T) {
	e := server(t, newFake())
	for _, v := range []string{"2026.2+0a1b2c3d4e5f", "2026.2%2B0a1b2c3d4e5f", "2026.2%2b0a1b2c3d4e5f"} {
		w := ask(t, e, request("GET", api.Base+"/policies/"+v+"/diff", ""))
		if w.Code != 200 || !strings.Contains(w.Body.String(), `"2026.2+0a1b2c3d4e5f"`) {
			t.Errorf("%s: %d %s", v, w.Code, w.Body)
		}
	}
	if w := ask(t, e, request("GET", api.Base+"/policies/x%2Fdiff", "")); w.Code != 404 {
		t.Errorf("an encoded slash: %d %s", w.Code, w.Body)
	}
}
