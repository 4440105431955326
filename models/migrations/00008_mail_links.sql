-- +goose Up
-- Links in mails by which a person decides once (issue 3, point 7). The link itself is never stored: it is signed by the
-- service's key over the columns up to act_id, and found by its hash, so that neither this table nor a mail alone is enough
-- to make one, and a row that was altered opens nothing.
CREATE TABLE mail_links (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES employees (id), -- who decides by it
    case_id         uuid NOT NULL REFERENCES cases (id),
    slot            text NOT NULL,                -- the place decided in
    digest          text NOT NULL,                -- of the material it was sent for
    version         integer NOT NULL,
    expires_at      timestamptz NOT NULL,
    act_id          uuid NOT NULL,                -- the decision_id of what is decided by it
    key_id          text NOT NULL,                -- which key signed
    hash            bytea NOT NULL UNIQUE,        -- SHA-256 of the link's text
    notification_id uuid NOT NULL,                -- the mail that carries it
    created_at      timestamptz NOT NULL,
    used_at         timestamptz,                  -- when the decision made by it was taken
    ended_reason    text NOT NULL DEFAULT '',     -- used, or why somebody who tried it was refused: a code
    UNIQUE (notification_id, key_id),             -- a mail sent again carries the same link
    CHECK (octet_length(hash) = 32),
    CHECK (used_at IS NULL OR ended_reason = 'used')
);
CREATE INDEX mail_links_case ON mail_links (case_id, person_id);

-- +goose StatementBegin
CREATE FUNCTION check_mail_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.person_id, NEW.case_id, NEW.slot, NEW.digest, NEW.version, NEW.expires_at, NEW.act_id, NEW.key_id, NEW.hash,
        NEW.notification_id, NEW.created_at) IS DISTINCT FROM
       (OLD.id, OLD.person_id, OLD.case_id, OLD.slot, OLD.digest, OLD.version, OLD.expires_at, OLD.act_id, OLD.key_id, OLD.hash,
        OLD.notification_id, OLD.created_at) THEN
        RAISE EXCEPTION 'what a link is for never changes' USING ERRCODE = 'QB002';
    END IF;
    IF OLD.used_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a link is used once' USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mail_links_change BEFORE UPDATE ON mail_links FOR EACH ROW EXECUTE FUNCTION check_mail_link();

-- +goose Down
DROP TABLE mail_links;
DROP FUNCTION check_mail_link;
