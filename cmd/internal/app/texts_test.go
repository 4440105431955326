package app_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
)

// legal1 drafts, legal2 reviews.
const legal1 = "E0285"

// legal2 is the demo company's second one of legal.
func (r *running) legal2(t *testing.T) string {
	t.Helper()
	for _, e := range r.dir.Employees {
		if slices.Contains(e.Roles, domain.RoleLegal) && e.Number != legal1 {
			return e.Number
		}
	}
	t.Fatal("one alone is of legal")
	return ""
}

// text is the shipped agreement with another law.
func textWith(law string) string {
	return strings.Replace(string(nda.Chinese), "{{law}}", "{{law}}与"+law, 1)
}

func (r *running) texts(t *testing.T) map[string]service.NDATemplate {
	t.Helper()
	var p service.Page[service.NDATemplate]
	r.get(t, legal1, "/nda-templates?limit=100").is(t, http.StatusOK).into(t, &p)
	out := map[string]service.NDATemplate{}
	for _, x := range p.Items {
		out[x.Version] = x
	}
	return out
}

// A text is drafted by one of legal, reviewed by another, published for a date, superseded and withdrawn; what was in
// force comes back, and the last one stays.
func TestATextIsMadeByTwo(t *testing.T) {
	r := own(t, nil)
	legal2 := r.legal2(t)
	shipped := r.texts(t)
	if len(shipped) != 2 || shipped["zh/1"].State != domain.TemplateInForce || !shipped["zh/1"].Setup || shipped["zh-en/1"].State != domain.TemplateInForce {
		t.Fatalf("a new database: %+v", shipped)
	}
	draft := func(who, text string) reply {
		return r.post(t, who, "/nda-templates", map[string]string{"text": text, "note": "适用法律"})
	}
	draft("E0040", textWith("甲法")).is(t, http.StatusForbidden)
	draft("E0021", textWith("甲法")).is(t, http.StatusForbidden) // an auditor only looks
	var v service.NDATemplate
	draft(legal1, textWith("甲法")).is(t, http.StatusCreated).into(t, &v)
	if v.Version != "zh/2" || v.State != domain.TemplateDraft || v.Author == nil || v.Author.Number != legal1 || v.Note != "适用法律" {
		t.Fatalf("%+v", v)
	}
	draft(legal1, strings.ReplaceAll(textWith("甲法"), "\n", " \r\n")).is(t, http.StatusOK) // the same text, however its lines end
	if p := draft(legal2, textWith("甲法")).is(t, http.StatusConflict).problem(t); p.Code != "template_on_record" {
		t.Errorf("%+v", p)
	}
	if p := draft(legal1, string(nda.Chinese)).is(t, http.StatusConflict).problem(t); p.Code != "template_on_record" {
		t.Errorf("what is in force is drafted again: %+v", p)
	}
	p := draft(legal1, strings.Replace(textWith("乙法"), "{#liability}", "{#x}", 1)).is(t, http.StatusUnprocessableEntity).problem(t)
	if p.Code != "template_faulty" || len(p.Defects) != 1 || p.Defects[0].Code != "article_missing" {
		t.Errorf("a text without liability: %+v", p)
	}
	if p := draft(legal1, textWith("\U000323af")).is(t, http.StatusUnprocessableEntity).problem(t); len(p.Faults) != 1 || p.Faults[0].Code != "no_typeface" {
		t.Errorf("a character that no typeface has: %+v", p)
	}

	act := func(who, id, what string, body map[string]any) reply {
		return r.post(t, who, "/nda-templates/"+id+"/"+what, body)
	}
	approve := map[string]any{"outcome": "approve"}
	if p := act(legal1, v.ID, "reviews", approve).is(t, http.StatusForbidden).problem(t); p.Code != "template_own_text" {
		t.Errorf("their own text: %+v", p)
	}
	act("E0292", v.ID, "reviews", approve).is(t, http.StatusForbidden)
	act(legal2, v.ID, "publications", map[string]any{"material": false}).is(t, http.StatusConflict)
	act(legal2, v.ID, "reviews", map[string]any{"outcome": "return"}).is(t, http.StatusUnprocessableEntity)
	act(legal2, v.ID, "reviews", approve).is(t, http.StatusOK)
	act(legal1, v.ID, "publications", map[string]any{"material": false, "effective_at": time.Now().Add(-time.Hour)}).is(t, http.StatusUnprocessableEntity)
	act(legal1, v.ID, "publications", map[string]any{"material": true}).is(t, http.StatusOK)
	now := r.texts(t)
	if now["zh/2"].State != domain.TemplateInForce || now["zh/1"].State != domain.TemplateSuperseded || now["zh/1"].Until == nil || !now["zh/2"].Material {
		t.Errorf("published: %+v", now)
	}
	var d service.NDATemplateDiff
	r.get(t, "E0021", "/nda-templates/"+v.ID+"/diff").is(t, http.StatusOK).into(t, &d)
	if d.Version != "zh/1" || !slices.ContainsFunc(d.Lines, func(l service.DiffLine) bool { return l.Op == "added" && strings.Contains(l.Text, "甲法") }) {
		t.Errorf("the difference: %+v", d)
	}
	pdf := r.get(t, legal1, "/nda-templates/"+v.ID+"/preview").is(t, http.StatusOK)
	if !bytes.HasPrefix(pdf.body, []byte("%PDF-1.7")) {
		t.Errorf("no PDF: %.40s", pdf.body)
	}

	// One that is to come, and one that was sent back.
	var later, back service.NDATemplate
	draft(legal2, textWith("丙法")).is(t, http.StatusCreated).into(t, &later)
	act(legal1, later.ID, "reviews", approve).is(t, http.StatusOK)
	act(legal2, later.ID, "publications", map[string]any{"material": false, "effective_at": time.Now().Add(24 * time.Hour)}).is(t, http.StatusOK)
	draft(legal2, textWith("丁法")).is(t, http.StatusCreated).into(t, &back)
	act(legal1, back.ID, "reviews", map[string]any{"outcome": "return", "comment": "写明条款"}).is(t, http.StatusOK)
	act(legal1, back.ID, "publications", map[string]any{"material": false}).is(t, http.StatusConflict)
	act(legal2, back.ID, "withdrawals", map[string]any{}).is(t, http.StatusOK)
	if now = r.texts(t); now["zh/3"].State != domain.TemplateScheduled || now["zh/2"].State != domain.TemplateInForce || now["zh/4"].ReviewNote != "写明条款" || now["zh/4"].State != domain.TemplateWithdrawn {
		t.Errorf("to come, and sent back: %+v", now)
	}
	act(legal1, v.ID, "withdrawals", map[string]any{}).is(t, http.StatusUnprocessableEntity) // published: a reason
	act(legal1, v.ID, "withdrawals", map[string]any{"reason": "与新法不符"}).is(t, http.StatusOK)
	if now = r.texts(t); now["zh/1"].State != domain.TemplateInForce || now["zh/2"].State != domain.TemplateWithdrawn {
		t.Errorf("its predecessor holds again: %+v", now)
	}
	if p := act(legal1, shipped["zh/1"].ID, "withdrawals", map[string]any{"reason": "x"}).is(t, http.StatusConflict).problem(t); p.Code != "last_template_in_force" {
		t.Errorf("the last one: %+v", p)
	}
	var events int
	r.sql(t, &events, `SELECT count(*) FROM api_events WHERE subject_id = $1 AND kind IN ('nda_template_drafted', 'nda_template_reviews', 'nda_template_publications', 'nda_template_withdrawals')`, v.ID)
	if events != 4 {
		t.Errorf("%d acts on record, want 4", events)
	}
	r.sql(t, &events, `SELECT count(*) FROM api_events WHERE kind = 'nda_template_refused' AND rule = 'template_own_text'`)
	if events != 1 {
		t.Error("who reviewed their own text is not on record")
	}
}

