package v1

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// MaxRules bounds a file of rules, in bytes.
const MaxRules = 1 << 20

// ListPolicyVersions lists the versions of the policy with the open cases by version.
func (s *Server) ListPolicyVersions(ctx context.Context, r ListPolicyVersionsRequestObject) (ListPolicyVersionsResponseObject, error) {
	p, err := s.svc.RulesVersions(ctx, actor(ctx), service.Policies, value(r.Params.Cursor), size(r.Params.Limit))
	return ListPolicyVersions200JSONResponse(p), err
}

// ListCalendarVersions lists the versions of the working calendar.
func (s *Server) ListCalendarVersions(ctx context.Context, r ListCalendarVersionsRequestObject) (ListCalendarVersionsResponseObject, error) {
	p, err := s.svc.RulesVersions(ctx, actor(ctx), service.Calendars, value(r.Params.Cursor), size(r.Params.Limit))
	return ListCalendarVersions200JSONResponse(p), err
}

// GetPolicy shows a version of the policy in full.
func (s *Server) GetPolicy(ctx context.Context, r GetPolicyRequestObject) (GetPolicyResponseObject, error) {
	v, err := s.svc.RulesVersion(ctx, actor(ctx), service.Policies, r.Version)
	return GetPolicy200JSONResponse(v), err
}

// GetCalendar shows a version of the working calendar in full.
func (s *Server) GetCalendar(ctx context.Context, r GetCalendarRequestObject) (GetCalendarResponseObject, error) {
	v, err := s.svc.RulesVersion(ctx, actor(ctx), service.Calendars, r.Version)
	return GetCalendar200JSONResponse(v), err
}

// DiffPolicy compares a policy with another version.
func (s *Server) DiffPolicy(ctx context.Context, r DiffPolicyRequestObject) (DiffPolicyResponseObject, error) {
	d, err := s.svc.RulesDiff(ctx, actor(ctx), service.Policies, r.Version, value(r.Params.Against))
	return DiffPolicy200JSONResponse(d), err
}

// DiffCalendar compares a calendar with another version.
func (s *Server) DiffCalendar(ctx context.Context, r DiffCalendarRequestObject) (DiffCalendarResponseObject, error) {
	d, err := s.svc.RulesDiff(ctx, actor(ctx), service.Calendars, r.Version, value(r.Params.Against))
	return DiffCalendar200JSONResponse(d), err
}

// GetPolicySchema hands out the JSON Schema of policy files.
func (s *Server) GetPolicySchema(context.Context, GetPolicySchemaRequestObject) (GetPolicySchemaResponseObject, error) {
	var doc map[string]any
	if err := json.Unmarshal(s.svc.PolicySchema(), &doc); err != nil {
		return nil, fmt.Errorf("read the schema of policies: %w", err)
	}
	return GetPolicySchema200ApplicationSchemaPlusJSONResponse(doc), nil
}

// DraftPolicy stores a policy file as a draft.
func (s *Server) DraftPolicy(ctx context.Context, r DraftPolicyRequestObject) (DraftPolicyResponseObject, error) {
	v, fresh, err := s.draft(ctx, service.Policies, r.Params.IdempotencyKey, value(r.Params.Note), r.Body, r.MultipartBody)
	if err != nil {
		return nil, err
	}
	if !fresh {
		return DraftPolicy200JSONResponse{VersionNowJSONResponse(v)}, nil
	}
	return DraftPolicy201JSONResponse{Body: v, Headers: DraftPolicy201ResponseHeaders{Location: s.base + "/policies/" + v.Version}}, nil
}

// DraftCalendar stores a working calendar as a draft.
func (s *Server) DraftCalendar(ctx context.Context, r DraftCalendarRequestObject) (DraftCalendarResponseObject, error) {
	v, fresh, err := s.draft(ctx, service.Calendars, r.Params.IdempotencyKey, value(r.Params.Note), r.Body, r.MultipartBody)
	if err != nil {
		return nil, err
	}
	if !fresh {
		return DraftCalendar200JSONResponse{VersionNowJSONResponse(v)}, nil
	}
	return DraftCalendar201JSONResponse{Body: v, Headers: DraftCalendar201ResponseHeaders{Location: s.base + "/calendars/" + v.Version}}, nil
}

