package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

func (m *memory) SavePost(_ context.Context, n activities.PostChange) error {
	return m.put(n.Workflow, n.Act.ID, n.Facts, n.Digest, entry{string(n.Act.Kind), n.Verdict.Result, n.Verdict.Reason, n.Verdict.Effects, n.Facts.At}, n.After.Seq, n.Act)
}

func (m *memory) PostTargets(_ context.Context, groups []string, _ domain.PostScope) ([]domain.PostTarget, error) {
	var out []domain.PostTarget
	for _, g := range groups {
		out = append(out, domain.PostTarget{Group: g, Known: true, Tier: domain.TierOrdinary, State: domain.GroupActive})
	}
	return out, nil
}

func (m *memory) PostPeople(_ context.Context, _ []string, actor domain.EmployeeID) (bool, error) {
	return actor == "M", nil
}

func (m *memory) PostGroup(_ context.Context, group string) (activities.PostGroup, error) {
	return activities.PostGroup{ID: group, Name: "群", Platform: "room", PlatformID: "r-" + group, Tier: domain.TierOrdinary, ByHand: group == "hand"}, nil
}

// room is a platform that counts what it was asked, and fails as often as it is told to.
type room struct {
	chat.Unable
	posts, recalls map[string]int
	texts          []string
	fail           int
	mute           bool // it cannot recall
}

func (*room) Kind() string { return "room" }

func (r *room) Can() []chat.Capability {
	if r.mute {
		return []chat.Capability{chat.CanPost}
	}
	return []chat.Capability{chat.CanPost, chat.CanRecall}
}

func (r *room) Post(_ context.Context, key string, t chat.Target, m chat.Message) (domain.Receipt, error) {
	if r.fail > 0 {
		r.fail--
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeUnavailable, Retry: true}
	}
	r.posts[key]++
	r.texts = append(r.texts, m.Title+"\n"+m.Text)
	return domain.Receipt{Platform: "room", ID: "m-" + t.GroupID, Key: key, Digest: "sha256:r"}, nil
}

func (r *room) Recall(_ context.Context, key string, _ chat.Target, message string) (domain.Receipt, error) {
	r.recalls[message]++
	return domain.Receipt{Platform: "room", ID: message, Key: key, Digest: "sha256:r"}, nil
}

// publication is one post in an environment that skips time.
type publication struct {
	env   *testsuite.TestWorkflowEnvironment
	store *memory
	room  *room
	paper *drawer
	in    workflows.PostInput
	n     int
}

func newPublication(t *testing.T, groups ...string) *publication {
	t.Helper()
	content := domain.PostContent{Subject: "通知", Text: "合同已签", Source: "法务"}
	raw, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	p := &publication{
		store: &memory{rev: 1, roles: map[domain.EmployeeID][]domain.Role{"S": {domain.RoleSecurity}}}, room: &room{posts: map[string]int{}, recalls: map[string]int{}},
		paper: &drawer{kept: map[string][]byte{"clean": raw}},
	}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	p.env = suite.NewTestWorkflowEnvironment()
	p.env.SetStartTime(friday)
	workflows.Register(p.env)
	workflows.RegisterActivities(p.env, &activities.Activities{
		Store: p.store, Directory: fixed{dir: directory()}, Proofs: fixed{}, Clock: p.env.Now, Papers: p.paper, Connectors: map[string]chat.Connector{"room": p.room},
		Calendars: fixed{cal: &domain.Calendar{Version: "t", Zone: time.UTC, Weekend: []time.Weekday{time.Saturday, time.Sunday}, Hours: []domain.Hours{{From: 9 * 60, To: 10 * 60}}}},
	})
	state := domain.Post{
		ID: "11111111-1111-4111-8111-111111111111", Number: "P-2026-00001", Author: "P", State: domain.PostApproved, Since: friday, Class: domain.ClassBusiness, Groups: groups,
		Clean: domain.Ref{Object: "clean", SHA256: "s"}, Content: content.Digest(), Approved: friday, Rules: domain.PostRules{Policy: "p", Valid: 7, Carries: map[domain.Tier]domain.Class{domain.TierOrdinary: domain.ClassStrategic}},
	}
	state.Digest = state.Request().Digest()
	p.in = workflows.PostInput{State: state}
	return p
}

