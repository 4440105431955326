package service

import "context"

// History, Replay, RawHistory and ProofKeys are being built in files of their own; until then they say so.

func notBuilt() *Error { return unavailable("not_built", 3600, nil) }

// History will decode a workflow's history.
func (s *Service) History(context.Context, Actor, string, string) (HistoryView, error) {
	return HistoryView{}, notBuilt()
}

// Replay will replay a workflow's history against the running code.
func (s *Service) Replay(context.Context, Actor, string, string) (ReplayVerdict, error) {
	return ReplayVerdict{}, notBuilt()
}

// RawHistory will give the exported bytes of a closed run.
func (s *Service) RawHistory(context.Context, Actor, string, string) ([]byte, error) {
	return nil, notBuilt()
}

// ProofKeys will list the public keys of proofs.
func (s *Service) ProofKeys(context.Context) (map[string]string, error) { return nil, notBuilt() }
