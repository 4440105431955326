package company

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// FileUnder is File under rules that say more of a case than its steps.
func (c *Company) FileUnder(t testing.TB, rules domain.CaseRules, f domain.Filing, due time.Duration, steps ...domain.StepPlan) Filed {
	t.Helper()
	return c.FileRoute(t, f, due, domain.RoutePlan{Policy: "p1", Route: "test", Steps: steps, Rules: rules})
}

// Amended stores new material of a case and returns what a resubmission names.
func (c *Company) Amended(t testing.TB, caseID string, f domain.Filing) *domain.Material {
	t.Helper()
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	ref := c.Keep(t, caseID, "material", text)
	c.Exec(t, `UPDATE objects SET file_name = $1 WHERE id = $2`, f.Name, ref.Object)
	return &domain.Material{Object: ref.Object, Digest: f.Digest(), Tier: f.Tier, NameKey: policy.NameKey(f.Name)}
}

// Lend makes a delegation that is in force for a day.
func (c *Company) Lend(t testing.TB, from, to domain.EmployeeID) {
	t.Helper()
	c.Exec(t, `INSERT INTO delegations (id, from_id, to_id, start_at, until_at, created_at) VALUES ($1, $2, $3, now() - interval '1 minute', now() + interval '1 day', now())`,
		uuid.NewString(), string(from), string(to))
}
