package workflows_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// TestRandomActsAgree sends random acts to real workflows on a real engine and database, and the same acts to the pure
// engine, which finds out about directory, delegations and calendar by itself. After each act the stored state must be
// the pure engine's. More runs: QUNBEI_PROVE=1; one again: QUNBEI_SEED.
func TestRandomActsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("needs an engine")
	}
	runs, first := 25, uint64(time.Now().UnixNano()%1_000_000)
	if os.Getenv("QUNBEI_PROVE") != "" {
		runs = 400
	}
	if s := os.Getenv("QUNBEI_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		runs, first = 1, n
	}
	c := company.Open(t, company.Options{})
	ended := map[domain.CaseStatus]int{}
	kinds := map[domain.ActKind]int{}
	for seed := first; seed < first+uint64(runs); seed++ {
		r := &pair{t: t, c: c, rnd: rand.New(rand.NewPCG(seed, 3)), seed: seed, kinds: kinds}
		r.begin()
		for range 14 + r.rnd.IntN(12) {
			if r.state.Status.Final() {
				break
			}
			r.act(r.random())
		}
		r.finish()
		ended[r.state.Status]++
	}
	t.Logf("seeds %d to %d; ended as %v; accepted acts %v", first, first+uint64(runs)-1, ended, kinds)
}

