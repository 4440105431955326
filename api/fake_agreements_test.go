package api_test

import (
	"context"
	"net/http"
	"time"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// goodTemplates is one request for each operation on the texts of agreements, and on signed documents, that must succeed.
func goodTemplates() []*http.Request {
	p := api.Base + "/nda-templates"
	post := func(p, body string) *http.Request { return request("POST", p, body) }
	t := p + "/" + otherID
	return []*http.Request{
		request("GET", p+"?limit=3&cursor="+otherID, ""), post(p, `{"text":"---","note":"n"}`), request("GET", t, ""), request("GET", t+"/diff?against="+caseID, ""), request("GET", t+"/preview", ""),
		post(t+"/reviews", `{"outcome":"return","comment":"x"}`), post(t+"/publications", `{"material":true,"effective_at":"2027-01-01T00:00:00+08:00"}`),
		post(t+"/publications", `{"material":false}`), post(t+"/withdrawals", `{"reason":"x"}`), post(t+"/withdrawals", `{}`),
		multi(api.Base+"/nda-verifications", "@file", "%PDF-1.7"), header(post(api.Base+"/nda-verifications", "%PDF-1.7"), "Content-Type", "application/pdf"),
	}
}

func (f *fake) template() service.NDATemplate {
	t := service.NDATemplate{ID: otherID, Key: "zh", Version: "zh/2", SHA256: "ab", Title: domain.Label{ZH: "协议", EN: "Agreement"}, State: domain.TemplateDraft, Created: at}
	if !f.bare {
		t.Note, t.State, t.Author, t.ReviewedBy, t.Reviewed, t.ReviewNote, t.PublishedBy, t.Published = "n", domain.TemplateSuperseded, &wang, &wang, &at, "c", &wang, &at
		t.Effective, t.Until, t.Material, t.WithdrawnBy, t.Withdrawn, t.WithdrawnWhy, t.Setup = &at, &at, true, &wang, &at, "w", true
	}
	return t
}

func (f *fake) Templates(context.Context, service.Actor, string, int) (service.Page[service.NDATemplate], error) {
	return page(f, f.template()), f.note("Templates")
}

func (f *fake) Template(_ context.Context, _ service.Actor, id string) (service.NDATemplateView, error) {
	v := service.NDATemplateView{NDATemplate: f.template(), Body: "---", Blocks: []service.NDABlock{}, Fields: []string{}, Can: []string{}}
	if !f.bare {
		v.Bilingual, v.InForce, v.Blocked, v.Signers = true, caseID, "written_by_you", service.TemplateUses{Open: 1, Force: 2}
		v.Blocks, v.Fields, v.Can = []service.NDABlock{{Kind: "article", Key: "duties", Number: 1, ZH: "甲", EN: "a"}}, []string{"party"}, []string{"publish"}
	}
	return v, f.note("Template " + id)
}

func (f *fake) DraftTemplate(_ context.Context, _ service.Actor, _, text, note string) (service.NDATemplate, bool, error) {
	return f.template(), !f.bare, f.note("DraftTemplate " + text + note)
}

func (f *fake) ReviewTemplate(_ context.Context, _ service.Actor, _, _ string, approve bool, comment string) (service.NDATemplate, error) {
	return f.template(), f.note("ReviewTemplate " + comment)
}

func (f *fake) PublishTemplate(_ context.Context, _ service.Actor, _, _ string, _ *time.Time, _ bool) (service.NDATemplate, error) {
	return f.template(), f.note("PublishTemplate")
}

func (f *fake) WithdrawTemplate(_ context.Context, _ service.Actor, _, _, reason string) (service.NDATemplate, error) {
	return f.template(), f.note("WithdrawTemplate " + reason)
}

func (f *fake) TemplateDiff(_ context.Context, _ service.Actor, id, against string) (service.NDATemplateDiff, error) {
	d := service.NDATemplateDiff{ID: id, Lines: []service.DiffLine{}}
	if !f.bare {
		d.Against, d.Version, d.Lines = &against, "zh/1", []service.DiffLine{{Op: "same", Old: 1, New: 1, Text: "a"}, {Op: "gap"}}
	}
	return d, f.note("TemplateDiff")
}

func (f *fake) TemplatePreview(context.Context, service.Actor, string) ([]byte, error) {
	return []byte("%PDF-1.7"), f.note("TemplatePreview")
}

func (f *fake) VerifyDocument(_ context.Context, pdf []byte) (service.DocumentReport, error) {
	d := service.DocumentReport{Verdict: service.DocumentForeign, Signatures: []service.DocumentSignature{}, SHA256: "ab"}
	if !f.bare {
		d = service.DocumentReport{Verdict: service.DocumentIntact, OnRecord: true, Level: "platform_seal", Places: 1, Evidence: true, Appended: 1, SHA256: "ab",
			Signatures: []service.DocumentSignature{{Valid: true, Known: true, Whole: true, At: &at, Serial: "1", Fingerprint: "f"}}}
	}
	return d, f.note("VerifyDocument " + string(pdf))
}
