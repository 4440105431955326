package signing

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/fonts"
	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/seal"
)

// Platform implements activities.Sealer with the platform's key.
type Platform struct{ Key *seal.Key }

// Draw implements activities.Sealer.
func (p Platform) Draw(input []byte) ([]byte, error) {
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
func (p Platform) Sign(pdf []byte, act activities.SealAct) ([]byte, error) {
	out, err := seal.Sign(pdf, p.Key, seal.Act(act))
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
func (p Platform) Check(pdf []byte) activities.SealCheck {
	r := seal.Verify(pdf, p.Key.Known())
	intact := r.Verdict == seal.Intact
	return activities.SealCheck{Intact: intact, Complete: intact && len(r.Signatures) == r.Places, Level: r.Level, Document: r.Document, SHA256: r.SHA256}
}

// Drawable implements activities.Sealer.
func (p Platform) Drawable(text string) bool { return len(fonts.Missing(text)) == 0 }

// Name implements activities.Sealer. The key in the data folder is the platform's own, never a licensed authority's.
func (p Platform) Name() activities.SealKey {
	return activities.SealKey{Serial: p.Key.Serial(), Fingerprint: p.Key.Fingerprint(), Drawing: paper.Version}
}
