package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/models/store"
)

// BeginPasskeySignIn asks whoever sits at a browser for any key of this site.
func (s *Service) BeginPasskeySignIn(ctx context.Context) (PasskeyRequest, error) {
	if err := s.site.usable(); err != nil {
		return PasskeyRequest{}, err
	}
	c, challenge, err := s.challenge(ctx, Actor{}, passkey.Matter{Purpose: passkey.SignIn})
	if err != nil {
		return PasskeyRequest{}, fail(err)
	}
	r, err := s.request(c, s.assertionOptions(challenge, nil))
	return r, fail(err)
}

// SignInPasskey signs in the person whose key answered. Unlike other answers to a challenge, the same one sent again is
// refused: it would open another session to whoever overheard it.
func (s *Service) SignInPasskey(ctx context.Context, in PasskeyAnswer, agent string) (string, Actor, error) {
	secret, a, err := s.signInPasskey(ctx, in, agent)
	return secret, a, fail(err)
}

func (s *Service) signInPasskey(ctx context.Context, in PasskeyAnswer, agent string) (string, Actor, error) {
	m := passkey.Matter{Purpose: passkey.SignIn}
	c, hash, _, err := s.answered(ctx, Actor{}, m, in)
	if err != nil {
		return "", Actor{}, err
	}
	parsed, err := parseAssertion(in.Credential)
	if err != nil {
		return "", Actor{}, err
	}
	nobody := Actor{}
	k, err := s.cfg.Store.PasskeyBy(ctx, parsed.RawID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", nobody, s.refusePasskey(ctx, nobody, passkey.SignIn, "unknown", nil)
	case err != nil:
		return "", nobody, err
	case k.Site != s.site.ID || !bytes.Equal(parsed.Response.UserHandle, userHandle(k.Employee)):
		return "", nobody, s.refusePasskey(ctx, nobody, passkey.SignIn, "not_yours", nil)
	}
	// The signature comes first: only who holds the key hears what became of it.
	e, err := s.checkAssertion(ctx, nobody, m, c, k, parsed)
	if err != nil {
		return "", nobody, err
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return "", nobody, err
	}
	if !dir.Active(k.Employee) {
		return "", nobody, unsigned("account_disabled")
	}
	if k.EndedAt != nil {
		return "", nobody, forbidden("passkey_ended")
	}
	if err := s.usePasskey(ctx, Actor{ID: k.Employee}, c, hash, nil, k, e); err != nil {
		return "", nobody, err
	}
	secret, now := newSecret(), s.now()
	row := store.Session{
		ID: newID(), SecretHash: secretHash(secret), Employee: k.Employee, CSRF: newSecret(), CreatedAt: now, SeenAt: now,
		ExpiresAt: now.Add(sessionMost), Agent: clipText(agent, 200), Method: "passkey",
	}
	if err := s.cfg.Store.CreateSession(ctx, row); err != nil {
		return "", nobody, fmt.Errorf("keep a session: %w", err)
	}
	a, err := s.actor(ctx, dir, k.Employee, row.ID, "passkey", row.CSRF)
	if err != nil {
		return "", nobody, err
	}
	return secret, a, s.record(ctx, a, "sign_in", "", "passkey", "allowed", map[string]any{"passkey": k.ID})
}
