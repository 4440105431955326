package acceptance

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/pg"
	"github.com/qunbei/qunbei/workflows/testenv"
)

type bearer string

func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	if b == "" {
		return nil, nil
	}
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// TestAnEngineOnAServerOfOthersDemandsTokens is how production runs it: PostgreSQL is there already, and whoever reaches
// the port must show who they are.
func TestAnEngineOnAServerOfOthersDemandsTokens(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dir := testenv.Folder(t)
	account, err := pg.Account()
	if err != nil {
		t.Fatal(err)
	}
	server, err := pg.Start(ctx, pg.Config{Dir: dir, Account: account})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	for _, name := range []string{"temporal", "temporal_visibility"} {
		if err := server.CreateDatabase(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string]string{"operator": strings.Repeat("o", 40), "service": strings.Repeat("s", 40)}
	for name, token := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := testenv.Launch(t, "--postgres-url", server.URL(""), "--operator-token-file", filepath.Join(dir, "operator"),
		"--service-token-file", filepath.Join(dir, "service"))
	if p.Ready.OperatorToken != "" || p.Ready.Postgres != "" {
		t.Error("production's line of JSON tells secrets")
	}
	tests := map[string]struct {
		token          string
		start, destroy bool
	}{
		"nobody":     {},
		"a stranger": {token: strings.Repeat("x", 40)},
		"service":    {token: files["service"], start: true},
		"operator":   {token: files["operator"], start: true, destroy: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := client.NewLazyClient(client.Options{HostPort: p.Ready.Temporal, Namespace: "qunbei", HeadersProvider: bearer(test.token)})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			id := "w-" + strings.ReplaceAll(name, " ", "-")
			_, err = c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: "q"}, "waits")
			permitted(t, "start", err, test.start)
			if test.start {
				permitted(t, "terminate", c.TerminateWorkflow(ctx, id, "", "test"), test.destroy)
			}
		})
	}
}

func permitted(t *testing.T, what string, err error, want bool) {
	t.Helper()
	var denied *serviceerror.PermissionDenied
	if want && err != nil || !want && !errors.As(err, &denied) {
		t.Errorf("%s: %v, permitted should be %v", what, err, want)
	}
}
