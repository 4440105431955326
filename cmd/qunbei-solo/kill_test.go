package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/workflows/testenv"
)

// boundaries are the moments of a case at which the whole of qunbei-solo is killed: before and after each commit and each
// call of the engine or a platform, in the order a case meets them.
var boundaries = []string{
	"submit.before_commit", "submit.after_commit",
	"start_case.before_call", "start_case.after_call", "mark_started.after_commit",
	"signal.before_call", "signal.after_call",
	"decide.before_commit", "decide.after_commit",
	"start_group.before_call", "start_group.after_call",
	"group.before_commit", "group.after_commit",
	"export.before_commit", "export.after_commit",
}

// TestKilledAtEveryBoundary kills qunbei-solo with -9 at each boundary of a case, starts it again on the same folder, and
// goes on where the callers were: nothing that was acknowledged is lost, and nothing happens twice.
func TestKilledAtEveryBoundary(t *testing.T) {
	if testing.Short() {
		t.Skip("kills and starts the whole program many times")
	}
	for _, name := range boundaries {
		t.Run(name, func(t *testing.T) {
			s := &killed{t: t, data: testenv.Folder(t), kill: name}
			s.start()
			s.story()
			if !s.hit {
				t.Fatalf("the boundary %s was never reached", name)
			}
			s.verify()
			s.stop()
		})
	}
}

// killed is a qunbei-solo that dies once, and its callers, who try again with the same keys.
type killed struct {
	t          *testing.T
	data, kill string
	addr       string
	cmd        *exec.Cmd
	out        *lockedBuffer
	ended      chan struct{}
	hit        bool
	caseID     string
	groupID    string
	name       string
	leaders    []string
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (s *killed) start() {
	s.t.Helper()
	if s.addr == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.t.Fatal(err)
		}
		s.addr = l.Addr().String()
		l.Close()
	}
	program, err := testenv.Program()
	if err != nil {
		s.t.Fatal(err)
	}
	s.out, s.ended = &lockedBuffer{}, make(chan struct{})
	s.cmd = exec.Command(program, "--data", s.data, "--listen", s.addr, "--temporal-port", "0", "--ui-port", "-1")
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	s.cmd.Env = append(os.Environ(), "QUNBEI_RATE_LIMIT=off")
	if !s.hit {
		s.cmd.Env = append(s.cmd.Env, "QUNBEI_TEST_KILL_AT="+s.kill)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { _ = s.cmd.Wait(); close(s.ended) }()
	s.t.Cleanup(func() { _ = s.cmd.Process.Kill(); <-s.ended })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if resp, err := http.Get("http://" + s.addr + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if s.gone() {
			if s.again() { // killed while what was left over was carried out
				return
			}
			s.t.Fatalf("ended before it was ready:\n%s", s.out)
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("not ready:\n%s", s.out)
		}
	}
}

func (s *killed) gone() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// again starts it anew when it was killed at the boundary, and tells whether it did.
func (s *killed) again() bool {
	if s.hit || !s.gone() || !strings.Contains(s.out.String(), "killed at "+s.kill) {
		return false
	}
	s.hit = true
	s.start()
	return true
}

func (s *killed) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		s.t.Errorf("does not stop:\n%s", s.out)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("ended with status %d:\n%s", code, s.out)
	}
}

// call asks until there is an answer, always the same question with the same key; the program may die meanwhile.
func (s *killed) call(as, method, path, key, contentType string, body []byte, out any) int {
	s.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		s.again()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		req, err := http.NewRequestWithContext(ctx, method, "http://"+s.addr+"/api/v1"+path, bytes.NewReader(body))
		if err != nil {
			s.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer demo:"+as)
		if body != nil {
			req.Header.Set("Content-Type", contentType)
		}
		if key != "" {
			req.Header.Set("Idempotency-Key", key)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			cancel()
			continue
		}
		raw, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		cancel()
		if err != nil || resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusAccepted {
			continue
		}
		if out != nil {
			if err := json.Unmarshal(raw, out); err != nil {
				s.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, raw)
			}
		}
		if resp.StatusCode >= 400 {
			s.t.Fatalf("%s %s as %s: %d %s", method, path, as, resp.StatusCode, raw)
		}
		return resp.StatusCode
	}
	s.t.Fatalf("%s %s: no answer\n%s", method, path, s.out)
	return 0
}

func (s *killed) get(as, path string, out any) { s.call(as, "GET", path, "", "", nil, out) }

func (s *killed) post(as, path, key string, in, out any) {
	s.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	s.call(as, "POST", path, key, "application/json", raw, out)
}

type caseView struct {
	ID, Number, Title, Status, Digest string
	GroupID                           string `json:"group_id"`
}

