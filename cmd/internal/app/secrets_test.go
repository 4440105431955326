package app_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/proto"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// What is planted where, to be looked for everywhere else.
const (
	secretPurpose = "planted-purpose-6f0c2b"
	secretComment = "planted-comment-91d7ee"
	secretPicture = "planted-picture-c03a58"
	secretNote    = "planted-note-3e8b14"
	secretName    = "PLANTED-77ab40" // of a confidential group
)

// TestWhatIsConfidentialStaysWhereItBelongs plants texts in every place people write to, goes the whole way, and looks
// for them in every table of both databases, in the engine's histories as its operators see them, in logs and in mails.
func TestWhatIsConfidentialStaysWhereItBelongs(t *testing.T) {
	box, err := mail.NewSink(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close(context.Background()) })
	r := own(t, func(c *app.Config) {
		s := box.SMTP()
		c.SMTP, c.MailFrom = fmt.Sprintf("%s:%d", s.Host, s.Port), s.From
	})
	c := r.plant(t)
	var d service.DelegationView
	r.post(t, "E0121", "/delegations", map[string]any{"to": r.id(t, "E0122"), "until": day(1), "note": secretNote}).is(t, http.StatusCreated).into(t, &d)
	var given service.Page[service.DelegationView]
	r.get(t, "E0122", "/delegations?side=received").is(t, http.StatusOK).into(t, &given)
	if d.Note != secretNote || len(given.Items) != 1 || given.Items[0].Note != secretNote {
		t.Errorf("the note is not shown to its two people: %+v, %+v", d, given.Items)
	}
	group := r.read(t, "E0037", c.ID).GroupID

	// Where it belongs it can be read.
	var v service.GroupView
	r.get(t, "E0037", "/groups/"+group+"?purpose=x").is(t, http.StatusOK).into(t, &v)
	if !strings.Contains(v.Purpose, secretPurpose) || !strings.Contains(v.Name, secretName) {
		t.Errorf("the register: %q %q", v.Name, v.Purpose)
	}
	if x := r.get(t, "E0037", "/cases/"+c.ID+"/timeline"); !bytes.Contains(x.body, []byte(secretComment)) {
		t.Error("the timeline does not show the comments")
	}
	if x := r.get(t, "E0037", "/groups/"+group+"/evidence").is(t, http.StatusOK); !bytes.Contains(x.body, []byte(secretPicture)) {
		t.Error("the evidence is not the picture that was sent")
	}

	all := []string{secretPurpose, secretComment, secretNote, secretPicture, secretName}
	t.Run("our database", func(t *testing.T) {
		got := holders(t, r.c.DatabaseURL, all)
		want := map[string][]string{
			secretPurpose: {"groups.purpose"},
			// The name: the case's title, the register with what it is searched by, and the receipt that an admin confirmed.
			secretName: {"audit_entries.act", "cases.title", "groups.doc", "groups.name"},
		}
		for _, s := range all {
			if !slices.Equal(got[s], want[s]) {
				t.Errorf("%s stands in %v, want %v", s, got[s], want[s])
			}
		}
	})
	t.Run("the engine's databases", func(t *testing.T) {
		for _, name := range []string{"temporal", "temporal_visibility"} {
			u, err := url.Parse(r.c.DatabaseURL)
			if err != nil {
				t.Fatal(err)
			}
			u.Path = "/" + name
			got := holders(t, u.String(), append(all, "case-"+c.ID))
			for _, s := range all {
				if len(got[s]) > 0 {
					t.Errorf("%s stands in %v", s, got[s])
				}
			}
			if len(got["case-"+c.ID]) == 0 {
				t.Errorf("%s was not searched: it does not even hold the workflow", name)
			}
		}
	})
	t.Run("histories without keys", func(t *testing.T) { r.histories(t, all, c.ID, group) })
	t.Run("logs", func(t *testing.T) {
		people := []string{"李晓雯", "陈思齐", "e0006@", "+999000"}
		for _, s := range append(people, all...) {
			if line := lineWith(r.log.String(), s); line != "" {
				t.Errorf("%s: %s", s, line)
			}
		}
	})
	t.Run("the servers' logs", func(t *testing.T) {
		var data string
		r.sql(t, &data, "SHOW data_directory")
		read := 0
		for _, file := range []string{"postgres.log", "engine.log", "../postgres.log", "../engine.log"} {
			raw, err := os.ReadFile(filepath.Join(filepath.Dir(data), file))
			if err != nil {
				continue
			}
			read++
			for _, s := range append(all, strings.ToLower(secretName)) {
				if line := lineWith(string(raw), s); line != "" {
					t.Errorf("%s: %s", file, line)
				}
			}
		}
		if read < 2 {
			t.Errorf("%d of two logs were found beside %s", read, data)
		}
	})
	t.Run("mails", func(t *testing.T) {
		until(t, "mail about the birth", func() bool { return len(box.List(500)) >= 4 })
		for _, m := range box.List(500) {
			for _, s := range all {
				if strings.Contains(m.Subject+m.Body, s) {
					t.Errorf("%s: %s\n%s", s, m.Subject, m.Body)
				}
			}
		}
	})
	t.Run("files", func(t *testing.T) {
		err := filepath.WalkDir(r.c.DataDir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			for _, s := range all {
				if bytes.Contains(raw, []byte(s)) {
					t.Errorf("%s stands in %s", s, path)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// plant takes a confidential group all the way, with something to keep in every text.
func (r *running) plant(t *testing.T) service.CaseSummary {
	t.Helper()
	f := r.filing(t, "平台部-"+secretName, confidential)
	f.Purpose = "保密事项 " + secretPurpose
	// Several at once want the name, so that the database itself has to refuse one.
	var c service.CaseSummary
	people := []string{"E0040", "E0041", "E0042", "E0043", "E0044", "E0045"}
	for _, x := range atOnce(len(people), func(i int) reply { return r.post(t, people[i], "/groups", f) }) {
		if x.status == http.StatusCreated {
			x.into(t, &c)
			continue
		}
		x.is(t, http.StatusUnprocessableEntity)
	}
	// A name that is taken is refused; what was refused leaves no trace either.
	r.post(t, "E0046", "/groups", f).is(t, http.StatusUnprocessableEntity)
	r.post(t, "E0046", "/groups/previews", f).is(t, http.StatusOK)
	say := func(who, path string, body map[string]any) {
		t.Helper()
		if a := r.post(t, who, path, body).answer(t); a.Result != domain.Accepted {
			t.Fatalf("%+v", a)
		}
	}
	say(c.Requester.Number, "/cases/"+c.ID+"/comments", map[string]any{"decision_id": uuid.NewString(), "text": "说明 " + secretComment})
	for _, who := range []string{"E0006", r.officers(t)[0]} {
		d := decision(c, domain.Approve)
		d["comment"] = "同意 " + secretComment
		say(who, decisions(c), d)
	}
	// Refused acts carry comments too.
	late := decision(c, domain.Reject)
	late["comment"] = "迟到 " + secretComment
	r.post(t, "E0006", decisions(c), late).is(t, http.StatusConflict)
	gone := r.file(t, "E0040", r.filing(t, "项目-将撤回", func(f *domain.Filing) { f.Purpose = secretPurpose }))
	say("E0040", "/cases/"+gone.ID+"/withdrawals", map[string]any{"decision_id": uuid.NewString(), "comment": secretComment})

	until(t, "the group is born", func() bool {
		v := r.read(t, "E0037", c.ID)
		return v.Group != nil && v.Group.ByHand
	})
	group := r.read(t, "E0037", c.ID).GroupID
	x := r.upload(t, "E0037", "/groups/"+group+"/confirmations", "screenshot", "shot.png", "image/png", picture(t, secretPicture),
		map[string]string{"decision_id": uuid.NewString(), "name": f.Name, "platform_id": "wr-1"})
	if a := x.answer(t); a.Result != domain.Accepted {
		t.Fatalf("%+v", a)
	}
	for _, id := range []string{"case-" + c.ID, "group-" + group, "case-" + gone.ID} {
		until(t, "the replay of "+id, func() bool { return r.verdict(t, id).OK })
	}
	// News of agreements is gathered for a while; not here, so that its mail is looked at too.
	const hurry = "WITH u AS (UPDATE outbox SET due_at = now() WHERE done_at IS NULL AND kind = 'nda_news' AND due_at > now() RETURNING 1) SELECT count(*) FROM u"
	const left = "SELECT coalesce(string_agg(DISTINCT kind, ' '), '') FROM outbox WHERE done_at IS NULL AND kind NOT IN ('sweep_directory', 'group_news')"
	var waiting string
	told := 0
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var n int
		r.sql(t, &n, hurry)
		told += n
		if r.sql(t, &waiting, left); waiting == "" {
			if told == 0 {
				t.Error("nobody is told that an agreement waits")
			}
			return c
		}
	}
	t.Fatalf("not carried out, or not exported: %s", waiting)
	return c
}

// holders lists, for each secret, the columns of a database that hold it, as text or in bytes.
func holders(t *testing.T, address string, secrets []string) map[string][]string {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(ctx, `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
		JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	type column struct{ Table, Name, Type string }
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil || len(columns) < 50 {
		t.Fatalf("%d columns, %v", len(columns), err)
	}
	out := map[string][]string{}
	for _, c := range columns {
		for _, s := range secrets {
			// Text as it is, or its bytes where bytes are kept; base64 of either, however it falls.
			needles := append([]string{s, hex.EncodeToString([]byte(s))}, inBase64(s)...)
			for _, b := range inBase64(s) {
				needles = append(needles, hex.EncodeToString([]byte(b)))
			}
			var found bool
			q := fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %s WHERE %s::text LIKE ANY ($1))",
				pgx.Identifier{c.Table}.Sanitize(), pgx.Identifier{c.Name}.Sanitize())
			for i := range needles {
				needles[i] = "%" + needles[i] + "%"
			}
			if err := conn.QueryRow(ctx, q, needles).Scan(&found); err != nil {
				t.Fatalf("%s.%s: %v", c.Table, c.Name, err)
			}
			if found {
				out[s] = append(out[s], c.Table+"."+c.Name)
			}
		}
	}
	return out
}

// inBase64 is how a text looks inside base64, at each of the three places it can begin.
func inBase64(s string) []string {
	var out []string
	for shift := range 3 {
		b := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + s))
		out = append(out, b[(shift*4+2)/3+1:len(b)-4])
	}
	return out
}

// histories reads every history as the engine's operators can, without keys.
func (r *running) histories(t *testing.T, secrets []string, caseID, group string) {
	env := testenv.Start(t)
	c := env.ClientWith(t, client.Options{Namespace: r.c.Namespace})
	list, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: r.c.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	opaque := regexp.MustCompile(`^(case|group|nda)-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	seen := map[string]int{}
	for _, w := range list.Executions {
		id := w.Execution.WorkflowId
		if !opaque.MatchString(id) {
			t.Errorf("the workflow id %q is not opaque", id)
		}
		it := c.GetWorkflowHistory(t.Context(), id, w.Execution.RunId, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for it.HasNext() {
			e, err := it.Next()
			if err != nil {
				t.Fatal(err)
			}
			raw, err := proto.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range secrets {
				if bytes.Contains(raw, []byte(s)) {
					t.Errorf("%s stands in event %d (%s) of %s", s, e.EventId, e.EventType, id)
				}
			}
			// Every payload is sealed, so that nothing depends on what somebody thought to look for.
			err = proxy.VisitPayloads(t.Context(), e, proxy.VisitPayloadsOptions{
				SkipSearchAttributes: true,
				Visitor: func(_ *proxy.VisitPayloadsContext, ps []*commonpb.Payload) ([]*commonpb.Payload, error) {
					for _, p := range ps {
						seen[id]++
						if json.Valid(p.Data) || !strings.Contains(string(p.Metadata["encoding"]), "encrypted") {
							t.Errorf("event %d (%s) of %s holds an open payload of %q: %.80s", e.EventId, e.EventType, id, p.Metadata["encoding"], p.Data)
						}
					}
					return ps, nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	ndas := 0
	for id, payloads := range seen {
		if strings.HasPrefix(id, "nda-") && payloads >= 3 {
			ndas++
		}
	}
	if seen["case-"+caseID] < 5 || seen["group-"+group] < 3 || ndas == 0 {
		t.Errorf("payloads looked at: %v", slices.Sorted(maps.Keys(seen)))
	}
}

// lineWith is the first line that holds text.
func lineWith(log, text string) string {
	for line := range strings.Lines(log) {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}
