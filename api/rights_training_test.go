package api_test

import (
	"net/http"
	"strings"
)

// trainingExpected words who may do what about training (R4.2.2), apart from the table: everybody learns and sees their own,
// HR and security answer for it, auditors look, and only security writes courses.
func trainingExpected(method, p string) (expectation, bool) {
	switch {
	case p == "/trainings", strings.HasPrefix(p, "/trainings/attempts/"), strings.HasPrefix(p, "/training-attempts/"), p == "/courses/:course", p == "/courses/:course/attempts":
		return expectation{signedIn: true}, true
	case strings.HasPrefix(p, "/trainings/import"), p == "/trainings/results": // and imports
		return expectation{roles: "hr security_officer"}, true
	case strings.HasPrefix(p, "/trainings"):
		return expectation{roles: "hr security_officer auditor"}, true
	case strings.HasPrefix(p, "/courses") && method == http.MethodGet:
		return expectation{roles: "hr security_officer auditor"}, true
	case strings.HasPrefix(p, "/courses"):
		return expectation{roles: "security_officer"}, true
	}
	return expectation{}, false
}
