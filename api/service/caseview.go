package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// caseView is a case as its reader sees it.
func (s *Service) caseView(ctx context.Context, a Actor, row *store.CaseRec, rel []Relation) (CaseView, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return CaseView{}, err
	}
	n, c := names{dir}, &row.State
	m, err := s.matterOf(ctx, row, row.MaterialID)
	if err != nil {
		return CaseView{}, err
	}
	ends, err := s.roundEnds(ctx, row)
	if err != nil {
		return CaseView{}, err
	}
	said, err := s.texts(ctx, row.ID, append(decisionComments(c), objectsOf(ends)...))
	if err != nil {
		return CaseView{}, err
	}
	d := drawing{n: n, words: s.wordsOf(ctx, c), label: c.Route, me: a.ID, text: func(r *domain.Ref) string { return said[r.Object] }}
	if d.words.policy != nil {
		d.label = a.words(d.words.policy.RouteLabel(c.Route))
	}
	v := CaseView{
		CaseSummary: n.summaryOf(row), Policy: c.Policy, Relations: rel, Decided: timeOf(c.Decided), Route: d.present(c), Earlier: d.earlier(c), Can: []string{},
		HandDue: timeOf(c.HandDue.At),
	}
	if c.Status == domain.CaseReturned {
		v.ReturnDue = timeOf(c.ReturnDue.At)
	}
	for i := range v.Earlier {
		if e, ok := ends[v.Earlier[i].Round]; ok {
			var d domain.Act
			if json.Unmarshal(e.Act, &d) == nil {
				v.Earlier[i].EndedFor = n.maybe(d.For)
			}
			v.Earlier[i].EndedBy, v.Earlier[i].EndedAt, v.Earlier[i].Comment = n.maybe(domain.EmployeeID(e.ActorID)), timeOf(e.At), said[e.CommentID]
		}
	}
	for _, cp := range c.Copies {
		v.Copies = append(v.Copies, CopyView{Person: n.person(cp.Person), By: n.maybe(cp.By), At: cp.At.UTC()})
	}
	if m != nil && m.filing != nil {
		v.Filing = n.filing(m.filing)
	}
	if m != nil && m.post != nil {
		v.Post = m.post
	}
	for _, sl := range c.OpenSlots() {
		v.Calendar = sl.Due.Calendar
		if sl.Person == a.ID && !c.Status.Final() {
			v.MySlot = sl.ID
		}
	}
	if err := s.revocationsIn(ctx, a, n, row, rel, &v); err != nil {
		return CaseView{}, err
	}
	if c.Kind == domain.KindChange {
		if err := s.changeIn(ctx, a, n, d.words, row, m, &v); err != nil {
			return CaseView{}, err
		}
	}
	var onGroup []string
	if c.Kind == domain.KindFiling && c.Status == domain.CaseApproved && row.GroupID != "" {
		if onGroup, err = s.groupOfCase(ctx, a, n, row, &v); err != nil {
			return CaseView{}, err
		}
	}
	if err := s.offers(ctx, a, d.words, row, rel, &v); err != nil {
		return CaseView{}, err
	}
	v.Can = append(v.Can, onGroup...)
	return v, nil
}

// groupOfCase puts the group that the filing gave birth to into the view, when its row is there already, and lists what
// can be done to it.
func (s *Service) groupOfCase(ctx context.Context, a Actor, n names, row *store.CaseRec, v *CaseView) ([]string, error) {
	g, err := s.groupRow(ctx, row.GroupID)
	if err != nil {
		if AsError(err).Kind == NotFound {
			return nil, nil
		}
		return nil, err
	}
	gr := n.rowOf(g)
	v.Group = &gr
	return groupCan(&g.Doc, a), nil
}

// revocationsIn puts into the view what revokes the case, or what the case revokes. Both are told to those who may read
// both.
func (s *Service) revocationsIn(ctx context.Context, a Actor, n names, row *store.CaseRec, rel []Relation, v *CaseView) error {
	switch row.State.Kind {
	case domain.KindRevocation:
		subject, err := s.caseRow(ctx, row.State.Subject)
		if err != nil {
			return err
		}
		sum := n.summaryOf(subject)
		v.Revokes = &sum
		v.Reason, err = s.reasonOf(ctx, row)
		return err
	case domain.KindFiling:
		if row.State.Status != domain.CaseApproved { // a revoked case was approved: its own history ends so
			return nil
		}
		rows, err := s.cfg.Store.Revocations(ctx, row.ID)
		if err != nil {
			return fmt.Errorf("list the revocations of case %s: %w", row.ID, err)
		}
		for i := range rows {
			if partyTo(rel) || mayReadCase(a, caseRelations(&rows[i].State, nil, a.ID)) {
				v.Revocations = append(v.Revocations, n.summaryOf(&rows[i]))
			}
		}
	default: // nothing else revokes or is revoked
	}
	return nil
}

// reasonOf opens why a revocation is asked for; empty when it was shredded.
func (s *Service) reasonOf(ctx context.Context, row *store.CaseRec) (string, error) {
	up, shredded, err := s.open(ctx, row.ID, row.MaterialID)
	if err != nil || shredded {
		return "", err
	}
	var m domain.Revocation
	if err := json.Unmarshal(up.Data, &m); err != nil {
		return "", fmt.Errorf("read the revocation %s: %w", row.ID, err)
	}
	return m.Reason, nil
}

