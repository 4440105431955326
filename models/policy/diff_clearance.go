package policy

import (
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// checkWords and signWords are how a difference says who checks and who signs.
var (
	checkWords = map[domain.NDACheck]domain.Label{
		"": label("不要求", "none"), domain.NDABySession: label("登录会话", "signed-in session"), domain.NDAByCode: label("邮件验证码", "code by mail"),
		domain.NDAByPasskey: label("通行密钥", "passkey"),
	}
	signWords = map[domain.Role]domain.Label{
		"": label("平台印章", "the platform's seal"), domain.RoleLegal: label("法务", "legal"), domain.RoleSecurity: label("安全员", "a security officer"), domain.RoleHR: label("人事", "HR"),
	}
)

// clearance compares who may be in a group. A file without these sections asks for nothing.
func (d *differ) clearance(a, b *Policy) {
	x, y := a.NDA, b.NDA
	for _, t := range b.Tiers {
		path, what := "nda.tiers."+string(t.Tier), detail(named("密级", "Tier", t.Label), "保密协议", "agreement")
		was, is := x.Tiers[t.Tier], y.Tiers[t.Tier]
		d.value(path+".check", detail(what, "身份核验", "identity"), checkWords[was.Check], checkWords[is.Check])
		d.value(path+".expires", detail(what, "签署期限", "time to sign"), orNot(was.Expires), orNot(is.Expires))
		d.value(path+".reminders", detail(what, "催签", "reminders after"), allDays(was.Reminders), allDays(is.Reminders))
		d.value(path+".countersign", detail(what, "公司签署", "for the company"), signWords[was.Countersign], signWords[is.Countersign])
	}
	d.value("nda.term", label("保密协议：有效期", "Agreement: term"), x.Values.Term, y.Values.Term)
	d.value("nda.survival", label("保密协议：义务延续", "Agreement: survival of the duties"), x.Values.Survival, y.Values.Survival)
	d.value("nda.survival.days", label("保密协议：义务延续的天数", "Agreement: days the duties go on"), kept(x.Days), kept(y.Days))
	d.value("nda.law", label("保密协议：适用法律", "Agreement: law"), x.Values.Law, y.Values.Law)
	d.value("nda.duties", label("保密协议：特别义务", "Agreement: particular duties"), x.Values.Duties, y.Values.Duties)
	d.value("nda.grace", label("保密协议：重大新版本的宽限期", "Agreement: grace of a material new version"), orNone(x.Grace), orNone(y.Grace))
	d.value("nda.raised", label("保密协议：提高密级后的宽限期", "Agreement: grace when a tier is raised"), orNone(x.Raised), orNone(y.Raised))
	out, in := a.OutsiderLife, b.OutsiderLife
	d.value("outsiders.notices", label("外部人员：到期提醒", "Outsiders: notices before the end"), allDays(out.Notices), allDays(in.Notices))
	d.value("outsiders.grace", label("外部人员：失去担保人后的宽限期", "Outsiders: grace without a sponsor"), orNone(out.Grace), orNone(in.Grace))
	for _, t := range b.Tiers {
		what := named("密级", "Tier", t.Label)
		d.value("training."+string(t.Tier)+".course", detail(what, "须通过的培训", "training"), courseWord(a.Training[t.Tier].Course), courseWord(b.Training[t.Tier].Course))
		d.value("training."+string(t.Tier)+".grace", detail(what, "培训到期后的宽限期", "grace of a lapsed training"), orNone(a.Training[t.Tier].Grace), orNone(b.Training[t.Tier].Grace))
		d.value("outsiders."+string(t.Tier), detail(what, "外部人员最长期限", "longest stay of outsiders"), orNot(a.Outsiders[t.Tier].Days), orNot(b.Outsiders[t.Tier].Days))
		d.value("inactive."+string(t.Tier)+".after", detail(what, "多久不活跃", "inactive after"), orNot(a.Inactive[t.Tier].After), orNot(b.Inactive[t.Tier].After))
		d.value("inactive."+string(t.Tier)+".notice", detail(what, "清理前的公示期", "notice before the removal"), orNone(a.Inactive[t.Tier].Notice), orNone(b.Inactive[t.Tier].Notice))
	}
}

func orNone(n int) domain.Label {
	if n == 0 {
		return label("无", "none")
	}
	return calendarDays(n)
}

func courseWord(s string) domain.Label {
	if strings.TrimSpace(s) == "" {
		return nothing
	}
	return label(s, s)
}
