-- +goose Up
-- What somebody writes beside a delegation is text by a person about a person: it lies sealed, with a key of its own under
-- the delegation's id, so that it can be destroyed while the delegation stays as evidence. Notes of before are sealed by
-- the program, which has the keys; new rows hold none in plain text.
ALTER TABLE delegations
    ADD COLUMN note_id uuid REFERENCES objects (id);
CREATE TRIGGER delegations_sealed BEFORE INSERT ON delegations FOR EACH ROW WHEN (NEW.note <> '') EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_delegation_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.note <> '' AND OLD.note_id IS NULL AND NEW.note = '' AND NEW.note_id IS NOT NULL
        AND (to_jsonb(NEW) - 'note' - 'note_id') = (to_jsonb(OLD) - 'note' - 'note_id') THEN
        RETURN NEW; -- its note was sealed
    END IF;
    IF OLD.revoked_at IS NOT NULL OR (to_jsonb(NEW) - 'revoked_at') <> (to_jsonb(OLD) - 'revoked_at') THEN
        RAISE EXCEPTION 'delegation % can only be ended, once', OLD.id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- The upkeep looks through objects by their age.
CREATE INDEX objects_age ON objects (created_at, id) WHERE kind IN ('comment', 'attachment', 'material');

-- +goose Down
DROP INDEX objects_age;
DROP TRIGGER delegations_sealed ON delegations;
ALTER TABLE delegations DROP COLUMN note_id;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_delegation_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL OR (to_jsonb(NEW) - 'revoked_at') <> (to_jsonb(OLD) - 'revoked_at') THEN
        RAISE EXCEPTION 'delegation % can only be ended, once', OLD.id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
