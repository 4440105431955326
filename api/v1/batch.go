package v1

import (
	"context"
	"net/http"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// DecideMany decides several cases: each is checked, decided and answered by itself.
func (s *Server) DecideMany(ctx context.Context, r DecideManyRequestObject) (DecideManyResponseObject, error) {
	out := make([]BatchResult, len(r.Body.Items))
	var send []service.BatchInput
	var at []int // where the answer to each of send belongs
	for i, it := range r.Body.Items {
		out[i] = BatchResult{Case: clipped(it.Case), DecisionId: clipped(it.DecisionId)}
		if faults := Faults(it); len(faults) > 0 {
			spoil(ctx, &out[i], &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults})
			continue
		}
		if it.Comment == "" {
			it.Comment = r.Body.Comment
		}
		send = append(send, service.BatchInput{Case: it.Case, DecideInput: service.DecideInput{
			ID: it.DecisionId, Outcome: it.Outcome, Comment: it.Comment, Digest: it.MaterialDigest, Version: it.Version, For: it.For,
		}})
		at = append(at, i)
	}
	if len(send) > 0 {
		for k, res := range s.svc.DecideMany(ctx, actor(ctx), send) {
			to := &out[at[k]]
			if res.Err != nil {
				spoil(ctx, to, res.Err)
				continue
			}
			to.Status = http.StatusOK
			if res.Answer.Pending {
				to.Status, res.Answer.Result = http.StatusAccepted, "pending"
			}
			to.answer(res.Answer)
		}
	}
	return DecideMany200JSONResponse{Items: out}, nil
}

func (b *BatchResult) answer(a service.ActAnswer) {
	b.Result, b.Reason, b.DecidedBy, b.DecidedAt, b.CaseStatus = string(a.Result), string(a.Reason), a.DecidedBy, a.DecidedAt, string(a.Status)
}

// spoil words why a decision did not go through, as its own answer would have.
func spoil(ctx context.Context, b *BatchResult, e *service.Error) {
	p := worded(ctx, e)
	b.Status, b.Code, b.Title, b.Detail, b.Faults = p.Status, p.Code, p.Title, p.Detail, p.Faults
	if e.Answer != nil {
		b.answer(*e.Answer)
	}
}

// worded is an error as it would have gone out by itself, in the reader's language.
func worded(ctx context.Context, e *service.Error) problem.Problem {
	lang := ""
	if r := auth.Request(ctx); r != nil {
		lang = problem.Language(actor(ctx).Lang, r.Header.Get("Accept-Language"))
	}
	return problem.From(e, lang)
}

// clipped gives back what the caller sent as a name, as far as names go.
func clipped(s string) string {
	if len(s) > 36 || len(domain.CheckText("", s, 36, false)) > 0 {
		return ""
	}
	return s
}
