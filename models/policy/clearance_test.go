package policy

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// withoutClearance is the default policy as it was before it said who may be in a group.
func withoutClearance(t *testing.T) string {
	t.Helper()
	src := full(t)
	for _, f := range []string{"nda", "training", "outsiders", "inactive"} {
		src = withoutField(t, src, f)
	}
	return src
}

// The shipped policy asks groups with secrets for an agreement and the training, ordinary ones for nothing; a file without
// the sections asks for nothing at all, so that groups under it live as before.
func TestClearance(t *testing.T) {
	p := defaults(t)
	rules := p.LifeRules()
	inactive := func(after, notice int) domain.InactiveRules {
		return domain.InactiveRules{After: after, Notice: notice}
	}
	want := map[domain.Tier]domain.ClearanceRules{
		domain.TierOrdinary:     {Outsider: domain.OutsiderRules{Allowed: true, Days: 180}, Inactive: inactive(180, 14)},
		domain.TierConfidential: {NDA: true, Course: "secrecy", Grace: 14, Begins: 14, Inactive: inactive(90, 14)},
		domain.TierSecret:       {NDA: true, Course: "secrecy", Grace: 7, Begins: 14, Inactive: inactive(90, 7)},
	}
	for tier, w := range want {
		if got := rules.Tiers[tier].Clearance; got != w {
			t.Errorf("%s: %+v, want %+v", tier, got, w)
		}
	}
	if _, ok := p.NDA.Rules(domain.TierOrdinary); ok {
		t.Error("ordinary groups ask for an agreement")
	}
	got, ok := p.NDA.Rules(domain.TierSecret)
	if !ok || !reflect.DeepEqual(got, domain.NDARules{Policy: p.Version, Check: domain.NDAByCode, Countersign: domain.RoleLegal,
		Reminders: []int{2, 5}, Expires: 7, Survives: 1095, Grace: 14}) {
		t.Errorf("%+v", got)
	}
	got.Reminders[0] = 9 // a copy
	if again, _ := p.NDA.Rules(domain.TierSecret); again.Reminders[0] != 2 {
		t.Error("the rules handed out are the policy's own")
	}
	if r, _ := p.NDA.Rules(domain.TierConfidential); r.Countersign != "" || r.Check != domain.NDABySession {
		t.Errorf("%+v", r)
	}
	if v := p.NDA.Values; v.Law.ZH == "" || v.Term.EN == "" || v.Survival.ZH == "" || v.Duties.EN == "" {
		t.Errorf("%+v", v)
	}
	old := mustParse(t, withoutClearance(t))
	for tier, r := range old.LifeRules().Tiers {
		if r.Clearance != (domain.ClearanceRules{}) {
			t.Errorf("%s: %+v", tier, r.Clearance)
		}
	}
	if _, ok := old.NDA.Rules(domain.TierSecret); ok {
		t.Error("a file without nda: asks for an agreement")
	}
	// A policy may ask for the agreement or the training alone, and name a grace of its own for raised tiers.
	for _, c := range []struct {
		edit func(string) string
		want domain.ClearanceRules
	}{
		{func(s string) string { return withoutField(t, s, "nda") }, domain.ClearanceRules{Course: "secrecy", Grace: 7, Begins: 7, Inactive: inactive(90, 7)}},
		{func(s string) string { return withoutField(t, s, "training") }, domain.ClearanceRules{NDA: true, Begins: 14, Inactive: inactive(90, 7)}},
		{func(s string) string { return strings.Replace(s, "raised: never", "raised: 3d", 1) },
			domain.ClearanceRules{NDA: true, Course: "secrecy", Grace: 7, Begins: 14, Raised: 3, Inactive: inactive(90, 7)}},
	} {
		if got := mustParse(t, c.edit(full(t))).Clearance(domain.TierSecret); got != c.want {
			t.Errorf("%+v, want %+v", got, c.want)
		}
	}
}

