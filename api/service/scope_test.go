package service_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func TestWhoMayReadACase(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	h.Exec(t, `UPDATE employees SET roles = '{process_admin}' WHERE id = $1`, string(h.People[4]))
	h.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	plain, secret := h.file(t, h.filing("研发部-公开事项")), h.file(t, h.confidential("研发部-涉密事项"))
	for name, c := range map[string]struct {
		who           domain.EmployeeID
		plain, secret service.Kind // empty: reads; of the confidential case without a purpose
	}{
		"requester":                {h.People[0], "", ""},
		"approver":                 {h.LeadA, "", ""},
		"named admin":              {h.People[1], "", ""},
		"named member":             {h.People[3], service.NotFound, service.NotFound},
		"stranger":                 {h.People[5], service.NotFound, service.NotFound},
		"leader of another branch": {h.LeadB, service.NotFound, service.NotFound},
		"head without a slot":      {h.Head, service.NotFound, service.NotFound},
		"security officer":         {h.Security, "", service.Forbidden},
		"process administrator":    {h.People[4], "", service.Forbidden},
		"auditor":                  {h.Auditor, "", service.Forbidden},
	} {
		a := h.as(t, c.who)
		for id, want := range map[string]service.Kind{plain.ID: c.plain, secret.ID: c.secret} {
			_, err := h.s.Case(ctx, a, id, "")
			_, terr := h.s.Timeline(ctx, a, id)
			if got := kindOf(err); got != want {
				t.Errorf("%s reads: want %q, got %q", name, want, got)
			}
			if got := kindOf(terr); got != want {
				t.Errorf("%s reads the timeline: want %q, got %q", name, want, got)
			}
		}
	}
	if _, err := h.s.Case(ctx, h.as(t, h.LeadA), uuid.NewString(), ""); kindOf(err) != service.NotFound {
		t.Errorf("an unknown case: %v", err)
	}
	for _, bad := range []string{"", "x", "'; DROP TABLE cases; --", secret.ID + "\x00"} {
		if _, err := h.s.Case(ctx, h.as(t, h.LeadA), bad, ""); kindOf(err) != service.NotFound {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// With a purpose the office reads, and the reading is on record before anything is shown.
	auditor := h.as(t, h.Auditor)
	if _, err := h.s.Case(ctx, auditor, secret.ID, "年度检查"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.s.Timeline(ctx, auditor, secret.ID); err != nil {
		t.Errorf("the page's timeline after its purpose: %v", err)
	}
	var n int
	err := h.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM api_events WHERE kind = 'read_case' AND actor_id = $1 AND subject_id = $2 AND detail->>'purpose' = '年度检查'`,
		string(h.Auditor), secret.ID).Scan(&n)
	if err != nil || n != 1 {
		t.Errorf("%d readings on record: %v", n, err)
	}
	list, err := h.s.AuditCases(ctx, auditor, service.AuditFilter{})
	if err != nil || len(list.Items) != 2 {
		t.Fatalf("%v %+v", err, list)
	}
	for _, c := range list.Items {
		if (c.Title == "") != c.Tier.Confidential() {
			t.Errorf("%s in a search: %q", c.Tier, c.Title)
		}
	}
	_, err = h.s.AuditCases(ctx, h.as(t, h.LeadA), service.AuditFilter{})
	wants(t, err, service.Forbidden, "role_required")
	_, err = h.s.Events(ctx, h.as(t, h.Security), "", 10)
	wants(t, err, service.Forbidden, "role_required")
	if ev, err := h.s.Events(ctx, auditor, "", 100); err != nil || len(ev.Items) == 0 {
		t.Errorf("%v %d", err, len(ev.Items))
	}
}

func kindOf(err error) service.Kind {
	if err == nil {
		return ""
	}
	return service.AsError(err).Kind
}

func TestWhoMaySeeAConfidentialGroup(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	c := h.file(t, h.confidential("研发部-涉密事项"))
	for _, who := range []domain.EmployeeID{h.LeadA, h.Security} {
		if _, err := h.approve(t, who, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	v, err := h.s.Case(ctx, h.as(t, h.People[0]), c.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the group is in the register", func() bool {
		_, err := h.s.Group(ctx, h.as(t, h.People[1]), v.GroupID, "")
		return err == nil
	})
	// A group with secrets asks first (R4.2.1, R4.2.2): who did not sign is no member yet and learns nothing of it; named
	// admins administer from the filing on, whatever becomes of their own place.
	if _, err := h.s.Group(ctx, h.as(t, h.People[3]), v.GroupID, ""); kindOf(err) != service.NotFound {
		t.Errorf("a member who has signed nothing: %v", err)
	}
	if g, err := h.s.Group(ctx, h.as(t, h.People[2]), v.GroupID, ""); err != nil || !slices.Contains(g.Relations, service.RelNamedAdmin) || len(g.MemberRefs) != 0 {
		t.Errorf("an admin who has signed nothing: %v, %v, %d members", err, g.Relations, len(g.MemberRefs))
	}
	made := service.ConfirmInput{ID: uuid.NewString(), Name: "研发部-涉密事项", PlatformID: "wx-2", Screenshot: service.Upload{Name: "shot.png", Data: png}}
	if _, err := h.s.Confirm(ctx, h.as(t, h.People[1]), v.GroupID, made); err != nil {
		t.Fatal(err)
	}
	h.train(t, h.People[3])
	h.sign(t, h.People[3], v.GroupID)
	until(t, "who signed and is trained is a member", func() bool {
		_, err := h.s.Group(ctx, h.as(t, h.People[3]), v.GroupID, "")
		return err == nil
	})
	h.decline(t, h.People[4], v.GroupID)
	until(t, "an admin who waits is told of who declined", func() bool {
		var n int
		err := h.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM notifications WHERE person_id = $1 AND kind = 'nda_declined'`, string(h.People[2])).Scan(&n)
		return err == nil && n == 1
	})
	for name, p := range map[string]struct {
		who     domain.EmployeeID
		listed  bool
		group   service.Kind // without a purpose
		members bool
	}{
		"admin, who waits":          {h.People[1], true, "", true},
		"member who has not signed": {h.People[4], false, service.NotFound, false},
		"member":                    {h.People[3], true, "", true},
		"leader of the owner":       {h.LeadA, true, "", true},
		"head above the owner":      {h.Head, true, "", true},
		"requester, not a member":   {h.People[0], false, service.NotFound, false},
		"leader of another branch":  {h.LeadB, false, service.NotFound, false},
		"stranger":                  {h.People[5], false, service.NotFound, false},
		"security officer":          {h.Security2, true, service.Forbidden, false},
		"auditor":                   {h.Auditor, true, service.Forbidden, false},
	} {
		a := h.as(t, p.who)
		reg, err := h.s.Register(ctx, a, service.GroupFilter{})
		if err != nil || (len(reg.Items) == 1) != p.listed {
			t.Errorf("%s: the register lists %d: %v", name, len(reg.Items), err)
		}
		g, err := h.s.Group(ctx, a, v.GroupID, "")
		if kindOf(err) != p.group || (len(g.MemberRefs) > 0) != p.members {
			t.Errorf("%s: %v, %d members", name, err, len(g.MemberRefs))
		}
		if p.group == service.NotFound {
			_, err = h.s.Confirm(ctx, a, v.GroupID, service.ConfirmInput{ID: uuid.NewString(), Name: "x", PlatformID: "y", Screenshot: service.Upload{Data: png}})
			wants(t, err, service.NotFound, "")
		}
	}
	if _, err := h.s.Group(ctx, h.as(t, h.Auditor), v.GroupID, "年度检查"); err != nil {
		t.Error(err)
	}
}
