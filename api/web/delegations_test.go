package web_test

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/web/browsertest"
)

// The page of delegations and HR's list are sound in every look, empty and full, with faults and without.
func TestDelegationPagesInEveryLook(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base := serve(t, newScript(monday))
	quiet := newScript(monday)
	quiet.empty = true
	calm := serve(t, quiet)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	list, bad, ics := write("a.csv", "good list"), write("b.csv", "bad list"), write("c.ics", "BEGIN:VCALENDAR")
	b := browsertest.Chrome(t)
	for _, look := range browsertest.Looks() {
		t.Run(look.String(), func(t *testing.T) {
			p := b.Page(t, base, look)
			p.Allow("status of 4")
			p.SignIn("E0001")
			p.Open("/delegations")
			p.Sound()
			p.Shot("delegations")
			p.Upload("#f-calendar", ics)
			p.Click("form[action='/delegations/calendar'] button")
			p.Wait("#proposals [role=status]")
			p.Sound()
			p.Fill("#f-deputy", "nobody")
			p.Fill("#f-note", "请留意")
			p.Eval(`document.querySelector("#f-until").value = "2026-12-05"`)
			p.Click("#new form button")
			p.Wait("#e-deputy")
			p.Sound()
			p.Shot("delegations-fault")
			if got := p.Eval(`document.querySelector("#f-note").value`); got != "请留意" {
				t.Errorf("what was typed is lost: %q", got)
			}
			q := b.Page(t, calm, look)
			q.SignIn("E0001")
			q.Open("/delegations")
			q.Sound()
			q.Shot("delegations-none")

			h := b.Page(t, base, look)
			h.SignIn("E0006")
			h.Open("/absences/import")
			h.Upload("#f-file", bad)
			h.Click("form button[value=check]")
			h.Wait("#h-faults")
			h.Sound()
			h.Shot("absences-faults")
			h.Upload("#f-file", list)
			h.Click("form button[value=check]")
			h.Wait("button[value=apply]")
			h.Sound()
			h.Shot("absences")
			h.Click("button[value=apply]")
			h.Wait("#main:not(:has(button[value=apply])) #h-rows") // what was taken cannot be taken again
		})
	}
}

func TestDelegationForms(t *testing.T) {
	base := serve(t, newScript(monday))
	c, get := visit(t, base, "E0001")
	_, page := get("/delegations")
	post := func(path string, kv ...string) (status int, to, text string) {
		t.Helper()
		f := url.Values{"_csrf": {token(page)}}
		for i := 0; i+1 < len(kv); i += 2 {
			f.Add(kv[i], kv[i+1])
		}
		r, err := c.PostForm(base+path, f)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, r.Header.Get("Location"), string(body)
	}
	for name, x := range map[string]struct {
		path   string
		kv     []string
		status int
		want   string // in the page, or where it leads
	}{
		"by number":          {"/delegations", []string{"deputy", "E0002", "until", "2026-12-05", "key", "k1"}, 303, "done=delegated"},
		"as the browser has": {"/delegations", []string{"deputy", "E0002 " + people[1].Name, "until", "2026-12-05", "key", "k2"}, 303, "done=delegated"},
		"nobody":             {"/delegations", []string{"deputy", "zzz", "until", "2026-12-05"}, 422, `id="e-deputy"`},
		"oneself":            {"/delegations", []string{"deputy", "E0001", "until", "2026-12-05"}, 422, `id="e-deputy"`},
		"without an end":     {"/delegations", []string{"deputy", "E0002"}, 422, `id="e-until"`},
		"ended":              {"/delegations/" + id(801) + "/end", nil, 303, "done=delegation_ended"},
		"accepted":           {"/delegations/proposals/" + id(901) + "/accept", []string{"deputy", "E0002"}, 303, "done=delegated"},
		"accepted in a ring": {"/delegations/proposals/" + id(901) + "/accept", []string{"deputy", "E0001"}, 422, `id="e-deputy"`},
		"answered before":    {"/delegations/proposals/" + id(901) + "/decline", nil, 409, "data-notice"},
	} {
		status, to, text := post(x.path, x.kv...)
		if status != x.status || !strings.Contains(text+to, x.want) {
			t.Errorf("%s: %d %s, want %d with %s", name, status, to, x.status, x.want)
		}
		if x.status == 422 && strings.Count(text, x.want) != 1 {
			t.Errorf("%s: the fault stands %d times", name, strings.Count(text, x.want))
		}
	}
	if _, text := get("/people?field=deputy&deputy=" + url.QueryEscape("E0002 "+people[1].Name)); !strings.Contains(text, `<option value="E0002 `) {
		t.Errorf("the browser is offered %q", text)
	}
}
