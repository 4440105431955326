package service

import (
	"context"
	"encoding/json"
	"fmt"
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
	if row.GroupID != "" {
		ids = append(ids, workflows.GroupID(row.GroupID))
	}
	out, err := s.timeline(ctx, names{dir}, row.ID, row, ids...)
	return out, fail(err)
}

// timeline words the entries of workflows; with a case, its submission comes first. Comments are sealed with the case's
// key, the group's too.
func (s *Service) timeline(ctx context.Context, n names, caseID string, from *store.CaseRec, ids ...string) ([]TimelineEntry, error) {
	rows, err := s.cfg.Store.Entries(ctx, ids...)
	if err != nil {
		return nil, fmt.Errorf("read the timeline of case %s: %w", caseID, err)
	}
	var objects []string
	for _, r := range rows {
		if said(r) {
			objects = append(objects, r.CommentID)
		}
	}
	words, err := s.texts(ctx, caseID, objects)
	if err != nil {
		return nil, err
	}
	out := make([]TimelineEntry, 0, len(rows)+1)
	if from != nil {
		out = append(out, n.submitted(from))
	}
	for i := range rows {
		e := s.entry(n, &rows[i])
		if said(rows[i]) {
			e.Comment = words[rows[i].CommentID]
		}
		out = append(out, e)
	}
	return out, nil
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
	}
	var f domain.Facts
	if json.Unmarshal(r.Facts, &f) == nil {
		for _, o := range f.Openings {
			for _, as := range o.Resolution.Slots {
				e.People = append(e.People, n.person(as.Person))
			}
		}
	}
	return e
}
