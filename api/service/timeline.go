package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// Timeline tells a case's history in order: the submission, every act on it, and those on the group it became.
func (s *Service) Timeline(ctx context.Context, a Actor, id string) ([]TimelineEntry, error) {
	row, err := s.caseRow(ctx, id)
	if err != nil {
		return nil, fail(err)
	}
	rel, err := s.relationsTo(ctx, row, a)
	if err != nil {
		return nil, fail(err)
	}
	if !mayReadCase(a, rel) {
		return nil, notFound()
	}
	if err := s.looked(ctx, a, "read_case", row.ID, row.State.Tier, rel); err != nil {
		return nil, fail(err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, fail(err)
	}
	ids := []string{workflows.CaseID(row.ID)}
	if row.GroupID != "" && row.State.Kind != domain.KindChange {
		ids = append(ids, workflows.GroupID(row.GroupID))
	}
	out, err := s.timeline(ctx, names{dir}, row.ID, row, ids...)
	if err != nil {
		return nil, fail(err)
	}
	if e, aerr := s.appliedBy(ctx, row); aerr != nil {
		return nil, fail(aerr)
	} else if e != nil { // of the group's history only what it made of this change
		out = append(out, s.entry(names{dir}, e))
	}
	if row.State.Status == domain.CaseApproved {
		if out, err = s.withDismissals(ctx, names{dir}, row.ID, out); err != nil {
			return nil, fail(err)
		}
	}
	if row.State.Kind == domain.KindFiling && row.State.Status == domain.CaseApproved {
		out, err = s.withRevocations(ctx, names{dir}, a, row, rel, out)
	}
	return out, fail(err)
}

// withRevocations tells of a case's revocations where they belong in time: asked for, and revoked by. They are cases of
// their own, with histories of their own.
func (s *Service) withRevocations(ctx context.Context, n names, a Actor, row *store.CaseRec, rel []Relation, out []TimelineEntry) ([]TimelineEntry, error) {
	rows, err := s.cfg.Store.Revocations(ctx, row.ID)
	if err != nil {
		return nil, fmt.Errorf("list the revocations of case %s: %w", row.ID, err)
	}
	for i := range rows {
		r := &rows[i]
		if !partyTo(rel) && !mayReadCase(a, caseRelations(&r.State, nil, a.ID)) {
			continue
		}
		sum := n.summaryOf(r)
		e := TimelineEntry{Workflow: workflows.CaseID(r.ID), Kind: "revocation_asked", Actor: n.maybe(r.State.Parties.Requester), Result: domain.Accepted, At: r.Submitted.UTC(), Case: &sum}
		out = append(out, e)
		if r.State.Status == domain.CaseApproved {
			e.Kind, e.Actor, e.At = "revoked", nil, r.State.Decided.UTC()
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b TimelineEntry) int { return a.At.Compare(b.At) })
	return out, nil
}

// timeline words the entries of workflows; with a case, its submission comes first. Comments are sealed with the case's
// key, the group's too.
func (s *Service) timeline(ctx context.Context, n names, caseID string, from *store.CaseRec, ids ...string) ([]TimelineEntry, error) {
	rows, err := s.cfg.Store.Entries(ctx, ids...)
	if err != nil {
		return nil, fmt.Errorf("read the timeline of case %s: %w", caseID, err)
	}
	var objects, attached []string
	for _, r := range rows {
		if said(r) {
			objects = append(objects, r.CommentID)
			attached = append(attached, filesOf(r)...)
		}
	}
	words, err := s.texts(ctx, caseID, objects)
	if err != nil {
		return nil, err
	}
	files, err := s.cfg.Store.ObjectsAbout(ctx, caseID, attached)
	if err != nil {
		return nil, fmt.Errorf("read about the files of case %s: %w", caseID, err)
	}
	out := make([]TimelineEntry, 0, len(rows)+1)
	if from != nil {
		out = append(out, n.submitted(from))
	}
	for i := range rows {
		e := s.entry(n, &rows[i])
		if said(rows[i]) {
			e.Comment = words[rows[i].CommentID]
			for _, id := range filesOf(rows[i]) {
				if o, ok := files[id]; ok {
					e.Files = append(e.Files, AttachmentView{Object: id, Name: o.FileName, MediaType: o.MediaType, Size: o.Size})
				}
			}
		}
		if from != nil && passedByTime(&from.State, &rows[i]) {
			e.Reason = domain.ReasonTimedOut
		}
		out = append(out, e)
	}
	return out, nil
}

// filesOf lists the files of an accepted comment; those of a refused one nobody reads.
func filesOf(r store.AuditRow) []string {
	if r.Kind != string(domain.ActComment) || r.Result != string(domain.Accepted) {
		return nil
	}
	var d domain.Act
	if json.Unmarshal(r.Act, &d) != nil {
		return nil
	}
	var ids []string
	for _, f := range d.Attachments {
		ids = append(ids, f.Object)
	}
	return ids
}

// passedByTime tells whether a deadline let a step pass instead of ending the case: the place that was due is closed as
// timed out.
func passedByTime(c *domain.Case, r *store.AuditRow) bool {
	if r.Kind != string(domain.ActExpire) || r.Result != string(domain.Accepted) || r.WorkflowID != workflows.CaseID(c.ID) {
		return false
	}
	in := func(steps []domain.Step) bool {
		for _, st := range steps {
			for _, sl := range st.Slots {
				if sl.ID == r.Slot {
					return sl.Closed == domain.ReasonTimedOut
				}
			}
		}
		return false
	}
	for _, p := range c.Past {
		if in(p.Steps) {
			return true
		}
	}
	return in(c.Steps)
}

// said tells whether an entry carries words; a group's entries refer to evidence in the same place.
func said(r store.AuditRow) bool {
	return r.CommentID != "" && !strings.HasPrefix(r.WorkflowID, "group-")
}

// submitted is the entry of the submission, which no workflow decided.
func (n names) submitted(r *store.CaseRec) TimelineEntry {
	e := TimelineEntry{
		Workflow: workflows.CaseID(r.ID), Kind: "submitted", Actor: n.maybe(r.State.Parties.Requester), Result: domain.Accepted,
		Digest: r.State.Digest, At: r.Submitted.UTC(),
	}
	for _, st := range r.State.Steps {
		for _, sl := range st.Slots {
			if sl.Opened.Equal(r.State.Submitted) {
				e.People = append(e.People, n.person(sl.Person))
			}
		}
	}
	return e
}

// entry words one audit entry.
func (s *Service) entry(n names, r *store.AuditRow) TimelineEntry {
	e := TimelineEntry{
		Seq: r.Seq, Workflow: r.WorkflowID, Act: r.ActID, Kind: r.Kind, Actor: n.maybe(domain.EmployeeID(r.ActorID)), Outcome: domain.Outcome(r.Outcome),
		Result: domain.Result(r.Result), Reason: domain.Reason(r.Reason), DecidedBy: n.maybe(domain.EmployeeID(r.DecidedBy)), Slot: r.Slot,
		Digest: r.Digest, At: r.At.UTC(),
	}
	kind, subject, _ := workflows.Subject(r.WorkflowID)
	if kind == "group" {
		var a domain.GroupAct
		if json.Unmarshal(r.Act, &a) == nil {
			e.Proof = s.proofHolds(subject, a.AsAct())
		}
		return e
	}
	var a domain.Act
	if json.Unmarshal(r.Act, &a) == nil {
		e.Proof = s.proofHolds(subject, a)
		e.For, e.Mode, e.Step, e.Via = n.maybe(a.For), a.Mode, a.Step, a.Via
		for _, p := range a.To {
			e.To = append(e.To, n.person(p))
		}
		if a.Material != nil {
			e.Digest = a.Material.Digest
		}
	}
	var f domain.Facts
	if json.Unmarshal(r.Facts, &f) == nil {
		for _, o := range f.Openings {
			for _, as := range o.Resolution.Slots {
				e.People = append(e.People, n.person(as.Person))
			}
			if o.Superior.Person != "" {
				e.People = append(e.People, n.person(o.Superior.Person))
			}
			for _, x := range o.Replaced {
				if x.By != "" {
					e.People = append(e.People, n.person(x.By))
				}
			}
		}
	}
	return e
}
