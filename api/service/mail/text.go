package mail

import (
	"fmt"
	"strings"
	"time"
)

// Notice is what a mail is about, in codes. Title stays empty for confidential matter.
type Notice struct {
	Kind   string // ask, remind, urge, escalated, inform, returned, acted_for, copy, change_refused, comment, hand, ask_confirm, born
	Number string // G-2026-00042
	Title  string
	Status string // of the case, for inform
	Person string // whom it concerns beside the reader: who is away, or stands in
	Link   string
	Lang   string // zh-CN or en
	// Decide is the address by which the reader decides in one tap, good until Until; empty: the mail has none. SignIn says
	// that it asks for signing in first.
	Decide string
	Until  time.Time
	SignIn bool
	// Waiting names the first of the N cases that a digest is about.
	Waiting []Waiting
	N       int
	// Groups are the first of the N notices of a digest about groups.
	Groups []GroupLine
	// Counted is how many of the N a line stands for beside itself: a line that says how many wait.
	Counted int
}

// Waiting is one case in a digest. Title stays empty for confidential matter.
type Waiting struct {
	Number, Title string
	Due           time.Time // in the company's zone; zero: none
}

// Text is a notice in words, twice: for programs that show HTML, and for those that do not.
type Text struct{ Subject, Body, HTML string }

type words struct{ subject, body string }

var zh = map[string]words{
	"ask":              {"待您审批：%s", "您有一项申请待审批。"},
	"remind":           {"审批提醒：%s", "您有一项申请尚未审批，请在截止时间前处理。"},
	"urge":             {"催办：%s", "申请人请您尽快审批。期限没有变化。"},
	"escalated":        {"已升级：%s", "到了升级时限，系统已请上级一同审批或代为审批。"},
	"returned":         {"已退回：%s", "您的申请被退回。请按退回意见修改后重新提交；逾期未提交的，申请将超时。"},
	"copy":             {"抄送：%s", "有一项事项抄送给您，供您阅知，无需审批。"},
	"inform":           {"事项进展：%s", "与您有关的申请状态有变化。"},
	"adoption_refused": {"报备没有生效：%s", "您的报备已通过，但在平台上发现的群组没有接受，例如群组在此期间已解散。请按现在的情况重新报备。"},
	"change_refused":   {"变更没有生效：%s", "您申请的变更已通过，但群组没有接受，例如群组在此期间又有变动。请按现在的情况重新提交。"},
	"comment":          {"新留言：%s", "与您有关的申请有新的留言。"},
	"hand":             {"待人工处理：%s", "有一项事项无法继续，请流程管理员处理。"},
	"ask_confirm":      {"请建群并确认：%s", "报备已通过。请在平台上建立群组，然后在系统中填写名称、编号并上传截图确认。"},
	"born":             {"群组已登记：%s", "您管理的群组已进入群组台账。"},
	"ask_delete":       {"请解散群组并确认：%s", "报备已撤销。请在平台上解散该群组，然后在系统中确认。"},
	"finding":          {"台账不符：%s", "群组在平台上的情况与台账不一致，请查看差异并选择处理方式。系统不会自行更改。"},
	"unfiled":          {"群组逾期未报备：%s", "平台上发现的群组在宽限期内未报备，已按规则处理。"},
	"gone":             {"群组已解散：%s", "您管理的群组已解散，历史记录予以保留。"},

	"ask_for":                {"代为审批：%s", "您受委托代理的审批人有一项申请待审批，您可以代为处理。"},
	"remind_for":             {"代为审批提醒：%s", "您受委托代理的审批人有一项申请尚未审批，请在截止时间前处理。"},
	"urge_for":               {"代为审批催办：%s", "申请人催办您受委托代理的一项审批。"},
	"acted_for":              {"已由他人代您审批：%s", "受您委托的人代您处理了一项审批。"},
	"delegated":              {"委托您代为审批：%s", "同事在离岗期间委托您代为审批。期间和范围请在系统中查看。"},
	"delegated_by_hr":        {"您的审批已委托他人：%s", "人力资源部门按请假名单为您设置了审批代理人。您可以在系统中查看或结束委托。"},
	"delegation_ended":       {"审批委托已结束：%s", "委托您代为审批的同事已结束委托。"},
	"delegation_ended_by_hr": {"您的审批委托已结束：%s", "人力资源部门结束了为您设置的审批委托。"},
	"delegation_waits":       {"代%s审批：已有待办", "委托已生效。以下事项已在等待委托人审批，您可以代为处理。"},
	"absence_proposed":       {"离岗期间由谁代为审批：%s", "请假名单显示您将离岗。请在系统中确认是否委托他人代为审批。"},
}

