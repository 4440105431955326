package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
)

// chatting is a program with a mail server and a chat platform beside it.
type chatting struct {
	posted
	far *chattest.Platform
}

func withChat(t *testing.T, change func(*app.Config), without ...chat.Capability) chatting {
	t.Helper()
	far := &chattest.Platform{}
	p := withMail(t, func(c *app.Config) {
		c.Connectors = []chat.Connector{chattest.Connector{Platform: far, Without: without}}
		if change != nil {
			change(c)
		}
	})
	return chatting{p, far}
}

// cards are what the bot told somebody, once there are so many and the last holds a word.
func (c chatting) cards(t *testing.T, who string, n int, word string) []string {
	t.Helper()
	id, got := c.id(t, who), []string(nil)
	end := time.Now().Add(30 * time.Second)
	for ; time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var err error
		if got, err = c.far.Inbox(id); err != nil {
			t.Fatal(err)
		}
		if len(got) == n && (n == 0 || strings.Contains(got[n-1], word)) {
			return got
		}
	}
	t.Fatalf("%s has %d cards, want %d with %q: %q", who, len(got), n, word, got)
	return nil
}

// Who is asked to decide gets one card in the chat, whatever becomes of the platform's answers; when it is decided the card
// shows the outcome, and its link is the mail's.
func TestACardAsksAndShowsTheOutcome(t *testing.T) {
	p := withChat(t, nil)
	p.far.ScriptOf(chattest.OpDirect, chattest.LoseAnswer, chattest.Unreached, chattest.Limit, chattest.Answer, chattest.LoseAnswer, chattest.LoseAnswer)
	c := p.file(t, "E0040", p.filing(t, "平台部-卡片审批", department))
	card := p.cards(t, "E0006", 1, c.Number)[0]
	for _, want := range []string{"待您审批", "平台部-卡片审批", "李晓雯", "群组报备", "截止", "/l/"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card does not say %q: %s", want, card)
		}
	}
	if strings.Contains(card, "日常协作") {
		t.Errorf("the purpose is for who opens it: %s", card)
	}
	link := p.linkTo(t, "E0006", c)
	if !strings.Contains(card, p.base+"/l/"+link) {
		t.Errorf("card and mail have different links: %s", card)
	}
	until(t, "the card's receipt", func() bool {
		var n int
		p.sql(t, &n, "SELECT count(*) FROM chat_cards WHERE sent_at IS NOT NULL AND receipt->>'key' = 'card:' || id")
		return n == 1
	})

	p.visitor(t, "").tap(t, link, domain.Approve, "").says(t, http.StatusOK, "已同意")
	card = p.cards(t, "E0006", 1, "已同意")[0]
	if !strings.Contains(card, c.Number) || !strings.Contains(card, "您，") || strings.Contains(card, "/l/") {
		t.Errorf("the outcome: %s", card)
	}
	until(t, "the card's end", func() bool {
		var n int
		p.sql(t, &n, "SELECT count(*) FROM chat_cards WHERE closed_at IS NOT NULL AND shows = 'decided' AND changed IS NOT NULL")
		return n == 1
	})
	if n := p.far.CountOf(chattest.OpDirect); n < 7 {
		t.Errorf("%d calls: the faults did not happen", n)
	}
	if line := lineWith(p.log.String(), "卡片审批"); line != "" {
		t.Errorf("content in the log: %s", line)
	}
}

// Of two who are asked, the first decides: the other's card says that nothing is left to do, and by whom it was decided.
func TestACardEndsWhenAnotherDecides(t *testing.T) {
	p := withChat(t, nil)
	c := p.file(t, "E0040", p.filing(t, "平台部-抢签卡片", department))
	p.cards(t, "E0006", 1, c.Number)
	p.act(t, "E0040", c.ID, "withdrawals", map[string]any{})
	if card := p.cards(t, "E0006", 1, "事项已结束")[0]; strings.Contains(card, "/l/") {
		t.Errorf("%s", card)
	}
}

// Of confidential matter a card has number and link, in the reader's own language.
func TestACardOfConfidentialMatter(t *testing.T) {
	p := withChat(t, nil)
	p.put(t, "E0006", "/me/language", map[string]any{"language": "en"}).is(t, http.StatusNoContent)
	c := p.file(t, "E0040", p.filing(t, "平台部-密报卡片", department, func(f *domain.Filing) {
		f.Tier, f.Permissions = domain.TierConfidential, domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}
	}))
	card := p.cards(t, "E0006", 1, "Waiting for your decision: "+c.Number)[0]
	for _, no := range []string{"密报卡片", "李晓雯", "截止", "Until", "报备"} {
		if strings.Contains(card, no) {
			t.Errorf("the card says %q: %s", no, card)
		}
	}
}

