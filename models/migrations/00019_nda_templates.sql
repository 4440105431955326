-- +goose Up
-- Versions of the agreements' texts (semantics 4, R4.2.1): drafted, reviewed by somebody else of legal, published from a
-- date on, withdrawn. Their text never changes, and no version is ever removed: what somebody signed is known by its digest.
CREATE TABLE nda_templates (
    id            uuid PRIMARY KEY,
    key           text NOT NULL CHECK (key IN ('zh', 'zh-en')),  -- the set of languages; a version supersedes those of its key
    number        integer NOT NULL CHECK (number > 0),           -- counts in its key
    sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    body          text NOT NULL,                                 -- the canonical text
    title         jsonb NOT NULL DEFAULT '{}',
    note          text NOT NULL DEFAULT '',                      -- the author's word on what changed
    state         text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'returned', 'approved', 'published', 'withdrawn')),
    author_id     uuid,                                          -- null: shipped with the service
    created_at    timestamptz NOT NULL,
    reviewed_by   uuid,
    reviewed_at   timestamptz,
    review_note   text NOT NULL DEFAULT '',
    published_by  uuid,
    published_at  timestamptz,
    effective_at  timestamptz,
    material      boolean NOT NULL DEFAULT false,                -- every signer of an earlier version signs again
    withdrawn_by  uuid,
    withdrawn_at  timestamptz,
    withdrawn_why text NOT NULL DEFAULT '',
    setup         boolean NOT NULL DEFAULT false,                -- published when the service was set up, by nobody
    CONSTRAINT nda_templates_reviewed CHECK (state NOT IN ('approved', 'returned', 'published') OR setup
        OR (reviewed_by IS NOT NULL AND reviewed_at IS NOT NULL AND reviewed_by IS DISTINCT FROM author_id)),
    CONSTRAINT nda_templates_published CHECK (state <> 'published' OR (published_at IS NOT NULL AND effective_at >= published_at AND (setup OR published_by IS NOT NULL))),
    CONSTRAINT nda_templates_withdrawn CHECK (state <> 'withdrawn' OR (withdrawn_by IS NOT NULL AND withdrawn_at IS NOT NULL))
);
CREATE UNIQUE INDEX nda_templates_number ON nda_templates (key, number);
-- A text is one version; what was withdrawn before anybody could sign it may be drafted again.
CREATE UNIQUE INDEX nda_templates_text ON nda_templates (sha256) WHERE state <> 'withdrawn' OR published_at IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION check_nda_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' AND NOT (NEW.state = 'published' AND NEW.setup AND NOT EXISTS (SELECT 1 FROM nda_templates WHERE key = NEW.key)) THEN
            RAISE EXCEPTION 'a version of a template begins as a draft' USING ERRCODE = 'QB002';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.key, NEW.number, NEW.sha256, NEW.body, NEW.title, NEW.note, NEW.created_at, NEW.setup)
        IS DISTINCT FROM (OLD.id, OLD.key, OLD.number, OLD.sha256, OLD.body, OLD.title, OLD.note, OLD.created_at, OLD.setup)
        OR NEW.author_id IS DISTINCT FROM OLD.author_id
        OR OLD.published_at IS NOT NULL AND (NEW.published_at, NEW.effective_at, NEW.material, NEW.published_by)
            IS DISTINCT FROM (OLD.published_at, OLD.effective_at, OLD.material, OLD.published_by)
        OR OLD.reviewed_at IS NOT NULL AND (NEW.reviewed_at, NEW.reviewed_by, NEW.review_note) IS DISTINCT FROM (OLD.reviewed_at, OLD.reviewed_by, OLD.review_note) THEN
        RAISE EXCEPTION 'version % of template % never changes', OLD.number, OLD.key USING ERRCODE = 'QB002';
    END IF;
    IF NOT (
        (OLD.state = 'draft'    AND NEW.state IN ('approved', 'returned')) OR
        (OLD.state = 'approved' AND NEW.state = 'published') OR
        (OLD.state <> 'withdrawn' AND NEW.state = 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'version % of template % cannot go from % to %', OLD.number, OLD.key, OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM employees WHERE active AND 'legal' = ANY (roles)
        AND id = CASE NEW.state WHEN 'published' THEN NEW.published_by WHEN 'withdrawn' THEN NEW.withdrawn_by ELSE NEW.reviewed_by END) THEN
        RAISE EXCEPTION 'version % of template % takes somebody of legal', OLD.number, OLD.key USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER nda_templates_change BEFORE INSERT OR UPDATE ON nda_templates FOR EACH ROW EXECUTE FUNCTION check_nda_template();
CREATE TRIGGER nda_templates_kept BEFORE DELETE ON nda_templates FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE nda_templates;
DROP FUNCTION check_nda_template;
