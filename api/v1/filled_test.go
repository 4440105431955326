package v1

import (
	"encoding/json"
	"testing"

	"github.com/qunbei/qunbei/api/service"
)

// A list that is missing is an empty list; what waits in a group has no case, and shows none.
func TestAnAnswerIsFilled(t *testing.T) {
	for want, in := range map[string]any{
		`{"items":[]}`: GetInbox200JSONResponse{},
		`{"items":[{"kind":"group","opened":"0001-01-01T00:00:00Z","group_id":"g"}]}`: GetInbox200JSONResponse{
			Items: []service.InboxItem{{Kind: "group", GroupID: "g"}}},
	} {
		b, err := json.Marshal(filled(in))
		if err != nil || string(b) != want {
			t.Errorf("%s, %v, want %s", b, err, want)
		}
	}
}
