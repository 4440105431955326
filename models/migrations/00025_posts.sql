-- +goose Up
-- Publications (semantics 3, R3). Up to its approval the API writes a row, with its case; from then on only the projection of
-- post-{id}. What a publication says is never here: only the ids and digests of what is sealed under its key.
CREATE TABLE posts (
    id           uuid PRIMARY KEY,
    number       text NOT NULL UNIQUE,             -- P-2026-00042
    author_id    uuid NOT NULL REFERENCES employees (id),
    state        text NOT NULL CHECK (state IN ('draft','screened','in_approval','returned','approved','scheduled','posting','posted','recalled','archived','lapsed',
                     'handled_otherwise','stopped','rejected','withdrawn','expired')),
    class        text NOT NULL DEFAULT '' CHECK (class IN ('','general','important_business','important_strategic','sensitive','topic_at_risk')),
    urgent       boolean NOT NULL DEFAULT false,
    case_id      uuid UNIQUE,                      -- whose approval it is posted by; of a topic at risk: that handles it
    digest       text NOT NULL DEFAULT '',         -- what is approved: domain.PostRequest
    content      text NOT NULL DEFAULT '',         -- of the exact text and attachments that are posted
    original_id  uuid NOT NULL REFERENCES objects (id),
    clean_id     uuid REFERENCES objects (id),
    seq          integer NOT NULL DEFAULT 0,
    version      integer NOT NULL DEFAULT 1,       -- of the draft: who changes it names the one they saw
    doc          jsonb NOT NULL,                   -- domain.Post
    state_digest text NOT NULL DEFAULT '',
    run_id       text NOT NULL DEFAULT '',         -- the run that decided the last act
    approved_at  timestamptz,
    until_at     timestamptz,                      -- the approval lapses
    not_before   timestamptz,
    since        timestamptz NOT NULL,             -- of the state
    created_at   timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX posts_author ON posts (author_id, created_at DESC, id DESC);
CREATE INDEX posts_recent ON posts (created_at DESC, id DESC);
CREATE INDEX posts_screened ON posts (since, id) WHERE state = 'screened';

-- One posting of a publication in a group, reserved in the transaction that compared digests.
CREATE TABLE postings (
    post_id   uuid NOT NULL REFERENCES posts (id),
    group_id  uuid NOT NULL REFERENCES groups (id),
    state     text NOT NULL CHECK (state IN ('pending','by_hand','failed','done','recalling','recall_by_hand','recalled')),
    code      text NOT NULL DEFAULT '',
    message   text NOT NULL DEFAULT '',            -- the platform's id of it
    posted_at timestamptz,
    since     timestamptz NOT NULL,
    PRIMARY KEY (post_id, group_id)
);
CREATE INDEX postings_group ON postings (group_id, since DESC);

-- +goose StatementBegin
CREATE FUNCTION check_post_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq OR NEW.version < OLD.version THEN
        RAISE EXCEPTION 'publication % cannot go back', OLD.id USING ERRCODE = 'QB002';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'draft'       AND NEW.state IN ('screened','in_approval','approved','stopped','withdrawn')) OR
        (OLD.state = 'screened'    AND NEW.state IN ('draft','in_approval','approved','stopped','withdrawn')) OR
        (OLD.state = 'in_approval' AND NEW.state IN ('returned','approved','rejected','withdrawn','expired','handled_otherwise','stopped')) OR
        (OLD.state = 'returned'    AND NEW.state IN ('in_approval','rejected','withdrawn','expired','stopped')) OR
        (OLD.state = 'approved'    AND NEW.state IN ('scheduled','lapsed','withdrawn','stopped')) OR
        (OLD.state = 'scheduled'   AND NEW.state IN ('approved','posting','lapsed','withdrawn','stopped')) OR
        (OLD.state = 'posting'     AND NEW.state IN ('posted')) OR
        (OLD.state = 'posted'      AND NEW.state IN ('recalled','archived'))
    ) THEN
        RAISE EXCEPTION 'publication % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    IF NEW.number <> OLD.number OR NEW.author_id <> OLD.author_id THEN
        RAISE EXCEPTION 'whose publication % is stays as it is', OLD.id USING ERRCODE = 'QB002';
    END IF;
    IF OLD.state NOT IN ('draft','screened','returned') AND (NEW.digest <> OLD.digest OR NEW.content <> OLD.content OR NEW.class <> OLD.class
        OR NEW.original_id <> OLD.original_id OR NEW.clean_id IS DISTINCT FROM OLD.clean_id OR NEW.urgent <> OLD.urgent) THEN
        RAISE EXCEPTION 'what publication % says stays as it is decided on', OLD.id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION check_posting_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.post_id <> OLD.post_id OR NEW.group_id <> OLD.group_id OR (OLD.message <> '' AND NEW.message <> OLD.message) OR (OLD.posted_at IS NOT NULL AND NEW.posted_at IS DISTINCT FROM OLD.posted_at) THEN
        RAISE EXCEPTION 'what was posted stays on record' USING ERRCODE = 'QB002';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'pending'        AND NEW.state IN ('by_hand','failed','done')) OR
        (OLD.state = 'by_hand'        AND NEW.state IN ('done')) OR
        (OLD.state = 'failed'         AND NEW.state IN ('pending')) OR
        (OLD.state = 'done'           AND NEW.state IN ('recalling')) OR
        (OLD.state = 'recalling'      AND NEW.state IN ('recall_by_hand','recalled')) OR
        (OLD.state = 'recall_by_hand' AND NEW.state IN ('recalled'))
    ) THEN
        RAISE EXCEPTION 'a posting cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER posts_transitions BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION check_post_change();
CREATE TRIGGER posts_kept BEFORE DELETE ON posts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_transitions BEFORE UPDATE ON postings FOR EACH ROW EXECUTE FUNCTION check_posting_change();
CREATE TRIGGER postings_kept BEFORE DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE cases DROP CONSTRAINT cases_kind_check;
ALTER TABLE cases ADD CONSTRAINT cases_kind_check CHECK (kind IN ('group_filing', 'revocation', 'group_change', 'publication', 'topic'));

-- +goose Down
ALTER TABLE cases DROP CONSTRAINT cases_kind_check;
ALTER TABLE cases ADD CONSTRAINT cases_kind_check CHECK (kind IN ('group_filing', 'revocation', 'group_change'));
DROP TABLE postings, posts;
DROP FUNCTION check_post_change, check_posting_change;
