package service

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// MaxJoining bounds how many people one act brings on their way into a group.
const MaxJoining = directory.MaxPeopleRows

// Joining is how people come into groups (semantics 2 and 4, R2.2.2).
type Joining interface {
	// Joining is what somebody sees of a group they may ask to join, or wait for: what it asks, where they stand, what is
	// missing. Whoever has the group's address may look.
	Joining(ctx context.Context, a Actor, groupID string) (PlaceView, error)
	// Memberships lists one's own places, the newest first; waiting: only those not taken.
	Memberships(ctx context.Context, a Actor, waiting bool, cursor string, limit int) (Page[PlaceView], error)
	// AdmitSheet admits, or invites, the people of a spreadsheet by one act. A row that names nobody refuses all.
	AdmitSheet(ctx context.Context, a Actor, groupID, key string, up Upload, invite bool) (ActAnswer, error)
	// ReportActivity keeps who last did something in a group, by day (R2.2.2).
	ReportActivity(ctx context.Context, a Actor, groupID string, in ActivityInput) (ActivityAnswer, error)
	// Notices lists the groups in which one's own removal for inactivity is announced, the soonest first; KeepMany replies to
	// those named, or to all.
	Notices(ctx context.Context, a Actor) ([]PlaceView, error)
	KeepMany(ctx context.Context, a Actor, id string, groups []string) ([]RenewalResult, error)
}

// PlaceView is where somebody stands with a group, and what is missing until they are in.
type PlaceView struct {
	Group     string                `json:"group"`
	Number    string                `json:"number"`
	Name      string                `json:"name,omitempty"` // of a group with secrets: once they are let in or invited
	Tier      domain.Tier           `json:"tier"`
	State     domain.GroupState     `json:"group_state,omitempty"` // of a group with secrets: as the name
	Role      string                `json:"role,omitempty"`
	Place     domain.MemberState    `json:"place,omitempty"` // empty: none
	Since     *time.Time            `json:"since,omitempty"`
	Review    bool                  `json:"review"` // a request to join is answered by an admin
	Asks      []domain.Missing      `json:"asks"`   // what the group asks of everybody
	Course    string                `json:"course,omitempty"`
	Agreement domain.AgreementState `json:"agreement,omitempty"`
	AgreeBy   *time.Time            `json:"agree_by,omitempty"` // lapsed: the end of the grace
	Training  domain.TrainingState  `json:"training,omitempty"`
	TrainBy   *time.Time            `json:"train_by,omitempty"`
	Missing   []domain.Missing      `json:"missing"`
	Can       []string              `json:"can"`               // join, accept_invite, refuse_invite, leave, keep
	Open      bool                  `json:"open"`              // they may read the group itself
	Refused   string                `json:"refused,omitempty"` // why their last request was refused
	EndsOn    string                `json:"ends_on,omitempty"` // from outside: the last day
	Sponsor   *PersonRef            `json:"sponsor,omitempty"` // … and who answers for them
	Notice    *IdleView             `json:"notice,omitempty"`  // inactive_notice: their removal is announced (R2.2.2)
}

// joinActs are the acts that this view offers.
var joinActs = []domain.GroupActKind{domain.GroupJoin, domain.GroupAccept, domain.GroupDecline, domain.GroupLeave, domain.GroupKeep}