var en = map[string]words{
	"ask":              {"Waiting for your decision: %s", "A request waits for your decision."},
	"remind":           {"Reminder: %s", "A request still waits for your decision. Please decide before its deadline."},
	"urge":             {"You are urged: %s", "The requester asks you to decide soon. The deadline has not changed."},
	"escalated":        {"Escalated: %s", "The time to escalate came: the superior was asked to decide as well, or instead."},
	"returned":         {"Sent back: %s", "Your request was sent back. Change it as the comment asks and submit it again; it expires if you do not in time."},
	"copy":             {"Copy: %s", "You got a copy of a case, to read. There is nothing to decide."},
	"inform":           {"News of %s", "The state of a request that concerns you has changed."},
	"adoption_refused": {"The filing took no effect: %s", "Your filing was approved, but the group that was found on the platform did not take it, because it was dissolved meanwhile for instance. Please file it again on what holds now."},
	"change_refused":   {"The change took no effect: %s", "The change you asked for was approved, but its group did not take it, because it changed meanwhile for instance. Please ask again on what holds now."},
	"comment":          {"New comment: %s", "A request that concerns you has a new comment."},
	"hand":             {"Needs a hand: %s", "A case cannot go on by itself and waits for a process administrator."},
	"ask_confirm":      {"Please create and confirm: %s", "The filing is approved. Create the group on its platform, then confirm it here with its name, id and a screenshot."},
	"born":             {"In the register: %s", "A group you administer has entered the register."},
	"ask_delete":       {"Please delete and confirm: %s", "The filing was revoked. Delete the group on its platform, then confirm it here."},
	"finding":          {"Platform and register disagree: %s", "A group is on its platform other than the register says. See the differences and choose what to do; nothing is changed by itself."},
	"unfiled":          {"Not filed in time: %s", "A group found on its platform was not filed in its time of grace; the rule was carried out."},
	"gone":             {"Deleted: %s", "A group you administered is deleted; its history is kept."},

	"ask_for":                {"Waiting for you to decide for somebody: %s", "A request waits for somebody you stand in for. You may decide in their name."},
	"remind_for":             {"Reminder for somebody you stand in for: %s", "A request still waits for somebody you stand in for. Please decide before its deadline."},
	"urge_for":               {"Urged, for somebody you stand in for: %s", "The requester asks for a decision by somebody you stand in for."},
	"acted_for":              {"Decided in your name: %s", "Somebody you handed over to has decided in your name."},
	"delegated":              {"You stand in for %s", "A colleague who will be away has handed approvals over to you. See when and for what in Qunbei."},
	"delegated_by_hr":        {"Your approvals were handed over to %s", "The personnel department named who stands in for you, from its list of absences. You can see and end it in Qunbei."},
	"delegation_ended":       {"You no longer stand in for %s", "A colleague who had handed approvals over to you has ended it."},
	"delegation_ended_by_hr": {"Your approvals are no longer handed over to %s", "The personnel department ended what it had handed over for you."},
	"delegation_waits":       {"Waiting already where you stand in for %s", "The delegation is in force. This waits already for whom you stand in for; you may decide in their name."},
	"absence_proposed":       {"Who stands in for you: %s", "The list of absences says that you will be away. Say in Qunbei whether somebody shall decide in your place."},
}

var statusWords = map[string][2]string{
	"in_approval": {"审批中", "in approval"}, "approved": {"已通过", "approved"}, "returned": {"已退回", "returned"},
	"rejected": {"未通过", "rejected"}, "withdrawn": {"已撤回", "withdrawn"}, "expired": {"已超时", "expired"},
	"stopped": {"已终止", "stopped"}, "revoked": {"已撤销", "revoked"},
}

