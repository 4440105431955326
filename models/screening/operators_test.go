package screening

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

func clean(t *testing.T, s *Screener, text string, o Options) Clean {
	t.Helper()
	r, err := s.Screen(text)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Desensitise(text, r, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOperators(t *testing.T) {
	key := []byte("0123456789abcdef")
	for _, c := range []struct {
		op             Operator
		text, want     string
		startsWith, by string
	}{
		{op: OpMask, text: "手机13800138000联系", want: "手机138****8000联系"},
		{op: OpToken, text: "13800138000、13900139000、138-0013-8000", want: "［手机号1］、［手机号2］、［手机号1］"},
		{op: OpRedact, text: "手机13800138000", want: "手机███"},
		{op: OpDrop, text: "手机13800138000。", want: "手机。"},
		{op: OpHash, text: "13800138000", startsWith: "［手机号#"},
		{op: OpVault, text: "13800138000", startsWith: "［密存"},
		{op: OpGeneralise, text: "13800138000", want: "（手机号略）"},
	} {
		s := screener(t, Rules{Operators: map[Kind]Operator{KindMobile: c.op}})
		got := clean(t, s, c.text, Options{Key: key})
		if c.want != "" && got.Text != c.want || !strings.HasPrefix(got.Text, c.startsWith) {
			t.Errorf("%s: %q, want %q", c.op, got.Text, c.want+c.startsWith)
		}
		if len(got.Remaining.Findings) != 0 {
			t.Errorf("%s: the output still holds %v", c.op, got.Remaining.Findings)
		}
		if (c.op == OpVault) != (len(got.Vault) == 1 && got.Vault[0].Value == c.text && got.Vault[0].Token == got.Text) {
			t.Errorf("%s: vault %v", c.op, got.Vault)
		}
		r, _ := s.Screen(c.text)
		if _, err := s.Desensitise(c.text, r, Options{}); (c.op == OpHash || c.op == OpVault) != errors.Is(err, ErrNoKey) {
			t.Errorf("%s without a key: %v", c.op, err)
		}
		other := clean(t, s, c.text, Options{Key: []byte("another key, also long enough")})
		if (other.Text != got.Text) != (c.op == OpHash || c.op == OpVault) {
			t.Errorf("%s: the key makes the wrong difference: %q, %q", c.op, got.Text, other.Text)
		}
	}
}

func TestSweepAndExempt(t *testing.T) {
	s := screener(t, Rules{Names: true})
	text := "联系人：张晓明，电话13800138000。请通知张晓明按时到会。"
	if c := clean(t, s, text, Options{}); strings.Contains(c.Text, "张晓明") || strings.Contains(c.Text, "13800138000") {
		t.Errorf("left: %q", c.Text)
	}
	c := clean(t, s, text, Options{Exempt: map[int]bool{1: true}})
	if !strings.Contains(c.Text, "13800138000") || len(c.Remaining.Findings) != 1 {
		t.Errorf("an exempted finding stays, and remains named: %q %v", c.Text, c.Remaining.Findings)
	}
	r, _ := s.Screen(text)
	if _, err := s.Desensitise("short", r, Options{}); !errors.Is(err, ErrMismatch) {
		t.Errorf("findings of another text: %v", err)
	}
	r.Truncated = true
	if _, err := s.Desensitise(text, r, Options{}); !errors.Is(err, ErrTruncated) {
		t.Errorf("truncated: %v", err)
	}
}

func TestClassRises(t *testing.T) {
	s := screener(t, Rules{Keywords: []Keyword{{Word: "裁员", Kind: KindTopic}, {Word: "扩产", Class: domain.ClassStrategic}}, Classes: map[Kind]domain.Class{KindEmail: domain.ClassGeneral}})
	for text, want := range map[string]domain.Class{
		"下午三点开会": domain.ClassGeneral, "发到a.b@example.com": domain.ClassGeneral, "合同编号：HT-2024-0012": domain.ClassBusiness, "扩产方案": domain.ClassStrategic,
		"电话13800138000": domain.ClassSensitive, "13800138000听说裁员": domain.ClassTopic,
	} {
		r, _ := s.Screen(text)
		if r.Class != want {
			t.Errorf("%q demands %s, want %s", text, r.Class, want)
		}
	}
}

// TestOverlaps: what gives way to another finding is taken away all the same, and what it demands counts.
func TestOverlaps(t *testing.T) {
	s := screener(t, Rules{Names: true, Keywords: []Keyword{{Word: "猎鹰计划", Kind: KindCodename}, {Word: "计划裁员", Kind: KindTopic}, {Word: "扩产", Class: domain.ClassTopic}, {Word: "扩产方案", Class: domain.ClassBusiness}}})
	for _, c := range []struct {
		text string
		want domain.Class
		gone []string
	}{
		{"关于猎鹰计划裁员一事", domain.ClassTopic, []string{"猎鹰", "计划", "裁员"}},
		{"讨论扩产方案", domain.ClassTopic, []string{"扩产"}},
		{"密码：13800138000abc", domain.ClassSensitive, []string{"13800138000", "abc"}},
		{"寄到广东省深圳市南山区猎鹰计划路12号3栋502室", domain.ClassSensitive, []string{"猎鹰", "12号", "502"}},
	} {
		r, _ := s.Screen(c.text)
		out := clean(t, s, c.text, Options{})
		if r.Class != c.want {
			t.Errorf("%q demands %s, want %s", c.text, r.Class, c.want)
		}
		for _, g := range c.gone {
			if strings.Contains(out.Text, g) {
				t.Errorf("%q: %q is left in %q", c.text, g, out.Text)
			}
		}
	}
	// Exempting what won exempts nothing of what gave way.
	text := "关于猎鹰计划裁员一事"
	r, _ := s.Screen(text)
	if out := clean(t, s, text, Options{Exempt: map[int]bool{0: true}}); len(r.Findings) != 1 || !strings.Contains(out.Text, "猎鹰计划") || strings.Contains(out.Text, "裁员") {
		t.Errorf("exempted: %q of %v", out.Text, r.Findings)
	}
}

// TestNothingLeaks: what marshals and what explains quotes nothing of the text, nor does an error quote a codename.
func TestNothingLeaks(t *testing.T) {
	s := screener(t, Rules{Names: true, Keywords: []Keyword{{Word: "猎鹰计划", Kind: KindCodename}}})
	text := "联系人：张晓明，13800138000，密码：hunter2x9，猎鹰计划"
	r, _ := s.Screen(text)
	raw, err := json.Marshal(r)
	if err != nil || len(r.Findings) != 4 {
		t.Fatal(err, r.Findings)
	}
	said := string(raw)
	for _, f := range r.Findings {
		said += f.Explain().ZH + f.Explain().EN
	}
	for _, secret := range []string{"张晓明", "13800138000", "hunter2x9", "猎鹰"} {
		if strings.Contains(said, secret) {
			t.Errorf("%q leaks: %s", secret, said)
		}
	}
	if _, err := New(Rules{Keywords: []Keyword{{Word: "猎鹰计划", Kind: "nonsense"}}}); err == nil || strings.Contains(err.Error(), "猎鹰") {
		t.Errorf("error: %v", err)
	}
}

func TestDefects(t *testing.T) {
	for code, r := range map[string]Rules{
		"too_short":        {Keywords: []Keyword{{Word: " . "}}},
		"too_long":         {Keywords: []Keyword{{Word: strings.Repeat("字", 100)}}},
		"unknown_class":    {Keywords: []Keyword{{Word: "字字", Class: "x"}}},
		"unknown_operator": {Keywords: []Keyword{{Word: "字字", Operator: "x"}}},
		"too_many":         {Keywords: make([]Keyword, MaxKeywords+1)},
		"unknown_value":    {Floors: map[Kind]int{"x": 1}},
	} {
		var d Defect
		if _, err := New(r); !errors.As(err, &d) || d.Code != code {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	for _, k := range Kinds() {
		tr := traits[k]
		if !k.Known() || tr.label.ZH == "" || tr.label.EN == "" || tr.class.Rank() < 0 || !tr.op.Known() {
			t.Errorf("%s is not fully described", k)
		}
	}
	if len(Kinds()) != len(traits) {
		t.Error("Kinds misses one")
	}
}
