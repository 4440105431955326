package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
)

// sealKey opens the platform's key beside the other keys, under the same key-encryption key (QUNBEI_KEK), and makes it
// when there is none.
func sealKey(ctx context.Context, c Config, st *store.Store) (*seal.Key, error) {
	if _, err := codec.KEKFromEnv(os.Getenv); err != nil {
		return nil, err
	}
	kek, _ := hex.DecodeString(strings.TrimSpace(os.Getenv(codec.KEKEnv))) // its form was just checked; none: a key in the clear
	dir := filepath.Join(c.DataDir, KeysFolder)
	company, err := st.CompanyName(ctx)
	if err != nil {
		return nil, err
	}
	if company == "" {
		company = "Qunbei"
	}
	return seal.OpenKey(dir, kek, company, time.Now())
}

// sealer implements activities.Sealer with the platform's key.
type sealer struct{ key *seal.Key }

// Draw implements activities.Sealer.
func (s sealer) Draw(input []byte) ([]byte, error) {
	var in paper.Input
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, &activities.UndrawableError{Code: "input", Cause: err}
	}
	pdf, err := paper.Render(in)
	var missing *paper.MissingError
	switch {
	case err == nil:
		return pdf, nil
	case errors.As(err, &missing):
		return nil, &activities.UndrawableError{Code: "no_typeface", Cause: err}
	case errors.Is(err, paper.ErrTooLong):
		return nil, &activities.UndrawableError{Code: "too_long", Cause: err}
	case errors.Is(err, paper.ErrInput):
		return nil, &activities.UndrawableError{Code: "input", Cause: err}
	}
	return nil, fmt.Errorf("draw an agreement: %w", err)
}

// Sign implements activities.Sealer.
func (s sealer) Sign(pdf []byte, act activities.SealAct) ([]byte, error) {
	out, err := seal.Sign(pdf, s.key, seal.Act(act))
	switch {
	case err == nil:
		return out, nil
	case errors.Is(err, seal.ErrNotOurs):
		return nil, &activities.UndrawableError{Code: "not_ours", Cause: err}
	case errors.Is(err, seal.ErrNoPlace):
		return nil, &activities.UndrawableError{Code: "no_place", Cause: err}
	case errors.Is(err, seal.ErrReason):
		return nil, &activities.UndrawableError{Code: "input", Cause: err}
	}
	return nil, fmt.Errorf("seal an agreement: %w", err)
}

// Check implements activities.Sealer.
func (s sealer) Check(pdf []byte) activities.SealCheck {
	r := seal.Verify(pdf, s.key.Known())
	intact := r.Verdict == seal.Intact
	return activities.SealCheck{Intact: intact, Complete: intact && len(r.Signatures) == r.Places, Level: r.Level, Document: r.Document, SHA256: r.SHA256}
}

// Key implements activities.Sealer. The key in the data folder is the platform's own, never a licensed authority's.
func (s sealer) Key() activities.SealKey {
	return activities.SealKey{Serial: s.key.Serial(), Fingerprint: s.key.Fingerprint(), Drawing: paper.Version}
}
