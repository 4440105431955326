package domain

import "slices"

// admit makes people members, as far as the tier's gate lets them in.
func (m *lifeAct) admit() Verdict {
	if r := m.newcomers(m.p.People); r != "" {
		return m.refuse(r)
	}
	m.tell(EffectAdmitted, "", m.join(m.p.People)...)
	return m.done()
}

// newcomers says why people cannot come in; empty: they can.
func (m *lifeAct) newcomers(people []EmployeeID) Reason {
	seen := map[EmployeeID]bool{}
	for _, p := range people {
		switch {
		case p == "" || (!slices.Contains(m.lf.Employed, p) && !m.invitedGuest(p)):
			return ReasonTargetAway
		case seen[p] || slices.Contains(m.lf.Members, p):
			return ReasonMember
		case m.was(p).Waits():
			return ReasonWaiting
		}
		seen[p] = true
	}
	if len(people) == 0 {
		return ReasonNobodyNamed
	}
	return m.room(len(people))
}

// invitedGuest tells whether somebody from outside accepts an invitation of their own: the only way in that they have.
func (m *lifeAct) invitedGuest(p EmployeeID) bool {
	return m.a.Kind == GroupAccept && p == m.a.Actor && m.l.guest(p) != nil
}

// room says whether so many more people find room in the group.
func (m *lifeAct) room(more int) Reason {
	limit := MaxMembers
	if m.lf.Limit > 0 {
		limit = min(limit, m.lf.Limit)
	}
	if m.l.Members+m.l.Pending+more > limit {
		return ReasonTooMany
	}
	return ""
}

// remove takes people out, by an admin or security with a reason. A custodian of a hold stays, and so does the last admin.
func (m *lifeAct) remove() Verdict {
	people := unique(m.p.People)
	stays := slices.ContainsFunc(m.g.Admins, func(a EmployeeID) bool { return !slices.Contains(people, a) })
	switch {
	case len(people) == 0:
		return m.refuse(ReasonNobodyNamed)
	case m.p.Reason == nil:
		return m.refuse(ReasonNoReason)
	case slices.ContainsFunc(people, func(p EmployeeID) bool { return !m.member(p) && m.was(p) == "" }):
		return m.refuse(ReasonNotMember)
	case m.onlySponsor() && slices.ContainsFunc(people, func(p EmployeeID) bool { return !m.sponsorOf(p) }):
		return m.refuse(ReasonNotAdmin)
	case slices.ContainsFunc(people, m.l.custodian):
		return m.refuse(ReasonCustodian)
	case !stays && slices.ContainsFunc(people, m.isAdmin):
		return m.refuse(ReasonLastAdmin)
	}
	told := m.withSponsors(people)
	m.out(people)
	m.tell(EffectRemoved, "", slices.Concat(people, m.g.Admins, told)...)
	return m.done()
}

// onlySponsor tells whether the actor removes people for no other reason than that they answer for them.
func (m *lifeAct) onlySponsor() bool {
	return m.a.Actor != "" && !m.isAdmin(m.a.Actor) && !slices.Contains(m.lf.Roles, RoleSecurity)
}

func (m *lifeAct) sponsorOf(p EmployeeID) bool {
	x := m.l.guest(p)
	return x != nil && x.Sponsor == m.a.Actor && x.Lost.IsZero()
}

// leave is a member's own departure. may has kept custodians and the last admin (semantics 2).
func (m *lifeAct) leave() Verdict {
	told := m.withSponsors([]EmployeeID{m.a.Actor})
	m.out([]EmployeeID{m.a.Actor})
	m.tell(EffectLeft, string(m.a.Actor), slices.Concat(m.g.Admins, told)...)
	return m.done()
}

// directory follows the address book: who left the company, or went to a department that has no part in the group, leaves
// at once, everywhere (R2.3.4); any other change of post is a finding for the admins.
func (m *lifeAct) directory() Verdict {
	if r := max(m.p.Revision, m.lf.Revision); r > m.l.Revision {
		m.l.Revision = r
	}
	if m.g.State == GroupDeleted {
		return m.done()
	}
	moved := slices.DeleteFunc(slices.Clone(m.lf.Moved), m.l.custodian)
	m.departed(slices.Concat(m.lf.Gone, moved))
	for _, p := range slices.Concat(m.lf.Shifted, m.lf.Moved) {
		if !slices.Contains(moved, p) && !slices.Contains(m.lf.Gone, p) {
			m.open(Finding{Kind: FindMoved, Person: p})
		}
	}
	m.sponsorsGone(slices.Concat(m.lf.Shifted, m.lf.Moved)) // another post: whether it fits that they answer for others is looked at anew
	return m.done()
}

// departed takes out people whom the directory sent away, and tells the admins; legal when a custodian is among them: the
// access ends, the hold on what they have does not.
func (m *lifeAct) departed(people []EmployeeID) {
	people = unique(people)
	if len(people) == 0 {
		return
	}
	var custodians []EmployeeID
	for _, p := range people {
		if m.l.custodian(p) {
			custodians = append(custodians, p)
		}
	}
	m.out(people)
	if len(m.g.Admins) > 0 {
		m.tell(EffectLeft, string(people[0]), m.g.Admins...)
	}
	if len(custodians) > 0 {
		m.effect(Effect{Kind: EffectCustodian, Slot: string(custodians[0]), Roles: []Role{RoleLegal}})
	}
}

// out takes people out of the group: their rows are leaving until the platform confirms, and admins lose the office. Who
// never was in is out at once; who waits on the platform of a group that was filed late was.
func (m *lifeAct) out(people []EmployeeID) {
	if len(people) == 0 {
		return
	}
	var there, never []EmployeeID
	for _, p := range people {
		switch was := m.was(p); {
		case was.Asked(), was.Waits() && was != MemberSuspended && !m.record(p).Early:
			never = append(never, p)
			m.set(p, MemberRemoved)
		default:
			there = append(there, p)
			m.set(p, MemberLeaving)
		}
	}
	m.tell(EffectRowLeaving, "", there...)
	m.tell(EffectRowOut, "", never...)
	if len(there) > 0 && (m.g.PlatformID != "" || m.g.State == GroupProvisioning || m.g.State == GroupProvisioningFailed) {
		m.op(OpRemove, there...)
	}
	if m.l.Rules.agreements() {
		m.tell(EffectEndNDA, endLeft, people...)
	}
	m.forgotten(people)
	m.l.Findings = slices.DeleteFunc(m.l.Findings, func(x Finding) bool {
		return slices.Contains(people, x.Person) && (x.Kind == FindMoved || x.Kind == FindMissing)
	})
	m.sponsorsGone(people)
	if o := m.l.Orphan; o != nil {
		o.Asked = slices.DeleteFunc(slices.Clone(o.Asked), func(p EmployeeID) bool { return slices.Contains(people, p) })
	}
	if !slices.ContainsFunc(people, m.isAdmin) {
		return
	}
	m.g.Admins = slices.DeleteFunc(slices.Clone(m.g.Admins), func(a EmployeeID) bool { return slices.Contains(people, a) })
	m.adminsThere()
	m.orphan()
}

func (m *lifeAct) isAdmin(p EmployeeID) bool { return slices.Contains(m.g.Admins, p) }

// member tells whether somebody is in the group now, or administers it.
func (m *lifeAct) member(p EmployeeID) bool { return m.isAdmin(p) || slices.Contains(m.lf.Members, p) }

// unique lists people once each, in their order.
func unique(people []EmployeeID) []EmployeeID {
	var out []EmployeeID
	seen := map[EmployeeID]bool{}
	for _, p := range people {
		if p != "" && !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}
