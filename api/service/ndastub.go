package service

import "context"

func (s *Service) NDAs(context.Context, Actor, NDAFilter) (Page[NDARow], error) {
	return Page[NDARow]{}, nil
}
func (s *Service) NDA(context.Context, Actor, string) (NDAView, error) { return NDAView{}, notFound() }
func (s *Service) NDARelations(context.Context, Actor, string) ([]Relation, error) {
	return nil, notFound()
}
func (s *Service) NDADocument(context.Context, Actor, string) (Upload, error) {
	return Upload{}, notFound()
}
func (s *Service) NDACopy(context.Context, Actor, string) (Upload, error) {
	return Upload{}, notFound()
}
func (s *Service) NDAScan(context.Context, Actor, string) (Upload, error) {
	return Upload{}, notFound()
}
func (s *Service) ActOnNDA(context.Context, Actor, string, NDAInput) (ActAnswer, error) {
	return ActAnswer{}, notFound()
}
func (s *Service) CountersignMany(context.Context, Actor, []NDABatch) []NDABatchResult { return nil }
func (s *Service) AskNDACode(context.Context, Actor, string) (NDACode, error) {
	return NDACode{}, notFound()
}

// Used as soon as agreements are stored.
var _ = []any{(*Service).codeView, (*Service).newNDACode, (*Service).checkNDACode}
