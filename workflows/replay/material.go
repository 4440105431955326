package replay

import (
	"encoding/json"
	"errors"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/codec"
)

// Sealed is an object as it is kept: encrypted with the key of its case, which the master key wraps.
type Sealed struct {
	ID      string `json:"id"`
	CaseID  string `json:"case_id"`
	Kind    string `json:"kind"`
	SHA256  string `json:"sha256"`
	Body    []byte `json:"body"`
	Wrapped []byte `json:"wrapped_key"` // empty: shredded
}

// kindMaterial is what the object is that a request decides on.
const kindMaterial = "material"

// Material opens what a case's row says it decides on. o is nil when there is no such object.
func (r *Reader) Material(caseID string, o *Sealed) Material {
	if o == nil || o.CaseID != caseID || o.Kind != kindMaterial {
		return Material{Elsewhere: true}
	}
	plain, err := r.open(o.Wrapped, caseID, o.ID, o.SHA256, o.Body)
	switch {
	case errors.Is(err, codec.ErrShredded):
		return Material{Shredded: true}
	case errors.Is(err, codec.ErrUnknownKey):
		return Material{NoKey: true}
	case err != nil:
		return Material{Broken: true}
	}
	var m struct { // whichever of the kinds it is, it reads as a filing too
		domain.Revocation
		Group string `json:"group"`
		Post  string `json:"post"`
	}
	if json.Unmarshal(plain, &m) != nil {
		return Material{Broken: true}
	}
	if m.Post != "" { // a publication's: no filing, and titled by its number
		var p domain.PostRequest
		if json.Unmarshal(plain, &p) != nil {
			return Material{Broken: true}
		}
		return Material{Filing: &domain.Filing{Name: p.Number}, digest: p.Digest()}
	}
	out := Material{Filing: &m.Filing, digest: m.Filing.Digest(), filed: m.Filing.Digest()}
	if m.Revokes != (domain.Revoked{}) {
		out.digest = m.Digest()
	}
	if m.Group != "" {
		var c domain.ChangeRequest
		if json.Unmarshal(plain, &c) != nil {
			return Material{Broken: true}
		}
		out.digest = c.Digest()
	}
	return out
}
