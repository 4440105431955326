package directory

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// DemoCSV writes the demo company in our template as CSV, UTF-8 with the mark that makes Excel read it right.
func DemoCSV(seed int64) []byte { return csvFile(templateRows(Demo(seed))) }

// DemoXLSX writes the demo company in our template as XLSX.
func DemoXLSX(seed int64) ([]byte, error) { return TemplateXLSX(Demo(seed)) }

// TemplateXLSX writes people and departments in our template. Parse reads the same back.
func TemplateXLSX(people []domain.Employee, units []domain.Department) ([]byte, error) {
	b := newSheetBuilder("通讯录")
	for _, row := range templateRows(people, units) {
		b.row(row)
	}
	b.heading(12, 14, 44, 12, 20, 30, 18, 18, 24, 10)
	b.choices("H2:H20000", "是", "否")
	b.choices("J2:J20000", "在职", "离职")
	return b.bytes()
}

func templateRows(people []domain.Employee, units []domain.Department) [][]string {
	rows := [][]string{TemplateColumns}
	dir := domain.NewDirectory(1, people, units)
	for _, e := range people {
		leader, status := "否", "在职"
		if dir.LeaderOf(e.Department) == e.ID {
			leader = "是"
		}
		if !e.Active {
			status = "离职"
		}
		rows = append(rows, []string{
			e.Number, e.Name, unitPath(dir, e.Department), dir.Departments[e.Department].Code, e.Post, e.Email, e.Mobile, leader,
			roleCell(e.Roles), status,
		})
	}
	return rows
}

func roleCell(roles []domain.Role) string {
	names := []string{RoleNames[domain.RoleEmployee]}
	for _, r := range roles {
		names = append(names, RoleNames[r])
	}
	return strings.Join(names, "、")
}

// unitPath is a department's path from the top, its names joined by slashes.
func unitPath(dir *domain.Directory, id domain.DepartmentID) string {
	chain := dir.Chain(id)
	names := make([]string, len(chain))
	for i, up := range chain {
		names[len(chain)-1-i] = dir.Departments[up].Name
	}
	return strings.Join(names, "/")
}

// DemoExport writes the demo company as one of the platforms exports its address book, notes above the headings and
// columns that do not concern us included. WeCom names no staff number beside the account and DingTalk's paths leave
// the company out: what the files lack, Parse must do without.
func DemoExport(seed int64, f Format) ([]byte, error) {
	people, units := Demo(seed)
	dir := domain.NewDirectory(1, people, units)
	b := newSheetBuilder("Sheet1")
	yes := func(v bool) string {
		if v {
			return "是"
		}
		return "否"
	}
	switch f {
	case FormatWeCom:
		b.row([]string{"群备演示公司通讯录"})
		b.row([]string{"填写须知：部门之间用“/”隔开，多个部门用“;”隔开；带*的为必填项。"})
		b.row([]string{"姓名*", "帐号*", "别名", "职务", "部门*", "性别", "手机", "座机", "个人邮箱", "企业邮箱", "是否部门内领导", "激活状态", "禁用状态", "地址"})
	case FormatDingTalk:
		b.row([]string{"员工UserID", "姓名", "手机号", "部门", "工号", "职位", "邮箱", "分机号", "办公地点", "备注", "是否此部门主管(是/否)", "直属主管", "入职时间", "激活状态", "角色"})
	case FormatFeishu:
		b.row([]string{"姓名（必填）", "手机号码（必填）", "企业邮箱", "工号", "部门（必填）", "部门负责人", "直属上级", "职务", "性别", "工作城市", "人员类型", "人员状态", "入职日期"})
	default:
		return nil, fmt.Errorf("writing the demo company: no export of format %q", f)
	}
	for i, e := range people {
		leads := dir.LeaderOf(e.Department) == e.ID
		lead := dir.Employees[dir.LeaderOf(e.Department)]
		path := unitPath(dir, e.Department)
		disabled, status := "启用", "已激活"
		if !e.Active {
			disabled, status = "禁用", "已离职"
		}
		switch f {
		case FormatWeCom:
			b.row([]string{e.Name, e.Number, "", e.Post, path, "未定义", e.Mobile, "", "", e.Email, yes(leads), "已激活", disabled, ""})
		case FormatDingTalk:
			if !e.Active {
				continue // DingTalk forgets who left
			}
			short := strings.ReplaceAll(strings.TrimPrefix(path, "群备演示公司/"), "/", "-")
			b.row([]string{fmt.Sprintf("manager%04d", i+1), e.Name, e.Mobile, short, e.Number, e.Post, e.Email, "", "总部", "", yes(leads),
				lead.Name, "2024-03-01", "已激活", "默认/子管理员"})
		case FormatFeishu:
			b.row([]string{e.Name, e.Mobile, e.Email, e.Number, path, lead.Name, lead.Name, e.Post, "保密", "上海", "正式", status, "2024-03-01"})
		default: // refused above
		}
	}
	return b.bytes()
}

func csvFile(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\xEF\xBB\xBF")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, r := range rows {
		safe := make([]string, len(r))
		for i, v := range r {
			safe[i] = csvText(v)
		}
		_ = w.Write(safe) // a buffer takes everything
	}
	w.Flush()
	return b.Bytes()
}

// csvText keeps a spreadsheet program from running a value: an apostrophe before what would be a formula makes text of
// it. A plain number with a sign is none.
func csvText(v string) string {
	if v == "" || !strings.ContainsRune("=+-@\t\r", rune(v[0])) || foreign.MatchString(v) {
		return v
	}
	return "'" + v
}
