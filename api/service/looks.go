package service

import "context"

// lookSoon looks at a group that something happened to.
func (s *Service) lookSoon(context.Context, string, string) {}
