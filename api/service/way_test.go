package service_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

var png = []byte("\x89PNG\r\n\x1a\n--------")

func TestAGroupIsFiledApprovedAndBorn(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	requester, lead, admin := h.as(t, h.People[0]), h.as(t, h.LeadA), h.as(t, h.People[1])
	f := h.filing("研发部-数据备份")
	preview, err := h.s.PreviewFiling(ctx, requester, f)
	if err != nil || len(preview.Faults) != 0 || preview.Route == nil || preview.Route.Steps[0].Slots[0].Person.ID != h.LeadA {
		t.Fatalf("preview: %v %+v", err, preview)
	}
	c := h.file(t, f)
	if c.Status != domain.CaseInApproval || c.Number == "" || len(c.Waiting) != 1 || c.Waiting[0].ID != h.LeadA {
		t.Fatalf("filed: %+v", c)
	}
	inbox, err := h.s.Inbox(ctx, lead, "", 10)
	if err != nil || len(inbox.Items) != 1 || inbox.Items[0].Case.ID != c.ID || inbox.Items[0].Digest != preview.Digest {
		t.Fatalf("inbox: %v %+v", err, inbox)
	}
	v, err := h.s.Case(ctx, lead, c.ID, "")
	if err != nil || !slices.Contains(v.Can, "decide") || v.MySlot == "" || v.Filing == nil || v.Filing.Purpose != f.Purpose {
		t.Fatalf("case: %v %+v", err, v)
	}
	if due := preview.Route.Steps[0].Due; due == nil || v.Route.Steps[0].Due == nil || v.Route.Steps[0].Due.Sub(*due).Abs().Minutes() > 5 {
		t.Errorf("the preview promised %v, the case says %v", due, v.Route.Steps[0].Due)
	}
	ans, err := h.s.Decide(ctx, lead, c.ID, service.DecideInput{ID: uuid.NewString(), Outcome: domain.Approve, Digest: v.Digest, Comment: "同意，注意保密"})
	if err != nil || ans.Result != domain.Accepted || ans.Status != domain.CaseApproved || ans.Case == nil || ans.DecidedBy.ID != h.LeadA {
		t.Fatalf("decided: %v %+v", err, ans)
	}
	group := ans.Case.GroupID
	until(t, "the admin is asked to confirm", func() bool {
		in, err := h.s.Inbox(ctx, admin, "", 10)
		return err == nil && len(in.Items) == 1 && in.Items[0].Kind == "confirm" && in.Items[0].GroupID == group
	})
	wrong := service.ConfirmInput{ID: uuid.NewString(), Name: "别的群", PlatformID: "wx-1", Screenshot: service.Upload{Name: "shot.png", Data: png}}
	_, err = h.s.Confirm(ctx, admin, group, wrong)
	wants(t, err, service.Conflict, "name_differs")
	right := service.ConfirmInput{ID: uuid.NewString(), Name: "研发部-数据备份", PlatformID: "wx-1", Screenshot: service.Upload{Name: "shot.png", Data: png}}
	ans, err = h.s.Confirm(ctx, admin, group, right)
	if err != nil || ans.Result != domain.Accepted {
		t.Fatalf("confirmed: %v %+v", err, ans)
	}
	ans, err = h.s.Confirm(ctx, admin, group, right)
	if err != nil || ans.Result != domain.Duplicate {
		t.Fatalf("confirmed again: %v %+v", err, ans)
	}
	g, err := h.s.Group(ctx, admin, group, "")
	if err != nil || g.State != domain.GroupActive || g.PlatformID != "wx-1" || g.Members != 4 || len(g.MemberRefs) == 0 {
		t.Fatalf("group: %v %+v", err, g)
	}
	shot, err := h.s.Evidence(ctx, admin, group)
	if err != nil || shot.MediaType != "image/png" || string(shot.Data) != string(png) {
		t.Fatalf("evidence: %v %s", err, shot.MediaType)
	}
	line, err := h.s.Timeline(ctx, requester, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range line {
		kinds = append(kinds, e.Kind+":"+string(e.Result))
		if e.Kind == "decide" && (e.Comment != "同意，注意保密" || !e.Proof || e.Actor.ID != h.LeadA) {
			t.Errorf("the decision in the timeline: %+v", e)
		}
	}
	want := "submitted:accepted decide:accepted group.begun:accepted group.confirm:refused group.confirm:accepted"
	if strings.Join(kinds, " ") != want {
		t.Errorf("timeline:\n got %s\nwant %s", strings.Join(kinds, " "), want)
	}
	// Members of other departments see an ordinary group in the register, without its members.
	reg, err := h.s.Register(ctx, h.as(t, h.LeadB), service.GroupFilter{Text: "数据备份"})
	if err != nil || len(reg.Items) != 1 || reg.Items[0].Members != 4 {
		t.Fatalf("register: %v %+v", err, reg)
	}
	g, err = h.s.Group(ctx, h.as(t, h.LeadB), group, "")
	if err != nil || g.MemberRefs != nil {
		t.Fatalf("an outsider sees members: %v %+v", err, g.MemberRefs)
	}
}

func TestTheHistoryOfAClosedCaseIsExportedOnce(t *testing.T) {
	h := open(t)
	c := h.file(t, h.filing("研发部-数据备份"))
	if _, err := h.approve(t, h.LeadA, c.ID); err != nil {
		t.Fatal(err)
	}
	until(t, "the history is exported", func() bool {
		x, err := h.Store.Exports(t.Context(), "case-"+c.ID)
		return err == nil && len(x) == 1 && x[0].Closed && x[0].Events > 5 && !strings.Contains(string(x[0].Body), "events")
	})
}

func TestMailsSayNothingOfConfidentialMatter(t *testing.T) {
	h := open(t)
	h.Exec(t, `UPDATE employees SET email = lower(number) || '@example.com'`)
	h.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	open, secret := h.file(t, h.filing("研发部-公开事项")), h.file(t, h.confidential("研发部-涉密事项"))
	var mails string
	until(t, "both are mailed", func() bool {
		mails = ""
		for _, m := range h.sink.List(100) {
			mails += m.To + " " + m.Subject + " " + m.Body + "\n"
		}
		return strings.Contains(mails, open.Number) && strings.Contains(mails, secret.Number)
	})
	if !strings.Contains(mails, "研发部-公开事项") || strings.Contains(mails, "涉密事项") {
		t.Errorf("mails:\n%s", mails)
	}
	if !strings.Contains(mails, "http://localhost:8080/cases/"+secret.ID) {
		t.Errorf("no link:\n%s", mails)
	}
}

// Opening a case's page is having read the news about it; what a program reads, nobody saw.
func TestNewsAreReadWithWhatTheyAreAbout(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	c, other := h.file(t, h.filing("研发部-看过即读")), h.file(t, h.filing("研发部-还没有看"))
	lead := h.as(t, h.LeadA)
	unread := func() map[string]bool {
		t.Helper()
		page, err := h.s.Notifications(ctx, lead, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]bool{}
		for _, n := range page.Items {
			out[n.SubjectID] = out[n.SubjectID] || n.Read == nil
		}
		return out
	}
	until(t, "the leader is told of both", func() bool { u := unread(); return u[c.ID] && u[other.ID] })
	for _, x := range []struct {
		method string
		unread bool
	}{{"token", true}, {"session", false}} {
		lead.Method = x.method
		if _, err := h.s.Case(ctx, lead, c.ID, ""); err != nil {
			t.Fatal(err)
		}
		if u := unread(); u[c.ID] != x.unread || !u[other.ID] {
			t.Errorf("read by %s: %v", x.method, u)
		}
	}
}

// What cannot go on by itself waits in the process administrators' queue; of confidential matter not even the title.
func TestTheQueueOfThoseWhoHelp(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	c, secret := h.file(t, h.filing("研发部-等待协助")), h.file(t, h.confidential("研发部-涉密等待"))
	for _, id := range []string{c.ID, secret.ID} {
		if err := h.Store.MarkNeedsHand(ctx, id, "projection_refused"); err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.s.HandQueue(ctx, h.as(t, h.LeadA), "", 10)
	wants(t, err, service.Forbidden, "role_required")
	helper := h.as(t, h.LeadA)
	helper.Roles = append(helper.Roles, domain.RoleProcessAdmin)
	seen := map[string]string{}
	for cursor := ""; ; {
		page, err := h.s.HandQueue(ctx, helper, cursor, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Items {
			seen[x.ID] = x.Title + "|" + x.NeedsHand
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(seen) != 2 || seen[c.ID] != "研发部-等待协助|projection_refused" || seen[secret.ID] != "|projection_refused" {
		t.Errorf("the queue: %v", seen)
	}
	_, err = h.s.HandQueue(ctx, helper, "x", 10)
	wants(t, err, service.Malformed, "cursor_invalid")
}
