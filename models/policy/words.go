package policy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/qunbei/qunbei/models/domain"
)

// This file puts the policy's data into words, in both languages.

func label(zh, en string) domain.Label { return domain.Label{ZH: zh, EN: en} }

// named is a part by its kind and own label, quoted.
func named(zh, en string, l domain.Label) domain.Label {
	return label(zh+"“"+l.ZH+"”", en+" “"+l.EN+"”")
}

func detail(what domain.Label, zh, en string) domain.Label {
	return label(what.ZH+"："+zh, what.EN+": "+en)
}

// chain joins texts; the separator stands in both languages.
func chain(all []domain.Label, by string) domain.Label {
	zh, en := make([]string, len(all)), make([]string, len(all))
	for i, l := range all {
		zh[i], en[i] = l.ZH, l.EN
	}
	return label(strings.Join(zh, by), strings.Join(en, by))
}

// enumerated joins texts as each language lists things.
func enumerated(all []domain.Label) domain.Label {
	zh, en := chain(all, "、").ZH, chain(all, ", ").EN
	return label(zh, en)
}

func count(n int) domain.Label {
	if n == 0 {
		return nothing
	}
	return label(strconv.Itoa(n), strconv.Itoa(n))
}

func yesNo(b bool) domain.Label {
	if b {
		return label("是", "yes")
	}
	return label("否", "no")
}

// span is a time in minutes; day says what a working day counts, 0 for time by the clock.
func span(minutes, day int) domain.Label {
	if minutes <= 0 {
		return nothing
	}
	var zh, en []string
	part := func(n int, czh, one, many string) {
		switch {
		case n == 1:
			zh, en = append(zh, "1 "+czh), append(en, "1 "+one)
		case n > 1:
			zh, en = append(zh, fmt.Sprintf("%d %s", n, czh)), append(en, fmt.Sprintf("%d %s", n, many))
		}
	}
	if day > 0 {
		part(minutes/day, "个工作日", "working day", "working days")
		minutes %= day
		part(minutes/60, "个工作小时", "working hour", "working hours")
		part(minutes%60, "分钟工作时间", "working minute", "working minutes")
	} else {
		part(minutes/60, "小时", "hour", "hours")
		part(minutes%60, "分钟", "minute", "minutes")
	}
	return label(strings.Join(zh, " "), strings.Join(en, " "))
}

func spans(list []int, day int) domain.Label {
	var all []domain.Label
	for _, m := range list {
		all = append(all, span(m, day))
	}
	return enumerated(all)
}

var (
	notAllowed   = label("不允许", "not allowed")
	postingWords = map[domain.PostingWho]domain.Label{domain.PostAdmins: label("仅群管理员", "admins only"), domain.PostMembers: label("全体成员", "all members")}
	kindWords    = map[domain.StepKind]domain.Label{
		domain.Countersign: label("会签", "countersign: all agree"), domain.OrSign: label("或签", "or-sign: the first decides"),
		domain.Quorum: label("票签", "quorum"), domain.Sequence: label("依次审批", "in turn"),
	}
	roleWords = map[domain.Role]domain.Label{
		domain.RoleLeader: label("部门负责人", "leaders"), domain.RoleGroupAdmin: label("群管理员", "group admins"),
		domain.RoleSecurity: label("安全员", "security officers"), domain.RoleLegal: label("法务", "legal"), domain.RoleHR: label("人力资源", "HR"),
		domain.RoleProcessAdmin: label("流程管理员", "process administrators"),
	}
	rungWords = map[domain.RungKind]domain.Label{
		domain.RungAdd: label("上级也可审批", "the superior may decide as well"), domain.RungReplace: label("改由上级审批", "the superior decides instead"),
	}
	requestKindWords = map[domain.RequestKind]domain.Label{domain.KindFiling: label("群组报备", "group filings"), domain.KindRevocation: label("撤销申请", "revocations"),
		domain.KindChange: label("群组变更", "changes of groups"), domain.KindPublication: label("信息发布", "publications"), domain.KindTopic: label("敏感话题", "topics at risk"),
	}
)

func finalWords(f domain.StepFinal) domain.Label {
	if f == domain.FinalPass {
		return label("视为通过", "the step passes")
	}
	return label("过期", "the request expires")
}

func samePersonWords(s domain.SamePerson) domain.Label {
	if s == domain.CarryOver {
		return label("沿用其先前的同意", "the earlier approval counts again")
	}
	return label("再次审批", "asked again")
}

func requestWords(kinds []domain.RequestKind) domain.Label {
	var all []domain.Label
	for _, k := range kinds {
		all = append(all, requestKindWords[k])
	}
	return enumerated(all)
}

func (p *Policy) tierWords(tiers []domain.Tier) domain.Label {
	var all []domain.Label
	for _, t := range tiers {
		all = append(all, p.valueWords("tier", string(t)))
	}
	return enumerated(all)
}

