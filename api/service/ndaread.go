package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// ndaRowView is an agreement as lists show it to a reader.
func (s *Service) ndaRowView(n names, r *store.NDARec, a Actor, admin bool) NDARow {
	d := r.Doc
	v := NDARow{ID: r.ID, Number: r.Number, Group: NDAGroup{ID: r.Group, Name: r.GroupName, Tier: r.Tier}, Person: n.person(d.Person), State: d.State, Since: d.Since.UTC(),
		Paper: d.Paper, Digest: d.Digest, Sent: timeOf(d.Sent), Due: timeOf(d.Due), LapsesAt: timeOf(d.LapsesAt), Survives: timeOf(d.Survives), Returned: timeOf(d.Returned), Fault: d.Fault}
	if d.Sealed != nil {
		v.SealedAt = timeOf(d.Sealed.At)
	}
	for _, k := range domain.NDAOffers(d, a.ID, domain.NDAFacts{At: s.now(), Active: true, Roles: a.Roles, Admin: admin}) {
		v.Can = append(v.Can, string(k))
	}
	return v
}

// NDAs lists agreements, the newest first.
func (s *Service) NDAs(ctx context.Context, a Actor, f NDAFilter) (Page[NDARow], error) {
	p, err := s.ndas(ctx, a, f)
	return p, fail(err)
}

