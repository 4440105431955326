package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// Decide approves or rejects in the actor's slot. Whoever has a part in the case passes the door, even one who lost the
// slot a moment ago: the workflow decides, and its refusal is evidence. Strangers are turned away here.
func (s *Service) Decide(ctx context.Context, a Actor, caseID string, in DecideInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	if in.Outcome != domain.Approve && in.Outcome != domain.Reject {
		faults = append(faults, domain.Fault{Field: "outcome", Code: "unknown_value", Params: map[string]string{"allowed": "approve, reject"}})
	}
	if in.Digest == "" {
		faults = append(faults, domain.Fault{Field: "material_digest", Code: "required"})
	} else if len(in.Digest) > 100 {
		faults = append(faults, domain.Fault{Field: "material_digest", Code: "too_long", Params: map[string]string{"max": "100"}})
	}
	if in.Version < 0 {
		faults = append(faults, domain.Fault{Field: "version", Code: "too_small", Params: map[string]string{"min": "0"}})
	}
	faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, false)...)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, in.Comment, domain.Act{
		ID: id, Kind: domain.ActDecide, Outcome: in.Outcome, Digest: in.Digest, Version: in.Version,
	})
}

// Withdraw ends the case at its requester's wish, before the final decision.
func (s *Service) Withdraw(ctx context.Context, a Actor, caseID, actID, comment string) (ActAnswer, error) {
	id, faults := checkActID(actID)
	faults = append(faults, domain.CheckText("comment", comment, domain.MaxCommentRunes, false)...)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, comment, domain.Act{ID: id, Kind: domain.ActWithdraw})
}

// Comment leaves a remark for those who may read the case. The text goes by claim check.
func (s *Service) Comment(ctx context.Context, a Actor, caseID, actID, text string) (ActAnswer, error) {
	id, faults := checkActID(actID)
	faults = append(faults, domain.CheckText("text", text, domain.MaxCommentRunes, true)...)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, text, domain.Act{ID: id, Kind: domain.ActComment})
}

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

// actOnCase takes a person's act to the case's workflow and brings the answer back.
func (s *Service) actOnCase(ctx context.Context, a Actor, caseID, comment string, d domain.Act) (ActAnswer, error) {
	row, err := s.caseAtDoor(ctx, a, caseID, string(d.Kind))
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	d.Actor, d.At = a.ID, s.now()
	x := act{
		workflow: workflows.CaseID(row.ID), id: d.ID, actor: a.ID, kind: string(d.Kind), outcome: d.Outcome, digest: d.Digest, signal: workflows.SignalAct,
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
	if comment != "" {
		if d.Comment, err = s.keep(ctx, row.ID, "comment", Upload{MediaType: "text/plain; charset=utf-8", Data: []byte(comment)}, a.ID); err != nil {
			return ActAnswer{}, fail(err)
		}
	}
	d.Proof = s.sign(row.ID, d)
	x.proof, x.payload = d.Proof, d
	return s.send(ctx, x)
}

// caseAtDoor lets through whoever has a part in the case. Those who may only look hear that they have no right; to
// everybody else the case does not exist. Both are recorded.
func (s *Service) caseAtDoor(ctx context.Context, a Actor, id, rule string) (*store.CaseRec, error) {
	row, rel, err := s.caseFor(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if partyTo(rel) {
		return row, nil
	}
	if err := s.record(ctx, a, "act_refused", row.ID, rule, "refused", nil); err != nil {
		return nil, err
	}
	if mayReadCase(a, rel) {
		return nil, forbidden("not_a_party")
	}
	return nil, notFound()
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
	if related(rel) {
		return rel, nil
	}
	f, err := s.filing(ctx, row.ID, row.MaterialID)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return rel, nil
	}
	return caseRelations(&row.State, f.Admins, a.ID), nil
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
