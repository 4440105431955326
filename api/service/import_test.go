package service_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// sheet is a bulk filing as CSV.
func sheet(rows ...string) service.Upload {
	text := "群名称,类型,密级,用途,所属部门,群管理员,群成员,邀请外部人员,匿名发言,查看联系方式,发言权限,入群审核,结束日期,平台\n" + strings.Join(rows, "\n") + "\n"
	return service.Upload{Name: "groups.csv", MediaType: "text/csv", Data: []byte(text)}
}

func row(name, admins string) string {
	return fmt.Sprintf("%s,部门群,普通,日常沟通,研发部,%s,,否,否,是,全体成员,是,,手工维护", name, admins)
}

func TestValidRowsAreFiledAndTheSameFileFilesNothingTwice(t *testing.T) {
	h := open(t)
	ctx, a := t.Context(), h.as(t, h.People[0])
	up := sheet(row("研发部-值班", "E0008、E0009"), row("研发部-闲聊", "E0008、E0009"), row("研发部-值班", "E0008、E0009"), row("研发部-周报", "E0008"), row("研发部-发布", "E0008、E0009"))
	dry, err := h.s.ImportGroups(ctx, a, "", up, true)
	if err != nil || dry.Filed != 2 || dry.Faulty != 3 {
		t.Fatalf("%v %+v", err, dry)
	}
	count := func() (n int) {
		t.Helper()
		if err := h.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM cases`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if count() != 0 {
		t.Error("a dry run files")
	}
	key := uuid.NewString()
	rep, err := h.s.ImportGroups(ctx, a, key, up, false)
	if err != nil || rep.Filed != 2 || rep.Faulty != 3 || count() != 2 {
		t.Fatalf("%v %+v", err, rep)
	}
	for i, faulty := range []bool{false, true, true, true, false} {
		r := rep.Rows[i]
		if (r.Case == nil) != faulty || (len(r.Texts) > 0) != faulty || len(r.Faults) != len(r.Texts) || r.Row != i+2 {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	again, err := h.s.ImportGroups(ctx, a, uuid.NewString(), up, false)
	if err != nil || again.Filed != 2 || again.Rows[0].Case.ID != rep.Rows[0].Case.ID || again.Rows[4].Case.ID != rep.Rows[4].Case.ID || count() != 2 {
		t.Fatalf("%v %+v", err, again)
	}
	_, err = h.s.ImportGroups(ctx, a, key, sheet(row("研发部-其他", "E0008、E0009")), false)
	wants(t, err, service.Conflict, "idempotency_key_reused")
	// The sheet comes back with what became of each row.
	data, err := h.s.ImportResult(ctx, a, up, rep)
	if err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	cells, err := x.GetRows(x.GetSheetName(0))
	if err != nil || len(cells) != 6 || cells[1][1] != rep.Rows[0].Case.Number || cells[2][2] == "" {
		t.Errorf("%v %v", err, cells)
	}
}

func TestFilesThatAreNoneAreRefusedByName(t *testing.T) {
	h := open(t)
	a := h.as(t, h.People[0])
	for name, up := range map[string]service.Upload{
		"empty":       {Name: "a.xlsx"},
		"no sheet":    {Name: "a.xlsx", Data: []byte("PK\x03\x04 nothing")},
		"other table": {Name: "a.csv", Data: []byte("a,b\n1,2\n")},
	} {
		_, err := h.s.ImportGroups(t.Context(), a, uuid.NewString(), up, false)
		if f := fault(t, err, "file"); f.Code == "" || f.Params["text"] == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	var rows []string
	for i := range 501 {
		rows = append(rows, row(fmt.Sprintf("研发部-第%d", i), "E0008、E0009"))
	}
	_, err := h.s.ImportGroups(t.Context(), a, uuid.NewString(), sheet(rows...), true)
	if f := fault(t, err, "file"); f.Code != "too_many_rows" {
		t.Errorf("%+v", f)
	}
	if data, err := h.s.GroupTemplate(t.Context(), a); err != nil || len(data) == 0 {
		t.Errorf("the template: %v", err)
	}
}

func TestADirectoryImportReachesOpenCases(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	h.Exec(t, `UPDATE employees SET roles = '{hr}' WHERE id = $1`, string(h.People[4]))
	h.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	c := h.file(t, h.filing("研发部-数据备份"))
	hr := h.as(t, h.People[4])
	// The leader left; the next one up is asked.
	up := service.Upload{Name: "book.csv", Data: []byte("工号,姓名,部门,状态\nE0002,员工2,公司/研发部,离职\n")}
	_, err := h.s.ImportDirectory(ctx, h.as(t, h.People[0]), uuid.NewString(), up, false, false, true)
	wants(t, err, service.Forbidden, "role_required")
	dry, err := h.s.ImportDirectory(ctx, hr, "", up, true, false, true)
	if err != nil || dry.Counts["left"] != 1 || len(dry.Changes) == 0 || dry.Revision != 0 || dry.Cases != 1 {
		t.Fatalf("%v %+v %+v", err, dry, service.AsError(err).Faults)
	}
	key := uuid.NewString()
	rep, err := h.s.ImportDirectory(ctx, hr, key, up, false, false, true)
	if err != nil || rep.Counts["left"] != 1 || rep.Cases != 1 || rep.Revision == 0 {
		t.Fatalf("%v %+v", err, rep)
	}
	again, err := h.s.ImportDirectory(ctx, hr, key, up, false, false, true)
	if err != nil || again.Revision != rep.Revision {
		t.Errorf("%v %+v", err, again)
	}
	head := h.as(t, h.Head)
	until(t, "the superior is asked", func() bool {
		in, err := h.s.Inbox(ctx, head, "", 10)
		return err == nil && len(in.Items) == 1 && in.Items[0].Case.ID == c.ID
	})
	if ans, err := h.approve(t, h.Head, c.ID); err != nil || ans.Result != domain.Accepted {
		t.Errorf("%v %+v", err, ans)
	}
}

func TestTheDemosExistingGroupsAreFiled(t *testing.T) {
	ctx := t.Context()
	env := testenv.Start(t)
	st, err := store.Open(ctx, env.NewDatabase(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if err := st.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	people, departments := directory.Demo(1)
	if _, err := st.ApplyDirectory(ctx, "", "demo", store.DirectoryUpdate{Base: -1, Departments: departments, Employees: people}); err != nil {
		t.Fatal(err)
	}
	rules := defaultRules(t, st)
	keys, err := codec.Generate()
	if err != nil {
		t.Fatal(err)
	}
	s := service.New(service.Config{Store: st, Keyring: keys, Rules: rules, Demo: true}) // the engine is away: all the same
	a, err := s.ByToken(ctx, "demo:E0037")
	if err != nil {
		t.Fatal(err)
	}
	data, err := directory.DemoGroupsXLSX(1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	up := service.Upload{Name: "groups.xlsx", Data: data}
	dry, err := s.ImportGroups(ctx, a, "", up, true)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := s.ImportGroups(ctx, a, uuid.NewString(), up, false)
	if err != nil || len(rep.Rows) != 60 || rep.Filed != 48 || rep.Faulty != 12 {
		t.Fatalf("%v: %d rows, %d filed, %d faulty", err, len(rep.Rows), rep.Filed, rep.Faulty)
	}
	for i, r := range rep.Rows {
		if (r.Case == nil) != (len(dry.Rows[i].Texts) > 0) {
			t.Errorf("row %d: the dry run said %v, then %v", r.Row, dry.Rows[i].Texts, r.Texts)
		}
		for _, text := range r.Texts {
			if strings.Contains(text, "（") && strings.Contains(text, "有误") || strings.Contains(text, "{") {
				t.Errorf("row %d is badly worded: %s", r.Row, text)
			}
		}
	}
	again, err := s.ImportGroups(ctx, a, uuid.NewString(), up, false)
	if err != nil || again.Filed != 48 {
		t.Fatalf("%v %+v", err, again.Filed)
	}
	var n int
	if err := st.Pool().QueryRow(ctx, `SELECT count(*) FROM cases`).Scan(&n); err != nil || n != 48 {
		t.Errorf("%d cases: %v", n, err)
	}
}
