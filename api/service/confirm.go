package service

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// Bounds of what an admin types about a group on its platform.
const maxPlatformID = 200

// Confirm is an admin's word that the group stands on its platform, with a screenshot as evidence (semantics 2: kept by
// hand). Whether the name fits is decided with the act; the screenshot is sealed before it.
func (s *Service) Confirm(ctx context.Context, a Actor, groupID string, in ConfirmInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	faults = append(faults, domain.CheckText("name", in.Name, 4*domain.MaxNameRunes, true)...)
	faults = append(faults, domain.CheckText("platform_id", in.PlatformID, maxPlatformID, true)...)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	media, err := checkScreenshot(in.Screenshot)
	if err != nil {
		return ActAnswer{}, err
	}
	row, err := s.groupAtDoor(ctx, a, groupID, "confirm")
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	d := domain.GroupAct{ID: id, Kind: domain.GroupConfirm, Actor: a.ID, At: s.now()}
	x := s.groupAct(row, d)
	// The screenshot is sealed anew each time, so an act sent again is known by id, actor and kind.
	if ans, err := s.known(ctx, x); err != nil {
		return ActAnswer{}, err
	} else if ans != nil {
		return outcome(*ans)
	}
	evidence, err := s.keep(ctx, row.CaseID, "evidence", Upload{Name: fileName(in.Screenshot.Name), MediaType: media, Data: in.Screenshot.Data}, a.ID)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	d.Receipt = &domain.Receipt{
		Platform: row.Doc.Platform, ID: strings.TrimSpace(in.PlatformID), Name: strings.TrimSpace(in.Name), Evidence: evidence,
		Key: "confirm:" + id, At: d.At, Digest: "sha256:" + evidence.SHA256,
	}
	d.Proof = s.sign(row.ID, d.AsAct())
	x.proof, x.payload = d.Proof, d
	return s.send(ctx, x)
}

// Retry asks for another try to make the group on its platform, without a new approval.
func (s *Service) Retry(ctx context.Context, a Actor, groupID, actID string) (ActAnswer, error) {
	id, faults := checkActID(actID)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	row, err := s.groupAtDoor(ctx, a, groupID, "retry")
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	d := domain.GroupAct{ID: id, Kind: domain.GroupRetry, Actor: a.ID, At: s.now()}
	x := s.groupAct(row, d)
	if ans, err := s.known(ctx, x); err != nil {
		return ActAnswer{}, err
	} else if ans != nil {
		return outcome(*ans)
	}
	d.Proof = s.sign(row.ID, d.AsAct())
	x.proof, x.payload = d.Proof, d
	return s.send(ctx, x)
}

// groupAct is an act on a group on its way.
func (s *Service) groupAct(row *store.GroupRec, d domain.GroupAct) act {
	return act{
		workflow: workflows.GroupID(row.ID), id: d.ID, actor: d.Actor, kind: string(d.AsAct().Kind), signal: workflows.SignalGroupAct,
		over: func(ctx context.Context) (ActAnswer, bool, error) {
			now, err := s.groupRow(ctx, row.ID)
			if err != nil || now.Doc.State != domain.GroupDeleted {
				return ActAnswer{}, false, err
			}
			return ActAnswer{Result: domain.TooLate, Reason: domain.ReasonEnded}, true, nil
		},
		about: func(ctx context.Context, ans *ActAnswer) error {
			now, err := s.groupRow(ctx, row.ID)
			if err != nil {
				return err
			}
			if ans.Group = now.Doc.State; now.CaseID == "" { // found on the platform, not filed yet
				return nil
			}
			return s.aboutCase(ctx, now.CaseID, ans)
		},
	}
}

// halfUnfrozen tells whether one of the two who unfreeze a group has spoken.
func halfUnfrozen(g *domain.Group) bool {
	return g.State == domain.GroupFrozen && g.Life != nil && g.Life.Frozen != nil && g.Life.Frozen.Unfreeze != ""
}

// groupAtDoor lets an act on a group through for its admins and security officers.
func (s *Service) groupAtDoor(ctx context.Context, a Actor, id, name string) (*store.GroupRec, error) {
	return s.lifeAtDoor(ctx, a, id, lifeRule{roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin}, name)
}

