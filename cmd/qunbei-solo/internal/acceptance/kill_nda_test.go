package acceptance

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"testing"

	"github.com/qunbei/qunbei/workflows/testenv"
)

// ndaBoundaries are the moments of an agreement, from its being asked for to its seal. The one that is part of make test lies
// between the platform's signature and the document's being kept; QUNBEI_PROVE=1 is all of them.
var ndaBoundaries = []string{
	"nda.seal.after_sign",
	"nda.ask.before_commit", "nda.ask.after_commit", "start_nda.before_call", "start_nda.after_call",
	"nda.before_commit", "nda.after_commit", "nda.seal.after_keep",
}

// TestKilledWhileAnAgreementIsSealed kills qunbei-solo with -9 at moments of an agreement's life and starts it again: the signer
// is asked once, signs once, and there is one document, which verifies.
func TestKilledWhileAnAgreementIsSealed(t *testing.T) {
	if testing.Short() {
		t.Skip("kills and starts the whole program")
	}
	data := testenv.Folder(t)
	for n, name := range ndaBoundaries {
		if n > 0 && os.Getenv("QUNBEI_PROVE") == "" {
			return
		}
		t.Run(name, func(t *testing.T) {
			s := &killed{t: t, data: data, kill: name, n: 300 + n}
			s.start()
			s.secretGroup()
			s.signed()
			if !s.hit {
				t.Fatalf("the boundary %s was never reached", name)
			}
			s.stop()
		})
	}
}

// secretGroup files a group with secrets, has everybody who is asked approve it, and confirms it.
func (s *killed) secretGroup() {
	s.t.Helper()
	s.name = fmt.Sprintf("平台部-断电演练第%d场", s.n+1)
	var departments struct{ Items []struct{ ID, Code string } }
	s.get("E0040", "/departments", &departments)
	own := ""
	for _, d := range departments.Items {
		if d.Code == "RD-PLT" {
			own = d.ID
		}
	}
	var filed caseView
	s.post("E0040", "/groups", s.key("file"), map[string]any{
		"name": s.name, "type": "department", "tier": "confidential", "purpose": "演练断电后的恢复", "departments": []string{own},
		"admins": []string{s.person("E0037"), s.person("E0038")}, "members": []string{s.person("E0041")}, "platform": "byhand",
		"permissions": map[string]any{"invite_outsiders": false, "anonymous_speech": false, "see_contacts": false, "posting": "members", "join_by_review": true},
	}, &filed)
	s.caseID = filed.ID
	decided := map[string]bool{}
	s.await("everybody approves", func() bool {
		var c struct {
			Status, Digest string
			Route          struct {
				Steps []struct {
					Slots []struct {
						Status string
						Person struct{ Number string }
					}
				}
			}
		}
		s.get("E0040", "/cases/"+s.caseID, &c)
		for i, st := range c.Route.Steps {
			for _, sl := range st.Slots {
				if key := fmt.Sprint(i, sl.Person.Number); sl.Status == "open" && !decided[fmt.Sprint(i)] && !decided[key] {
					decided[fmt.Sprint(i)], decided[key] = true, true // one of a step is enough: any officer, or the leader
					s.post(sl.Person.Number, "/cases/"+s.caseID+"/decisions", s.key("decide"+key), map[string]any{
						"decision_id": s.decisionID(len(decided)), "outcome": "approve", "material_digest": c.Digest, "comment": "同意",
					}, nil)
				}
			}
		}
		return c.Status == "approved"
	})
	s.await("the admins are asked to create the group", func() bool { return s.confirms("E0037") })
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range map[string]string{"decision_id": s.decisionID(90), "name": s.name, "platform_id": fmt.Sprintf("wx-%d", s.n)} {
		_ = w.WriteField(k, v)
	}
	part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="screenshot"; filename="shot.png"`}, "Content-Type": {"image/png"}})
	_, _ = part.Write(onePixel)
	w.Close()
	s.call("E0037", "POST", "/groups/"+s.groupID+"/confirmations", s.key("confirm"), w.FormDataContentType(), body.Bytes(), nil)
}

type ndaView struct {
	ID, Number, State, Digest, Consent, Fault string
	Person                                    struct{ Name string }
	Seal                                      *struct {
		SHA256 string
		Size   int
	}
}

// signed has E0041 sign, and holds that all of it happened once.
func (s *killed) signed() {
	s.t.Helper()
	var list struct{ Items []ndaView }
	s.await("E0041 is asked to sign", func() bool {
		s.get("E0041", "/ndas?group="+s.groupID, &list)
		return len(list.Items) > 0 && list.Items[0].State == "sent"
	})
	at := "/ndas/" + list.Items[0].ID
	var n ndaView
	s.get("E0041", at, &n)
	s.post("E0041", at+"/views", s.key("read"), map[string]any{"decision_id": s.decisionID(91), "end": true}, nil)
	s.post("E0041", at+"/signatures", s.key("sign"), map[string]any{"decision_id": s.decisionID(92), "shown": n.Digest, "consent": n.Consent, "name": n.Person.Name}, nil)
	s.await("the agreement is sealed", func() bool {
		s.again()
		s.get("E0041", at, &n)
		return n.State == "sealed" || n.Fault != ""
	})
	s.get("E0041", "/ndas?group="+s.groupID, &list)
	if n.Fault != "" || n.Seal == nil || len(list.Items) != 1 {
		s.t.Fatalf("fault %q, %d agreements", n.Fault, len(list.Items))
	}
	pdf := s.bytes("E0041", "GET", at+"/document", "", nil)
	var checked struct {
		Verdict  string
		OnRecord bool `json:"on_record"`
		SHA256   string
	}
	s.call("E0041", "POST", "/nda-verifications", "", "application/pdf", pdf, &checked)
	if checked.Verdict != "intact" || !checked.OnRecord || len(pdf) != n.Seal.Size {
		s.t.Errorf("the document: %+v, %d bytes", checked, len(pdf))
	}
	var full struct {
		Timeline []struct{ Kind, Result string }
	}
	s.get("E0041", at, &full)
	seen := map[string]int{}
	for _, e := range full.Timeline {
		seen[e.Kind+" "+e.Result]++
	}
	for _, k := range []string{"nda.sent", "nda.sign", "nda.seal"} {
		if seen[k+" accepted"] != 1 {
			s.t.Errorf("the timeline: %v", seen)
		}
	}
	var news struct {
		Items []struct {
			Kind      string
			SubjectID string `json:"subject_id"`
		}
	}
	s.get("E0041", "/notifications?limit=100", &news)
	told := map[string]int{}
	for _, x := range news.Items {
		if x.SubjectID == n.ID {
			told[x.Kind]++
		}
	}
	if told["nda_ask"] != 1 || told["nda_sealed"] != 1 {
		s.t.Errorf("E0041 was told %v", told)
	}
	var verdict struct {
		OK          bool
		Failure     string
		Differences []map[string]any
	}
	s.post("E0021", "/audit/workflows/nda-"+n.ID+"/replays", s.key("nda"), map[string]any{"purpose": "test"}, &verdict)
	if !verdict.OK {
		s.t.Errorf("the replay: %+v", verdict)
	}
}

// bytes fetches what is no JSON.
func (s *killed) bytes(as, method, path, contentType string, body []byte) []byte {
	s.t.Helper()
	req, err := http.NewRequest(method, "http://"+s.addr+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo:"+as)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s: %d %v", method, path, resp.StatusCode, err)
	}
	return raw
}
