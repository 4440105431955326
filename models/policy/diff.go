package policy

import (
	"slices"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// ChangeKind says what became of a part of the policy.
type ChangeKind string

// The kinds of change.
const (
	PartAdded   ChangeKind = "added"   // Before is empty
	PartRemoved ChangeKind = "removed" // After is empty
	PartChanged ChangeKind = "changed"
)

// Change is one difference between two versions, in people's words and both languages.
type Change struct {
	Path   string       `json:"path"` // as in the file: "steps.owners.deadline"
	Kind   ChangeKind   `json:"kind"`
	What   domain.Label `json:"what"` // the part by its label: 环节“安全部门审核”：处理期限
	Before domain.Label `json:"before,omitzero"`
	After  domain.Label `json:"after,omitzero"`
}

// Diff lists what differs between two versions, from a to b: in the order of the file, parts of a list in b's order with
// those that went at the end. The version itself is no difference, nor are comments and the order of fields; so two files
// with another text may have an empty Diff. The same two versions always give the same list.
func Diff(a, b *Policy) []Change {
	d := &differ{}
	d.general(a, b)
	d.types(a, b)
	d.tiers(a, b)
	d.units(a, b)
	d.steps(a, b)
	d.routes("routes", named, a, b, a.routes, b.routes)
	d.routes("changes", changeNamed, a, b, a.changes, b.changes)
	d.approval(a, b)
	d.life(a, b)
	d.clearance(a, b)
	d.screening(a, b)
	d.publication(a, b)
	return d.out
}

type differ struct{ out []Change }

var nothing domain.Label

// value notes that one value differs.
func (d *differ) value(path string, what, before, after domain.Label) {
	if before == after {
		return
	}
	kind := PartChanged
	switch nothing {
	case before:
		kind = PartAdded
	case after:
		kind = PartRemoved
	}
	d.out = append(d.out, Change{Path: path, Kind: kind, What: what, Before: before, After: after})
}

// each walks two keyed lists: parts of b first, in its order, then those only a has.
func each[T any](a, b []T, key func(T) string, visit func(key string, was, is *T)) {
	find := func(list []T, k string) *T {
		if i := slices.IndexFunc(list, func(t T) bool { return key(t) == k }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	for i := range b {
		visit(key(b[i]), find(a, key(b[i])), &b[i])
	}
	for i := range a {
		if find(b, key(a[i])) == nil {
			visit(key(a[i]), &a[i], nil)
		}
	}
}

func (d *differ) general(a, b *Policy) {
	d.value("title", label("规则名称", "Title"), a.Title, b.Title)
	d.value("working_day", label("一个工作日的时长", "Length of a working day"), span(a.day, 0), span(b.day, 0))
	d.value("max_life_days", label("临时群组最长存续天数", "Longest life of a temporary group, in days"), count(a.MaxLife), count(b.MaxLife))
	each(a.Platforms, b.Platforms, func(p Platform) string { return p.Kind }, func(kind string, was, is *Platform) {
		what := label("平台“"+kind+"”", "Platform "+kind)
		d.value("platforms."+kind, what, labelOf(was, func(p *Platform) domain.Label { return p.Label }), labelOf(is, func(p *Platform) domain.Label { return p.Label }))
	})
	d.value("names.max_length", label("群名称最长字数", "Longest group name, in characters"), count(a.MaxName), count(b.MaxName))
	gone, new := apart(a.Blocked, b.Blocked)
	d.value("names.blocked", label("群名称禁用词", "Words that no group name may hold"), listed(gone), listed(new))
}

func (d *differ) types(a, b *Policy) {
	for i, t := range b.Types {
		was, path := a.Types[i], "types."+string(t.Type)
		what := named("类型", "Type", t.Label)
		d.value(path+".label", detail(what, "名称", "label"), was.Label, t.Label)
		d.value(path+".patterns", detail(what, "群名称格式", "form of the names"), listed(was.Patterns), listed(t.Patterns))
	}
}

func (d *differ) tiers(a, b *Policy) {
	for i, t := range b.Tiers {
		was, path := a.Tiers[i], "tiers."+string(t.Tier)
		what := named("密级", "Tier", t.Label)
		d.value(path+".label", detail(what, "名称", "label"), was.Label, t.Label)
		d.permissions(path+".ceiling", detail(what, "权限上限", "loosest permissions"), was.Ceiling, t.Ceiling)
		d.permissions(path+".default", detail(what, "默认权限", "default permissions"), was.Default, t.Default)
	}
}

func (d *differ) permissions(path string, what domain.Label, a, b domain.Permissions) {
	for _, f := range []struct {
		name, zh, en string
		was, is      bool
	}{
		{"invite_outsiders", "邀请外部人员", "invite outsiders", a.InviteOutsiders, b.InviteOutsiders},
		{"anonymous_speech", "匿名发言", "anonymous speech", a.AnonymousSpeech, b.AnonymousSpeech},
		{"see_contacts", "查看成员联系方式", "see contact data", a.SeeContacts, b.SeeContacts},
		{"join_by_review", "入群须审核", "join by review", a.JoinByReview, b.JoinByReview},
	} {
		d.value(path+"."+f.name, detail(what, f.zh, f.en), yesNo(f.was), yesNo(f.is))
	}
	d.value(path+".posting", detail(what, "发言范围", "who may post"), postingWords[a.Posting], postingWords[b.Posting])
}

func (d *differ) units(a, b *Policy) {
	each(a.Units, b.Units, func(u Unit) string { return u.Key }, func(key string, was, is *Unit) {
		path := "units." + key
		switch {
		case was == nil:
			d.value(path, named("部门类别", "Kind of department", is.Label), nothing, listed(is.Codes))
		case is == nil:
			d.value(path, named("部门类别", "Kind of department", was.Label), listed(was.Codes), nothing)
		default:
			what := named("部门类别", "Kind of department", is.Label)
			d.value(path+".label", detail(what, "名称", "label"), was.Label, is.Label)
			d.value(path+".codes", detail(what, "部门代码", "department codes"), listed(was.Codes), listed(is.Codes))
		}
	})
}

func (d *differ) steps(a, b *Policy) {
	for _, key := range stepOrder(a, b) {
		was, before := a.steps[key]
		is, after := b.steps[key]
		path := "steps." + key
		switch {
		case !before:
			d.value(path, named("环节", "Step", is.plan.Label), nothing, b.stepWords(is))
		case !after:
			d.value(path, named("环节", "Step", was.plan.Label), a.stepWords(was), nothing)
		default:
			d.step(path, a, b, was, is)
		}
	}
}

// stepOrder lists the steps as b's routes come to them, then those that only a has.
func stepOrder(a, b *Policy) []string {
	var out []string
	for _, p := range []*Policy{b, a} {
		for _, rt := range slices.Concat(p.routes, p.changes, p.Publication.routes, []route{p.Approval.Revocation.route}) {
			for _, s := range rt.steps {
				if !slices.Contains(out, s.plan.Key) {
					out = append(out, s.plan.Key)
				}
			}
		}
	}
	return out
}

func (d *differ) step(path string, a, b *Policy, was, is stepRule) {
	what := named("环节", "Step", is.plan.Label)
	d.value(path+".label", detail(what, "名称", "label"), was.plan.Label, is.plan.Label)
	d.value(path+".why", detail(what, "理由", "reason"), was.plan.Why, is.plan.Why)
	d.value(path+".kind", detail(what, "方式", "kind"), kindWords[was.plan.Kind], kindWords[is.plan.Kind])
	d.value(path+".who", detail(what, "审批人", "people"), a.whoWords(was.who), b.whoWords(is.who))
	d.value(path+".need", detail(what, "至少同意人数", "approvals needed"), count(was.plan.Need), count(is.plan.Need))
	d.value(path+".minima", detail(what, "各类别至少同意人数", "approvals needed of each class"), minimaWords(was.plan.Minima), minimaWords(is.plan.Minima))
	d.value(path+".deadline", detail(what, "处理期限", "deadline"), span(was.plan.Deadline, a.day), span(is.plan.Deadline, b.day))
	d.value(path+".remind", detail(what, "提醒", "reminders"), spans(was.plan.Remind, a.day), spans(is.plan.Remind, b.day))
	d.value(path+".ladder", detail(what, "升级", "escalation"), ladderWords(was.plan.Ladder, a.day), ladderWords(is.plan.Ladder, b.day))
	d.value(path+".final", detail(what, "逾期结果", "when the deadline passes"), finalWords(was.plan.Final), finalWords(is.plan.Final))
	d.value(path+".cc", detail(what, "抄送", "copies"), a.whoWords(was.cc), b.whoWords(is.cc))
}

func (d *differ) approval(a, b *Policy) {
	x, y := a.Approval, b.Approval
	off := func(text domain.Label, on bool) domain.Label {
		if !on {
			return notAllowed
		}
		return text
	}
	d.value("approval.resubmit", label("退回后重新提交期限", "Time to submit a returned request again"), off(span(x.Rules.Resubmit, a.day), x.Rules.Resubmit > 0), off(span(y.Rules.Resubmit, b.day), y.Rules.Resubmit > 0))
	d.value("approval.urge_every", label("催办间隔", "Time between two urges"), off(span(x.Rules.UrgeEvery, 0), x.Rules.UrgeEvery > 0), off(span(y.Rules.UrgeEvery, 0), y.Rules.UrgeEvery > 0))
	for _, n := range []struct {
		field, zh, en string
		was, is       int
	}{
		{"max_hops", "连续转交、加签次数上限", "Transfers and additions in a row, at most", x.Rules.MaxHops, y.Rules.MaxHops},
		{"max_added", "每个环节加签人数上限", "Approvers added to one step, at most", x.Rules.MaxAdded, y.Rules.MaxAdded},
		{"max_chain", "连续委托次数上限", "Delegations in a row, at most", x.Rules.MaxChain, y.Rules.MaxChain},
	} {
		d.value("approval."+n.field, label(n.zh, n.en), off(count(n.was), n.was > 0), off(count(n.is), n.is > 0))
	}
	d.value("approval.same_person", label("同一人在后续环节再次出现", "The same person in a later step"), samePersonWords(x.Rules.SamePerson), samePersonWords(y.Rules.SamePerson))
	d.value("approval.revocation.window", label("批准后可撤销的天数", "Days within which an approval can be revoked"), off(count(x.Revocation.Window), x.Revocation.Window > 0), off(count(y.Revocation.Window), y.Revocation.Window > 0))
	d.value("approval.revocation.steps", label("撤销流程的环节", "Steps of a revocation"), a.stepNames(x.Revocation.route.steps), b.stepNames(y.Revocation.route.steps))
	d.value("approval.delegation.max_days", label("委托最长天数", "Longest delegation, in days"), off(count(x.Delegation.MaxDays), x.Delegation.MaxDays > 0), off(count(y.Delegation.MaxDays), y.Delegation.MaxDays > 0))
	d.value("approval.delegation.kinds", label("可委托的事项", "What may be delegated"), requestWords(x.Delegation.Kinds), requestWords(y.Delegation.Kinds))
	vx, vy := int(x.MailLinks.Valid.Minutes()), int(y.MailLinks.Valid.Minutes())
	d.value("approval.mail_links.valid", label("邮件审批链接有效期", "How long a link in a mail can decide"), off(span(vx, 0), vx > 0), off(span(vy, 0), vy > 0))
	d.value("approval.mail_links.sign_in", label("邮件链接须登录的密级", "Tiers for which a link in a mail asks for sign-in"), a.tierWords(x.MailLinks.SignIn), b.tierWords(y.MailLinks.SignIn))
}

// apart lists what only a and only b hold, in their own order.
func apart(a, b []string) (onlyA, onlyB []string) {
	for _, s := range a {
		if !slices.Contains(b, s) {
			onlyA = append(onlyA, s)
		}
	}
	for _, s := range b {
		if !slices.Contains(a, s) {
			onlyB = append(onlyB, s)
		}
	}
	return onlyA, onlyB
}

func labelOf[T any](v *T, f func(*T) domain.Label) domain.Label {
	if v == nil {
		return nothing
	}
	return f(v)
}

func listed(list []string) domain.Label {
	return domain.Label{ZH: strings.Join(list, "、"), EN: strings.Join(list, ", ")}
}
