package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/replay"
)

// serverFlags say whom to ask about what.
type serverFlags struct{ server, token, caseID, groupID, purpose string }

func (f *serverFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.server, "server", "", "address of Qunbei: https://qunbei.example.com")
	c.Flags().StringVar(&f.token, "token", "", "an auditor's access token (default: QUNBEI_TOKEN, which keeps it out of the process list)")
	c.Flags().StringVar(&f.caseID, "case", "", "id of a case")
	c.Flags().StringVar(&f.groupID, "group", "", "id of a group")
	c.Flags().StringVar(&f.purpose, "purpose", "", "why you read; needed where the matter is confidential, and recorded")
}

// check gives the address of what is asked about.
func (f *serverFlags) check(env func(string) string) (*url.URL, error) {
	if f.token == "" {
		f.token = env("QUNBEI_TOKEN")
	}
	var workflow string
	switch {
	case f.caseID != "" && f.groupID == "":
		workflow = workflows.CaseID(f.caseID)
	case f.groupID != "" && f.caseID == "":
		workflow = workflows.GroupID(f.groupID)
	default:
		return nil, errors.New("name either --case or --group")
	}
	u, err := url.Parse(f.server)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return nil, fmt.Errorf("--server is %q: give the address as https://host", f.server)
	case f.token == "":
		return nil, errors.New("no token: give --token or set QUNBEI_TOKEN; a token is made on the page “my account”")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, errors.New("a token is not sent in the clear: use https, or http on this machine only")
	}
	return u.JoinPath("api", "v1", "audit", "workflows", workflow), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// ask does one call and gives the body of a 200; anything else becomes one sentence.
func (f *serverFlags) ask(ctx context.Context, method string, u *url.URL, body any) ([]byte, error) {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("write the question: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("write the question: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	// A redirect could carry the token elsewhere.
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", u.Host, err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", u.Host, err)
	}
	if res.StatusCode == http.StatusOK {
		return answer, nil
	}
	var problem struct{ Title, Detail, Code string }
	if json.Unmarshal(answer, &problem) != nil || problem.Title == "" {
		return nil, fmt.Errorf("%s answers %s", u.Host, res.Status)
	}
	return nil, fmt.Errorf("%s answers %d %s: %s %s", u.Host, res.StatusCode, problem.Code, problem.Title, problem.Detail)
}

// verdict is the service's answer to a replay.
type verdict struct {
	Workflow    string              `json:"workflow"`
	OK          bool                `json:"ok"`
	Replayed    bool                `json:"replayed"`
	Complete    bool                `json:"complete"`
	Recomputed  bool                `json:"recomputed"`
	Proofs      int                 `json:"proofs"`
	Failure     string              `json:"failure"`
	Detail      string              `json:"detail"`
	Differences []replay.Difference `json:"differences"`
	Build       string              `json:"build"`
}

func (t *tool) replay() *cobra.Command {
	var f serverFlags
	c := &cobra.Command{
		Use: "replay", Short: "Have the service replay a case or group (在线重放)", Args: cobra.NoArgs,
		Long: "Have the service replay a case or group against its running code. This trusts the service; to trust only your own copy\nof the code and the keys, `export` a bundle and `verify` it.",
		RunE: func(c *cobra.Command, _ []string) error {
			u, err := f.check(t.env)
			if err != nil {
				return err
			}
			answer, err := f.ask(c.Context(), http.MethodPost, u.JoinPath("replays"), map[string]string{"purpose": f.purpose})
			if err != nil {
				return err
			}
			var v verdict
			if err := json.Unmarshal(answer, &v); err != nil {
				return fmt.Errorf("read the verdict: %w", err)
			}
			if t.json {
				t.printf("%s\n", bytes.TrimSpace(answer))
			} else {
				r := replay.Report{Compared: true, Differences: v.Differences}
				r.Workflow, r.Complete, r.Replayed, r.Recomputed, r.Proofs = v.Workflow, v.Complete, v.Replayed, v.Recomputed, v.Proofs
				if v.Failure != "" && v.Failure != string(replay.CodeDiffers) {
					r.Faults = []replay.Fault{{Code: replay.Code(v.Failure), Detail: v.Detail}}
				}
				t.tell(v.Build, r)
			}
			if !v.OK {
				return errDiffers
			}
			return nil
		},
	}
	f.add(c)
	return c
}

func (t *tool) export() *cobra.Command {
	var f serverFlags
	var out string
	c := &cobra.Command{
		Use: "export", Short: "Take a bundle to verify elsewhere (导出证据包)", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			u, err := f.check(t.env)
			if err != nil {
				return err
			}
			if out == "" {
				return errors.New("--out is missing: name the file to write")
			}
			u = u.JoinPath("history", "raw")
			u.RawQuery = url.Values{"purpose": {f.purpose}}.Encode()
			if f.purpose == "" {
				u.RawQuery = ""
			}
			answer, err := f.ask(c.Context(), http.MethodGet, u, nil)
			if err != nil {
				return err
			}
			// Rows of a case: for the auditor's eyes. A file that exists is evidence already, and stays.
			file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return fmt.Errorf("write the bundle: %w", err)
			}
			_, err = file.Write(answer)
			if err = errors.Join(err, file.Close()); err != nil {
				return fmt.Errorf("write the bundle: %w", err)
			}
			t.printf("%s  %s\n", strings.TrimPrefix(replay.Sum(answer), "sha256:"), out)
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVar(&out, "out", "", "file to write")
	return c
}
