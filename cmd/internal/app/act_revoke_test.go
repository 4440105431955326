package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// revoke asks for a revocation under a key.
func (r *running) revoke(t *testing.T, who, id, key, why string) reply {
	t.Helper()
	return r.post(t, who, "/cases/"+id+"/revocations", map[string]string{"comment": why}, "Idempotency-Key", key)
}

func TestRevocation(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-撤销演练", department))
	r.revoke(t, "E0040", c.ID, uuid.NewString(), "误报").refused(t, 409, "not_approved", "", "")
	r.approve(t, "E0006", c)
	v := r.read(t, "E0040", c.ID)
	if !slices.Contains(v.Can, "revoke") || v.With.RevocableUntil == nil || v.With.RevocableUntil.Sub(*v.Decided).Hours() < 30*24 || v.With.RevocableUntil.Sub(*v.Decided).Hours() > 31*24 {
		t.Errorf("%v until %v", v.Can, v.With.RevocableUntil)
	}
	r.revoke(t, attacker, c.ID, uuid.NewString(), "x").refused(t, 404, "not_found", "", "")
	r.revoke(t, auditing, c.ID, uuid.NewString(), "x").refused(t, 403, "relation_missing", "", "")
	r.revoke(t, "E0040", c.ID, uuid.NewString(), "").refused(t, 422, "invalid", "comment", "required")
	x, err := r.try("E0040", http.MethodPost, "/cases/"+c.ID+"/revocations", "application/json", []byte(`{"comment":"x"}`), "Idempotency-Key", "")
	if err != nil {
		t.Fatal(err)
	}
	x.refused(t, 400, "idempotency_key_missing", "Idempotency-Key", "missing_header")

	// The same call several times at once is one revocation; another one meanwhile is refused.
	key := uuid.NewString()
	replies := atOnce(6, func(int) reply { return r.revoke(t, "E0040", c.ID, key, "项目取消") })
	var sum service.CaseSummary
	for _, x := range replies {
		if x.status == http.StatusConflict { // its twin is under way
			x.refused(t, 409, "request_under_way", "", "")
			continue
		}
		var one service.CaseSummary
		x.is(t, http.StatusCreated).into(t, &one)
		if sum.ID != "" && one.ID != sum.ID {
			t.Fatalf("two revocations: %s and %s", sum.Number, one.Number)
		}
		sum = one
	}
	if sum.Kind != domain.KindRevocation || sum.Subject != c.ID || sum.Number[:2] != "R-" || sum.Title != c.Title || sum.Status == domain.CaseApproved {
		t.Errorf("%+v", sum)
	}
	r.revoke(t, "E0040", c.ID, uuid.NewString(), "又一次").refused(t, 409, "revocation_under_way", "", "")
	r.revoke(t, "E0040", c.ID, key, "别的理由").refused(t, 409, "idempotency_key_reused", "", "")
	r.revoke(t, "E0040", sum.ID, uuid.NewString(), "撤销之撤销").refused(t, 409, "not_allowed_by_policy", "", "")

	w := r.read(t, "E0006", sum.ID)
	if w.Reason != "项目取消" || w.Revokes == nil || w.Revokes.ID != c.ID || w.Filing == nil || w.Filing.Name != c.Title || !slices.Contains(w.Can, "decide") {
		t.Errorf("what is decided on: %q %+v %v", w.Reason, w.Revokes, w.Can)
	}
	if v := r.read(t, "E0040", c.ID); len(v.Revocations) != 1 || slices.Contains(v.Can, "revoke") || v.Status != domain.CaseApproved {
		t.Errorf("%+v %v", v.Revocations, v.Can)
	}

	// One that is refused changes nothing, and another may be asked for; security may ask as well.
	r.onCase(t, "E0006", sum.ID, "decisions", "outcome", "reject", "material_digest", w.Digest).taken(t)
	if v := r.read(t, "E0040", c.ID); v.Status != domain.CaseApproved || !slices.Contains(v.Can, "revoke") {
		t.Errorf("%s %v", v.Status, v.Can)
	}
	r.revoke(t, "E0292", c.ID, uuid.NewString(), "安全要求").is(t, http.StatusCreated).into(t, &sum)
	w = r.read(t, "E0006", sum.ID)
	// Who filed the case decides as little as who asks: both are party to it.
	r.onCase(t, "E0006", sum.ID, "transfers", "to", "E0040", "comment", "x").refused(t, 409, "target_is_party", "", "")
	var m struct{ Items []service.MaterialView }
	r.get(t, "E0006", "/cases/"+sum.ID+"/materials").is(t, http.StatusOK).into(t, &m)
	if len(m.Items) != 1 || m.Items[0].Digest != w.Digest {
		t.Errorf("what the revocation asks for: %+v, want the digest %s", m.Items, w.Digest)
	}
	r.onCase(t, "E0006", sum.ID, "returns", "comment", "请说明", "material_digest", w.Digest).taken(t)
	r.onCase(t, "E0292", sum.ID, "resubmissions", "comment", "见安全通报").taken(t)
	w = r.read(t, "E0006", sum.ID)
	r.onCase(t, "E0006", sum.ID, "decisions", "outcome", "approve", "material_digest", w.Digest).taken(t)
	until(t, "the case is revoked", func() bool { return r.read(t, "E0040", c.ID).Status == domain.CaseRevoked })
	r.entry(t, "E0040", c.ID, "revocation_asked")
	if e := r.entry(t, "E0040", c.ID, "revoked"); e.Case == nil || e.Case.ID != sum.ID {
		t.Errorf("%+v", e)
	}
	r.revoke(t, "E0040", c.ID, uuid.NewString(), "再撤").refused(t, 409, "already_revoked", "", "")
	r.sound(t, sum.ID)
	r.sound(t, c.ID)
}

// Past the window nothing is revoked any more.
func TestRevocationPastItsWindow(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-撤销过期", department))
	r.approve(t, "E0006", c)
	var done string
	r.sql(t, &done, `UPDATE cases SET state = jsonb_set(state, '{decided}', to_jsonb(to_char(now() - interval '40 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))) WHERE id = $1 RETURNING id::text`, c.ID)
	until(t, "this process reads the row anew", func() bool {
		v := r.read(t, "E0040", c.ID)
		return !slices.Contains(v.Can, "revoke")
	})
	r.revoke(t, "E0040", c.ID, uuid.NewString(), "太迟").refused(t, 409, "revocation_over", "", "")
}
