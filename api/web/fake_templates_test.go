package web_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
)

// The script's agreements: one in force, and one in every other state.
var (
	textInForce, textDraft, textMine, textApproved, textReturned, textScheduled, textBoth = id(601), id(602), id(603), id(604), id(605), id(606), id(607)
)

func (s *script) texts() []service.NDATemplate {
	at := func(days int) *time.Time { t := s.now.AddDate(0, 0, days); return &t }
	title := domain.Label{ZH: "群组保密协议"}
	return []service.NDATemplate{
		{ID: textDraft, Key: "zh", Version: "zh/7", SHA256: strings.Repeat("1a", 32), Title: title, Note: "责任条款按新的劳动规章修改", State: domain.TemplateDraft, Author: &people[0], Created: *at(0)},
		{ID: textMine, Key: "zh", Version: "zh/6", SHA256: strings.Repeat("2b", 32), Title: title, State: domain.TemplateDraft, Author: &people[5], Created: *at(-1)},
		{ID: textApproved, Key: "zh", Version: "zh/5", SHA256: strings.Repeat("3c", 32), Title: title, Note: "补充申诉途径", State: domain.TemplateApproved, Author: &people[5], Created: *at(-3), ReviewedBy: &people[0], Reviewed: at(-2)},
		{ID: textReturned, Key: "zh", Version: "zh/4", SHA256: strings.Repeat("4d", 32), Title: title, State: domain.TemplateReturned, Author: &people[5], Created: *at(-9), ReviewedBy: &people[0], Reviewed: at(-8), ReviewNote: "第四条的扣减须写明依据。\n期限请与劳动合同一致。"},
		{ID: textScheduled, Key: "zh", Version: "zh/3", SHA256: strings.Repeat("5e", 32), Title: title, State: domain.TemplateScheduled, Author: &people[0], Created: *at(-20), ReviewedBy: &people[5], Reviewed: at(-19), PublishedBy: &people[0], Published: at(-18), Effective: at(38), Material: true},
		{ID: textInForce, Key: "zh", Version: "zh/2", SHA256: strings.Repeat("6f", 32), Title: title, State: domain.TemplateInForce, Created: *at(-200), Published: at(-200), Effective: at(-200), Until: at(38), Setup: true, Note: "随系统提供"},
		{ID: textBoth, Key: "zh-en", Version: "zh-en/1", SHA256: strings.Repeat("70", 32), Title: domain.Label{ZH: "群组保密协议", EN: "Confidentiality Agreement for a Group"}, State: domain.TemplateInForce, Created: *at(-200), Published: at(-200), Effective: at(-200), Setup: true},
	}
}

func (s *script) Templates(context.Context, service.Actor, string, int) (service.Page[service.NDATemplate], error) {
	return service.Page[service.NDATemplate]{Items: s.texts()}, nil
}