// Joining is one group for somebody who is not in it yet.
func (s *Service) Joining(ctx context.Context, a Actor, groupID string) (PlaceView, error) {
	row, err := s.groupRow(ctx, groupID)
	if err != nil {
		return PlaceView{}, fail(err)
	}
	if row.Doc.Life == nil || row.Doc.State == domain.GroupDraft { // of the first version, or filed by nobody: nobody joins
		return PlaceView{}, notFound()
	}
	place, err := s.cfg.Store.PlaceIn(ctx, row.ID, a.ID)
	if err != nil {
		return PlaceView{}, fail(err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return PlaceView{}, fail(err)
	}
	if a.Outside && place == "" {
		return PlaceView{}, notFound()
	}
	v, err := s.placeOf(ctx, a, row, dir, store.PlaceRec{Place: place})
	if err != nil || place != "" {
		return v, fail(err)
	}
	object, err := s.cfg.Store.Refusal(ctx, row.ID, a.ID)
	if err != nil || object == "" {
		return v, fail(err)
	}
	words, err := s.saidOf(ctx, row, []string{object})
	v.Refused = words[object]
	return v, fail(err)
}

// Memberships lists the reader's own places.
func (s *Service) Memberships(ctx context.Context, a Actor, waiting bool, cursor string, limit int) (Page[PlaceView], error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[PlaceView]{}, fail(err)
	}
	rows, err := s.cfg.Store.Places(ctx, a.ID, waiting, cursor, pageLimit(limit))
	if err != nil {
		return Page[PlaceView]{}, listFault("list memberships", err)
	}
	out := Page[PlaceView]{Items: make([]PlaceView, 0, len(rows.Items)), Next: rows.Next}
	for i := range rows.Items {
		v, err := s.placeOf(ctx, a, &rows.Items[i].GroupRec, dir, rows.Items[i])
		if err != nil {
			return Page[PlaceView]{}, fail(err)
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

// placeOf words one place.
func (s *Service) placeOf(ctx context.Context, a Actor, row *store.GroupRec, dir *domain.Directory, p store.PlaceRec) (PlaceView, error) {
	rel := groupRelations(groupFacts{tier: row.Doc.Tier, admins: row.Doc.Admins, departments: row.Doc.Departments, member: p.Place == domain.MemberActive,
		awaited: p.Place.Asked() || p.Place.Waits(), second: halfUnfrozen(&row.Doc)}, dir, a)
	v := PlaceView{Group: row.ID, Number: row.Number, Tier: row.Doc.Tier, State: row.Doc.State, Role: p.Role, Place: p.Place, Open: mayReadGroup(a, rel),
		Asks: []domain.Missing{}, Missing: []domain.Missing{}, Can: []string{}}
	if v.Open || (p.Place != "" && p.Place != domain.MemberRequested) {
		v.Name = row.Name
	} else if row.Doc.Tier.Confidential() {
		v.State = "" // its address tells number and tier, no more
	}
	if v.Open = v.Open && !a.Outside; a.Outside {
		if x, ok := row.Doc.GuestOf(a.ID); ok {
			sponsor := names{dir}.person(x.Sponsor)
			v.EndsOn, v.Sponsor = x.EndsOn, &sponsor
		}
	}
	if !p.PlaceAt.IsZero() {
		v.Since = timeOf(p.PlaceAt)
	}
	if p.Place == domain.MemberActive {
		if v.Notice = idleView(&row.Doc, a.ID); v.Notice != nil {
			v.Place = domain.MemberInactive
		}
	}
	gate := gateOf(row)
	v.Review = row.Doc.Tier.Confidential() || gate.Asks() || row.Permissions.JoinByReview
	v.Course = gate.Course
	if all := domain.MissingFor(gate, domain.Clearance{}); len(all) > 0 {
		v.Asks = all
	}
	c := domain.Clearance{Person: a.ID, Was: p.Place}
	if gate.Asks() {
		list, err := s.clearances(ctx, row, a.ID)
		if err != nil {
			return v, err
		}
		c = list[a.ID]
		c.Was = p.Place
		v.Agreement, v.Training = c.Agreement, c.Training
		if !c.AgreeBy.IsZero() {
			v.AgreeBy = timeOf(c.AgreeBy)
		}
		if !c.TrainBy.IsZero() {
			v.TrainBy = timeOf(c.TrainBy)
		}
	}
	if missing := domain.MissingFor(gate, c); len(missing) > 0 {
		v.Missing = missing
	}
	for _, k := range lifeOffers(row, dir, a, rel, p.Place) {
		if slices.Contains(joinActs, domain.GroupActKind(k)) {
			v.Can = append(v.Can, k)
		}
	}
	return v, nil
}

// gateOf is what a group asks of people.
func gateOf(row *store.GroupRec) domain.ClearanceRules {
	if row.Doc.Life == nil {
		return domain.ClearanceRules{}
	}
	return row.Doc.Life.Rules.Tiers[row.Doc.Tier].Clearance
}

// clearances reads what the record says about people for a group. TrainBy is the end of the grace.
func (s *Service) clearances(ctx context.Context, row *store.GroupRec, people ...domain.EmployeeID) (map[domain.EmployeeID]domain.Clearance, error) {
	gate := gateOf(row)
	r, err := s.cfg.Store.LifeFacts(ctx, store.LifeQuery{Group: row.ID, People: people, Course: gate.Course})
	if err != nil {
		return nil, fmt.Errorf("read agreements and trainings: %w", err)
	}
	out := map[domain.EmployeeID]domain.Clearance{}
	for _, c := range r.Clear {
		if c.Training == domain.TrainingLapsed {
			c.TrainBy = c.TrainBy.AddDate(0, 0, gate.Grace)
		}
		out[c.Person] = c
	}
	return out, nil
}

// papersOf fills in, for one page of members, what the record says about each.
func (s *Service) papersOf(ctx context.Context, row *store.GroupRec, dir *domain.Directory, page []store.MemberRec) (func(*store.MemberRec, *MemberView), error) {
	gate := gateOf(row)
	var people, asking []domain.EmployeeID
	for i := range page {
		people = append(people, page[i].Person)
		if page[i].State == string(domain.MemberRequested) {
			asking = append(asking, page[i].Person)
		}
	}
	said, err := s.joinWords(ctx, row, asking)
	if err != nil {
		return nil, err
	}
	list := map[domain.EmployeeID]domain.Clearance{}
	if gate.Asks() {
		if list, err = s.clearances(ctx, row, people...); err != nil {
			return nil, err
		}
	}
	return func(r *store.MemberRec, v *MemberView) {
		if r.State == string(domain.MemberRequested) {
			v.Said = said[r.Person]
			v.Owned = slices.ContainsFunc(dir.Chain(dir.Employees[r.Person].Department), func(d domain.DepartmentID) bool { return slices.Contains(row.Doc.Departments, d) })
		}
		if r.State == string(domain.MemberLeaving) || r.State == string(domain.MemberRemoved) {
			return
		}
		c := list[r.Person]
		c.Was = domain.MemberState(r.State)
		v.Agreement, v.Training, v.Missing = c.Agreement, c.Training, domain.MissingFor(gate, c)
	}, nil
}

// joinWords opens the reasons that people gave for asking to join.
func (s *Service) joinWords(ctx context.Context, row *store.GroupRec, people []domain.EmployeeID) (map[domain.EmployeeID]string, error) {
	out := map[domain.EmployeeID]string{}
	if len(people) == 0 || row.CaseID == "" {
		return out, nil
	}
	objects, err := s.cfg.Store.JoinWords(ctx, row.ID, people)
	if err != nil || len(objects) == 0 {
		return out, err
	}
	words, err := s.texts(ctx, row.CaseID, slices.Collect(maps.Values(objects)))
	for p, object := range objects {
		out[p] = words[object]
	}
	return out, err
}

// waitsIn is the reader's place, if they have one that is not taken.
func (s *Service) waitsIn(ctx context.Context, row *store.GroupRec, a Actor, rel []Relation) (domain.MemberState, error) {
	if !slices.Contains(rel, RelAwaited) {
		return "", nil
	}
	place, err := s.cfg.Store.PlaceIn(ctx, row.ID, a.ID)
	if err != nil {
		return "", fmt.Errorf("look up a place in group %s: %w", row.ID, err)
	}
	return place, nil
}

// AdmitSheet reads staff numbers from a spreadsheet and admits, or invites, whom they name.
func (s *Service) AdmitSheet(ctx context.Context, a Actor, groupID, key string, up Upload, invite bool) (ActAnswer, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	people, faults, err := directory.ParsePeople(up.Name, up.Data, dir)
	if err != nil {
		return ActAnswer{}, unreadable(err, a)
	}
	if len(faults) > 0 {
		return ActAnswer{}, invalid(asFaults(faults, a.lang())...)
	}
	in := GroupActInput{Kind: domain.GroupAdmit, ID: key}
	if invite {
		in.Kind = domain.GroupInvite
	}
	for _, p := range people {
		in.People = append(in.People, string(p))
	}
	return s.ActOnGroup(ctx, a, groupID, in)
}
