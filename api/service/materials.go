package service

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// MaterialView is one version of what a request asks for, as it was put up for decision.
type MaterialView struct {
	Version int         `json:"version"`
	Digest  string      `json:"digest"`
	At      time.Time   `json:"at"`
	Comment string      `json:"comment,omitempty"` // the requester's words on what was changed
	Filing  *FilingView `json:"filing,omitempty"`  // nil: shredded
}

// Materials lists the versions of what a case asks for, the oldest first, for those who may read the case: approvers see
// what changed since they decided (semantics 1: material change). A resubmission without a change is no version.
func (s *Service) Materials(ctx context.Context, a Actor, id string) ([]MaterialView, error) {
	row, rel, err := s.caseFor(ctx, a, id)
	if err != nil {
		return nil, fail(err)
	}
	if !mayReadCase(a, rel) {
		return nil, notFound()
	}
	if err := s.looked(ctx, a, "read_case", row.ID, row.State.Tier, rel); err != nil {
		return nil, fail(err)
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return nil, fail(err)
	}
	out, err := s.materials(ctx, names{dir}, row)
	return out, fail(err)
}

func (s *Service) materials(ctx context.Context, n names, row *store.CaseRec) ([]MaterialView, error) {
	first, err := s.cfg.Store.FirstMaterial(ctx, row.ID)
	if err != nil {
		return nil, fmt.Errorf("find the first material of case %s: %w", row.ID, err)
	}
	entries, err := s.cfg.Store.Entries(ctx, workflows.CaseID(row.ID))
	if err != nil {
		return nil, fmt.Errorf("read the versions of case %s: %w", row.ID, err)
	}
	objects := []string{first}
	out := []MaterialView{{Version: 1, Digest: row.State.Digest, At: row.Submitted.UTC()}}
	if past := row.State.Past; len(past) > 0 {
		out[0].Digest = past[0].Digest // readable after shredding too
	}
	var words []string
	for _, e := range entries {
		if e.Kind != string(domain.ActResubmit) || e.Result != string(domain.Accepted) {
			continue
		}
		var d domain.Act
		if err := json.Unmarshal(e.Act, &d); err != nil {
			return nil, fmt.Errorf("read an act of case %s: %w", row.ID, err)
		}
		if d.Material == nil {
			continue
		}
		objects = append(objects, d.Material.Object)
		out = append(out, MaterialView{Version: len(out) + 1, Digest: d.Material.Digest, At: e.At.UTC(), Comment: e.CommentID})
		if e.CommentID != "" {
			words = append(words, e.CommentID)
		}
	}
	said, err := s.texts(ctx, row.ID, words)
	if err != nil {
		return nil, err
	}
	for i := range out {
		m, err := s.matterOf(ctx, row, objects[i])
		if err != nil {
			return nil, err
		}
		if out[i].Comment = said[out[i].Comment]; m != nil && m.filing != nil {
			out[i].Filing = n.filing(m.filing)
		}
	}
	// Submitted again as it was: the same material, no version of its own.
	var versions []MaterialView
	for _, m := range out {
		if k := len(versions); k > 0 && m.Digest == versions[k-1].Digest {
			continue
		}
		m.Version = len(versions) + 1
		versions = append(versions, m)
	}
	return versions, nil
}

// filing is a filing with names.
func (n names) filing(f *domain.Filing) *FilingView {
	return &FilingView{Filing: *f, DepartmentRefs: n.departments(f.Departments), AdminRefs: n.people(f.Admins), MemberRefs: n.people(f.Members)}
}
