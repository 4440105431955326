package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/byhand"
	"github.com/qunbei/qunbei/models/domain"
)

// LifeQuery asks for what an act of a group's life looks at in the register.
type LifeQuery struct {
	Group   string
	People  []domain.EmployeeID
	Touched bool  // members who left the company or changed department or post
	Since   int64 // … after this revision of the directory
	All     bool  // … whenever they joined the group
	Eldest  int   // how many of the members longest in the group
	Members bool  // everybody in the group

	// Everybody: the clearance of all who have a place. Of People, and of those who left the company, it is always told.
	Everybody bool
	Course    string // the training that counts
	Silence   bool   // what is on record of the activity of People
}

// LifeAnswer is what the register and the directory say, read in one statement.
type LifeAnswer struct {
	Members   []domain.EmployeeID // which of the people are in the group
	Employed  []domain.EmployeeID // which of them work here
	Gone      []domain.EmployeeID // members who left the company
	Transfers []domain.Transfer   // members who changed department or post, the earliest change first
	Eldest    []domain.EmployeeID // members without an office in the group, who work here, the longest in it first
	All       []domain.EmployeeID
	Count     int
	Revision  int64
	Perms     *domain.Permissions // as the register has them
	// Clear is the place, agreement and training of those asked for. TrainBy is the day a training ran out, without any grace.
	Clear   []domain.Clearance
	Outside []domain.EmployeeID // which of the people come from outside
	Silence *domain.Silence
}

// Lives gives the rules that the policy in force has for the life of groups.
type Lives interface {
	LifeRules(ctx context.Context) (domain.LifeRules, error)
}

// moreEldest is how many members are read beyond those who can be asked, since some of them may be leaving too.
const moreEldest = 100

// lifeFacts finds out what an act of a group's life is decided over: exactly what domain.NeedsOf names.
func (a *Activities) lifeFacts(ctx context.Context, in GroupInput, known Known, at time.Time, f *domain.Filing) (*domain.LifeFacts, error) {
	g, need := in.State, domain.NeedsOf(in.State, in.Act)
	if in.Act.Kind == domain.GroupBegun && f != nil {
		need.People = slices.Concat(f.Admins, f.Members)
	}
	lf := &domain.LifeFacts{ByHand: g.Platform == byhand.Kind}
	if begins := in.Act.Kind == domain.GroupBegun || in.Act.Kind == domain.GroupAdopted; begins && f != nil {
		lf.Late = f.Existing
	}
	if need.Roles {
		lf.Roles = known.Roles
	}
	if conn, ok := a.Connectors[g.Platform]; ok {
		if h, ok := conn.(chat.ByHander); ok && h.ByHand() {
			lf.ByHand = true
		}
		if need.Rules {
			for _, c := range conn.Can() {
				lf.Can = append(lf.Can, string(c))
			}
		}
		if need.Limit || need.Rules {
			lf.Limit = conn.Limits().Members
			lf.NoOutsiders = !lf.ByHand && !slices.Contains(conn.Can(), chat.CanOutside)
		}
	}
	if need.Rules && a.Lives != nil {
		rules, err := a.Lives.LifeRules(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the rules for the life of groups: %w", err)
		}
		lf.Rules = &rules
	}
	if err := a.askRegister(ctx, g, in.Act, need, known, lf, at); err != nil {
		return nil, err
	}
	if !need.Heads && !need.Touched && !need.All {
		return lf, nil
	}
	dir, err := a.Directory.At(ctx, lf.Revision)
	if err != nil {
		return nil, fmt.Errorf("load the directory: %w", err)
	}
	if need.Heads {
		lf.Heads = dir.HeadsOf(g.Departments)
	}
	return lf, nil
}

// askRegister fills in what one look at the register tells.
func (a *Activities) askRegister(ctx context.Context, g domain.Group, act domain.GroupAct, need domain.LifeNeeds, known Known, lf *domain.LifeFacts, at time.Time) error {
	lf.Revision = known.Revision
	gate := gateAfter(g, act, lf.Rules)
	if (act.Kind == domain.GroupBegun && !gate.Asks()) || !need.Touched && !need.All && !need.Eldest && !need.Seen && !need.Rules && len(need.People) == 0 {
		return nil // there is no row yet, or nothing to ask
	}
	q := LifeQuery{Group: g.ID, People: need.People, Touched: need.Touched, All: need.All, Members: need.Seen, Everybody: need.Everybody, Course: gate.Course, Silence: need.Silence}
	ask := 0
	if g.Life != nil {
		q.Since, ask = g.Life.Revision, g.Life.Rules.Ownerless.Ask
		if q.Touched && q.Since == 0 {
			q.Since = known.Revision - 1 // it never looked: only what this change did
			if act.Life != nil && act.Life.Revision > 0 {
				q.Since = act.Life.Revision - 1
			}
		}
	}
	if need.Eldest {
		q.Eldest = ask + moreEldest
	}
	r, err := a.Store.LifeFacts(ctx, q)
	if err != nil {
		return fmt.Errorf("read what the act is decided over: %w", err)
	}
	lf.Members, lf.Employed, lf.Gone, lf.Revision = r.Members, r.Employed, r.Gone, r.Revision
	lf.Clear, lf.Silence = clearances(r.Clear, q, gate, at), r.Silence
	if act.Kind == domain.GroupOutsider {
		lf.Outside = r.Outside
	}
	if act.Kind == domain.GroupBegun {
		lf.Members, lf.Employed = nil, nil // there is nobody in it yet: only what they have counts
		return nil
	}
	if need.Rules {
		lf.Count = r.Count
		if g.Life == nil {
			lf.Perms = r.Perms
		}
	}
	if need.Seen {
		lf.Seen = domain.AttestDigest(g, domain.MembersDigest(r.All))
	}
	if need.Touched || need.All {
		dir, err := a.Directory.At(ctx, r.Revision)
		if err != nil {
			return fmt.Errorf("load the directory: %w", err)
		}
		lf.Moved, lf.Shifted = domain.Displaced(g.Departments, dir, r.Transfers)
	}
	if need.Eldest {
		eldest := slices.DeleteFunc(r.Eldest, func(p domain.EmployeeID) bool {
			return slices.Contains(lf.Gone, p) || slices.Contains(lf.Moved, p) || slices.Contains(g.Admins, p)
		})
		lf.Eldest = eldest[:min(len(eldest), ask)]
	}
	return nil
}