func (s *Server) draft(ctx context.Context, kind service.RulesKind, key, note string, body io.Reader, parts *multipart.Reader) (service.RulesVersion, bool, error) {
	up, values, err := yamlFile(body, parts, "note")
	if err != nil {
		return service.RulesVersion{}, false, err
	}
	if parts != nil {
		note = values["note"]
	}
	return s.svc.DraftRules(ctx, actor(ctx), key, kind, up, note)
}

// yamlFile reads a file, as it is or in a form with other fields.
func yamlFile(body io.Reader, parts *multipart.Reader, fields ...string) (service.Upload, map[string]string, error) {
	up := service.Upload{MediaType: "application/yaml"}
	if parts != nil {
		f, err := readForm(parts, map[string]int64{"file": MaxRules}, fields...)
		if err != nil {
			return up, nil, err
		}
		up, err = f.file("file")
		return up, f.values, err
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, body); err != nil {
		return up, nil, halted(err)
	}
	if b.Len() == 0 {
		return up, nil, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "file", Code: "required"}}}
	}
	up.Data = b.Bytes()
	return up, nil, nil
}

// DryRunPolicy replays past requests under a version.
func (s *Server) DryRunPolicy(ctx context.Context, r DryRunPolicyRequestObject) (DryRunPolicyResponseObject, error) {
	rep, err := s.svc.DryRunPolicy(ctx, actor(ctx), r.Version, service.DryRunInput{Last: r.Body.Last, From: r.Body.From, To: r.Body.To})
	return DryRunPolicy200JSONResponse(rep), err
}

// ProposePolicy asks a second person to put a policy into force.
func (s *Server) ProposePolicy(ctx context.Context, r ProposePolicyRequestObject) (ProposePolicyResponseObject, error) {
	v, err := s.svc.ProposeRules(ctx, actor(ctx), r.Params.IdempotencyKey, service.Policies, r.Version, effective(r.Body))
	return ProposePolicy200JSONResponse{VersionNowJSONResponse(v)}, err
}

// ProposeCalendar asks a second person to put a calendar into force.
func (s *Server) ProposeCalendar(ctx context.Context, r ProposeCalendarRequestObject) (ProposeCalendarResponseObject, error) {
	v, err := s.svc.ProposeRules(ctx, actor(ctx), r.Params.IdempotencyKey, service.Calendars, r.Version, effective(r.Body))
	return ProposeCalendar200JSONResponse{VersionNowJSONResponse(v)}, err
}

func effective(in *ProposalInput) *time.Time {
	if in == nil {
		return nil
	}
	return in.EffectiveAt
}

// ActivatePolicy is the second person's act.
func (s *Server) ActivatePolicy(ctx context.Context, r ActivatePolicyRequestObject) (ActivatePolicyResponseObject, error) {
	v, err := s.svc.ActivateRules(ctx, actor(ctx), r.Params.IdempotencyKey, service.Policies, r.Version, r.Body.Against)
	return ActivatePolicy200JSONResponse{VersionNowJSONResponse(v)}, err
}

// ActivateCalendar is the second person's act.
func (s *Server) ActivateCalendar(ctx context.Context, r ActivateCalendarRequestObject) (ActivateCalendarResponseObject, error) {
	v, err := s.svc.ActivateRules(ctx, actor(ctx), r.Params.IdempotencyKey, service.Calendars, r.Version, r.Body.Against)
	return ActivateCalendar200JSONResponse{VersionNowJSONResponse(v)}, err
}

// WithdrawPolicy gives up a draft or proposal, or stops a change to come.
func (s *Server) WithdrawPolicy(ctx context.Context, r WithdrawPolicyRequestObject) (WithdrawPolicyResponseObject, error) {
	v, err := s.svc.WithdrawRules(ctx, actor(ctx), r.Params.IdempotencyKey, service.Policies, r.Version)
	return WithdrawPolicy200JSONResponse{VersionNowJSONResponse(v)}, err
}

// WithdrawCalendar gives up a draft or proposal, or stops a change to come.
func (s *Server) WithdrawCalendar(ctx context.Context, r WithdrawCalendarRequestObject) (WithdrawCalendarResponseObject, error) {
	v, err := s.svc.WithdrawRules(ctx, actor(ctx), r.Params.IdempotencyKey, service.Calendars, r.Version)
	return WithdrawCalendar200JSONResponse{VersionNowJSONResponse(v)}, err
}
