package service

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Bounds of what is signed with.
const (
	strokesMost = 400  // lines of a drawn signature
	pointsMost  = 4000 // as paper.Render takes
	pointsLeast = 5    // fewer are a slip of the finger
	scanMost    = 5 << 20
)

// ActOnNDA does one act on an agreement: its form is checked here, what it refers to is sealed, and every rule left to the
// workflow, which answers.
func (s *Service) ActOnNDA(ctx context.Context, a Actor, id string, in NDAInput) (ActAnswer, error) {
	ans, err := s.doNDA(ctx, a, id, in)
	return ans, fail(err)
}

func (s *Service) doNDA(ctx context.Context, a Actor, id string, in NDAInput) (ActAnswer, error) {
	rule, ok := ndaRules[in.Kind]
	if !ok {
		return ActAnswer{}, notFound()
	}
	actID, faults := checkActID(in.ID)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	row, err := s.ndaAtDoor(ctx, a, id, rule, "nda."+string(in.Kind))
	if err != nil {
		return ActAnswer{}, err
	}
	d := domain.NDAAct{ID: actID, Kind: in.Kind, Actor: a.ID}
	if err := s.ndaForm(ctx, row, &d, in); err != nil {
		return ActAnswer{}, err
	}
	same := sameNDA(d)
	if ans, err := s.knownNDA(ctx, row, d, same); err != nil {
		return ActAnswer{}, err
	} else if ans != nil {
		return *ans, nil
	}
	if d.Kind == domain.NDAActVerify && d.Check == domain.NDAByCode {
		if err := s.checkNDACode(ctx, a, row.ID, row.Doc.Digest, in.Code, actID); err != nil {
			return ActAnswer{}, err
		}
	}
	if err := s.sealNDA(ctx, a, row, &d, in); err != nil {
		return ActAnswer{}, err
	}
	ans, err := s.actOnNDA(ctx, row, d, same)
	if err == nil && d.Kind == domain.NDAActCountersign && ans.Result == domain.Accepted {
		if err := s.cfg.Store.MarkKindRead(ctx, a.ID, domain.EffectNDACounter); err != nil { // only a convenience: the act stands
			s.log.WarnContext(ctx, "news stay unread", "code", store.Code(err))
		}
	}
	return ans, err
}

// sameNDA compares an act with a recorded one, without what is sealed or stamped anew each time.
func sameNDA(d domain.NDAAct) func(domain.NDAAct) bool {
	plain := func(x domain.NDAAct) string {
		shown, consent := "", ""
		if x.Sign != nil {
			shown, consent = x.Sign.Shown, x.Sign.Consent
		}
		return strings.Join([]string{string(x.Kind), string(x.Check), shown, consent, fmt.Sprint(x.Until.IsZero())}, "\n")
	}
	want := plain(d)
	return func(was domain.NDAAct) bool { return plain(was) == want }
}

// ndaForm checks what came in and makes the act of it, still without what must be sealed.
func (s *Service) ndaForm(ctx context.Context, row *store.NDARec, d *domain.NDAAct, in NDAInput) error {
	now := s.now()
	switch in.Kind {
	case domain.NDAActView:
		if row.Doc.From.IsZero() || !in.End {
			d.From = now
		}
		if in.End {
			d.Until = now
		}
	case domain.NDAActVerify:
		if d.Check = domain.NDAByCode; in.Code == "" {
			d.Check = domain.NDABySession
		}
	case domain.NDAActSign:
		return s.signForm(ctx, row, d, in)
	case domain.NDAActPaper:
		if !scanned(in.Scan.Data) {
			return invalid(domain.Fault{Field: "file", Code: "not_a_scan"})
		}
		if len(in.Scan.Data) > scanMost {
			return invalid(domain.Fault{Field: "file", Code: "too_large", Params: map[string]string{"max": "5"}})
		}
		d.Sign = &domain.NDASigning{Shown: in.Shown}
	case domain.NDAActCountersign:
		if in.Shown != row.Doc.Digest {
			ans := ActAnswer{Result: domain.Refused, Reason: domain.ReasonStale, ActID: d.ID, NDA: row.Doc.State}
			return &Error{Kind: Conflict, Code: string(domain.ReasonStale), Answer: &ans}
		}
	case domain.NDAActDecline, domain.NDAActVoid:
		if faults := domain.CheckText("comment", in.Reason, domain.MaxCommentRunes, true); len(faults) > 0 {
			return invalid(faults...)
		}
	default: // the others carry nothing
	}
	return nil
}

// signForm checks a signature: the clause agreed to is the one that was shown, and it is drawn, or typed as the agreement
// states the name.
func (s *Service) signForm(ctx context.Context, row *store.NDARec, d *domain.NDAAct, in NDAInput) error {
	p, err := s.NDAPaper(ctx, row)
	if err != nil {
		return err
	}
	if p == nil || p.Document == nil {
		return &Error{Kind: Conflict, Code: "nda_shredded"}
	}
	if in.Consent != p.Document.ConsentSHA256() {
		return invalid(domain.Fault{Field: "consent", Code: "consent_needed"})
	}
	switch {
	case len(in.Strokes) > 0:
		if f := checkStrokes(in.Strokes); f != nil {
			return invalid(*f)
		}
	case strings.TrimSpace(in.Name) == "":
		return invalid(domain.Fault{Field: "name", Code: "sign_or_type"})
	case plainName(in.Name) != plainName(p.Signer.Name):
		return invalid(domain.Fault{Field: "name", Code: "name_differs", Params: map[string]string{"name": p.Signer.Name}})
	}
	d.Sign = &domain.NDASigning{Shown: in.Shown, Consent: in.Consent}
	return nil
}