// Every fault of the sections names its place and what would work.
func TestClearanceFaults(t *testing.T) {
	for _, tc := range []struct{ from, to, path, code string }{
		{"confidential: {check: session,", "confidential: {check: fingerprint,", "nda.tiers.confidential.check", "unknown_value"},
		{"confidential: {check: session,", "confidential: {check: passkey,", "nda.tiers.secret.check", "asks_less"},
		{"    secret: {check: mail_code, reminders: [2d, 5d], expires: 7d, countersign: legal}\n", "", "nda.tiers.secret", "asks_less"},
		{"    confidential: {check", "    ordinary: {check: session, expires: 7d}\n    confidential: {check", "nda.tiers.ordinary", "unknown_field"},
		{"reminders: [2d, 5d]", "reminders: [5d, 2d]", "nda.tiers.secret.reminders[1]", "reminder_order"},
		{"reminders: [2d, 5d]", "reminders: [2d, 7d]", "nda.tiers.secret.reminders[1]", "reminder_after_deadline"},
		{"countersign: legal", "countersign: employee", "nda.tiers.secret.countersign", "unknown_value"},
		{"expires: 7d, ", "", "nda.tiers.secret.expires", "field_missing"},
		{"days: 1095}\n", "days: 0}\n", "nda.survival.days", "integer_expected"},
		{"  law: {zh: 中华人民共和国法律, en: the laws of the People's Republic of China}\n", "", "nda.law", "field_missing"},
		{"  duties: {zh: 无, en: none}\n", "  duties: {zh: 无}\n", "nda.duties.en", "field_missing"},
		{"raised: never", "raised: 0d", "nda.raised", "not_days"},
		{"  secret: {course: secrecy, grace: 7d}\n", "", "training.secret", "asks_less"},
		{"confidential: {course: secrecy", "confidential: {course: Secrecy 1", "training.confidential.course", "not_a_key"},
		{"confidential: never, secret: never,", "confidential: 10d, secret: never,", "outsiders.confidential", "outsiders_forbidden"},
		{"ordinary: 180d, conf", "ordinary: always, conf", "outsiders.ordinary", "not_days"},
		{"notices: [14d, 3d], grace", "notices: [3d, 14d], grace", "outsiders.notices[1]", "notice_order"},
		{"notices: [14d, 3d], grace: 14d", "notices: [14d, 3d], grace: 0d", "outsiders.grace", "not_days"},
		{"ordinary: {after: 180d, notice: 14d}", "ordinary: {after: 180d}", "inactive.ordinary.notice", "field_missing"},
		{"ordinary: {after: 180d, notice: 14d}", "ordinary: {after: 9999d, notice: 14d}", "inactive.ordinary.after", "not_days"},
	} {
		_, err := Parse(edit(t, tc.from, tc.to))
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Errorf("%s passes, or gives %v", tc.to, err)
			continue
		}
		i := slices.IndexFunc(fe.Defects, func(d Defect) bool { return d.Code == tc.code && d.Path == tc.path })
		if i < 0 || fe.Defects[i].Line == 0 || fe.Defects[i].Remedy == "" {
			t.Errorf("%s: %+v, want %s at %s", tc.to, fe.Defects, tc.code, tc.path)
		}
	}
}

// What changes between two versions reads in both languages; sections that come in are told value by value.
func TestClearanceDiff(t *testing.T) {
	now := mustParse(t, full(t))
	for _, tc := range []struct{ from, to, path, zh, en string }{
		{"check: session", "check: mail_code", "nda.tiers.confidential.check", "密级“涉密”：保密协议：身份核验|登录会话|邮件验证码", "Tier “Confidential”: agreement: identity|signed-in session|code by mail"},
		{"raised: never", "raised: 3d", "nda.raised", "保密协议：提高密级后的宽限期|无|3 天", "Agreement: grace when a tier is raised|none|3 days"},
		{"ordinary: 180d, conf", "ordinary: never, conf", "outsiders.ordinary", "密级“普通”：外部人员最长期限|180 天|不适用", "Tier “Ordinary”: longest stay of outsiders|180 days|never"},
		{"notices: [14d, 3d], grace: 14d", "notices: [14d, 3d], grace: 7d", "outsiders.grace", "外部人员：失去担保人后的宽限期|14 天|7 天", "Outsiders: grace without a sponsor|14 days|7 days"},
		{"secret: {course: secrecy", "secret: {course: top_secrecy", "training.secret.course", "密级“高度涉密”：须通过的培训|secrecy|top_secrecy", "Tier “Secret”: training|secrecy|top_secrecy"},
	} {
		list := Diff(now, mustParse(t, strings.Replace(full(t), tc.from, tc.to, 1)))
		if len(list) != 1 || list[0].Path != tc.path {
			t.Errorf("%s: %+v", tc.to, list)
			continue
		}
		c := list[0]
		if zh, en := c.What.ZH+"|"+c.Before.ZH+"|"+c.After.ZH, c.What.EN+"|"+c.Before.EN+"|"+c.After.EN; zh != tc.zh || en != tc.en {
			t.Errorf("got %s\nand %s", zh, en)
		}
	}
	added := Diff(mustParse(t, withoutClearance(t)), now)
	if len(added) < 15 {
		t.Errorf("%d differences for four new sections", len(added))
	}
	for _, c := range added {
		if c.What.ZH == "" || c.What.EN == "" || (c.Before == nothing) != (c.Kind == PartAdded) {
			t.Errorf("%+v", c)
		}
	}
}
