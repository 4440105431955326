package service

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"regexp"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// AssertionFor is what a passkey signs for its person: a purpose of package passkey, the id of what is signed, and its
// digest as its process writes it. The person is the actor.
type AssertionFor struct {
	Purpose string
	Subject string
	Digest  string
}

func (w AssertionFor) matter(a Actor) passkey.Matter {
	return passkey.Matter{Purpose: w.Purpose, Person: string(a.ID), Subject: w.Subject, Digest: w.Digest}
}

// BeginAssertion asks one of the actor's passkeys to sign: the challenge is a hash over what is signed, holds five minutes
// and is answered once, in the session that asked. Conflict no_passkey when the actor has none, passkeys_unusable where
// the service's address will not do; Forbidden session_needed for a token, which is nobody's presence.
func (s *Service) BeginAssertion(ctx context.Context, a Actor, what AssertionFor) (PasskeyRequest, error) {
	r, err := s.beginAssertion(ctx, a, what)
	return r, fail(err)
}

func (s *Service) beginAssertion(ctx context.Context, a Actor, what AssertionFor) (PasskeyRequest, error) {
	if err := s.site.usable(); err != nil {
		return PasskeyRequest{}, err
	}
	if a.Session == "" && a.Method != "demo" {
		return PasskeyRequest{}, forbidden("session_needed")
	}
	keys, err := s.cfg.Store.PasskeysOf(ctx, a.ID)
	if err != nil {
		return PasskeyRequest{}, err
	}
	usable := s.descriptors(keys)
	if len(usable) == 0 {
		return PasskeyRequest{}, &Error{Kind: Conflict, Code: "no_passkey"}
	}
	c, challenge, err := s.challenge(ctx, a, what.matter(a))
	if err != nil {
		return PasskeyRequest{}, err
	}
	return s.request(c, s.assertionOptions(challenge, usable))
}

// FinishAssertion takes a passkey's signature over what BeginAssertion named. The evidence is what is kept of it:
// passkey.Verify holds over it without this service. The same answer sent again, for the same matter, gets the same
// evidence; another answer to a challenge that was used is refused, as is the answer to another matter's.
func (s *Service) FinishAssertion(ctx context.Context, a Actor, what AssertionFor, in PasskeyAnswer) (passkey.Evidence, error) {
	e, err := s.finishAssertion(ctx, a, what, in)
	return e, fail(err)
}

func (s *Service) finishAssertion(ctx context.Context, a Actor, what AssertionFor, in PasskeyAnswer) (passkey.Evidence, error) {
	c, hash, before, err := s.answered(ctx, a, what.matter(a), in)
	if err != nil {
		return passkey.Evidence{}, err
	}
	if before != nil {
		return passkey.Parse(before)
	}
	parsed, err := parseAssertion(in.Credential)
	if err != nil {
		return passkey.Evidence{}, err
	}
	keys, err := s.cfg.Store.PasskeysOf(ctx, a.ID)
	if err != nil {
		return passkey.Evidence{}, err
	}
	i := slices.IndexFunc(keys, func(k store.Passkey) bool { return bytes.Equal(k.Credential, parsed.RawID) && k.Site == s.site.ID })
	if i < 0 {
		return passkey.Evidence{}, s.refusePasskey(ctx, a, what.Purpose, "not_yours", nil)
	}
	e, err := s.checkAssertion(ctx, a, what.matter(a), c, keys[i], parsed)
	if err != nil {
		return passkey.Evidence{}, err
	}
	kept, err := e.Bytes()
	if err != nil {
		return passkey.Evidence{}, err
	}
	if err := s.usePasskey(ctx, a, c, hash, kept, keys[i], e); err != nil {
		return passkey.Evidence{}, err
	}
	return e, s.record(ctx, a, "passkey_used", what.Subject, what.Purpose, "allowed", map[string]any{"passkey": keys[i].ID})
}

// digestForm is how a digest is written.
var digestForm = regexp.MustCompile(`^(sha256:)?[0-9a-f]{64}$`)