// The same publication sent twice, and by two at once, is one.
func TestPublishedOnce(t *testing.T) {
	r := own(t, nil)
	legal2 := r.legal2(t)
	var v service.NDATemplate
	r.post(t, legal1, "/nda-templates", map[string]string{"text": textWith("甲法")}).is(t, http.StatusCreated).into(t, &v)
	path := "/nda-templates/" + v.ID
	same := func(who, what string, body any, key string) reply {
		raw, _ := json.Marshal(body)
		x, err := r.try(who, http.MethodPost, path+what, "application/json", raw, "Idempotency-Key", key)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for range 2 {
		same(legal2, "/reviews", map[string]any{"outcome": "approve"}, "review-1").is(t, http.StatusOK)
	}
	same(legal2, "/reviews", map[string]any{"outcome": "approve", "comment": "x"}, "review-1").is(t, http.StatusConflict) // another request under the key
	got := make(chan int, 6)
	for i := range 6 {
		go func() {
			raw, _ := json.Marshal(map[string]any{"material": i%2 == 0})
			x, err := r.try([]string{legal1, legal2}[i%2], http.MethodPost, path+"/publications", "application/json", raw, "Idempotency-Key", fmt.Sprint("publish-", i))
			if err != nil {
				got <- 0
				return
			}
			got <- x.status
		}()
	}
	ok := 0
	for range 6 {
		switch s := <-got; s {
		case http.StatusOK:
			ok++
		case http.StatusConflict:
		default:
			t.Error("answered", s)
		}
	}
	if ok < 1 || ok > 3 { // the one who published it hears so again
		t.Errorf("%d of 6 were told that it is published", ok)
	}
	var n int
	r.sql(t, &n, `SELECT count(*) FROM api_events WHERE kind = 'nda_template_publications'`)
	if n != 1 {
		t.Errorf("published %d times", n)
	}
}

// sealed is a document as the program's own key seals it, from the key in its data folder.
func (r *running) sealedDocument(t *testing.T, places, signatures int) (pdf []byte, k *seal.Key, in paper.Input) {
	t.Helper()
	k, err := seal.OpenKey(filepath.Join(r.c.DataDir, app.KeysFolder), nil, "x", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	tpl, err := template.Parse(nda.Bilingual)
	if err != nil {
		t.Fatal(err)
	}
	v := template.Values{}
	for _, f := range template.Fields {
		v[f.Name] = domain.Label{ZH: "王䶮" + f.Label.ZH, EN: f.Label.EN}
	}
	doc, err := tpl.Fill(v)
	if err != nil {
		t.Fatal(err)
	}
	in = paper.Input{Document: doc, Company: "群备演示公司", Signer: paper.Signer{Name: "王䶮"}, Signatures: places,
		Evidence: &paper.Evidence{ID: "N-2026-00001", TemplateVersion: "zh-en/1", Signed: time.Now(), Check: paper.ByCode, Level: paper.PlatformSeal, Certificate: k.Serial(), Key: k.Fingerprint()}}
	if pdf, err = paper.Render(in); err != nil {
		t.Fatal(err)
	}
	for range signatures {
		if pdf, err = seal.Sign(pdf, k, seal.Act{Name: "群备演示公司", Reason: "保密协议签章", At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	return pdf, k, in
}

// What anybody may do to a sealed document is found out, through the API and through the page, by a stranger. Nothing is
// told that the file does not hold, and nothing of it stays in the log.
func TestDocumentsAreChecked(t *testing.T) {
	r := shared(t)
	one, k, in := r.sealedDocument(t, 1, 1)
	half, _, _ := r.sealedDocument(t, 2, 1)
	bare, _, _ := r.sealedDocument(t, 1, 0)
	flip := func(at int) []byte {
		b := bytes.Clone(one)
		b[at] ^= 1
		return b
	}
	stranger, err := seal.OpenKey(t.TempDir()+"/keys", nil, "群备演示公司", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	resigned, err := seal.Sign(bare, stranger, seal.Act{Name: "群备演示公司", Reason: "保密协议签章", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	other := in
	evidence := *in.Evidence
	evidence.Signed, evidence.ID = evidence.Signed.AddDate(-1, 0, 0), "N-2025-00009"
	other.Evidence = &evidence
	swapped, err := paper.Render(other)
	if err != nil {
		t.Fatal(err)
	}
	// The other's evidence page with this one's signature behind it.
	swapped = append(swapped, one[bytes.LastIndex(one, []byte("%qunbei signature ")):]...)
	for name, c := range map[string]struct {
		pdf  []byte
		want service.DocumentVerdict
		page string
	}{
		"as it was sealed":           {one, service.DocumentIntact, "不在存档中"}, // this one was sealed beside the service
		"a signature is missing":     {half, service.DocumentIncomplete, "签名不全"},
		"not signed":                 {bare, service.DocumentUnsigned, "没有签名"},
		"a flipped byte in the text": {flip(len(one) / 3), service.DocumentAltered, "已被改动"},
		"… in the signature":         {flip(bytes.LastIndex(one, []byte("/Contents <")) + 300), service.DocumentAltered, "已被改动"},
		"… in the last line":         {flip(len(one) - 3), service.DocumentAltered, "已被改动"},
		"bytes behind it":            {append(bytes.Clone(one), "\n% more"...), service.DocumentAltered, "已被改动"},
		"an evidence page swapped":   {swapped, service.DocumentAltered, "已被改动"},
		"signed again by another":    {resigned, service.DocumentOtherKey, "不是本平台的签章"},
		"cut off":                    {one[:len(one)-4000], service.DocumentAltered, "已被改动"},
		"something else":             {[]byte("%PDF-1.4\n%%EOF\n"), service.DocumentForeign, "不是本系统的文件"},
		"no PDF at all":              {[]byte("<script>alert(1)</script>\x00\xff"), service.DocumentForeign, "不是本系统的文件"},
		"full of our marks":          {bytes.Repeat([]byte("%%EOF\n%qunbei signature 1\n/Qunbei << /Document <"), 100000), service.DocumentAltered, "已被改动"},
	} {
		t.Run(name, func(t *testing.T) {
			x, err := r.try("", http.MethodPost, "/nda-verifications", "application/pdf", c.pdf)
			if err != nil {
				t.Fatal(err)
			}
			var d service.DocumentReport
			x.is(t, http.StatusOK).into(t, &d)
			if d.Verdict != c.want || d.OnRecord || (d.Level != "") != (c.want == service.DocumentIntact || c.want == service.DocumentIncomplete) {
				t.Errorf("%+v, want %s", d, c.want)
			}
			for _, s := range d.Signatures {
				if s.Known != (s.Fingerprint == k.Fingerprint() && s.Valid) {
					t.Errorf("whose key it is: %+v", s)
				}
			}
			for _, private := range []string{"王䶮", "群备演示公司", "N-202", "签章"} {
				if strings.Contains(string(x.body), private) {
					t.Errorf("%s is told: %s", private, x.body)
				}
			}
			if page := r.verifyPage(t, c.pdf); !strings.Contains(page, c.page) || strings.Contains(page, "王䶮") || strings.Contains(page, "N-202") {
				t.Errorf("the page does not say %q, or says too much", c.page)
			}
		})
	}
	// The record knows the file by its digest, and that is all that is told.
	known, _, _ := r.sealedDocument(t, 1, 1)
	r.keep(t, known)
	var d service.DocumentReport
	r.upload(t, "", "/nda-verifications", "file", "协议.pdf", "application/pdf", known, nil).is(t, http.StatusOK).into(t, &d)
	if d.Verdict != service.DocumentIntact || !d.OnRecord {
		t.Errorf("on record: %+v", d)
	}
	if page := r.verifyPage(t, known); !strings.Contains(page, "文件完好") {
		t.Error("the page does not know it")
	}
	known[len(known)-3] ^= 1
	if page := r.verifyPage(t, known); !strings.Contains(page, "已被改动") {
		t.Error("… and takes it for another")
	}
	for _, private := range []string{"王䶮", "N-2026-00001"} {
		if strings.Contains(r.log.String(), private) {
			t.Errorf("%s stands in the log", private)
		}
	}
}

// keep puts a file on record as an agreement's sealed document, without the agreement's process.
func (r *running) keep(t *testing.T, pdf []byte) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), r.c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	sum := sha256.Sum256(pdf)
	err = pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `SET LOCAL session_replication_role = replica`); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO ndas (id, number, group_id, person_id, template_sha256, material_object, digest, state, seq, doc, state_digest, document_sha256, since, created_at, changed_at)
VALUES (gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), '', gen_random_uuid(), 'd', 'sealed', 9, '{}', 'd', $2, now(), now(), now())`, uuid.NewString(), hex.EncodeToString(sum[:]))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// verifyPage has a stranger's browser send a document to the page and gives what it shows.
func (r *running) verifyPage(t *testing.T, pdf []byte) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	ask := func(req *http.Request) string {
		req.Header.Set("Accept-Language", "zh-CN")
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %v", req.Method, req.URL.Path, resp.StatusCode, err)
		}
		return string(b)
	}
	get, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+"/verify", nil)
	_, token, _ := strings.Cut(ask(get), `name="_csrf" value="`)
	token, _, _ = strings.Cut(token, `"`)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("_csrf", token)
	p, _ := w.CreateFormFile("file", "协议.pdf")
	_, _ = p.Write(pdf)
	_ = w.Close()
	post, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, r.base+"/verify", &b)
	post.Header.Set("Content-Type", w.FormDataContentType())
	return ask(post)
}
