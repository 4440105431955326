package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/replay"
)

// Where a history was read.
const (
	fromEngine = "engine"
	fromExport = "export"
)

// chapter is one run of a workflow with where it came from.
type chapter struct {
	replay.Run
	source string
	bytes  []byte // as exported; of the engine's, rendered the same way
	fault  *replay.Fault
}

// chapters gathers a workflow's runs, oldest first: from the engine while it holds them, and from our export of what
// its retention took (temporal.md 22). None and no error: nobody has heard of it.
func (s *Service) chapters(ctx context.Context, workflow string) ([]chapter, error) {
	exports, err := s.cfg.Store.Exports(ctx, workflow)
	if err != nil {
		return nil, fmt.Errorf("read the exported histories of %s: %w", workflow, err)
	}
	kept := map[string]store.Export{}
	for _, e := range exports {
		kept[e.RunID] = e
	}
	newest, err := s.newestRun(ctx, workflow)
	if err != nil && (len(exports) == 0 || !errors.Is(err, errEngineAway)) {
		return nil, err
	}
	if newest == "" {
		newest = s.lastExported(exports)
	}
	var out []chapter
	for run := newest; run != "" && len(out) < maxRuns; {
		c, err := s.chapter(ctx, workflow, run, kept)
		if err != nil {
			return nil, err
		}
		if c == nil {
			break // gone with the engine's retention before it was exported: the verdict says "cut"
		}
		out = append(out, *c)
		run = ""
		if events := c.History.GetEvents(); len(events) > 0 {
			run = s.before(c.History)
		}
	}
	slices.Reverse(out)
	return out, nil
}

// newestRun asks the engine; empty when it does not know the workflow.
func (s *Service) newestRun(ctx context.Context, workflow string) (string, error) {
	c, err := s.engine()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, callBudget)
	defer cancel()
	d, err := c.DescribeWorkflowExecution(ctx, workflow, "")
	switch err = engineFault(err); {
	case errors.Is(err, errNotRunning):
		return "", nil
	case err != nil:
		return "", err
	}
	return d.GetWorkflowExecutionInfo().GetExecution().GetRunId(), nil
}

// lastExported is the exported run that no other one continues. One that cannot be read continues nothing that could be
// known; its chapter will say what is wrong with it.
func (s *Service) lastExported(exports []store.Export) string {
	before := map[string]bool{}
	for _, e := range exports {
		plain, err := s.openHistory(e.Body)
		if err != nil {
			continue
		}
		if h, err := replay.Unmarshal(plain); err == nil && len(h.GetEvents()) > 0 {
			before[s.before(h)] = true
		}
	}
	for _, e := range exports {
		if !before[e.RunID] {
			return e.RunID
		}
	}
	return ""
}

// before names the run that a run goes on from; empty: none.
func (s *Service) before(h *historypb.History) string {
	return replay.NewReader(s.cfg.Keyring, s.cfg.Namespace).Before(h)
}

// chapter reads one run. Where engine and export both hold it they must agree; the export has the say about bytes.
func (s *Service) chapter(ctx context.Context, workflow, run string, kept map[string]store.Export) (*chapter, error) {
	live, err := s.engineHistory(ctx, workflow, run)
	export, exported := kept[run]
	if err != nil && (!exported || !errors.Is(err, errEngineAway)) {
		return nil, err
	}
	if !exported {
		if live == nil {
			return nil, nil
		}
		b, err := replay.Marshal(live)
		if err != nil {
			return nil, err
		}
		return &chapter{Run: replay.Run{ID: run, History: live}, source: fromEngine, bytes: b}, nil
	}
	wrong := func(detail string) *replay.Fault {
		return &replay.Fault{Code: replay.CodeBytes, Run: run, Detail: detail}
	}
	c := &chapter{Run: replay.Run{ID: run, History: live}, source: fromEngine}
	if c.bytes, err = s.openHistory(export.Body); err != nil {
		c.fault = wrong("the exported history does not open")
		c.bytes = nil
	} else if replay.Sum(c.bytes) != export.SHA256 {
		c.fault = wrong("the exported bytes have another digest than was recorded with them")
	}
	var old *historypb.History
	if c.bytes != nil {
		if old, err = replay.Unmarshal(c.bytes); err != nil {
			c.fault = wrong("the exported history cannot be read")
		}
	}
	switch {
	case live == nil && old == nil:
		c.History = &historypb.History{}
	case live == nil:
		c.History, c.source = old, fromExport
	case old != nil && export.Closed && !proto.Equal(old, live):
		c.fault = wrong("engine and export hold different histories of this run")
	}
	return c, nil
}

// engineHistory reads a run's events; nil when the engine does not hold it any more.
func (s *Service) engineHistory(ctx context.Context, workflow, run string) (*historypb.History, error) {
	c, err := s.engine()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 4*callBudget)
	defer cancel()
	h := &historypb.History{}
	it := c.GetWorkflowHistory(ctx, workflow, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err = engineFault(err); errors.Is(err, errNotRunning) {
			return nil, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", workflow, err)
		}
		h.Events = append(h.Events, e)
	}
	return h, nil
}

func runsOf(list []chapter) []replay.Run {
	out := make([]replay.Run, len(list))
	for i, c := range list {
		out[i] = c.Run
	}
	return out
}
