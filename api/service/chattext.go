package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// The words of cards and of the bot, in the reader's language. Of confidential matter they hold number and link only.

// worded chooses a language: Chinese unless the person chose English.
func worded(lang, zh, en string) string {
	if lang == "en" {
		return en
	}
	return zh
}

var kindSaid = map[domain.RequestKind][2]string{
	domain.KindFiling:      {"群组报备", "Group filing"},
	domain.KindRevocation:  {"撤销报备", "Revocation of a filing"},
	domain.KindChange:      {"群组变更", "Change of a group"},
	domain.KindPublication: {"信息发布", "Publication"},
	domain.KindTopic:       {"敏感话题", "Topic at risk"},
}

// cardText is the card that asks somebody to decide.
func (s *Service) cardText(ctx context.Context, n store.MailNotice, row *store.CaseRec) (chat.Message, error) {
	notice := mail.Notice{Kind: n.Kind, Number: n.Number, Title: n.Title, Lang: n.Lang}
	secret := n.Tier.Confidential() || row.State.Tier.Confidential()
	var lines []string
	if secret {
		notice.Title = ""
		lines = append(lines, worded(n.Lang, "内容涉密，请登录后查看。", "The matter is confidential: sign in to read it."))
	} else {
		dir, err := s.wording(ctx)
		if err != nil {
			return chat.Message{}, err
		}
		if k, ok := kindSaid[row.State.Kind]; ok {
			lines = append(lines, worded(n.Lang, "类型："+k[0], "Kind: "+k[1]))
		}
		lines = append(lines, worded(n.Lang, "申请人：", "Asked by: ")+dir.Employees[row.State.Parties.Requester].Name)
		if whose := holderOf(row, n.Slot); whose != "" && whose != n.Person {
			lines = append(lines, worded(n.Lang, "代为审批：", "In the name of: ")+dir.Employees[whose].Name)
		}
		due, err := s.dueOf(ctx, row, n.Slot, n.Lang)
		if err != nil {
			return chat.Message{}, err
		}
		if due != "" {
			lines = append(lines, worded(n.Lang, "截止：", "Until: ")+due)
		}
	}
	m := chat.Message{Title: mail.Render(notice).Subject, Link: s.link("cases", row.ID)}
	tap, err := s.oneTapFor(ctx, n)
	if err != nil {
		return m, fmt.Errorf("make a card's link: %w", err)
	}
	if tap != nil {
		m.Link = tap.address
		lines = append(lines, worded(n.Lang, "打开链接不会作出决定；链接仅供您本人使用，用一次即失效，请勿转发。",
			"Opening the link decides nothing. It is for you alone and works once; please do not forward it."))
	}
	m.Text = strings.Join(lines, "\n")
	return m, nil
}

// holderOf is whose place a slot is.
func holderOf(row *store.CaseRec, slot string) domain.EmployeeID {
	for _, sl := range row.State.OpenSlots() {
		if sl.ID == slot {
			return sl.Person
		}
	}
	return ""
}

// dueOf is an open place's deadline, in the company's zone.
func (s *Service) dueOf(ctx context.Context, row *store.CaseRec, slot, lang string) (string, error) {
	for _, sl := range row.State.OpenSlots() {
		if sl.ID == slot && !sl.Due.At.IsZero() {
			return s.momentSaid(ctx, sl.Due.At, lang)
		}
	}
	return "", nil
}

func (s *Service) momentSaid(ctx context.Context, at time.Time, lang string) (string, error) {
	cal, err := s.cfg.Rules.Calendar(ctx)
	if err != nil {
		return "", fmt.Errorf("read the calendar: %w", err)
	}
	if cal.Zone != nil {
		at = at.In(cal.Zone)
	}
	return worded(lang, at.Format("1月2日 15:04"), at.Format("2 Jan, 15:04")), nil
}

var outcomeSaid = map[string][2]string{
	string(domain.LinkSettled):    {"无需您审批", "No longer yours to decide"},
	string(domain.LinkHandedOn):   {"已由他人处理", "With somebody else now"},
	string(domain.LinkReturned):   {"已退回", "Sent back"},
	string(domain.LinkSuperseded): {"申请内容已变更", "The request was changed"},
	string(domain.LinkEnded):      {"事项已结束", "The case has ended"},
	string(domain.LinkNotAllowed): {"代理已结束，无需您审批", "You no longer stand in"},
	cardNewer:                     {"见下方最新提醒", "See the reminder below"},
}

// outcomeText is what a card shows once it asks no more.
func (s *Service) outcomeText(ctx context.Context, person domain.EmployeeID, row *store.CaseRec, shows string, st domain.Standing) (chat.Message, error) {
	lang, err := s.cfg.Store.Language(ctx, person)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return chat.Message{}, err
	}
	w, ok := outcomeSaid[shows]
	if !ok { // decided
		w = [2]string{"已处理", "Decided"}
	}
	secret := row.State.Tier.Confidential()
	if !ok && !secret {
		switch st.Outcome {
		case domain.Approve:
			w = [2]string{"已同意", "Approved"}
		case domain.Reject:
			w = [2]string{"已不同意", "Rejected"}
		default: // no person's word
		}
	}
	m := chat.Message{Title: worded(lang, w[0]+"：", w[1]+": ") + row.Number, Link: s.link("cases", row.ID)}
	if secret {
		return m, nil
	}
	m.Title += worded(lang, "「"+row.Title+"」", " \""+row.Title+"\"")
	if st.By == "" || st.At.IsZero() {
		return m, nil
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return m, err
	}
	when, err := s.momentSaid(ctx, st.At, lang)
	if err != nil {
		return m, err
	}
	who := dir.Employees[st.By].Name
	if st.By == person {
		who = worded(lang, "您", "you")
	}
	m.Text = worded(lang, who+"，"+when, "By "+who+", "+when)
	return m, nil
}