// parts are the lines of a mail, in the reader's language.
type parts struct {
	Lang, Subject, Lead, Number, State, Open, Decide, Rules string
	OpenAt, DecideAt                                        string
	Lines                                                   []string
}

// Render words a notice in the reader's language. An unknown kind is worded as news, so that no mail is lost.
func Render(n Notice) Text {
	p := partsOf(n)
	var b strings.Builder
	b.WriteString(p.Lead + "\n\n")
	if p.Number != "" {
		b.WriteString(p.Number + "\n")
	}
	if p.State != "" {
		b.WriteString(p.State + "\n")
	}
	for _, l := range p.Lines {
		b.WriteString("- " + l + "\n")
	}
	if n.Decide != "" {
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n\n", p.Decide, p.DecideAt, p.Rules)
	}
	if n.Link != "" {
		fmt.Fprintf(&b, "%s%s\n", p.Open, p.OpenAt)
	}
	return Text{Subject: p.Subject, Body: b.String(), HTML: page(p)}
}

// lines are the cases of a digest, and how many more there are.
func lines(n Notice, say func(zh, en string) string) []string {
	var out []string
	for _, w := range n.Waiting {
		l := w.Number
		if w.Title != "" {
			l += say("「"+w.Title+"」", " \""+w.Title+"\"")
		}
		if !w.Due.IsZero() {
			l += say("，"+w.Due.Format("1月2日 15:04")+" 截止", ", due "+w.Due.Format("2 Jan, 15:04"))
		}
		out = append(out, l)
	}
	for _, g := range n.Groups {
		out = append(out, groupLine(n.Lang, g, say))
	}
	if more := n.N - len(n.Waiting) - len(n.Groups) - n.Counted; more > 0 {
		out = append(out, say(fmt.Sprintf("另有 %d 项", more), fmt.Sprintf("and %d more", more)))
	}
	return out
}

func partsOf(n Notice) parts {
	table, col := zh, 0
	if n.Lang == "en" {
		table, col = en, 1
	}
	w, ok := table[n.Kind]
	if !ok {
		w = table["inform"]
	}
	say := func(zh, en string) string { return [2]string{zh, en}[col] }
	what := n.Number
	if n.Title != "" {
		what += say("「"+n.Title+"」", " \""+n.Title+"\"")
	}
	if what == "" {
		what = n.Person
	} else if n.Person != "" {
		what += say("（", " (") + n.Person + say("）", ")")
	}
	p := parts{Lang: say("zh-CN", "en"), Subject: strings.TrimRight(strings.Replace(w.subject, "%s", what, 1), "：: "), Lead: w.body,
		Open: say("查看：", "Open: "), OpenAt: n.Link, DecideAt: n.Decide}
	if n.Number != "" { // mails about a delegation have none: the subject says whose
		p.Number = say("编号：", "Number: ") + n.Number
	}
	p.Lines = lines(n, say)
	if len(n.Groups) > 0 {
		p.Subject += say(fmt.Sprintf("（%d 项）", n.N), fmt.Sprintf(" (%d)", n.N))
	}
	if s, ok := statusWords[n.Status]; ok {
		p.State = say("状态：", "State: ") + s[col]
	}
	if n.Decide != "" {
		p.Decide = say("查看并审批：", "Read and decide:")
		p.Rules = say("打开链接不会作出决定，请在打开的页面上选择同意或不同意。链接仅供您本人使用，用一次即失效，有效期至"+n.Until.Format("2006年1月2日 15:04")+"，请勿转发。",
			"Opening the link decides nothing: choose on the page that opens. It is for you alone, works once, until "+n.Until.Format("2 Jan 2006, 15:04 (UTC-07:00)")+". Please do not forward it.")
		if n.SignIn {
			p.Rules += say("此项内容涉密，打开后须先登录。", " This matter is confidential: you will be asked to sign in first.")
		}
	}
	return p
}
