package service

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Passkeys (WebAuthn) are keys that people hold themselves: to sign in, and to sign agreements as signer_key (semantics 4).
type Passkeys interface {
	// PasskeySite is whether and where passkeys can be used, for somebody who is not signed in yet.
	PasskeySite() PasskeySite
	// MyPasskeys lists the actor's keys, and says whether and where passkeys can be used.
	MyPasskeys(ctx context.Context, a Actor) (PasskeysView, error)
	// BeginEnrolment asks the actor's browser for a new key, FinishEnrolment takes it. The same answer sent again is
	// answered the same.
	BeginEnrolment(ctx context.Context, a Actor) (PasskeyRequest, error)
	FinishEnrolment(ctx context.Context, a Actor, name string, in PasskeyAnswer) (PasskeyView, error)
	RenamePasskey(ctx context.Context, a Actor, id, name string) error
	// RemovePasskey ends a key of the actor's, who must have shown lately that it is they.
	RemovePasskey(ctx context.Context, a Actor, id string) error
	// BeginConfirmation and ConfirmPasskey show by a key that it is still the actor who sits at the session.
	BeginConfirmation(ctx context.Context, a Actor) (PasskeyRequest, error)
	ConfirmPasskey(ctx context.Context, a Actor, in PasskeyAnswer) error
	// BeginNDASignature asks for a key's signature under an agreement's text; the answer goes with the act of signing, which
	// holds whether it is the agreement's.
	BeginNDASignature(ctx context.Context, a Actor, nda, digest string) (PasskeyRequest, error)
	// BeginPasskeySignIn and SignInPasskey sign somebody in, who need not say who they are: the key does.
	BeginPasskeySignIn(ctx context.Context) (PasskeyRequest, error)
	SignInPasskey(ctx context.Context, in PasskeyAnswer, agent string) (secret string, a Actor, err error)
}

// subjectPasskey is what news about a person's own keys are about.
const subjectPasskey = "passkey"

// Bounds of passkeys.
const (
	passkeyMostHeld  = 10
	passkeyMostName  = 60
	passkeyMostBytes = 32 << 10 // of an answer; attestations with certificates are about 5 KiB
	challengeHolds   = 5 * time.Minute
	challengeKept    = 24 * time.Hour
	confirmedHolds   = 10 * time.Minute // after signing in, or showing again that it is they
)

// PasskeyRequest is what the browser is asked: Options is the publicKey member of navigator.credentials.create or get, in
// the JSON form of WebAuthn level 3.
type PasskeyRequest struct {
	ID      string          `json:"challenge_id"`
	Expires time.Time       `json:"expires_at"`
	Options json.RawMessage `json:"options"`
}

// PasskeyCredential is what the browser answered, as its toJSON gives it: read by the service alone.
type PasskeyCredential = json.RawMessage

// PasskeyAnswer is the browser's answer to a request.
type PasskeyAnswer struct {
	Challenge  string            `json:"challenge_id"`
	Credential PasskeyCredential `json:"credential"`
}

// ParsePasskeyAnswer reads an answer's JSON, as pages and acts carry it.
func ParsePasskeyAnswer(raw []byte) (PasskeyAnswer, error) {
	var in PasskeyAnswer
	if len(raw) > passkeyMostBytes || json.Unmarshal(raw, &in) != nil {
		return PasskeyAnswer{}, unreadableCredential(nil)
	}
	return in, nil
}

// PasskeysView is a person's keys, and whether and where passkeys can be used.
type PasskeysView struct {
	Items []PasskeyView `json:"items"`
	Site  PasskeySite   `json:"site"`
	// Fresh tells whether keys may be added and removed now: the person signed in, or showed that it is they, within ten
	// minutes.
	Fresh bool `json:"fresh"`
	Most  int  `json:"most"` // keys one may have
}

// PasskeyView is one key.
type PasskeyView struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Algorithm string     `json:"algorithm"`
	Synced    bool       `json:"synced"` // may be copied to the person's other devices by their maker
	Created   time.Time  `json:"created_at"`
	Used      *time.Time `json:"used_at,omitempty"`
}

func passkeyView(k store.Passkey) PasskeyView {
	v := PasskeyView{ID: k.ID, Name: k.Name, Algorithm: k.Algorithm, Synced: k.Synced, Created: k.CreatedAt.UTC()}
	if k.UsedAt != nil {
		v.Used = timeOf(*k.UsedAt)
	}
	return v
}

// PasskeySite is whether and where passkeys can be used.
func (s *Service) PasskeySite() PasskeySite { return s.site }

