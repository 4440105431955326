package v1

import (
	"context"
	"net/http"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// ConfirmOperation takes somebody's word, with a picture, that an operation was done by hand.
func (s *Server) ConfirmOperation(ctx context.Context, r ConfirmOperationRequestObject) (ConfirmOperationResponseObject, error) {
	decision, up, err := shown(r)
	if err != nil {
		return nil, err
	}
	ans, err := s.actOnGroup(ctx, r.Id, decision, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupOpConfirm, Op: r.Op, Screenshot: up})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ConfirmOperationResponseObject { return ConfirmOperation200JSONResponse{x} },
		func(x PendingJSONResponse) ConfirmOperationResponseObject { return ConfirmOperation202JSONResponse{x} }), nil
}

// shown reads either form of the body into one.
func shown(r ConfirmOperationRequestObject) (string, service.Upload, error) {
	if r.JSONBody != nil {
		up, err := screenshot(r.JSONBody.Screenshot)
		return r.JSONBody.DecisionId, up, err
	}
	f, err := readForm(r.MultipartBody, map[string]int64{"screenshot": MaxScreenshot}, "decision_id")
	if err != nil {
		return "", service.Upload{}, err
	}
	up, missing := f.file("screenshot")
	in := OperationConfirmationInput{DecisionId: f.values["decision_id"], Screenshot: "-"} // the same limits as for JSON
	if missing != nil {
		in.Screenshot = ""
	}
	if faults := Faults(in); len(faults) > 0 {
		return "", up, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
	}
	return in.DecisionId, up, nil
}

// LookAtGroup compares a group with its platform now.
func (s *Server) LookAtGroup(ctx context.Context, r LookAtGroupRequestObject) (LookAtGroupResponseObject, error) {
	v, err := s.svc.LookAt(ctx, actor(ctx), r.Id)
	return LookAtGroup200JSONResponse(v), err
}

// ListMembers lists who is in a group.
func (s *Server) ListMembers(ctx context.Context, r ListMembersRequestObject) (ListMembersResponseObject, error) {
	p, err := s.svc.Members(ctx, actor(ctx), r.Id, string(value(r.Params.State)), value(r.Params.Cursor), size(r.Params.Limit))
	return ListMembers200JSONResponse(p), err
}

// ListGroupDates lists what comes next in a group's life.
func (s *Server) ListGroupDates(ctx context.Context, r ListGroupDatesRequestObject) (ListGroupDatesResponseObject, error) {
	d, err := s.svc.GroupDates(ctx, actor(ctx), r.Id)
	return ListGroupDates200JSONResponse{Items: d}, err
}

// GetGroupTimeline lists a group's own acts, the newest first.
func (s *Server) GetGroupTimeline(ctx context.Context, r GetGroupTimelineRequestObject) (GetGroupTimelineResponseObject, error) {
	p, err := s.svc.GroupTimeline(ctx, actor(ctx), r.Id, value(r.Params.Cursor), size(r.Params.Limit))
	return GetGroupTimeline200JSONResponse(p), err
}

// ListFindings lists a group's open findings.
func (s *Server) ListFindings(ctx context.Context, r ListFindingsRequestObject) (ListFindingsResponseObject, error) {
	f, err := s.svc.Findings(ctx, actor(ctx), r.Id)
	return ListFindings200JSONResponse{Items: f}, err
}

// ListOperations lists what a platform is still to do, and what it cannot do.
func (s *Server) ListOperations(ctx context.Context, r ListOperationsRequestObject) (ListOperationsResponseObject, error) {
	o, err := s.svc.GroupOperations(ctx, actor(ctx), r.Id)
	return ListOperations200JSONResponse{Items: o.Items, Gaps: o.Gaps}, err
}

// ListRenewals lists my groups that are to be renewed this quarter.
func (s *Server) ListRenewals(ctx context.Context, r ListRenewalsRequestObject) (ListRenewalsResponseObject, error) {
	p, err := s.svc.Renewals(ctx, actor(ctx), value(r.Params.Cursor), size(r.Params.Limit))
	return ListRenewals200JSONResponse(p), err
}

// GetGroupStats counts the company's groups.
func (s *Server) GetGroupStats(ctx context.Context, _ GetGroupStatsRequestObject) (GetGroupStatsResponseObject, error) {
	st, err := s.svc.GroupStats(ctx, actor(ctx))
	return GetGroupStats200JSONResponse(st), err
}

// RenewGroups renews several groups: each is checked, renewed and answered by itself.
func (s *Server) RenewGroups(ctx context.Context, r RenewGroupsRequestObject) (RenewGroupsResponseObject, error) {
	out := make([]RenewalResult, len(r.Body.Items))
	var send []service.RenewalItem
	var at []int // where the answer to each of send belongs
	for i, it := range r.Body.Items {
		out[i] = RenewalResult{Group: clipped(it.Group), DecisionId: clipped(it.DecisionId)}
		if faults := Faults(it); len(faults) > 0 {
			out[i].spoil(ctx, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults})
			continue
		}
		send = append(send, service.RenewalItem{Group: it.Group, ID: it.DecisionId, Digest: it.Digest, EndsOn: it.EndsOn})
		at = append(at, i)
	}
	if len(send) > 0 {
		for k, res := range s.svc.RenewMany(ctx, actor(ctx), send) {
			to := &out[at[k]]
			if res.Err != nil {
				to.spoil(ctx, res.Err)
				continue
			}
			to.Status = http.StatusOK
			if res.Answer.Pending {
				to.Status, res.Answer.Result = http.StatusAccepted, "pending"
			}
			to.answer(res.Answer)
		}
	}
	return RenewGroups200JSONResponse{Items: out}, nil
}

func (b *RenewalResult) answer(a service.ActAnswer) {
	b.Result, b.Reason, b.DecidedAt = string(a.Result), string(a.Reason), a.DecidedAt
}

// spoil words why a renewal did not go through, as its own answer would have.
func (b *RenewalResult) spoil(ctx context.Context, e *service.Error) {
	p := worded(ctx, e)
	b.Status, b.Code, b.Title, b.Detail, b.Faults = p.Status, p.Code, p.Title, p.Detail, p.Faults
	if e.Answer != nil {
		b.answer(*e.Answer)
	}
}
