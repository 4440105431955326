package policy

import (
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// Life is what the policy says about the life of a group after its birth, under life: (semantics 2, R6.1). A file without
// that field, as all were before there was one, has DefaultLife. All spans are calendar days.
type Life struct {
	Tiers      map[domain.Tier]domain.TierLife // without Ceiling, which stands under tiers:
	Temporary  domain.EndLife
	Ownerless  domain.OwnerlessLife
	Archived   int // 0: kept for ever
	Deletion   int
	Discovered int
}

// DefaultLife holds for policies that say nothing: ordinary groups attest yearly, confidential ones twice a year, secret
// ones every quarter; notices 30, 15 and 1 days before; ordinary ones are also renewed by use and archived in the end,
// the others frozen. It demands nothing of platforms.
func DefaultLife() Life {
	notices := []int{30, 15, 1}
	return Life{
		Tiers: map[domain.Tier]domain.TierLife{
			domain.TierOrdinary:     {Renew: 365, Notices: notices, Grace: 30, Then: domain.GroupArchived, ByActivity: 90},
			domain.TierConfidential: {Renew: 180, Notices: notices, Grace: 15, Then: domain.GroupFrozen},
			domain.TierSecret:       {Renew: 90, Notices: notices, Grace: 7, Then: domain.GroupFrozen},
		},
		Temporary:  domain.EndLife{Notices: []int{7, 1}, Grace: 14},
		Ownerless:  domain.OwnerlessLife{Members: 7, Ask: 3, Head: 7},
		Deletion:   30,
		Discovered: 30,
	}
}

// LifeRules are the rules that a group's workflow takes over: those under life:, with the ceilings of the tiers, the longest
// life of a temporary group, who may be in and the policy's version.
func (p *Policy) LifeRules() domain.LifeRules {
	out := domain.LifeRules{
		Policy: p.Version, Tiers: map[domain.Tier]domain.TierLife{}, Temporary: p.Life.Temporary, Ownerless: p.Life.Ownerless,
		Archived: p.Life.Archived, Deletion: p.Life.Deletion, Discovered: p.Life.Discovered, MaxLife: p.MaxLife,
		Outsiders: domain.OutsiderLife{Grace: p.OutsiderLife.Grace, Notices: slices.Clone(p.OutsiderLife.Notices)},
	}
	for _, t := range p.Tiers {
		rule := p.Life.Tiers[t.Tier]
		rule.Notices, rule.Needs = slices.Clone(rule.Notices), slices.Clone(rule.Needs)
		rule.Ceiling, rule.Clearance = t.Ceiling, p.Clearance(t.Tier)
		out.Tiers[t.Tier] = rule
	}
	return out
}
