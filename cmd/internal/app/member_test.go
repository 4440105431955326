package app_test

import (
	"cmp"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/deploy/courses"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// A member's whole way on a phone (R2.2.2, R4.2.1, R4.2.2, R2.3.4): they ask to join a confidential group, its admin looks at
// who they are, they sign, learn and are in, on the platform too; the document verifies outside; and when they resign they are
// out of the group within seconds, by the platform's own list, with their duties standing.
func TestAMembersWayOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	c := withPlatform(t, time.Hour)
	gid, room := c.confidentialGroup(t, "平台部-远行计划")
	const number = "E0116"
	who := c.id(t, number)
	in := func() bool {
		list, err := c.far.Members(room)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(list, who)
	}
	b := browsertest.Chrome(t)
	p := b.Page(t, c.base, browsertest.Look{Lang: "zh-CN", Width: 390})
	p.SignIn(number)
	way := "/groups/" + gid + "/joins"

	p.Open(way)
	p.Fill("#main textarea[name=comment], textarea[name=comment]", "参与远行计划的接口设计")
	p.Click(`form[action$="/joins"] button`)
	p.Wait(".notice.t-ok")
	seen(t, p, "30-asked")
	if in() {
		t.Fatal("who only asked is in the group")
	}

	admin := b.Page(t, c.base, browsertest.Look{Lang: "zh-CN", Width: 390})
	admin.SignIn("E0037")
	admin.Open("/groups/" + gid)
	admin.Click(`form[action$="/joins/` + string(who) + `/reviews"] button[value=accept]`)
	admin.Wait(".notice.t-ok")

	n := c.asked(t, number, gid)
	p.Open(way)
	p.Click(`.way a[href="/ndas"]`)
	p.WaitPath("/ndas")
	p.Click(`a.btn[href="/ndas/` + n.ID + `"]`)
	p.WaitPath("/ndas/" + n.ID)
	p.Eval("document.querySelector('#sign').scrollIntoView()")
	p.Wait(".signform")
	p.Click(".consent-tick input")
	p.Fill("#f-name", n.Person.Name)
	p.Click(".signform button.big")
	p.Wait(`#sign a[href$="/document"]`)
	if in() {
		t.Fatal("who has not learned yet is in the group")
	}

	until(t, "the training is what comes next", func() bool { p.Open(way); return p.Count(`.way a[href="/courses/secrecy"]`) == "1" })
	seen(t, p, "31-way")
	p.Click(`.way a[href="/courses/secrecy"]`)
	p.Click("#quiz button")
	p.Wait(".quiz")
	course, err := policy.ParseCourse(courses.Secrecy)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range course.Questions {
		if p.Count(`[name="q.`+q.ID+`"]`) == "0" {
			continue // not drawn
		}
		for _, o := range q.Options {
			if o.Right {
				p.Click(`[name="q.` + q.ID + `"][value="` + o.ID + `"]`)
			}
		}
	}
	p.Click(".quiz-end button")
	p.Wait(".results")
	until(t, "the platform has the new member", in)
	p.Open("/groups/" + gid)
	seen(t, p, "32-member")

	// What was signed is held against a program of others.
	pdf := filepath.Join(cmp.Or(os.Getenv("SCREENSHOT_DIR"), t.TempDir()), "agreement.pdf")
	if err := os.WriteFile(pdf, c.get(t, number, "/ndas/"+n.ID+"/document").is(t, http.StatusOK).body, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _ := exec.Command("pdfsig", "-nocert", pdf).CombinedOutput(); !strings.Contains(string(out), "Signature is Valid") || !strings.Contains(string(out), "Total document signed") {
		t.Errorf("pdfsig: %s", out)
	}
	if out, err := exec.Command("pdftotext", pdf, "-").Output(); err != nil || !strings.Contains(string(out), n.Person.Name) || !strings.Contains(string(out), number) {
		t.Errorf("the document's text names nobody: %v", err)
	}

	// They resign: HR's list says so, and the platform's own list is the proof.
	book := demoBook(t)
	book.set(t, number, "状态", "离职")
	began := time.Now()
	c.importBook(t, "E0260", "", book.csv()).is(t, http.StatusOK)
	until(t, "the platform has let them go", func() bool { return !in() })
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("out of the group only after %s", took)
	}
	until(t, "the agreement has ended, and its duties stand", func() bool {
		v := c.nda(t, "E0037", n.ID)
		return v.State == domain.NDATerminated
	})
	var told []string
	defer func() {
		if t.Failed() {
			t.Logf("the timeline tells %v", told)
		}
	}()
	until(t, "the timeline tells all of it", func() bool {
		var list service.Page[service.TimelineEntry]
		c.get(t, "E0037", "/groups/"+gid+"/timeline?limit=100").is(t, http.StatusOK).into(t, &list)
		told = nil
		for _, e := range list.Items {
			told = append(told, e.Kind)
		}
		return !slices.ContainsFunc([]string{"group.join", "group.review", "group.clearance", "group.op_done", "group.directory"}, func(k string) bool { return !slices.Contains(told, k) })
	})
	if out := c.verdict(t, "group-"+gid); !out.OK {
		t.Errorf("the group's replay: %+v", out)
	}
}

// confidentialGroup is a confidential group on the test platform; its own people have not signed.
func (c compared) confidentialGroup(t *testing.T, name string) (group, room string) {
	t.Helper()
	f := c.file(t, "E0040", c.filing(t, name, department, confidential, func(f *domain.Filing) { f.Platform = "test" }))
	until(t, "everybody has approved", func() bool {
		v := c.read(t, "E0040", f.ID)
		for _, st := range v.Route.Steps {
			for _, sl := range st.Slots {
				if sl.Status == domain.SlotOpen {
					c.post(t, sl.Person.Number, "/cases/"+f.ID+"/decisions", decision(v.CaseSummary, domain.Approve))
				}
			}
		}
		return v.Status == domain.CaseApproved
	})
	until(t, "the group stands", func() bool {
		var row string
		c.sql(t, &row, "SELECT coalesce((SELECT id || ' ' || platform_id FROM groups WHERE case_id = $1 AND state = 'active'), '')", f.ID)
		group, room, _ = strings.Cut(row, " ")
		return room != ""
	})
	return group, room
}
