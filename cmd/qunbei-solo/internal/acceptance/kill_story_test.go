package acceptance

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strings"
	"time"
)

type caseView struct {
	ID, Number, Title, Status, Digest string
	GroupID                           string `json:"group_id"`
}

// story files a project group, has its two leaders approve it, and confirms it by hand.
func (s *killed) story() {
	s.name = fmt.Sprintf("项目-断电演练第%d场", s.n+1)
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
	s.post("E0040", "/groups", s.key("file"), map[string]any{
		"name": s.name, "type": "project", "tier": "ordinary", "purpose": "演练断电后的恢复", "departments": []string{own},
		"admins": admins, "members": []string{}, "platform": "byhand",
		"permissions": map[string]any{"invite_outsiders": false, "anonymous_speech": false, "see_contacts": true, "posting": "members", "join_by_review": true},
	}, &filed)
	s.caseID = filed.ID
	var c caseView
	s.get("E0040", "/cases/"+s.caseID, &c)
	for i, l := range s.leaders {
		s.await("the next approver is asked", func() bool { return s.waits(l) })
		s.post(l, "/cases/"+s.caseID+"/decisions", s.key(fmt.Sprint("decide", i)), map[string]any{
			"decision_id": s.decisionID(i), "outcome": "approve", "material_digest": c.Digest, "comment": "同意",
		}, nil)
	}
	s.await("the admins are asked to create the group", func() bool { return s.confirms("E0037") })
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range map[string]string{"decision_id": s.decisionID(9), "name": s.name, "platform_id": "wx-1"} {
		_ = w.WriteField(k, v)
	}
	part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="screenshot"; filename="shot.png"`}, "Content-Type": {"image/png"}})
	_, _ = part.Write(onePixel)
	w.Close()
	s.call("E0037", "POST", "/groups/"+s.groupID+"/confirmations", s.key("confirm"), w.FormDataContentType(), body.Bytes(), nil)
	s.await("the group is active", func() bool {
		var g struct{ State string }
		s.get("E0037", "/groups/"+s.groupID, &g)
		return g.State == "active"
	})
	if strings.HasPrefix(s.kill, "export.") {
		s.await("the closed history's export is reached", func() bool { return s.again() || s.hit })
	}
}

// onePixel is a PNG.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

func (s *killed) decisionID(n int) string {
	return fmt.Sprintf("0198c0de-0000-7000-8000-0000000%03d%02d", s.n, n)
}

// key is an idempotency key of this story, the same at every attempt.
func (s *killed) key(what string) string { return fmt.Sprintf("kill-story-%d-%s", s.n, what) }

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
	s.get("E0040", "/cases?limit=100", &cases)
	n := 0
	for _, c := range cases.Items {
		if c.Title == s.name {
			n++
		}
		if c.Status != "approved" {
			s.t.Errorf("case %s is %s", c.Number, c.Status)
		}
	}
	if n != 1 {
		s.t.Errorf("%d cases of this name", n)
	}
	var groups struct {
		Items []struct{ ID, Name, State string }
	}
	s.get("E0040", "/groups?q="+url.QueryEscape(s.name), &groups)
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
				Kind, Subject string
				SubjectID     string `json:"subject_id"`
				Status        string
			}
		}
		s.get(who, "/notifications?limit=100", &news)
		seen := map[string]int{}
		for _, n := range news.Items {
			if n.SubjectID == s.caseID || n.SubjectID == s.groupID {
				seen[n.Kind+" "+n.Subject+" "+n.Status]++
			}
		}
		for what, n := range seen {
			if n > 1 {
				s.t.Errorf("%s was told %d times: %s", who, n, what)
			}
		}
		if len(seen) == 0 {
			s.t.Errorf("%s was told nothing", who)
		}
	}
	for _, workflow := range []string{"case-" + s.caseID, "group-" + s.groupID} {
		var verdict struct {
			OK          bool
			Failure     string
			Differences []map[string]any
		}
		s.post("E0021", "/audit/workflows/"+workflow+"/replays", s.key(workflow[:5]), map[string]any{"purpose": "test"}, &verdict)
		if !verdict.OK {
			s.t.Errorf("%s: %+v", workflow, verdict)
		}
	}
}
