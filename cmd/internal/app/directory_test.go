package app_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
)

// book is the demo company's address book as CSV, by staff number, to be changed and sent in.
type book struct {
	head []string
	rows [][]string
}

func demoBook(t *testing.T) *book {
	t.Helper()
	text := bytes.TrimPrefix(directory.DemoCSV(app.DemoSeed), []byte("\xEF\xBB\xBF"))
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return &book{head: rows[0], rows: rows[1:]}
}

// set changes one cell of a person's row.
func (b *book) set(t *testing.T, number, column, value string) {
	t.Helper()
	k, n := slices.Index(b.head, column), slices.Index(b.head, "工号")
	for _, row := range b.rows {
		if k >= 0 && row[n] == number {
			row[k] = value
			return
		}
	}
	t.Fatalf("no row of %s or no column %s", number, column)
}

func (b *book) csv() []byte {
	var out bytes.Buffer
	out.WriteString("\xEF\xBB\xBF")
	w := csv.NewWriter(&out)
	_ = w.WriteAll(append([][]string{b.head}, b.rows...))
	return out.Bytes()
}

// changed is the address book after a reorganisation: the platform department's leader has left and E0042 leads it; E0043
// leads the application department instead of E0007, who stays; one security officer has another post.
func changed(t *testing.T) *book {
	t.Helper()
	b := demoBook(t)
	b.set(t, "E0006", "状态", "离职")
	b.set(t, "E0006", "是否部门负责人", "否")
	b.set(t, "E0042", "是否部门负责人", "是")
	b.set(t, "E0007", "是否部门负责人", "否")
	b.set(t, "E0070", "是否部门负责人", "是")
	b.set(t, "E0292", "角色", "员工")
	b.set(t, "E0292", "职务", "安全培训讲师")
	return b
}

func (r *running) importBook(t *testing.T, who, query string, data []byte) reply {
	t.Helper()
	return r.upload(t, who, "/directory/imports?"+query, "file", "通讯录.csv", "text/csv", data, nil)
}

// keysOf signs a person in by session and by token, and returns a question about themselves by each.
func (r *running) keysOf(t *testing.T, number string) (bySession, byToken func() int) {
	t.Helper()
	x := r.post(t, "", "/sessions", map[string]string{"number": number}).is(t, http.StatusCreated)
	cookie := strings.SplitN(x.header.Get("Set-Cookie"), ";", 2)[0]
	var made struct {
		Secret string `json:"secret"`
	}
	r.post(t, number, "/tokens", map[string]any{"name": "端到端测试", "days": 1}).is(t, http.StatusCreated).into(t, &made)
	ask := func(header, value string) func() int {
		return func() int {
			x, err := r.try("", http.MethodGet, "/me", "", nil, header, value)
			if err != nil {
				t.Fatal(err)
			}
			return x.status
		}
	}
	return ask("Cookie", cookie), ask("Authorization", "Bearer "+made.Secret)
}