// plainName is a name without blanks.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// checkStrokes holds a drawn signature to what can be drawn, and to more than a dot.
func checkStrokes(lines [][][2]float64) *domain.Fault {
	if len(lines) > strokesMost {
		return &domain.Fault{Field: "strokes", Code: "too_many", Params: map[string]string{"max": fmt.Sprint(strokesMost)}}
	}
	n, low, high := 0, [2]float64{1, 1}, [2]float64{}
	for _, l := range lines {
		if n += len(l); n > pointsMost {
			return &domain.Fault{Field: "strokes", Code: "too_many", Params: map[string]string{"max": fmt.Sprint(pointsMost)}}
		}
		for _, p := range l {
			for i, x := range p {
				if !(x >= 0 && x <= 1) { // also refuses what is no number
					return &domain.Fault{Field: "strokes", Code: "out_of_range", Params: map[string]string{"min": "0", "max": "1"}}
				}
				low[i], high[i] = min(low[i], x), max(high[i], x)
			}
		}
	}
	if n < pointsLeast || high[0]-low[0] < 0.03 && high[1]-low[1] < 0.03 {
		return &domain.Fault{Field: "strokes", Code: "too_little"}
	}
	return nil
}

// scanned tells by its first bytes whether a file is what a scanner makes.
func scanned(b []byte) bool {
	return bytes.HasPrefix(b, []byte("%PDF-")) || bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(b, []byte("\xff\xd8\xff"))
}

// sealNDA stores what an act refers to under the agreement's key.
func (s *Service) sealNDA(ctx context.Context, a Actor, row *store.NDARec, d *domain.NDAAct, in NDAInput) (err error) {
	keep := func(kind, media string, data []byte) (*domain.Ref, error) {
		r, err := s.keep(ctx, row.ID, kind, Upload{Name: kind, MediaType: media, Data: data}, a.ID)
		if errors.Is(err, store.ErrShredded) {
			return nil, &Error{Kind: Conflict, Code: "nda_shredded"}
		}
		return r, err
	}
	if reason := strings.TrimSpace(in.Reason); reason != "" && (d.Kind == domain.NDAActDecline || d.Kind == domain.NDAActVoid) {
		d.Reason, err = keep("comment", "text/plain; charset=utf-8", []byte(reason))
		return err
	}
	if d.Sign == nil {
		return nil
	}
	client, err := json.Marshal(map[string]string{"address": clipText(in.Address, 100), "agent": clipText(in.Agent, 300)})
	if err != nil {
		return err
	}
	if d.Sign.Client, err = keep("client", "application/json", client); err != nil {
		return err
	}
	if len(in.Scan.Data) > 0 {
		d.Sign.Scan, err = keep("scan", in.Scan.MediaType, in.Scan.Data)
		return err
	}
	if len(in.Strokes) > 0 {
		drawn, err := json.Marshal(in.Strokes)
		if err != nil {
			return err
		}
		if d.Sign.Drawn, err = keep("signature", "application/json", drawn); err != nil {
			return err
		}
	}
	if len(in.Passkey) == 0 {
		return nil
	}
	kept, err := s.NDAEvidence(ctx, a, row.ID, row.Doc.Digest, in.Passkey)
	if err != nil {
		return err
	}
	d.Sign.Passkey, err = keep("passkey", "application/json", kept)
	return err
}

// AskNDACode has a one-time code mailed to the signer, after the agreement was opened.
func (s *Service) AskNDACode(ctx context.Context, a Actor, id string) (NDACode, error) {
	row, err := s.ndaAtDoor(ctx, a, id, ndaRule{rels: ofSigner, deny: domain.ReasonNotSigner}, "nda.code")
	if err != nil {
		return NDACode{}, fail(err)
	}
	switch {
	case !row.Doc.State.Unsigned():
		return NDACode{}, &Error{Kind: Conflict, Code: string(domain.ReasonEnded)}
	case row.Doc.Paper:
		return NDACode{}, &Error{Kind: Conflict, Code: string(domain.ReasonOnPaper)}
	case row.Doc.From.IsZero():
		return NDACode{}, &Error{Kind: Conflict, Code: string(domain.ReasonNotRead)}
	}
	c, err := s.newNDACode(ctx, a, row.ID, row.Doc.Digest)
	if err != nil || c == nil {
		return NDACode{}, fail(err)
	}
	return *c, fail(s.record(ctx, a, "nda_code_asked", row.ID, "mail_code", "allowed", nil))
}

// CountersignMany signs several agreements for the company, each by an act of its own.
func (s *Service) CountersignMany(ctx context.Context, a Actor, in []NDABatch) []NDABatchResult {
	out := make([]NDABatchResult, len(in))
	for i, x := range in {
		out[i] = NDABatchResult{NDA: x.NDA, ActID: x.ID}
		ans, err := s.ActOnNDA(ctx, a, x.NDA, NDAInput{Kind: domain.NDAActCountersign, ID: x.ID, Shown: x.Shown})
		if out[i].Answer = ans; err != nil {
			out[i].Err = AsError(err)
		}
	}
	return out
}
