package policy

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

func mustParse(t testing.TB, src string) *Policy {
	t.Helper()
	p, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// full is a policy that uses everything the format has.
func full(t testing.TB) string {
	t.Helper()
	s := string(defaultpolicy.Policy) + units
	for _, swap := range [][2]string{
		{"    kind: sequence\n", "    kind: quorum\n    need: 1\n    minima: {line: 1}\n    final: pass\n    cc: [{owning_units: centre}, {person: n-clerk}, {role: hr}]\n"},
		{"      - {owning_departments: leader, backup: {role: security_officer}}", "      - {owning_departments: leader, class: line, backup: {person: n-head}}\n      - {department: C4, class: line}\n      - {department_leader_of: requester}\n      - {owning_units: office}"},
		{`when: type == "special"`, `when: 'type == "special" and (level > 1 or not leads) and "C1" not in owners and "centre" in owner_units and platform in ["byhand"] and "C3" in requester'`},
	} {
		if !strings.Contains(s, swap[0]) {
			t.Fatalf("no %q", swap[0])
		}
		s = strings.Replace(s, swap[0], swap[1], 1)
	}
	return s
}

func TestDiff(t *testing.T) {
	for _, tc := range []struct{ from, to, path, zh, en string }{
		{"    deadline: 1d\n    remind: [4h]", "    deadline: 1d4h\n    remind: [4h]", "steps.security.deadline", "环节“安全部门审核”：处理期限|1 个工作日|1 个工作日 4 个工作小时", "Step “Security office”: deadline|1 working day|1 working day 4 working hours"},
		{"remind: [4h]", "remind: [2h, 4h]", "steps.security.remind", "环节“安全部门审核”：提醒|4 个工作小时|2 个工作小时、4 个工作小时", "Step “Security office”: reminders|4 working hours|2 working hours, 4 working hours"},
		{"    ladder: [{after: 6h, do: add_superior}]\n", "", "steps.security.ladder", "环节“安全部门审核”：升级|6 个工作小时后上级也可审批|", "Step “Security office”: escalation|after 6 working hours the superior may decide as well|"},
		{"who: [{role: security_officer}]", "who: [{role: security_officer}, {department: C4, backup: {person: n-head}}]", "steps.security.who", "环节“安全部门审核”：审批人|安全员|安全员、部门 C4 的负责人（后备：工号 n-head）", "Step “Security office”: people|security officers|security officers, leader of department C4 (backup: staff number n-head)"},
		{"kind: sequence", "kind: sequence\n    final: pass", "steps.line.final", "环节“归属部门与上级部门负责人依次审批”：逾期结果|过期|视为通过", "Step “The leaders of the department and of the one above in turn”: when the deadline passes|the request expires|the step passes"},
		{`when: tier == "confidential"`, `when: tier == "confidential" or (outsiders and members > 100)`, "routes.confidential.when", "流程“涉密群组”：适用条件|密级为“涉密”|密级为“涉密”或允许邀请外部人员且人数大于 100", "Route “Confidential groups”: condition|tier is “Confidential”|tier is “Confidential” or open to outsiders and members is above 100"},
		{"steps: [owners, security]\n", "steps: [security, owners]\n", "routes.confidential.steps", "流程“涉密群组”：环节|归属部门负责人会签 → 安全部门审核|安全部门审核 → 归属部门负责人会签", "Route “Confidential groups”: steps|Leaders of the owning departments → Security office|Security office → Leaders of the owning departments"},
		{"urge_every: 4h", "urge_every: never", "approval.urge_every", "催办间隔|4 小时|不允许", "Time between two urges|4 hours|not allowed"},
		{"window: 30d", "window: 7d", "approval.revocation.window", "批准后可撤销的天数|30|7", "Days within which an approval can be revoked|30|7"},
		{"blocked: [绝密, 机密,", "blocked: [绝密, 秘密,", "names.blocked", "群名称禁用词|机密|秘密", "Words that no group name may hold|机密|秘密"},
		{"label: {zh: 普通, en: Ordinary}\n    ceiling: {invite_outsiders: true", "label: {zh: 普通, en: Ordinary}\n    ceiling: {invite_outsiders: false", "tiers.ordinary.ceiling.invite_outsiders", "密级“普通”：权限上限：邀请外部人员|是|否", "Tier “Ordinary”: loosest permissions: invite outsiders|yes|no"},
	} {
		a := mustParse(t, string(defaultpolicy.Policy))
		b, err := Parse(edit(t, tc.from, tc.to))
		if err != nil && tc.path == "tiers.ordinary.ceiling.invite_outsiders" {
			// Nothing reaches the route for outsiders then: take it away as well.
			src := strings.Replace(string(edit(t, tc.from, tc.to)), "when: outsiders", `when: outsiders or type == "department"`, 1)
			src = strings.Replace(src, "outsiders: {ordinary: 180d", "outsiders: {ordinary: never", 1)
			b = mustParse(t, src)
		} else if err != nil {
			t.Fatal(err)
		}
		got := Diff(a, b)
		i := slices.IndexFunc(got, func(c Change) bool { return c.Path == tc.path })
		if i < 0 {
			t.Errorf("%s: %+v", tc.path, got)
			continue
		}
		c := got[i]
		zh, en := c.What.ZH+"|"+c.Before.ZH+"|"+c.After.ZH, c.What.EN+"|"+c.Before.EN+"|"+c.After.EN
		if zh != tc.zh || en != tc.en {
			t.Errorf("%s:\n got %s\nwant %s\n got %s\nwant %s", tc.path, zh, tc.zh, en, tc.en)
		}
	}
}

func TestDiffOfWholeParts(t *testing.T) {
	old := string(defaultpolicy.Policy)
	added := strings.Replace(old, "  - name: special\n", "  - name: big\n    label: {zh: 大群, en: Large groups}\n    when: members > 500\n    steps: [owners, notice]\n  - name: special\n", 1)
	added = strings.Replace(added, "\nroutes:\n", "\n  notice:\n    label: {zh: 通报, en: Notice}\n    why: {zh: 人数多, en: Many people}\n    kind: or_sign\n    who: [{role: hr}]\n    deadline: 4h\n\nroutes:\n", 1) + units
	a, b := mustParse(t, old), mustParse(t, added)
	paths := func(list []Change) string {
		var out []string
		for _, c := range list {
			out = append(out, string(c.Kind)+" "+c.Path)
			if c.What.ZH == "" || c.What.EN == "" || (c.Before == nothing) != (c.Kind == PartAdded) || (c.After == nothing) != (c.Kind == PartRemoved) {
				t.Errorf("%+v", c)
			}
		}
		return strings.Join(out, ", ")
	}
	if got, want := paths(Diff(a, b)), "added units.centre, added units.office, added steps.notice, added routes.big"; got != want {
		t.Errorf("got %s", got)
	}
	if got, want := paths(Diff(b, a)), "removed units.centre, removed units.office, removed steps.notice, removed routes.big"; got != want {
		t.Errorf("got %s", got)
	}
	// Routes that change places: the first that fits is taken.
	lines := strings.SplitAfter(old, "  - name: ")
	lines[4], lines[5] = lines[5], lines[4]
	if got := paths(Diff(a, mustParse(t, strings.Join(lines, "")))); got != "changed routes" {
		t.Errorf("got %s", got)
	}
	// Two conditions that read alike in words are shown as they stand.
	d := Diff(a, mustParse(t, strings.Replace(old, `when: tier == "secret"`, `when: tier in ["secret"]`, 1)))
	if len(d) != 1 || d[0].Before.ZH != `tier == "secret"` || d[0].After.EN != `tier in ["secret"]` {
		t.Errorf("%+v", d)
	}
	// Nothing of substance.
	for _, same := range []string{old + "# a remark\n", strings.Replace(old, `"2026.4"`, `"2027.1"`, 1), strings.Replace(old, `when: type == "special"`, `when: (type  ==  "special")`, 1)} {
		if got := Diff(a, mustParse(t, same)); len(got) > 0 {
			t.Errorf("%+v", got)
		}
	}
	if got := paths(Diff(mustParse(t, without(t)), mustParse(t, without(t)+"approval: {}\n"))); strings.Count(got, "approval.") != 9 {
		t.Errorf("what approval: {} brings: %s", got)
	}
}

// Whatever single value of a file is changed, the difference is listed, the same in both runs, without a word missing;
// and the way back lists it too.
func TestDiffMissesNothing(t *testing.T) {
	src := full(t)
	a := mustParse(t, src)
	if d := Diff(a, mustParse(t, src)); len(d) > 0 {
		t.Fatalf("the same file: %+v", d)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(src), &doc); err != nil {
		t.Fatal(err)
	}
	enums := []string{"countersign", "or_sign", "sequence", "quorum", "admins", "members", "true", "false", "leader", "requester", "legal", "hr", "add_superior", "replace_by_superior",
		"expired", "pass", "ask_again", "carry_over", "group_filing", "revocation", "secret", "confidential", "ordinary", "never", "owners", "security", "company_head", "superiors", "line",
		"1h", "5h", "1d", "3d", "8h", "9d", "C9", "office", `type == "department"`,
		"2d", "20d", "40d", "91d", "frozen", "archived", "post", "watch", "tier_raised", "group_change"}
	tried, changed := 0, 0
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		for i, c := range n.Content {
			at := path + "[" + strconv.Itoa(i) + "]"
			if n.Kind == yaml.MappingNode {
				if i%2 == 0 {
					continue
				}
				at = join(path, n.Content[i-1].Value)
			}
			walk(c, at)
		}
		if n.Kind != yaml.ScalarNode || path == "version" {
			return
		}
		kept := n.Value
		candidates := append([]string{kept + "9", kept + "甲", "甲-" + kept}, enums...)
		if v, err := strconv.Atoi(kept); err == nil {
			candidates = []string{strconv.Itoa(v + 1), strconv.Itoa(v - 1)}
		}
		tried++
		for _, v := range candidates {
			if v == kept {
				continue
			}
			n.Value = v
			raw, err := yaml.Marshal(&doc)
			if err != nil {
				t.Fatal(err)
			}
			b, err := Parse(raw)
			if err != nil {
				continue
			}
			changed++
			d, back := Diff(a, b), Diff(b, a)
			if len(d) == 0 || len(back) == 0 {
				t.Errorf("%s: %q for %q makes no difference", path, v, kept)
			}
			for _, c := range slices.Concat(d, back) {
				if c.What.ZH == "" || c.What.EN == "" || (c.Before == nothing && c.After == nothing) || strings.ContainsFunc(c.What.EN+c.Before.EN, unicode.IsControl) {
					t.Errorf("%s: %+v", path, c)
				}
			}
			if !slices.Equal(d, Diff(a, b)) {
				t.Errorf("%s: not the same twice", path)
			}
			break
		}
		n.Value = kept
	}
	walk(doc.Content[0], "")
	if changed < tried*8/10 || tried < 150 {
		t.Errorf("only %d of %d values could be changed", changed, tried)
	}
}

