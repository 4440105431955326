package directory

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Format is whose export a file is. It decides how department paths are written and whether the role column speaks
// of our roles.
type Format string

// The formats.
const (
	FormatTemplate Format = "template" // our own
	FormatWeCom    Format = "wecom"
	FormatDingTalk Format = "dingtalk"
	FormatFeishu   Format = "feishu"
	FormatOther    Format = "other"
)

// Keys of the columns of an address book.
const (
	colNumber     = "number"
	colAccount    = "account"
	colName       = "name"
	colDepartment = "department"
	colMainUnit   = "main_department"
	colUnitCode   = "department_code"
	colPost       = "post"
	colEmail      = "email"
	colOwnEmail   = "personal_email"
	colMobile     = "mobile"
	colIsLeader   = "is_leader"
	colUnitLeader = "department_leader"
	colSuperior   = "superior"
	colLeads      = "leads"
	colRole       = "roles"
	colStatus     = "status"
	colActivation = "activation"
	colDisabled   = "disabled"
)

// bookHeadings are the headings as the platforms and the template write them, several to a column.
var bookHeadings = headings(map[string]string{
	colNumber:     "工号 员工工号 员工编号 人员编号 职工号 员工号 职工编号 staffnumber employeeid employeenumber employeeno",
	colAccount:    "帐号 账号 员工userid userid 用户id 成员userid 成员帐号 成员账号 英文id",
	colName:       "姓名 员工姓名 成员姓名 名字 name fullname",
	colDepartment: "部门 所在部门 所属部门 部门路径 部门名称 department departments",
	colMainUnit:   "主部门 主要部门",
	colUnitCode:   "部门编号 部门编码 部门代码 departmentcode",
	colPost:       "职务 职位 岗位 职务名称 职位名称 title position jobtitle",
	colEmail:      "企业邮箱 邮箱 工作邮箱 公司邮箱 员工邮箱 电子邮箱 email e-mail workemail",
	colOwnEmail:   "个人邮箱",
	colMobile:     "手机 手机号 手机号码 移动电话 联系手机 mobile mobilenumber phone",
	colIsLeader:   "是否部门负责人 是否部门内领导 是否此部门主管 是否部门主管 是否为部门主管 是否主管 是否负责人 是否领导 是否上级 isleader",
	colUnitLeader: "部门负责人 部门主管 departmentleader",
	colSuperior:   "直属上级 直属主管 直接上级 汇报对象 汇报上级 上级 主管 manager",
	colLeads:      "负责部门 分管部门 负责的部门 leads",
	colRole:       "角色 系统角色 role roles",
	colStatus:     "状态 人员状态 员工状态 在职状态 帐号状态 账号状态 启用状态 status",
	colActivation: "激活状态",
	colDisabled:   "禁用状态 禁用 是否禁用",
})

// TemplateColumns are the headings of our own template, in order. 部门编号 may stay empty: the path then serves as key.
var TemplateColumns = []string{"工号", "姓名", "部门", "部门编号", "职务", "邮箱", "手机", "是否部门负责人", "角色", "状态"}

func headings(byKey map[string]string) map[string]string {
	m := map[string]string{}
	for key, names := range byKey {
		for _, n := range strings.Fields(names) {
			m[n] = key
		}
	}
	return m
}

var remark = regexp.MustCompile(`[(\[【].*?[)\]】]`)

// heading brings a heading to the form that the tables use: no width, case, space, remark in brackets, or star.
func heading(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	s = remark.ReplaceAllString(s, "")
	s = strings.Map(func(r rune) rune {
		if r == '*' || r == ':' || r == '\'' || r == '_' || hiddenRune(r) != "" || strings.ContainsRune(" \t\r\n\u3000", r) {
			return -1
		}
		return r
	}, s)
	return s
}

// layout is where the columns of a table stand: the column numbers of each key, in the file's order.
type layout struct {
	row    int // of the headings, as an index into the table
	cols   map[string][]int
	titles []string
}

func (l layout) has(key string) bool { return len(l.cols[key]) > 0 }

// title is the heading of a column as the file writes it; fallback names one that is missing.
func (l layout) title(key, fallback string) string {
	if c := l.cols[key]; len(c) > 0 {
		return brief(strings.TrimSpace(l.titles[c[0]]))
	}
	return fallback
}

// get is the first cell of a key that is not empty.
func (l layout) get(cells []string, keys ...string) string {
	for _, k := range keys {
		for _, c := range l.cols[k] {
			if c < len(cells) {
				if v := clean(cells[c]); v != "" {
					return v
				}
			}
		}
	}
	return ""
}

// findHeadings looks for the heading row below titles and notes: the first of the top rows that knows the needed
// columns, else the one that knows most.
func findHeadings(t table, known map[string]string, need ...string) (layout, bool) {
	best, most := layout{}, 0
	least := min(2, len(slices.Compact(slices.Sorted(maps.Values(known))))) // a list of people has one column that counts
	for i, row := range t {
		if i >= 30 {
			break
		}
		l := layout{row: i, cols: map[string][]int{}, titles: row.cells}
		n := 0
		for c, cell := range row.cells {
			if key, ok := known[heading(cell)]; ok {
				l.cols[key] = append(l.cols[key], c)
				n++
			}
		}
		all := n >= least
		for _, k := range need {
			all = all && l.has(k)
		}
		if all {
			return l, true
		}
		if n > most {
			best, most = l, n
		}
	}
	return best, most >= least
}

// formatOf tells whose export it is by the headings that only one of them has.
func formatOf(l layout) Format {
	raw := map[string]bool{}
	for _, t := range l.titles {
		raw[heading(t)] = true
	}
	switch {
	case raw["员工userid"] || raw["是否此部门主管"] || raw["直属主管"]:
		return FormatDingTalk
	case (raw["帐号"] || raw["账号"]) && (raw["激活状态"] || raw["禁用状态"] || raw["别名"] || raw["禁用"]):
		return FormatWeCom
	case raw["人员状态"] || raw["直属上级"] || (raw["部门负责人"] && raw["手机号码"]):
		return FormatFeishu
	case raw["工号"] && (raw["是否部门负责人"] || raw["角色"]):
		return FormatTemplate
	}
	return FormatOther
}
