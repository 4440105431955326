package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
)

const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// existing is the demo company's spreadsheet of groups that live already.
func existing(t *testing.T) []byte {
	t.Helper()
	data, err := directory.DemoGroupsXLSX(1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (r *running) importGroups(t *testing.T, who, query string, data []byte, header ...string) reply {
	t.Helper()
	return r.upload(t, who, "/groups/imports"+query, "file", "现有群组.xlsx", workbook, data, nil, header...)
}

// TestTheExistingGroupsAreFiledFromTheirSheet is the way by API; the way by page is TestASheetInTheBrowser.
func TestTheExistingGroupsAreFiledFromTheirSheet(t *testing.T) {
	r := own(t, nil)
	data := existing(t)
	count := func(table string) (n int) { r.sql(t, &n, "SELECT count(*) FROM "+table); return n }

	var dry service.ImportReport
	r.importGroups(t, "E0034", "?dry_run=true", data).is(t, http.StatusOK).into(t, &dry)
	if !dry.DryRun || dry.Faulty != directory.DemoGroupsFaulty || len(dry.Rows) != directory.DemoGroups {
		t.Fatalf("dry run: %d faulty of %d", dry.Faulty, len(dry.Rows))
	}
	if n := count("cases"); n != 0 {
		t.Fatalf("a dry run made %d cases", n)
	}

	key := uuid.NewString()
	var rep service.ImportReport
	r.importGroups(t, "E0034", "", data, "Idempotency-Key", key).is(t, http.StatusOK).into(t, &rep)
	const good = directory.DemoGroups - directory.DemoGroupsFaulty
	if rep.DryRun || rep.Filed != good || rep.Faulty != directory.DemoGroupsFaulty {
		t.Fatalf("filed %d, faulty %d", rep.Filed, rep.Faulty)
	}
	cases := map[string]bool{}
	for _, row := range rep.Rows {
		switch {
		case row.Case != nil && len(row.Texts) == 0:
			cases[row.Case.ID] = true
		case row.Case == nil && len(row.Texts) > 0 && len(row.Faults) > 0:
			for _, text := range row.Texts {
				if !strings.ContainsFunc(text, func(c rune) bool { return c > 0x2e80 }) {
					t.Errorf("row %d: the reason %q is not in the reader's language", row.Row, text)
				}
			}
		default:
			t.Errorf("row %d has neither case nor reasons, or both: %+v", row.Row, row)
		}
	}
	if len(cases) != good || count("cases") != good {
		t.Errorf("%d cases in the answer, %d in the database", len(cases), count("cases"))
	}

	// Again, under the same key and under another: the same cases, no doubles.
	for _, k := range []string{key, uuid.NewString()} {
		var again service.ImportReport
		r.importGroups(t, "E0034", "", data, "Idempotency-Key", k).is(t, http.StatusOK).into(t, &again)
		for _, row := range again.Rows {
			if row.Case != nil && !cases[row.Case.ID] {
				t.Errorf("row %d became another case", row.Row)
			}
		}
		if again.Filed != good || count("cases") != good {
			t.Errorf("uploaded again: %d filed, %d cases", again.Filed, count("cases"))
		}
	}
	var checked service.ImportReport
	r.importGroups(t, "E0034", "?dry_run=true", data).is(t, http.StatusOK).into(t, &checked)
	for i, row := range checked.Rows {
		if was := rep.Rows[i].Case; (was == nil) != (row.Case == nil) || was != nil && was.ID != row.Case.ID {
			t.Errorf("checked again, row %d is another matter: %+v", row.Row, row)
		}
	}
	// The key belongs to this file.
	r.importGroups(t, "E0034", "", []byte("name\n"), "Idempotency-Key", key).is(t, http.StatusUnprocessableEntity)

	// The sheet comes back with a result in each row.
	x := r.importGroups(t, "E0034", "", data, "Accept", workbook).is(t, http.StatusOK)
	if ct := x.header.Get("Content-Type"); ct != workbook {
		t.Fatalf("the result sheet is %s", ct)
	}
	results(t, x.body, good, directory.DemoGroupsFaulty)

	// All run: each asks somebody, and a leader can decide at once.
	for id := range cases {
		v := r.read(t, "E0034", id)
		if v.Status != domain.CaseInApproval || len(v.Waiting) == 0 {
			t.Errorf("%s: %s, waits for %v", v.Title, v.Status, v.Waiting)
		}
	}
	var inbox service.Page[service.InboxItem]
	r.get(t, "E0006", "/inbox").is(t, http.StatusOK).into(t, &inbox)
	if len(inbox.Items) == 0 {
		t.Fatal("nothing waits for the platform department's leader")
	}
	r.approve(t, "E0006", inbox.Items[0].Case)
}

// results reads a result sheet: filed rows have a case's number, refused ones a reason.
func results(t *testing.T, sheet []byte, filed, refused int) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(sheet))
	if err != nil {
		t.Fatalf("the result sheet cannot be opened: %v", err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(rows) != 1+directory.DemoGroups {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	got := map[string]int{}
	for i, row := range rows[1:] {
		for len(row) < 3 {
			row = append(row, "")
		}
		got[row[0]]++
		if (row[1] == "") == (row[2] == "") {
			t.Errorf("row %d: case %q and reason %q", i+2, row[1], row[2])
		}
	}
	if want := map[string]int{"已报备": filed, "已退回": refused}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("results %v, want %v", got, want)
	}
}