func TestConditionWords(t *testing.T) {
	p := mustParse(t, full(t))
	for when, want := range map[string][2]string{
		`type in ["special", "project"]`:               {"类型为“其他专项群”或“项目群”", "type is “Other specific group” or “Project group”"},
		`not outsiders`:                                {"非（允许邀请外部人员）", "not (open to outsiders)"},
		`"C1" in owners and leads`:                     {"归属部门在部门 C1 之内且申请人是部门负责人", "an owning department is within department C1 and the requester leads a department"},
		`"centre" in owner_units`:                      {"归属部门属于“中心”", "an owning department lies in a “Centre”"},
		`"C3" in requester`:                            {"申请人在部门 C3 之内", "the requester is within department C3"},
		`"byhand" == platform`:                         {"“手工维护”为平台", "“Kept by hand” is platform"},
		`(temporary or existing) and departments != 2`: {"（有结束日期或补报的已有群组）且归属部门数不为 2", "(has an end date or filed late) and owning departments is not 2"},
		`level in [1, 2]`:                              {"归属部门层级为1或2", "level of the owning department is 1 or 2"},
		`outsiders == (members > 3)`:                   {"允许邀请外部人员为（人数大于 3）", "open to outsiders is (members is above 3)"},
	} {
		c, err := compileCondition(when, p.vocabulary())
		if err != nil {
			t.Fatal(err)
		}
		if l := p.conditionWords(c); l != (domain.Label{ZH: want[0], EN: want[1]}) {
			t.Errorf("%s: %+v", when, l)
		}
	}
}