// BeginNDASignature asks for a key's signature under an agreement's text. Whose agreement it is and which text it has is
// asked when the answer comes: a signature under anything else is taken nowhere.
func (s *Service) BeginNDASignature(ctx context.Context, a Actor, nda, digest string) (PasskeyRequest, error) {
	id, ok := canonicalID(nda)
	if !ok {
		return PasskeyRequest{}, invalid(domain.Fault{Field: "subject", Code: "not_an_id"})
	}
	if !digestForm.MatchString(digest) {
		return PasskeyRequest{}, invalid(domain.Fault{Field: "digest", Code: "bad_digest"})
	}
	return s.BeginAssertion(ctx, a, AssertionFor{Purpose: passkey.SignNDA, Subject: id, Digest: digest})
}

// NDAEvidence takes the passkey's answer that came with the act of signing an agreement (NDAInput.Passkey), and returns the
// evidence to be kept of it, as JSON. Sent again with the same answer it returns the same.
func (s *Service) NDAEvidence(ctx context.Context, a Actor, nda, digest string, raw []byte) ([]byte, error) {
	in, err := ParsePasskeyAnswer(raw)
	if err != nil {
		return nil, err
	}
	e, err := s.FinishAssertion(ctx, a, AssertionFor{Purpose: passkey.SignNDA, Subject: nda, Digest: digest}, in)
	if err != nil {
		return nil, err
	}
	return e.Bytes()
}

func (s *Service) assertionOptions(challenge []byte, keys []protocol.CredentialDescriptor) protocol.PublicKeyCredentialRequestOptions {
	return protocol.PublicKeyCredentialRequestOptions{
		Challenge: challenge, Timeout: int(challengeHolds.Milliseconds()), RelyingPartyID: s.site.ID, AllowedCredentials: keys,
		UserVerification: protocol.VerificationRequired,
	}
}

