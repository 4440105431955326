package v1

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// actID names an act: the caller's decision_id, else the Idempotency-Key, so that a repetition is known as one. A key that
// is no UUID is made into one, for this person alone. With neither the caller did not want to be able to repeat it,
// and the field is at fault.
func actID(a service.Actor, decision string, key *string) (string, error) {
	if decision != "" {
		return decision, nil
	}
	if key == nil {
		return "", &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "decision_id", Code: "required"}}}
	}
	if rules.Var(*key, "uuid") == nil {
		return *key, nil
	}
	sum := sha256.Sum256([]byte("qunbei-act:" + string(a.ID) + ":" + *key))
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // UUID version 8: made by our own rule
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// answered sorts an act's answer: out already (200), or still out (202) with the address to ask at. Refusals come as
// errors.
func answered[R any](s *Server, ans service.ActAnswer, subject string, done func(AnsweredJSONResponse) R, pending func(PendingJSONResponse) R) R {
	if !ans.Pending {
		return done(AnsweredJSONResponse(ans))
	}
	ans.Result = "pending"
	return pending(PendingJSONResponse{Body: ans, Headers: PendingResponseHeaders{Location: s.base + subject + "/acts/" + ans.ActID}})
}

// ofCase and ofGroup are the addresses below which acts are asked for.
func ofCase(id string) string  { return "/cases/" + id }
func ofGroup(id string) string { return "/groups/" + id }

// GetCaseAct says what became of an act whose answer was still out.
func (s *Server) GetCaseAct(ctx context.Context, r GetCaseActRequestObject) (GetCaseActResponseObject, error) {
	ans, err := s.svc.ActStatus(ctx, actor(ctx), r.Id, r.ActId)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(a AnsweredJSONResponse) GetCaseActResponseObject { return GetCaseAct200JSONResponse{a} },
		func(p PendingJSONResponse) GetCaseActResponseObject { return GetCaseAct202JSONResponse{p} }), nil
}

// GetGroupAct says what became of an act on a group whose answer was still out.
func (s *Server) GetGroupAct(ctx context.Context, r GetGroupActRequestObject) (GetGroupActResponseObject, error) {
	ans, err := s.svc.ActStatus(ctx, actor(ctx), r.Id, r.ActId)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(a AnsweredJSONResponse) GetGroupActResponseObject { return GetGroupAct200JSONResponse{a} },
		func(p PendingJSONResponse) GetGroupActResponseObject { return GetGroupAct202JSONResponse{p} }), nil
}
