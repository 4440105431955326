package service

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
)

// maxRuns bounds the chain of runs that one export follows back.
const maxRuns = 1000

// exportHistory keeps the histories of a workflow's closed runs beyond the engine's retention (temporal.md 22), the
// newest first and back along the chain of runs. A run that is still open is tried again soon.
func (s *Service) exportHistory(ctx context.Context, workflow string) error {
	_, subject, ok := workflows.Subject(workflow)
	if !ok {
		return &fate{code: "unknown_workflow", after: relayMost, cause: errors.New("no workflow of ours")}
	}
	c, err := s.engine()
	if err != nil {
		return err
	}
	d, err := c.DescribeWorkflowExecution(ctx, workflow, "")
	if err != nil {
		return fmt.Errorf("look at %s: %w", workflow, engineFault(err))
	}
	if d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return &fate{code: "still_open", after: 2 * time.Second, cause: errors.New("the run is still open"), expected: true}
	}
	run := d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	for range maxRuns {
		if run == "" {
			return nil
		}
		if run, err = s.exportRun(ctx, workflow, run, subject); err != nil {
			return err
		}
	}
	return nil
}

// exportRun keeps one run's history, exactly as the engine holds it, and names the run before it.
func (s *Service) exportRun(ctx context.Context, workflow, run, subject string) (before string, err error) {
	c, err := s.engine()
	if err != nil {
		return "", err
	}
	var h history.History
	it := c.GetWorkflowHistory(ctx, workflow, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		ev, err := it.Next()
		var gone *serviceerror.NotFound
		if errors.As(err, &gone) {
			return "", nil // the engine's retention was faster; an earlier export may hold it
		}
		if err != nil {
			return "", fmt.Errorf("read the history of %s: %w", workflow, engineFault(err))
		}
		h.Events = append(h.Events, ev)
	}
	if len(h.Events) == 0 {
		return "", nil
	}
	plain, err := protojson.Marshal(&h)
	if err != nil {
		return "", fmt.Errorf("render the history of %s: %w", workflow, err)
	}
	body, err := s.sealHistory(plain)
	if err != nil {
		return "", fmt.Errorf("seal the history of %s: %w", workflow, err)
	}
	sum := sha256.Sum256(plain)
	s.at("export.before_commit")
	err = s.cfg.Store.PutExport(ctx, store.Export{
		WorkflowID: workflow, RunID: run, SubjectID: subject, Events: len(h.Events), Closed: true,
		SHA256: "sha256:" + hex.EncodeToString(sum[:]), Body: body, ExportedAt: s.now(),
	})
	if err != nil {
		return "", fmt.Errorf("keep the history of %s: %w", workflow, err)
	}
	s.at("export.after_commit")
	return s.before(&h), nil
}

// maxHistory bounds what an export may unpack to; the engine's own limit is 50 MiB a run.
const maxHistory = 256 << 20

// sealHistory packs and encrypts a history under the payload codec's keys. Not under the case's key: a history holds
// ids, digests and verdicts only, and outlives shredding.
func (s *Service) sealHistory(plain []byte) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	p := &common.Payload{Metadata: map[string][]byte{"encoding": []byte("binary/gzip")}, Data: packed.Bytes()}
	out, err := codec.NewPayloadCodec(s.cfg.Keyring, s.cfg.Namespace).Encode([]*common.Payload{p})
	if err != nil {
		return nil, err
	}
	return proto.Marshal(out[0])
}

// openHistory gives back the exact bytes that sealHistory took.
func (s *Service) openHistory(body []byte) ([]byte, error) {
	var p common.Payload
	if err := proto.Unmarshal(body, &p); err != nil {
		return nil, fmt.Errorf("read an exported history: %w", err)
	}
	out, err := codec.NewPayloadCodec(s.cfg.Keyring, s.cfg.Namespace).Decode([]*common.Payload{&p})
	if err != nil {
		return nil, fmt.Errorf("open an exported history: %w", err)
	}
	r, err := gzip.NewReader(bytes.NewReader(out[0].GetData()))
	if err != nil {
		return nil, fmt.Errorf("unpack an exported history: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxHistory))
	if err != nil {
		return nil, fmt.Errorf("unpack an exported history: %w", err)
	}
	return plain, nil
}
