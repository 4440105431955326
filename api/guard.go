package api

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// guard lets a request through to its handler only by its row of the table.
type guard struct {
	rows map[string]map[string]Route // by path, then method
	svc  service.API
	door *auth.Door
}

func newGuard(rows []Route, svc service.API, door *auth.Door) *guard {
	g := &guard{rows: map[string]map[string]Route{}, svc: svc, door: door}
	for _, r := range rows {
		if g.rows[r.Path] == nil {
			g.rows[r.Path] = map[string]Route{}
		}
		g.rows[r.Path][r.Method] = r
	}
	return g
}

func (g *guard) row(c echo.Context) (Route, bool) {
	r, ok := g.rows[c.Path()][c.Request().Method]
	return r, ok
}

// find refuses what no row knows, and what its row does not take: before anybody is asked who they are.
func (g *guard) find(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		row, ok := g.row(c)
		if !ok {
			if known := g.rows[c.Path()]; len(known) > 0 {
				c.Response().Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(known)), ", "))
				return problem.MethodNotAllowed()
			}
			return &service.Error{Kind: service.NotFound, Code: "unknown_address"}
		}
		if row.Secret {
			secretAddress(c)
		}
		if err := checkAddress(c); err != nil {
			return err
		}
		if err := checkBody(c, row); err != nil {
			return err
		}
		return next(c)
	}
}

// permit asks the table whether the actor may.
func (g *guard) permit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		row, ok := g.row(c)
		if !ok {
			return &service.Error{Kind: service.NotFound, Code: "unknown_address"}
		}
		if err := g.door.CheckOrigin(c, row.Secret); err != nil {
			return err
		}
		if row.Secret {
			if err := g.door.LimitLink(c); err != nil {
				return err
			}
		}
		a, in := auth.CurrentActor(c)
		if row.SignIn {
			if err := g.door.LimitTry(c); err != nil {
				return err
			}
		}
		if row.Costly {
			if err := g.door.LimitCostly(c); err != nil {
				return err
			}
		}
		if !row.Public && !in {
			return auth.Unsigned(c)
		}
		if in && row.Method != "GET" {
			if err := g.door.LimitWrite(a); err != nil {
				return err
			}
		}
		if err := g.door.CheckToken(c, row.Page); err != nil {
			return err
		}
		if row.Page {
			if err := checkForm(c); err != nil {
				return err
			}
		}
		if err := g.may(c, row, a); err != nil {
			return err
		}
		err := next(c)
		if row.Secret && err == nil && c.Response().Status == http.StatusNotFound {
			g.door.MissedLink(c)
		}
		return err
	}
}

// secretAddress keeps an address that is a key from being told: to pages that are opened from it, to search engines, to
// archives.
func secretAddress(c echo.Context) {
	h := c.Response().Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Cache-Control", "no-store, private")
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// ruleVersion is the form of a version of the rules: declared, and the start of its file's digest.
var ruleVersion = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,59}$`)

// partName is how a part of a group is called: an operation, a hold, a finding, a capability, a person in it.
var partName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$`)

// subject is the id that the row's permission speaks of. An id that cannot be one names nothing.
func subject(c echo.Context, row Route) (kind Subject, id string, err error) {
	unknown := &service.Error{Kind: service.NotFound, Code: "not_found"}
	for _, name := range c.ParamNames() {
		v := c.Param(name)
		switch name {
		case "id", "act", "act_id", "object":
			if !row.FreeID && !uuid.MatchString(v) || len(v) > 100 {
				return "", "", unknown
			}
		case "version":
			if !ruleVersion.MatchString(v) {
				return "", "", unknown
			}
		case "op", "hold", "finding", "capability", "employee":
			if !partName.MatchString(v) {
				return "", "", unknown
			}
		case "workflow":
			k, rest, _ := strings.Cut(v, "-")
			if (k != "case" && k != "group" && k != "nda" && k != "post") || !uuid.MatchString(rest) {
				return "", "", unknown
			}
		}
	}
	switch row.Subject {
	case OfCase, OfGroup, OfNDA, OfPost:
		return row.Subject, c.Param("id"), nil
	case OfWorkflow:
		k, rest, _ := strings.Cut(c.Param("workflow"), "-")
		return Subject(k), rest, nil
	}
	return "", "", nil
}

// may decides: no role 403, no relation 404 unless the actor may know of the subject, then 403 with the reason. The
// refusal is recorded with the rule's name.
func (g *guard) may(c echo.Context, row Route, a service.Actor) error {
	kind, id, err := subject(c, row)
	if err != nil || row.Public {
		return err
	}
	ctx := c.Request().Context()
	if a.Outside && !row.Outside {
		g.svc.Refused(ctx, a, row.Method+" "+row.Path, row.Name+"/outside", id)
		return &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	if row.Any {
		return nil
	}
	if slices.ContainsFunc(row.Roles, a.Has) {
		return nil
	}
	if len(row.Relations) == 0 {
		g.svc.Refused(ctx, a, row.Method+" "+row.Path, row.Name+"/role", id)
		return &service.Error{Kind: service.Forbidden, Code: "role_missing", Params: map[string]string{"roles": join(row.Roles)}}
	}
	var mine []service.Relation
	switch kind {
	case OfGroup:
		mine, err = g.svc.GroupRelations(ctx, a, id)
	case OfNDA:
		mine, err = g.svc.NDARelations(ctx, a, id)
	case OfPost:
		mine, err = g.svc.PostRelations(ctx, a, id)
	default:
		mine, err = g.svc.CaseRelations(ctx, a, id)
	}
	if err != nil {
		return err
	}
	if overlap(mine, row.Relations) {
		return nil
	}
	g.svc.Refused(ctx, a, row.Method+" "+row.Path, row.Name+"/relation", id)
	if !mayKnow(kind, a, mine) {
		return &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	return denied(row, mine)
}

// mayKnow tells whether the actor may read the subject, so that a refusal gives nothing away.
func mayKnow(kind Subject, a service.Actor, mine []service.Relation) bool {
	p := readCase
	switch kind {
	case OfGroup:
		p = readGroup
	case OfNDA:
		p = readNDA
	case OfPost:
		p = readPost
	default: // a case
	}
	return slices.ContainsFunc(p.Roles, a.Has) || overlap(mine, p.Relations)
}

// denied words the refusal in the terms of the act, where it has any.
func denied(row Route, mine []service.Relation) error {
	reason := row.Deny
	if reason == "" {
		return &service.Error{Kind: service.Forbidden, Code: "relation_missing", Params: map[string]string{"relations": join(row.Relations)}}
	}
	if reason == domain.ReasonNotApprover && slices.Contains(mine, service.RelRequester) {
		reason = domain.ReasonOwnMatter // semantics 1: separation of duties
	}
	return &service.Error{Kind: service.Forbidden, Code: string(reason), Answer: &service.ActAnswer{Result: domain.Refused, Reason: reason}}
}

func overlap(mine, wanted []service.Relation) bool {
	return slices.ContainsFunc(mine, func(r service.Relation) bool { return slices.Contains(wanted, r) })
}

func join[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, ", ")
}
