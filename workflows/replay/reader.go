package replay

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/codec"
)

// Reader reads histories of one namespace with one company's keys. It is safe for concurrent use.
type Reader struct {
	data    converter.DataConverter
	failure converter.FailureConverter
	proofs  codec.Verifier
	open    opener
}

// opener opens a sealed object of a case.
type opener func(wrapped []byte, caseID, objectID, sha256hex string, sealed []byte) ([]byte, error)

// NewReader reads what was encrypted for namespace with the keys of ring, and checks proofs with its proof keys.
func NewReader(ring *codec.Keyring, namespace string) *Reader {
	return &Reader{
		data: codec.DataConverter(ring, namespace), failure: codec.FailureConverter(ring, namespace),
		proofs: ring.Verifier(), open: ring.Open,
	}
}

// WithProofKeys checks proofs with keys that the auditor got by another way than the keyring.
func (r *Reader) WithProofKeys(v codec.Verifier) *Reader {
	c := *r
	c.proofs = v
	return &c
}

// Run is one run of a workflow; a long-lived workflow is a chain of them, oldest first.
type Run struct {
	ID      string
	History *historypb.History
}

// Marshal gives the bytes of a history as they are exported, kept and later verified: protobuf JSON.
func Marshal(h *historypb.History) ([]byte, error) {
	b, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("write the history: %w", err)
	}
	return b, nil
}

// Unmarshal reads such bytes.
func Unmarshal(b []byte) (*historypb.History, error) {
	h, err := client.HistoryFromJSON(bytes.NewReader(b), client.HistoryJSONOptions{})
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return h, nil
}

// RunID is the id that a history says its run has.
func RunID(h *historypb.History) string {
	for _, e := range h.GetEvents() {
		if a := e.GetWorkflowExecutionStartedEventAttributes(); a != nil {
			return a.GetOriginalExecutionRunId()
		}
	}
	return ""
}

// Errors of a proof.
var (
	errProofMissing = errors.New("the act carries no proof")
	errProofKind    = errors.New("the proof is of an unknown kind")
)

// holds checks a person's act against the proof keys, as domain.VerifyProof does with published ones.
func (r *Reader) holds(subject string, a domain.Act) error {
	if a.Proof == nil {
		return errProofMissing
	}
	if !strings.EqualFold(a.Proof.Algorithm, codec.ProofAlgorithm) {
		return errProofKind
	}
	sig, err := base64.StdEncoding.DecodeString(a.Proof.Signature)
	if err != nil {
		return fmt.Errorf("read the signature: %w", codec.ErrBadSignature)
	}
	return r.proofs.Verify(a.Proof.Key, a.Signed(subject), sig)
}