// story files a project group, has its two leaders approve it, and confirms it by hand.
func (s *killed) story() {
	s.name = "项目-断电演练"
	var me struct {
		Person struct{ ID, Department string }
	}
	s.get("E0040", "/me", &me)
	var departments struct {
		Items []struct {
			ID, Name, Parent string
			Leader           *struct{ Number string }
		}
	}
	s.get("E0040", "/departments", &departments)
	leader, parent, own := map[string]string{}, map[string]string{}, ""
	for _, d := range departments.Items {
		if d.Leader != nil {
			leader[d.ID] = d.Leader.Number
		}
		parent[d.ID] = d.Parent
		if d.Name == me.Person.Department {
			own = d.ID
		}
	}
	s.leaders = []string{leader[own], leader[parent[own]]}
	admins := []string{s.person("E0037"), s.person("E0038")}
	var filed caseView
	s.post("E0040", "/groups", "file-1", map[string]any{
		"name": s.name, "type": "project", "tier": "ordinary", "purpose": "演练断电后的恢复", "departments": []string{own},
		"admins": admins, "members": []string{}, "platform": "byhand",
		"permissions": map[string]any{"invite_outsiders": false, "anonymous_speech": false, "see_contacts": true, "posting": "members", "join_by_review": true},
	}, &filed)
	s.caseID = filed.ID
	var c caseView
	s.get("E0040", "/cases/"+s.caseID, &c)
	for i, l := range s.leaders {
		s.await("the next approver is asked", func() bool { return s.waits(l) })
		s.post(l, "/cases/"+s.caseID+"/decisions", fmt.Sprintf("decide-%d", i), map[string]any{
			"decision_id": decisionID(i), "outcome": "approve", "material_digest": c.Digest, "comment": "同意",
		}, nil)
	}
	s.await("the admins are asked to create the group", func() bool { return s.confirms("E0037") })
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range map[string]string{"decision_id": decisionID(9), "name": s.name, "platform_id": "wx-1"} {
		_ = w.WriteField(k, v)
	}
	part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="screenshot"; filename="shot.png"`}, "Content-Type": {"image/png"}})
	_, _ = part.Write(onePixel)
	w.Close()
	s.call("E0037", "POST", "/groups/"+s.groupID+"/confirmations", "confirm-1", w.FormDataContentType(), body.Bytes(), nil)
	s.await("the group is active", func() bool {
		var g struct{ State string }
		s.get("E0037", "/groups/"+s.groupID, &g)
		return g.State == "active"
	})
	s.await("the closed history is exported", func() bool {
		resp, err := http.Get("http://" + s.addr + "/readyz")
		if err != nil {
			s.again()
			return false
		}
		resp.Body.Close()
		return s.hit || s.exported()
	})
}

// onePixel is a PNG.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

func decisionID(n int) string { return fmt.Sprintf("0198c0de-0000-7000-8000-00000000000%d", n) }

func (s *killed) person(number string) string {
	var people struct {
		Items []struct{ ID, Number string }
	}
	s.get("E0040", "/people?q="+number, &people)
	for _, p := range people.Items {
		if p.Number == number {
			return p.ID
		}
	}
	s.t.Fatalf("nobody has number %s", number)
	return ""
}

type inbox struct {
	Items []struct {
		Kind    string
		Case    caseView
		GroupID string `json:"group_id"`
	}
}

func (s *killed) waits(who string) bool {
	var in inbox
	s.get(who, "/inbox", &in)
	for _, it := range in.Items {
		if it.Kind == "decide" && it.Case.ID == s.caseID {
			return true
		}
	}
	return false
}

func (s *killed) confirms(who string) bool {
	var in inbox
	s.get(who, "/inbox", &in)
	for _, it := range in.Items {
		if it.Kind == "confirm" && it.Case.ID == s.caseID {
			s.groupID = it.GroupID
			return true
		}
	}
	return false
}

func (s *killed) exported() bool {
	var h struct{ Closed bool }
	s.get("E0021", "/audit/cases/"+s.caseID+"/history?purpose=test", &h)
	return h.Closed
}

func (s *killed) await(what string, ok func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("in vain: %s\n%s", what, s.out)
		}
	}
}

// verify counts: one case, one group, each act once, each person told once.
func (s *killed) verify() {
	var cases struct{ Items []caseView }
	s.get("E0040", "/cases", &cases)
	if len(cases.Items) != 1 || cases.Items[0].Status != "approved" {
		s.t.Errorf("cases: %+v", cases.Items)
	}
	var groups struct {
		Items []struct{ ID, Name, State string }
	}
	s.get("E0040", "/groups", &groups)
	if len(groups.Items) != 1 || groups.Items[0].State != "active" || groups.Items[0].Name != s.name {
		s.t.Errorf("groups: %+v", groups.Items)
	}
	var line struct {
		Items []struct {
			Seq            int
			Workflow, Kind string
			Result         string
			ActID          string `json:"act_id"`
			Proof          bool
		}
	}
	s.get("E0040", "/cases/"+s.caseID+"/timeline", &line)
	var got []string
	for _, e := range line.Items {
		got = append(got, e.Kind+":"+e.Result)
	}
	want := "submitted:accepted decide:accepted decide:accepted begun:accepted confirm:accepted"
	if text := strings.ReplaceAll(strings.Join(got, " "), "group.", ""); text != want {
		s.t.Errorf("timeline\n got %s\nwant %s", text, want)
	}
	for _, who := range append([]string{"E0040", "E0037", "E0038"}, s.leaders...) {
		var news struct {
			Items []struct {
				Kind      string
				SubjectID string `json:"subject_id"`
				Status    string
			}
		}
		s.get(who, "/notifications", &news)
		seen := map[string]int{}
		for _, n := range news.Items {
			seen[n.Kind+" "+n.Status]++
		}
		for what, n := range seen {
			if n > 1 {
				s.t.Errorf("%s was told %d times: %s", who, n, what)
			}
		}
		if len(news.Items) == 0 {
			s.t.Errorf("%s was told nothing", who)
		}
	}
	for _, workflow := range []string{"case-" + s.caseID, "group-" + s.groupID} {
		var verdict struct {
			OK          bool
			Failure     string
			Differences []map[string]any
		}
		s.post("E0021", "/audit/workflows/"+workflow+"/replays", "replay-"+workflow, map[string]any{"purpose": "test"}, &verdict)
		if !verdict.OK {
			s.t.Errorf("%s: %+v", workflow, verdict)
		}
	}
}