// A person chooses by which way to be asked: by mail, by chat, or both; whom the chat does not reach gets the mail.
func TestHowSomebodyIsAsked(t *testing.T) {
	p := withChat(t, nil)
	p.put(t, "E0006", "/me/notifications", map[string]any{"ways": "mail"}).is(t, http.StatusNoContent)
	c := p.file(t, "E0040", p.filing(t, "平台部-只要邮件", department))
	p.mailTo(t, "E0006", c.Number, "")
	until(t, "the outbox's end", func() bool { return p.idle(t) })
	p.cards(t, "E0006", 0, "")

	p.put(t, "E0006", "/me/notifications", map[string]any{"ways": "chat"}).is(t, http.StatusNoContent)
	c = p.file(t, "E0040", p.filing(t, "平台部-只要聊天", department))
	p.cards(t, "E0006", 1, c.Number)
	until(t, "the outbox's end", func() bool { return p.idle(t) })
	for _, m := range p.box.List(500) {
		if strings.Contains(m.Subject, c.Number) && strings.HasPrefix(m.To, "e0006@") {
			t.Errorf("a mail all the same: %s", m.Subject)
		}
	}

	p.far.NoAccount(p.id(t, "E0006"))
	c = p.file(t, "E0040", p.filing(t, "平台部-没有账号", department))
	p.mailTo(t, "E0006", c.Number, "")
	p.put(t, "E0006", "/me/notifications", map[string]any{"ways": "pigeon"}).is(t, http.StatusUnprocessableEntity)
}

// idle tells whether nothing waits in the outbox for mail or chat.
func (c chatting) idle(t *testing.T) bool {
	t.Helper()
	var n int
	c.sql(t, &n, "SELECT count(*) FROM outbox WHERE done_at IS NULL AND kind IN ('mail', 'chat', 'chat_cards')")
	return n == 0
}

// The bot answers what waits, to who works here, in their language, with no word of confidential matter.
func TestTheBotSaysWhatWaits(t *testing.T) {
	p := withChat(t, nil)
	c := p.file(t, "E0040", p.filing(t, "平台部-问机器人", department))
	s := p.file(t, "E0040", p.filing(t, "平台部-问涉密", department, func(f *domain.Filing) {
		f.Tier, f.Permissions = domain.TierConfidential, domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}
	}))
	p.cards(t, "E0006", 2, "")
	ask := func(who, text string, n int, word string) string {
		t.Helper()
		if err := p.far.Ask(p.id(t, who), text); err != nil {
			t.Fatal(err)
		}
		return p.cards(t, who, n, word)[n-1]
	}
	got := ask("E0006", "待办", 3, "待办 2 项")
	for _, want := range []string{c.Number, "平台部-问机器人", p.base + "/cases/" + c.ID, s.Number, p.base + "/cases/" + s.ID} {
		if !strings.Contains(got, want) {
			t.Errorf("the list does not say %q: %s", want, got)
		}
	}
	if strings.Contains(got, "问涉密") {
		t.Errorf("confidential: %s", got)
	}
	ask("E0006", "What waits for me?", 4, "Waiting for you: 2")
	ask("E0006", "帮助", 5, "发送“待办”")
	ask("E0040", "待办！", 1, "没有待办")
	ask("E0040", "'; DROP TABLE cases; --", 2, "did not understand")
	if err := p.far.Ask("", "待办"); err != nil { // nobody of the company
		t.Fatal(err)
	}
	for range 30 { // more than anybody reads
		_ = p.far.Ask(p.id(t, "E0041"), "待办")
	}
	p.cards(t, "E0041", 10, "没有待办")
}

func (r *running) put(t *testing.T, who, path string, body any) reply {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	x, err := r.try(who, http.MethodPut, path, "application/json", raw)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// A deputy's card asks for as long as they stand in: when the delegation ends, early or by its time, the card says so, and
// the one of whose place it is goes on asking.
func TestADeputysCardClosesWithTheDelegation(t *testing.T) {
	p := withChat(t, nil)
	for _, early := range []bool{true, false} {
		over := time.Now().Add(time.Hour)
		if !early {
			over = time.Now().Add(25 * time.Second)
		}
		deputy, next := "E0121", "E0122"
		if !early {
			deputy, next = "E0123", "E0124"
		}
		var first, second service.DelegationView
		p.post(t, "E0006", "/delegations", map[string]any{"to": p.id(t, deputy), "until": over.Format(time.RFC3339)}).is(t, http.StatusCreated).into(t, &first)
		p.post(t, deputy, "/delegations", map[string]any{"to": p.id(t, next), "until": time.Now().Add(time.Hour).Format(time.RFC3339)}).is(t, http.StatusCreated).into(t, &second)
		c := p.file(t, "E0040", p.filing(t, fmt.Sprintf("平台部-代理卡片%v", early), department))
		p.cards(t, next, 1, "代为审批")
		p.cards(t, deputy, 1, "代为审批")
		if early {
			p.post(t, "E0006", "/delegations/"+first.ID+"/ends", map[string]any{}).is(t, http.StatusOK)
		}
		p.cards(t, deputy, 1, "代理已结束")
		p.cards(t, next, 1, "代理已结束")
		leader, err := p.far.Inbox(p.id(t, "E0006"))
		if err != nil || !strings.Contains(leader[len(leader)-1], "待您审批") || !strings.Contains(leader[len(leader)-1], c.Number) {
			t.Errorf("whose place it is: %v %v", leader, err)
		}
		p.approve(t, "E0006", c)
		time.Sleep(time.Second)
		p.cards(t, deputy, 1, "代理已结束") // closed is closed
	}
}
