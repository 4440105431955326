// Package problem turns every error of the house into application/problem+json (RFC 9457): one status for each kind,
// a stable code, and what would work, in the reader's language. Nothing internal is ever told.
package problem

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// MediaType is what every error answer is.
const MediaType = "application/problem+json"

// Problem is an error as it goes out. The members from Result on are those of the answer to an act (design: answers
// to an act).
type Problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail,omitempty"`
	Code      string  `json:"code"`
	RequestID string  `json:"request_id,omitempty"`
	Faults    []Fault `json:"faults,omitempty"`
	// Defects are what is wrong with a file of rules, Problems what stands in a policy's way in the directory.
	Defects  []policy.Defect        `json:"defects,omitempty"`
	Problems []service.RulesProblem `json:"problems,omitempty"`

	Result     domain.Result        `json:"result,omitempty"`
	Reason     domain.Reason        `json:"reason,omitempty"`
	DecidedBy  *service.PersonRef   `json:"decided_by,omitempty"`
	DecidedAt  *time.Time           `json:"decided_at,omitempty"`
	Case       *service.CaseSummary `json:"case,omitempty"`
	CaseStatus domain.CaseStatus    `json:"case_status,omitempty"`
	ActID      string               `json:"decision_id,omitempty"`
	Group      domain.GroupState    `json:"group_state,omitempty"`
}

// Fault is one field at fault, in words.
type Fault struct {
	Field   string            `json:"field"`
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Remedy  string            `json:"remedy,omitempty"`
	Params  map[string]string `json:"params,omitempty"`
}

// Status is the one mapping from kinds of error to HTTP.
func Status(k service.Kind) int {
	switch k {
	case service.Invalid:
		return http.StatusUnprocessableEntity
	case service.Malformed:
		return http.StatusBadRequest
	case service.Unsigned:
		return http.StatusUnauthorized
	case service.Forbidden:
		return http.StatusForbidden
	case service.NotFound:
		return http.StatusNotFound
	case service.Conflict:
		return http.StatusConflict
	case service.TooLarge:
		return http.StatusRequestEntityTooLarge
	case service.Unsupported:
		return http.StatusUnsupportedMediaType
	case service.TooMany:
		return http.StatusTooManyRequests
	case service.Unavailable:
		return http.StatusServiceUnavailable
	case service.Internal:
	}
	return http.StatusInternalServerError
}

// From words an error in a language (zh-CN or en).
func From(err error, lang string) Problem {
	e := service.AsError(err)
	p := Problem{Status: Status(e.Kind), Code: e.Code}
	if p.Status == http.StatusInternalServerError {
		p.Code = "internal"
	}
	if s, ok := statusOfCode[e.Code]; ok {
		p.Status = s
	}
	p.Type = "/docs/problems#" + p.Code
	p.Title, p.Detail = words(p.Code, e.Kind, lang, e.Params)
	for _, f := range e.Faults {
		p.Faults = append(p.Faults, word(f, lang))
	}
	for _, d := range e.Defects {
		p.Defects = append(p.Defects, d.In(lang))
	}
	for _, d := range e.TextDefects {
		d = d.In(lang)
		p.Defects = append(p.Defects, policy.Defect{Line: d.Line, Column: d.Column, Code: d.Code, Params: d.Params, Text: d.Text, Remedy: d.Remedy})
	}
	p.Problems = e.Problems
	if a := e.Answer; a != nil {
		p.Result, p.Reason, p.DecidedBy, p.DecidedAt = a.Result, a.Reason, a.DecidedBy, a.DecidedAt
		p.Case, p.CaseStatus, p.ActID, p.Group = a.Case, a.Status, a.ActID, a.Group
	}
	return p
}

const methodCode = "method_not_allowed"

// statusOfCode names the few codes whose status is not that of their kind.
var statusOfCode = map[string]int{methodCode: http.StatusMethodNotAllowed, "address_too_long": http.StatusRequestURITooLong}

// MethodNotAllowed is the error for a known address and a wrong method.
func MethodNotAllowed() *service.Error {
	return &service.Error{Kind: service.NotFound, Code: methodCode}
}

// Write answers a request with a problem. requestID may be empty.
func Write(w http.ResponseWriter, err error, lang, requestID string) error {
	p := From(err, lang)
	p.RequestID = requestID
	h := w.Header()
	h.Set("Content-Type", MediaType)
	h.Set("Content-Language", lang)
	h.Set("Cache-Control", "no-store")
	e := service.AsError(err)
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="qunbei"`)
	}
	if e.RetryAfter > 0 || p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(max(e.RetryAfter, 1)))
	}
	w.WriteHeader(p.Status)
	return json.NewEncoder(w).Encode(p)
}
