package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// courseActs are the acts on a version, by the end of their address; the API has the same.
var courseActs = []service.CourseAct{service.CourseSubmit, service.CourseReturn, service.CoursePublish, service.CourseWithdraw}

// courseDone are the words said after each act.
var courseDone = map[service.CourseAct]string{
	service.CourseSubmit: "course_submitted", service.CourseReturn: "course_returned", service.CoursePublish: "course_published", service.CourseWithdraw: "course_withdrawn",
}

func coursePath(course string, version int) string {
	return "/courses/" + course + "/versions/" + strconv.Itoa(version)
}

func (w *Web) courses(c echo.Context, v *View) error {
	return w.showCourses(c, v, http.StatusOK, rulesForm{Key: v.NewID()})
}

func (w *Web) showCourses(c echo.Context, v *View, status int, f rulesForm) error {
	v.Title, v.Nav = v.T("course.list"), "stands"
	list, err := w.Service.CourseVersions(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	return w.show(c, status, coursesPage(v, list, f))
}

// draftCourse takes a file, or its text, as a draft. A faulty one comes back with every fault at its line.
func (w *Web) draftCourse(c echo.Context, v *View) error {
	f := rulesForm{Key: c.FormValue("key"), Text: strings.ReplaceAll(c.FormValue("text"), "\r\n", "\n")}
	up := service.Upload{Name: "course.yaml", MediaType: "application/yaml", Data: []byte(f.Text)}
	if f.Text == "" || hasFile(c, "file") {
		var err error
		if up, err = upload(c, "file", mostRules); err != nil {
			return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error {
				f.Faults = faults
				return w.showCourses(c, v, st, f)
			})
		}
		f.Text = strings.ToValidUTF8(string(up.Data), "\uFFFD")
	}
	made, _, err := w.Service.DraftCourse(ctxOf(c), v.Actor, f.Key, up)
	if err == nil {
		return w.back(c, coursePath(made.Course, made.Version), "course_drafted")
	}
	return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error {
		f.Key, f.Faults, f.Defects = v.NewID(), faults, service.AsError(err).Defects
		if len(f.Defects) > 0 {
			v.Notice = nil // the list says it
		}
		return w.showCourses(c, v, st, f)
	})
}

func (w *Web) courseVersion(c echo.Context, v *View) error {
	return w.showCourseVersion(c, v, http.StatusOK, nil)
}

func (w *Web) showCourseVersion(c echo.Context, v *View, status int, faults []domain.Fault) error {
	n, err := strconv.Atoi(c.Param("number"))
	if err != nil {
		return &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	d, err := w.Service.CourseVersion(ctxOf(c), v.Actor, c.Param("course"), n)
	if err != nil {
		return err
	}
	v.Title, v.Nav = v.Label(d.Title), "stands"
	return w.show(c, status, courseVersionPage(v, d, faults))
}

func (w *Web) moveCourse(c echo.Context, v *View) error {
	n, err := strconv.Atoi(c.Param("number"))
	if err != nil {
		return &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	act := service.CourseAct(c.Path()[strings.LastIndex(c.Path(), "/")+1:])
	_, err = w.Service.MoveCourse(ctxOf(c), v.Actor, c.FormValue("key"), c.Param("course"), n, act, c.FormValue("note"))
	if err == nil {
		return w.back(c, coursePath(c.Param("course"), n), courseDone[act])
	}
	if e := service.AsError(err); e.Code == "course_two_people" { // who may look stays on the page
		err = &service.Error{Kind: service.Conflict, Code: e.Code}
	}
	return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error { return w.showCourseVersion(c, v, st, faults) })
}
