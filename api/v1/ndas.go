package v1

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// MaxScan bounds the scan of a copy signed by hand, in bytes.
const MaxScan = 5 << 20

// ofNDA is the address below which acts on an agreement are asked for.
func ofNDA(id string) string { return "/ndas/" + id }

// ListNDAs lists agreements.
func (s *Server) ListNDAs(ctx context.Context, r ListNDAsRequestObject) (ListNDAsResponseObject, error) {
	f := service.NDAFilter{Scope: "mine", Group: value(r.Params.Group), State: value(r.Params.State), Cursor: value(r.Params.Cursor), Limit: size(r.Params.Limit)}
	if r.Params.Scope != nil {
		f.Scope = string(*r.Params.Scope)
	}
	p, err := s.svc.NDAs(ctx, actor(ctx), f)
	return ListNDAs200JSONResponse(p), err
}

// GetNDA is an agreement in full.
func (s *Server) GetNDA(ctx context.Context, r GetNDARequestObject) (GetNDAResponseObject, error) {
	v, err := s.svc.NDA(ctx, actor(ctx), r.Id)
	return GetNDA200JSONResponse(v), err
}

// GetNDADocument is the sealed PDF.
func (s *Server) GetNDADocument(ctx context.Context, r GetNDADocumentRequestObject) (GetNDADocumentResponseObject, error) {
	up, err := s.svc.NDADocument(ctx, actor(ctx), r.Id)
	if err != nil {
		return nil, err
	}
	auth.Header(ctx).Set("Content-Disposition", service.Disposition(up.Name))
	return GetNDADocument200ApplicationpdfResponse{Body: bytes.NewReader(up.Data), ContentLength: int64(len(up.Data))}, nil
}

// GetNDACopy is the copy to print.
func (s *Server) GetNDACopy(ctx context.Context, r GetNDACopyRequestObject) (GetNDACopyResponseObject, error) {
	up, err := s.svc.NDACopy(ctx, actor(ctx), r.Id)
	if err != nil {
		return nil, err
	}
	auth.Header(ctx).Set("Content-Disposition", service.Disposition(up.Name))
	return GetNDACopy200ApplicationpdfResponse{Body: bytes.NewReader(up.Data), ContentLength: int64(len(up.Data))}, nil
}

// GetNDAScan is what was signed by hand, as mere bytes: whatever it holds, no browser shows it as ours.
func (s *Server) GetNDAScan(ctx context.Context, r GetNDAScanRequestObject) (GetNDAScanResponseObject, error) {
	up, err := s.svc.NDAScan(ctx, actor(ctx), r.Id)
	if err != nil {
		return nil, err
	}
	auth.Header(ctx).Set("Content-Disposition", service.Disposition(up.Name))
	return GetNDAScan200ApplicationoctetStreamResponse{Body: bytes.NewReader(up.Data), ContentLength: int64(len(up.Data))}, nil
}

// GetNDAAssertion is what the signer's passkey signed.
func (s *Server) GetNDAAssertion(ctx context.Context, r GetNDAAssertionRequestObject) (GetNDAAssertionResponseObject, error) {
	up, err := s.svc.NDAAssertion(ctx, actor(ctx), r.Id)
	if err != nil {
		return nil, err
	}
	auth.Header(ctx).Set("Content-Disposition", service.Disposition(up.Name))
	return GetNDAAssertion200ApplicationoctetStreamResponse{Body: bytes.NewReader(up.Data), ContentLength: int64(len(up.Data))}, nil
}

// AskNDACode has a one-time code mailed.
func (s *Server) AskNDACode(ctx context.Context, r AskNDACodeRequestObject) (AskNDACodeResponseObject, error) {
	c, err := s.svc.AskNDACode(ctx, actor(ctx), r.Id)
	return AskNDACode201JSONResponse(c), err
}

// GetNDAAct says what became of an act whose answer was still out.
func (s *Server) GetNDAAct(ctx context.Context, r GetNDAActRequestObject) (GetNDAActResponseObject, error) {
	ans, err := s.svc.ActStatus(ctx, actor(ctx), r.Id, r.ActId)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(a AnsweredJSONResponse) GetNDAActResponseObject { return GetNDAAct200JSONResponse{a} },
		func(p PendingJSONResponse) GetNDAActResponseObject { return GetNDAAct202JSONResponse{p} }), nil
}

// CountersignNDAs signs several agreements for the company: each is checked, signed and answered by itself.
func (s *Server) CountersignNDAs(ctx context.Context, r CountersignNDAsRequestObject) (CountersignNDAsResponseObject, error) {
	out := make([]CountersignatureResult, len(r.Body.Items))
	var send []service.NDABatch
	var at []int // where the answer to each of send belongs
	for i, it := range r.Body.Items {
		out[i] = CountersignatureResult{Nda: clipped(it.Nda), DecisionId: clipped(it.DecisionId)}
		if faults := Faults(it); len(faults) > 0 {
			out[i].spoil(ctx, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults})
			continue
		}
		send = append(send, service.NDABatch{NDA: it.Nda, ID: it.DecisionId, Shown: it.Shown})
		at = append(at, i)
	}
	if len(send) > 0 {
		for k, res := range s.svc.CountersignMany(ctx, actor(ctx), send) {
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
	return CountersignNDAs200JSONResponse{Items: out}, nil
}

func (b *CountersignatureResult) answer(a service.ActAnswer) {
	b.Result, b.Reason, b.DecidedAt = string(a.Result), string(a.Reason), a.DecidedAt
}

// spoil words why a signature did not go through, as its own answer would have.
func (b *CountersignatureResult) spoil(ctx context.Context, e *service.Error) {
	p := worded(ctx, e)
	b.Status, b.Code, b.Title, b.Detail, b.Faults = p.Status, p.Code, p.Title, p.Detail, p.Faults
	if e.Answer != nil {
		b.answer(*e.Answer)
	}
}

// scan reads either form of the body into one.
func scan(r ScanNDARequestObject) (decision string, in service.NDAInput, err error) {
	if b := r.JSONBody; b != nil {
		data, err := base64.StdEncoding.Strict().DecodeString(b.File)
		switch {
		case err != nil:
			return "", in, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "file", Code: "not_base64"}}}
		case len(data) > MaxScan:
			return "", in, &service.Error{Kind: service.TooLarge, Code: "body_too_large", Params: map[string]string{"max": "5 MiB", "field": "file"}}
		}
		return b.DecisionId, service.NDAInput{Shown: b.Shown, Scan: service.Upload{Name: "scan", MediaType: http.DetectContentType(data), Data: data}}, nil
	}
	f, err := readForm(r.MultipartBody, map[string]int64{"file": MaxScan}, "decision_id", "shown")
	if err != nil {
		return "", in, err
	}
	up, missing := f.file("file")
	same := NdaScanInput{DecisionId: f.values["decision_id"], Shown: f.values["shown"], File: "-"} // the same limits as for JSON
	if missing != nil {
		same.File = ""
	}
	if faults := Faults(same); len(faults) > 0 {
		return "", in, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
	}
	return same.DecisionId, service.NDAInput{Shown: same.Shown, Scan: up}, nil
}
