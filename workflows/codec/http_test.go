package codec

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const uiOrigin = "http://127.0.0.1:8233"

func testHandler(t *testing.T, k *Keyring, record func(Access) error) http.Handler {
	t.Helper()
	h, err := NewHTTPHandler(HandlerOptions{
		Keyring: k, Namespace: "ns", Origins: []string{uiOrigin}, MaxBytes: 4096,
		Authorise: func(r *http.Request) (string, bool) {
			switch r.Header.Get("Authorization") {
			case "Bearer auditor":
				return "auditor", true
			case "Bearer employee":
				return "employee", false
			}
			return "", false
		},
		Record: func(_ context.Context, a Access) error { return record(a) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHTTPHandler(t *testing.T) {
	k := mustGenerate(t)
	encode := func(k *Keyring, ns string) string {
		b, _ := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{encodeOne(t, k, ns, plainPayload()), encodeOne(t, k, ns, plainPayload())}})
		return string(b)
	}
	good := encode(k, "ns")
	for _, tc := range []struct {
		name, method, path, auth, origin, body string
		status                                 int
		code                                   string
		recorded                               []Access
	}{
		{"decoded", "POST", "/codec/decode", "auditor", uiOrigin, good, 200, "", []Access{{"auditor", "ns", 2, 200}}},
		{"decoded without origin", "POST", "/decode", "auditor", "", good, 200, "", []Access{{"auditor", "ns", 2, 200}}},
		{"nobody", "POST", "/decode", "", uiOrigin, good, 401, "unauthorised", []Access{{"", "ns", 0, 401}}},
		{"no right", "POST", "/decode", "employee", uiOrigin, good, 403, "forbidden", []Access{{"employee", "ns", 0, 403}}},
		{"too big", "POST", "/decode", "auditor", uiOrigin, `{"payloads":[` + strings.Repeat(" ", 5000) + `]}`, 413, "too_large", []Access{{"auditor", "ns", 0, 413}}},
		{"other origin", "POST", "/decode", "auditor", "http://evil.example", good, 403, "origin_not_allowed", nil},
		{"null origin", "POST", "/decode", "auditor", "null", good, 403, "origin_not_allowed", nil},
		{"preflight", "OPTIONS", "/decode", "", uiOrigin, "", 204, "", nil},
		{"preflight of other origin", "OPTIONS", "/decode", "", "http://evil.example", "", 403, "origin_not_allowed", nil},
		{"encode", "POST", "/encode", "auditor", uiOrigin, good, 403, "decode_only", nil},
		{"elsewhere", "POST", "/", "auditor", uiOrigin, good, 404, "not_found", nil},
		{"get", "GET", "/decode", "auditor", uiOrigin, "", 405, "method_not_allowed", nil},
		{"not json", "POST", "/decode", "auditor", uiOrigin, "{", 400, "malformed", []Access{{"auditor", "ns", 0, 400}}},
		{"null payload", "POST", "/decode", "auditor", uiOrigin, `{"payloads":[null]}`, 400, "malformed", []Access{{"auditor", "ns", 0, 400}}},
		{"empty list", "POST", "/decode", "auditor", uiOrigin, `{}`, 200, "", []Access{{"auditor", "ns", 0, 200}}},
		{"other namespace", "POST", "/decode", "auditor", uiOrigin, encode(k, "other"), 422, "undecodable", []Access{{"auditor", "ns", 2, 422}}},
		{"unknown key", "POST", "/decode", "auditor", uiOrigin, encode(mustGenerate(t), "ns"), 422, "undecodable", []Access{{"auditor", "ns", 2, 422}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var recorded []Access
			h := testHandler(t, k, func(a Access) error { recorded = append(recorded, a); return nil })
			r := httptest.NewRequest(tc.method, tc.path, strings.NewReader(tc.body))
			if tc.auth != "" {
				r.Header.Set("Authorization", "Bearer "+tc.auth)
			}
			if tc.origin != "" {
				r.Header.Set("Origin", tc.origin)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tc.status {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if got, want := toJSON(recorded), toJSON(tc.recorded); got != want {
				t.Errorf("recorded %s, want %s", got, want)
			}
			allowed := w.Header().Get("Access-Control-Allow-Origin")
			if (tc.origin == uiOrigin) != (allowed == uiOrigin) {
				t.Errorf("origin %q got allowance %q", tc.origin, allowed)
			}
			shows := strings.Contains(w.Body.String(), "metadata") && tc.code == ""
			if tc.status == 200 && tc.body == good && !shows {
				t.Errorf("not decoded: %s", w.Body)
			}
			if tc.code != "" {
				var p struct{ Code, Detail string }
				if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code != tc.code || p.Detail == "" || w.Header().Get("Content-Type") != "application/problem+json" {
					t.Errorf("problem %s (%s)", w.Body, w.Header().Get("Content-Type"))
				}
			}
		})
	}
}

func toJSON(v []Access) string {
	if len(v) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// The SDK's own client must understand the answer: it is what `temporal` uses.
func TestHTTPHandlerSpeaksTheSDKsProtocol(t *testing.T) {
	k := mustGenerate(t)
	srv := httptest.NewServer(testHandler(t, k, func(Access) error { return nil }))
	defer srv.Close()
	remote := converter.NewRemotePayloadCodec(converter.RemotePayloadCodecOptions{
		Endpoint:      srv.URL,
		ModifyRequest: func(r *http.Request) error { r.Header.Set("Authorization", "Bearer auditor"); return nil },
	})
	out, err := remote.Decode([]*commonpb.Payload{encodeOne(t, k, "ns", plainPayload())})
	if err != nil || len(out) != 1 || !proto.Equal(out[0], plainPayload()) {
		t.Fatalf("got %v, %v", out, err)
	}
	if _, err := remote.Encode([]*commonpb.Payload{plainPayload()}); err == nil {
		t.Error("encode was not refused")
	}
}

func TestNothingIsShownUnlessRecorded(t *testing.T) {
	k := mustGenerate(t)
	h := testHandler(t, k, func(Access) error { return errors.New("database away") })
	b, _ := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{encodeOne(t, k, "ns", plainPayload())}})
	r := httptest.NewRequest("POST", "/decode", strings.NewReader(string(b)))
	r.Header.Set("Authorization", "Bearer auditor")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "payloads") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

func TestHTTPHandlerNeedsItsParts(t *testing.T) {
	whole := func() HandlerOptions {
		return HandlerOptions{
			Keyring: mustGenerate(t), Authorise: func(*http.Request) (string, bool) { return "", false },
			Record: func(context.Context, Access) error { return nil },
		}
	}
	for name, change := range map[string]func(*HandlerOptions){
		"keyring":   func(o *HandlerOptions) { o.Keyring = nil },
		"authorise": func(o *HandlerOptions) { o.Authorise = nil },
		"record":    func(o *HandlerOptions) { o.Record = nil },
		"any":       func(o *HandlerOptions) { o.Origins = []string{"*"} },
	} {
		o := whole()
		change(&o)
		if _, err := NewHTTPHandler(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := NewHTTPHandler(whole()); err != nil {
		t.Error(err)
	}
}