func parseAssertion(raw []byte) (*protocol.ParsedCredentialAssertionData, error) {
	if len(raw) > passkeyMostBytes {
		return nil, unreadableCredential(nil)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(raw)
	if err != nil {
		return nil, unreadableCredential(err)
	}
	return parsed, nil
}

// checkAssertion holds that a key signed a matter, twice over: by the verifier that auditors run, which names what is
// wrong, and by the library, which knows what else WebAuthn asks.
func (s *Service) checkAssertion(ctx context.Context, a Actor, m passkey.Matter, c store.PasskeyChallenge, k store.Passkey, p *protocol.ParsedCredentialAssertionData) (passkey.Evidence, error) {
	e := passkey.Evidence{
		Version: passkey.Version, Matter: m, Nonce: c.Nonce, Site: s.site.ID, Origin: s.site.Origin, Asked: c.CreatedAt, At: s.now(), Key: keyOf(k),
		ClientData: p.Raw.AssertionResponse.ClientDataJSON, AuthenticatorData: p.Raw.AssertionResponse.AuthenticatorData, Signature: p.Response.Signature,
	}
	want := passkey.Want{Matter: m, Site: s.site.ID, Origins: []string{s.site.Origin}, Enrolled: s.cfg.Keyring.Verifier().Verify}
	if err := passkey.Verify(e, want); err != nil {
		why := "unknown"
		var f *passkey.Fault
		if errors.As(err, &f) {
			why = string(f.Code)
		}
		return passkey.Evidence{}, s.refusePasskey(ctx, a, m.Purpose, why, err)
	}
	sum := passkey.Challenge(m, c.Nonce)
	session := webauthn.SessionData{
		Challenge: protocol.URLEncodedBase64(sum[:]).String(), RelyingPartyID: s.site.ID, UserID: userHandle(k.Employee),
		AllowedCredentialIDs: [][]byte{k.Credential}, UserVerification: protocol.VerificationRequired,
	}
	if _, err := s.rp.ValidateLogin(keyHolder(k.Employee, k), session, p); err != nil {
		return passkey.Evidence{}, s.refusePasskey(ctx, a, m.Purpose, "webauthn", err)
	}
	return e, nil
}

// usePasskey uses the challenge up and keeps the counter. A counter that did not rise says that the key may have been
// copied; which of the two is the thief's nobody knows, so the key ends, and the person hears why.
func (s *Service) usePasskey(ctx context.Context, a Actor, c store.PasskeyChallenge, hash, outcome []byte, k store.Passkey, e passkey.Evidence) error {
	err := s.cfg.Store.UsePasskey(ctx, c.ID, hash, outcome, k.ID, e.Counter(), e.At)
	switch {
	case errors.Is(err, store.ErrChallengeUsed):
		return challengeUsed()
	case errors.Is(err, store.ErrNotFound):
		return forbidden("passkey_ended")
	case errors.Is(err, store.ErrCounterBack):
		if err := s.cfg.Store.EndPasskey(ctx, k.Employee, k.ID, "counter", s.now()); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := s.record(ctx, a, "passkey_refused", k.ID, "counter", "refused", map[string]any{"purpose": e.Purpose, "passkey": k.ID}); err != nil {
			return err
		}
		return forbidden("passkey_copied")
	}
	return err
}

// challenge keeps what a key is asked to sign.
func (s *Service) challenge(ctx context.Context, a Actor, m passkey.Matter) (store.PasskeyChallenge, []byte, error) {
	nonce := make([]byte, passkey.NonceSize)
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	now := s.now()
	c := store.PasskeyChallenge{ID: newID(), Purpose: m.Purpose, Employee: domain.EmployeeID(m.Person), Session: a.Session, Subject: m.Subject,
		Digest: m.Digest, Nonce: nonce, CreatedAt: now, ExpiresAt: now.Add(challengeHolds)}
	sum := passkey.Challenge(m, nonce)
	return c, sum[:], s.cfg.Store.PutChallenge(ctx, c)
}

func (s *Service) request(c store.PasskeyChallenge, options any) (PasskeyRequest, error) {
	b, err := json.Marshal(options)
	return PasskeyRequest{ID: c.ID, Expires: c.ExpiresAt, Options: b}, err
}

// answered finds the challenge that an answer answers: the actor's own, for this matter, in this session, not too old. before
// is the outcome when this very answer was taken already.
func (s *Service) answered(ctx context.Context, a Actor, m passkey.Matter, in PasskeyAnswer) (c store.PasskeyChallenge, hash, before []byte, err error) {
	if err := s.site.usable(); err != nil {
		return c, nil, nil, err
	}
	unknown := &Error{Kind: Conflict, Code: "challenge_unknown"}
	id, ok := canonicalID(in.Challenge)
	if !ok {
		return c, nil, nil, unknown
	}
	c, err = s.cfg.Store.Challenge(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return c, nil, nil, unknown
	}
	if err != nil {
		return c, nil, nil, err
	}
	was := passkey.Matter{Purpose: c.Purpose, Person: string(c.Employee), Subject: c.Subject, Digest: c.Digest}
	if was != m || c.Session != a.Session {
		return c, nil, nil, unknown
	}
	sum := sha256.Sum256(in.Credential)
	hash = sum[:]
	if c.UsedAt != nil {
		if bytes.Equal(c.Answer, hash) && len(c.Outcome) > 0 {
			return c, hash, c.Outcome, nil
		}
		return c, nil, nil, challengeUsed()
	}
	if !s.now().Before(c.ExpiresAt) {
		return c, nil, nil, &Error{Kind: Conflict, Code: "challenge_expired"}
	}
	return c, hash, nil, nil
}

func challengeUsed() error { return &Error{Kind: Conflict, Code: "challenge_used"} }

// BeginConfirmation asks the actor's passkey whether it is still they.
func (s *Service) BeginConfirmation(ctx context.Context, a Actor) (PasskeyRequest, error) {
	return s.BeginAssertion(ctx, a, AssertionFor{Purpose: passkey.Confirm})
}

// ConfirmPasskey takes the answer: for ten minutes the actor may change what asks for it.
func (s *Service) ConfirmPasskey(ctx context.Context, a Actor, in PasskeyAnswer) error {
	e, err := s.FinishAssertion(ctx, a, AssertionFor{Purpose: passkey.Confirm}, in)
	if err != nil || a.Session == "" {
		return err
	}
	return fail(s.cfg.Store.ConfirmSession(ctx, a.ID, a.Session, e.At))
}
