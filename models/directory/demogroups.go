package directory

import (
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// DemoGroups is the number of rows of DemoGroupsXLSX; DemoGroupsFaulty are those that cannot be filed as they are.
const (
	DemoGroups       = 60
	DemoGroupsFaulty = 12
)

// demoFaulty are the faults that the demo's spreadsheet shows, with what each row has wrong.
var demoFaulty = map[string]func(g map[string]string){
	"unknown employee":               func(g map[string]string) { g[fieldMembers] += "、E9999" },
	"admin who left":                 func(g map[string]string) { g[fieldAdmins] = "E0142、E0166" },
	"single admin":                   func(g map[string]string) { g[fieldAdmins] = "E0131" },
	"blocked word in the name":       func(g map[string]string) { g[fieldName] = "客服部-午后闲聊" },
	"name twice":                     func(g map[string]string) { g[fieldName] = "平台部 - 工作例会" },
	"looser than the tier":           func(g map[string]string) { g[fieldTier], g[fieldInvite], g[fieldContacts] = "涉密", "是", "否" },
	"no date":                        func(g map[string]string) { g[fieldEnds] = "2027-13-45" },
	"no purpose":                     func(g map[string]string) { g[fieldPurpose] = "" },
	"unknown type":                   func(g map[string]string) { g[fieldType] = "兴趣群" },
	"special without an end":         func(g map[string]string) { g[fieldType], g[fieldEnds] = "专项群", "" },
	"cross-department with one only": func(g map[string]string) { g[fieldType], g[fieldUnits] = "跨部门群", "采购部" },
	"name without a pattern":         func(g map[string]string) { g[fieldName] = "销售冲刺大家庭" },
}

// demoFaultyOrder says in which department's row each fault stands.
var demoFaultyOrder = []struct{ fault, unit, purpose string }{
	{"unknown employee", "RD-APP", "版本发布"}, {"admin who left", "MK-SA1", "客户拜访"}, {"single admin", "MK-BRD", "物料设计"},
	{"blocked word in the name", "OP-SVC", "午后交流"}, {"name twice", "RD-PLT", "工作例会"}, {"looser than the tier", "FN-FIN", "预算编制"},
	{"no date", "RD-DAT", "指标口径"}, {"no purpose", "MK-CSM", "续约跟进"}, {"unknown type", "RD-TST", "羽毛球"},
	{"special without an end", "OP-SRE", "机房搬迁"}, {"cross-department with one only", "OP-PUR", "联合选型"}, {"name without a pattern", "MK-SA2", "销售冲刺"},
}

// demoGroupRows are the demo company's existing groups by field: forty-eight that fit the default policy, then twelve
// that do not. End dates lie after today.
func demoGroupRows(seed int64, today time.Time) []map[string]string {
	dir := DemoDirectory(seed)
	d := &dice{seed: uint64(seed) ^ 0x67726f757073} //nolint:gosec // any 64 bits will do
	m := &groupMaker{d: d, find: newFinder(dir), dir: dir, today: today}
	var rows []map[string]string
	for _, u := range demoUnits[5:] { // 30: two a department
		rows = append(rows, m.group(domain.TypeDepartment, u.name+"-工作例会", u.name+"每周例会通知与会议纪要", u.code))
		rows = append(rows, m.group(domain.TypeDepartment, u.name+"-任务派发", u.name+"内部任务安排与进度汇报", u.code))
	}
	for i, p := range []string{"客户门户改版", "数据中台二期", "智能客服上线", "年度展会筹备", "财务系统升级", "统一登录改造"} { // 6
		u := []string{"RD-APP", "RD-DAT", "OP-SVC", "MK-BRD", "FN-FIN", "RD-PLT"}[i]
		rows = append(rows, m.group(domain.TypeProject, "项目-"+p, p+"项目的计划、沟通与交付", u))
	}
	for _, c := range [][3]string{ // 6
		{"RD-PLT", "OP-SRE", "发布协同"}, {"MK-SA1", "MK-CSM", "客户交接"}, {"RD-APP", "RD-TST", "缺陷跟踪"},
		{"FN-LEG", "OP-PUR", "合同评审"}, {"FN-HR", "FN-FIN", "薪酬核算"}, {"FN-SEC", "OP-SRE", "漏洞处置"},
	} {
		a, b := m.name(c[0]), m.name(c[1])
		rows = append(rows, m.group(domain.TypeCrossDepartment, a+"、"+b+"-"+c[2], a+"与"+b+"联合开展"+c[2], c[0], c[1]))
	}
	for i, p := range []string{"双十一保障", "等保测评", "校园招聘", "办公区搬迁", "客户答谢会", "年终结算"} { // 6
		u := []string{"OP-SVC", "FN-SEC", "FN-HR", "OP-PUR", "MK-CSM", "FN-FIN"}[i]
		rows = append(rows, m.group(domain.TypeSpecial, m.name(u)+"-"+p, p+"期间的临时沟通，结束后解散", u))
	}
	for _, i := range []int{26, 28, 29} { // finance, legal, security: their tasks are confidential
		tighten(rows[i], "涉密")
	}
	tighten(rows[40], "涉密")
	tighten(rows[41], "高度涉密")
	for _, f := range demoFaultyOrder {
		g := m.group(domain.TypeDepartment, m.name(f.unit)+"-"+f.purpose, m.name(f.unit)+f.purpose+"相关沟通", f.unit)
		demoFaulty[f.fault](g)
		rows = append(rows, g)
	}
	return rows
}

func tighten(g map[string]string, tier string) {
	g[fieldTier], g[fieldInvite], g[fieldContacts], g[fieldReview] = tier, "否", "否", "是"
	if tier == "高度涉密" {
		g[fieldPosting] = "仅管理员"
	}
}

type groupMaker struct {
	d     *dice
	find  *finder
	dir   *domain.Directory
	today time.Time
}

func (m *groupMaker) name(code string) string {
	id, _ := m.find.unit(code)
	return m.dir.Departments[id].Name
}

// group makes a fit row: two admins from the first department, members from all of them.
func (m *groupMaker) group(t domain.GroupType, name, purpose string, codes ...string) map[string]string {
	var units, admins, members []string
	for _, code := range codes {
		id, _ := m.find.unit(code)
		units = append(units, m.dir.Departments[id].Name)
		share := 0
		for _, e := range byNumber(m.dir.Employees) {
			switch {
			case e.Department != id || !e.Active:
			case len(admins) < 2 && m.dir.LeaderOf(id) != e.ID:
				admins = append(admins, e.Number)
			case share < 4 || m.d.roll(3) > 0:
				members = append(members, e.Number)
				share++
			}
		}
	}
	g := map[string]string{
		fieldName: name, fieldType: TypeNames[t], fieldTier: "普通", fieldPurpose: purpose, fieldUnits: strings.Join(units, "、"),
		fieldAdmins: strings.Join(admins, "、"), fieldMembers: strings.Join(members, "、"), fieldInvite: "否", fieldAnon: "否",
		fieldContacts: "是", fieldPosting: "全体成员", fieldReview: "是", fieldPlatform: "手工维护",
	}
	if t == domain.TypeSpecial || t == domain.TypeProject {
		g[fieldEnds] = m.today.AddDate(0, 2+m.d.roll(9), m.d.roll(28)).Format(time.DateOnly)
	}
	return g
}

// DemoGroupsXLSX is the demo company's list of existing groups to be filed: DemoGroups rows, of which DemoGroupsFaulty
// show one fault each. Its dates are counted from today, so that the demo does not age.
func DemoGroupsXLSX(seed int64, today time.Time) ([]byte, error) {
	b := newGroupSheet()
	for _, g := range demoGroupRows(seed, today) {
		cells := make([]string, len(groupColumns))
		for i, c := range groupColumns {
			cells[i] = g[c.field]
		}
		b.row(cells)
	}
	b.notes()
	return b.bytes()
}
