package template

import (
	"fmt"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// Defect is one thing wrong with a template: where, what, and what to do about it.
type Defect struct {
	Line   int               `json:"line"`   // from 1; 0 when the whole file is meant
	Column int               `json:"column"` // in characters, from 1
	Code   string            `json:"code"`   // stable: a key of defectTexts
	Params map[string]string `json:"params,omitempty"`
	Text   string            `json:"text"`
	Remedy string            `json:"remedy"`
}

type defectText struct{ text, remedy domain.Label }

func told(en, enRemedy, zh, zhRemedy string) defectText {
	return defectText{domain.Label{ZH: zh, EN: en}, domain.Label{ZH: zhRemedy, EN: enRemedy}}
}

var defectTexts = map[string]defectText{
	"article_key":         told("{value} cannot be an article's key", "Write a key of small letters, digits and _ behind the heading: {#duties}.", "{value} 不能作为条款标识", "请在标题后写由小写字母、数字和 _ 组成的标识，例如 {#duties}。"),
	"article_missing":     told("there is no article {value}; an agreement must state duties, liability, term and law (R4.2.1)", "Add an article: ## heading {#{value}}.", "缺少条款 {value}；协议须写明义务、责任、期限与适用法律（R4.2.1）", "请添加一条：## 标题 {#{value}}。"),
	"article_twice":       told("there are two articles {value}", "Give one of them another key.", "条款 {value} 出现了两次", "请给其中一条换一个标识。"),
	"article_empty":       told("this article says nothing", "Write its text on the next line, or delete it.", "这一条没有内容", "请在下一行写正文，或删去这一条。"),
	"byte_order_mark":     told("the file begins with a byte order mark", "Save it as UTF-8 without a byte order mark.", "文件以字节顺序标记（BOM）开头", "请另存为不带 BOM 的 UTF-8。"),
	"clause_number":       told("this clause should be number {n}", "Number the clauses of an article 1, 2, 3 and so on.", "这一款的编号应为 {n}", "每条之下的款请从 1 起依次编号。"),
	"clause_outside":      told("a clause stands before the first article", "Put it below a heading (##).", "款出现在第一条之前", "请放在标题（##）之下。"),
	"consent_missing":     told("there is no consent clause", "Add what the signer says by signing, on one line that begins with >.", "缺少同意条款", "请添加一行以 > 开头的文字，写明签署即表示的意思。"),
	"consent_twice":       told("there is a second consent clause", "Keep one.", "同意条款出现了两次", "请只保留一处。"),
	"field_missing":       told("the field {value} ({label}) is not used, but an agreement must state it (R4.2.1)", "Write {{{value}}} where it belongs.", "没有用到字段 {value}（{label}），而协议须写明它（R4.2.1）", "请在适当处写 {{{value}}}。"),
	"field_open":          told("a field's braces are not closed, or stand alone", "Write a field as {{name}}.", "字段的花括号没有闭合，或单独出现", "字段请写成 {{name}} 的样子。"),
	"field_unknown":       told("there is no field {value}; there are {allowed}", "Use one of them.", "没有字段 {value}，现有：{allowed}", "请使用其中之一。"),
	"field_one_language":  told("the field {value} stands in one of the two languages only", "Use the same fields in a line and in its translation.", "字段 {value} 只出现在两种语言之一", "请在原文与译文中使用相同的字段。"),
	"file_empty":          told("the file is empty", "Start from the shipped template.", "文件是空的", "请从自带模板改起。"),
	"file_too_large":      told("the file is larger than {max} KiB", "Shorten it.", "文件超过 {max} KiB", "请精简。"),
	"head_format":         told("the head must begin with format: {value}", "Write ---, format: {value}, language: zh or zh-en, and --- on four lines.", "文件头须以 format: {value} 开始", "请分四行写 ---、format: {value}、language: zh（或 zh-en）、---。"),
	"head_language":       told("the head's second line must be language: zh or language: zh-en", "Write one of the two.", "文件头第二行须为 language: zh 或 language: zh-en", "请写其中之一。"),
	"hidden_character":    told("the text holds the hidden character {character}", "Delete it.", "文本含有隐藏字符 {character}", "请删除该字符。"),
	"line_too_long":       told("the line has more than {max} characters", "Divide it into several.", "这一行超过 {max} 个字符", "请分成几行。"),
	"not_supported":       told("{value} is not understood here: there are only #, ##, 1., >, ~ and plain text", "Write it as plain text.", "此处不支持 {value}：只能使用 #、##、1.、>、~ 和普通文字", "请改写为普通文字。"),
	"not_utf8":            told("the file is not UTF-8", "Save it as UTF-8.", "文件不是 UTF-8 编码", "请另存为 UTF-8。"),
	"space_missing":       told("a space is missing behind {value}", "Put one space there.", "{value} 之后缺少空格", "请加一个空格。"),
	"text_missing":        told("there is no text behind {value}", "Write it on the same line.", "{value} 之后没有文字", "请在同一行写上。"),
	"title_first":         told("the title (# …) must come first, and once", "Begin with one line # title.", "标题（# …）须在最前且只有一个", "请以一行“# 标题”开头。"),
	"too_many_blocks":     told("there are more than {max} blocks", "Shorten the text.", "文字超过 {max} 段", "请精简。"),
	"translation_alone":   told("a translation (~) stands without its text, or in a template that is only in Chinese", "Put it right below the line it translates, and write language: zh-en in the head.", "译文（~）没有对应的原文，或模板只有中文", "请放在原文的下一行，并在文件头写 language: zh-en。"),
	"translation_missing": told("the line has no translation", "Put it below, behind ~, or write language: zh in the head.", "这一行缺少译文", "请在下一行以 ~ 开头写译文，或在文件头写 language: zh。"),
}

// In is the defect in the words of a language; anything but Chinese reads English.
func (d Defect) In(lang string) Defect {
	t, ok := defectTexts[d.Code]
	if !ok {
		return d
	}
	text, remedy := t.text.EN, t.remedy.EN
	if strings.HasPrefix(lang, "zh") {
		text, remedy = t.text.ZH, t.remedy.ZH
	}
	var pairs []string
	for k, v := range d.Params {
		pairs = append(pairs, "{"+k+"}", v)
	}
	fill := strings.NewReplacer(pairs...) // in one pass: a value that looks like a place is left alone
	d.Text, d.Remedy = fill.Replace(text), fill.Replace(remedy)
	return d
}

func (d Defect) String() string {
	where := ""
	if d.Line > 0 {
		where = fmt.Sprintf("line %d, column %d: ", d.Line, d.Column)
	}
	return where + d.Text + ". " + d.Remedy
}

// FileError lists every defect found in a template, at most 50.
type FileError struct{ Defects []Defect }

func (e *FileError) Error() string {
	first := e.Defects[0].String()
	if n := len(e.Defects); n > 1 {
		return fmt.Sprintf("%s (and %d more)", first, n-1)
	}
	return first
}

// ValueError is a value that cannot be filled in.
type ValueError struct {
	Field string
	// Code is "missing", "too_long" or "hidden_character".
	Code string
}

func (e *ValueError) Error() string {
	switch e.Code {
	case "missing":
		return fmt.Sprintf("field %s has no value: give one", e.Field)
	case "too_long":
		return fmt.Sprintf("field %s is longer than %d characters: shorten it", e.Field, maxValue)
	}
	return fmt.Sprintf("field %s holds a hidden character or a line break: delete it", e.Field)
}
