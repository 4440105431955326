-- +goose Up
-- One-time codes by which a signer of an agreement shows who they are (semantics 4: asked for after the link is opened).
-- The code is not stored: it follows from the row and the installation's hash key, so that this table alone opens nothing.
CREATE TABLE nda_codes (
    id         uuid PRIMARY KEY,
    nda_id     uuid NOT NULL,
    person_id  uuid NOT NULL REFERENCES employees (id), -- whose mailbox proves it
    session    text NOT NULL,                           -- the session or token that asked: it alone can use the code
    digest     text NOT NULL,                           -- of the agreement that was open when it was asked for
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    sent_at    timestamptz,                             -- when the mail went out
    tries      integer NOT NULL DEFAULT 0,              -- the right one too
    used_at    timestamptz,
    used_by    uuid,                                    -- the act that it let through, and nothing else
    CHECK (expires_at > created_at),
    CHECK (tries BETWEEN 0 AND 5),
    CHECK ((used_at IS NULL) = (used_by IS NULL))
);
CREATE INDEX nda_codes_nda ON nda_codes (nda_id, person_id, created_at DESC);
CREATE INDEX nda_codes_person ON nda_codes (person_id, created_at DESC);

-- +goose StatementBegin
CREATE FUNCTION check_nda_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.nda_id, NEW.person_id, NEW.session, NEW.digest, NEW.created_at, NEW.expires_at) IS DISTINCT FROM
       (OLD.id, OLD.nda_id, OLD.person_id, OLD.session, OLD.digest, OLD.created_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'what a code is for never changes' USING ERRCODE = 'QB002';
    END IF;
    IF NEW.tries < OLD.tries OR (OLD.used_at IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION 'a code is used once' USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER nda_codes_change BEFORE UPDATE ON nda_codes FOR EACH ROW EXECUTE FUNCTION check_nda_code();

-- +goose Down
DROP TABLE nda_codes;
DROP FUNCTION check_nda_code;
