package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// hand hands approvals over from a person to another for a day, now.
func (f *firm) hand(from, to domain.EmployeeID, kinds ...domain.RequestKind) string {
	f.t.Helper()
	d := DelegationRec{Reason: "leave", Source: "self"}
	d.ID, d.From, d.To, d.Kinds, d.Start, d.Until = newID(), from, to, kinds, now().Add(-time.Second), now().Add(24*time.Hour)
	_, err := f.ChangeDelegations(context.Background(), IdempotencyRef{Employee: from, Key: newID(), Route: "r", Request: "x"}, now(), nil,
		func(DelegationWorld) (DelegationChange, error) {
			return DelegationChange{Add: []DelegationRec{d}, News: []DelegationNews{{Person: to, Kind: "delegated", Subject: "delegation", ID: d.ID, Other: from}},
				Events: []Event{{Actor: string(from), Kind: "delegation_set", Subject: d.ID, Result: "allowed"}}, Answer: map[string]string{"delegation": d.ID}}, nil
		})
	if err != nil {
		f.t.Fatal(err)
	}
	return d.ID
}

func (f *firm) unhand(id string) {
	f.t.Helper()
	_, err := f.ChangeDelegations(context.Background(), IdempotencyRef{Employee: f.head, Key: newID(), Route: "r", Request: "x"}, now(), nil,
		func(DelegationWorld) (DelegationChange, error) {
			return DelegationChange{End: []string{id}, Answer: 1}, nil
		})
	if err != nil {
		f.t.Fatal(err)
	}
}

