package api_test

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func (f *fake) NDARelations(ctx context.Context, a service.Actor, id string) ([]service.Relation, error) {
	return f.rel(ctx, a, id)
}

func (f *fake) NDAs(_ context.Context, _ service.Actor, in service.NDAFilter) (service.Page[service.NDARow], error) {
	return page(f, ndaRow(f)), f.note("NDAs " + in.Scope + " " + string(in.State))
}

func (f *fake) NDA(context.Context, service.Actor, string) (service.NDAView, error) {
	return ndaView(f), f.note("NDA")
}

func (f *fake) NDADocument(context.Context, service.Actor, string) (service.Upload, error) {
	return service.Upload{Name: "N-2026-00001.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.7")}, f.note("NDADocument")
}

func (f *fake) NDAAssertion(context.Context, service.Actor, string) (service.Upload, error) {
	return service.Upload{Name: "N-2026-00001-passkey.json", MediaType: "application/json", Data: []byte("{}")}, f.note("NDAAssertion")
}

func (f *fake) NDACopy(context.Context, service.Actor, string) (service.Upload, error) {
	return service.Upload{Name: "N-2026-00001.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.7")}, f.note("NDACopy")
}

func (f *fake) NDAScan(context.Context, service.Actor, string) (service.Upload, error) {
	return service.Upload{Name: "扫描\"件.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.7")}, f.note("NDAScan")
}

func (f *fake) ActOnNDA(_ context.Context, _ service.Actor, _ string, in service.NDAInput) (service.ActAnswer, error) {
	if len(in.Scan.Data) > 0 {
		f.up = in.Scan
	}
	f.ndaAct = in
	return f.act("ActOnNDA "+string(in.Kind), in.ID)
}

func (f *fake) CountersignMany(_ context.Context, _ service.Actor, in []service.NDABatch) []service.NDABatchResult {
	_ = f.note("CountersignMany")
	out := make([]service.NDABatchResult, len(in))
	for i, x := range in {
		out[i] = service.NDABatchResult{NDA: x.NDA, ActID: x.ID}
		ans, err := f.act("Countersign", x.ID)
		if out[i].Answer = ans; err != nil {
			out[i].Err = service.AsError(err)
		}
	}
	return out
}

func (f *fake) AskNDACode(context.Context, service.Actor, string) (service.NDACode, error) {
	c := service.NDACode{Until: at, Address: "w***@example.com", Tries: 5, Again: at}
	if !f.bare {
		c.Sent = &at
	}
	return c, f.note("AskNDACode")
}

func ndaRow(f *fake) service.NDARow {
	r := service.NDARow{ID: otherID, Number: "N-2026-00001", Group: service.NDAGroup{ID: groupID, Name: "项目-甲", Tier: domain.TierSecret}, Person: wang,
		State: domain.NDASealed, Since: at, Digest: "ab"}
	if !f.bare {
		r.Paper, r.Sent, r.Due, r.LapsesAt, r.SealedAt, r.Survives, r.Returned, r.Fault, r.Can, r.Closed = true, &at, &at, &at, &at, &at, &at, "too_long", []string{"sign"}, true
	}
	return r
}

// ndaView has everything set that an agreement can show.
func ndaView(f *fake) service.NDAView {
	v := service.NDAView{NDARow: ndaRow(f), Template: "ab", Needs: domain.NDABySession, Timeline: some(f, entry())}
	if f.bare {
		return v
	}
	code, _ := f.AskNDACode(context.Background(), service.Actor{}, "")
	v.Bilingual, v.Blocks, v.Consent = true, []service.NDABlock{{Kind: "clause", Key: "duties", Number: 1, ZH: "甲", EN: "A"}}, "ab"
	v.Check, v.Checked, v.Fresh, v.From, v.Until, v.Code = domain.NDAByCode, &at, true, &at, &at, &code
	v.Countersign, v.Counter, v.CounterAt, v.Reminded, v.EndedBy = domain.RoleLegal, &wang, &at, 2, "left"
	v.Signed = &service.NDASignedView{At: at, Check: domain.NDAByPasskey, How: "drawn", Passkey: true, Consent: "ab", Uploader: &wang}
	v.Seal = &service.NDASealView{At: at, Level: "platform_seal", Serial: "01", Key: "ab", SHA256: "ab", Size: 3}
	return v
}

// goodSign is one request for each operation on agreements that must succeed.
func goodSign() []*http.Request {
	n := api.Base + "/ndas/" + otherID
	get := func(p string) *http.Request { return request("GET", p, "") }
	post := func(p, body string) *http.Request { return request("POST", p, body) }
	pdf := base64.StdEncoding.EncodeToString([]byte("%PDF-1.7"))
	item := `{"nda":"` + otherID + `","decision_id":"` + someKey + `","shown":"ab"}`
	return []*http.Request{
		get(api.Base + "/ndas"), get(api.Base + "/ndas?scope=all&group=" + groupID + "&state=sealed&limit=3&cursor=abc"), get(n), get(n + "/document"), get(n + "/copy"), get(n + "/scan"), get(n + "/assertion"),
		get(n + "/acts/" + someKey), post(n+"/views", `{"end":true}`), post(n+"/codes", `{}`), post(n+"/verifications", `{"code":"123456"}`),
		post(n+"/signatures", `{"shown":"ab","consent":"ab","name":"王芳"}`), post(n+"/signatures", `{"shown":"ab","consent":"ab","strokes":[[[0,0],[0.5,1]]],"passkey":"{}"}`),
		post(n+"/declines", `{"comment":"x"}`), post(n+"/countersignatures", `{"shown":"ab"}`), post(n+"/scans", `{"shown":"ab","file":"`+pdf+`"}`),
		multi(n+"/scans", "shown", "ab", "@file", "%PDF-1.7"), post(n+"/returns", `{}`), post(n+"/voids", `{"comment":"x"}`), post(n+"/retries", `{}`),
		post(api.Base+"/ndas/countersignatures", `{"items":[`+item+`,{"nda":"x","decision_id":"","shown":""}]}`),
	}
}
