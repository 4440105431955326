package service

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/replay"
)

// Bounds of a replay: it costs a core, and must never cost those who decide theirs.
const (
	replayBudget = 30 * time.Second
	replayQueue  = 10 * time.Second
	// An act is in the database some milliseconds before the engine has its event: so long it is looked at again.
	settleTries = 10
	settlePause = 150 * time.Millisecond
)

// replayPlaces bounds how many replays a process runs at once.
var replayPlaces = make(chan struct{}, 2)

// evidence is what an auditor's question is answered from.
type evidence struct {
	workflow string
	reader   *replay.Reader
	chapters []chapter
	events   []replay.Event
	read     replay.Verdict // without running the code
	rows     replay.Rows
	material *replay.Sealed
	birth    *replay.Sealed // of a group that was changed: what was filed first
}

// gather reads history and rows of a workflow, at one moment as far as that can be, once the reader may see them.
func (s *Service) gather(ctx context.Context, a Actor, kind, workflow, purpose string) (*evidence, error) {
	if !a.Has(domain.RoleAuditor) {
		return nil, forbidden("auditors_only")
	}
	_, id, ok := workflows.Subject(workflow)
	if canonical, valid := canonicalID(id); !ok || !valid || canonical != id {
		return nil, notFound()
	}
	e := &evidence{workflow: workflow, reader: replay.NewReader(s.cfg.Keyring, s.cfg.Namespace)}
	for try := 0; ; try++ {
		if err := s.readBoth(ctx, e, id); err != nil {
			return nil, err
		}
		if try == settleTries || e.settled() {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(settlePause):
		}
	}
	if len(e.chapters) == 0 {
		if e.rows.Seq(workflow) < 0 {
			return nil, notFound()
		}
		return nil, &Error{Kind: NotFound, Code: "no_history"} // filed, and not yet begun
	}
	if err := s.permit(ctx, a, e, kind, id, purpose); err != nil {
		return nil, err
	}
	return e, nil
}

// readBoth reads both sides once.
func (s *Service) readBoth(ctx context.Context, e *evidence, id string) (err error) {
	if e.chapters, err = s.chapters(ctx, e.workflow); err != nil {
		return err
	}
	e.events, e.read = e.reader.Decode(e.workflow, runsOf(e.chapters))
	caseID := id
	var rows store.AuditRows
	if kind, _, _ := workflows.Subject(e.workflow); kind == "group" {
		caseID = s.caseOf(ctx, e, id)
		rows, err = s.cfg.Store.AuditRowsOfGroup(ctx, id, caseID)
	} else if kind == "nda" {
		rows, err = s.cfg.Store.AuditRowsOfNDA(ctx, id)
	} else if kind == "post" {
		rows, err = s.cfg.Store.AuditRowsOfPost(ctx, id)
	} else {
		rows, err = s.cfg.Store.AuditRowsOfCase(ctx, id)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("read what is projected of %s: %w", e.workflow, err)
	}
	e.rows = replay.Rows{}
	for table, list := range rows {
		for _, r := range list {
			e.rows[table] = append(e.rows[table], r)
		}
	}
	if e.material, err = s.material(ctx, caseID, e.rows.MaterialID()); err != nil {
		return err
	}
	if g := e.read.Group; g != nil && g.Case != "" && g.Case != caseID {
		e.birth, err = s.birth(ctx, g.Case)
	}
	return err
}

// birth is the sealed material that a group began with.
func (s *Service) birth(ctx context.Context, caseID string) (*replay.Sealed, error) {
	row, err := s.caseRow(ctx, caseID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the filing of case %s: %w", caseID, err)
	}
	return s.material(ctx, caseID, row.MaterialID)
}

// caseOf is the case whose material a group stands on: as the history says, else as the register does.
func (s *Service) caseOf(ctx context.Context, e *evidence, group string) string {
	if e.read.Group != nil {
		return replay.MaterialCase(*e.read.Group)
	}
	row, err := s.groupRow(ctx, group)
	if err != nil {
		return ""
	}
	return replay.MaterialCase(row.Doc)
}

func (s *Service) material(ctx context.Context, caseID, id string) (*replay.Sealed, error) {
	o, err := s.cfg.Store.GetObject(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the material of case %s: %w", caseID, err)
	}
	wrapped, err := s.cfg.Store.CaseKey(ctx, caseID)
	if err != nil && !errors.Is(err, store.ErrShredded) && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read the key of case %s: %w", caseID, err)
	}
	return &replay.Sealed{ID: o.ID, CaseID: o.CaseID, Kind: o.Kind, SHA256: o.SHA256, Body: o.Body, Wrapped: wrapped}, nil
}

// settled tells whether history and rows are of one moment: no act is between database and engine.
func (e *evidence) settled() bool {
	if len(e.chapters) == 0 {
		return true
	}
	last := e.chapters[len(e.chapters)-1]
	ended := e.read.Case == nil || !e.read.Case.Status.Final() || e.read.Closed
	if e.read.NDA != nil && !e.read.NDA.State.Open() {
		ended = e.read.Closed
	}
	if e.read.Post != nil && !e.read.Post.Waits() {
		ended = e.read.Closed
	}
	return last.source == fromExport || (e.rows.Seq(e.workflow) == e.read.Seq() && ended)
}