func minimaWords(list []domain.ClassMinimum) domain.Label {
	var all []domain.Label
	for _, m := range list {
		all = append(all, label(fmt.Sprintf("%s %d 人", m.Class, m.Need), fmt.Sprintf("%d of %s", m.Need, m.Class)))
	}
	return enumerated(all)
}

func ladderWords(rungs []domain.Rung, day int) domain.Label {
	var all []domain.Label
	for _, r := range rungs {
		s, w := span(r.After, day), rungWords[r.Do]
		all = append(all, label(s.ZH+"后"+w.ZH, "after "+s.EN+" "+w.EN))
	}
	return enumerated(all)
}

func (p *Policy) whoWords(who []whoRule) domain.Label {
	var all []domain.Label
	for _, w := range who {
		l := p.finderWords(w)
		if w.class != "" {
			l = label(l.ZH+"（类别 "+w.class+"）", l.EN+" (class "+w.class+")")
		}
		switch {
		case w.backup.role != "":
			b := roleWords[w.backup.role]
			l = label(l.ZH+"（后备："+b.ZH+"）", l.EN+" (backup: "+b.EN+")")
		case w.backup.person != "":
			l = label(l.ZH+"（后备：工号 "+w.backup.person+"）", l.EN+" (backup: staff number "+w.backup.person+")")
		}
		all = append(all, l)
	}
	return enumerated(all)
}

func (p *Policy) finderWords(w whoRule) domain.Label {
	switch w.kind {
	case whoOwning:
		return label("各归属部门负责人", "leader of each owning department")
	case whoUnit:
		u := p.unitWords(w.value)
		return label("归属部门所在“"+u.ZH+"”的负责人", "leader of each “"+u.EN+"” that an owning department lies in")
	case whoSuperior:
		return label("各归属部门上级部门的负责人", "leader of the department above each owning one")
	case whoRequester:
		return label("申请人所在部门负责人", "leader of the requester's department")
	case whoCompany:
		return label("公司负责人", "head of the company")
	case whoCode:
		return label("部门 "+w.value+" 的负责人", "leader of department "+w.value)
	case whoRole:
		return roleWords[domain.Role(w.value)]
	case whoPerson:
	}
	return label("工号 "+w.value, "staff number "+w.value)
}

func (p *Policy) unitWords(key string) domain.Label {
	for _, u := range p.Units {
		if u.Key == key {
			return u.Label
		}
	}
	return label(key, key)
}

// stepWords says in one line what a step is.
func (p *Policy) stepWords(s stepRule) domain.Label {
	return joined([]domain.Label{kindWords[s.plan.Kind], p.whoWords(s.who), span(s.plan.Deadline, p.day)})
}

func (p *Policy) stepNames(steps []stepRule) domain.Label {
	var all []domain.Label
	for _, s := range steps {
		all = append(all, s.plan.Label)
	}
	return chain(all, " → ")
}

// routeWords says in one line what a route is.
func (p *Policy) routeWords(r *route) domain.Label {
	if r.filing {
		return joined([]domain.Label{p.conditionWords(r.when), likeFiling})
	}
	return joined([]domain.Label{p.conditionWords(r.when), p.stepNames(r.steps)})
}

func joined(all []domain.Label) domain.Label { return label(chain(all, "；").ZH, chain(all, "; ").EN) }

// factWords names what conditions ask for; factYes says a plain yes to those that are true or false.
var factWords = map[string]domain.Label{
	"type": label("类型", "type"), "tier": label("密级", "tier"), "platform": label("平台", "platform"), "departments": label("归属部门数", "owning departments"),
	"members": label("人数", "members"), "level": label("归属部门层级", "level of the owning department"),
	"outsiders": label("允许邀请外部人员", "open to outsiders"), "temporary": label("有结束日期", "has an end date"), "existing": label("补报的已有群组", "filed late"),
	"leads": label("申请人是部门负责人", "the requester leads a department"),

	"tier_lowered": label("降低密级", "the tier is lowered"), "tier_raised": label("提高密级", "the tier is raised"),
	"outsiders_allowed": label("新允许外部人员加入", "outsiders are newly allowed"), "permissions_loosened": label("放宽权限", "permissions are loosened"),
	"type_changed": label("变更类型", "the type changes"), "departments_changed": label("变更归属部门", "the owning departments change"),
	"admins_changed": label("变更群管理员", "the admins change"), "members_changed": label("变更成员", "the members change"),
	"name_changed": label("变更名称", "the name changes"), "purpose_changed": label("变更用途", "the purpose changes"), "end_changed": label("变更结束日期", "the end date changes"),
}

var likeFiling = label("按报备的流程", "as a filing goes")

var operatorWords = map[string]domain.Label{
	"==": label("为", "is"), "!=": label("不为", "is not"), "<": label("小于", "is below"), "<=": label("不超过", "is at most"),
	">": label("大于", "is above"), ">=": label("不少于", "is at least"),
}

