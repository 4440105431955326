package service

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// filed is what is kept of a filing's answer under its idempotency key. The summary is made anew: a caller who asks
// again wants the case, not what it once was.
type filed struct {
	Case string `json:"case_id"`
}

// maxKey bounds an Idempotency-Key, in bytes.
const maxKey = 200

// checkKey refuses a write without a usable Idempotency-Key.
func checkKey(key string) error {
	if key == "" {
		return &Error{Kind: Malformed, Code: "idempotency_key_missing", Params: map[string]string{"header": "Idempotency-Key"}}
	}
	bad := len(key) > maxKey
	for _, r := range key {
		bad = bad || r < 0x21 || r > 0x7e
	}
	if bad {
		return &Error{Kind: Malformed, Code: "idempotency_key_invalid", Params: map[string]string{"header": "Idempotency-Key", "max": "200"}}
	}
	return nil
}

// filedBefore finds the case that a key led to; another request under the key is refused.
func (s *Service) filedBefore(ctx context.Context, a Actor, route, key, request string) (string, error) {
	before, err := s.cfg.Store.Replayed(ctx, store.IdempotencyRef{Employee: a.ID, Key: key, Route: route, Request: request})
	switch {
	case err != nil:
		return "", fmt.Errorf("look up an idempotency key: %w", err)
	case !before.Known:
		return "", nil
	case !before.Same:
		return "", errKeyReused()
	case !before.Done:
		return "", nil // under way, or broken off before it was stored
	}
	var f filed
	if err := json.Unmarshal(before.Answer, &f); err != nil {
		return "", fmt.Errorf("read the answer under an idempotency key: %w", err)
	}
	return f.Case, nil
}

func errKeyReused() *Error {
	return &Error{Kind: Conflict, Code: "idempotency_key_reused", Params: map[string]string{"header": "Idempotency-Key"}}
}

// submission makes everything that must exist before a filing's workflow starts.
func (s *Service) submission(b rulebook, p *plan, now time.Time) (store.Submission, error) {
	sub, err := s.submit(b, *p.route, domain.Case{
		Kind: domain.KindFiling, Tier: p.filing.Tier, Parties: domain.Parties{Requester: p.requester}, Digest: p.filing.Digest(),
	}, p.filing, p.filing.Name, now)
	if err != nil {
		return store.Submission{}, err
	}
	sub.NameKey, sub.GroupID = policy.NameKey(p.filing.Name), newID()
	return sub, nil
}

// submit makes what every new case consists of: its state with the first step asked, its key, its material sealed.
func (s *Service) submit(b rulebook, route domain.RoutePlan, c domain.Case, material any, title string, now time.Time) (store.Submission, error) {
	c.ID = newID()
	state, err := b.begin(c, route, now)
	if err != nil {
		return store.Submission{}, err
	}
	wrapped, err := s.cfg.Keyring.NewCaseKey(c.ID)
	if err != nil {
		return store.Submission{}, fmt.Errorf("make the key of case %s: %w", c.ID, err)
	}
	text, err := json.Marshal(material)
	if err != nil {
		return store.Submission{}, fmt.Errorf("render what is asked: %w", err)
	}
	sealed, _, err := s.seal(wrapped, c.ID, newID(), "material", Upload{MediaType: "application/json", Data: text}, c.Parties.Requester, now)
	if err != nil {
		return store.Submission{}, err
	}
	return store.Submission{Case: state, Title: title, Wrapped: wrapped, Material: sealed}, nil
}

// words chooses a label in the actor's language; Chinese unless English was chosen.
func (a Actor) words(l domain.Label) string {
	if a.Lang == "en" && l.EN != "" {
		return l.EN
	}
	return l.ZH
}