// pair is one case twice: the workflow's, and the pure engine's.
type pair struct {
	t     *testing.T
	c     *company.Company
	rnd   *rand.Rand
	seed  uint64
	filed company.Filed
	state domain.Case // the pure engine's
	kinds map[domain.ActKind]int
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func (p *pair) cast() []domain.EmployeeID {
	c := p.c
	return append([]domain.EmployeeID{c.Head, c.LeadA, c.LeadB, c.Security, c.Security2, c.Auditor}, c.People...)
}

func (p *pair) someone() domain.EmployeeID { return pick(p.rnd, p.cast()...) }

// begin files on a random route.
func (p *pair) begin() {
	c := p.c
	quorum := company.Role(domain.Quorum, domain.RoleSecurity)
	quorum.Rules = append(quorum.Rules, domain.SlotRule{Kind: domain.RuleDepartmentLeader, Department: c.DepB, Class: "line"})
	quorum.Rules[0].Class = "security"
	quorum.Need, quorum.Minima = 2, []domain.ClassMinimum{{Class: "line", Need: 1}}
	possible := []domain.StepPlan{
		company.Step(domain.Countersign, c.DepA, c.DepB), company.Step(domain.Sequence, c.DepA, c.DepB, c.Root),
		company.Step(domain.OrSign, c.DepA, c.Root), company.Role(domain.OrSign, domain.RoleSecurity), quorum,
		company.Role(domain.Countersign, domain.RoleLegal), // nobody holds it: needs a hand
	}
	var steps []domain.StepPlan
	for range 1 + p.rnd.IntN(3) {
		s := pick(p.rnd, possible...)
		s.Key = "s" + strconv.Itoa(len(steps))
		s.Remind = []int{120}
		s.Ladder = []domain.Rung{{After: 240, Do: pick(p.rnd, domain.RungAdd, domain.RungReplace)}}
		s.CC = []domain.SlotRule{{Kind: domain.RuleRole, Role: domain.RoleAuditor}}
		steps = append(steps, s)
	}
	rules := domain.CaseRules{Resubmit: 600, UrgeEvery: 1, MaxHops: 2, MaxAdded: 3, MaxChain: 2, SamePerson: pick(p.rnd, domain.AskAgain, domain.CarryOver)}
	route, f := domain.RoutePlan{Policy: "p1", Route: "test", Steps: steps, Rules: rules}, c.FilingOn("byhand")
	if p.rnd.IntN(4) > 0 {
		p.filed = c.FileRoute(p.t, f, 0, route)
	} else { // a change of a group goes the same ways, to another end
		p.filed = c.Change(p.t, changeOf(f, uuid.NewString()), 0, route)
	}
	p.state = p.filed.State
}

// random is an act that makes sense more often than not.
func (p *pair) random() domain.Act {
	open := p.state.OpenSlots()
	a := domain.Act{Actor: p.someone(), Digest: p.state.Digest, Version: p.state.Version}
	if len(open) > 0 && p.rnd.IntN(5) > 0 {
		a.Actor = pick(p.rnd, open...).Person
	}
	comment := p.c.Keep(p.t, p.state.ID, "comment", []byte("说明"))
	if p.state.Status == domain.CaseReturned && p.rnd.IntN(3) > 0 {
		return p.resubmission(comment)
	}
	switch p.rnd.IntN(19) {
	case 18: // somebody leaves, comes back, or leads another department
		p.move()
		return domain.Act{Kind: domain.ActDirectory}
	case 17: // the material changes under way
		return p.resubmission(comment)
	case 0:
		a.Kind, a.To, a.Comment = domain.ActTransfer, []domain.EmployeeID{p.someone()}, comment
	case 1, 2:
		a.Kind, a.To, a.Mode = domain.ActAdd, []domain.EmployeeID{p.someone()}, pick(p.rnd, domain.AddBefore, domain.AddAfter, domain.AddParallel)
		if a.Mode == domain.AddAfter {
			a.Outcome = domain.Approve
		}
	case 3:
		a.Kind, a.Step, a.Comment = domain.ActReturn, p.rnd.IntN(3), comment
	case 4:
		a.Kind, a.Actor = domain.ActUrge, p.state.Parties.Requester
	case 5:
		a.Kind, a.To = domain.ActCopy, []domain.EmployeeID{p.someone()}
	case 6:
		if p.rnd.IntN(4) == 0 {
			a.Kind, a.Actor = domain.ActWithdraw, p.state.Parties.Requester
			break
		}
		a.Kind, a.Comment = domain.ActComment, comment
	case 7:
		a.Kind, a.For, a.Outcome = domain.ActDecide, p.someone(), domain.Approve // mostly without a delegation
	case 8:
		a.Kind, a.Actor, a.To, a.Comment = domain.ActAssign, p.c.People[5], []domain.EmployeeID{p.someone()}, comment
		if len(open) > 0 {
			a.Slot = pick(p.rnd, open...).ID
		}
	case 9: // somebody hands their decisions over, and the other uses it
		if len(open) == 0 {
			a.Kind, a.Comment = domain.ActComment, comment
			break
		}
		from, to := pick(p.rnd, open...).Person, p.someone()
		if from != to {
			p.c.Exec(p.t, `INSERT INTO delegations (id, from_id, to_id, start_at, until_at, created_at) VALUES ($1, $2, $3, now() - interval '1 minute', now() + interval '1 day', now())`,
				uuid.NewString(), string(from), string(to))
		}
		a.Kind, a.Actor, a.For, a.Outcome = domain.ActDecide, to, from, domain.Approve
	default:
		a.Kind, a.Outcome = domain.ActDecide, pick(p.rnd, domain.Approve, domain.Approve, domain.Approve, domain.Approve, domain.Approve, domain.Reject)
	}
	if p.rnd.IntN(15) == 0 {
		a.Digest = "sha256:another"
	}
	return a
}

// move changes the directory as an import would.
func (p *pair) move() {
	p.t.Helper()
	if p.rnd.IntN(2) == 0 {
		p.c.Exec(p.t, `UPDATE departments SET leader_id = $1 WHERE id = $2`, string(p.someone()), string(pick(p.rnd, p.c.DepA, p.c.DepB, p.c.Root)))
	} else {
		p.c.Exec(p.t, `UPDATE employees SET active = NOT active WHERE id = $1`, string(pick(p.rnd, p.cast()[:5]...)))
	}
	p.c.Exec(p.t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
}

// resubmission puts new material up, or the same again.
func (p *pair) resubmission(object *domain.Ref) domain.Act {
	m := domain.Material{Object: object.Object, Digest: "sha256:" + uuid.NewString(), Tier: pick(p.rnd, domain.TierOrdinary, domain.TierConfidential), NameKey: policy.NameKey(p.filed.Filing.Name)}
	if p.rnd.IntN(3) == 0 {
		m.Digest = p.state.Digest
	}
	if p.state.Kind == domain.KindChange && p.rnd.IntN(2) == 0 {
		m.NameKey = "" // the group keeps its own name
	}
	return domain.Act{Kind: domain.ActResubmit, Actor: p.state.Parties.Requester, Version: p.state.Version, Material: &m}
}

// act does one act on both sides and compares.
func (p *pair) act(a domain.Act) {
	p.t.Helper()
	a.ID = uuid.NewString()
	a.ID = p.c.Act(p.t, p.filed, a)
	ctx := context.Background()
	var rawAct, rawFacts []byte
	var digest, result string
	if err := p.c.Store.Pool().QueryRow(ctx, `SELECT act, facts, state_digest, result FROM audit_entries WHERE workflow_id = $1 AND act_id = $2`,
		p.filed.Workflow(), a.ID).Scan(&rawAct, &rawFacts, &digest, &result); err != nil {
		p.t.Fatalf("seed %d: %v", p.seed, err)
	}
	var sent domain.Act
	var recorded domain.Facts
	if err := json.Unmarshal(rawAct, &sent); err != nil {
		p.t.Fatal(err)
	}
	if err := json.Unmarshal(rawFacts, &recorded); err != nil {
		p.t.Fatal(err)
	}
	after, verdict := p.pure(sent, recorded.At)
	if got := domain.StateDigest(after); got != digest || string(verdict.Result) != result {
		stored, _ := p.c.Store.Case(ctx, p.state.ID)
		p.t.Fatalf("seed %d: %s by %s: %s and state %s, the pure engine says %s %s and %s\nbefore %s\nstored %s\npure %s", p.seed, a.Kind, a.Actor, result, digest,
			verdict.Result, verdict.Reason, got, asJSON(p.state), asJSON(stored.State), asJSON(after))
	}
	if verdict.Result == domain.Accepted {
		p.kinds[a.Kind]++
	}
	p.state = after
}

// pure decides on facts of its own: only the moment is taken from what was recorded.
func (p *pair) pure(a domain.Act, at time.Time) (domain.Case, domain.Verdict) {
	ctx := context.Background()
	dir, err := p.c.Store.LoadDirectory(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	f := domain.Facts{At: at, Revision: dir.Revision, Active: dir.Active(a.Actor), Proof: p.c.Holds(p.state.ID, a)}
	if a.Kind == domain.ActAssign {
		f.Roles = dir.Employees[a.Actor].Roles
	}
	if a.For != "" {
		f.Chain = domain.FindChain(domain.Impartial(p.delegations(), p.state.Parties), a.For, a.Actor, p.state.Kind, at, p.state.Rules.MaxChain)
	}
	for range 100 {
		after, v := domain.Decide(p.state, a, f)
		if v.Need == nil {
			return after, v
		}
		if v.Need.Plan {
			if f.Plan, f.Barred, err = p.c.PlanFor(ctx, p.state.ID, p.state.Policy, *a.Material); err != nil {
				p.t.Fatal(err)
			}
			continue
		}
		f.Learn(p.state, *v.Need, dir, company.Calendar())
	}
	p.t.Fatalf("seed %d: the rules ask without end", p.seed)
	return domain.Case{}, domain.Verdict{}
}

// delegations reads every delegation, the oldest first, by another way than the activity does.
func (p *pair) delegations() []domain.Delegation {
	rows, err := p.c.Store.Pool().Query(context.Background(), `SELECT id::text, from_id::text, to_id::text, start_at, until_at FROM delegations
WHERE revoked_at IS NULL AND from_id IN (SELECT id FROM employees WHERE active) ORDER BY created_at, id`)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	var out []domain.Delegation
	for rows.Next() {
		var d domain.Delegation
		if err := rows.Scan(&d.ID, &d.From, &d.To, &d.Start, &d.Until); err != nil {
			p.t.Fatal(err)
		}
		d.Start, d.Until = d.Start.UTC(), d.Until.UTC()
		out = append(out, d)
	}
	return out
}

// finish lets everybody who is asked approve until the case ends; one that cannot end so is withdrawn. The workflow's
// own result must be the pure engine's state.
func (p *pair) finish() {
	for range 40 {
		open := p.state.OpenSlots()
		if p.state.Status.Final() || len(open) == 0 {
			break
		}
		p.act(domain.Act{Kind: domain.ActDecide, Actor: open[0].Person, Outcome: domain.Approve, Digest: p.state.Digest, Version: p.state.Version})
	}
	if !p.state.Status.Final() {
		p.act(domain.Act{Kind: domain.ActWithdraw, Actor: p.state.Parties.Requester})
	}
	if !p.state.Status.Final() {
		p.t.Fatalf("seed %d: the case does not end: %s", p.seed, asJSON(p.state))
	}
	p.c.Closed(p.t, p.filed.Workflow())
	p.c.Exec(p.t, `UPDATE delegations SET revoked_at = now() WHERE revoked_at IS NULL`) // they are never removed
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