// MyPasskeys lists the actor's keys.
func (s *Service) MyPasskeys(ctx context.Context, a Actor) (PasskeysView, error) {
	keys, err := s.cfg.Store.PasskeysOf(ctx, a.ID)
	if err != nil {
		return PasskeysView{}, fail(err)
	}
	v := PasskeysView{Items: []PasskeyView{}, Site: s.site, Most: passkeyMostHeld}
	for _, k := range keys {
		v.Items = append(v.Items, passkeyView(k))
	}
	switch err := s.fresh(ctx, a); {
	case err == nil:
		v.Fresh = true
	case AsError(err).Kind != Forbidden:
		return PasskeysView{}, fail(err)
	}
	return v, nil
}

// fresh refuses an actor whose browser may have been left open: keys are changed only shortly after signing in or showing
// again that it is they. A token cannot show that at all.
func (s *Service) fresh(ctx context.Context, a Actor) error {
	if a.Method == "demo" {
		return nil // anybody is anybody
	}
	if a.Session == "" {
		return forbidden("session_needed")
	}
	row, err := s.cfg.Store.SessionOf(ctx, a.ID, a.Session)
	if errors.Is(err, store.ErrNotFound) {
		return unsigned("session_expired")
	}
	if err != nil {
		return err
	}
	last := row.CreatedAt
	if row.Confirmed != nil && row.Confirmed.After(last) {
		last = *row.Confirmed
	}
	if s.now().Sub(last) >= confirmedHolds {
		return forbidden("confirm_first")
	}
	return nil
}

// BeginEnrolment asks the actor's browser for a new key: one that the authenticator keeps itself and unlocks only for a
// person it verified. What it is made by is not asked: a company that wants only certain makes will have a policy first.
func (s *Service) BeginEnrolment(ctx context.Context, a Actor) (PasskeyRequest, error) {
	r, err := s.beginEnrolment(ctx, a)
	return r, fail(err)
}

func (s *Service) beginEnrolment(ctx context.Context, a Actor) (PasskeyRequest, error) {
	if err := s.site.usable(); err != nil {
		return PasskeyRequest{}, err
	}
	if err := s.fresh(ctx, a); err != nil {
		return PasskeyRequest{}, err
	}
	keys, err := s.cfg.Store.PasskeysOf(ctx, a.ID)
	if err != nil {
		return PasskeyRequest{}, err
	}
	if len(keys) >= passkeyMostHeld {
		return PasskeyRequest{}, tooManyPasskeys()
	}
	c, challenge, err := s.challenge(ctx, a, passkey.Matter{Purpose: passkey.Enrol, Person: string(a.ID)})
	if err != nil {
		return PasskeyRequest{}, err
	}
	resident := true
	return s.request(c, protocol.PublicKeyCredentialCreationOptions{
		RelyingParty: protocol.RelyingPartyEntity{CredentialEntity: protocol.CredentialEntity{Name: siteName}, ID: s.site.ID},
		User: protocol.UserEntity{
			CredentialEntity: protocol.CredentialEntity{Name: a.Number}, DisplayName: a.Name, ID: protocol.URLEncodedBase64(userHandle(a.ID)),
		},
		Challenge: challenge, Parameters: passkeyAlgorithms, Timeout: int(challengeHolds.Milliseconds()), CredentialExcludeList: s.descriptors(keys),
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &resident, ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		Attestation: protocol.PreferNoAttestation,
	})
}

func tooManyPasskeys() error {
	return &Error{Kind: Conflict, Code: "too_many_passkeys", Params: map[string]string{"max": strconv.Itoa(passkeyMostHeld)}}
}

// FinishEnrolment takes a new key.
func (s *Service) FinishEnrolment(ctx context.Context, a Actor, name string, in PasskeyAnswer) (PasskeyView, error) {
	v, err := s.finishEnrolment(ctx, a, name, in)
	return v, fail(err)
}

