package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Who may do what to a publication, for the permission table, the reading and the acts alike. That there is one, and how it
// stands, is known to its author, to those who decide or decided on it, to who administers a target group, and to the offices
// that watch. What it says is read only by its author, by who is asked to decide now, by security with a purpose, and, as it is
// posted, by the admins who are asked to post it by hand; each reading but the author's is recorded.

// subjectPost is what notifications about publications are about. They say its number and where it is, nothing of it.
const subjectPost = "post"

// postRow reads a publication.
func (s *Service) postRow(ctx context.Context, id string) (*store.PostRec, error) {
	id, ok := canonicalID(id)
	if !ok {
		return nil, notFound()
	}
	row, err := s.cfg.Store.Post(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("read publication %s: %w", id, err)
	}
	return row, nil
}

// postRelations is what a person is to a publication.
func (s *Service) postRelations(ctx context.Context, row *store.PostRec, a Actor) ([]Relation, error) {
	var out []Relation
	p := row.Doc
	if p.Author == a.ID {
		out = append(out, RelRequester)
	}
	if p.Case != "" {
		c, err := s.caseRow(ctx, p.Case)
		if err != nil {
			return nil, err
		}
		rel, err := s.standingIn(ctx, c, a, caseRelations(&c.State, nil, a.ID))
		if err != nil {
			return nil, err
		}
		for _, r := range rel {
			if r == RelApprover || r == RelAsked || r == RelDelegate {
				out = append(out, r)
			}
		}
	}
	if len(p.Groups) > 0 && p.State != domain.PostDraft && p.State != domain.PostScreened {
		admin, err := s.cfg.Store.PostPeople(ctx, p.Groups, a.ID)
		if err != nil {
			return nil, err
		}
		if admin {
			out = append(out, RelNamedAdmin)
		}
	}
	if len(out) == 0 {
		return []Relation{RelNone}, nil
	}
	return out, nil
}

// PostRelations says what the actor is to a publication.
func (s *Service) PostRelations(ctx context.Context, a Actor, id string) ([]Relation, error) {
	row, err := s.postRow(ctx, id)
	if err != nil {
		return nil, fail(err)
	}
	rel, err := s.postRelations(ctx, row, a)
	return rel, fail(err)
}

var (
	postParts  = []Relation{RelRequester, RelApprover, RelAsked, RelDelegate, RelNamedAdmin}
	postOffice = []domain.Role{domain.RoleSecurity, domain.RoleAuditor}
)

func mayReadPost(a Actor, rel []Relation) bool {
	return anyOf(rel, postParts) || slices.ContainsFunc(postOffice, a.Has)
}

// readPost lets through whoever may know of a publication; unknown and not to be known look the same.
func (s *Service) readPost(ctx context.Context, a Actor, id, what string) (*store.PostRec, []Relation, error) {
	row, err := s.postRow(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	rel, err := s.postRelations(ctx, row, a)
	if err != nil {
		return nil, nil, err
	}
	if !mayReadPost(a, rel) {
		if err := s.record(ctx, a, "read_refused", row.Doc.ID, what, "refused", nil); err != nil {
			return nil, nil, err
		}
		return nil, nil, notFound()
	}
	return row, rel, nil
}

// postWords is which words of a publication a reader may have.
type postWords struct{ original, clean bool }

// wordsFor decides which words a reader may have, and records that they were read.
func (s *Service) wordsFor(ctx context.Context, a Actor, row *store.PostRec, rel []Relation, purpose string) (postWords, error) {
	p := row.Doc
	var rule string
	var w postWords
	byHand := slices.ContainsFunc(p.Postings, func(x domain.Posting) bool {
		return x.State == domain.PostingByHand || x.State == domain.PostingRecallBy
	})
	switch {
	case slices.Contains(rel, RelRequester):
		return postWords{true, true}, nil
	case slices.Contains(rel, RelAsked), slices.Contains(rel, RelDelegate):
		rule, w = "asked", postWords{true, true}
	case a.Has(domain.RoleSecurity) && purpose != "":
		if faults := domain.CheckText("purpose", purpose, 500, true); len(faults) > 0 {
			return w, invalid(faults...)
		}
		rule, w = "office", postWords{true, true}
	case slices.Contains(rel, RelNamedAdmin) && byHand:
		rule, w = "by_hand", postWords{clean: true}
	default:
		return w, nil
	}
	detail := map[string]any{"version": p.Written}
	if rule == "office" {
		detail["purpose"] = purpose
	}
	return w, s.record(ctx, a, "read_post", p.ID, rule, "allowed", detail)
}

// postAtDoor lets through who has a part in what is to be done. To others who may know of the publication it is forbidden, to
// everybody else there is none; both are recorded.
func (s *Service) postAtDoor(ctx context.Context, a Actor, id, name string, roles []domain.Role, rels []Relation, deny domain.Reason) (*store.PostRec, []Relation, error) {
	row, err := s.postRow(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	rel, err := s.postRelations(ctx, row, a)
	if err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(roles, a.Has) || anyOf(rel, rels) {
		return row, rel, nil
	}
	if err := s.record(ctx, a, "act_refused", row.Doc.ID, name, "refused", nil); err != nil {
		return nil, nil, err
	}
	if mayReadPost(a, rel) {
		return nil, nil, forbidden(string(deny))
	}
	return nil, nil, notFound()
}
