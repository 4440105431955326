package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
)

// spec is the contract, read once.
var spec = func() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(api.Contract())
	if err != nil {
		panic(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		panic(err)
	}
	return doc
}()

func init() {
	raw := func(r io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
		b, err := io.ReadAll(r)
		return string(b), err
	}
	for _, kind := range []string{"image/png", "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream", "application/yaml"} {
		openapi3filter.RegisterBodyDecoder(kind, raw)
	}
}

// operations of the contract by "METHOD /full/:path" as Echo writes it.
func operations() map[string]*routers.Route {
	out := map[string]*routers.Route{}
	param := regexp.MustCompile(`\{([a-z_]+)\}`)
	for p, item := range spec.Paths.Map() {
		base := api.Base
		if len(item.Servers) > 0 {
			base = ""
		}
		for m, op := range item.Operations() {
			out[m+" "+base+param.ReplaceAllString(p, ":$1")] = &routers.Route{Spec: spec, Server: spec.Servers[0], Path: p, PathItem: item, Method: m, Operation: op}
		}
	}
	return out
}

// stubPages registers every page row with a handler that answers 204: pages are tested where they are written.
type stubPages struct{}

func (stubPages) Fail(c echo.Context, err error) error {
	return problem.Write(c.Response(), err, problem.English, "")
}