// on has somebody do something so many days after the approval.
func (p *publication) on(day int, act domain.PostAct) {
	p.n++
	act.ID = fmt.Sprintf("act-%d", p.n)
	p.env.RegisterDelayedCallback(func() {
		act.At = p.env.Now().UTC()
		p.env.SignalWorkflow(workflows.SignalPostAct, act)
	}, time.Duration(day)*24*time.Hour+time.Duration(p.n)*time.Minute)
}

// A post waits for the working hour, goes out once in each group whatever the platform does, and never when it is not what was
// approved.
func TestPublicationsInTime(t *testing.T) {
	ref := &domain.Ref{Object: "r", SHA256: "s"}
	for name, c := range map[string]struct {
		groups []string
		script func(*publication)
		end    domain.PostState
		kinds  string
		posts  int
	}{
		"posted in the morning": {groups: []string{"g1", "g2"}, end: domain.PostPosted, kinds: "plan due posted posted", posts: 2},
		"the platform is away":  {groups: []string{"g1"}, script: func(p *publication) { p.room.fail = 12 }, end: domain.PostPosted, kinds: "plan due posted", posts: 1},
		"by hand": {groups: []string{"hand"}, script: func(p *publication) {
			p.on(4, domain.PostAct{Kind: domain.PostActConfirm, Actor: "M", Group: "hand", Digest: "sha256:other", Receipt: &domain.Receipt{Evidence: ref}})
			p.on(5, domain.PostAct{Kind: domain.PostActConfirm, Actor: "M", Group: "hand", Digest: p.in.State.Content, Receipt: &domain.Receipt{ID: "x", Evidence: ref}})
		}, end: domain.PostPosted, kinds: "plan due by_hand confirm confirm"},
		"one character changed": {groups: []string{"g1"}, script: func(p *publication) {
			p.paper.kept["clean"] = []byte(strings.Replace(string(p.paper.kept["clean"]), "已", "未", 1))
		}, end: domain.PostStopped, kinds: "plan due"},
		"withdrawn before it goes out": {groups: []string{"g1"}, script: func(p *publication) {
			p.on(0, domain.PostAct{Kind: domain.PostActWithdraw, Actor: "P"})
		}, end: domain.PostWithdrawn, kinds: "plan withdraw"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPublication(t, c.groups...)
			if c.script != nil {
				c.script(p)
			}
			p.env.ExecuteWorkflow(workflows.PostType, p.in)
			var out workflows.PostResult
			if err := p.env.GetWorkflowResult(&out); err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for _, e := range p.store.log {
				kinds = append(kinds, e.Kind)
			}
			if got := strings.Join(kinds, " "); out.State != c.end || got != c.kinds || len(p.room.posts) != c.posts {
				t.Errorf("%s by %q with %d posts", out.State, got, len(p.room.posts))
			}
			for key, n := range p.room.posts {
				if n != 1 {
					t.Errorf("%s was posted %d times", key, n)
				}
			}
		})
	}
}

// A posted publication is recalled by a run of its own; where the platform cannot, its admins are asked.
func TestPublicationsAreRecalled(t *testing.T) {
	ref := &domain.Ref{Object: "r", SHA256: "s"}
	for _, mute := range []bool{false, true} {
		p := newPublication(t, "g1")
		p.room.mute = mute
		p.in.State.State, p.in.State.Until = domain.PostPosted, friday
		p.in.State.Postings = []domain.Posting{{Group: "g1", State: domain.PostingDone, Receipt: &domain.Receipt{ID: "m-g1"}}}
		p.in.First = &domain.PostAct{ID: "recall", Kind: domain.PostActRecall, Actor: "P", Reason: ref}
		if mute {
			p.on(1, domain.PostAct{Kind: domain.PostActConfirm, Actor: "M", Group: "g1", Receipt: &domain.Receipt{Evidence: ref}})
		}
		p.env.ExecuteWorkflow(workflows.PostType, p.in)
		var out workflows.PostResult
		if err := p.env.GetWorkflowResult(&out); err != nil || out.State != domain.PostRecalled || mute == (p.room.recalls["m-g1"] == 1) {
			t.Errorf("mute %v: %+v, %d recalls, %v", mute, out, p.room.recalls["m-g1"], err)
		}
	}
}
