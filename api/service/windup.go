package service

import (
	"context"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// DeletedInput is an admin's word that a group is gone from its platform: a screenshot that shows it, or, for one that
// was never made there, NeverMade.
type DeletedInput struct {
	ID         string
	NeverMade  bool
	Screenshot Upload // png, jpeg or webp, at most 5 MiB
}

// ConfirmDeleted ends a group whose filing was revoked, once an admin says that it is gone from the platform. What shows
// it is sealed before the act; whether it is enough is decided with it.
func (s *Service) ConfirmDeleted(ctx context.Context, a Actor, groupID string, in DeletedInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	media := ""
	if !in.NeverMade {
		var err error
		if media, err = checkScreenshot(in.Screenshot); err != nil {
			return ActAnswer{}, err
		}
	}
	row, err := s.groupAtDoor(ctx, a, groupID, "confirm_deleted")
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	d := domain.GroupAct{ID: id, Kind: domain.GroupGone, Actor: a.ID, At: s.now()}
	x := s.groupAct(row, d)
	if ans, err := s.known(ctx, x); err != nil {
		return ActAnswer{}, err
	} else if ans != nil {
		return outcome(*ans)
	}
	if in.NeverMade {
		d.Code = domain.CodeNeverMade
	} else {
		evidence, err := s.keep(ctx, row.CaseID, "evidence", Upload{Name: fileName(in.Screenshot.Name), MediaType: media, Data: in.Screenshot.Data}, a.ID)
		if err != nil {
			return ActAnswer{}, fail(err)
		}
		d.Receipt = &domain.Receipt{Platform: row.Doc.Platform, ID: row.Doc.PlatformID, Evidence: evidence, Key: "deleted:" + id, At: d.At, Digest: "sha256:" + evidence.SHA256}
	}
	d.Proof = s.sign(row.ID, d.AsAct())
	x.proof, x.payload = d.Proof, d
	return s.send(ctx, x)
}

// relayRevokeCase tells the group of a revoked filing to wind itself up. A filing whose group has not begun yet is tried
// again until it has: it is born, learns at once that it may not live, and is wound up on record.
func (s *Service) relayRevokeCase(ctx context.Context, p store.RevokeCase) error {
	row, err := s.caseRow(ctx, p.CaseID)
	if err != nil {
		return err
	}
	if row.GroupID == "" {
		return nil
	}
	act := domain.GroupAct{ID: "sys:revoked:" + p.By, Kind: domain.GroupRevoked, At: s.now()}
	s.at("revoke_case.before_call")
	if err := s.signal(ctx, act.At.Add(callBudget), workflows.GroupID(row.GroupID), workflows.SignalGroupAct, act); err != nil {
		return fmt.Errorf("tell group %s that its filing was revoked: %w", row.GroupID, err)
	}
	s.at("revoke_case.after_call")
	return nil
}