func (s *Service) finishEnrolment(ctx context.Context, a Actor, name string, in PasskeyAnswer) (PasskeyView, error) {
	if faults := domain.CheckText("name", name, passkeyMostName, true); len(faults) > 0 {
		return PasskeyView{}, invalid(faults...)
	}
	m := passkey.Matter{Purpose: passkey.Enrol, Person: string(a.ID)}
	c, hash, before, err := s.answered(ctx, a, m, in)
	if err != nil {
		return PasskeyView{}, err
	}
	if before != nil {
		var v PasskeyView
		err := json.Unmarshal(before, &v)
		return v, err
	}
	if len(in.Credential) > passkeyMostBytes {
		return PasskeyView{}, unreadableCredential(nil)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(in.Credential)
	if err != nil {
		return PasskeyView{}, unreadableCredential(err)
	}
	sum := passkey.Challenge(m, c.Nonce)
	made, err := s.rp.CreateCredential(keyHolder(a.ID), webauthn.SessionData{
		Challenge: protocol.URLEncodedBase64(sum[:]).String(), RelyingPartyID: s.site.ID, UserID: userHandle(a.ID),
		UserVerification: protocol.VerificationRequired, CredParams: passkeyAlgorithms,
	}, parsed)
	if err != nil {
		return PasskeyView{}, s.refusePasskey(ctx, a, passkey.Enrol, "enrolment", err)
	}
	public, algorithm, err := pkixOf(made.PublicKey)
	if err != nil || len(made.ID) < 16 || len(made.ID) > 1023 {
		return PasskeyView{}, s.refusePasskey(ctx, a, passkey.Enrol, string(passkey.BadKey), err)
	}
	keys, err := s.cfg.Store.PasskeysOf(ctx, a.ID)
	if err != nil {
		return PasskeyView{}, err
	}
	if len(keys) >= passkeyMostHeld {
		return PasskeyView{}, tooManyPasskeys()
	}
	row := store.Passkey{
		ID: newID(), Employee: a.ID, Credential: made.ID, COSE: made.PublicKey, PublicKey: public, Algorithm: algorithm, Site: s.site.ID,
		AAGUID: made.Authenticator.AAGUID, Transports: transportsOf(made.Transport), Synced: made.Flags.BackupEligible,
		Counter: made.Authenticator.SignCount, Name: name, CreatedAt: s.now(),
	}
	row.ProofKey, row.Proof = s.cfg.Keyring.Signer().Sign(keyOf(row).Statement(row.Site))
	v := passkeyView(row)
	outcome, err := json.Marshal(v)
	if err != nil {
		return PasskeyView{}, err
	}
	switch err := s.cfg.Store.Enrol(ctx, c.ID, hash, outcome, row); {
	case errors.Is(err, store.ErrPasskeyKnown):
		return PasskeyView{}, &Error{Kind: Conflict, Code: "passkey_known"}
	case errors.Is(err, store.ErrChallengeUsed):
		return PasskeyView{}, challengeUsed()
	case err != nil:
		return PasskeyView{}, err
	}
	return v, s.record(ctx, a, "passkey_added", row.ID, "own", "allowed", map[string]any{"passkey": row.ID, "public_key": hexSum(public)})
}

// RenamePasskey gives one of the actor's keys another name.
func (s *Service) RenamePasskey(ctx context.Context, a Actor, id, name string) error {
	if faults := domain.CheckText("name", name, passkeyMostName, true); len(faults) > 0 {
		return invalid(faults...)
	}
	id, ok := canonicalID(id)
	if !ok {
		return notFound()
	}
	return fail(s.cfg.Store.RenamePasskey(ctx, a.ID, id, name))
}

// RemovePasskey ends one of the actor's keys. What it signed stays signed.
func (s *Service) RemovePasskey(ctx context.Context, a Actor, id string) error {
	id, ok := canonicalID(id)
	if !ok {
		return notFound()
	}
	if err := s.fresh(ctx, a); err != nil {
		return fail(err)
	}
	if err := s.cfg.Store.EndPasskey(ctx, a.ID, id, "person", s.now()); err != nil {
		return fail(err)
	}
	return fail(s.record(ctx, a, "passkey_removed", id, "own", "allowed", map[string]any{"passkey": id}))
}

// keyOf is a key as evidence tells of it.
func keyOf(k store.Passkey) passkey.Key {
	return passkey.Key{ID: k.ID, Person: string(k.Employee), Credential: k.Credential, Algorithm: k.Algorithm, PublicKey: k.PublicKey, Synced: k.Synced,
		Enrolled: k.CreatedAt.UTC(), ProofKey: k.ProofKey, Proof: k.Proof}
}

// unreadableCredential is the fault of an answer that is none. What the library says of it stays inside.
func unreadableCredential(cause error) error {
	e := invalid(domain.Fault{Field: "credential", Code: "bad_credential"})
	e.Cause = cause
	return e
}

// refusePasskey records that a key's answer was refused, and says so. why is a code; what the library says stays inside.
func (s *Service) refusePasskey(ctx context.Context, a Actor, purpose, why string, cause error) error {
	if err := s.record(ctx, a, "passkey_refused", "", why, "refused", map[string]any{"purpose": purpose}); err != nil {
		return err
	}
	return &Error{Kind: Forbidden, Code: "passkey_refused", Params: map[string]string{"why": why}, Cause: cause}
}

func transportsOf(list []protocol.AuthenticatorTransport) []string {
	out := []string{}
	for _, t := range list {
		if known := []protocol.AuthenticatorTransport{protocol.USB, protocol.NFC, protocol.BLE, protocol.SmartCard, protocol.Hybrid, protocol.Internal}; slices.Contains(known, t) && !slices.Contains(out, string(t)) {
			out = append(out, string(t))
		}
	}
	return out
}

func hexSum(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
