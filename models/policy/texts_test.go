package policy

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

func TestTextsCoverEveryCodeOfTheRules(t *testing.T) {
	src, err := os.ReadFile("../domain/filing.go")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("names.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`fault\((?:"[a-z_.]+"|field|at|"[a-z_.]+"\+\w+), "([a-z_0-9]+)"`).FindAllStringSubmatch(string(src), -1)
	found = append(found, regexp.MustCompile(`(?:fault\(|Code: |Code = |code[A-Z]\w+ += )"([a-z_0-9]+)"`).FindAllStringSubmatch(string(own), -1)...)
	if len(found) < 30 {
		t.Fatalf("only %d codes found: has the form of the rules' source changed?", len(found))
	}
	for _, m := range found {
		if l, ok := texts[m[1]]; !ok || l.ZH == "" || l.EN == "" {
			t.Errorf("code %s has no text", m[1])
		}
	}
}

func TestText(t *testing.T) {
	for _, tc := range []struct {
		fault  domain.Fault
		zh, en string
	}{
		{domain.Fault{Field: "name", Code: "hidden_character", Params: map[string]string{"character": "U+202E"}},
			"群名称含有隐藏字符 U+202E，请删除后重试。", "The group name holds the hidden character U+202E. Delete it and try again."},
		{domain.Fault{Field: "members[3]", Code: "left_company", Params: map[string]string{"number": "10007"}},
			"第 4 位群成员（工号 10007）已离职或账号已停用，请移除或更换。", "Member no. 4 (staff number 10007) left or is disabled. Remove or replace them."},
		{domain.Fault{Field: "admins", Code: "too_few", Params: map[string]string{"min": "2"}},
			"群管理员不足，请至少指定 2 位。", "There are too few group admins. Name at least 2."},
		{domain.Fault{Field: "permissions.see_contacts", Code: "looser_than_tier", Params: map[string]string{"tier": "secret"}},
			"权限“查看成员联系方式”超出密级“高度涉密”允许的范围，请收紧该权限或调整密级。", `The permission "see contact data" is looser than the tier secret allows. Make it stricter, or choose another tier.`},
		{domain.Fault{Field: "name", Code: "pattern_mismatch", Params: map[string]string{"pattern": "<部门>-<用途>", "pattern_en": "<department>-<purpose>"}},
			"群名称不符合格式 <部门>-<用途>，请按此格式填写。", "The group name does not have the form <department>-<purpose>. Write it so."},
		{domain.Fault{Field: "odd", Code: "news"}, "odd有误（news），请检查后重试。", "odd is wrong (news). Check it and try again."},
	} {
		if got := Text(tc.fault, "zh-CN"); got != tc.zh {
			t.Errorf("got %s", got)
		}
		if got := Text(tc.fault, "en"); got != tc.en {
			t.Errorf("got %s", got)
		}
	}
	// No sentence of the real rules leaves a hole.
	p, dir := defaults(t), company()
	bad := domain.Filing{Type: "x", Tier: "secret", Name: "研发部-吐槽🎉\u200b<", Purpose: "\u200b" + strings.Repeat("x", 2000), Departments: []domain.DepartmentID{"a", "a"},
		Admins: []domain.EmployeeID{"clerk"}, Members: []domain.EmployeeID{"clerk", "who"}, Permissions: domain.Permissions{SeeContacts: true, Posting: domain.PostMembers}, EndsOn: "2020-01-01"}
	faults := append(domain.CheckFiling(bad, p.FilingRules(), dir, "2026-11-23"), p.CheckName(bad.Name, NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}})...)
	if len(faults) < 12 {
		t.Fatalf("only %d faults", len(faults))
	}
	for _, f := range faults {
		for _, lang := range []string{"zh", "en"} {
			if s := Text(f, lang); strings.ContainsAny(s, "{}") {
				t.Errorf("%+v: %s", f, s)
			}
		}
	}
}