// cleared leaves out of what a platform is told at a group's birth whoever is not in it yet (R4.2.1): they are invited once
// they are.
func (a *Activities) cleared(ctx context.Context, g domain.Group, f *domain.Filing) error {
	if !gateAfter(g, domain.GroupAct{}, nil).Asks() {
		return nil
	}
	r, err := a.Store.LifeFacts(ctx, LifeQuery{Group: g.ID, Members: true})
	if err != nil {
		return fmt.Errorf("read who is in the group: %w", err)
	}
	out := func(p domain.EmployeeID) bool { return !slices.Contains(r.All, p) }
	f.Admins, f.Members = slices.DeleteFunc(slices.Clone(f.Admins), out), slices.DeleteFunc(slices.Clone(f.Members), out)
	return nil
}

// gateAfter is what the group asks of people once the act is done: a change may set another tier, and the act that continues
// a group takes over the rules in force.
func gateAfter(g domain.Group, act domain.GroupAct, rules *domain.LifeRules) domain.ClearanceRules {
	tier := g.Tier
	if act.Life != nil && act.Life.Delta != nil && (act.Kind == domain.GroupChanged || act.Kind == domain.GroupAdopted) {
		tier = act.Life.Delta.Tier
	}
	switch {
	case act.Kind == domain.GroupContinued && rules != nil:
		return rules.Tiers[tier].Clearance
	case g.Life != nil:
		return g.Life.Rules.Tiers[tier].Clearance
	}
	return domain.ClearanceRules{}
}

// clearances are what a history keeps of the record: of the act's people, and of those who left, where there is something to
// say; of everybody else only whose place is not as it should be.
func clearances(all []domain.Clearance, q LifeQuery, gate domain.ClearanceRules, at time.Time) []domain.Clearance {
	var out, others []domain.Clearance
	for _, c := range all {
		if c.Training == domain.TrainingLapsed {
			c.TrainBy = c.TrainBy.AddDate(0, 0, gate.Grace)
		}
		switch {
		case q.Everybody && !slices.Contains(q.People, c.Person):
			others = append(others, c)
		case gate.Asks() || c.Was.Asked() || c.Was.Waits():
			out = append(out, c)
		}
	}
	return append(out, domain.Unsettled(gate, others, at)...)
}

// opened is the filing behind an act: of a group's first act and of one that changes its material.
func (a *Activities) opened(ctx context.Context, g domain.Group, act domain.GroupAct) (*domain.Filing, error) {
	var of string
	switch act.Kind {
	case domain.GroupBegun:
		if g.Case == "" {
			f, err := a.Store.SightingOf(ctx, g.ID)
			if err != nil {
				return nil, fmt.Errorf("read what was found on the platform: %w", err)
			}
			return &f, nil
		}
		of = g.Case
	case domain.GroupProvisioned, domain.GroupConfirm:
		of = materialOf(g)
	case domain.GroupChanged, domain.GroupAdopted:
		if act.Life == nil || act.Life.Delta == nil || act.Life.Delta.Case == "" {
			return nil, errors.New("the act names no case")
		}
		of = act.Life.Delta.Case
	default:
		return nil, nil
	}
	f, err := a.Store.FilingOf(ctx, of)
	if err != nil {
		return nil, fmt.Errorf("open the filing: %w", err)
	}
	return &f, nil
}

// materialOf is the case whose material is in force.
func materialOf(g domain.Group) string {
	if g.Life != nil && g.Life.Material != "" {
		return g.Life.Material
	}
	return g.Case
}

// lean takes the dates out of the facts when the state has the very same: a history keeps them once.
func lean(before domain.Group, f domain.GroupFacts) domain.GroupFacts {
	if before.Life == nil || f.Life == nil || f.Life.Calendar != before.Life.Calendar || f.Life.Calendar == "" ||
		domain.StateDigest(f.Life.Dates) != domain.StateDigest(before.Life.Dates) || len(f.Life.Dates) == 0 {
		return f
	}
	lf := *f.Life
	lf.Dates, lf.Calendar = nil, ""
	f.Life = &lf
	return f
}