func (s *Service) ndas(ctx context.Context, a Actor, f NDAFilter) (Page[NDARow], error) {
	if !slices.Contains(NDAScopes, f.Scope) {
		return Page[NDARow]{}, invalid(domain.Fault{Field: "scope", Code: "unknown_value", Params: map[string]string{"allowed": strings.Join(NDAScopes, ", ")}})
	}
	if f.Group != "" {
		id, ok := canonicalID(f.Group)
		if !ok {
			return Page[NDARow]{}, notFound()
		}
		f.Group = id
	}
	admins, err := s.cfg.Store.AdminOfGroups(ctx, a.ID)
	if err != nil {
		return Page[NDARow]{}, err
	}
	q := store.NDAFilter{Group: f.Group, State: f.State}
	switch f.Scope {
	case "mine":
		q.Person = a.ID
	case "countersign":
		q.Counters, q.Not = slices.Concat([]domain.Role{}, a.Roles), a.ID
		if a.Method == "session" { // whoever looks at the queue needs no more news of what stands in it
			if err := s.cfg.Store.MarkKindRead(ctx, a.ID, domain.EffectNDACounter); err != nil {
				return Page[NDARow]{}, err
			}
		}
	case "returns":
		if !a.Has(domain.RoleHR) {
			return Page[NDARow]{}, forbidden("role_required")
		}
		q.Left = true
	case "hand":
		if !slices.ContainsFunc(ndaRules[domain.NDAActRetry].roles, a.Has) {
			return Page[NDARow]{}, forbidden("role_required")
		}
		q.Hand = true
	default:
		if !slices.ContainsFunc(ndaOffice, a.Has) {
			if q.Groups = admins; len(admins) == 0 {
				return Page[NDARow]{Items: []NDARow{}}, nil
			}
		}
	}
	rows, err := s.cfg.Store.NDAs(ctx, q, f.Cursor, pageLimit(f.Limit))
	if err != nil {
		return Page[NDARow]{}, listFault("list agreements", err)
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return Page[NDARow]{}, err
	}
	out := Page[NDARow]{Items: []NDARow{}, Next: rows.Next}
	for i := range rows.Items {
		r := &rows.Items[i]
		v := s.ndaRowView(names{dir}, r, a, slices.Contains(admins, r.Group))
		if v.Closed = (q.Left || q.Hand) && r.Doc.Person != a.ID && !slices.Contains(admins, r.Group) && !slices.ContainsFunc(ndaOffice, a.Has); v.Closed {
			v.Group.Name = "" // whoever acts for an office alone learns no name of a group with secrets
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

// NDA is an agreement in full.
func (s *Service) NDA(ctx context.Context, a Actor, id string) (NDAView, error) {
	v, err := s.nda(ctx, a, id)
	return v, fail(err)
}

func (s *Service) nda(ctx context.Context, a Actor, id string) (NDAView, error) {
	row, rel, err := s.readNDA(ctx, a, id, "nda")
	if err != nil {
		return NDAView{}, err
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return NDAView{}, err
	}
	n, d := names{dir}, row.Doc
	v := NDAView{NDARow: s.ndaRowView(n, row, a, slices.Contains(rel, RelNamedAdmin)), Template: d.Template, Needs: d.Rules.Check, Check: d.Check, Checked: timeOf(d.Checked),
		Fresh: d.Check.AtLeast(d.Rules.Check) && !s.now().After(d.Checked.Add(domain.NDACheckHolds)), From: timeOf(d.From), Until: timeOf(d.Until),
		Countersign: d.Rules.Countersign, Counter: n.maybe(d.Counter), CounterAt: timeOf(d.CounterAt), Reminded: d.Reminded, EndedBy: d.EndedBy}
	if r := d.Countersigner(); r != "" {
		v.Countersign = r
	}
	if err := s.ndaWords(ctx, row, &v); err != nil {
		return NDAView{}, err
	}
	if d.Signed != nil {
		v.Signed = &NDASignedView{At: d.Signed.At.UTC(), Check: d.Check, How: "typed", Passkey: d.Signed.Passkey != nil, Consent: d.Signed.Consent, Uploader: n.maybe(d.Signed.Uploader)}
		switch {
		case d.Signed.Scan != nil:
			v.Signed.How = "paper"
		case d.Signed.Drawn != nil:
			v.Signed.How = "drawn"
		}
	}
	if x := d.Sealed; x != nil {
		v.Seal = &NDASealView{At: x.At.UTC(), Level: x.Level, Serial: x.Serial, Key: x.Key, SHA256: x.File, Size: x.Document.Size}
	}
	if d.Person == a.ID && d.State.Unsigned() && d.Rules.Check == domain.NDAByCode {
		if v.Code, err = s.codeView(ctx, row.ID, a); err != nil {
			return NDAView{}, err
		}
	}
	if v.Timeline, err = s.ndaTimeline(ctx, n, row); err != nil {
		return NDAView{}, err
	}
	if err := s.cfg.Store.MarkSeen(ctx, a.ID, row.ID); err != nil {
		return NDAView{}, err
	}
	return v, nil
}

// ndaWords opens the agreement's text. What is shown must be what a signature names.
func (s *Service) ndaWords(ctx context.Context, row *store.NDARec, v *NDAView) error {
	p, err := s.NDAPaper(ctx, row)
	if err != nil || p == nil || p.Document == nil {
		return err
	}
	if p.Document.SHA256() != row.Doc.Digest {
		return fmt.Errorf("agreement %s reads other than its digest", row.ID)
	}
	v.Bilingual, v.Consent = p.Document.Bilingual, p.Document.ConsentSHA256()
	for _, b := range p.Document.Blocks {
		v.Blocks = append(v.Blocks, NDABlock{Kind: string(b.Kind), Key: b.Key, Number: b.Number, ZH: b.Text.ZH, EN: b.Text.EN})
	}
	return nil
}

// ndaTimeline tells an agreement's history, the oldest first.
func (s *Service) ndaTimeline(ctx context.Context, n names, row *store.NDARec) ([]TimelineEntry, error) {
	rows, err := s.cfg.Store.Entries(ctx, workflows.NDAID(row.ID))
	if err != nil {
		return nil, fmt.Errorf("read the timeline of agreement %s: %w", row.ID, err)
	}
	var objects []string
	for _, r := range rows {
		if r.CommentID != "" {
			objects = append(objects, r.CommentID)
		}
	}
	words, err := s.texts(ctx, row.ID, objects)
	if err != nil {
		return nil, err
	}
	out := make([]TimelineEntry, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		e := TimelineEntry{Seq: r.Seq, Workflow: r.WorkflowID, Act: r.ActID, Kind: r.Kind, Actor: n.maybe(domain.EmployeeID(r.ActorID)), Result: domain.Result(r.Result),
			Reason: domain.Reason(r.Reason), DecidedBy: n.maybe(domain.EmployeeID(r.DecidedBy)), Digest: r.Digest, Comment: words[r.CommentID], At: r.At.UTC()}
		var d domain.NDAAct
		if json.Unmarshal(r.Act, &d) == nil {
			e.Proof, e.About = s.proofHolds(row.ID, d.AsAct()), ndaAbout(d)
		}
		out = append(out, e)
	}
	return out, nil
}

// ndaAbout is what an act on an agreement is about, in a word.
func ndaAbout(d domain.NDAAct) string {
	switch d.Kind {
	case domain.NDAActView:
		if !d.Until.IsZero() {
			return "until"
		}
		return "from"
	case domain.NDAActVerify:
		return string(d.Check)
	case domain.NDAActVoid, domain.NDAActTerminate:
		return d.Rule
	case domain.NDAActSealFailed:
		return d.Code
	default:
		return ""
	}
}

// NDADocument is the sealed PDF.
func (s *Service) NDADocument(ctx context.Context, a Actor, id string) (Upload, error) {
	row, _, err := s.readNDA(ctx, a, id, "document")
	if err != nil {
		return Upload{}, fail(err)
	}
	if row.Doc.Sealed == nil {
		return Upload{}, &Error{Kind: Conflict, Code: "not_sealed"}
	}
	return s.ndaFile(ctx, row, row.Doc.Sealed.Document.Object, row.Number+".pdf")
}

// NDAScan is what was signed by hand.
func (s *Service) NDAScan(ctx context.Context, a Actor, id string) (Upload, error) {
	row, _, err := s.readNDA(ctx, a, id, "scan")
	if err != nil {
		return Upload{}, fail(err)
	}
	if row.Doc.Signed == nil || row.Doc.Signed.Scan == nil {
		return Upload{}, &Error{Kind: Conflict, Code: "no_scan"}
	}
	up, err := s.ndaFile(ctx, row, row.Doc.Signed.Scan.Object, row.Number+"-scan")
	switch up.MediaType {
	case "application/pdf":
		up.Name += ".pdf"
	case "image/png":
		up.Name += ".png"
	case "image/jpeg":
		up.Name += ".jpg"
	}
	return up, err
}

// NDAAssertion is what the signer's passkey signed: evidence that is checked without this service.
func (s *Service) NDAAssertion(ctx context.Context, a Actor, id string) (Upload, error) {
	row, _, err := s.readNDA(ctx, a, id, "assertion")
	if err != nil {
		return Upload{}, fail(err)
	}
	if row.Doc.Signed == nil || row.Doc.Signed.Passkey == nil {
		return Upload{}, &Error{Kind: Conflict, Code: "no_assertion"}
	}
	return s.ndaFile(ctx, row, row.Doc.Signed.Passkey.Object, row.Number+"-passkey.json")
}

func (s *Service) ndaFile(ctx context.Context, row *store.NDARec, object, name string) (Upload, error) {
	up, shredded, err := s.open(ctx, row.ID, object)
	if err != nil {
		return Upload{}, fail(err)
	}
	if shredded {
		return Upload{}, &Error{Kind: Conflict, Code: "nda_shredded"}
	}
	up.Name = name
	return up, nil
}

// NDACopy draws the copy to print and sign by hand.
func (s *Service) NDACopy(ctx context.Context, a Actor, id string) (Upload, error) {
	row, _, err := s.readNDA(ctx, a, id, "copy")
	if err != nil {
		return Upload{}, fail(err)
	}
	p, err := s.NDAPaper(ctx, row)
	if err != nil {
		return Upload{}, fail(err)
	}
	if p == nil {
		return Upload{}, &Error{Kind: Conflict, Code: "nda_shredded"}
	}
	p.OnPaper, p.Evidence, p.Signatures = true, nil, 0
	pdf, err := paper.Render(*p)
	if err != nil {
		return Upload{}, fail(fmt.Errorf("draw the copy of agreement %s: %w", row.ID, err))
	}
	return Upload{Name: row.Number + "-copy.pdf", MediaType: mediaPDF, Data: pdf}, nil
}
