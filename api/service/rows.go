package service

import (
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// summaryOf is a case as lists show it.
func (n names) summaryOf(r *store.CaseRec) CaseSummary {
	v := CaseSummary{
		ID: r.ID, Number: r.Number, Kind: r.State.Kind, Title: r.Title, Tier: r.State.Tier, Digest: r.State.Digest, Version: r.State.Version, Status: r.Status, NeedsHand: r.NeedsHand,
		Requester: n.person(r.State.Parties.Requester), Submitted: r.Submitted.UTC(), Changed: r.Changed.UTC(),
	}
	for _, s := range r.State.OpenSlots() {
		if r.State.Status.Final() {
			break
		}
		v.Waiting = append(v.Waiting, n.person(s.Person))
		if due := timeOf(s.Due.At); due != nil && (v.Due == nil || due.Before(*v.Due)) {
			v.Due = due
		}
	}
	v.Subject = r.State.Subject
	if r.State.Status == domain.CaseApproved || r.State.Kind == domain.KindChange {
		v.GroupID = r.GroupID
	}
	return v
}

// rowOf is a group as the register shows it.
func (n names) rowOf(r *store.GroupRec) GroupRow {
	g := r.Doc
	v := GroupRow{
		ID: r.ID, Number: r.Number, CaseID: r.CaseID, Name: r.Name, Type: g.Type, Tier: g.Tier, State: g.State, ByHand: g.ByHand, Platform: g.Platform,
		Departments: n.departments(g.Departments), Members: r.Members, EndsOn: g.EndsOn, Created: r.Created.UTC(), Since: g.Since.UTC(),
	}
	if len(g.Admins) > 0 {
		v.Owner = n.maybe(g.Admins[0])
	}
	if g.Life != nil && len(g.Life.Dates) > 0 {
		v.Next = &NextDate{Kind: g.Life.Dates[0].Kind, At: g.Life.Dates[0].At.UTC()}
	}
	return v
}
