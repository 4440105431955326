package policy

import (
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// FieldWords names a field of a filing as the form does.
func FieldWords(field string) domain.Label {
	if l, ok := fields[field]; ok {
		return l
	}
	return label(field, field)
}

// ValueWords words the value of a filing's field; an empty one reads as nothing.
func (p *Policy) ValueWords(field, value string) domain.Label {
	switch field {
	case "type":
		if t := p.typeRule(domain.GroupType(value)); t != nil {
			return t.Label
		}
	case "tier":
		if i := slices.IndexFunc(p.Tiers, func(t TierRule) bool { return string(t.Tier) == value }); i >= 0 {
			return p.Tiers[i].Label
		}
	case "platform":
		if i := slices.IndexFunc(p.Platforms, func(x Platform) bool { return x.Kind == value }); i >= 0 {
			return p.Platforms[i].Label
		}
	case "ends_on":
		if value == "" {
			return label("不设结束日期", "no end date")
		}
	case "permissions.posting":
		return postingWords[domain.PostingWho(value)]
	case "permissions.invite_outsiders", "permissions.anonymous_speech", "permissions.see_contacts", "permissions.join_by_review":
		return yesNo(value == "true")
	}
	return label(value, value)
}
