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
	digest := f.Digest()
	if row.State.Kind != domain.KindFiling {
		digest = row.State.Digest // what a revocation is about cannot be changed
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
	if row.State.Kind != domain.KindFiling {
		return &domain.Material{Object: row.MaterialID, Digest: row.State.Digest, Tier: row.State.Tier}, nil
	}
	b, err := s.rulesOf(ctx, &row.State)
	if err != nil {
		return nil, err
	}
	p, faults, err := s.judged(ctx, b, a, f, row.ID, s.now())
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, invalid(faults...)
	}
	text, err := json.Marshal(p.filing)
	if err != nil {
		return nil, fmt.Errorf("render the filing: %w", err)
	}
	// The name stands with the object, as it stands with the case: the projection takes it from there.
	ref, err := s.keep(ctx, row.ID, "material", Upload{Name: p.filing.Name, MediaType: "application/json", Data: text}, a.ID)
	if err != nil {
		return nil, err
	}
	return &domain.Material{Object: ref.Object, Digest: p.filing.Digest(), Tier: p.filing.Tier, NameKey: policy.NameKey(p.filing.Name)}, nil
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
	b, err := s.rulesOf(ctx, &row.State)
	if err != nil {
		return Preview{}, fail(err)
	}
	v, err := s.preview(ctx, b, a, f, row.ID)
	return v, fail(err)
}
