package service

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// audited is a company with the service before it, and its auditor.
func audited(t *testing.T) (*company.Company, *Service, Actor) {
	t.Helper()
	c := company.Open(t, company.Options{})
	s := New(Config{Store: c.Store, Temporal: c.Client, Namespace: c.Namespace, Keyring: c.Keys})
	return c, s, Actor{ID: c.Auditor, Roles: []domain.Role{domain.RoleEmployee, domain.RoleAuditor}}
}

func approved(t *testing.T, c *company.Company, f domain.Filing) company.Filed {
	t.Helper()
	filed := c.File(t, f, 48*time.Hour, company.Step(domain.Sequence, c.DepA, c.DepB))
	c.Decide(t, filed, c.LeadA, domain.Approve)
	c.Decide(t, filed, c.LeadB, domain.Approve)
	c.Closed(t, filed.Workflow())
	return filed
}

func kindOf(err error) (Kind, string) {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind, e.Code
	}
	return "", ""
}

func TestAuditorReadsAndReplays(t *testing.T) {
	c, s, auditor := audited(t)
	ctx := context.Background()
	f := approved(t, c, c.FilingOn("byhand"))

	h, err := s.History(ctx, auditor, f.Workflow(), "")
	if err != nil || !h.Closed || h.Source != fromEngine || len(h.Events) < 10 {
		t.Fatalf("%v: %d events, closed %v, from %s", err, len(h.Events), h.Closed, h.Source)
	}
	v, err := s.Replay(ctx, auditor, f.Workflow(), "")
	if err != nil || !v.OK || v.Proofs != 2 || v.Build == "" {
		t.Fatalf("%v: %+v", err, v)
	}
	group := c.Birth(t, f)
	c.Recorded(t, group, "group.begun")
	if v, err = s.Replay(ctx, auditor, group, ""); err != nil || !v.OK {
		t.Fatalf("the group: %v: %+v", err, v)
	}
	c.Exec(t, `ALTER TABLE cases DISABLE TRIGGER USER`)
	c.Exec(t, `UPDATE cases SET tier = 'secret' WHERE id = $1`, f.State.ID)
	// The altered row calls it secret, so a purpose is needed; the verdict names the column.
	if _, err = s.Replay(ctx, auditor, f.Workflow(), ""); err == nil {
		t.Error("secret matter was read without a purpose")
	}
	v, err = s.Replay(ctx, auditor, f.Workflow(), "年度抽查")
	if err != nil || v.OK || v.Failure != string(replay.CodeDiffers) || len(v.Differences) != 1 || v.Differences[0].Column != "tier" {
		t.Errorf("%v: %+v", err, v)
	}
	var events int
	if err := c.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM api_events WHERE actor_id = $1 AND kind IN ('read_history', 'replay', 'replay_verdict')`, c.Auditor).Scan(&events); err != nil || events != 7 {
		t.Errorf("%d readings and verdicts are recorded, %v", events, err)
	}
	keys, err := s.ProofKeys(ctx)
	if err != nil || keys[c.Keys.ProofKeyID()] == "" {
		t.Errorf("%v %v", keys, err)
	}
}

func TestAuditRefusesWhoMayNot(t *testing.T) {
	c, s, auditor := audited(t)
	ctx := context.Background()
	secret := c.FilingOn("byhand")
	secret.Tier = domain.TierConfidential
	f := approved(t, c, secret)
	for _, tc := range []struct {
		name     string
		actor    Actor
		workflow string
		purpose  string
		kind     Kind
		code     string
	}{
		{"not an auditor", Actor{ID: c.Head, Roles: []domain.Role{domain.RoleEmployee}}, f.Workflow(), "x", Forbidden, "auditors_only"},
		{"no purpose", auditor, f.Workflow(), "", Forbidden, "purpose_required"},
		{"a purpose too long", auditor, f.Workflow(), strings.Repeat("长", 501), Invalid, "invalid"},
		{"unknown", auditor, "case-0193a0a0-0000-7000-8000-000000000000", "x", NotFound, "not_found"},
		{"no id", auditor, "case-x", "x", NotFound, "not_found"},
		{"no process of ours", auditor, "temporal-sys-scheduler", "x", NotFound, "not_found"},
		{"an id in capitals", auditor, strings.ToUpper(f.Workflow()), "x", NotFound, "not_found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := s.Replay(ctx, tc.actor, tc.workflow, tc.purpose)
			if kind, code := kindOf(err); kind != tc.kind || code != tc.code {
				t.Errorf("want %s %s, got %v", tc.kind, tc.code, err)
			}
			_, err = s.History(ctx, tc.actor, tc.workflow, tc.purpose)
			if kind, code := kindOf(err); kind != tc.kind || code != tc.code {
				t.Errorf("history: want %s %s, got %v", tc.kind, tc.code, err)
			}
		})
	}
	if v, err := s.Replay(ctx, auditor, f.Workflow(), "抽查"); err != nil || !v.OK {
		t.Errorf("%v %+v", err, v)
	}
}

// TestExportOutlivesTheEngine exports a closed case, lets the engine forget it, and verifies it again from the bytes.
func TestExportOutlivesTheEngine(t *testing.T) {
	c, s, auditor := audited(t)
	ctx := context.Background()
	f := approved(t, c, c.FilingOn("byhand"))
	if err := s.exportHistory(ctx, f.Workflow()); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Replay(ctx, auditor, f.Workflow(), ""); err != nil || !v.OK {
		t.Fatalf("engine and export: %v %+v", err, v)
	}
	// A namespace that has never seen the workflow answers as one whose retention took it, without the engine's slow deletion.
	s.UseEngine(c.Env.ClientWith(t, client.Options{Namespace: c.Env.NewNamespace(t)}))
	h, err := s.History(ctx, auditor, f.Workflow(), "")
	if err != nil || h.Source != fromExport || !h.Closed || h.SHA256 == "" {
		t.Fatalf("%v: from %s, closed %v", err, h.Source, h.Closed)
	}
	if v, err := s.Replay(ctx, auditor, f.Workflow(), ""); err != nil || !v.OK {
		t.Fatalf("from the export: %v %+v", err, v)
	}
	raw, err := s.RawHistory(ctx, auditor, f.Workflow(), "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := replay.ParseBundle(raw, "")
	if err != nil || len(b.Runs) != 1 || b.Runs[0].SHA256 != h.SHA256 {
		t.Fatalf("%v: %d runs", err, len(b.Runs))
	}
	if r := b.Check(ctx, c.Keys, nil); !r.OK() || !r.Compared {
		t.Errorf("offline: %v %v", r.Faults, r.Differences)
	}
	s.UseEngine(nil) // the engine away altogether
	if v, err := s.Replay(ctx, auditor, f.Workflow(), ""); err != nil || !v.OK {
		t.Errorf("without the engine: %v %+v", err, v)
	}
	c.Exec(t, `UPDATE history_exports SET sha256 = 'sha256:0' WHERE workflow_id = $1`, f.Workflow())
	if v, err := s.Replay(ctx, auditor, f.Workflow(), ""); err != nil || v.OK || v.Failure != string(replay.CodeBytes) {
		t.Errorf("an altered digest: %v %+v", err, v)
	}
	c.Exec(t, `UPDATE history_exports SET body = body || '\x00'::bytea WHERE workflow_id = $1`, f.Workflow())
	if v, err := s.Replay(ctx, auditor, f.Workflow(), "x"); err != nil || v.OK || v.Failure != string(replay.CodeBytes) {
		t.Errorf("altered bytes: %v %+v", err, v)
	}
}