func (s *script) Template(_ context.Context, a service.Actor, id string) (service.NDATemplateView, error) {
	for _, t := range s.texts() {
		if t.ID != id {
			continue
		}
		body := nda.Chinese
		if t.Key == "zh-en" {
			body = nda.Bilingual
		}
		is, _ := template.Parse(body)
		v := service.NDATemplateView{NDATemplate: t, Body: is.Canonical, Bilingual: is.Bilingual, Fields: is.Uses, InForce: textInForce, Signers: service.TemplateUses{Open: 3, Force: 128}, Can: []string{}}
		for _, b := range is.Blocks {
			v.Blocks = append(v.Blocks, service.NDABlock{Kind: string(b.Kind), Key: b.Key, Number: b.Number, ZH: b.Text.ZH, EN: b.Text.EN})
		}
		if !a.Has(domain.RoleLegal) {
			return v, nil
		}
		switch {
		case t.State == domain.TemplateDraft && t.Author.ID == a.ID:
			v.Can, v.Blocked = []string{"withdraw"}, "written_by_you"
		case t.State == domain.TemplateDraft:
			v.Can = []string{"review", "withdraw"}
		case t.State == domain.TemplateApproved:
			v.Can = []string{"publish", "withdraw"}
		case id == textBoth:
			v.Blocked = "last_in_force"
		default:
			v.Can = []string{"withdraw"}
		}
		return v, nil
	}
	return service.NDATemplateView{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
}

func (s *script) TemplateDiff(_ context.Context, _ service.Actor, id, against string) (service.NDATemplateDiff, error) {
	d := service.NDATemplateDiff{ID: id, Lines: []service.DiffLine{}}
	if id == textBoth {
		return d, nil
	}
	if against == "" {
		against = textInForce
	}
	d.Against, d.Version = &against, "zh/2"
	d.Lines = []service.DiffLine{{Op: "same", Old: 30, New: 30, Text: "## 责任 {#liability}"}, {Op: "removed", Old: 31, Text: "1. 违反本协议的，公司可视情节轻重予以提醒、通报批评、移出群组。"},
		{Op: "added", New: 31, Text: "1. 违反本协议的，公司可视情节轻重予以提醒、通报批评、移出群组、扣减绩效。"}, {Op: "gap"}}
	return d, nil
}

func (s *script) TemplatePreview(context.Context, service.Actor, string) ([]byte, error) {
	return []byte("%PDF-1.7\n%%EOF\n"), nil
}

func (s *script) DraftTemplate(_ context.Context, _ service.Actor, _, text, note string) (service.NDATemplate, bool, error) {
	_, err := template.Parse([]byte(text))
	var faulty *template.FileError
	if errors.As(err, &faulty) {
		return service.NDATemplate{}, false, &service.Error{Kind: service.Invalid, Code: "template_faulty", Params: map[string]string{"n": "2"}, TextDefects: faulty.Defects}
	}
	return s.textAct(textMine, "draft "+note)
}

func (s *script) textAct(id, what string) (service.NDATemplate, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return service.NDATemplate{}, false, s.broken
	}
	s.did = append(s.did, what)
	for _, t := range s.texts() {
		if t.ID == id {
			return t, true, nil
		}
	}
	return service.NDATemplate{}, false, &service.Error{Kind: service.NotFound, Code: "not_found"}
}

func (s *script) ReviewTemplate(_ context.Context, _ service.Actor, _, id string, approve bool, comment string) (service.NDATemplate, error) {
	if !approve && comment == "" {
		return service.NDATemplate{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "comment", Code: "required"}}}
	}
	t, _, err := s.textAct(id, "review "+map[bool]string{true: "approve", false: "return: " + comment}[approve])
	return t, err
}

func (s *script) PublishTemplate(_ context.Context, _ service.Actor, _, id string, at *time.Time, material bool) (service.NDATemplate, error) {
	what := "publish"
	if material {
		what += " material"
	}
	if at != nil {
		what += " " + at.UTC().Format(time.RFC3339)
	}
	t, _, err := s.textAct(id, what)
	return t, err
}

func (s *script) WithdrawTemplate(_ context.Context, _ service.Actor, _, id, reason string) (service.NDATemplate, error) {
	t, _, err := s.textAct(id, "withdraw: "+reason)
	return t, err
}

// VerifyDocument takes the verdict from the file's own words: that the real one finds it is tested where it runs.
func (s *script) VerifyDocument(_ context.Context, pdf []byte) (service.DocumentReport, error) {
	word := service.DocumentVerdict(bytes.TrimSpace(pdf))
	d := service.DocumentReport{Verdict: word, SHA256: strings.Repeat("ab", 32), Signatures: []service.DocumentSignature{}}
	sig := service.DocumentSignature{Valid: true, Known: true, Whole: true, At: &s.now, Serial: strings.Repeat("9", 30), Fingerprint: strings.Repeat("cd", 32)}
	switch word {
	case service.DocumentIntact:
		d.OnRecord, d.Level, d.Places, d.Evidence = true, "platform_seal", 1, true
	case "unknown":
		d.Verdict, d.Level, d.Places, d.Evidence = service.DocumentIntact, "signer_key", 1, true
	case service.DocumentIncomplete:
		d.Level, d.Places, d.Evidence = "platform_seal", 2, true
	case service.DocumentOtherKey:
		sig.Known = false
		d.Places, d.Evidence = 1, true
	case service.DocumentAltered:
		sig.Valid, sig.Whole = false, false
		d.Places, d.Appended = 1, 12
	case service.DocumentUnsigned:
		d.Places = 1
		return d, nil
	case service.DocumentForeign:
		return d, nil
	}
	d.Signatures = append(d.Signatures, sig)
	return d, nil
}
