package service

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// The bounds of a dry run.
const (
	dryUsual = 200
	DryMost  = 2000 // requests in one run
	dryTime  = 20 * time.Second
)

// dryPlaces bounds how many dry runs a process does at once.
var dryPlaces = make(chan struct{}, 1)

// DryRunInput says which past requests to replay: the newest Last of those submitted From one day To another.
type DryRunInput struct {
	Last int    // 0: 200; at most DryMost
	From string // YYYY-MM-DD in the company's zone; empty: no bound
	To   string // the last day
}

// DryRunReport says what a version would have made of past requests. Material is opened only inside: what comes out are
// counts, numbers, steps and people, never what was asked for.
type DryRunReport struct {
	Version    string            `json:"version"`
	Directory  int64             `json:"directory"` // its revision; people are found in it, for the old rules too
	Calendar   string            `json:"calendar"`
	Requests   int               `json:"requests"`
	Kinds      []DryRunKind      `json:"kinds"`      // all that are replayed, with how many there were
	Unreadable int               `json:"unreadable"` // shredded, or not to be opened; not replayed
	Oldest     *time.Time        `json:"oldest,omitempty"`
	Newest     *time.Time        `json:"newest,omitempty"`
	Sums       policy.DryRunSums `json:"sums"`
	Cases      []DryRunCase      `json:"cases"` // those that would go another way, newest first
}

// DryRunKind counts the requests of one kind that were replayed.
type DryRunKind struct {
	Kind     domain.RequestKind `json:"kind"`
	Label    domain.Label       `json:"label"`
	Requests int                `json:"requests"`
}

// DryRunCase is a request that would go another way.
type DryRunCase struct {
	ID         string             `json:"id"`
	Number     string             `json:"number"`
	Kind       domain.RequestKind `json:"kind"`
	Submitted  time.Time          `json:"submitted"`
	Policy     string             `json:"policy"` // it was worked by
	Before     domain.Label       `json:"before"` // route
	After      *domain.Label      `json:"after,omitempty"`
	Refused    []DryFault         `json:"refused,omitempty"` // why it would not be taken
	Reordered  bool               `json:"reordered,omitempty"`
	Steps      []DryStep          `json:"steps,omitempty"`
	DoneBefore *time.Time         `json:"done_before,omitempty"` // the latest end of the route
	DoneAfter  *time.Time         `json:"done_after,omitempty"`
}

// DryFault is why a request would be refused: the field and the rule, without what stands in the field.
type DryFault struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

// DryStep is what would be otherwise in one step.
type DryStep struct {
	Key        string            `json:"key"`
	Label      domain.Label      `json:"label"`
	Kind       policy.ChangeKind `json:"kind"`
	Added      []PersonRef       `json:"added,omitempty"` // asked because the policy changed
	Removed    []PersonRef       `json:"removed,omitempty"`
	Directory  bool              `json:"directory,omitempty"` // others would be asked under the old policy too: the directory changed
	Unresolved bool              `json:"unresolved,omitempty"`
	KindBefore domain.StepKind   `json:"kind_before,omitempty"`
	KindAfter  domain.StepKind   `json:"kind_after,omitempty"`
	Otherwise  bool              `json:"otherwise,omitempty"` // kind, threshold, escalation or final outcome differ
	DueBefore  *time.Time        `json:"due_before,omitempty"`
	DueAfter   *time.Time        `json:"due_after,omitempty"`
}

// DryRunPolicy replays past requests under a version with the code that runs (semantics 1: dry run).
func (s *Service) DryRunPolicy(ctx context.Context, a Actor, version string, in DryRunInput) (DryRunReport, error) {
	if err := mayChangeRules(a); err != nil {
		return DryRunReport{}, err
	}
	select {
	case dryPlaces <- struct{}{}:
		defer func() { <-dryPlaces }()
	case <-time.After(5 * time.Second):
		return DryRunReport{}, &Error{Kind: TooMany, Code: "dry_runs_busy", RetryAfter: 10}
	case <-ctx.Done():
		return DryRunReport{}, fail(ctx.Err())
	}
	ctx, cancel := context.WithTimeout(ctx, dryTime)
	defer cancel()
	rep, err := s.dryRun(ctx, a, version, in)
	if errors.Is(err, context.DeadlineExceeded) {
		return DryRunReport{}, &Error{Kind: Unavailable, Code: "dry_run_too_long", RetryAfter: 5, Cause: err}
	}
	return rep, fail(err)
}

