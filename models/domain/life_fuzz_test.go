package domain_test

import (
	"encoding/json"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// FuzzGroupAct: whatever an act holds, deciding it ends, leaves the state it was given alone, keeps what a legal hold keeps,
// and gives the same state again over the facts that the history keeps.
func FuzzGroupAct(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"changed","life":{"delta":{"case":"c","digest":"d","base":"x","tier":"top"}}}`,
		`{"kind":"reconciled","life":{"findings":[{"kind":"stranger"}],"looked":["stranger"]}}`,
		`{"kind":"date","life":{"date":"renewal_due","date_at":"2027-11-23T01:00:00Z"}}`,
		`{"kind":"op_gap","code":"remove","life":{"op":"3.1"}}`,
		`{"kind":"hold","actor":"L1","life":{"people":["","A"],"reason":{"object":"o"}}}`,
		`{"kind":"revoked"}`, `{"kind":"restore","actor":"S1"}`, `{"kind":"freeze","life":{"rule":"incident"}}`,
		`{"kind":"adopted","life":{"delta":{"case":"c","digest":"d"}}}`, `{"kind":"confirm_deleted","actor":"A","receipt":{"id":"x"}}`,
	} {
		f.Add([]byte(seed), uint8(0))
		f.Add([]byte(seed), uint8(5))
	}
	f.Fuzz(func(t *testing.T, data []byte, past uint8) {
		var a domain.GroupAct
		if len(data) > 4096 || json.Unmarshal(data, &a) != nil {
			t.Skip()
		}
		w := newLifeWorld(t, domain.Tiers[int(past)%3])
		switch past % 6 {
		case 1:
			w.must(by("L1", domain.GroupHold, domain.LifeAct{Reason: reason, People: ids("C")}))
		case 2:
			w.must(by("S1", domain.GroupFreeze, domain.LifeAct{Reason: reason}))
		case 3:
			w.must(by("A", domain.GroupArchive, domain.LifeAct{}))
		case 4:
			w.must(by("A", domain.GroupDissolve, domain.LifeAct{}))
		case 5:
			w.must(by("A", domain.GroupRemove, domain.LifeAct{People: ids("B", "C"), Reason: reason}))
		}
		before := w.g
		v := w.do(a)
		if v.Result == "" {
			t.Errorf("no answer to %s", data)
		}
		if len(before.Life.Holds) > 0 && w.g.State == domain.GroupDeleted {
			t.Errorf("deleted under a hold by %s", data)
		}
	})
}
