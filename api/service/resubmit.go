package service

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// Resubmit submits a request again: after it was sent back, or with changed material while it is decided on, which voids
// the approvals given (semantics 1: material change). It is checked as a filing is, by the policy version that the case
// began with (R6.2), its own name counting as free.
func (s *Service) Resubmit(ctx context.Context, a Actor, caseID string, in ResubmitInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, false)...)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	f := tidy(in.Filing)
	row, err := s.caseRow(ctx, caseID)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	if row.State.Kind == domain.KindPublication || row.State.Kind == domain.KindTopic { // its author submits it again where it is written
		return ActAnswer{}, &Error{Kind: Conflict, Code: "submit_the_publication"}
	}
	digest, err := s.digestAgain(ctx, row, f)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	return s.actOnCase(ctx, a, caseID, passage{
		act: domain.Act{ID: id, Kind: domain.ActResubmit}, comment: in.Comment, digest: digest,
		prepare: func(ctx context.Context, row *store.CaseRec, d *domain.Act) error {
			if row.State.Parties.Requester != a.ID {
				return refusal(domain.ReasonNotRequester, d.ID)
			}
			var err error
			d.Material, err = s.sealedAgain(ctx, a, row, f)
			return err
		},
	})
}

// refusal is a refusal that the door can tell as well as the workflow, in the same form.
func refusal(why domain.Reason, act string) *Error {
	kind := Conflict
	if noRight[why] {
		kind = Forbidden
	}
	return &Error{Kind: kind, Code: string(why), Answer: &ActAnswer{Result: domain.Refused, Reason: why, ActID: act}}
}

// sealedAgain checks and seals what is submitted again.
func (s *Service) sealedAgain(ctx context.Context, a Actor, row *store.CaseRec, f domain.Filing) (*domain.Material, error) {
	if row.State.Kind == domain.KindRevocation {
		return &domain.Material{Object: row.MaterialID, Digest: row.State.Digest, Tier: row.State.Tier}, nil
	}
	b, err := s.rulesOf(ctx, &row.State)
	if err != nil {
		return nil, err
	}
	if row.State.Kind == domain.KindChange {
		return s.changedAgain(ctx, b, a, row, f)
	}
	p, faults, err := s.judged(ctx, b, a, f, holder{caseID: row.ID}, s.now())
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, invalid(faults...)
	}
	m := &domain.Material{Digest: p.filing.Digest(), Tier: p.filing.Tier, NameKey: policy.NameKey(p.filing.Name)}
	return m, s.sealMaterial(ctx, a, row, p.filing, p.filing.Name, m)
}

// changedAgain is sealedAgain for a change.
func (s *Service) changedAgain(ctx context.Context, b rulebook, a Actor, row *store.CaseRec, f domain.Filing) (*domain.Material, error) {
	c, err := s.changeAgain(ctx, row, f)
	if err != nil {
		return nil, err
	}
	_, faults, err := s.judgedChange(ctx, b, a, c, holder{caseID: row.ID, groupID: row.GroupID}, s.now())
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, invalid(faults...)
	}
	m := &domain.Material{Digest: c.Digest(), Tier: c.Secrecy(), NameKey: newNameKey(c)}
	return m, s.sealMaterial(ctx, a, row, c, c.Name, m)
}

// changeAgain is the change of a case with another filing to come. It still stands on what the group was when it was first
// asked for, unless the group's material has moved on: then on what it is now.
func (s *Service) changeAgain(ctx context.Context, row *store.CaseRec, f domain.Filing) (domain.ChangeRequest, error) {
	m, err := s.matterOf(ctx, row, row.MaterialID)
	if err != nil {
		return domain.ChangeRequest{}, err
	}
	if m == nil {
		return domain.ChangeRequest{}, &Error{Kind: Conflict, Code: "shredded"}
	}
	g, err := s.groupRow(ctx, row.GroupID)
	if err != nil {
		return domain.ChangeRequest{}, err
	}
	if g.Doc.Digest != m.change.Base {
		return s.changeOf(ctx, g, ChangeInput{Filing: f, Reason: m.change.Reason})
	}
	return askedFor(*m.change, f), nil
}

// digestAgain is the digest of a case's material with this filing.
func (s *Service) digestAgain(ctx context.Context, row *store.CaseRec, f domain.Filing) (string, error) {
	switch row.State.Kind {
	case domain.KindRevocation:
		return row.State.Digest, nil // what a revocation is about cannot be changed
	case domain.KindChange:
		m, err := s.matterOf(ctx, row, row.MaterialID)
		if err != nil || m == nil {
			return row.State.Digest, err
		}
		return askedFor(*m.change, f).Digest(), nil
	case domain.KindFiling, domain.KindPublication, domain.KindTopic: // the filing is all there is; the others are put up again elsewhere
	}
	return f.Digest(), nil
}

// sealMaterial seals what is put up again. The name stands with the object, as it stands with the case: the projection
// takes it from there.
func (s *Service) sealMaterial(ctx context.Context, a Actor, row *store.CaseRec, material any, name string, m *domain.Material) error {
	text, err := json.Marshal(material)
	if err != nil {
		return fmt.Errorf("render what is asked: %w", err)
	}
	ref, err := s.keep(ctx, row.ID, "material", Upload{Name: name, MediaType: "application/json", Data: text}, a.ID)
	if err == nil {
		m.Object = ref.Object
	}
	return err
}

// PreviewResubmission shows what submitting a case again would lead to, for its requester.
func (s *Service) PreviewResubmission(ctx context.Context, a Actor, caseID string, f domain.Filing) (Preview, error) {
	row, err := s.caseAtDoor(ctx, a, caseID, "preview", "")
	if err != nil {
		return Preview{}, fail(err)
	}
	if row.State.Parties.Requester != a.ID {
		return Preview{}, forbidden(string(domain.ReasonNotRequester))
	}
	if row.State.Kind == domain.KindPublication || row.State.Kind == domain.KindTopic {
		return Preview{}, &Error{Kind: Conflict, Code: "submit_the_publication"}
	}
	b, err := s.rulesOf(ctx, &row.State)
	if err != nil {
		return Preview{}, fail(err)
	}
	if row.State.Kind == domain.KindChange {
		c, err := s.changeAgain(ctx, row, f)
		if err != nil {
			return Preview{}, fail(err)
		}
		v, err := s.previewChange(ctx, b, a, c, holder{caseID: row.ID, groupID: row.GroupID})
		return v.Preview, fail(err)
	}
	v, err := s.preview(ctx, b, a, f, holder{caseID: row.ID})
	return v, fail(err)
}
