-- +goose Up
-- Passkeys (WebAuthn) that people enrolled (issue 5, point 3). Only public keys are here. A row is never removed: what it
-- signed must be checkable when the key is long gone.
CREATE TABLE passkeys (
    id          uuid PRIMARY KEY,
    employee_id uuid NOT NULL REFERENCES employees (id),
    credential  bytea NOT NULL UNIQUE,             -- id that the authenticator gave, also of those that ended
    cose        bytea NOT NULL,                    -- public key as the authenticator wrote it
    public_key  bytea NOT NULL,                    -- the same in PKIX, for whoever checks without CBOR
    algorithm   text NOT NULL CHECK (algorithm IN ('ES256', 'RS256', 'EdDSA')),
    site        text NOT NULL,                     -- relying party id that it was made for
    aaguid      bytea NOT NULL,                    -- make of the authenticator; zeros: not told
    transports  text[] NOT NULL DEFAULT '{}',
    synced      boolean NOT NULL,                  -- may be copied to other devices of the person
    counter     bigint NOT NULL CHECK (counter >= 0),
    name        text NOT NULL CHECK (name <> ''),
    proof_key   text NOT NULL,                     -- the service's key that signed whose this is
    proof       bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    used_at     timestamptz,
    ended_at    timestamptz,
    ended_by    text NOT NULL DEFAULT '' CHECK (ended_by IN ('', 'person', 'left', 'counter')),
    CHECK ((ended_at IS NULL) = (ended_by = '')),
    CHECK (octet_length(credential) BETWEEN 16 AND 1023)
);
CREATE INDEX passkeys_person ON passkeys (employee_id, created_at) WHERE ended_at IS NULL;

-- +goose StatementBegin
CREATE FUNCTION check_passkey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.employee_id, NEW.credential, NEW.cose, NEW.public_key, NEW.algorithm, NEW.site, NEW.aaguid, NEW.synced, NEW.proof_key,
        NEW.proof, NEW.created_at) IS DISTINCT FROM
       (OLD.id, OLD.employee_id, OLD.credential, OLD.cose, OLD.public_key, OLD.algorithm, OLD.site, OLD.aaguid, OLD.synced, OLD.proof_key,
        OLD.proof, OLD.created_at) THEN
        RAISE EXCEPTION 'whose a passkey is, and which, never changes' USING ERRCODE = 'QB002';
    END IF;
    IF OLD.ended_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a passkey that ended stays so' USING ERRCODE = 'QB002';
    END IF;
    IF NEW.counter < OLD.counter THEN
        RAISE EXCEPTION 'a passkey counts upwards' USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER passkeys_change BEFORE UPDATE ON passkeys FOR EACH ROW EXECUTE FUNCTION check_passkey();

-- What a passkey was asked to sign. Each is answered once, within minutes; a day later the row is swept.
CREATE TABLE passkey_challenges (
    id          uuid PRIMARY KEY,
    purpose     text NOT NULL,
    employee_id uuid REFERENCES employees (id),    -- null: signing in, when nobody is known yet
    session_id  text NOT NULL DEFAULT '',          -- that asked; another one cannot answer
    subject     text NOT NULL DEFAULT '',
    digest      text NOT NULL DEFAULT '',
    nonce       bytea NOT NULL CHECK (octet_length(nonce) = 32),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    answer_hash bytea,                             -- SHA-256 of the answer: the same one sent again gets the same outcome
    outcome     jsonb,
    CHECK ((used_at IS NULL) = (answer_hash IS NULL))
);
CREATE INDEX passkey_challenges_age ON passkey_challenges (created_at);

-- When the person at a session last showed that it is still they, by a passkey.
ALTER TABLE sessions ADD COLUMN confirmed_at timestamptz;

-- Who leaves loses every key at once, whatever writes that they left, and has none on coming back.
-- +goose StatementBegin
CREATE FUNCTION end_keys_of_leaver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE passkeys SET ended_at = now(), ended_by = 'left' WHERE employee_id = NEW.id AND ended_at IS NULL;
    UPDATE sessions SET ended_at = now() WHERE employee_id = NEW.id AND ended_at IS NULL;
    UPDATE tokens SET ended_at = now() WHERE employee_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER employees_left AFTER UPDATE ON employees FOR EACH ROW WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION end_keys_of_leaver();

-- +goose Down
DROP TRIGGER employees_left ON employees;
DROP FUNCTION end_keys_of_leaver;
ALTER TABLE sessions DROP COLUMN confirmed_at;
DROP TABLE passkey_challenges, passkeys;
DROP FUNCTION check_passkey;
