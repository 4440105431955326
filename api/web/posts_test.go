package web_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/domain"
)

// A draft is screened while it is typed, what is found is marked, and it is submitted; every state of a publication has a sound
// page.
func TestPublicationsInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	b := browsertest.Chrome(t)
	for n, look := range []browsertest.Look{phone, {Lang: "en", Width: 1280}} {
		t.Run(look.String(), func(t *testing.T) {
			s := newScript(monday)
			base := serve(t, s)
			p := b.Page(t, base, look)
			p.SignIn("E0003")
			p.Open("/publications/new")
			p.Fill("#f-text", postText)
			p.Wait("#draft-check mark.hit")
			if got := p.Text("#draft-check mark.hit"); !strings.HasPrefix(got, "13800138000") {
				t.Errorf("marked: %q", got)
			}
			if got := p.Text("[aria-labelledby=h-clean] .posttext"); !strings.Contains(got, "[手机号1]") {
				t.Errorf("desensitised: %q", got)
			}
			p.Sound()
			p.Shot("draft")
			p.Click("button[name=do][value=submit].primary")
			p.WaitPath("/publications/" + postID(domain.PostInApproval))
			if !slices.Contains(s.did, "submit sha256:w ") {
				t.Errorf("did %q", s.did)
			}
			for i, st := range postStates {
				if i%2 != n { // each state in one of the looks
					continue
				}
				p.Open("/publications/" + postID(st))
				p.Sound()
				p.Shot("post-" + string(st))
			}
			p.Open("/publications")
			p.Sound()
			p.Shot("posts")
			for _, x := range []struct {
				who string
				st  domain.PostState
			}{{"E0007", domain.PostPosting}, {"E0001", domain.PostInApproval}, {"E0002", domain.PostScreened}} {
				q := b.Page(t, base, look)
				q.SignIn(x.who)
				q.Open("/publications/" + postID(x.st))
				if x.who == "E0002" {
					q.Fill("#purpose", "核对豁免")
					q.Click("#purpose ~ button")
					q.Wait("#h-findings")
				}
				q.Sound()
				q.Shot("post-" + string(x.st) + "-" + x.who)
			}
		})
	}
}

// What somebody wrote never comes out as markup; each act of the page reaches the service; a refused one keeps what was typed.
func TestPublicationFormsAtTheBoundary(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	c, get := visit(t, base, "E0003")
	_, page := get("/publications/new?group=" + id(302))
	csrf := token(page)
	post := func(path string, f url.Values) (int, string) {
		t.Helper()
		f.Set("_csrf", csrf)
		r, err := c.PostForm(base+path, f)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, r.Header.Get("Location") + body(t, r)
	}
	draft := func(do string) url.Values {
		return url.Values{"key": {id(55)}, "do": {do}, "subject": {evil}, "text": {"😀 " + postText}, "class": {"general"}, "groups": {id(302)}, "file_name": {id(790) + "|" + evil}, "file": {id(790)}}
	}
	st, got := post("/publications/new", draft("check")) // without scripts
	if st != http.StatusOK || strings.Contains(got, evil) || !strings.Contains(got, `>13800138000<sup>`) || strings.Contains(got, "<script>alert") {
		t.Errorf("a check answers %d, escaped %v, marked %v", st, !strings.Contains(got, evil), strings.Contains(got, ">13800138000<sup>"))
	}
	if len(s.did) != 0 {
		t.Errorf("a check did %q", s.did)
	}
	if st, got := post("/publications/new", draft("save")); st != http.StatusSeeOther || !strings.HasPrefix(got, "/publications/"+postID(domain.PostDraft)+"?") {
		t.Errorf("saving answers %d %s", st, got)
	}
	long := draft("check")
	long.Set("text", strings.Repeat("a", 70<<10))
	if st, got := post("/publications/previews", long); st != http.StatusOK || !strings.Contains(got, "boxed t-warn") {
		t.Errorf("a long draft answers %d: %.300s", st, got)
	}
	s.broken = &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "scope", Code: "required"}, {Field: "checked", Code: "checklist_required"}}}
	bad := draft("submit")
	bad.Set("text", "平安")
	if st, got := post("/publications/new", bad); st != http.StatusUnprocessableEntity || !strings.Contains(got, `href="#f-scope_people"`) || !strings.Contains(got, `action="/publications/`+postID(domain.PostDraft)+`/edit"`) {
		t.Errorf("a refused submission answers %d: it must name the field and go on with the stored draft", st)
	}
	s.broken = nil
	for _, st := range postStates {
		if code, page := get("/publications/" + postID(st)); code != http.StatusOK || strings.Contains(page, "<script>alert") {
			t.Errorf("%s: %d", st, code)
		}
	}
	one := "/publications/" + postID(domain.PostPosted)
	if st, got := post(one+"/recalls", url.Values{"act_id": {id(56)}, "comment": {"late"}}); st != http.StatusConflict || !strings.Contains(got, ">late</textarea>") {
		t.Errorf("a refused recall answers %d", st)
	}
	for _, x := range []struct {
		path string
		form url.Values
		did  string
	}{
		{"/recalls", url.Values{"comment": {"发错"}}, "post recall  发错"}, {"/archivals", url.Values{}, "post archive  "}, {"/withdrawals", url.Values{}, "post withdraw  "},
		{"/postings", url.Values{}, "post try  "}, {"/retries", url.Values{"group": {id(302)}}, "post retry " + id(302) + " "},
	} {
		x.form.Set("act_id", id(57))
		if st, got := post(one+x.path, x.form); st != http.StatusSeeOther || !slices.Contains(s.did, x.did) {
			t.Errorf("%s answers %d %.80s, did %q", x.path, st, got, s.did)
		}
	}
	r, err := c.Get(base + one + "/files/" + id(790))
	if err != nil {
		t.Fatal(err)
	}
	if r.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a file comes as %v", r.Header)
	}
	body(t, r)
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
