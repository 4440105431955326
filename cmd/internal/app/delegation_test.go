package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

var china = time.FixedZone("CST", 8*3600)

// day is a day of the company's, so many from today.
func day(n int) string { return time.Now().In(china).AddDate(0, 0, n).Format(time.DateOnly) }

// sales is a filing of sales department one, which E0011 leads, by E0152.
func (r *running) sales(t *testing.T, name string, change ...func(*domain.Filing)) domain.Filing {
	t.Helper()
	return r.filing(t, name, append([]func(*domain.Filing){department, func(f *domain.Filing) {
		f.Departments = []domain.DepartmentID{r.department(t, "MK-SA1")}
	}}, change...)...)
}

// handOver makes a delegation from now to tomorrow night.
func (r *running) handOver(t *testing.T, from, to string) service.DelegationView {
	t.Helper()
	var d service.DelegationView
	r.post(t, from, "/delegations", map[string]any{"to": r.id(t, to), "until": day(1), "reason": "leave"}).is(t, http.StatusCreated).into(t, &d)
	if d.State != service.DelegationInForce || d.Giver.Number != from || d.To.Number != to || !d.CanEnd {
		t.Fatalf("%+v", d)
	}
	return d
}

func (r *running) endDelegation(t *testing.T, who string, d service.DelegationView) {
	t.Helper()
	var v service.DelegationView
	r.post(t, who, "/delegations/"+d.ID+"/ends", struct{}{}).is(t, http.StatusOK).into(t, &v)
	if v.State != service.DelegationEnded || v.Ended == nil {
		t.Fatalf("%+v", v)
	}
}

// decideFor decides in another's name.
func (r *running) decideFor(t *testing.T, who, whom string, c service.CaseSummary, o domain.Outcome) reply {
	t.Helper()
	d := decision(c, o)
	d["for"] = whom
	return r.post(t, who, decisions(c), d)
}

// forWhom tells in whose name a case waits in somebody's inbox; "" when it does not, "-" when it is their own.
func (r *running) forWhom(t *testing.T, who, id string) string {
	t.Helper()
	var p service.Page[service.InboxItem]
	r.get(t, who, "/inbox?limit=100").is(t, http.StatusOK).into(t, &p)
	for _, it := range p.Items {
		switch {
		case it.Case.ID != id:
		case it.For != nil:
			return it.For.Number
		default:
			return "-"
		}
	}
	return ""
}

func (r *running) told(t *testing.T, who, kind, subject string) bool {
	t.Helper()
	var p service.Page[service.NotificationView]
	r.get(t, who, "/notifications?limit=100").is(t, http.StatusOK).into(t, &p)
	return slices.ContainsFunc(p.Items, func(n service.NotificationView) bool {
		return n.Kind == kind && n.SubjectID == subject && n.Person != nil
	})
}

