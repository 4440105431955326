package screening

import (
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// Reason is one part of an explanation: a stable code, and the word of our own lists (never the author's text) that it
// speaks of.
type Reason struct {
	Code string `json:"code"`
	Word string `json:"word,omitempty"`
}

// explanations are the sentences for each code; {word} is filled in.
var explanations = map[string]domain.Label{
	"check_mod11_2":      {ZH: "校验码正确（GB 11643）", EN: "its check character is right (GB 11643)"},
	"check_mod11":        {ZH: "校验码正确", EN: "its check character is right"},
	"check_mod10":        {ZH: "校验码正确", EN: "its check digit is right"},
	"check_mod31":        {ZH: "校验码正确（GB 32100）", EN: "its check character is right (GB 32100)"},
	"check_inner":        {ZH: "其中的组织机构代码校验码正确", EN: "the organisation code in it checks too"},
	"check_inner_failed": {ZH: "其中的组织机构代码校验码不符，可信度较低", EN: "the organisation code in it does not check, so it is less sure"},
	"check_luhn":         {ZH: "卡号校验位正确（Luhn）", EN: "its check digit is right (Luhn)"},
	"issuer":             {ZH: "号段属于 {word}", EN: "its first digits belong to {word}"},
	"date_real":          {ZH: "含有真实存在的日期", EN: "it holds a date that exists"},
	"area_known":         {ZH: "地区代码有效", EN: "its area code is in use"},
	"prefix_known":       {ZH: "号段有效", EN: "the numbering plan has such numbers"},
	"prefix_unknown":     {ZH: "形式相符，但号段未启用", EN: "its form fits, but the numbering plan lacks its first digits"},
	"form":               {ZH: "形式相符", EN: "its form fits"},
	"labelled":           {ZH: "紧跟在标明用途的词之后", EN: "a label stands right before it"},
	"context":            {ZH: "附近出现“{word}”", EN: `"{word}" stands nearby`},
	"context_other":      {ZH: "附近的词表示这是另一种编号，可信度较低", EN: "a word nearby speaks of other numbers, so it is less sure"},
	"separators":         {ZH: "书写中夹有分隔符", EN: "it is written with separators"},
	"ip_private":         {ZH: "内部网络地址", EN: "an address inside a private network"},
	"ip_public":          {ZH: "公网地址", EN: "a public network address"},
	"key_pem":            {ZH: "私钥文件内容", EN: "the content of a private key file"},
	"key_form":           {ZH: "以“{word}”开头，是密钥的形式", EN: `it begins with "{word}", as keys do`},
	"house_number":       {ZH: "含有道路与门牌号", EN: "it holds a street and a house number"},
	"place_known":        {ZH: "以已知的省市名开头", EN: "it begins with a known province or city"},
	"unit":               {ZH: "数字带有货币单位或百分号", EN: "a figure with a unit of money or a percent sign"},
	"surname":            {ZH: "以常见姓氏开头", EN: "it begins with a common surname"},
	"title":              {ZH: "后面是称谓“{word}”", EN: `the title "{word}" follows`},
	"beside":             {ZH: "紧邻个人号码", EN: "it stands beside somebody's number"},
	"listed":             {ZH: "列在公司词表“{word}”中", EN: `it is on the company's list "{word}"`},
}

// Explain says in both languages what was found and why. It quotes nothing of the text.
func (f Finding) Explain() domain.Label {
	zh, en := make([]string, 0, len(f.Why)), make([]string, 0, len(f.Why))
	for _, r := range f.Why {
		e, ok := explanations[r.Code]
		if !ok {
			e = domain.Label{ZH: r.Code, EN: r.Code}
		}
		if r.Code == "listed" && r.Word == "" {
			e = domain.Label{ZH: "列在公司词表中", EN: "it is on a list of the company's"}
		}
		zh, en = append(zh, strings.ReplaceAll(e.ZH, "{word}", r.Word)), append(en, strings.ReplaceAll(e.EN, "{word}", r.Word))
	}
	label := f.Kind.Label()
	return domain.Label{ZH: "疑似" + label.ZH + "：" + strings.Join(zh, "；") + "。", EN: "Looks like a " + label.EN + ": " + strings.Join(en, "; ") + "."}
}
