package domain

import (
	"testing"
	"time"
)

var templateDay = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func published(id string, n, day int, more ...func(*TemplateVersion)) TemplateVersion {
	at := templateDay.AddDate(0, 0, day)
	t := TemplateVersion{ID: id, Key: TemplateChinese, Number: n, SHA256: "sha-" + id, State: TemplatePublished, Author: "L1", Reviewer: "L2", Published: at, Effective: at}
	for _, f := range more {
		f(&t)
	}
	return t
}

func TestDecideTemplate(t *testing.T) {
	draft := TemplateVersion{ID: "d", Key: TemplateChinese, Number: 2, State: TemplateDraft, Author: "L1"}
	in := func(s TemplateState) TemplateVersion {
		x := draft
		x.State = s
		if s == TemplatePublished {
			x.Published, x.Effective = templateDay, templateDay
		}
		return x
	}
	first := published("p", 1, -10)
	now := templateDay.Add(time.Hour)
	for name, c := range map[string]struct {
		all  []TemplateVersion
		act  TemplateAct
		want TemplateState
		no   Reason
	}{
		"approved by another":               {[]TemplateVersion{draft}, TemplateAct{Kind: TemplateReview, By: "L2", Approve: true}, TemplateApproved, ""},
		"never by the author":               {[]TemplateVersion{draft}, TemplateAct{Kind: TemplateReview, By: "L1", Approve: true}, TemplateDraft, ReasonOwnMatter},
		"not returned by the author either": {[]TemplateVersion{draft}, TemplateAct{Kind: TemplateReview, By: "L1", Comment: "x"}, TemplateDraft, ReasonOwnMatter},
		"returned with a comment":           {[]TemplateVersion{draft}, TemplateAct{Kind: TemplateReview, By: "L2", Comment: "第三条"}, TemplateReturned, ""},
		"returned without":                  {[]TemplateVersion{draft}, TemplateAct{Kind: TemplateReview, By: "L2", Comment: " \n"}, TemplateDraft, ReasonNoComment},
		"reviewed twice":                    {[]TemplateVersion{in(TemplateApproved)}, TemplateAct{Kind: TemplateReview, By: "L2", Approve: true}, TemplateApproved, ReasonTemplateState},
		"a returned one is not approved":    {[]TemplateVersion{in(TemplateReturned)}, TemplateAct{Kind: TemplateReview, By: "L2", Approve: true}, TemplateReturned, ReasonTemplateState},
		"published":                         {[]TemplateVersion{in(TemplateApproved)}, TemplateAct{Kind: TemplatePublish, By: "L1"}, TemplatePublished, ""},
		"a draft is not published":          {[]TemplateVersion{draft}, TemplateAct{Kind: TemplatePublish, By: "L2"}, TemplateDraft, ReasonTemplateState},
		"nor one that was returned":         {[]TemplateVersion{in(TemplateReturned)}, TemplateAct{Kind: TemplatePublish, By: "L2"}, TemplateReturned, ReasonTemplateState},
		"in the past":                       {[]TemplateVersion{in(TemplateApproved)}, TemplateAct{Kind: TemplatePublish, By: "L1", Effective: now.Add(-time.Second)}, TemplateApproved, ReasonTemplatePast},
		"too far ahead":                     {[]TemplateVersion{in(TemplateApproved)}, TemplateAct{Kind: TemplatePublish, By: "L1", Effective: now.Add(MaxTemplateAhead + 1)}, TemplateApproved, ReasonTemplateFar},
		"a draft is withdrawn":              {[]TemplateVersion{draft}, TemplateAct{Kind: TemplateWithdraw, By: "L1"}, TemplateWithdrawn, ""},
		"withdrawn twice":                   {[]TemplateVersion{in(TemplateWithdrawn)}, TemplateAct{Kind: TemplateWithdraw, By: "L1", Comment: "x"}, TemplateWithdrawn, ReasonTemplateState},
		"published needs a reason":          {[]TemplateVersion{first, in(TemplatePublished)}, TemplateAct{Kind: TemplateWithdraw, By: "L1"}, TemplatePublished, ReasonNoReason},
		"published with a reason":           {[]TemplateVersion{first, in(TemplatePublished)}, TemplateAct{Kind: TemplateWithdraw, By: "L1", Comment: "错字"}, TemplateWithdrawn, ""},
		"the last one in force stays":       {[]TemplateVersion{in(TemplatePublished)}, TemplateAct{Kind: TemplateWithdraw, By: "L1", Comment: "错字"}, TemplatePublished, ReasonTemplateLast},
		"another key does not stand in": {[]TemplateVersion{published("q", 1, -10, func(x *TemplateVersion) { x.Key = TemplateBilingual }), in(TemplatePublished)},
			TemplateAct{Kind: TemplateWithdraw, By: "L1", Comment: "错字"}, TemplatePublished, ReasonTemplateLast},
		"a superseded one may go": {[]TemplateVersion{published("s", 3, 0, func(x *TemplateVersion) { x.Effective = now }), in(TemplatePublished)}, TemplateAct{Kind: TemplateWithdraw, By: "L1", Comment: "x"}, TemplateWithdrawn, ""},
		"unknown act":             {[]TemplateVersion{draft}, TemplateAct{Kind: "approve", By: "L2"}, TemplateDraft, ReasonUnknownAct},
	} {
		t.Run(name, func(t *testing.T) {
			c.act.At = now
			got, why := DecideTemplate(c.all, "d", c.act)
			if got.State != c.want || why != c.no {
				t.Errorf("%s %q, want %s %q", got.State, why, c.want, c.no)
			}
			if c.all[len(c.all)-1].ID == "d" && c.no != "" && got != c.all[len(c.all)-1] {
				t.Error("a refused act leaves the version as it was")
			}
		})
	}
	if _, why := DecideTemplate(nil, "d", TemplateAct{Kind: TemplateReview}); why != ReasonUnknownAct {
		t.Error("a version that is not there:", why)
	}
}

