package company

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/workflows"
)

// FileUnder is File under rules that say more of a case than its steps.
func (c *Company) FileUnder(t testing.TB, rules domain.CaseRules, f domain.Filing, due time.Duration, steps ...domain.StepPlan) Filed {
	t.Helper()
	return c.FileRoute(t, f, due, domain.RoutePlan{Policy: "p1", Route: "test", Steps: steps, Rules: rules})
}

// Amended stores new material of a case and returns what a resubmission names.
func (c *Company) Amended(t testing.TB, caseID string, f domain.Filing) *domain.Material {
	t.Helper()
	return &domain.Material{Object: c.put(t, caseID, f, f.Name), Digest: f.Digest(), Tier: f.Tier, NameKey: policy.NameKey(f.Name)}
}

// AmendedChange is Amended for a change of a group.
func (c *Company) AmendedChange(t testing.TB, caseID string, r domain.ChangeRequest) *domain.Material {
	t.Helper()
	m := &domain.Material{Object: c.put(t, caseID, r, r.Name), Digest: r.Digest(), Tier: r.Secrecy()}
	if key := policy.NameKey(r.Name); key != policy.NameKey(r.Was.Name) {
		m.NameKey = key
	}
	return m
}

func (c *Company) put(t testing.TB, caseID string, material any, name string) string {
	t.Helper()
	text, err := json.Marshal(material)
	if err != nil {
		t.Fatal(err)
	}
	ref := c.Keep(t, caseID, "material", text)
	c.Exec(t, `UPDATE objects SET file_name = $1 WHERE id = $2`, name, ref.Object)
	return ref.Object
}

// Lend makes a delegation that is in force for a day.
func (c *Company) Lend(t testing.TB, from, to domain.EmployeeID) {
	t.Helper()
	c.Exec(t, `INSERT INTO delegations (id, from_id, to_id, start_at, until_at, created_at) VALUES ($1, $2, $3, now() - interval '1 minute', now() + interval '1 day', now())`,
		uuid.NewString(), string(from), string(to))
}

// Found begins the workflow of a group that was found on a platform and that nobody filed.
func (c *Company) Found(t testing.TB, platform, name string, rules domain.LifeRules) string {
	t.Helper()
	id, now := uuid.NewString(), time.Now().UTC().Truncate(time.Microsecond)
	c.Exec(t, `INSERT INTO group_sightings (group_id, number, platform, platform_id, name, members, seen_at) VALUES ($1, $2, $3, $4, $5, 3, $6)`,
		id, "F-2026-"+id[:5], platform, "room-"+id[:8], name, now)
	c.start(t, workflows.GroupID(id), workflows.GroupType, workflows.GroupInput{State: domain.NewDiscovered(id, "F-2026-"+id[:5], platform, "room-"+id[:8], rules, now)})
	c.Wait(t, "the found group is on the register", `SELECT EXISTS (SELECT 1 FROM groups WHERE id = $1 AND state = 'draft')`, id)
	return id
}
