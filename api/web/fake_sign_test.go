package web_test

import (
	"context"
	"slices"
	"time"

	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
)

// The scripted agreements, each in another situation.
const (
	ndaUnread = 701 + iota
	ndaAsksCode
	ndaCodeSent
	ndaToSign
	ndaPaper
	ndaSigned
	ndaSealed
	ndaReturn
	ndaFault
	ndaTwoLanguages
)

func blocks(src []byte, name, group string) []service.NDABlock {
	t, err := template.Parse(src)
	if err != nil {
		panic(err)
	}
	v := template.Values{}
	for _, f := range template.Fields {
		v[f.Name] = domain.Label{ZH: "三年", EN: "three years"}
	}
	v["company"], v["party"], v["group"] = domain.Label{ZH: "群备科技有限公司", EN: "Qunbei Technology"}, domain.Label{ZH: name}, domain.Label{ZH: group}
	v["tier"], v["law"], v["duties"] = domain.Label{ZH: "涉密", EN: "confidential"}, domain.Label{ZH: "中华人民共和国法律", EN: "the law of the People's Republic of China"}, domain.Label{ZH: "无", EN: "none"}
	d, err := t.Fill(v)
	if err != nil {
		panic(err)
	}
	var out []service.NDABlock
	for _, b := range d.Blocks {
		out = append(out, service.NDABlock{Kind: string(b.Kind), Key: b.Key, Number: b.Number, ZH: b.Text.ZH, EN: b.Text.EN})
	}
	return out
}

