package company

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// Publish writes an approved publication of the first person for a group, and starts its workflow. edit may change what was
// approved before it is stored.
func (c *Company) Publish(t testing.TB, group string, edit func(*domain.Post)) domain.Post {
	t.Helper()
	ctx, id, at := context.Background(), uuid.NewString(), time.Now().UTC().Truncate(time.Microsecond)
	wrapped, err := c.Keys.NewCaseKey(id)
	if err != nil {
		t.Fatal(err)
	}
	content := domain.PostContent{Subject: "通知", Text: "合同已签订", Source: "法务部"}
	raw, _ := json.Marshal(content)
	object := uuid.NewString()
	body, sum, err := c.Keys.Seal(wrapped, id, object, raw)
	if err != nil {
		t.Fatal(err)
	}
	ref := domain.Ref{Object: object, SHA256: sum, Size: int64(len(raw))}
	p, err := c.Store.CreatePost(ctx, store.NewPost{
		State:   domain.Post{ID: id, Author: c.People[0], State: domain.PostDraft, Since: at, Declared: domain.ClassBusiness, Original: ref, Written: content.Digest(), Groups: []string{strings.TrimPrefix(group, "group-")}},
		Wrapped: wrapped, Objects: []store.Object{{ID: object, CaseID: id, Kind: "post", MediaType: "application/json", Size: ref.Size, SHA256: sum, Body: body, CreatedAt: at}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Class, p.Clean, p.Content, p.State, p.Approved = domain.ClassBusiness, ref, content.Digest(), domain.PostApproved, at
	p.Rules = domain.PostRules{Policy: "p1", Valid: 7, Carries: map[domain.Tier]domain.Class{domain.TierOrdinary: domain.ClassStrategic}}
	if edit != nil {
		edit(&p)
	}
	p.Digest = p.Request().Digest()
	if err := c.Store.UpdatePost(ctx, p, 1, nil, nil); err != nil {
		t.Fatal(err)
	}
	c.start(t, workflows.PostID(id), workflows.PostType, workflows.PostInput{State: p})
	return p
}

// ActOnPost signals a person's act on a publication, signed, and waits until it is recorded.
func (c *Company) ActOnPost(t testing.TB, id string, a domain.PostAct) string {
	t.Helper()
	a.At = time.Now().UTC().Truncate(time.Microsecond)
	if a.ID == "" {
		a.ID = uuid.NewString()
	}
	a.Proof = c.Sign(id, a.AsAct())
	c.Signal(t, workflows.PostID(id), workflows.SignalPostAct, a)
	c.Recorded(t, workflows.PostID(id), a.ID)
	return a.ID
}