func withPages(e *echo.Echo, _ *auth.Door) api.Pages {
	for _, r := range api.Routes() {
		if r.Page {
			e.Add(r.Method, r.Path, func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
		}
	}
	return stubPages{}
}

func server(t testing.TB, f *fake) *echo.Echo {
	t.Helper()
	e, err := api.New(api.Config{Service: f, Log: slog.New(slog.DiscardHandler), Pages: withPages,
		Door: auth.Options{Limits: auth.Limits{WritesPerSecond: -1, TriesPerSecond: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// ask sends a request and holds the answer to the contract: status, media type, schema, and no member that the schema
// does not name.
func ask(t testing.TB, e *echo.Echo, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	c := e.NewContext(r, httptest.NewRecorder())
	e.Router().Find(r.Method, r.URL.Path, c)
	route, ok := operations()[r.Method+" "+c.Path()]
	if !ok {
		if w.Code >= 400 {
			checkProblem(t, w)
		}
		return w
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
		Status:                 w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
		t.Errorf("%s %s: the answer breaks the contract: %v\n%s", r.Method, r.URL.Path, err, w.Body)
	}
	if w.Code >= 400 && w.Code != 503 || w.Header().Get("Content-Type") == problem.MediaType {
		checkProblem(t, w)
	}
	kind, _, _ := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if resp := route.Operation.Responses.Status(w.Code); resp != nil && strings.HasSuffix(kind, "json") {
		if mt := resp.Value.Content.Get(kind); mt != nil {
			var v any
			if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
				t.Errorf("no JSON: %v", err)
			}
			for _, extra := range undocumented("", mt.Schema.Value, v) {
				t.Errorf("%s %s: the answer's member %s is not in the contract", r.Method, r.URL.Path, extra)
			}
		}
	}
	return w
}

func checkProblem(t testing.TB, w *httptest.ResponseRecorder) {
	t.Helper()
	var p problem.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != problem.MediaType {
		t.Errorf("status %d is no problem+json: %s", w.Code, w.Body)
		return
	}
	if p.Status != w.Code || p.Code == "" || p.Title == "" || p.Detail == "" {
		t.Errorf("incomplete problem: %s", w.Body)
	}
	for _, f := range p.Faults {
		if f.Code == "" || f.Message == "" || strings.Contains(f.Message+f.Remedy, "{") {
			t.Errorf("fault without its words: %+v", f)
		}
	}
}

func undocumented(at string, s *openapi3.Schema, v any) []string {
	var out []string
	switch x := v.(type) {
	case map[string]any:
		if len(s.Properties) == 0 {
			return nil
		}
		for k, m := range x {
			p, ok := s.Properties[k]
			if !ok {
				out = append(out, at+"."+k)
				continue
			}
			out = append(out, undocumented(at+"."+k, p.Value, m)...)
		}
	case []any:
		for _, m := range x {
			out = append(out, undocumented(at+"[]", s.Items.Value, m)...)
		}
	}
	return out
}

func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer all")
	r.Header.Set("Idempotency-Key", someKey)
	return r
}

func multi(path string, parts ...string) *http.Request {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		if name, ok := strings.CutPrefix(parts[i], "@"); ok {
			p, _ := w.CreateFormFile(name, "a.bin")
			_, _ = p.Write([]byte(parts[i+1]))
			continue
		}
		_ = w.WriteField(parts[i], parts[i+1])
	}
	_ = w.Close()
	r := request("POST", path, "")
	r.Body, r.ContentLength = io.NopCloser(&b), int64(b.Len())
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

const (
	goodFiling = `{"name":"平台部-支付","type":"project","tier":"ordinary","purpose":"p","departments":["` + caseID + `"],"admins":["a","b"],
		"members":["c"],"permissions":{"posting":"members","see_contacts":true},"ends_on":"2027-01-01","platform":"byhand"}`
	goodDelegation = `{"to":"` + otherID + `","kinds":["group_filing"],"from":"2026-12-01","until":"2026-12-05","reason":"leave","note":"n"}`
	goodDecision   = `{"decision_id":"` + someKey + `","outcome":"approve","material_digest":"sha256:00","version":1,"comment":"好"}`
	goodItem       = `{"case":"` + caseID + `","decision_id":"` + someKey + `","outcome":"approve","material_digest":"sha256:00","version":1,"comment":"好","for":"E0006"}`
	png            = "\x89PNG\r\n\x1a\nrest"
)

// good is one request for each operation that must succeed.
func good() []*http.Request {
	c, g := api.Base+"/cases/"+caseID, api.Base+"/groups/"+groupID
	a := api.Base + "/audit"
	get := func(p string) *http.Request { return request("GET", p, "") }
	post := func(p, body string) *http.Request { return request("POST", p, body) }
	sheet := multi(api.Base+"/groups/imports?dry_run=true", "@file", "PK")
	sheet.Header.Set("Accept", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return append([]*http.Request{
		post(api.Base+"/groups", goodFiling), post(api.Base+"/groups", goodFiling[:len(goodFiling)-1]+`,"discovered":"`+groupID+`"}`), post(api.Base+"/groups/previews", `{"name":"x"}`), post(api.Base+"/groups/name-checks", `{}`),
		get(api.Base + "/groups?q=x&type=project&tier=secret&state=active&mine=true&limit=5&cursor=abc&department=" + otherID),
		multi(api.Base+"/groups/imports", "@file", "PK"), sheet, get(api.Base + "/groups/imports/template"),
		get(g + "/changes"), post(g+"/changes", `{"filing":`+goodFiling+`,"reason":"r"}`), post(g+"/changes/previews", `{"filing":{"name":"x"},"reason":"r"}`),
		get(g + "?purpose=x"), get(g + "/evidence"), get(g + "/acts/" + someKey),
		post(g+"/confirmations", `{"name":"n","platform_id":"p","screenshot":"`+base64.StdEncoding.EncodeToString([]byte(png))+`"}`),
		multi(g+"/confirmations", "name", "n", "platform_id", "p", "@screenshot", png), post(g+"/retries", `{}`), post(g+"/deletions", `{"never_made":true}`), post(g+"/deletions", `{"screenshot":"iVBORw0KGgo="}`),
		get(api.Base + "/inbox?limit=3"), get(api.Base + "/cases?open=true"), get(c), get(c + "/timeline"), get(c + "/materials"), get(c + "/acts/" + someKey),
		post(c+"/decisions", goodDecision), post(c+"/withdrawals", `{"comment":"x"}`), post(c+"/comments", `{"text":"x"}`),
		post(c+"/comments", `{"text":"x","files":[{"name":"a.txt","data":"YWJj"}]}`), multi(c+"/comments", "text", "x", "@files", "a", "@files", "b"),
		get(c + "/attachments/" + otherID), get(api.Base + "/cases?scope=decided"), get(api.Base + "/cases?scope=copied&limit=3"), get(api.Base + "/hand?limit=3"),
		post(c+"/returns", `{"step":1,"comment":"x","material_digest":"sha256:00","version":1,"for":"E0006"}`), post(c+"/resubmissions", goodFiling[:len(goodFiling)-1]+`,"comment":"x"}`),
		post(c+"/resubmissions/previews", `{"name":"x"}`), post(c+"/transfers", `{"to":"E0001","comment":"x"}`),
		post(c+"/added-signers", `{"mode":"after","people":["E0001"],"material_digest":"sha256:00"}`), post(c+"/urges", `{}`), post(c+"/copies", `{"people":["E0001","E0002"]}`),
		post(c+"/assignments", `{"slot":"r1.s1.p1","to":"E0001","comment":"x"}`), post(c+"/dismissals", `{"comment":"x"}`), post(c+"/revocations", `{"comment":"x"}`),
		post(api.Base+"/inbox/decisions", `{"items":[`+goodItem+`,{"case":"x","decision_id":"","outcome":"maybe","material_digest":""}],"comment":"x"}`),
		get(api.Base + "/me"), request("PUT", api.Base+"/me/language", `{"language":"en"}`), request("PUT", api.Base+"/me/notifications", `{"ways":"chat"}`), get(api.Base + "/tokens"),
		post(api.Base+"/tokens", `{"name":"x","days":3}`), request("DELETE", api.Base+"/tokens/"+otherID, ""),
		post(api.Base+"/sessions", `{"number":"E0001"}`), request("DELETE", api.Base+"/sessions/"+otherID, ""), get(api.Base + "/demo/cast"),
		get(api.Base + "/notifications"), post(api.Base+"/notifications/reads", `{"ids":["`+otherID+`"]}`),
		get(api.Base + "/people?q=x&limit=100"), get(api.Base + "/departments"), get(api.Base + "/tiers"), get(api.Base + "/platforms"),
		multi(api.Base+"/directory/imports?dry_run=true&full=true&allow_mass=false", "@file", "a,b"),
		get(a + "/cases?q=x&status=approved&from=2026-01-01&to=2026-12-31"), get(a + "/cases/" + caseID + "/history"), post(a+"/cases/"+caseID+"/replays", `{}`),
		get(a + "/workflows/group-" + groupID + "/history?purpose=x"), get(a + "/workflows/case-" + caseID + "/history/raw"),
		post(a+"/workflows/group-"+groupID+"/replays", `{"purpose":"x"}`), get(a + "/events"), get(a + "/proof-keys"),
		get(api.Base + "/delegations?side=given&limit=5&cursor=abc"), post(api.Base+"/delegations", goodDelegation),
		post(api.Base+"/delegations/"+otherID+"/ends", `{}`), get(api.Base + "/delegations/acts"), get(api.Base + "/absences"),
		post(api.Base+"/absences/"+otherID+"/acceptances", `{}`), post(api.Base+"/absences/"+otherID+"/declines", `{}`),
		multi(api.Base+"/absences/imports?dry_run=true", "@file", "a,b"), get(api.Base + "/absences/imports/template"), multi(api.Base+"/absences/calendars", "@file", "BEGIN"),
		get("/openapi.yaml"), get("/healthz"), get("/readyz"),
	}, slices.Concat(goodRules(), goodLife(), goodPasskeys(), goodSign(), goodTraining(), goodOutsiders(), goodScreen(), goodPosts())...)
}

// Every operation of the contract answers as the contract says, with everything set and with nothing set that need
// not be.
func TestAnswersKeepTheContract(t *testing.T) {
	for _, bare := range []bool{false, true} {
		seen := map[string]bool{}
		for _, r := range good() {
			f := newFake()
			f.bare = bare
			e := server(t, f)
			w := ask(t, e, r)
			if w.Code >= 300 {
				t.Errorf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
			}
			c := e.NewContext(r, w)
			e.Router().Find(r.Method, r.URL.Path, c)
			seen[r.Method+" "+c.Path()] = true
		}
		for op := range operations() {
			if !seen[op] {
				t.Errorf("%s is in the contract but not tried", op)
			}
		}
	}
}

// The contract's operations and the table's API rows are the same.
func TestContractAndTableAgree(t *testing.T) {
	var inTable, inContract []string
	for _, r := range api.Routes() {
		if r.Page || strings.HasPrefix(r.Path, "/docs") || r.Path == api.Base+"/openapi.yaml" {
			continue
		}
		inTable = append(inTable, r.Method+" "+r.Path)
	}
	for op := range operations() {
		inContract = append(inContract, op)
	}
	sort.Strings(inTable)
	sort.Strings(inContract)
	if a, b := strings.Join(inTable, "\n"), strings.Join(inContract, "\n"); a != b {
		t.Errorf("table:\n%s\n\ncontract:\n%s", a, b)
	}
}

// Every operation and every member of the contract is described, every text and list is bounded, and every POST takes
// an Idempotency-Key.
func TestContractIsComplete(t *testing.T) {
	for op, r := range operations() {
		if r.Operation.Summary == "" || r.Operation.Description == "" {
			t.Errorf("%s is not described", op)
		}
		if r.Method != "POST" {
			continue
		}
		has := false
		for _, p := range r.Operation.Parameters {
			has = has || p.Value.Name == "Idempotency-Key"
		}
		if !has {
			t.Errorf("%s takes no Idempotency-Key", op)
		}
	}
	for name, s := range spec.Components.Schemas {
		if s.Value.Description == "" {
			t.Errorf("schema %s is not described", name)
		}
		for k, p := range s.Value.Properties {
			if p.Value.Description == "" {
				t.Errorf("%s.%s is not described", name, k)
			}
			if strings.HasSuffix(name, "Input") && p.Value.Type.Is("string") && p.Value.MaxLength == nil && len(p.Value.Enum) == 0 {
				t.Errorf("%s.%s has no bound", name, k)
			}
			if strings.HasSuffix(name, "Input") && p.Value.Type.Is("array") && p.Value.MaxItems == nil {
				t.Errorf("%s.%s has no bound", name, k)
			}
		}
	}
}

var _ service.API = (*fake)(nil)
