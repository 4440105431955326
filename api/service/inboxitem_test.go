package service

import (
	"encoding/json"
	"strings"
	"testing"
)

// What waits in a group has no case, and shows none.
func TestAnInboxItemWithoutACase(t *testing.T) {
	for name, x := range map[string]struct {
		in   InboxItem
		want bool
	}{
		"a group": {InboxItem{Kind: "group", GroupID: "g"}, false},
		"a slot":  {InboxItem{Kind: "decide", Case: CaseSummary{ID: "c"}}, true},
	} {
		b, err := json.Marshal(x.in)
		if err != nil || strings.Contains(string(b), `"case":`) != x.want || !strings.Contains(string(b), `"kind":"`+x.in.Kind) {
			t.Errorf("%s: %s, %v", name, b, err)
		}
	}
}
