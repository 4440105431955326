package mail

import (
	"strings"
	"time"
)

// Code is a one-time code by which a signer shows who they are. The mail names neither group nor agreement.
type Code struct {
	Code  string
	Until time.Time // in the company's zone
	Link  string
	Lang  string
}

// RenderCode words a code in the reader's language.
func RenderCode(c Code) Text {
	say := func(zh, en string) string {
		if c.Lang == "en" {
			return en
		}
		return zh
	}
	p := parts{
		Lang:    say("zh-CN", "en"),
		Subject: say("群备签署验证码", "Your code to sign in Qunbei"),
		Lead:    say("您正在签署一份协议。请在打开的页面中输入验证码：", "You are signing an agreement. Type this code on the page you have open:"),
		Number:  c.Code,
		State:   say("至 "+c.Until.Format("15:04")+" 有效，仅可使用一次。", "Good until "+c.Until.Format("15:04")+", once."),
		Lines: []string{
			say("没有人会向您索要验证码，请勿告知他人。", "Nobody will ask you for it: tell it to nobody."),
			say("如非本人操作，请忽略本邮件，并告知信息安全部门。", "If it was not you, ignore this mail and tell security."),
		},
		Open: say("查看协议：", "The agreement: "), OpenAt: c.Link,
	}
	var b strings.Builder
	b.WriteString(p.Lead + "\n\n" + p.Number + "\n\n" + p.State + "\n")
	for _, l := range p.Lines {
		b.WriteString("- " + l + "\n")
	}
	if c.Link != "" {
		b.WriteString("\n" + p.Open + p.OpenAt + "\n")
	}
	return Text{Subject: p.Subject, Body: b.String(), HTML: page(p)}
}
