package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// checkActID reads the id that makes an act happen once.
func checkActID(s string) (string, []domain.Fault) {
	id, ok := canonicalID(s)
	switch {
	case s == "":
		return "", []domain.Fault{{Field: "decision_id", Code: "required"}}
	case !ok:
		return "", []domain.Fault{{Field: "decision_id", Code: "not_a_uuid"}}
	}
	return id, nil
}

// passage is a person's act on its way to a case.
type passage struct {
	act     domain.Act
	comment string
	files   []Upload    // attachments, checked
	office  domain.Role // lets through beside a part in the case; empty: none does
	// prepare completes the act with what only the case tells, before it is signed. It may seal objects of the case.
	prepare func(context.Context, *store.CaseRec, *domain.Act) error
	// digest tells two acts of new material apart that came under one id.
	digest string
}

// actOnCase takes a person's act to the case's workflow and brings the answer back. Whoever has a part in the case passes
// the door, even one who lost the slot a moment ago: the workflow decides, and its refusal is evidence. Strangers are
// turned away here.
func (s *Service) actOnCase(ctx context.Context, a Actor, caseID string, p passage) (ActAnswer, error) {
	d := p.act
	row, err := s.caseAtDoor(ctx, a, caseID, string(d.Kind), p.office)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	d.Actor, d.At = a.ID, s.now()
	x := act{
		workflow: workflows.CaseID(row.ID), id: d.ID, actor: a.ID, kind: string(d.Kind), outcome: d.Outcome, digest: d.Digest, signal: workflows.SignalAct,
		same:  likeAct(d, p.digest),
		late:  func(ctx context.Context) (bool, error) { return s.startLate(ctx, row.ID) },
		over:  func(ctx context.Context) (ActAnswer, bool, error) { return s.caseOver(ctx, row.ID) },
		about: func(ctx context.Context, ans *ActAnswer) error { return s.aboutCase(ctx, row.ID, ans) },
	}
	if ans, err := s.known(ctx, x); err != nil {
		return ActAnswer{}, err
	} else if ans != nil {
		return outcome(*ans)
	}
	if row.State.Status.Final() {
		// Its workflow has ended and can decide nothing more: what stands is the answer, and the try is on record here.
		if err := s.record(ctx, a, "act_too_late", row.ID, string(d.Kind), "refused", map[string]any{"act": d.ID}); err != nil {
			return ActAnswer{}, fail(err)
		}
		ans := s.standing(ctx, row)
		ans.ActID = d.ID
		return outcome(ans)
	}
	if p.prepare != nil {
		if err := p.prepare(ctx, row, &d); err != nil {
			return ActAnswer{}, fail(err)
		}
	}
	if p.comment != "" {
		if d.Comment, err = s.keep(ctx, row.ID, "comment", Upload{MediaType: "text/plain; charset=utf-8", Data: []byte(p.comment)}, a.ID); err != nil {
			return ActAnswer{}, fail(err)
		}
	}
	for _, f := range p.files {
		ref, err := s.keep(ctx, row.ID, kindAttachment, f, a.ID)
		if err != nil {
			return ActAnswer{}, fail(err)
		}
		d.Attachments = append(d.Attachments, *ref)
	}
	d.Proof = s.sign(row.ID, d)
	x.proof, x.payload = d.Proof, d
	return s.send(ctx, x)
}

// likeAct tells whether a recorded act is this one sent again: what it says beyond actor, kind, outcome and digest. In whose
// name is compared only where the caller said so, since the service fills it in. Texts and files are sealed anew each
// time, so they are not compared.
func likeAct(d domain.Act, material string) func(json.RawMessage) bool {
	return func(raw json.RawMessage) bool {
		var b domain.Act
		if json.Unmarshal(raw, &b) != nil {
			return false
		}
		if material != "" && (b.Material == nil || b.Material.Digest != material) {
			return false
		}
		return (d.For == "" || d.For == b.For) && slices.Equal(d.To, b.To) && d.Mode == b.Mode && d.Step == b.Step && d.Slot == b.Slot
	}
}

