package paper

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/models/domain"
)

const grey = 90

// agreement sets the text and the signature block.
func (l *layout) agreement(in Input) {
	two := in.Document.Bilingual
	for _, b := range in.Document.Blocks {
		zh := style{size: 10.5, leading: 17.5, after: 3, indent: 21}
		en := style{size: 9, leading: 13.5, after: 5, grey: grey}
		switch b.Kind {
		case template.Title:
			l.text(b.Text.ZH, style{size: 18, leading: 28, centre: true, after: 4})
			if two {
				l.text(b.Text.EN, style{size: 12, leading: 18, centre: true, grey: grey})
			}
			l.y += 14
		case template.Article:
			l.y += 6
			l.text("第"+chinese(b.Number)+"条　"+b.Text.ZH, style{size: 12.5, leading: 20, after: 2, keep: 40})
			if two {
				l.text(fmt.Sprintf("Article %d  %s", b.Number, b.Text.EN), style{size: 10, leading: 15, after: 4, grey: grey, keep: 22})
			}
		case template.Clause:
			mark := "（" + chinese(b.Number) + "）"
			l.text(mark+b.Text.ZH, zh)
			if two {
				l.text(fmt.Sprintf("(%d) %s", b.Number, b.Text.EN), en)
			}
		case template.Consent:
			l.y += 6
			from := l.y
			page := len(l.pages)
			l.text(b.Text.ZH, style{size: 10.5, leading: 17.5, from: left + 12})
			if two {
				l.text(b.Text.EN, style{size: 9, leading: 13.5, from: left + 12, grey: grey})
			}
			if page == len(l.pages) {
				l.line(left+3, from, left+3, l.y, 150)
			}
			l.y += 8
		default:
			l.text(b.Text.ZH, zh)
			if two {
				l.text(b.Text.EN, en)
			}
		}
	}
	l.signatures(in)
}

// signatures sets the block where both sides sign.
func (l *layout) signatures(in Input) {
	const height = 128
	l.need(height + 20)
	l.y += 20
	middle := (left+right)/2 + 8
	start := l.y
	date, company := "____年__月__日", "________________"
	if in.Evidence != nil {
		date = day(in.Evidence.Signed)
		company = "平台签章，见文末签名"
		if in.Evidence.Countersigner != "" {
			company = in.Evidence.Countersigner
		}
	}
	col := func(x, to float64, rows ...string) {
		l.y = start
		for _, r := range rows {
			l.text(r, style{size: 10.5, leading: 19, from: x, to: to})
		}
	}
	col(left, middle-16, "甲方（公司 / Company）：", in.Company, "代表 / Signed for it by：", company)
	end := l.y
	col(middle, right, "乙方（签署人 / Signer）：", strings.TrimSpace(in.Signer.Name+"　"+in.Signer.Number), "签名 / Signature：")
	l.drawn(in, middle)
	l.text("日期 / Date："+date, style{size: 10.5, leading: 19, from: middle, to: right})
	l.y = max(l.y, end)
}

// drawn shows the signature: as it was drawn, or the typed name, or a line to sign on.
func (l *layout) drawn(in Input, x float64) {
	const w, h = 150, 46
	switch {
	case len(in.Signer.Drawn) > 0:
		for _, s := range in.Signer.Drawn {
			for i := 1; i < len(s); i++ {
				l.line(x+s[i-1][0]*w, l.y+s[i-1][1]*h, x+s[i][0]*w, l.y+s[i][1]*h, 0)
			}
		}
	case in.Evidence != nil:
		l.put(op{x: x, y: l.y + 30, size: 20, runs: runs(in.Signer.Name)})
	}
	l.line(x, l.y+h, x+w, l.y+h, 150)
	l.y += h + 6
}

var (
	levelTexts = map[Level]domain.Label{
		PlatformSeal: {ZH: "平台签章：由平台密钥签名，可发现任何改动；不是《电子签名法》意义上的可靠电子签名",
			EN: "platform_seal: signed by the platform's key, which makes any change evident; not a reliable signature in the sense of the Electronic Signature Law"},
		SignerKey: {ZH: "签署人密钥：签署人的通行密钥对文本摘要签名，并由平台密钥签章",
			EN: "signer_key: the signer's passkey signed the text's digest, and the platform's key seals it"},
		LicensedCA: {ZH: "持牌认证：签章证书由依法设立的电子认证服务机构签发",
			EN: "licensed_ca: the sealing certificate was issued by a licensed certification authority"},
	}
	checkTexts = map[Check]domain.Label{
		ByPasskey: {ZH: "通行密钥", EN: "passkey"},
		ByCode:    {ZH: "邮件一次性验证码", EN: "one-time code by mail"},
		BySession: {ZH: "已登录的会话", EN: "signed-in session"},
		ByPaper:   {ZH: "纸质签署，扫描后由公司复核", EN: "signed on paper, scanned and checked by the company"},
	}
)

