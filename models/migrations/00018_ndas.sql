-- +goose Up
-- Agreements that people sign to be in a group (semantics 4, R4.2.1). The API writes the first row (created, seq 0) with the
-- outbox entry that starts nda-{id}; from then on only that workflow's projection writes it.
CREATE TABLE ndas (
    id              uuid PRIMARY KEY,
    number          text NOT NULL UNIQUE,          -- N-2026-00042
    group_id        uuid NOT NULL REFERENCES groups (id),
    person_id       uuid NOT NULL,
    template_sha256 text NOT NULL,                 -- of the version's canonical text
    material_object uuid NOT NULL REFERENCES objects (id),
    digest          text NOT NULL,                 -- of the agreement as it is shown
    state           text NOT NULL CHECK (state IN ('created','sent','viewed','verified','signed','countersigned','sealed','declined','expired','voided','superseded','terminated')),
    counter_role    text NOT NULL DEFAULT '',      -- who is waited for to sign for the company now
    fault           text NOT NULL DEFAULT '',      -- why the document could not be made
    seq             integer NOT NULL,
    doc             jsonb NOT NULL,                -- domain.NDA
    state_digest    text NOT NULL,
    run_id          text NOT NULL DEFAULT '',      -- the run that decided the last act: what a later run goes on from
    sent_at         timestamptz,
    due_at          timestamptz,
    lapses_at       timestamptz,
    sealed_at       timestamptz,
    document_sha256 text NOT NULL DEFAULT '',      -- of the sealed file's bytes
    replaced_by     uuid,                          -- sealed: the agreement that took its place, before its own workflow says so
    since           timestamptz NOT NULL,          -- of the state
    created_at      timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    -- In force is one for a person and group; at the end of the transaction that seals the next.
    CONSTRAINT ndas_in_force EXCLUDE USING btree (group_id WITH =, person_id WITH =) WHERE (state = 'sealed' AND replaced_by IS NULL) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX ndas_open ON ndas (group_id, person_id) WHERE state IN ('created','sent','viewed','verified','signed','countersigned');
CREATE INDEX ndas_person ON ndas (person_id, created_at DESC, id DESC);
CREATE INDEX ndas_group ON ndas (group_id, created_at DESC, id DESC);
CREATE INDEX ndas_recent ON ndas (created_at DESC, id DESC);
CREATE INDEX ndas_counter ON ndas (counter_role, since, id) WHERE counter_role <> '';
CREATE INDEX ndas_fault ON ndas (since, id) WHERE fault <> '';
CREATE INDEX ndas_template ON ndas (template_sha256, id);
CREATE INDEX ndas_lapses ON ndas (lapses_at) WHERE state = 'sealed' AND lapses_at IS NOT NULL;
CREATE INDEX ndas_document ON ndas (document_sha256) WHERE document_sha256 <> '';

-- +goose StatementBegin
CREATE FUNCTION check_nda_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq THEN
        RAISE EXCEPTION 'agreement % cannot go back from act % to %', OLD.id, OLD.seq, NEW.seq USING ERRCODE = 'QB002';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'created'       AND NEW.state IN ('sent','voided')) OR
        (OLD.state = 'sent'          AND NEW.state IN ('viewed','signed','declined','expired','voided')) OR
        (OLD.state = 'viewed'        AND NEW.state IN ('verified','signed','declined','expired','voided')) OR
        (OLD.state = 'verified'      AND NEW.state IN ('signed','declined','expired','voided')) OR
        (OLD.state = 'signed'        AND NEW.state IN ('countersigned','sealed','voided')) OR
        (OLD.state = 'countersigned' AND NEW.state IN ('sealed','voided')) OR
        (OLD.state = 'sealed'        AND NEW.state IN ('superseded','terminated'))
    ) THEN
        RAISE EXCEPTION 'agreement % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    IF NEW.number <> OLD.number OR NEW.group_id <> OLD.group_id OR NEW.person_id <> OLD.person_id OR NEW.template_sha256 <> OLD.template_sha256
        OR NEW.material_object <> OLD.material_object OR NEW.digest <> OLD.digest OR (OLD.document_sha256 <> '' AND NEW.document_sha256 <> OLD.document_sha256) THEN
        RAISE EXCEPTION 'what agreement % says, and whom it binds, stays as it is', OLD.id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER ndas_transitions BEFORE UPDATE ON ndas FOR EACH ROW EXECUTE FUNCTION check_nda_change();
CREATE TRIGGER ndas_kept BEFORE DELETE ON ndas FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE ndas;
DROP FUNCTION check_nda_change;
