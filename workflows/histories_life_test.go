package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// The histories of a group's life after its birth.
func init() {
	for _, l := range lives {
		outcomes = append(outcomes, ends{"Group", "v2", l.name, "", l.state, showsAct(domain.ActKind("group." + string(l.shows))), func(t *testing.T, c *company.Company) string {
			h := bear(t, c)
			l.live(h)
			time.Sleep(500 * time.Millisecond)
			return h.group
		}})
	}
}

var lives = []struct {
	name  string
	state domain.GroupState
	shows domain.GroupActKind
	live  func(h *heir)
}{
	{"renewed", domain.GroupActive, domain.GroupRenew, func(h *heir) { h.attest() }},
	{"unfrozen", domain.GroupActive, domain.GroupUnfreeze, func(h *heir) {
		h.act(domain.GroupFreeze, h.c.Security, domain.LifeAct{Reason: h.why()}, 1)
		h.act(domain.GroupUnfreeze, h.c.Security, domain.LifeAct{}, 0)
		h.act(domain.GroupUnfreeze, h.c.Security2, domain.LifeAct{}, 1)
	}},
	{"frozen", domain.GroupFrozen, domain.GroupFreeze, func(h *heir) {
		h.act(domain.GroupFreeze, h.c.Security, domain.LifeAct{Reason: h.why()}, 1)
	}},
	{"archived", domain.GroupArchived, domain.GroupArchive, func(h *heir) { h.act(domain.GroupArchive, h.admin, domain.LifeAct{}, 1) }},
	{"restored", domain.GroupActive, domain.GroupRestore, func(h *heir) {
		h.act(domain.GroupArchive, h.admin, domain.LifeAct{}, 1)
		h.act(domain.GroupRestore, h.admin, domain.LifeAct{}, 1)
	}},
	{"dissolved", domain.GroupPendingDeletion, domain.GroupDissolve, func(h *heir) { h.act(domain.GroupDissolve, h.admin, domain.LifeAct{}, 1) }},
	{"members", domain.GroupActive, domain.GroupRemove, func(h *heir) {
		h.act(domain.GroupAdmit, h.admin, domain.LifeAct{People: []domain.EmployeeID{h.c.LeadB}}, 1)
		h.act(domain.GroupRemove, h.admin, domain.LifeAct{People: h.c.People[3:4], Reason: h.why()}, 1)
		h.act(domain.GroupLeave, h.c.People[4], domain.LifeAct{}, 1)
	}},
	{"orphaned", domain.GroupActive, domain.GroupConsent, func(h *heir) {
		h.directory(1, h.c.People[1], h.c.People[2])
		h.act(domain.GroupConsent, h.c.People[3], domain.LifeAct{}, 1)
	}},
	{"directory", domain.GroupActive, domain.GroupDirectory, func(h *heir) { h.directory(1, h.c.People[3]) }},
	{"changed", domain.GroupActive, domain.GroupChanged, func(h *heir) {
		d := domain.GroupDelta{Case: h.filed.State.ID, Digest: h.filed.Filing.Digest(), Base: h.filed.Filing.Digest(), Type: h.filed.Filing.Type, Tier: domain.TierConfidential,
			Depts: h.filed.Filing.Departments, Admins: h.c.People[1:4], Perms: h.filed.Filing.Permissions, EndsOn: h.filed.Filing.EndsOn}
		h.system(domain.GroupChanged, domain.LifeAct{Delta: &d}, 2)
	}},
	{"failed_op", domain.GroupFrozen, domain.GroupOpRetry, func(h *heir) {
		h.c.Platform.RevokeToken(true)
		h.act(domain.GroupFreeze, h.c.Security, domain.LifeAct{Reason: h.why()}, 0)
		h.c.Recorded(h.t, h.group, "group.op_failed")
		h.c.Platform.RevokeToken(false)
		h.act(domain.GroupOpRetry, h.admin, domain.LifeAct{Op: h.c.Text(h.t, `SELECT op_id FROM group_ops WHERE group_id = $1 AND state = 'failed'`, h.id())}, 1)
	}},
	{"held", domain.GroupActive, domain.GroupHold, func(h *heir) {
		h.c.Exec(h.t, `UPDATE employees SET roles = '{legal}' WHERE id = $1`, string(h.c.People[0]))
		h.act(domain.GroupHold, h.c.People[0], domain.LifeAct{Reason: h.why(), People: h.c.People[3:4]}, 0)
		h.act(domain.GroupRemove, h.admin, domain.LifeAct{People: h.c.People[3:4], Reason: h.why()}, 0) // a custodian: refused
	}},
	{"inactive", domain.GroupActive, domain.GroupInactive, func(h *heir) {
		h.c.Exec(h.t, `UPDATE group_members SET since = now() - interval '200 days' WHERE group_id = $1`, h.id())
		h.c.Exec(h.t, `INSERT INTO group_activity_spans (group_id, seen_from, seen_until, source) VALUES ($1, now() - interval '200 days', now() + interval '1 hour', 'reported')`, h.id())
		silent := h.c.People[2:5] // the first of them is an admin
		h.system(domain.GroupInactive, domain.LifeAct{People: silent, Rule: string(domain.IdleDue)}, 0)
		h.act(domain.GroupKeep, h.c.People[3], domain.LifeAct{}, 0)
		h.act(domain.GroupExempt, h.admin, domain.LifeAct{People: h.c.People[3:4], Reason: h.why()}, 0)
		h.system(domain.GroupInactive, domain.LifeAct{People: silent, Rule: string(domain.IdleOver)}, 1)
	}},
	{"adopted_rules", domain.GroupActive, domain.GroupContinued, func(h *heir) { h.system(domain.GroupContinued, domain.LifeAct{}, 0) }},
}

