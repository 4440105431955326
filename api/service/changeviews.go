package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// Difference is one field that a change sets otherwise, in words. Of lists it says who or what went and came.
type Difference struct {
	Field           string          `json:"field"` // as in the filing: tier, admins, permissions.posting; owner: another first admin
	Label           domain.Label    `json:"label"`
	Before          domain.Label    `json:"before,omitzero"`
	After           domain.Label    `json:"after,omitzero"`
	Gone            []PersonRef     `json:"gone,omitempty"`
	Come            []PersonRef     `json:"come,omitempty"`
	DepartmentsGone []DepartmentRef `json:"departments_gone,omitempty"`
	DepartmentsCome []DepartmentRef `json:"departments_come,omitempty"`
}

// AppliedView says what the group made of an approved change.
type AppliedView struct {
	Result domain.Result `json:"result"` // accepted, refused
	Reason domain.Reason `json:"reason,omitempty"`
	At     time.Time     `json:"at"`
}

// differences words what a change sets otherwise.
func (n names) differences(p *policy.Policy, was, is domain.Filing) []Difference {
	out := []Difference{}
	for _, d := range domain.Differences(was, is) {
		v := Difference{Field: d.Field, Label: policy.FieldWords(d.Field)}
		switch d.Field {
		case "departments":
			v.DepartmentsGone, v.DepartmentsCome = n.departments(ids[domain.DepartmentID](d.Gone)), n.departments(ids[domain.DepartmentID](d.Come))
		case "admins", "members":
			v.Gone, v.Come = n.people(ids[domain.EmployeeID](d.Gone)), n.people(ids[domain.EmployeeID](d.Come))
		case "owner":
			v.Gone, v.Come = n.people([]domain.EmployeeID{domain.EmployeeID(d.Before)}), n.people([]domain.EmployeeID{domain.EmployeeID(d.After)})
		default:
			v.Before, v.After = domain.Label{ZH: d.Before, EN: d.Before}, domain.Label{ZH: d.After, EN: d.After}
			if p != nil {
				v.Before, v.After = p.ValueWords(d.Field, d.Before), p.ValueWords(d.Field, d.After)
			}
		}
		out = append(out, v)
	}
	return out
}

func ids[T ~string](list []string) []T {
	out := make([]T, len(list))
	for i, x := range list {
		out[i] = T(x)
	}
	return out
}

// matter is what a case asks for, opened.
type matter struct {
	filing *domain.Filing
	change *domain.ChangeRequest // of a change
	post   *domain.PostRequest   // of a publication, or a topic at risk: filing is nil
	digest string                // what a decision binds to
}

// matterOf opens what a case asks for; nil when it was shredded.
func (s *Service) matterOf(ctx context.Context, row *store.CaseRec, object string) (*matter, error) {
	up, shredded, err := s.open(ctx, row.ID, object)
	if err != nil || shredded {
		return nil, err
	}
	unreadable := func(err error) error { return fmt.Errorf("read what case %s asks for: %w", row.ID, err) }
	switch row.State.Kind {
	case domain.KindChange:
		var c domain.ChangeRequest
		if err := json.Unmarshal(up.Data, &c); err != nil {
			return nil, unreadable(err)
		}
		return &matter{filing: &c.Filing, change: &c, digest: c.Digest()}, nil
	case domain.KindRevocation:
		var r domain.Revocation
		if err := json.Unmarshal(up.Data, &r); err != nil {
			return nil, unreadable(err)
		}
		return &matter{filing: &r.Filing, digest: r.Digest()}, nil
	case domain.KindPublication, domain.KindTopic:
		var r domain.PostRequest
		if err := json.Unmarshal(up.Data, &r); err != nil {
			return nil, unreadable(err)
		}
		return &matter{post: &r, digest: r.Digest()}, nil
	case domain.KindFiling: // below
	}
	var f domain.Filing
	if err := json.Unmarshal(up.Data, &f); err != nil {
		return nil, unreadable(err)
	}
	return &matter{filing: &f, digest: f.Digest()}, nil
}

// changeIn puts into the view of a change what it changes, why, and what became of it.
func (s *Service) changeIn(ctx context.Context, a Actor, n names, w stepWords, row *store.CaseRec, m *matter, v *CaseView) error {
	if m != nil {
		c := m.change
		v.Was, v.Reason, v.Changes = n.filing(&c.Was), c.Reason, n.differences(w.policy, c.Was, c.Filing)
	}
	e, err := s.appliedBy(ctx, row)
	if err != nil {
		return err
	}
	if e != nil {
		v.Applied = &AppliedView{Result: domain.Result(e.Result), Reason: domain.Reason(e.Reason), At: e.At.UTC()}
	}
	g, rel, err := s.groupSeen(ctx, a, row.GroupID)
	if err != nil || g == nil || !mayReadGroup(a, rel) {
		return err
	}
	gr := n.rowOf(g)
	v.Group = &gr
	return nil
}

// groupSeen reads a group with what the reader is to it; nil when there is no such row.
func (s *Service) groupSeen(ctx context.Context, a Actor, id string) (*store.GroupRec, []Relation, error) {
	g, err := s.groupRow(ctx, id)
	if err != nil {
		if AsError(err).Kind == NotFound {
			err = nil
		}
		return nil, nil, err
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	rel, err := s.relationsToGroup(ctx, g, dir, a)
	return g, rel, err
}

// appliedBy is the group's entry about an approved change; nil while it has not come to it.
func (s *Service) appliedBy(ctx context.Context, row *store.CaseRec) (*store.AuditRow, error) {
	if row.State.Kind != domain.KindChange || row.State.Status != domain.CaseApproved {
		return nil, nil
	}
	e, err := s.cfg.Store.AnswerOf(ctx, workflows.GroupID(row.GroupID), domain.ChangeActID(row.ID))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what became of change %s: %w", row.ID, err)
	}
	return e, nil
}
