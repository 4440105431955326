package mail

import (
	"maps"
	"strings"
	"time"
)

func init() {
	maps.Copy(zh, outsidersZH)
	maps.Copy(en, outsidersEN)
}

// What is told about people from outside, to them and to who answers for them.
var outsidersZH = map[string]words{
	"outsider_asked":    {"请核对外部人员：%s", "有同事作为担保人，申请让一名外部人员加入您管理的群组。请核对后答复。"},
	"outsider_answered": {"外部人员申请已答复：%s", "您为外部人员提出的申请，群管理员已答复，结果见系统。"},
	"outsider_longer":   {"您的期限已延长：%s", "您在该群组中的期限已延长。"},
	"outsider_notice":   {"外部人员即将到期：%s", "外部人员在该群组中的期限即将届满，届满后自动移出。如需延长，由担保人提出申请。"},
	"outsider_over":     {"外部人员已移出：%s", "外部人员在该群组中的期限已届满，或不再符合规则，已按规则移出。"},
	"sponsor_lost":      {"外部人员需要新的担保人：%s", "群内外部人员的担保人已离职或调岗。请在宽限期内接任担保人，否则将按规则移出。"},
	"sponsored":         {"您的担保人已变更：%s", "您在该群组中由另一位同事担保。"},
}

var outsidersEN = map[string]words{
	"outsider_asked":    {"Somebody from outside, please review: %s", "A colleague asks, as sponsor, that somebody from outside may come into a group you administer. Look whether it fits, then answer."},
	"outsider_answered": {"Answered, about somebody from outside: %s", "An admin answered what you asked for somebody from outside; the answer stands in Qunbei."},
	"outsider_longer":   {"Your stay is longer: %s", "Your stay in the group was prolonged."},
	"outsider_notice":   {"The stay of somebody from outside ends soon: %s", "The stay in the group comes to its end, and with it the place. For a longer one the sponsor asks anew."},
	"outsider_over":     {"Somebody from outside is out: %s", "A stay in the group came to its end, or no longer fits the rules; the rule was carried out."},
	"sponsor_lost":      {"A sponsor is needed: %s", "The sponsor of somebody from outside left or changed post. Take over in time, else they are out by the rule."},
	"sponsored":         {"Another sponsor: %s", "Another colleague answers for you in the group."},
}

// Door is a link by which somebody from outside signs in. The mail names neither group nor person.
type Door struct {
	Link  string
	Until time.Time // in the company's zone
	Lang  string
}

// RenderDoor words such a link. Who never chose a language reads both.
func RenderDoor(d Door) Text {
	say := func(zh, en string) string {
		switch d.Lang {
		case "en":
			return en
		case "zh-CN":
			return zh
		}
		return zh + " / " + en
	}
	p := parts{
		Lang: "zh-CN", Subject: say("群备登录链接", "Your link to sign in to Qunbei"),
		Lead:   say("请用此链接登录，查看您所在的群组。", "Sign in with this link to see the groups you are in."),
		State:  say("至 "+d.Until.Format("15:04")+" 有效，仅可使用一次。", "Good until "+d.Until.Format("15:04 (UTC-07:00)")+", once."),
		Lines:  []string{say("如非本人操作，请忽略本邮件；请勿转发。", "If it was not you who asked, ignore this mail. Do not forward it.")},
		Decide: say("登录：", "Sign in: "), DecideAt: d.Link,
		Rules: say("打开链接不会登录，请在打开的页面上按下按钮。", "Opening the link does nothing: press the button on the page."),
	}
	if d.Lang == "en" {
		p.Lang = "en"
	}
	var b strings.Builder
	b.WriteString(p.Lead + "\n\n" + p.DecideAt + "\n\n" + p.State + "\n" + p.Rules + "\n- " + p.Lines[0] + "\n")
	return Text{Subject: p.Subject, Body: b.String(), HTML: page(p)}
}