// groupRow reads a group of the register.
func (s *Service) groupRow(ctx context.Context, id string) (*store.GroupRec, error) {
	id, ok := canonicalID(id)
	if !ok {
		return nil, notFound()
	}
	row, err := s.cfg.Store.Group(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("read group %s: %w", id, err)
	}
	return row, nil
}

// relationsToGroup is what somebody is to a group in the register.
func (s *Service) relationsToGroup(ctx context.Context, row *store.GroupRec, dir *domain.Directory, a Actor) ([]Relation, error) {
	place, err := s.cfg.Store.PlaceIn(ctx, row.ID, a.ID)
	if err != nil {
		return nil, fmt.Errorf("look up a place in group %s: %w", row.ID, err)
	}
	return groupRelations(groupFacts{tier: row.Doc.Tier, admins: row.Doc.Admins, departments: row.Doc.Departments, member: place == domain.MemberActive,
		awaited: place.Asked() || place.Waits(), second: halfUnfrozen(&row.Doc), sponsor: row.Doc.Sponsors(a.ID)}, dir, a), nil
}

// fileName keeps the last part of an uploaded file's name, without what a reader cannot see.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == '"' || r == 0xfffd {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if r := []rune(name); len(r) > 100 {
		name = string(r[len(r)-100:])
	}
	if len(domain.CheckText("name", name, 100, true)) > 0 {
		return ""
	}
	return name
}

// ActStatus answers what became of an act whose answer was still out. Only its actor, or who reads the case, may ask.
func (s *Service) ActStatus(ctx context.Context, a Actor, caseID, actID string) (ActAnswer, error) {
	id, faults := checkActID(actID)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	subject, ok := canonicalID(caseID)
	if !ok {
		return ActAnswer{}, notFound()
	}
	uses, err := s.cfg.Store.UsesOfAct(ctx, id)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	for i := range uses {
		e := &uses[i]
		if e.SubjectID != subject {
			continue
		}
		if e.ActorID != string(a.ID) {
			return ActAnswer{}, notFound()
		}
		x := act{workflow: e.WorkflowID, id: id}
		if e.WorkflowID == workflows.CaseID(subject) {
			x.about = func(ctx context.Context, ans *ActAnswer) error { return s.aboutCase(ctx, subject, ans) }
		}
		return s.answerOf(ctx, x, e), nil
	}
	// Not decided: pending for who has a part in the matter, nothing to anybody else.
	if row, err := s.caseRow(ctx, subject); err == nil {
		rel, err := s.relationsTo(ctx, row, a)
		if err != nil {
			return ActAnswer{}, fail(err)
		}
		if !partyTo(rel) {
			return ActAnswer{}, notFound()
		}
		if row.State.Status.Final() {
			ans := s.standing(ctx, row)
			ans.ActID = id
			return ans, nil
		}
		return ActAnswer{Pending: true, ActID: id}, nil
	} else if AsError(err).Kind != NotFound {
		return ActAnswer{}, fail(err)
	}
	if nda, err := s.ndaRow(ctx, subject); err == nil {
		rel, err := s.ndaRelations(ctx, nda, a)
		if err != nil {
			return ActAnswer{}, fail(err)
		}
		if !mayReadNDA(a, rel) {
			return ActAnswer{}, notFound()
		}
		return ActAnswer{Pending: true, ActID: id}, nil
	} else if AsError(err).Kind != NotFound {
		return ActAnswer{}, fail(err)
	}
	if post, err := s.postRow(ctx, subject); err == nil {
		rel, err := s.postRelations(ctx, post, a)
		if err != nil {
			return ActAnswer{}, fail(err)
		}
		if !mayReadPost(a, rel) {
			return ActAnswer{}, notFound()
		}
		return ActAnswer{Pending: true, ActID: id}, nil
	} else if AsError(err).Kind != NotFound {
		return ActAnswer{}, fail(err)
	}
	if _, err := s.lifeAtDoor(ctx, a, subject, anyPart, "act_status"); err != nil {
		return ActAnswer{}, fail(err)
	}
	return ActAnswer{Pending: true, ActID: id}, nil
}
