package domain

import "slices"

// ChangeRequest is the material of a change (kind group_change): the filing as it shall read afterwards, which group it is
// about, how the group read when the change was asked for, and why. In JSON it reads as the filing too. What stood before
// is part of it, so that approvers decide on the differences they were shown, and an auditor sees the same ones.
type ChangeRequest struct {
	Filing
	Group  string `json:"group"`
	Base   string `json:"base"` // Group.Digest when it was asked for: the material in force; the effect refuses when that moved on
	Was    Filing `json:"was"`  // how the group read: its material, with what acts changed since
	Reason string `json:"reason"`
}

// Digest is the hash of what is decided on. It hides the filing's, which is another material.
func (c ChangeRequest) Digest() string { return StateDigest(c) }

// Secrecy is the tier that the request itself is handled by: the higher of before and after, so that nothing confidential
// is read more freely because the tier is to fall.
func (c ChangeRequest) Secrecy() Tier {
	if slices.Index(Tiers, c.Was.Tier) > slices.Index(Tiers, c.Tier) {
		return c.Was.Tier
	}
	return c.Tier
}

// Falls tells whether the tier is lowered, which also needs security (semantics 2).
func (c ChangeRequest) Falls() bool { return c.Secrecy() != c.Tier }

// Check lists what is wrong with a change beyond what CheckFiling and the name rules find in its result.
func (c ChangeRequest) Check() []Fault {
	out := CheckText("reason", c.Reason, MaxCommentRunes, true)
	if c.Platform != c.Was.Platform {
		out = append(out, Fault{Field: "platform", Code: "cannot_change", Params: map[string]string{"now": c.Was.Platform}})
	}
	if c.Filing.Digest() == c.Was.Digest() {
		out = append(out, Fault{Field: "changes", Code: "nothing_changed"})
	}
	return out
}

// Changeable tells whether a change of the group can be asked for and carried out: it stands, and nothing has stopped it.
func (g Group) Changeable() bool {
	switch g.State {
	case GroupActive, GroupRenewalDue, GroupGrace:
		return true
	case GroupDraft, GroupProvisioning, GroupProvisioningFailed: // it does not stand yet
	case GroupFrozen, GroupArchived, GroupPendingDeletion, GroupDeleted: // it is stopped, or over
	}
	return false
}

// Unfiled tells whether the group was found on a platform and waits to be filed (R6.1), also when the rule froze it since.
func (g Group) Unfiled() bool {
	return g.State == GroupDraft || (g.State == GroupFrozen && g.Life != nil && g.Life.From == GroupDraft)
}

// AdoptionActID is the id of the act by which the approved filing of a group that was found reaches it.
func AdoptionActID(caseID string) string { return "sys:adopted:" + caseID }

// AdoptionOf is what an approved filing makes of a group that was found on a platform. renamed: it bears another name there.
func AdoptionOf(f Filing, caseID string, now Group, renamed bool) GroupDelta {
	return GroupDelta{
		Case: caseID, Digest: f.Digest(), Base: now.Digest, Type: f.Type, Tier: f.Tier, Depts: f.Departments, Admins: f.Admins, Perms: f.Permissions,
		EndsOn: f.EndsOn, Renamed: renamed, Admit: slices.Concat(f.Admins, f.Members), Outside: f.Permissions.InviteOutsiders,
	}
}

// ChangeActID is the id of the act by which an approved change reaches its group: it happens once.
func ChangeActID(caseID string) string { return "sys:change:" + caseID }

// DeltaOf is what an approved change does to the group as it is now. What the change did not touch stays as it is, even if
// acts altered it since the change was asked for; who left as admin meanwhile does not come back.
func DeltaOf(c ChangeRequest, caseID string, now Group) GroupDelta {
	perms := c.Was.Permissions
	if now.Life != nil {
		perms = now.Life.Perms
	}
	d := GroupDelta{
		Case: caseID, Digest: c.Filing.Digest(), Base: c.Base, Type: touched(c.Was.Type, c.Type, now.Type), Tier: touched(c.Was.Tier, c.Tier, now.Tier),
		Depts: now.Departments, Admins: adminsAfter(c, now.Admins), Perms: touched(c.Was.Permissions, c.Permissions, perms),
		EndsOn: touched(c.Was.EndsOn, c.EndsOn, now.EndsOn), Renamed: c.Name != c.Was.Name,
		Outside: c.Permissions.InviteOutsiders && !c.Was.Permissions.InviteOutsiders,
	}
	if !slices.Equal(c.Was.Departments, c.Departments) {
		d.Depts = c.Departments
	}
	before, after := slices.Concat(c.Was.Admins, c.Was.Members), slices.Concat(c.Admins, c.Members)
	d.Admit, d.Remove = without(after, before...), without(before, after...)
	return d
}

func touched[T comparable](was, wanted, now T) T {
	if was == wanted {
		return now
	}
	return wanted
}

// adminsAfter are the admins after a change, in the order it asks for: those asked for who are new or still are admins,
// then those who became admins meanwhile.
func adminsAfter(c ChangeRequest, now []EmployeeID) []EmployeeID {
	if slices.Equal(c.Was.Admins, c.Admins) {
		return now
	}
	var out []EmployeeID
	for _, p := range c.Admins {
		if !slices.Contains(c.Was.Admins, p) || slices.Contains(now, p) {
			out = append(out, p)
		}
	}
	for _, p := range now {
		if !slices.Contains(c.Was.Admins, p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
