package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// write drafts a publication of E0040 for a group.
func (c compared) write(t *testing.T, group string, edit func(map[string]any)) (p service.PostView) {
	t.Helper()
	d := map[string]any{"subject": "例会通知", "text": "周五下午在三楼会议室开例会。", "class": "general", "urgent": true, "reason": "临时通知", "groups": []string{group}}
	if edit != nil {
		edit(d)
	}
	c.post(t, "E0040", "/publications", d, "Idempotency-Key", uuid.NewString()).is(t, http.StatusCreated).into(t, &p)
	return p
}

func (c compared) submits(t *testing.T, p service.PostView, more ...any) reply {
	t.Helper()
	body := map[string]any{"written": p.Written}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return c.post(t, "E0040", "/publications/"+p.ID+"/submissions", body)
}

// TestPublicationsByClass goes the way of each class: a general one by its author's own check, one that security lowers and exempts,
// one that does not fit, one that is handled another way, and a topic at risk that is stopped.
func TestPublicationsByClass(t *testing.T) {
	c := withPlatform(t, time.Hour)
	group, room := c.stands(t, "平台部-日常通知")
	officer := c.officers(t)[0]
	state := func(p service.PostView, want domain.PostState) service.PostView {
		t.Helper()
		until(t, string(want), func() bool { p = c.publication(t, "E0040", p.ID); return p.State == want })
		return p
	}

	t.Run("general", func(t *testing.T) {
		p := c.write(t, group, nil)
		c.submits(t, p).is(t, http.StatusUnprocessableEntity).says(t, "checklist_required")
		c.submits(t, p, "checked", true).is(t, http.StatusOK)
		state(p, domain.PostPosted)
		texts, err := c.far.Texts(c.id(t, "E0037"), room)
		if err != nil || !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "三楼会议室") }) {
			t.Errorf("%q, %v", texts, err)
		}
		c.submits(t, p, "checked", true).is(t, http.StatusConflict)
		if a := c.post(t, "E0037", "/publications/"+p.ID+"/archivals", map[string]any{"decision_id": uuid.NewString()}).answer(t); a.Result != domain.Accepted {
			t.Errorf("%+v", a)
		}
		state(p, domain.PostArchived)
		c.replayed(t, p.ID)
	})
	sensitive := func(d map[string]any) {
		d["text"] = "值班电话13812345678，请保存。"
		d["source"], d["application"], d["demands"], d["scope"] = "行政部", "平台部", "限群内", map[string]any{"groups": []string{group}}
	}
	t.Run("does not fit", func(t *testing.T) {
		p := c.write(t, group, sensitive)
		c.submits(t, p, "checked", true).is(t, http.StatusUnprocessableEntity).says(t, "misfit_tier")
		q := c.write(t, group, func(d map[string]any) {
			d["class"], d["source"], d["application"], d["scope"] = "important_business", "行政部", "平台部", map[string]any{"people": []string{string(c.id(t, "E0040"))}}
		})
		c.submits(t, q).is(t, http.StatusUnprocessableEntity).says(t, "misfit_scope")
	})
	t.Run("files", func(t *testing.T) {
		with := func(name string, data []byte) func(map[string]any) {
			return func(d map[string]any) { d["files"] = []map[string]any{{"name": name, "data": data}} }
		}
		p := c.write(t, group, with("名单.txt", []byte("联系人手机号13812345678")))
		if p.Screened != domain.ClassSensitive || len(p.Findings) != 1 || p.Findings[0].Field != "files[0]" || !p.Findings[0].Needs {
			t.Errorf("a text: %s %+v", p.Screened, p.Findings)
		}
		up := c.get(t, "E0040", "/publications/"+p.ID+"/files/"+p.Original.Files[0].Object).is(t, http.StatusOK).body
		if string(up) != "联系人手机号13812345678" {
			t.Errorf("the file reads %q", up)
		}
		c.get(t, "E0006", "/publications/"+p.ID+"/files/"+p.Original.Files[0].Object).is(t, http.StatusNotFound)
		// What cannot be screened is never posted as general.
		q := c.write(t, group, with("图.png", picture(t, "")))
		c.submits(t, q, "checked", true).is(t, http.StatusUnprocessableEntity).says(t, "source")
		if q.Screened != domain.ClassBusiness || !q.Original.Files[0].Opaque {
			t.Errorf("a picture: %s %+v", q.Screened, q.Original.Files)
		}
	})
	t.Run("security's word", func(t *testing.T) {
		p := c.write(t, group, sensitive)
		finding := p.Findings[slices.IndexFunc(p.Findings, func(f service.PostFinding) bool { return f.Kind == "mobile" })].ID
		c.submits(t, p, "exempt", []string{finding}).is(t, http.StatusOK).into(t, &p)
		if p.State != domain.PostScreened {
			t.Fatalf("%s", p.State)
		}
		var waiting service.Page[service.PostRow]
		c.get(t, officer, "/publications?scope=screened").is(t, http.StatusOK).into(t, &waiting)
		if len(waiting.Items) != 1 || waiting.Items[0].ID != p.ID {
			t.Errorf("security sees %d that wait", len(waiting.Items))
		}
		at := "/publications/" + p.ID
		word := map[string]any{"written": p.Written, "finding": finding, "grant": true, "comment": "值班公用电话"}
		c.post(t, "E0006", at+"/exemptions", word).is(t, http.StatusForbidden)
		c.post(t, officer, at+"/exemptions", map[string]any{"written": p.Written, "finding": "text.0.1.name", "grant": true, "comment": "x"}).is(t, http.StatusUnprocessableEntity)
		c.post(t, officer, at+"/exemptions", word).is(t, http.StatusOK)
		c.post(t, officer, at+"/classes", map[string]any{"written": p.Written, "class": "general", "comment": "公用电话"}).is(t, http.StatusOK)
		c.submits(t, p, "checked", true).is(t, http.StatusOK)
		state(p, domain.PostPosted)
		texts, _ := c.far.Texts(c.id(t, "E0037"), room)
		if !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "13812345678") }) {
			t.Errorf("what was exempted was taken out: %q", texts)
		}
		// A word holds for its version alone.
		q := c.write(t, group, sensitive)
		c.post(t, officer, "/publications/"+q.ID+"/classes", map[string]any{"written": q.Written, "class": "general", "comment": "x"}).is(t, http.StatusOK)
		d := map[string]any{"subject": "例会通知", "class": "general", "groups": []string{group}}
		sensitive(d)
		d["text"] = "值班电话13812345679，请保存。"
		c.put(t, "E0040", "/publications/"+q.ID, d).is(t, http.StatusOK).into(t, &q)
		c.submits(t, q, "checked", true).is(t, http.StatusUnprocessableEntity).says(t, "misfit_tier")
	})
	t.Run("handled otherwise", func(t *testing.T) {
		p := c.write(t, group, func(d map[string]any) {
			d["class"], d["source"], d["application"] = "important_business", "行政部", "平台部"
		})
		c.submits(t, p).is(t, http.StatusOK).into(t, &p)
		way := map[string]any{"decision_id": uuid.NewString(), "way": "由部门例会口头传达", "material_digest": p.Digest}
		c.post(t, "E0041", "/publications/"+p.ID+"/alternatives", way).is(t, http.StatusNotFound)
		if a := c.post(t, "E0006", "/publications/"+p.ID+"/alternatives", way).answer(t); a.Result != domain.Accepted {
			t.Fatalf("%+v", a)
		}
		state(p, domain.PostHandled)
		c.sound(t, p.CaseID)
	})
	t.Run("sent back", func(t *testing.T) {
		p := c.write(t, group, func(d map[string]any) {
			d["class"], d["source"], d["application"] = "important_business", "行政部", "平台部"
		})
		c.submits(t, p).is(t, http.StatusOK).into(t, &p)
		c.post(t, "E0006", "/cases/"+p.CaseID+"/returns", map[string]any{"decision_id": uuid.NewString(), "step": 0, "comment": "请写明地点", "material_digest": p.Digest}).answer(t)
		p = state(p, domain.PostReturned)
		d := map[string]any{"subject": "例会通知", "text": "周五下午在三楼大会议室开例会。", "class": "important_business", "source": "行政部", "application": "平台部", "urgent": true, "reason": "临时通知", "groups": []string{group}}
		c.put(t, "E0040", "/publications/"+p.ID, d).is(t, http.StatusOK).into(t, &p)
		c.submits(t, p).is(t, http.StatusOK)
		p = state(p, domain.PostInApproval)
		c.approve(t, "E0006", c.read(t, "E0006", p.CaseID).CaseSummary)
		state(p, domain.PostPosted)
		c.sound(t, p.CaseID)
		c.replayed(t, p.ID)
	})
	t.Run("topic at risk", func(t *testing.T) {
		p := c.write(t, group, func(d map[string]any) { d["text"] = "听说有人要集体上访，大家转发。" })
		c.submits(t, p, "checked", true).is(t, http.StatusOK).into(t, &p)
		if p.State != domain.PostStopped || p.Class != domain.ClassTopic || p.CaseID == "" {
			t.Fatalf("%s %s %q", p.State, p.Class, p.CaseID)
		}
		cs := c.read(t, officer, p.CaseID)
		if cs.Kind != domain.KindTopic {
			t.Errorf("%s", cs.Kind)
		}
		c.approve(t, officer, cs.CaseSummary)
		c.sound(t, p.CaseID)
		if p = c.publication(t, "E0040", p.ID); p.State != domain.PostStopped {
			t.Errorf("the topic became %s", p.State)
		}
		texts, _ := c.far.Texts(c.id(t, "E0037"), room)
		if slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "上访") }) {
			t.Error("a topic at risk was posted")
		}
	})
}