// conditionWords puts a condition into words. A route without one takes the rest.
func (p *Policy) conditionWords(c *condition) domain.Label {
	if c == nil {
		return label("其余情形", "everything else")
	}
	return p.phrase(c.node)
}

func (p *Policy) phrase(n ast.Node) domain.Label {
	switch x := n.(type) {
	case *ast.UnaryNode:
		l := p.phrase(x.Node)
		return label("非（"+l.ZH+"）", "not ("+l.EN+")")
	case *ast.BinaryNode:
		a, b := p.phrase(x.Left), p.phrase(x.Right)
		switch x.Operator {
		case "and", "&&":
			return infix(bracket(x.Left, a), "且", "and", bracket(x.Right, b))
		case "or", "||":
			return infix(a, "或", "or", b)
		case "in":
			return p.inWords(x)
		}
		if id, ok := x.Left.(*ast.IdentifierNode); ok {
			b = p.literal(id.Value, x.Right)
		} else if id, ok := x.Right.(*ast.IdentifierNode); ok {
			a = p.literal(id.Value, x.Left)
		}
		op := operatorWords[x.Operator]
		if _, number := x.Right.(*ast.IntegerNode); number {
			b.ZH = " " + b.ZH
		}
		return infix(compound(x.Left, a), op.ZH, op.EN, compound(x.Right, b))
	case *ast.IdentifierNode:
		return factWords[x.Value]
	case *ast.ArrayNode:
		var all []domain.Label
		for _, e := range x.Nodes {
			all = append(all, p.phrase(e))
		}
		return enumerated(all)
	case *ast.StringNode, *ast.IntegerNode, *ast.BoolNode:
		return p.literal("", n)
	}
	return label(n.String(), n.String())
}

func infix(a domain.Label, zh, en string, b domain.Label) domain.Label {
	return label(a.ZH+zh+b.ZH, a.EN+" "+en+" "+b.EN)
}

// bracket sets off an or within an and.
func bracket(n ast.Node, l domain.Label) domain.Label {
	if x, ok := n.(*ast.BinaryNode); ok && (x.Operator == "or" || x.Operator == "||") {
		return label("（"+l.ZH+"）", "("+l.EN+")")
	}
	return l
}

// compound sets off anything joined within a comparison.
func compound(n ast.Node, l domain.Label) domain.Label {
	if _, ok := n.(*ast.BinaryNode); ok {
		return label("（"+l.ZH+"）", "("+l.EN+")")
	}
	return l
}

func (p *Policy) inWords(x *ast.BinaryNode) domain.Label {
	if id, ok := x.Right.(*ast.IdentifierNode); ok {
		v := p.literal("", x.Left)
		switch id.Value {
		case factOwnerUnits:
			if s, ok := x.Left.(*ast.StringNode); ok {
				v = p.unitWords(s.Value)
			}
			return label("归属部门属于“"+v.ZH+"”", "an owning department lies in a “"+v.EN+"”")
		case "requester":
			return label("申请人在部门 "+v.ZH+" 之内", "the requester is within department "+v.EN)
		}
		return label("归属部门在部门 "+v.ZH+" 之内", "an owning department is within department "+v.EN)
	}
	left := p.phrase(x.Left)
	fact := ""
	if id, ok := x.Left.(*ast.IdentifierNode); ok {
		fact = id.Value
	}
	var all []domain.Label
	if list, ok := x.Right.(*ast.ArrayNode); ok {
		for _, e := range list.Nodes {
			all = append(all, p.literal(fact, e))
		}
	}
	one := label(chain(all, "或").ZH, chain(all, " or ").EN)
	return label(left.ZH+"为"+one.ZH, left.EN+" is "+one.EN)
}

// literal is a value as people call it, given the fact it is compared with.
func (p *Policy) literal(fact string, n ast.Node) domain.Label {
	switch x := n.(type) {
	case *ast.StringNode:
		return p.valueWords(fact, x.Value)
	case *ast.IntegerNode:
		return label(strconv.Itoa(x.Value), strconv.Itoa(x.Value))
	case *ast.BoolNode:
		return yesNo(x.Value)
	}
	return p.phrase(n)
}

func (p *Policy) valueWords(fact, value string) domain.Label {
	var l domain.Label
	switch fact {
	case "type":
		for _, t := range p.Types {
			if string(t.Type) == value {
				l = t.Label
			}
		}
	case "tier":
		for _, t := range p.Tiers {
			if string(t.Tier) == value {
				l = t.Label
			}
		}
	case "platform":
		for _, pl := range p.Platforms {
			if pl.Kind == value {
				l = pl.Label
			}
		}
	}
	if l == nothing {
		return label(value, value)
	}
	return label("“"+l.ZH+"”", "“"+l.EN+"”")
}
