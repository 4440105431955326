package service

import (
	"context"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Who may do what to an agreement, for the permission table, the reading and the acts alike (semantics 4).

// ndaRule is what the door knows about an act on an agreement: who has any part in it. Whether it is allowed now, the
// workflow says.
type ndaRule struct {
	roles []domain.Role
	rels  []Relation
	deny  domain.Reason
}

var (
	ofSigner  = []Relation{RelSigner}
	ndaParts  = []Relation{RelSigner, RelCounter, RelNamedAdmin}
	ndaOffice = []domain.Role{domain.RoleLegal, domain.RoleSecurity, domain.RoleAuditor}
)

// ndaRules are the acts of people on agreements.
var ndaRules = map[domain.NDAActKind]ndaRule{
	domain.NDAActView:        {rels: ofSigner, deny: domain.ReasonNotSigner},
	domain.NDAActVerify:      {rels: ofSigner, deny: domain.ReasonNotSigner},
	domain.NDAActSign:        {rels: ofSigner, deny: domain.ReasonNotSigner},
	domain.NDAActDecline:     {rels: ofSigner, deny: domain.ReasonNotSigner},
	domain.NDAActCountersign: {rels: []Relation{RelCounter}, deny: domain.ReasonNotCounter},
	domain.NDAActPaper:       {roles: byLegal, rels: byAdmin, deny: domain.ReasonNotNDALegal},
	domain.NDAActReturn:      {roles: []domain.Role{domain.RoleHR}, rels: ofSigner, deny: domain.ReasonNotSigner},
	domain.NDAActVoid:        {roles: byLegal, deny: domain.ReasonNotLegal},
	domain.NDAActRetry:       {roles: []domain.Role{domain.RoleLegal, domain.RoleSecurity, domain.RoleProcessAdmin}, deny: domain.ReasonNotProcess},
}

// ndaRelations is what a person is to an agreement. Whoever signs for the company keeps the part in it after that.
func (s *Service) ndaRelations(ctx context.Context, row *store.NDARec, a Actor) ([]Relation, error) {
	var out []Relation
	n := row.Doc
	if n.Person == a.ID {
		out = append(out, RelSigner)
	}
	role := n.Rules.Countersign
	if role == "" && (n.Paper || n.Check == domain.NDAByPaper) {
		role = domain.RoleLegal
	}
	if n.Person != a.ID && (role != "" && a.Has(role) || n.Counter == a.ID) {
		out = append(out, RelCounter)
	}
	admin, err := s.cfg.Store.AdminOf(ctx, n.Group, a.ID)
	if err != nil {
		return nil, err
	}
	if admin {
		out = append(out, RelNamedAdmin)
	}
	if len(out) == 0 {
		return []Relation{RelNone}, nil
	}
	return out, nil
}

// NDARelations says what the actor is to an agreement.
func (s *Service) NDARelations(ctx context.Context, a Actor, id string) ([]Relation, error) {
	row, err := s.ndaRow(ctx, id)
	if err != nil {
		return nil, fail(err)
	}
	rel, err := s.ndaRelations(ctx, row, a)
	return rel, fail(err)
}

func anyOf(rel, wanted []Relation) bool {
	return slices.ContainsFunc(rel, func(r Relation) bool { return slices.Contains(wanted, r) })
}

func mayReadNDA(a Actor, rel []Relation) bool {
	return anyOf(rel, ndaParts) || slices.ContainsFunc(ndaOffice, a.Has)
}

// readNDA lets through whoever may read an agreement; reading for an office is recorded. Unknown and not to be known look
// the same.
func (s *Service) readNDA(ctx context.Context, a Actor, id, what string) (*store.NDARec, []Relation, error) {
	row, err := s.ndaRow(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	rel, err := s.ndaRelations(ctx, row, a)
	if err != nil {
		return nil, nil, err
	}
	if !mayReadNDA(a, rel) {
		if err := s.record(ctx, a, "read_refused", row.ID, what, "refused", nil); err != nil {
			return nil, nil, err
		}
		return nil, nil, notFound()
	}
	if !anyOf(rel, ndaParts) {
		if err := s.record(ctx, a, "read_nda", row.ID, what, "allowed", nil); err != nil {
			return nil, nil, err
		}
	}
	return row, rel, nil
}

// ndaAtDoor lets an act through for who has a part in it. To others who may see the agreement it is forbidden, to
// everybody else there is none; both are recorded.
func (s *Service) ndaAtDoor(ctx context.Context, a Actor, id string, rule ndaRule, name string) (*store.NDARec, error) {
	row, err := s.ndaRow(ctx, id)
	if err != nil {
		return nil, err
	}
	rel, err := s.ndaRelations(ctx, row, a)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(rule.roles, a.Has) || anyOf(rel, rule.rels) {
		return row, nil
	}
	if err := s.record(ctx, a, "act_refused", row.ID, name, "refused", nil); err != nil {
		return nil, err
	}
	if mayReadNDA(a, rel) {
		return nil, forbidden(string(rule.deny))
	}
	return nil, notFound()
}
