package store

import (
	"context"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// What somebody decided on and got copies of comes by pages, the newest first, each case once.
func TestDecidedAndCopiedCases(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	var ids []string
	for _, key := range []string{"k1", "k2", "k3"} {
		c, _ := f.whole(key)
		c = f.does(c, domain.Act{Kind: domain.ActCopy, Actor: f.people[0], To: []domain.EmployeeID{f.people[4]}}, nil)
		c = f.does(c, domain.Act{Kind: domain.ActDecide, Actor: f.leadA, Outcome: domain.Approve, Digest: c.Digest}, nil)
		said := &domain.Ref{Object: newID(), SHA256: "sha256:c"}
		c = f.does(c, domain.Act{Kind: domain.ActReturn, Actor: f.head, Step: 1, Digest: c.Digest, Comment: said}, nil)
		f.does(c, domain.Act{Kind: domain.ActDecide, Actor: f.leadA, Outcome: domain.Approve, Digest: c.Digest}, nil) // once more: still one case
		ids = append(ids, c.ID)
	}
	for name, list := range map[string]func(context.Context, domain.EmployeeID, string, int) (Page[CaseRec], error){"decided": f.DecidedCases, "copied": f.CopiedCases} {
		who := map[string]domain.EmployeeID{"decided": f.leadA, "copied": f.people[4]}[name]
		var got []string
		for cursor, pages := "", 0; ; pages++ {
			p, err := list(ctx, who, cursor, 2)
			if err != nil || pages > 3 {
				t.Fatalf("%s: %v after %d pages", name, err, pages)
			}
			for _, c := range p.Items {
				got = append(got, c.ID)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if len(got) != 3 {
			t.Errorf("%s: %v of %v", name, got, ids)
		}
		if p, err := list(ctx, f.people[3], "", 2); err != nil || len(p.Items) != 0 {
			t.Errorf("%s by somebody else: %v %v", name, p.Items, err)
		}
		if _, err := list(ctx, who, mark{Kind: "news", At: time.Now(), ID: zeroID}.cursor(), 2); err == nil {
			t.Errorf("%s takes another list's cursor", name)
		}
	}
}

// Who gets a copy by the policy's first step hears of it as the case starts, or with its first act when that came before:
// once in any case.
func TestCopiesOfTheFirstStepAreTold(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	for _, started := range []bool{true, false} {
		in := f.submission("k" + newID())
		in.Case.Copies = []domain.Copy{{Person: f.people[4], At: testTime}}
		in.Case.Rules = domain.CaseRules{UrgeEvery: 1}
		c, err := f.Submit(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		if started {
			if err := f.MarkStarted(ctx, c.ID); err != nil {
				t.Fatal(err)
			}
		}
		f.does(c, domain.Act{Kind: domain.ActUrge, Actor: c.Parties.Requester}, nil)
		if err := f.MarkStarted(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
		if n := f.count(`SELECT count(*) FROM notifications WHERE kind = 'copy' AND person_id = $1 AND subject_id = $2`, f.people[4], c.ID); n != 1 {
			t.Errorf("started before the first act: %v: told %d times", started, n)
		}
	}
}