// A leader on leave, end to end over HTTP (semantics 1: delegation). A is E0011, B is E0012, C is E0013.
func TestALeaderOnLeave(t *testing.T) {
	r := own(t, nil)
	const a, b, c, by = "E0011", "E0012", "E0013", "E0152"

	t.Run("B decides for A", func(t *testing.T) {
		d := r.handOver(t, a, b)
		if !r.told(t, b, "delegated", d.ID) {
			t.Error("B was not told of the delegation")
		}
		x := r.file(t, by, r.sales(t, "销售一部-委托一"))
		if got := r.forWhom(t, b, x.ID); got != a {
			t.Fatalf("in B's inbox it waits for %q", got)
		}
		until(t, "B is told of the open place", func() bool { return r.told(t, b, "ask_for", x.ID) })
		v := r.read(t, b, x.ID)
		if !slices.Contains(v.Relations, service.RelDelegate) || !slices.Contains(v.Can, "decide") {
			t.Errorf("%v may %v", v.Relations, v.Can)
		}
		if got := r.forWhom(t, c, x.ID); got != "" {
			t.Errorf("C sees it for %q", got)
		}
		r.get(t, c, "/cases/"+x.ID).is(t, http.StatusNotFound)
		if ans := r.decideFor(t, b, a, x, domain.Approve).answer(t); ans.Result != domain.Accepted || ans.Status != domain.CaseApproved {
			t.Fatalf("%+v", ans)
		}
		if p := refused(t, r.post(t, a, decisions(x), decision(x, domain.Reject)), http.StatusConflict, domain.TooLate, domain.ReasonEnded); p.DecidedBy == nil || p.DecidedBy.Number != b {
			t.Errorf("A does not hear who decided: %+v", p.DecidedBy)
		}
		until(t, "A is told", func() bool {
			var p service.Page[service.NotificationView]
			r.get(t, a, "/notifications?limit=100").is(t, http.StatusOK).into(t, &p)
			return slices.ContainsFunc(p.Items, func(n service.NotificationView) bool { return n.Kind == "acted_for" && n.SubjectID == x.ID })
		})
		var acts service.Page[service.ActedForView]
		r.get(t, a, "/delegations/acts").is(t, http.StatusOK).into(t, &acts)
		if len(acts.Items) != 1 || acts.Items[0].CaseID != x.ID || acts.Items[0].By.Number != b || acts.Items[0].Outcome != domain.Approve {
			t.Errorf("done in A's name: %+v", acts.Items)
		}
		if v := r.verdict(t, "case-"+x.ID); !v.OK {
			t.Errorf("the replay says %+v", v)
		}
		r.read(t, b, x.ID) // B decided: the case stays B's to read
		r.endDelegation(t, a, d)
	})

	t.Run("without saying for whom", func(t *testing.T) {
		d := r.handOver(t, a, b)
		x := r.file(t, by, r.sales(t, "销售一部-委托二"))
		if ans := r.approve(t, b, x); ans.Status != domain.CaseApproved {
			t.Errorf("%+v", ans)
		}
		r.endDelegation(t, a, d)
	})

	t.Run("A decides first", func(t *testing.T) {
		d := r.handOver(t, a, b)
		x := r.file(t, by, r.sales(t, "销售一部-本人先批"))
		r.approve(t, a, x)
		x0 := r.decideFor(t, b, a, x, domain.Approve)
		if x0.status != http.StatusNotFound { // the case has ended and was never B's
			refused(t, x0, http.StatusConflict, domain.TooLate, domain.ReasonEnded)
		}
		// With another step behind it the case goes on, and B hears of A.
		y := r.file(t, by, r.sales(t, "销售一部-本人先批涉密", confidential))
		replies := atOnce(2, func(i int) reply {
			if i == 0 {
				return r.post(t, a, decisions(y), decision(y, domain.Approve))
			}
			return r.decideFor(t, b, a, y, domain.Approve)
		})
		first, second, winner := replies[0], replies[1], a
		if first.status != http.StatusOK {
			first, second, winner = second, first, b
		}
		if first.answer(t).Result != domain.Accepted {
			t.Fatalf("%s", first.body)
		}
		if second.status != http.StatusNotFound {
			p := second.is(t, http.StatusConflict).problem(t)
			if p.Result != domain.TooLate && p.Result != domain.Refused || p.DecidedBy != nil && p.DecidedBy.Number != winner {
				t.Errorf("%s", second.body)
			}
		}
		r.endDelegation(t, a, d)
	})

	t.Run("ended while the case waits", func(t *testing.T) {
		d := r.handOver(t, a, b)
		x := r.file(t, by, r.sales(t, "销售一部-委托结束"))
		if !r.waits(t, b, x.ID) {
			t.Fatal("it does not wait for B")
		}
		r.endDelegation(t, a, d)
		r.endDelegation(t, a, d) // again does no harm
		if r.waits(t, b, x.ID) {
			t.Error("it still waits for B")
		}
		r.get(t, b, "/cases/"+x.ID).is(t, http.StatusNotFound)
		no := r.decideFor(t, b, a, x, domain.Approve)
		refused(t, no, http.StatusForbidden, domain.Refused, domain.ReasonNoDelegation)
		if strings.Contains(string(no.body), "委托结束\"") {
			t.Errorf("who no longer stands in is shown the case: %s", no.body)
		}
		r.approve(t, a, x)
		if !r.told(t, b, "delegation_ended", d.ID) {
			t.Error("B was not told of the end")
		}
	})

	t.Run("B is party to the request", func(t *testing.T) {
		d := r.handOver(t, a, b)
		x := r.file(t, b, r.sales(t, "销售一部-代理人自己的申请"))
		if r.waits(t, b, x.ID) {
			t.Error("B's own request waits for B")
		}
		refused(t, r.decideFor(t, b, a, x, domain.Approve), http.StatusForbidden, domain.Refused, domain.ReasonOwnMatter)
		r.approve(t, a, x)
		r.endDelegation(t, a, d)
	})

	t.Run("B counts once", func(t *testing.T) {
		d := r.handOver(t, a, b)
		x := r.file(t, by, r.sales(t, "跨部门-联络", func(f *domain.Filing) {
			f.Type = domain.TypeCrossDepartment
			f.Departments = append(f.Departments, r.department(t, "MK-SA2"))
		}))
		if got := r.forWhom(t, b, x.ID); got != "-" {
			t.Fatalf("B has a place of their own, and sees it for %q", got)
		}
		refused(t, r.decideFor(t, b, a, x, domain.Approve), http.StatusConflict, domain.Refused, domain.ReasonCountsOnce)
		r.approve(t, b, x)
		refused(t, r.decideFor(t, b, a, x, domain.Approve), http.StatusConflict, domain.Refused, domain.ReasonCountsOnce)
		if ans := r.approve(t, a, x); ans.Status != domain.CaseApproved {
			t.Errorf("%+v", ans)
		}
		r.endDelegation(t, a, d)
	})

	t.Run("a chain, and no circle", func(t *testing.T) {
		d1, d2 := r.handOver(t, a, b), r.handOver(t, b, c)
		for body, code := range map[string]string{
			`{"to":"` + string(r.id(t, a)) + `","until":"` + day(1) + `"}`:   "cycle",
			`{"to":"` + string(r.id(t, c)) + `","until":"` + day(1) + `"}`:   "self",
			`{"to":"` + string(r.id(t, "E0166")) + `","until":"2099-01-01"}`: "inactive",
			`{"to":"` + string(r.id(t, "E0006")) + `","until":"2020-01-01"}`: "past",
			`{"to":"` + string(r.id(t, "E0006")) + `","until":"2099-01-01"}`: "period_too_long",
			`{"to":"` + uuid.NewString() + `","until":"2099-01-01"}`:         "unknown_person",
			`{"to":"` + string(r.id(t, "E0006")) + `","until":"tomorrow"}`:   "not_a_time",
		} {
			x, err := r.try(c, http.MethodPost, "/delegations", "application/json", []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			p := x.is(t, http.StatusUnprocessableEntity).problem(t)
			if !slices.ContainsFunc(p.Faults, func(f problem.Fault) bool { return f.Code == code && f.Message != "" }) {
				t.Errorf("%s: want %s, got %s", body, code, x.body)
			}
		}
		x := r.file(t, by, r.sales(t, "销售一部-两级委托"))
		if got := r.forWhom(t, c, x.ID); got != a {
			t.Fatalf("in C's inbox it waits for %q", got)
		}
		if ans := r.decideFor(t, c, a, x, domain.Reject).answer(t); ans.Status != domain.CaseRejected {
			t.Errorf("%+v", ans)
		}
		r.post(t, b, "/delegations/"+d1.ID+"/ends", struct{}{}).is(t, http.StatusForbidden)
		r.post(t, "E0040", "/delegations/"+d1.ID+"/ends", struct{}{}).is(t, http.StatusNotFound)
		r.endDelegation(t, b, d2)
		r.endDelegation(t, a, d1)
	})

	t.Run("written once", func(t *testing.T) {
		key, body := uuid.NewString(), map[string]any{"to": r.id(t, b), "until": day(2)}
		var first, second service.DelegationView
		r.post(t, a, "/delegations", body, "Idempotency-Key", key).is(t, http.StatusCreated).into(t, &first)
		r.post(t, a, "/delegations", body, "Idempotency-Key", key).is(t, http.StatusCreated).into(t, &second)
		if first.ID != second.ID {
			t.Error("the same request made two")
		}
		p := r.post(t, a, "/delegations", body).is(t, http.StatusUnprocessableEntity).problem(t)
		if len(p.Faults) != 1 || p.Faults[0].Code != "delegation_exists" {
			t.Errorf("%+v", p.Faults)
		}
		r.endDelegation(t, a, first)
	})

	t.Run("HR's list", func(t *testing.T) { listOfAbsences(t, r) })
	t.Run("a calendar", func(t *testing.T) { calendarOfAbsences(t, r) })
	for _, secret := range []string{"家中有事", "海南度假"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

func listOfAbsences(t *testing.T, r *running) {
	send := func(who, query, text string) reply {
		return r.upload(t, who, "/absences/imports"+query, "file", "请假.csv", "text/csv", []byte(text), nil)
	}
	list := "工号,姓名,开始日期,结束日期,代理人工号,备注\n" +
		"E0007,林若水," + day(0) + "," + day(3) + ",E0008,家中有事\n" +
		"E0010,苏念慈," + day(1) + "," + day(2) + ",,\n" +
		"E0041,王䶮," + day(1) + "," + day(2) + ",,\n" +
		"E0014,韩铁生,2020-01-01,2020-01-02,E0015,\n"
	bad := list + "E0007,林若水," + day(2) + "," + day(5) + ",E0006,\nE9999,无,x," + day(2) + ",E0166,\nE0015,方晓棠," + day(3) + "," + day(1) + ",E0015,=1+1\n"
	send("E0034", "?dry_run=true", list).is(t, http.StatusForbidden)
	var rep service.AbsenceReport
	send("E0260", "?dry_run=true", bad).is(t, http.StatusOK).into(t, &rep)
	rows := map[int]bool{}
	for _, f := range rep.Faults {
		rows[f.Row] = true
		if f.Text == "" || f.Text == f.Code {
			t.Errorf("no words for %+v", f)
		}
	}
	if !rep.DryRun || len(rows) != 3 || !rows[6] || !rows[7] || !rows[8] {
		t.Errorf("faults in rows %v: %+v", rows, rep.Faults)
	}
	send("E0260", "", bad).is(t, http.StatusUnprocessableEntity)
	var n int
	if r.sql(t, &n, `SELECT (SELECT count(*) FROM absences) + (SELECT count(*) FROM delegations WHERE set_by IS NOT NULL)`); n != 0 {
		t.Fatalf("a dry run and a faulty list left %d rows", n)
	}
	rep = service.AbsenceReport{}
	send("E0260", "", list).is(t, http.StatusOK).into(t, &rep)
	if rep.Counts["delegates"] != 1 || rep.Counts["proposes"] != 1 || rep.Counts["no_office"] != 1 || rep.Counts["over"] != 1 {
		t.Errorf("%v", rep.Counts)
	}
	rep = service.AbsenceReport{}
	send("E0260", "", list).is(t, http.StatusOK).into(t, &rep)
	if rep.Counts["unchanged"] != 2 || rep.Counts["delegates"] != 0 {
		t.Errorf("read again: %v", rep.Counts)
	}
	var mine service.Page[service.DelegationView]
	r.get(t, "E0007", "/delegations?side=given").is(t, http.StatusOK).into(t, &mine)
	if len(mine.Items) != 1 || mine.Items[0].To.Number != "E0008" || mine.Items[0].SetBy == nil || mine.Items[0].SetBy.Number != "E0260" || !mine.Items[0].CanEnd {
		t.Fatalf("%+v", mine.Items)
	}
	if !r.told(t, "E0007", "delegated_by_hr", mine.Items[0].ID) || !r.told(t, "E0008", "delegated", mine.Items[0].ID) {
		t.Error("one of the two was not told")
	}
	// A longer absence and another deputy: an update.
	rep = service.AbsenceReport{}
	send("E0260", "", strings.Replace(list, day(3)+",E0008", day(4)+",E0006", 1)).is(t, http.StatusOK).into(t, &rep)
	r.get(t, "E0007", "/delegations?side=given").is(t, http.StatusOK).into(t, &mine)
	in := slices.DeleteFunc(mine.Items, func(d service.DelegationView) bool { return d.State == service.DelegationEnded })
	if rep.Counts["updates"] != 1 || len(in) != 1 || in[0].To.Number != "E0006" {
		t.Errorf("%v: %+v", rep.Counts, mine.Items)
	}
	r.endDelegation(t, "E0260", in[0]) // HR ends what HR set

	// The one without a deputy is asked, with somebody suggested.
	var list2 struct{ Items []service.AbsenceView }
	r.get(t, "E0010", "/absences").is(t, http.StatusOK).into(t, &list2)
	if len(list2.Items) != 1 || list2.Items[0].Deputy == nil || list2.Items[0].Deputy.Number != "E0003" {
		t.Fatalf("%+v", list2.Items)
	}
	at := "/absences/" + list2.Items[0].ID
	r.post(t, "E0011", at+"/acceptances", struct{}{}).is(t, http.StatusNotFound)
	var d service.DelegationView
	r.post(t, "E0010", at+"/acceptances", struct{}{}).is(t, http.StatusCreated).into(t, &d)
	if d.To.Number != "E0003" || d.State != service.DelegationPlanned || !d.From.Equal(list2.Items[0].From) {
		t.Errorf("%+v", d)
	}
	r.post(t, "E0010", at+"/declines", struct{}{}).is(t, http.StatusConflict)
}

func calendarOfAbsences(t *testing.T, r *running) {
	first := time.Now().In(china).AddDate(0, 0, 10)
	file := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:海南度假 休\r\n 假\r\nDTSTART;VALUE=DATE:" + first.Format("20060102") +
		"\r\nDTEND;VALUE=DATE:" + first.AddDate(0, 0, 3).Format("20060102") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	var rep service.CalendarReport
	for range 2 { // again: the same
		r.upload(t, "E0012", "/absences/calendars", "file", "c.ics", "text/calendar", []byte(file), nil).is(t, http.StatusOK).into(t, &rep)
		if rep.Found != 1 || len(rep.Proposals) != 1 || rep.Proposals[0].Source != "calendar" {
			t.Fatalf("%+v", rep)
		}
	}
	at := "/absences/" + rep.Proposals[0].ID
	r.post(t, "E0012", at+"/declines", struct{}{}).is(t, http.StatusOK)
	r.upload(t, "E0012", "/absences/calendars", "file", "c.ics", "text/calendar", []byte(file), nil).is(t, http.StatusOK).into(t, &rep)
	if len(rep.Proposals) != 0 {
		t.Error("what was declined is proposed again")
	}
	for text, code := range map[string]int{"": 422, "no calendar": 422, "BEGIN:VCALENDAR\r\n": 422, strings.Repeat("x", 201<<10): 413} {
		if x := r.upload(t, "E0012", "/absences/calendars", "file", "c.ics", "text/calendar", []byte(text), nil); x.status != code {
			t.Errorf("%.20q: %d %s", text, x.status, x.body)
		}
	}
}