// In force is what the clock says; a withdrawn version's predecessor comes back.
func TestTemplateAt(t *testing.T) {
	all := []TemplateVersion{published("a", 1, 0), published("b", 2, 5), published("c", 3, 6, func(x *TemplateVersion) { x.Effective = templateDay.AddDate(0, 0, 20) }),
		published("d", 4, 7, func(x *TemplateVersion) { x.State = TemplateWithdrawn }),
		published("e", 1, 3, func(x *TemplateVersion) { x.Key = TemplateBilingual }), {ID: "f", Key: TemplateChinese, Number: 5, State: TemplateApproved}}
	for _, c := range []struct {
		day  int
		want string
	}{{-1, ""}, {0, "a"}, {4, "a"}, {5, "b"}, {19, "b"}, {20, "c"}} {
		if got, ok := TemplateAt(all, TemplateChinese, templateDay.AddDate(0, 0, c.day)); got.ID != c.want || ok != (c.want != "") {
			t.Errorf("day %d: %q, want %q", c.day, got.ID, c.want)
		}
	}
	standing := map[string]TemplateState{"a": TemplateSuperseded, "b": TemplateInForce, "c": TemplateScheduled, "d": TemplateWithdrawn, "e": TemplateInForce, "f": TemplateApproved}
	for _, v := range all {
		if got := v.Standing(all, templateDay.AddDate(0, 0, 10)); got != standing[v.ID] {
			t.Errorf("%s is %s, want %s", v.ID, got, standing[v.ID])
		}
	}
	all[1].State = TemplateWithdrawn
	if got, _ := TemplateAt(all, TemplateChinese, templateDay.AddDate(0, 0, 10)); got.ID != "a" {
		t.Error("the predecessor of a withdrawn version holds again, not", got.ID)
	}
}

// A material version asks those who signed what it supersedes, withdrawn versions too, from its date on.
func TestSignAgain(t *testing.T) {
	material := func(x *TemplateVersion) { x.Material = true }
	all := []TemplateVersion{published("a", 1, 0), published("w", 2, 1, func(x *TemplateVersion) { x.State = TemplateWithdrawn }), published("m", 3, 5, material), published("z", 4, 9),
		published("e", 1, 0, func(x *TemplateVersion) { x.Key = TemplateBilingual }), {ID: "d", Key: TemplateChinese, Number: 5, State: TemplateWithdrawn}}
	day := func(n int) time.Time { return templateDay.AddDate(0, 0, n) }
	if got := SignAgain(all, "m", day(5)); len(got) != 2 || got[0] != "sha-a" || got[1] != "sha-w" {
		t.Error("signers of", got)
	}
	for name, got := range map[string][]string{"before its date": SignAgain(all, "m", day(4)), "not material": SignAgain(all, "z", day(10)), "unknown": SignAgain(all, "?", day(10))} {
		if got != nil {
			t.Error(name, got)
		}
	}
	all[2].State = TemplateWithdrawn
	if got := SignAgain(all, "m", day(6)); got != nil {
		t.Error("withdrawn meanwhile:", got)
	}
}