// offers lists the acts that would be taken from the reader now, with what they need: by the rules themselves, and by
// who may do what (routes.go).
func (s *Service) offers(ctx context.Context, a Actor, w stepWords, row *store.CaseRec, rel []Relation, v *CaseView) error {
	c := &row.State
	is := func(r Relation) bool { return slices.Contains(rel, r) }
	if row.Status == domain.CaseApproved && mayRevoke(a, rel) {
		if until, err := s.revocable(ctx, row, s.now()); err == nil && !revoking(v.Revocations) && s.revocationPlanned(ctx) {
			v.Can, v.With.RevocableUntil = append(v.Can, "revoke"), timeOf(until)
		}
	}
	if c.Status.Final() {
		return nil
	}
	f := domain.Facts{At: s.now(), Revision: c.Revision, Active: true, Roles: a.Roles}
	offers, err := s.offersOf(ctx, c, a.ID, f)
	if err != nil {
		return err
	}
	n := names{}
	if n.dir, err = s.wording(ctx); err != nil {
		return err
	}
	for _, o := range offers {
		switch o.Kind {
		case domain.ActComment:
			if !partyTo(rel) {
				continue // who only looks does not speak
			}
		case domain.ActAssign:
			v.With.Assign, v.With.AssignMissing = o.Slots, o.Missing
		case domain.ActReturn:
			v.With.ReturnTo = stepsNamed(c, w, o.Steps)
		case domain.ActAdd:
			for _, m := range o.Modes {
				v.With.AddModes = append(v.With.AddModes, string(m))
			}
		case domain.ActResubmit:
			v.With.RevisesRound = c.Status == domain.CaseInApproval
		default: // the others are offered without particulars
		}
		if len(o.For) > 0 && len(v.With.For) == 0 {
			v.With.For = n.people(o.For)
		}
		v.Can = append(v.Can, string(o.Kind))
	}
	if is(RelRequester) {
		if at, ok := domain.UrgeFrom(*c, f); ok {
			v.With.UrgeFrom = timeOf(at)
		}
	}
	return nil
}

// stepsNamed names the steps that a request can be sent back to; number 0 is the start.
func stepsNamed(c *domain.Case, w stepWords, numbers []int) []StepBrief {
	var out []StepBrief
	for _, k := range numbers {
		if k == 0 {
			out = append(out, StepBrief{})
			continue
		}
		p := c.Steps[k-1].Plan
		out = append(out, StepBrief{Number: k, Key: p.Key, Label: w.label(p)})
	}
	return out
}

// revoking tells whether one of a case's revocations is under way or done.
func revoking(list []CaseSummary) bool {
	return slices.ContainsFunc(list, func(r CaseSummary) bool { return !r.Status.Final() || r.Status == domain.CaseApproved })
}

// revocationPlanned tells whether the policy in force knows how to revoke.
func (s *Service) revocationPlanned(ctx context.Context) bool {
	pol, err := s.cfg.Rules.Policy(ctx)
	return err == nil && pol.Approval.Revocation.Window > 0
}

// roundEnds finds the acts that ended the earlier rounds of a case, by round: sent back, or material changed under way.
func (s *Service) roundEnds(ctx context.Context, row *store.CaseRec) (map[int]store.AuditRow, error) {
	out := map[int]store.AuditRow{}
	if len(row.State.Past) == 0 {
		return out, nil
	}
	entries, err := s.cfg.Store.Entries(ctx, workflows.CaseID(row.ID))
	if err != nil {
		return nil, fmt.Errorf("read how the rounds of case %s ended: %w", row.ID, err)
	}
	round, returned := 1, false
	for _, e := range entries {
		if e.Result != string(domain.Accepted) {
			continue
		}
		switch domain.ActKind(e.Kind) {
		case domain.ActReturn:
			out[round] = e
			var d domain.Act
			if err := json.Unmarshal(e.Act, &d); err != nil {
				return nil, fmt.Errorf("read an act of case %s: %w", row.ID, err)
			}
			if returned = d.Step == 0; !returned {
				round++
			}
		case domain.ActResubmit:
			if !returned {
				out[round] = e
			}
			round, returned = round+1, false
		default: // the others begin no round
		}
	}
	return out, nil
}

func objectsOf(entries map[int]store.AuditRow) []string {
	var ids []string
	for _, e := range entries {
		if e.CommentID != "" {
			ids = append(ids, e.CommentID)
		}
	}
	return ids
}

// decisionComments lists the objects of the comments given with decisions, of all rounds.
func decisionComments(c *domain.Case) []string {
	var ids []string
	scan := func(steps []domain.Step) {
		for _, st := range steps {
			for _, sl := range st.Slots {
				if sl.Decision != nil && sl.Decision.Comment != nil {
					ids = append(ids, sl.Decision.Comment.Object)
				}
			}
		}
	}
	for _, r := range c.Past {
		scan(r.Steps)
	}
	scan(c.Steps)
	return ids
}
