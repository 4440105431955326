package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// botList is how many cases the bot names at most.
const botList = 10

// The questions that the bot knows, without spaces, punctuation and case.
var (
	botInbox = []string{"待办", "我的待办", "待审批", "有什么待办", "有哪些待办", "whatwaitsforme", "whatwaits", "inbox", "todo"}
	botKeep  = []string{"保留", "保留我", "全部保留", "keep", "keepme", "keepmeinall", "keepall"}
	botHelp  = []string{"帮助", "help", "你好", "hello", "hi"}
)

// botLimit bounds what one person may ask: so many questions in so long.
const (
	botMost  = 10
	botSpan  = time.Minute
	botHands = 1000 // people remembered
)

// botAsked counts what people ask of the bot.
type botAsked struct {
	mu sync.Mutex
	at map[domain.EmployeeID][]time.Time
}

// take tells whether a person may ask once more.
func (b *botAsked) take(p domain.EmployeeID, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.at == nil || len(b.at) > botHands {
		b.at = map[domain.EmployeeID][]time.Time{}
	}
	var recent []time.Time
	for _, t := range b.at[p] {
		if now.Sub(t) < botSpan {
			recent = append(recent, t)
		}
	}
	if len(recent) >= botMost {
		return false
	}
	b.at[p] = append(recent, now)
	return true
}

// answerBot answers what somebody said to the bot: only a person of the company, in their language, and of confidential
// matter number and link only. The key is the event's, so that a question that comes twice is answered once.
func (s *Service) answerBot(ctx context.Context, c chat.Connector, e chat.Event) error {
	if e.Actor == "" || !s.bot.take(e.Actor, s.now()) {
		return nil // nobody of ours, or too much at once: silence
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	a, err := s.actor(ctx, dir, e.Actor, "", "chat", "")
	if err != nil {
		if AsError(err).Kind == Unsigned {
			return nil // who has left is told nothing
		}
		return err
	}
	m, err := s.botSays(ctx, a, e.ID, e.Text)
	if err != nil {
		return err
	}
	_, err = c.Direct(ctx, "bot:"+e.ID, e.Actor, m)
	if f := chat.AsFault(err); err != nil && f.Retry {
		return fmt.Errorf("answer a question to the bot: %w", err)
	}
	return nil
}

// botSays is the answer to a question.
func (s *Service) botSays(ctx context.Context, a Actor, event, text string) (chat.Message, error) {
	asked := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, clipText(text, 200))
	lang := a.Lang
	if lang == "" && asked != "" && !strings.ContainsFunc(asked, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		lang = "en" // who never chose one is answered in the question's
	}
	for _, q := range botInbox {
		if asked == q {
			return s.botWaits(ctx, a, lang)
		}
	}
	if slices.Contains(botKeep, asked) {
		return s.botKeeps(ctx, a, lang, event)
	}
	m := chat.Message{Title: worded(lang, "群备", "Qunbei"), Link: s.link("inbox"),
		Text: worded(lang, "发送“待办”，查看等待您处理的事项；收到移出预告时发送“保留”，即可全部保留。",
			`Send "what waits for me" to see what waits for you; when you were told of your removal as inactive, send "keep" to stay everywhere.`)}
	for _, q := range botHelp {
		if asked == q {
			return m, nil
		}
	}
	m.Title = worded(lang, "没有听懂", "I did not understand")
	return m, nil
}

// botKeeps answers the notices of somebody's removal for them: any reply keeps (semantics 2). The event's own id makes a reply
// that comes twice one.
func (s *Service) botKeeps(ctx context.Context, a Actor, lang, event string) (chat.Message, error) {
	done, err := s.KeepMany(ctx, a, derivedID("keep", event), nil)
	if err != nil {
		return chat.Message{}, err
	}
	kept := 0
	for _, r := range done {
		if r.Err == nil {
			kept++
		}
	}
	m := chat.Message{Title: worded(lang, "没有移出预告", "No notice of removal"), Link: s.link("memberships"),
		Text: worded(lang, "没有群组预告要移出您。", "No group has told you of your removal.")}
	if kept > 0 {
		m.Title = worded(lang, fmt.Sprintf("已保留 %d 个群组", kept), fmt.Sprintf("Kept in %d groups", kept))
		m.Text = worded(lang, "您留在这些群组里，不活跃天数从今天重新计算。", "You stay in them; your silence is counted anew from today.")
	}
	if n := len(done) - kept; n > 0 {
		m.Text += worded(lang, fmt.Sprintf("另有 %d 个未能保留，请在页面上处理。", n), fmt.Sprintf(" %d could not be answered here: please see to them on the page.", n))
	}
	return m, nil
}

// botWaits lists what waits for somebody, the nearest deadline first.
func (s *Service) botWaits(ctx context.Context, a Actor, lang string) (chat.Message, error) {
	page, err := s.Inbox(ctx, a, "", botList)
	if err != nil {
		return chat.Message{}, err
	}
	n, err := s.waitingFor(ctx, a.ID)
	if err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Link: s.link("inbox")}
	if len(page.Items) == 0 {
		m.Title = worded(lang, "没有待办", "Nothing waits for you")
		m.Text = worded(lang, "目前没有等待您处理的事项。", "There is nothing for you to decide now.")
		return m, nil
	}
	m.Title = worded(lang, fmt.Sprintf("待办 %d 项", max(n, len(page.Items))), fmt.Sprintf("Waiting for you: %d", max(n, len(page.Items))))
	var lines []string
	for _, i := range page.Items {
		l, tier, title, link := i.Case.Number, i.Case.Tier, i.Case.Title, s.link("cases", i.Case.ID)
		if g := i.Group; g != nil {
			l, tier, title, link = g.Number, g.Tier, g.Name, s.link("groups", i.GroupID)
		}
		if !tier.Confidential() {
			l += worded(lang, "「"+title+"」", " \""+title+"\"")
			if i.Due != nil {
				due, err := s.momentSaid(ctx, *i.Due, lang)
				if err != nil {
					return chat.Message{}, err
				}
				l += worded(lang, "，"+due+" 截止", ", due "+due)
			}
		}
		lines = append(lines, l, link)
	}
	if more := n - len(page.Items); more > 0 {
		lines = append(lines, worded(lang, fmt.Sprintf("另有 %d 项", more), fmt.Sprintf("and %d more", more)))
	}
	m.Text = strings.Join(lines, "\n")
	return m, nil
}
