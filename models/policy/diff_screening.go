package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/screening"
)

// screening compares what posts are screened for. The company's own words are never shown: a list reads as how many words
// it has and a digest over them, so that a change is seen and nothing told (codenames are secret).
func (d *differ) screening(a, b *Policy) {
	x, y := a.Screening, b.Screening
	d.value("screening.names", label("敏感信息检测：识别姓名", "Screening: people's names"), yesNo(x.Names), yesNo(y.Names))
	lists := listsOf(y)
	for _, l := range listsOf(x) {
		if !slices.Contains(lists, l) {
			lists = append(lists, l)
		}
	}
	for _, l := range lists {
		d.value("screening.lists", named("敏感信息检测：词表", "Screening: list", label(l, l)), listWords(x, l), listWords(y, l))
	}
	for _, k := range screening.Kinds() {
		what := named("敏感信息检测", "Screening", k.Label())
		d.value("screening.classes."+string(k), detail(what, "信息类别", "class demanded"), orDefault(x.Classes[k].Label()), orDefault(y.Classes[k].Label()))
		d.value("screening.operators."+string(k), detail(what, "脱敏方式", "desensitised by"), orDefault(x.Operators[k].Label()), orDefault(y.Operators[k].Label()))
		d.value("screening.floors."+string(k), detail(what, "最低分值", "least score"), floorWords(x.Floors[k]), floorWords(y.Floors[k]))
	}
	d.value("screening.own_mail", label("敏感信息检测：本公司邮件域名", "Screening: the company's own mail domains"), listed(x.OwnMail), listed(y.OwnMail))
	d.value("screening.allowed", label("敏感信息检测：允许的内容", "Screening: allowed texts"), listed(x.Allowed), listed(y.Allowed))
}

// listWords is a list as how many words it has and a digest over them and what holds for them.
func listWords(r screening.Rules, name string) domain.Label {
	n, h := 0, sha256.New()
	for _, k := range r.Keywords {
		if k.List == name {
			n++
			_, _ = h.Write([]byte(string(k.Kind) + "\x00" + string(k.Class) + "\x00" + string(k.Operator) + "\x00" + k.Word + "\n"))
		}
	}
	if n == 0 {
		return nothing
	}
	sum := hex.EncodeToString(h.Sum(nil)[:6])
	return label(strconv.Itoa(n)+" 个词（摘要 "+sum+"）", strconv.Itoa(n)+" words (digest "+sum+")")
}

func orDefault(l domain.Label) domain.Label {
	if l == nothing {
		return label("默认", "the default")
	}
	return l
}

func floorWords(n int) domain.Label {
	switch n {
	case 0:
		return label("默认", "the default")
	case 101:
		return label("不检测", "not looked for")
	}
	return count(n)
}