// permit checks the purpose and records the reading, before anything is shown (semantics 8). What history or database
// call confidential is, and so is what cannot be read.
func (s *Service) permit(ctx context.Context, a Actor, e *evidence, kind, subject, purpose string) error {
	confidential := e.read.Case == nil && e.read.Group == nil
	for _, row := range append(e.rows[replay.TableCases], e.rows[replay.TableGroups]...) {
		confidential = confidential || string(row["tier"]) != `"`+string(domain.TierOrdinary)+`"`
	}
	confidential = confidential || (e.read.Case != nil && e.read.Case.Tier.Confidential()) || (e.read.Group != nil && e.read.Group.Tier.Confidential())
	if purpose == "" && confidential {
		return forbidden("purpose_required")
	}
	if purpose != "" {
		if faults := domain.CheckText("purpose", purpose, 500, true); len(faults) > 0 {
			return invalid(faults...)
		}
	}
	return s.record(ctx, a, kind, subject, "auditor", "allowed", map[string]any{"workflow": e.workflow, "purpose": purpose, "confidential": confidential})
}

// History decodes a workflow's history event by event, with the state after each.
func (s *Service) History(ctx context.Context, a Actor, workflow, purpose string) (HistoryView, error) {
	e, err := s.gather(ctx, a, "read_history", workflow, purpose)
	if err != nil {
		return HistoryView{}, auditFault(err)
	}
	last := e.chapters[len(e.chapters)-1]
	v := HistoryView{Workflow: workflow, Run: last.ID, Closed: e.read.Closed, Source: last.source, Events: make([]HistoryEvent, len(e.events))}
	if last.source == fromExport {
		v.SHA256 = replay.Sum(last.bytes)
	}
	for i, ev := range e.events {
		v.Events[i] = HistoryEvent{ID: ev.ID, Run: ev.Run, Type: ev.Type, At: ev.Time, Summary: ev.Summary, Detail: ev.Detail, State: ev.State}
	}
	return v, nil
}

// Replay runs the code over a workflow's history, recomputes the outcome and compares history and database. What it
// found is recorded.
func (s *Service) Replay(ctx context.Context, a Actor, workflow, purpose string) (ReplayVerdict, error) {
	e, err := s.gather(ctx, a, "replay", workflow, purpose)
	if err != nil {
		return ReplayVerdict{}, auditFault(err)
	}
	select {
	case replayPlaces <- struct{}{}:
		defer func() { <-replayPlaces }()
	case <-ctx.Done():
		return ReplayVerdict{}, auditFault(ctx.Err())
	case <-time.After(replayQueue):
		return ReplayVerdict{}, &Error{Kind: TooMany, Code: "replays_busy", RetryAfter: 10}
	}
	ctx, cancel := context.WithTimeout(ctx, replayBudget)
	defer cancel()
	v := e.reader.Verify(ctx, workflow, runsOf(e.chapters), false)
	for _, c := range e.chapters {
		if c.fault != nil {
			v.Faults, v.Complete = append(v.Faults, *c.fault), false
		}
	}
	report := e.reader.Report(v, e.rows, e.material, e.birth)
	out := ReplayVerdict{
		Workflow: workflow, Run: e.chapters[len(e.chapters)-1].ID, OK: report.OK(), Replayed: report.Replayed, Complete: report.Complete,
		Recomputed: report.Recomputed, Proofs: report.Proofs, Differences: []FieldDifference{}, Build: replay.Build(), At: s.now(),
	}
	for _, d := range report.Differences {
		out.Differences = append(out.Differences, FieldDifference(d))
	}
	result := "ok"
	if f := report.Failure(); f != nil {
		out.Failure, result = string(f.Code), string(f.Code)
		out.Detail = f.Detail
		if f.Event > 0 {
			out.Detail = fmt.Sprintf("event %d: %s", f.Event, f.Detail)
		}
	}
	_, id, _ := workflows.Subject(workflow)
	err = s.record(context.WithoutCancel(ctx), a, "replay_verdict", id, "auditor", result, map[string]any{
		"workflow": workflow, "differences": len(out.Differences), "build": out.Build,
	})
	return out, auditFault(err)
}

// RawHistory is the bundle of a workflow: the exact bytes of every run, the rows, the sealed material and the public
// proof keys, for `qunbei-audit verify`.
func (s *Service) RawHistory(ctx context.Context, a Actor, workflow, purpose string) ([]byte, error) {
	e, err := s.gather(ctx, a, "export_bundle", workflow, purpose)
	if err != nil {
		return nil, auditFault(err)
	}
	b := replay.Bundle{
		Workflow: workflow, Namespace: s.cfg.Namespace, Closed: e.read.Closed, Taken: s.now(), Build: replay.Build(), Rows: e.rows, Material: e.material, Birth: e.birth,
	}
	for _, c := range e.chapters {
		b.Runs = append(b.Runs, replay.BundledRun{Run: c.ID, Source: c.source, SHA256: replay.Sum(c.bytes), History: c.bytes})
	}
	if b.ProofKeys, err = s.cfg.Keyring.PublicKeysJSON(); err != nil {
		return nil, auditFault(err)
	}
	out, err := b.Marshal()
	return out, auditFault(err)
}

// ProofKeys lists the public keys by which anybody can check the proof of an act: key id → base64.
func (s *Service) ProofKeys(context.Context) (map[string]string, error) {
	out := map[string]string{}
	for _, k := range s.cfg.Keyring.PublicKeys() {
		out[k.KeyID] = base64.StdEncoding.EncodeToString(k.PublicKey)
	}
	return out, nil
}

// auditFault is fail, with the engine's absence in the caller's terms.
func auditFault(err error) error {
	if errors.Is(err, errEngineAway) || errors.Is(err, errEngineBusy) {
		return engineAway(err)
	}
	return fail(err)
}