func TestDelegationsAreWrittenOnce(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	id := f.hand(f.leadA, f.people[0], domain.KindFiling)
	d, err := f.Delegation(ctx, id)
	if err != nil || d.From != f.leadA || d.To != f.people[0] || !slices.Equal(d.Kinds, []domain.RequestKind{domain.KindFiling}) || d.NoteID != "" || !d.Revoked.IsZero() {
		t.Fatalf("%+v, %v", d, err)
	}
	if n := f.count(`SELECT count(*) FROM notifications WHERE person_id = $1 AND kind = 'delegated' AND subject_id = $2`, f.people[0], id); n != 1 {
		t.Errorf("%d notifications", n)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'mail'`); n != 1 {
		t.Errorf("%d mails", n)
	}
	// A note is never written open again, and an old one can only be sealed.
	plain := `INSERT INTO delegations (id, from_id, to_id, kinds, start_at, until_at, created_at, note) SELECT gen_random_uuid(), from_id, to_id, kinds, start_at, until_at, created_at, '私事' FROM delegations`
	if _, err := f.pool.Exec(ctx, plain); err == nil {
		t.Error("a note was written in plain text")
	}
	// Nothing of it can be altered, and it is ended once.
	for _, q := range []string{
		`UPDATE delegations SET to_id = from_id`, `UPDATE delegations SET until_at = until_at + interval '1 day'`, `UPDATE delegations SET note = 'x', revoked_at = now()`, `UPDATE delegations SET note = 'x'`, `DELETE FROM delegations`,
	} {
		if _, err := f.pool.Exec(ctx, q); err == nil {
			t.Errorf("taken: %s", q)
		}
	}
	f.unhand(id)
	if _, err := f.pool.Exec(ctx, `UPDATE delegations SET revoked_at = NULL`); err == nil {
		t.Error("an ended delegation was begun again")
	}
	// The same key again, the same answer; another request under it is refused; an error of the decision writes nothing.
	ref := IdempotencyRef{Employee: f.leadA, Key: "k", Route: "r", Request: "x"}
	no := errors.New("no")
	if _, err := f.ChangeDelegations(ctx, ref, now(), nil, func(DelegationWorld) (DelegationChange, error) {
		return DelegationChange{}, no
	}); !errors.Is(err, no) {
		t.Error(err)
	}
	calls := 0
	for range 2 {
		earlier, err := f.ChangeDelegations(ctx, ref, now(), nil, func(DelegationWorld) (DelegationChange, error) {
			calls++
			return DelegationChange{Answer: map[string]int{"n": 7}}, nil
		})
		if err != nil || calls != 1 || (earlier != nil && string(earlier) != `{"n": 7}`) {
			t.Errorf("%d calls, %s, %v", calls, earlier, err)
		}
	}
	ref.Request = "y"
	if _, err := f.ChangeDelegations(ctx, ref, now(), nil, nil); !errors.Is(err, ErrKeyInUse) {
		t.Error(err)
	}
}

// Two who hand over to each other at once do not both succeed: each is judged with the other's.
func TestDelegationsAtOnceCloseNoCircle(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	var wg sync.WaitGroup
	made := make(chan string, 20)
	circle := errors.New("circle")
	for i := range 10 {
		wg.Go(func() {
			from, to := f.leadA, f.leadB
			if i%2 == 1 {
				from, to = to, from
			}
			_, err := f.ChangeDelegations(ctx, IdempotencyRef{Employee: from, Key: newID(), Route: "r", Request: "x"}, now(), nil, func(w DelegationWorld) (DelegationChange, error) {
				d := DelegationRec{Source: "self"}
				d.ID, d.From, d.To, d.Start, d.Until = newID(), from, to, now(), now().Add(time.Hour)
				if len(domain.CheckDelegation(d.Delegation, w.Rules(), func(domain.EmployeeID) bool { return true }, now())) > 0 {
					return DelegationChange{}, circle
				}
				return DelegationChange{Add: []DelegationRec{d}, Answer: 1}, nil
			})
			if err == nil {
				made <- string(from)
			} else if !errors.Is(err, circle) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	close(made)
	first := ""
	for from := range made {
		if first != "" && from != first {
			t.Fatal("both directions were handed over")
		}
		first = from
	}
	if first == "" {
		t.Fatal("nobody could hand over")
	}
}

func TestListsOfDelegations(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	var given []string
	for _, p := range f.people[:5] {
		given = append(given, f.hand(f.leadA, p))
	}
	in := f.hand(f.leadB, f.leadA)
	for side, want := range map[string]int{Given: 5, Received: 1, "": 6} {
		var got []string
		cursor := ""
		for {
			p, err := f.DelegationsOf(ctx, f.leadA, side, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range p.Items {
				got = append(got, d.ID)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		slices.Sort(got)
		if len(slices.Compact(got)) != want || side != Given && !slices.Contains(got, in) {
			t.Errorf("%q: %v of %v", side, got, given)
		}
	}
	if _, err := f.DelegationsOf(ctx, f.leadA, "", "nonsense", 2); !errors.Is(err, ErrCursor) {
		t.Error(err)
	}
	if ds, err := f.DelegationsTo(ctx, f.leadB); err != nil || ds != nil {
		t.Errorf("to whom nothing was handed: %v, %v", ds, err)
	}
	if ds, err := f.DelegationsTo(ctx, f.leadA); err != nil || len(ds) != 6 {
		t.Errorf("%d, %v", len(ds), err)
	}
	f.unhand(in)
	if ds, err := f.DelegationsTo(ctx, f.leadA); err != nil || len(domain.Delegators(ds, f.leadA, now(), 5)) != 0 {
		t.Errorf("an ended one still counts: %v, %v", ds, err)
	}
}

// open submits a case whose policy knows delegation; the leader of department A is asked.
func (f *firm) open(i int) {
	f.t.Helper()
	in := f.submission("name" + itoa(i))
	in.Case.Rules.MaxChain = 3
	c, err := f.Submit(context.Background(), in)
	if err == nil {
		err = f.MarkStarted(context.Background(), c.ID)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// waiting reads somebody's whole inbox by small pages, and checks its order.
func (f *firm) waiting(who domain.EmployeeID) []InboxRec {
	f.t.Helper()
	var out []InboxRec
	cursor := ""
	for range 100 {
		p, err := f.Inbox(context.Background(), who, cursor, 2)
		if err != nil {
			f.t.Fatal(err)
		}
		for _, r := range p.Items {
			holder := r.For
			if holder == "" {
				holder = who
			}
			if s := r.Case.State.OpenSlots(); len(s) != 1 || s[0].Person != holder || s[0].ID != r.Slot {
				f.t.Fatalf("%s is shown for %s: %+v", r.Case.ID, holder, s)
			}
			if n := len(out); n > 0 && (due(r).Before(due(out[n-1])) || out[n-1].Case.ID == r.Case.ID) {
				f.t.Fatal("the inbox is out of order")
			}
			out = append(out, r)
		}
		if cursor = p.Next; cursor == "" {
			return out
		}
	}
	f.t.Fatal("the inbox has no end")
	return nil
}

// Whoever stands in sees what waits for the other, by deadline among their own, page by page; what they may not decide is
// left out.
func TestTheInboxOfADeputy(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	const cases = 7
	for i := range cases {
		f.open(i)
	}
	if n := f.waiting(f.leadA); len(n) != cases {
		t.Fatalf("%d wait for the leader", len(n))
	}
	deputy := f.leadB
	before := f.waiting(deputy)
	id := f.hand(f.leadA, deputy)
	got := f.waiting(deputy)
	if len(got) != len(before)+cases {
		t.Fatalf("%d before, %d after", len(before), len(got))
	}
	n, err := f.WaitingCount(ctx, deputy, 100)
	if err != nil || n != len(got) {
		t.Errorf("counted %d of %d, %v", n, len(got), err)
	}
	if n, err := f.WaitingCount(ctx, deputy, 3); err != nil || n != 3 {
		t.Errorf("counted %d up to 3, %v", n, err)
	}
	// The requester may not decide their own, not even for the leader.
	f.hand(f.leadA, f.people[0])
	if got := f.waiting(f.people[0]); len(got) != 0 {
		t.Errorf("the requester is offered %d", len(got))
	}
	f.hand(f.leadB, f.people[5]) // through the deputy
	if got := f.waiting(f.people[5]); len(got) != len(before)+cases {
		t.Errorf("through two: %d", len(got))
	}
	f.unhand(id)
	if got := f.waiting(deputy); len(got) != len(before) {
		t.Errorf("after the end: %d", len(got))
	}
	if got := f.waiting(f.people[5]); len(got) != len(before) {
		t.Errorf("through one that ended: %d", len(got))
	}
}