func (s *script) NDA(_ context.Context, a service.Actor, nid string) (service.NDAView, error) {
	at := func(h int) *time.Time { return ptr(s.now.Add(time.Duration(h) * time.Hour)) }
	who := people[2]
	v := service.NDAView{NDARow: service.NDARow{ID: nid, Number: "N-2026-00042", Group: service.NDAGroup{ID: id(303), Name: "“星海”项目-核心组", Tier: domain.TierSecret}, Person: who,
		State: domain.NDASent, Since: s.now.Add(-5 * time.Hour), Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Sent: at(-5), Due: at(240)},
		Template: "ab", Consent: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Needs: domain.NDABySession, Countersign: domain.RoleLegal,
		Blocks: blocks(nda.Chinese, who.Name, "“星海”项目-核心组")}
	entry := func(seq int, kind, about string, p *service.PersonRef, h int) service.TimelineEntry {
		return service.TimelineEntry{Seq: seq, Workflow: "nda-x", Kind: "nda." + kind, About: about, Actor: p, Result: domain.Accepted, At: *at(h), Proof: p != nil}
	}
	v.Timeline = []service.TimelineEntry{entry(1, "sent", "", nil, -5), entry(2, "view", "from", &who, -4)}
	opened := func(st domain.NDAState) { v.State, v.From, v.Until = st, at(-4), at(-3) }
	signer, legal := a.ID == who.ID, a.Has(domain.RoleLegal)
	can := func(ok bool, k ...domain.NDAActKind) {
		for _, x := range k {
			if ok {
				v.Can = append(v.Can, string(x))
			}
		}
	}
	switch nid {
	case id(ndaUnread):
		v.State, v.From = domain.NDAViewed, at(-4)
		can(signer, domain.NDAActView, domain.NDAActSign, domain.NDAActDecline)
		can(legal, domain.NDAActVoid, domain.NDAActPaper)
	case id(ndaTwoLanguages):
		v.Blocks = blocks(nda.Bilingual, who.Name, "“星海”项目-核心组")
		opened(domain.NDAViewed)
		can(signer, domain.NDAActView, domain.NDAActSign, domain.NDAActDecline)
	case id(ndaAsksCode), id(ndaCodeSent):
		opened(domain.NDAViewed)
		v.Needs = domain.NDAByCode
		can(signer, domain.NDAActSign, domain.NDAActDecline, domain.NDAActVerify)
		if nid == id(ndaCodeSent) {
			v.Code = &service.NDACode{Until: s.now.Add(9 * time.Minute), Sent: &s.now, Address: "z***@example.com", Tries: 4, Again: s.now.Add(40 * time.Second)}
		}
	case id(ndaToSign):
		opened(domain.NDAVerified)
		v.Needs, v.Check, v.Checked, v.Fresh = domain.NDAByCode, domain.NDAByCode, at(0), true
		can(signer, domain.NDAActSign, domain.NDAActDecline)
	case id(ndaPaper):
		v.Paper = true
		can(signer, domain.NDAActDecline)
		can(legal, domain.NDAActPaper, domain.NDAActVoid)
	case id(ndaSigned), id(ndaSealed), id(ndaReturn), id(ndaFault):
		opened(domain.NDASigned)
		v.Check, v.Checked = domain.NDAByCode, at(-3)
		v.Signed = &service.NDASignedView{At: *at(-2), Check: domain.NDAByCode, How: "drawn", Consent: v.Consent}
		v.Timeline = append(v.Timeline, entry(3, "view", "until", &who, -3), entry(4, "verify", "mail_code", &who, -3), entry(5, "sign", "", &who, -2))
		can(legal && nid == id(ndaSigned), domain.NDAActCountersign, domain.NDAActVoid)
		if nid == id(ndaFault) {
			v.State, v.Counter, v.CounterAt, v.Fault = domain.NDACountersigned, &people[5], at(-1), "typeface_missing"
			can(legal, "retry")
		}
		if nid == id(ndaSealed) || nid == id(ndaReturn) {
			v.State, v.Counter, v.CounterAt, v.SealedAt = domain.NDASealed, &people[5], at(-1), at(-1)
			v.Seal = &service.NDASealView{At: *at(-1), Level: "platform_seal", Serial: "0a1b", Key: "5f", SHA256: v.Digest, Size: 61234}
			v.Timeline = append(v.Timeline, entry(6, "countersign", "", &people[5], -1), entry(7, "seal", "", nil, -1))
		}
		if nid == id(ndaReturn) {
			v.State, v.Survives = domain.NDATerminated, ptr(s.now.AddDate(3, 0, 0))
			v.Timeline = append(v.Timeline, entry(8, "terminate", "left", nil, 0))
			can(signer, domain.NDAActReturn)
		}
	default:
		return v, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	return v, nil
}

func (s *script) NDAs(ctx context.Context, a service.Actor, f service.NDAFilter) (service.Page[service.NDARow], error) {
	var p service.Page[service.NDARow]
	if s.empty {
		return p, nil
	}
	for _, n := range []int{ndaUnread, ndaCodeSent, ndaPaper, ndaSigned, ndaSealed, ndaReturn} {
		v, err := s.NDA(ctx, a, id(n))
		if err != nil {
			return p, err
		}
		v.Number = "N-2026-000" + id(n)[34:]
		if f.Scope == "countersign" && !slices.Contains(v.Can, "countersign") || f.Scope == "mine" && v.Person.ID != a.ID || f.State != "" && f.State != v.State {
			continue
		}
		p.Items = append(p.Items, v.NDARow)
	}
	return p, nil
}

func (s *script) NDARelations(_ context.Context, a service.Actor, nid string) ([]service.Relation, error) {
	switch {
	case a.ID == people[2].ID:
		return []service.Relation{service.RelSigner}, nil
	case a.Has(domain.RoleLegal):
		return []service.Relation{service.RelCounter}, nil
	}
	return []service.Relation{service.RelNone}, nil
}

func (s *script) ActOnNDA(_ context.Context, _ service.Actor, _ string, in service.NDAInput) (service.ActAnswer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ndaActs = append(s.ndaActs, in)
	if s.broken != nil {
		return service.ActAnswer{}, s.broken
	}
	return service.ActAnswer{Result: domain.Accepted, ActID: in.ID}, nil
}

func (s *script) CountersignMany(_ context.Context, _ service.Actor, in []service.NDABatch) []service.NDABatchResult {
	out := make([]service.NDABatchResult, len(in))
	for i, x := range in {
		out[i] = service.NDABatchResult{NDA: x.NDA, ActID: x.ID, Answer: service.ActAnswer{Result: domain.Accepted}}
	}
	return out
}

func (s *script) AskNDACode(context.Context, service.Actor, string) (service.NDACode, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ndaActs = append(s.ndaActs, service.NDAInput{Kind: "code"})
	if s.broken != nil {
		return service.NDACode{}, s.broken
	}
	return service.NDACode{}, nil
}

func (s *script) NDADocument(context.Context, service.Actor, string) (service.Upload, error) {
	return service.Upload{Name: "N-2026-00042.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.7")}, nil
}

func (s *script) NDACopy(ctx context.Context, a service.Actor, nid string) (service.Upload, error) {
	return s.NDADocument(ctx, a, nid)
}

func (s *script) NDAAssertion(context.Context, service.Actor, string) (service.Upload, error) {
	return service.Upload{Name: "N-2026-00042-passkey.json", MediaType: "application/json", Data: []byte("{}")}, nil
}

func (s *script) NDAScan(ctx context.Context, a service.Actor, nid string) (service.Upload, error) {
	return s.NDADocument(ctx, a, nid)
}