// heir is a group that stands on the test platform.
type heir struct {
	t     *testing.T
	c     *company.Company
	filed company.Filed
	group string
	admin domain.EmployeeID
	done  int
}

func bear(t *testing.T, c *company.Company) *heir {
	t.Helper()
	rules := company.Lives()
	c.Life = &rules
	f, group := born(t, c, "test")
	c.Recorded(t, group, "group.provisioned")
	return &heir{t: t, c: c, filed: f, group: group, admin: c.People[1]}
}

func (h *heir) id() string { return h.filed.GroupID }

func (h *heir) why() *domain.Ref {
	return h.c.Keep(h.t, h.filed.State.ID, "reason", []byte("原因"))
}

// act has a person act, and waits for so many more confirmations of the platform.
func (h *heir) act(k domain.GroupActKind, who domain.EmployeeID, l domain.LifeAct, ops int) {
	h.t.Helper()
	h.c.ActOnGroup(h.t, h.group, domain.GroupAct{Kind: k, Actor: who, Life: &l})
	h.wait(ops)
}

// system has the system act by a signal, as the service does.
func (h *heir) system(k domain.GroupActKind, l domain.LifeAct, ops int) {
	h.t.Helper()
	act := domain.GroupAct{ID: "sys:" + uuid.NewString(), Kind: k, At: time.Now().UTC().Truncate(time.Microsecond), Life: &l}
	h.c.Signal(h.t, h.group, workflows.SignalGroupAct, act)
	h.c.Recorded(h.t, h.group, act.ID)
	h.wait(ops)
}

func (h *heir) wait(ops int) {
	h.t.Helper()
	h.done += ops
	h.c.Wait(h.t, "the platform's confirmations", `SELECT count(*) >= $2 FROM group_ops WHERE group_id = $1 AND state = 'done'`, h.id(), h.done)
}

// directory has people leave the company.
func (h *heir) directory(ops int, gone ...domain.EmployeeID) {
	h.t.Helper()
	for _, p := range gone {
		h.c.Exec(h.t, `UPDATE employees SET active = false WHERE id = $1`, string(p))
	}
	h.c.Exec(h.t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	h.system(domain.GroupDirectory, domain.LifeAct{Revision: 2}, ops)
}

// attest renews what the register has now.
func (h *heir) attest() {
	h.t.Helper()
	_, hist := h.c.History(h.t, h.group)
	v := replay.NewReader(h.c.Keys, h.c.Namespace).Verify(h.t.Context(), h.group, []replay.Run{{ID: replay.RunID(hist), History: hist}}, false)
	seen := domain.AttestDigest(*v.Group, domain.MembersDigest(h.c.People[1:5]))
	h.act(domain.GroupRenew, h.admin, domain.LifeAct{Digest: seen}, 0)
}