func (s *Service) dryRun(ctx context.Context, a Actor, version string, in DryRunInput) (DryRunReport, error) {
	row, err := s.cfg.Store.RulesByVersion(ctx, Policies, version)
	if err != nil {
		return DryRunReport{}, err
	}
	draft, err := policy.Parse([]byte(row.Body))
	if err != nil {
		return DryRunReport{}, &Error{Kind: Conflict, Code: "rules_unreadable", Cause: err}
	}
	b, err := s.rules(ctx)
	if err != nil {
		return DryRunReport{}, err
	}
	span, err := pastRange(in, b.calendar.Zone)
	if err != nil {
		return DryRunReport{}, err
	}
	// A dry run opens the material of cases the reader has no part in: that it was done is evidence, written before.
	if err := s.record(ctx, a, "policy_dry_run", "", "process_admin", "allowed", map[string]any{"version": version, "last": span.Last, "from": in.From, "to": in.To}); err != nil {
		return DryRunReport{}, err
	}
	run := dryRunner{s: s, draft: draft, book: b, under: map[string]*policy.Policy{}}
	run.rep = DryRunReport{Version: version, Directory: b.dir.Revision, Calendar: b.calendar.Version, Cases: []DryRunCase{}}
	for _, k := range policy.ReplayKinds() {
		run.rep.Kinds = append(run.rep.Kinds, DryRunKind{Kind: k, Label: policy.KindLabel(k)})
	}
	if err := s.cfg.Store.PastCases(ctx, span, func(c store.PastCase) error { return run.one(ctx, c) }); err != nil {
		return DryRunReport{}, err
	}
	return run.rep, nil
}

// pastRange reads which requests are meant.
func pastRange(in DryRunInput, zone *time.Location) (store.PastRange, error) {
	var faults []domain.Fault
	r := store.PastRange{Last: in.Last, Kinds: policy.ReplayKinds()}
	if r.Last == 0 {
		r.Last = dryUsual
	}
	if in.Last < 0 || in.Last > DryMost {
		faults = append(faults, domain.Fault{Field: "last", Code: "out_of_range", Params: map[string]string{"min": "1", "max": strconv.Itoa(DryMost)}})
	}
	if zone == nil {
		zone = time.UTC
	}
	day := func(field, text string, add int) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, text, zone)
		if err != nil {
			faults = append(faults, domain.Fault{Field: field, Code: "not_a_date", Params: map[string]string{"form": "2027-06-30"}})
		}
		return t.AddDate(0, 0, add)
	}
	r.From, r.To = day("from", in.From, 0), day("to", in.To, 1)
	if len(faults) > 0 {
		return r, invalid(faults...)
	}
	return r, nil
}

// dryRunner replays requests one after the other, so that only one is held open.
type dryRunner struct {
	s     *Service
	draft *policy.Policy
	book  rulebook
	under map[string]*policy.Policy // versions that requests were worked by; nil: not to be read
	rep   DryRunReport
}

func (r *dryRunner) one(ctx context.Context, c store.PastCase) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	past, ok := r.past(ctx, c)
	if !ok {
		r.rep.Unreadable++
		return nil
	}
	r.rep.Requests++
	for i := range r.rep.Kinds {
		if r.rep.Kinds[i].Kind == past.Kind {
			r.rep.Kinds[i].Requests++
		}
	}
	at := c.Submitted
	r.rep.Oldest = &at
	if r.rep.Newest == nil {
		r.rep.Newest = &at
	}
	one := policy.DryRun(r.draft, []policy.PastRequest{past}, r.book.dir, r.book.calendar)
	r.rep.Sums = addSums(r.rep.Sums, one.Sums)
	for _, x := range one.Cases {
		r.rep.Cases = append(r.rep.Cases, r.word(x, past))
	}
	return nil
}