// caseAtDoor lets through whoever has a part in the case, or holds the office that the act is for. Those who may only look
// hear that they have no right; to everybody else the case does not exist. Both are recorded.
func (s *Service) caseAtDoor(ctx context.Context, a Actor, id, rule string, office domain.Role) (*store.CaseRec, error) {
	row, rel, err := s.caseFor(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if office != "" {
		if a.Has(office) {
			return row, nil
		}
	} else if partyTo(rel) || (rule == string(domain.ActDecide) && slices.Contains(rel, RelWasDelegate)) {
		return row, nil
	}
	if err := s.record(ctx, a, "act_refused", row.ID, rule, "refused", nil); err != nil {
		return nil, err
	}
	switch {
	case !mayReadCase(a, rel):
		return nil, notFound()
	case office != "":
		return nil, forbidden("role_required")
	}
	return nil, forbidden("not_a_party")
}

// caseRow reads a case; what is no id is no case.
func (s *Service) caseRow(ctx context.Context, id string) (*store.CaseRec, error) {
	id, ok := canonicalID(id)
	if !ok {
		return nil, notFound()
	}
	row, err := s.cfg.Store.Case(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("read case %s: %w", id, err)
	}
	return row, nil
}

// caseFor reads a case with what somebody is to it, or takes it over from the permission table.
func (s *Service) caseFor(ctx context.Context, a Actor, id string) (*store.CaseRec, []Relation, error) {
	if row, rel, ok := s.handed.take(a.ID, id); ok {
		return row, rel, nil
	}
	row, err := s.caseRow(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	rel, err := s.relationsTo(ctx, row, a)
	return row, rel, err
}

// relationsTo is what somebody is to a case. The filing is opened only to find its admins, when nothing else answers.
func (s *Service) relationsTo(ctx context.Context, row *store.CaseRec, a Actor) ([]Relation, error) {
	rel := caseRelations(&row.State, nil, a.ID)
	if !partyTo(rel) { // a copy gives no part in the matter, and takes none away
		m, err := s.matterOf(ctx, row, row.MaterialID)
		if err != nil {
			return nil, err
		}
		if m != nil && m.filing != nil {
			admins := m.filing.Admins
			if m.change != nil { // those who administer the group now, too
				admins = slices.Concat(admins, m.change.Was.Admins)
			}
			rel = caseRelations(&row.State, admins, a.ID)
		}
	}
	return s.standingIn(ctx, row, a, rel)
}

// startLate starts a case whose submission found the engine away.
func (s *Service) startLate(ctx context.Context, id string) (bool, error) {
	row, err := s.caseRow(ctx, id)
	if err != nil || row.Status != domain.CaseSubmitted {
		return false, err
	}
	if err := s.startCase(ctx, row.State, row.GroupID); err != nil {
		return false, err
	}
	if err := s.cfg.Store.MarkStarted(ctx, id); err != nil {
		s.log.WarnContext(ctx, "the case is marked as started later", "case", id, "code", store.Code(err))
		s.poke()
	}
	return true, nil
}

// caseOver is the answer to an act on a case that has ended.
func (s *Service) caseOver(ctx context.Context, id string) (ActAnswer, bool, error) {
	row, err := s.caseRow(ctx, id)
	if err != nil || !row.State.Status.Final() {
		return ActAnswer{}, false, err
	}
	return s.standing(ctx, row), true, nil
}

// standing tells how a case ended, and by whose decision: too late for whatever comes now.
func (s *Service) standing(ctx context.Context, row *store.CaseRec) ActAnswer {
	ans := ActAnswer{Result: domain.TooLate, Reason: domain.ReasonEnded, Status: row.State.Status, DecidedAt: timeOf(row.State.Decided)}
	if dir, err := s.wording(ctx); err == nil {
		ans.DecidedBy = names{dir}.maybe(row.State.EndedBy())
		sum := names{dir}.summaryOf(row)
		ans.Case = &sum
	}
	return ans
}

// aboutCase puts the case as it is now into an answer.
func (s *Service) aboutCase(ctx context.Context, id string, ans *ActAnswer) error {
	sum, err := s.summary(ctx, id)
	if err != nil {
		return err
	}
	ans.Case, ans.Status = &sum, sum.Status
	return nil
}
