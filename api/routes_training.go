package api

import (
	"net/http"

	"github.com/qunbei/qunbei/models/domain"
)

var (
	// How people stand is for who answers for it; results are brought in by HR and security, courses written by security.
	readTraining  = Permission{Roles: roles{domain.RoleHR, domain.RoleSecurity, domain.RoleAuditor}}
	writeTraining = Permission{Roles: roles{domain.RoleHR, domain.RoleSecurity}}
)

// trainingRoutes are the rows of training (R4.2.2). Whose an attempt is, the service holds: it is found by its person alone.
func trainingRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	rows := []Route{
		{Method: get, Path: Base + "/trainings", Name: "training.mine", Permission: everyone},
		{Method: get, Path: Base + "/trainings/stands", Name: "training.stands", Permission: readTraining},
		{Method: post, Path: Base + "/trainings/imports", Name: "training.import", Permission: writeTraining, Body: UploadBody},
		{Method: post, Path: Base + "/trainings/results", Name: "training.record", Permission: writeTraining, Body: JSONBody},
		{Method: get, Path: Base + "/trainings/imports/template", Name: "training.template", Permission: writeTraining},
		{Method: get, Path: Base + "/courses", Name: "course.list", Permission: readTraining},
		{Method: post, Path: Base + "/courses", Name: "course.draft", Permission: bySecurity, Body: YAMLBody},
		{Method: get, Path: Base + "/courses/:course", Name: "course.read", Permission: everyone},
		{Method: post, Path: Base + "/courses/:course/attempts", Name: "training.begin", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/courses/:course/versions/:number", Name: "course.version", Permission: readTraining},
		{Method: get, Path: Base + "/training-attempts/:id", Name: "training.attempt", Permission: everyone},
		{Method: post, Path: Base + "/training-attempts/:id/answers", Name: "training.answer", Permission: everyone, Body: JSONBody},
	}
	for _, act := range courseActs {
		rows = append(rows, Route{Method: post, Path: Base + "/courses/:course/versions/:number/" + act.path, Name: act.name, Permission: bySecurity, Body: JSONBody})
	}
	return rows
}

// courseActs are the acts on a version, by the end of their address: the API and the pages have the same.
var courseActs = []struct{ path, name string }{
	{"submissions", "course.submit"}, {"returns", "course.return"}, {"publications", "course.publish"}, {"withdrawals", "course.withdraw"},
}

// trainingPages are the pages' rows.
func trainingPages() []Route {
	const post = http.MethodPost
	rows := []Route{
		{Path: "/trainings", Name: "training.mine", Permission: everyone},
		{Path: "/trainings/overview", Name: "training.stands", Permission: readTraining},
		{Path: "/trainings/import", Name: "training.import", Permission: writeTraining},
		{Method: post, Path: "/trainings/import", Name: "training.import", Permission: writeTraining},
		{Method: post, Path: "/trainings/results", Name: "training.record", Permission: writeTraining},
		{Path: "/trainings/import/template.xlsx", Name: "training.template", Permission: writeTraining},
		{Path: "/trainings/attempts/:id", Name: "training.attempt", Permission: everyone},
		{Method: post, Path: "/trainings/attempts/:id/answers", Name: "training.answer", Permission: everyone},
		{Path: "/courses", Name: "course.list", Permission: readTraining},
		{Method: post, Path: "/courses", Name: "course.draft", Permission: bySecurity},
		{Path: "/courses/:course", Name: "course.read", Permission: everyone},
		{Method: post, Path: "/courses/:course/attempts", Name: "training.begin", Permission: everyone},
		{Path: "/courses/:course/versions/:number", Name: "course.version", Permission: readTraining},
	}
	for _, act := range courseActs {
		rows = append(rows, Route{Method: post, Path: "/courses/:course/versions/:number/" + act.path, Name: act.name, Permission: bySecurity})
	}
	return rows
}
