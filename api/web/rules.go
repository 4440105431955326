package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// mostRules bounds an uploaded file of rules, in bytes.
const mostRules = 1 << 20

// kindOf says whether a page is about policies or calendars: by its path, or its form.
func kindOf(c echo.Context) service.RulesKind {
	if strings.HasPrefix(c.Path(), "/calendars") {
		return service.Calendars
	}
	return service.Policies
}

// rulesForm is the upload as it was sent, with what is wrong with it.
type rulesForm struct {
	Key     string
	Text    string
	Note    string
	Faults  []domain.Fault
	Defects []service.Defect
}

func (w *Web) rules(c echo.Context, v *View) error {
	return w.showRules(c, v, http.StatusOK, rulesForm{Key: v.NewID()})
}

func (w *Web) showRules(c echo.Context, v *View, status int, f rulesForm) error {
	kind := kindOf(c)
	v.Title, v.Nav = v.T("rules.title"), "rules"
	page, err := w.Service.RulesVersions(ctxOf(c), v.Actor, kind, c.QueryParam("cursor"), pageSize)
	if err != nil {
		return err
	}
	return w.show(c, status, rulesPage(v, kind, page, f))
}

// draftRules takes a file, or its text, as a draft. A faulty one comes back with every fault at its line.
func (w *Web) draftRules(c echo.Context, v *View) error {
	kind := kindOf(c)
	f := rulesForm{Key: c.FormValue("key"), Text: strings.ReplaceAll(c.FormValue("text"), "\r\n", "\n"), Note: c.FormValue("note")}
	up := service.Upload{Name: "rules.yaml", MediaType: "application/yaml", Data: []byte(f.Text)}
	if f.Text == "" || hasFile(c, "file") {
		var err error
		if up, err = upload(c, "file", mostRules); err != nil {
			return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error {
				f.Faults = faults
				return w.showRules(c, v, st, f)
			})
		}
		f.Text = strings.ToValidUTF8(string(up.Data), "\uFFFD")
	}
	made, _, err := w.Service.DraftRules(ctxOf(c), v.Actor, f.Key, kind, up, f.Note)
	if err == nil {
		return w.back(c, rulesPath(kind, made.Version), "rules_drafted")
	}
	return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error {
		f.Key, f.Faults, f.Defects = v.NewID(), faults, service.AsError(err).Defects
		if len(f.Defects) > 0 {
			v.Notice = nil // the list says it
		}
		return w.showRules(c, v, st, f)
	})
}

func hasFile(c echo.Context, field string) bool {
	h, err := c.FormFile(field)
	return err == nil && h.Size > 0
}

// rulesPath is the page of a version.
func rulesPath(kind service.RulesKind, version string) string {
	return "/" + string(kind) + "/" + url.PathEscape(version)
}

// versionData is what a version's page shows.
type versionData struct {
	Kind     service.RulesKind
	Is       service.RulesVersionView
	Diff     *service.RulesDiff
	Others   []service.RulesVersion // to compare with
	Report   *service.DryRunReport
	Dry      service.DryRunInput
	Problems []service.RulesProblem
}

func (w *Web) rulesVersion(c echo.Context, v *View) error {
	return w.showVersion(c, v, http.StatusOK, versionData{})
}

func (w *Web) showVersion(c echo.Context, v *View, status int, d versionData) error {
	ctx := ctxOf(c)
	d.Kind = kindOf(c)
	var err error
	if d.Is, err = w.Service.RulesVersion(ctx, v.Actor, d.Kind, c.Param("version")); err != nil {
		return err
	}
	d.Problems = d.Is.Problems
	others, err := w.Service.RulesVersions(ctx, v.Actor, d.Kind, "", pageSize)
	if err != nil {
		return err
	}
	for _, o := range others.Items {
		if o.Version != d.Is.Version {
			d.Others = append(d.Others, o)
		}
	}
	against := c.QueryParam("against")
	if against != "" || d.Is.InForce != "" && d.Is.InForce != d.Is.Version {
		diff, err := w.Service.RulesDiff(ctx, v.Actor, d.Kind, d.Is.Version, against)
		switch {
		case err == nil:
			d.Diff = &diff
		case service.AsError(err).Kind != service.NotFound:
			return err
		}
	}
	v.Title, v.Nav = v.T("rules.version")+" "+d.Is.Version, "rules"
	return w.show(c, status, versionPage(v, d))
}

// rulesAct ends an act on a version: back to its page with a word of success, or the page again with the reason.
func (w *Web) rulesAct(c echo.Context, v *View, err error, done string) error {
	if err == nil {
		return w.back(c, rulesPath(kindOf(c), c.Param("version")), done)
	}
	return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error {
		if len(faults) > 0 {
			v.Notice = &Notice{Tone: "bad", Title: v.T("errors.title"), Body: v.Fault(faults[0])}
		}
		return w.showVersion(c, v, st, versionData{})
	})
}

// proposeRules reads the date in the company's zone; none means as soon as it is activated.
func (w *Web) proposeRules(c echo.Context, v *View) error {
	var at *time.Time
	if text := c.FormValue("effective_at"); text != "" {
		t, err := time.ParseInLocation("2006-01-02T15:04", text, w.Zone)
		if err != nil {
			return w.rulesAct(c, v, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "effective_at", Code: "not_a_date", Params: map[string]string{"form": "2027-06-30 00:00"}}}}, "")
		}
		at = &t
	}
	_, err := w.Service.ProposeRules(ctxOf(c), v.Actor, c.FormValue("key"), kindOf(c), c.Param("version"), at)
	return w.rulesAct(c, v, err, "rules_proposed")
}

func (w *Web) activateRules(c echo.Context, v *View) error {
	_, err := w.Service.ActivateRules(ctxOf(c), v.Actor, c.FormValue("key"), kindOf(c), c.Param("version"), c.FormValue("against"))
	return w.rulesAct(c, v, forbiddenAsConflict(err), "rules_activated")
}

// forbiddenAsConflict keeps the page of a version in front of somebody who may look but not act alone.
func forbiddenAsConflict(err error) error {
	if err == nil {
		return nil
	}
	if e := service.AsError(err); e.Kind == service.Forbidden && e.Code == "two_people_needed" {
		return &service.Error{Kind: service.Conflict, Code: e.Code}
	}
	return err
}

func (w *Web) withdrawRules(c echo.Context, v *View) error {
	_, err := w.Service.WithdrawRules(ctxOf(c), v.Actor, c.FormValue("key"), kindOf(c), c.Param("version"))
	return w.rulesAct(c, v, err, "rules_withdrawn")
}

// dryRun tries a policy on past requests and shows what would change.
func (w *Web) dryRun(c echo.Context, v *View) error {
	in := service.DryRunInput{From: c.FormValue("from"), To: c.FormValue("to")}
	in.Last, _ = strconv.Atoi(c.FormValue("last")) // 0: the usual number
	rep, err := w.Service.DryRunPolicy(ctxOf(c), v.Actor, c.Param("version"), in)
	if err != nil {
		return w.rulesAct(c, v, err, "")
	}
	return w.showVersion(c, v, http.StatusOK, versionData{Report: &rep, Dry: in})
}
