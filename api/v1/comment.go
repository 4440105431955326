package v1

import (
	"bytes"
	"context"
	"encoding/base64"
	"strconv"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// CommentCase records a remark, with files.
func (s *Server) CommentCase(ctx context.Context, r CommentCaseRequestObject) (CommentCaseResponseObject, error) {
	in, err := remark(r)
	if err != nil {
		return nil, err
	}
	a := actor(ctx)
	if in.ID, err = actID(a, in.ID, r.Params.IdempotencyKey); err != nil {
		return nil, err
	}
	ans, err := s.svc.Comment(ctx, a, r.Id, in)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) CommentCaseResponseObject { return CommentCase200JSONResponse{x} },
		func(x PendingJSONResponse) CommentCaseResponseObject { return CommentCase202JSONResponse{x} }), nil
}

// remark reads either form of the body into one.
func remark(r CommentCaseRequestObject) (service.CommentInput, error) {
	if r.JSONBody != nil {
		in := service.CommentInput{ID: r.JSONBody.DecisionId, Text: r.JSONBody.Text}
		for i, f := range r.JSONBody.Files {
			field := "files[" + strconv.Itoa(i) + "].data"
			b, err := base64.StdEncoding.Strict().DecodeString(f.Data)
			if err != nil {
				return in, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: field, Code: "not_base64"}}}
			}
			in.Files = append(in.Files, service.Upload{Name: fileName(f.Name), Data: b})
		}
		return in, nil
	}
	f, err := readLists(r.MultipartBody, map[string]int64{"files": service.MaxAttachment}, map[string]int{"files": service.MaxAttachments}, "decision_id", "text")
	if err != nil {
		return service.CommentInput{}, err
	}
	in := CommentInput{DecisionId: f.values["decision_id"], Text: f.values["text"]} // the same limits as for JSON
	if faults := Faults(in); len(faults) > 0 {
		return service.CommentInput{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
	}
	return service.CommentInput{ID: in.DecisionId, Text: in.Text, Files: f.lists["files"]}, nil
}

// GetAttachment is a file of a comment, as a download: whatever it holds, it is never shown as a page of ours.
func (s *Server) GetAttachment(ctx context.Context, r GetAttachmentRequestObject) (GetAttachmentResponseObject, error) {
	up, err := s.svc.Attachment(ctx, actor(ctx), r.Id, r.Object)
	if err != nil {
		return nil, err
	}
	auth.Header(ctx).Set("Content-Disposition", service.Disposition(up.Name))
	return GetAttachment200ApplicationoctetStreamResponse{Body: bytes.NewReader(up.Data), ContentLength: int64(len(up.Data))}, nil
}
