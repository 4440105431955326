package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// look tells whether and how somebody may read matter they were not given a part in. Confidential matter takes a purpose,
// and the reading itself is evidence, written before anything is shown (semantics 8).
func (s *Service) look(ctx context.Context, a Actor, kind, subject string, tier domain.Tier, rel []Relation, purpose string) error {
	if !needsPurpose(tier, rel) {
		return nil
	}
	if faults := domain.CheckText("purpose", purpose, 500, true); len(faults) > 0 {
		if purpose == "" {
			return forbidden("purpose_required")
		}
		return invalid(faults...)
	}
	return s.record(ctx, a, kind, subject, "office", "allowed", map[string]any{"purpose": purpose, "tier": tier})
}

// lookRetention is how long a purpose given on a page covers what belongs to that page.
const lookRetention = time.Hour

// looked checks, for what belongs to a page of confidential matter, that the reader gave a purpose for the page.
func (s *Service) looked(ctx context.Context, a Actor, kind, subject string, tier domain.Tier, rel []Relation) error {
	if !needsPurpose(tier, rel) {
		return nil
	}
	ok, err := s.cfg.Store.RecentEvent(ctx, string(a.ID), kind, subject, s.now().Add(-lookRetention))
	if err != nil {
		return fmt.Errorf("look up an earlier reading: %w", err)
	}
	if !ok {
		return forbidden("purpose_required")
	}
	return nil
}

// readCase lets through whoever may read the case. Unknown and not to be known look the same.
func (s *Service) readCase(ctx context.Context, a Actor, id, purpose string) (*store.CaseRec, []Relation, error) {
	row, rel, err := s.caseFor(ctx, a, id)
	if err != nil {
		return nil, nil, err
	}
	if !mayReadCase(a, rel) {
		if err := s.record(ctx, a, "read_refused", row.ID, "case", "refused", nil); err != nil {
			return nil, nil, err
		}
		return nil, nil, notFound()
	}
	return row, rel, s.look(ctx, a, "read_case", row.ID, row.State.Tier, rel, purpose)
}

// summary is a case as lists show it, by id, for a caller whose right was checked.
func (s *Service) summary(ctx context.Context, id string) (CaseSummary, error) {
	row, err := s.caseRow(ctx, id)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	return names{dir}.summaryOf(row), nil
}

// Case is a case in full, for those who may read it.
func (s *Service) Case(ctx context.Context, a Actor, id, purpose string) (CaseView, error) {
	row, rel, err := s.readCase(ctx, a, id, purpose)
	if err != nil {
		return CaseView{}, fail(err)
	}
	v, err := s.caseView(ctx, a, row, rel)
	if err == nil {
		s.seen(ctx, a, row.ID)
	}
	return v, fail(err)
}

// groupCan lists the acts on a group that would be taken from the reader now.
func groupCan(g *domain.Group, a Actor) []string {
	can := []string{}
	admin := slices.Contains(g.Admins, a.ID)
	if admin && (g.State == domain.GroupProvisioningFailed || (g.State == domain.GroupProvisioning && g.ByHand)) {
		can = append(can, "confirm")
	}
	if admin && g.Changeable() {
		can = append(can, "change")
	}
	if (admin || a.Has(domain.RoleSecurity)) && g.State == domain.GroupPendingDeletion {
		can = append(can, "confirm_deleted")
	}
	if (admin || a.Has(domain.RoleSecurity)) && g.State == domain.GroupProvisioningFailed {
		can = append(can, "retry")
	}
	return can
}

// Group is a group in full, for those who may know of it. Its members are listed only for those who belong to it or
// watch over it.
func (s *Service) Group(ctx context.Context, a Actor, id, purpose string) (GroupView, error) {
	v, err := s.group(ctx, a, id, purpose)
	if err == nil {
		s.seen(ctx, a, v.ID)
	}
	return v, fail(err)
}

func (s *Service) group(ctx context.Context, a Actor, id, purpose string) (GroupView, error) {
	row, rel, dir, err := s.readGroup(ctx, a, id)
	if err != nil {
		return GroupView{}, err
	}
	if err := s.look(ctx, a, "read_group", row.ID, row.Doc.Tier, rel, purpose); err != nil {
		return GroupView{}, err
	}
	place, err := s.waitsIn(ctx, row, a, rel)
	if err != nil {
		return GroupView{}, err
	}
	n := names{dir}
	v := GroupView{
		GroupRow: n.rowFor(row, a), Purpose: row.Purpose, Permissions: row.Permissions, Admins: n.people(row.Doc.Admins), PlatformID: row.Doc.PlatformID,
		Receipt: row.Doc.Receipt, Relations: rel, Can: lifeOffers(row, dir, a, rel, place),
	}
	inside := mayReadMembers(a, rel)
	if v.Life, err = s.life(ctx, n, row, a, v.Can, inside); err != nil {
		return GroupView{}, err
	}
	if inside {
		members, err := s.cfg.Store.GroupMembers(ctx, row.ID)
		if err != nil {
			return GroupView{}, fmt.Errorf("read the members of group %s: %w", row.ID, err)
		}
		v.MemberRefs = n.people(members)
	}
	// The group's own history, its newest part; that of its filing stays on the case's page, for the case's readers.
	entries, err := s.cfg.Store.EntriesPage(ctx, workflows.GroupID(row.ID), row.ID, "", pageMost)
	if err != nil {
		return GroupView{}, fmt.Errorf("read the history of group %s: %w", row.ID, err)
	}
	slices.Reverse(entries.Items)
	v.Timeline, err = s.lifeEntries(ctx, n, row, entries.Items, inside)
	return v, err
}

// readGroup lets through whoever may know of a group.
func (s *Service) readGroup(ctx context.Context, a Actor, id string) (*store.GroupRec, []Relation, *domain.Directory, error) {
	row, err := s.groupRow(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	rel, err := s.relationsToGroup(ctx, row, dir, a)
	if err != nil {
		return nil, nil, nil, err
	}
	if !mayReadGroup(a, rel) {
		if err := s.record(ctx, a, "read_refused", row.ID, "group", "refused", nil); err != nil {
			return nil, nil, nil, err
		}
		return nil, nil, nil, notFound()
	}
	return row, rel, dir, nil
}

// Evidence returns the screenshot of a confirmation. It may show who is in the group, so it is for those who may see the
// members.
func (s *Service) Evidence(ctx context.Context, a Actor, groupID string) (Upload, error) {
	row, rel, _, err := s.readGroup(ctx, a, groupID)
	if err != nil {
		return Upload{}, fail(err)
	}
	if err := s.looked(ctx, a, "read_group", row.ID, row.Doc.Tier, rel); err != nil {
		return Upload{}, fail(err)
	}
	if !mayReadMembers(a, rel) {
		return Upload{}, forbidden("members_only")
	}
	if row.Doc.Receipt == nil || row.Doc.Receipt.Evidence == nil {
		return Upload{}, notFound()
	}
	up, shredded, err := s.open(ctx, row.CaseID, row.Doc.Receipt.Evidence.Object)
	if err != nil {
		return Upload{}, fail(err)
	}
	if shredded {
		return Upload{}, &Error{Kind: NotFound, Code: "shredded"}
	}
	return up, nil
}
