package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// reply is an answer of the API.
type reply struct {
	what   string
	status int
	header http.Header
	body   []byte
}

// try calls the API as a person; an answer that does not come is an error.
func (r *running) try(who, method, path string, contentType string, body []byte, header ...string) (reply, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, r.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer demo:"+who)
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", uuid.NewString())
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return reply{what: fmt.Sprintf("%s %s as %s", method, path, who), status: resp.StatusCode, header: resp.Header, body: raw}, err
}

func (r *running) get(t *testing.T, who, path string) reply {
	t.Helper()
	x, err := r.try(who, http.MethodGet, path, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (r *running) post(t *testing.T, who, path string, body any, header ...string) reply {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	x, err := r.try(who, http.MethodPost, path, "application/json", raw, header...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// upload sends one file and fields as a form.
func (r *running) upload(t *testing.T, who, path, field, name, mediaType string, data []byte, fields map[string]string, header ...string) reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", field, name))
	h.Set("Content-Type", mediaType)
	part, err := w.CreatePart(h)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = w.Close()
	x, err := r.try(who, http.MethodPost, path, w.FormDataContentType(), b.Bytes(), header...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// is checks the status.
func (x reply) is(t *testing.T, status int) reply {
	t.Helper()
	if x.status != status {
		t.Fatalf("%s: want %d, got %d %s", x.what, status, x.status, x.body)
	}
	return x
}

// into reads the answer.
func (x reply) into(t *testing.T, to any) {
	t.Helper()
	if err := json.Unmarshal(x.body, to); err != nil {
		t.Fatalf("%s: %v in %s", x.what, err, x.body)
	}
}

// problem reads an error answer.
func (x reply) problem(t *testing.T) problem.Problem {
	t.Helper()
	if ct := x.header.Get("Content-Type"); ct != problem.MediaType {
		t.Fatalf("%s: an error of type %q: %d %s", x.what, ct, x.status, x.body)
	}
	var p problem.Problem
	x.into(t, &p)
	return p
}

// answer reads what became of an act that was taken.
func (x reply) answer(t *testing.T) service.ActAnswer {
	t.Helper()
	x.is(t, http.StatusOK)
	var a service.ActAnswer
	x.into(t, &a)
	return a
}

// filing is a valid filing of the platform department by E0040.
func (r *running) filing(t *testing.T, name string, change ...func(*domain.Filing)) domain.Filing {
	t.Helper()
	f := domain.Filing{
		Name: name, Type: domain.TypeProject, Tier: domain.TierOrdinary, Purpose: "支付网关重构的日常协作",
		Departments: []domain.DepartmentID{r.department(t, "RD-PLT")},
		Admins:      []domain.EmployeeID{r.id(t, "E0037"), r.id(t, "E0038")}, Members: []domain.EmployeeID{r.id(t, "E0041")}, Platform: "byhand",
		Permissions: domain.Permissions{SeeContacts: true, Posting: domain.PostMembers, JoinByReview: true},
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

// department group: its department's leader alone decides.
func department(f *domain.Filing) { f.Type = domain.TypeDepartment }

// confidential group: the leader, then any security officer.
func confidential(f *domain.Filing) {
	f.Type, f.Tier = domain.TypeDepartment, domain.TierConfidential
	f.Permissions.SeeContacts = false
}

// file files and returns the case.
func (r *running) file(t *testing.T, who string, f domain.Filing) service.CaseSummary {
	t.Helper()
	var c service.CaseSummary
	r.post(t, who, "/groups", f).is(t, http.StatusCreated).into(t, &c)
	return c
}

// read reads a case as a person.
func (r *running) read(t *testing.T, who, id string) service.CaseView {
	t.Helper()
	var v service.CaseView
	r.get(t, who, "/cases/"+id+"?purpose="+url.QueryEscape("端到端测试")).is(t, http.StatusOK).into(t, &v)
	return v
}

// decision is a decision's body.
func decision(c service.CaseSummary, outcome domain.Outcome) map[string]any {
	return map[string]any{"decision_id": uuid.NewString(), "outcome": outcome, "material_digest": c.Digest}
}

// approve decides in a person's slot and expects success.
func (r *running) approve(t *testing.T, who string, c service.CaseSummary) service.ActAnswer {
	t.Helper()
	a := r.post(t, who, "/cases/"+c.ID+"/decisions", decision(c, domain.Approve)).answer(t)
	if a.Result != domain.Accepted {
		t.Fatalf("%s approves: %+v", who, a)
	}
	return a
}

// waits tells whether a case waits in a person's inbox.
func (r *running) waits(t *testing.T, who, id string) bool {
	t.Helper()
	for cursor := ""; ; {
		var p service.Page[service.InboxItem]
		r.get(t, who, "/inbox?limit=100&cursor="+url.QueryEscape(cursor)).is(t, http.StatusOK).into(t, &p)
		for _, it := range p.Items {
			if it.Case.ID == id {
				return true
			}
		}
		if cursor = p.Next; cursor == "" {
			return false
		}
	}
}

// picture is a small PNG; text hides behind its end, as a screenshot's own content would.
func picture(t *testing.T, text string) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 32, 32))
	for i := range 32 {
		m.Set(i, i, color.RGBA{R: 200, G: uint8(8 * i), A: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), text...)
}

// verdict replays a workflow as auditor.
func (r *running) verdict(t *testing.T, workflow string) service.ReplayVerdict {
	t.Helper()
	var v service.ReplayVerdict
	r.post(t, "E0021", "/audit/workflows/"+workflow+"/replays", map[string]string{"purpose": "端到端测试"}).is(t, http.StatusOK).into(t, &v)
	return v
}
