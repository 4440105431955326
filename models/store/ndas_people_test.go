package store

import (
	"context"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// An admin whose own place waits for agreement or training administers the group all the same, and may bring in the scan of
// what somebody signed by hand; one who left it does not, nor does a member. Who left the company signs nothing.
func TestWhoAdministersAGroupForItsAgreements(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	gid := f.group("平台部-纸面", domain.TierConfidential, f.depA, false)
	admin, signer := f.people[0], f.people[1]
	for _, c := range []struct {
		role, state string
		admin       bool
	}{
		{"owner", "active", true}, {"admin", "nda_pending", true}, {"admin", "training_pending", true}, {"admin", "suspended", true},
		{"admin", "leaving", false}, {"admin", "removed", false}, {"member", "active", false}, {"member", "nda_pending", false},
	} {
		f.exec(`DELETE FROM group_members WHERE group_id = $1 AND employee_id = $2`, gid, string(admin))
		f.exec(`INSERT INTO group_members (group_id, employee_id, role, state, since) VALUES ($1, $2, $3, $4, now())`, gid, string(admin), c.role, c.state)
		is, here, err := f.NDAPeople(ctx, gid, admin, signer)
		if err != nil || is != c.admin || !here {
			t.Errorf("%s, %s: admin %v, here %v, %v", c.role, c.state, is, here, err)
		}
	}
	f.exec(`UPDATE employees SET active = false WHERE id = $1`, string(signer))
	if is, here, err := f.NDAPeople(ctx, gid, "", signer); err != nil || is || here {
		t.Errorf("the system, about somebody who left: admin %v, here %v, %v", is, here, err)
	}
}
