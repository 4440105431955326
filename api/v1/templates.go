package v1

import (
	"bytes"
	"context"
	"io"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// ListNDATemplates lists the texts of agreements.
func (s *Server) ListNDATemplates(ctx context.Context, r ListNDATemplatesRequestObject) (ListNDATemplatesResponseObject, error) {
	p, err := s.svc.Templates(ctx, actor(ctx), value(r.Params.Cursor), size(r.Params.Limit))
	return ListNDATemplates200JSONResponse(p), err
}

// DraftNDATemplate stores a text as a draft.
func (s *Server) DraftNDATemplate(ctx context.Context, r DraftNDATemplateRequestObject) (DraftNDATemplateResponseObject, error) {
	t, fresh, err := s.svc.DraftTemplate(ctx, actor(ctx), r.Params.IdempotencyKey, r.Body.Text, r.Body.Note)
	switch {
	case err != nil:
		return nil, err
	case !fresh:
		return DraftNDATemplate200JSONResponse{NDATemplateNowJSONResponse(t)}, nil
	}
	return DraftNDATemplate201JSONResponse{Body: t, Headers: DraftNDATemplate201ResponseHeaders{Location: s.base + "/nda-templates/" + t.ID}}, nil
}

// GetNDATemplate shows a text in full.
func (s *Server) GetNDATemplate(ctx context.Context, r GetNDATemplateRequestObject) (GetNDATemplateResponseObject, error) {
	v, err := s.svc.Template(ctx, actor(ctx), r.Id)
	return GetNDATemplate200JSONResponse(v), err
}

// DiffNDATemplate compares a text with another version.
func (s *Server) DiffNDATemplate(ctx context.Context, r DiffNDATemplateRequestObject) (DiffNDATemplateResponseObject, error) {
	d, err := s.svc.TemplateDiff(ctx, actor(ctx), r.Id, value(r.Params.Against))
	return DiffNDATemplate200JSONResponse(d), err
}

// PreviewNDATemplate draws a text.
func (s *Server) PreviewNDATemplate(ctx context.Context, r PreviewNDATemplateRequestObject) (PreviewNDATemplateResponseObject, error) {
	pdf, err := s.svc.TemplatePreview(ctx, actor(ctx), r.Id)
	if err != nil {
		return nil, err
	}
	return PreviewNDATemplate200ApplicationpdfResponse{Body: bytes.NewReader(pdf), ContentLength: int64(len(pdf))}, nil
}

// ReviewNDATemplate is legal's second look.
func (s *Server) ReviewNDATemplate(ctx context.Context, r ReviewNDATemplateRequestObject) (ReviewNDATemplateResponseObject, error) {
	t, err := s.svc.ReviewTemplate(ctx, actor(ctx), r.Params.IdempotencyKey, r.Id, r.Body.Outcome == "approve", r.Body.Comment)
	return ReviewNDATemplate200JSONResponse{NDATemplateNowJSONResponse(t)}, err
}

// PublishNDATemplate lets an approved text hold.
func (s *Server) PublishNDATemplate(ctx context.Context, r PublishNDATemplateRequestObject) (PublishNDATemplateResponseObject, error) {
	t, err := s.svc.PublishTemplate(ctx, actor(ctx), r.Params.IdempotencyKey, r.Id, r.Body.EffectiveAt, value(r.Body.Material))
	return PublishNDATemplate200JSONResponse{NDATemplateNowJSONResponse(t)}, err
}

// WithdrawNDATemplate takes a text back.
func (s *Server) WithdrawNDATemplate(ctx context.Context, r WithdrawNDATemplateRequestObject) (WithdrawNDATemplateResponseObject, error) {
	t, err := s.svc.WithdrawTemplate(ctx, actor(ctx), r.Params.IdempotencyKey, r.Id, r.Body.Reason)
	return WithdrawNDATemplate200JSONResponse{NDATemplateNowJSONResponse(t)}, err
}

// VerifyDocument says what is true of a PDF.
func (s *Server) VerifyDocument(ctx context.Context, r VerifyDocumentRequestObject) (VerifyDocumentResponseObject, error) {
	var pdf []byte
	if r.MultipartBody != nil {
		f, err := readForm(r.MultipartBody, map[string]int64{"file": service.MaxDocument})
		if err != nil {
			return nil, err
		}
		up, err := f.file("file")
		if err != nil {
			return nil, err
		}
		pdf = up.Data
	} else {
		var err error
		if pdf, err = io.ReadAll(r.Body); err != nil {
			return nil, halted(err)
		}
	}
	if len(pdf) == 0 {
		return nil, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "file", Code: "required"}}}
	}
	d, err := s.svc.VerifyDocument(ctx, pdf)
	return VerifyDocument200JSONResponse(d), err
}