func TestTheCompanyIsReorganised(t *testing.T) {
	r := own(t, nil)
	first := r.file(t, "E0040", r.filing(t, "项目-换了负责人"))
	half := r.file(t, "E0040", r.filing(t, "平台部-已过一环", confidential))
	r.approve(t, "E0006", half) // stands, although E0006 will have left
	app := func(f *domain.Filing) {
		f.Departments = []domain.DepartmentID{r.department(t, "RD-APP")}
		f.Type = domain.TypeDepartment
	}
	lost := r.file(t, "E0040", r.filing(t, "应用部-刚换负责人", app))
	bySession, byToken := r.keysOf(t, "E0006")
	if a, b := bySession(), byToken(); a != http.StatusOK || b != http.StatusOK {
		t.Fatalf("signed in: %d, %d", a, b)
	}

	// Faults come by row; nothing is written.
	bad := changed(t)
	bad.set(t, "E0100", "姓名", "")
	bad.set(t, "E0101", "邮箱", "not an address")
	var dry service.DirectoryReport
	r.importBook(t, "E0260", "dry_run=true&full=true", bad.csv()).is(t, http.StatusOK).into(t, &dry)
	rows := map[int]string{}
	for _, f := range dry.Faults {
		rows[f.Row] = f.Column
		if f.Text == "" || f.Code == "" {
			t.Errorf("%+v", f)
		}
	}
	if rows[101] != "姓名" || rows[102] != "邮箱" {
		t.Errorf("the faults' rows: %v", rows)
	}
	p := r.importBook(t, "E0260", "full=true", bad.csv()).is(t, http.StatusUnprocessableEntity).problem(t)
	if len(p.Faults) == 0 || !strings.HasPrefix(p.Faults[0].Field, "rows[101]") {
		t.Errorf("%+v", p.Faults)
	}
	r.importBook(t, "E0040", "dry_run=true", bad.csv()).is(t, http.StatusForbidden)

	// The dry run tells, and changes nothing.
	good := changed(t).csv()
	dry = service.DirectoryReport{}
	r.importBook(t, "E0260", "dry_run=true&full=true", good).is(t, http.StatusOK).into(t, &dry)
	if len(dry.Faults) != 0 || dry.Counts["left"] != 1 || dry.Counts["leader_changed"] != 2 || dry.Counts["post_changed"] != 1 || dry.Cases != 3 {
		t.Fatalf("dry run: %+v, %d cases, faults %+v", dry.Counts, dry.Cases, dry.Faults)
	}
	if v := r.read(t, "E0006", first.ID); v.Waiting[0].Number != "E0006" || bySession() != http.StatusOK {
		t.Fatal("the dry run changed something")
	}

	var rep service.DirectoryReport
	r.importBook(t, "E0260", "full=true", good).is(t, http.StatusOK).into(t, &rep)
	if rep.Revision < 2 || rep.Cases != 3 {
		t.Errorf("%+v", rep)
	}

	// The one who left: no account, by no key, and no decision.
	if a, b := bySession(), byToken(); a != http.StatusUnauthorized || b != http.StatusUnauthorized {
		t.Errorf("sessions of one who left: %d, %d", a, b)
	}
	r.post(t, "E0006", decisions(first), decision(first, domain.Approve)).is(t, http.StatusUnauthorized)

	// The slot moved to the new leader.
	until(t, "the case waits for the new leader", func() bool { return r.waits(t, "E0042", first.ID) })
	v := r.read(t, "E0042", first.ID)
	if len(v.Waiting) != 1 || v.Waiting[0].Number != "E0042" || !slices.Contains(v.Can, "decide") {
		t.Errorf("waits for %+v, can %v", v.Waiting, v.Can)
	}
	if status, _, text := r.page(t, "E0042", "/cases/"+first.ID); status != http.StatusOK || !strings.Contains(text, `name="outcome"`) {
		t.Errorf("the new leader's page of the case offers no decision: %d", status)
	}
	if status, _, text := r.page(t, "E0042", "/inbox"); status != http.StatusOK || !strings.Contains(text, "项目-换了负责人") {
		t.Errorf("the new leader's inbox: %d", status)
	}
	r.approve(t, "E0042", first)
	r.finish(t, first)

	// Who lost the slot a moment ago is told so.
	until(t, "the case of the other department moved", func() bool { return r.waits(t, "E0070", lost.ID) })
	refused(t, r.post(t, "E0007", decisions(lost), decision(lost, domain.Approve)), http.StatusConflict, domain.Refused, domain.ReasonLost)
	if r.waits(t, "E0007", lost.ID) {
		t.Error("a lost slot waits in the inbox")
	}
	r.approve(t, "E0070", lost)

	// The past decision stands; who is no officer any more has no slot.
	until(t, "the officer's slot is closed", func() bool { return !r.waits(t, "E0292", half.ID) })
	v = r.read(t, "E0040", half.ID)
	if s := v.Route.Steps[0].Slots[0]; s.Status != domain.SlotApproved || s.Person.Number != "E0006" || s.Person.Active {
		t.Errorf("the decision of one who left: %+v", s)
	}
	for _, who := range r.officers(t) {
		if who != "E0292" {
			r.approve(t, who, half)
			break
		}
	}
	if x := r.verdict(t, "case-"+half.ID); !x.OK {
		t.Errorf("%+v", x)
	}

	// The same file again changes nothing.
	rep = service.DirectoryReport{}
	r.upload(t, "E0260", "/directory/imports?full=true", "file", "通讯录.csv", "text/csv", good, nil, "Idempotency-Key", uuid.NewString()).
		is(t, http.StatusOK).into(t, &rep)
	if len(rep.Changes) != 0 || rep.Cases != 0 {
		t.Errorf("again: %+v", rep)
	}
}
