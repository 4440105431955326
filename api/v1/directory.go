package v1

import "context"

// FindPeople finds people to pick.
func (s *Server) FindPeople(ctx context.Context, r FindPeopleRequestObject) (FindPeopleResponseObject, error) {
	p, err := s.svc.FindPeople(ctx, actor(ctx), value(r.Params.Q), size(r.Params.Limit))
	return FindPeople200JSONResponse{Items: p}, err
}

// ListDepartments lists the departments.
func (s *Server) ListDepartments(ctx context.Context, _ ListDepartmentsRequestObject) (ListDepartmentsResponseObject, error) {
	d, err := s.svc.Departments(ctx, actor(ctx))
	return ListDepartments200JSONResponse{Items: d}, err
}

// ImportDirectory imports the address book, or says what that would change.
func (s *Server) ImportDirectory(ctx context.Context, r ImportDirectoryRequestObject) (ImportDirectoryResponseObject, error) {
	f, err := readForm(r.Body, map[string]int64{"file": MaxFile})
	if err != nil {
		return nil, err
	}
	up, err := f.file("file")
	if err != nil {
		return nil, err
	}
	p := r.Params
	rep, err := s.svc.ImportDirectory(ctx, actor(ctx), value(p.IdempotencyKey), up, value(p.DryRun), value(p.Full), value(p.AllowMass))
	return ImportDirectory200JSONResponse(rep), err
}