// past opens a case's material and shapes the case for the replay; false when it cannot be opened any more.
func (r *dryRunner) past(ctx context.Context, c store.PastCase) (policy.PastRequest, bool) {
	if c.Wrapped == nil {
		return policy.PastRequest{}, false
	}
	plain, err := r.s.cfg.Keyring.Open(c.Wrapped, c.ID, c.MaterialID, c.SHA256, c.Body)
	var f domain.ChangeRequest // other materials read as one too: of a revocation the filing that it revokes
	if err == nil {
		err = json.Unmarshal(plain, &f)
	}
	if err != nil {
		r.s.log.WarnContext(ctx, "a request is left out of a dry run: its material cannot be opened", "case", c.ID)
		return policy.PastRequest{}, false
	}
	if _, ok := r.under[c.State.Policy]; !ok {
		r.under[c.State.Policy], err = r.s.cfg.Rules.Version(ctx, c.State.Policy)
		if err != nil {
			r.under[c.State.Policy] = nil
		}
	}
	out := policy.PastRequest{
		ID: c.ID, Number: c.Number, Kind: c.State.Kind, Filing: f.Filing, Was: f.Was, Requester: c.State.Parties.Requester, Others: c.State.Parties.Others, Submitted: c.Submitted, Under: r.under[c.State.Policy],
		Plan: domain.RoutePlan{Policy: c.State.Policy, Route: c.State.Route, Rules: c.State.Rules},
	}
	for _, st := range c.State.Steps {
		out.Plan.Steps = append(out.Plan.Steps, st.Plan)
		out.Steps = append(out.Steps, policy.PastStep{Opened: st.Opened, People: namedAtOpening(st)})
	}
	return out, true
}

// namedAtOpening is whom the policy's rules named when a step opened; nil when it never did. Who came later, by an act or
// by a change of the directory, is not among them.
func namedAtOpening(st domain.Step) []domain.EmployeeID {
	if st.Opened.IsZero() {
		return nil
	}
	out := []domain.EmployeeID{}
	for _, sl := range st.Slots {
		late := st.Plan.Kind != domain.Sequence && sl.Opened.After(st.Opened)
		if sl.Origin == "" && !late && !slices.Contains(out, sl.Person) {
			out = append(out, sl.Person)
		}
	}
	return out
}

// word puts names and labels to what changed, and leaves out what stands in the material.
func (r *dryRunner) word(x policy.CaseChange, past policy.PastRequest) DryRunCase {
	n := names{r.book.dir}
	routeBefore := domain.Label{ZH: x.Route.Before, EN: x.Route.Before}
	if past.Under != nil {
		routeBefore = past.Under.RouteLabel(x.Route.Before)
	}
	out := DryRunCase{ID: x.ID, Number: x.Number, Kind: past.Kind, Submitted: x.Submitted, Policy: x.Policy, Before: routeBefore, Reordered: x.Reordered,
		DoneBefore: timeOf(x.DoneBefore), DoneAfter: timeOf(x.DoneAfter)}
	if x.Route.After != "" {
		l := r.draft.RouteLabel(x.Route.After)
		out.After = &l
	}
	for _, f := range x.Faults {
		out.Refused = append(out.Refused, DryFault{Field: f.Field, Code: f.Code})
	}
	for _, st := range x.Steps {
		label := r.draft.StepLabel(st.Key)
		if st.Kind == policy.PartRemoved {
			for _, p := range past.Plan.Steps {
				if p.Key == st.Key {
					label = p.Label
				}
			}
		}
		out.Steps = append(out.Steps, DryStep{
			Key: st.Key, Label: label, Kind: st.Kind, Added: n.people(st.Added), Removed: n.people(st.Removed), Directory: len(st.Arrived)+len(st.Gone) > 0,
			Unresolved: len(st.Unresolved) > 0, KindBefore: st.KindBefore, KindAfter: st.KindAfter, Otherwise: st.Otherwise,
			DueBefore: timeOf(st.DueBefore), DueAfter: timeOf(st.DueAfter),
		})
	}
	return out
}

func addSums(a, b policy.DryRunSums) policy.DryRunSums {
	return policy.DryRunSums{
		Unchanged: a.Unchanged + b.Unchanged, Refused: a.Refused + b.Refused, Unresolved: a.Unresolved + b.Unresolved, Route: a.Route + b.Route,
		StepsAdded: a.StepsAdded + b.StepsAdded, StepsRemoved: a.StepsRemoved + b.StepsRemoved, Order: a.Order + b.Order, Kind: a.Kind + b.Kind,
		People: a.People + b.People, Earlier: a.Earlier + b.Earlier, Later: a.Later + b.Later, Directory: a.Directory + b.Directory,
	}
}
