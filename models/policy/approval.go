package policy

import (
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// RevocationRoute is the name of the route that revokes an approved request. No route of the policy may bear it.
const RevocationRoute = "revocation"

var revocationLabel = domain.Label{ZH: "撤销已批准的申请", EN: "Revocation of an approved request"}

// Approval is what the policy says of approvals as a whole, under approval: (semantics 1). A file without that field,
// as all were before there was one, gives the zero value: nothing is returned, handed on, added, urged, revoked,
// delegated or decided by mail. With the field, even an empty one, what is not given has DefaultApproval's value.
type Approval struct {
	Rules      domain.CaseRules // go with every plan
	Revocation Revocation
	Delegation Delegation
	MailLinks  MailLinks
}

// Revocation says how an approved request can be undone by a new approval.
type Revocation struct {
	Window int // calendar days after the approval; 0: cannot be revoked

	route route
}

// Delegation bounds what people may set up for their absence (委托). Without Rules.MaxChain there is none.
type Delegation struct {
	MaxDays int                  // the longest one, in calendar days; 0: none can be made
	Kinds   []domain.RequestKind // what may be delegated
}

// MailLinks says whether a mail may carry a link that decides in one tap.
type MailLinks struct {
	Valid  time.Duration // elapsed, from sending; 0: mails carry no such link
	SignIn []domain.Tier // tiers for which the link asks for sign-in first
}

// RequestKinds are the processes that a policy can name, in the order pages show them.
var RequestKinds = []domain.RequestKind{domain.KindFiling, domain.KindRevocation, domain.KindChange, domain.KindPublication}

// DefaultApproval is what approval: {} means, given how many working minutes a day has: five working days to submit
// again, an urge every four hours, three hops, five added approvers a step, three delegations in a row, the same person
// asked again, delegations of up to 90 days for everything, mail links valid for three days with sign-in for confidential
// tiers, no revocation.
func DefaultApproval(day int) Approval {
	return Approval{
		Rules:      domain.CaseRules{Resubmit: 5 * day, UrgeEvery: 4 * 60, MaxHops: 3, MaxAdded: 5, MaxChain: 3},
		Delegation: Delegation{MaxDays: 90, Kinds: slices.Clone(RequestKinds)},
		MailLinks:  MailLinks{Valid: 72 * time.Hour, SignIn: []domain.Tier{domain.TierConfidential, domain.TierSecret}},
	}
}

// Asks tells whether a mail link for a request of this tier asks for sign-in; true for a tier that is not known.
func (m MailLinks) Asks(t domain.Tier) bool {
	return slices.Contains(m.SignIn, t) || !slices.Contains(domain.Tiers, t)
}

// Allows tells whether requests of this kind may be delegated.
func (d Delegation) Allows(k domain.RequestKind) bool {
	return d.MaxDays > 0 && slices.Contains(d.Kinds, k)
}

// RevocableUntil is the moment from which on a request approved at that time can no longer be revoked: the end of the
// window's last calendar day in the company's zone. False where the policy knows no revocation.
func (p *Policy) RevocableUntil(approved time.Time, cal *domain.Calendar) (time.Time, bool) {
	if p.Approval.Revocation.Window <= 0 {
		return time.Time{}, false
	}
	zone := time.UTC
	if cal != nil && cal.Zone != nil {
		zone = cal.Zone
	}
	y, m, d := approved.In(zone).Date()
	return time.Date(y, m, d+p.Approval.Revocation.Window+1, 0, 0, 0, 0, zone).UTC(), true
}