// evidence sets the evidence page (semantics 4).
func (l *layout) evidence(in Input) {
	e := in.Evidence
	l.text("签署证据页", style{size: 16, leading: 24, centre: true})
	l.text("Evidence of signing", style{size: 10.5, leading: 16, centre: true, grey: grey, after: 10})
	row := func(zh, en, value string) {
		if value == "" {
			return
		}
		const split = left + 138
		rows := len(wrap(value, 9.5, right-split, 0))
		l.need(float64(max(rows*14, 26)) + 6)
		start := l.y
		l.text(zh, style{size: 9.5, leading: 13, to: split - 8})
		l.text(en, style{size: 7.5, leading: 10, to: split - 8, grey: grey})
		end := l.y
		l.y = start
		l.text(clean(value), style{size: 9.5, leading: 14, from: split})
		l.y = max(l.y, end) + 3
		l.line(left, l.y, right, l.y, 205)
		l.y += 3
	}
	clock := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(China).Format("2006-01-02 15:04:05 -07:00")
	}
	row("签署编号", "Number", e.ID)
	row("保证级别", "Assurance level", levelTexts[e.Level].ZH+"。"+levelTexts[e.Level].EN+".")
	row("签署人（当时姓名）", "Signer, name at that time", in.Signer.Name+"　"+in.Signer.Number+"　"+in.Signer.Unit)
	row("身份核验", "Identity checked by", checkTexts[e.Check].ZH+" / "+checkTexts[e.Check].EN)
	row("送达", "Sent", clock(e.Sent))
	row("阅读起止", "Viewed from, until", strings.Trim(clock(e.ViewedFrom)+" – "+clock(e.ViewedUntil), "– "))
	row("签署时间（服务器时钟）", "Signed, by the server's clock", clock(e.Signed))
	row("会签", "Countersigned", strings.TrimSpace(e.Countersigner+"　"+clock(e.Countersigned)))
	row("提醒次数", "Reminders", reminders(e.Reminders))
	row("网络地址", "Address", e.Address)
	row("浏览器", "User agent", e.UserAgent)
	row("模板版本", "Template's version", e.TemplateVersion)
	row("模板摘要", "Template, SHA-256", in.Document.Template)
	row("文本摘要", "Text of this agreement, SHA-256", in.Document.SHA256())
	row("手签文本摘要", "Text signed by hand, SHA-256", e.Original)
	row("扫描件摘要", "Scan, SHA-256", e.Scan)
	row("同意条款摘要", "Consent clause, SHA-256", in.Document.ConsentSHA256())
	if e.Passkey != nil {
		row("通行密钥", "Passkey", e.Passkey.Credential)
		row("通行密钥断言摘要", "Assertion, SHA-256", e.Passkey.Assertion)
	}
	row("平台证书序列号", "Platform certificate, serial", e.Certificate)
	row("平台密钥指纹", "Platform key, SHA-256", e.Key)
	row("制作", "Drawn by", Version)
}

func reminders(n int) string { return strconv.Itoa(n) }

// clean makes what a browser or a network said fit to print: what no typeface has becomes a question mark, and it is cut.
func clean(s string) string {
	r := []rune(s)
	if len(r) > maxField {
		r = append(r[:maxField], '…')
	}
	for i := range r {
		if len(runes1(r[i])) == 0 {
			r[i] = '?'
		}
	}
	return strings.TrimSpace(string(r))
}

func runes1(r rune) []run { return runs(string(r)) }

func day(t time.Time) string {
	t = t.In(China)
	return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
}

// chinese writes 1 to 99 in Chinese numerals; what lies beyond, in digits.
func chinese(n int) string {
	digit := func(n int) string { return strings.TrimSpace(string([]rune(" 一二三四五六七八九")[n%10])) }
	switch {
	case n < 1 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return digit(n)
	case n < 20:
		return "十" + digit(n)
	}
	return digit(n/10) + "十" + digit(n)
}
