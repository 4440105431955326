-- +goose Up
-- What a delegation says beside its rule. The note is for the two people and whoever set it: it goes into no log, mail or
-- event.
ALTER TABLE delegations
    ADD COLUMN reason text NOT NULL DEFAULT '' CHECK (reason IN ('', 'leave', 'trip', 'training', 'other')),
    ADD COLUMN note   text NOT NULL DEFAULT '',
    ADD COLUMN source text NOT NULL DEFAULT 'self' CHECK (source IN ('self', 'hr', 'calendar')),
    ADD COLUMN set_by uuid;                       -- null: by the person who is away
CREATE INDEX delegations_given ON delegations (from_id, until_at DESC, id DESC);
CREATE INDEX delegations_received ON delegations (to_id, until_at DESC, id DESC);
-- The few that are not over: what a process keeps at hand.
CREATE INDEX delegations_until ON delegations (until_at);

-- A delegation is evidence for what was decided under it: it never changes but by being ended, once.
-- +goose StatementBegin
CREATE FUNCTION check_delegation_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL OR (to_jsonb(NEW) - 'revoked_at') <> (to_jsonb(OLD) - 'revoked_at') THEN
        RAISE EXCEPTION 'delegation % can only be ended, once', OLD.id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER delegations_ended BEFORE UPDATE ON delegations FOR EACH ROW EXECUTE FUNCTION check_delegation_change();
CREATE TRIGGER delegations_kept BEFORE DELETE ON delegations FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- When somebody is away, as HR's list or their own calendar says. Why they are away is not kept.
CREATE TABLE absences (
    id            uuid PRIMARY KEY,
    person_id     uuid NOT NULL REFERENCES employees (id),
    start_at      timestamptz NOT NULL,
    until_at      timestamptz NOT NULL CHECK (until_at > start_at),
    source        text NOT NULL CHECK (source IN ('hr', 'calendar')),
    state         text NOT NULL CHECK (state IN ('proposed', 'delegated', 'declined', 'replaced')),
    deputy_id     uuid,                           -- named by HR, or suggested by the directory
    delegation_id uuid REFERENCES delegations (id),
    set_by        uuid NOT NULL,
    created_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL
);
-- The same person and period stands once: reading a list again is an update.
CREATE UNIQUE INDEX absences_once ON absences (person_id, start_at, until_at) WHERE state <> 'replaced';
CREATE INDEX absences_person ON absences (person_id, until_at);

-- What was done in somebody's name, the newest first.
CREATE INDEX audit_in_name ON audit_entries ((act ->> 'for'), at DESC, subject_id DESC, seq DESC) WHERE act ->> 'for' IS NOT NULL AND result = 'accepted';

-- +goose Down
DROP INDEX audit_in_name;
DROP TABLE absences;
DROP TRIGGER delegations_kept ON delegations;
DROP TRIGGER delegations_ended ON delegations;
DROP FUNCTION check_delegation_change;
DROP INDEX delegations_until, delegations_received, delegations_given;
ALTER TABLE delegations DROP COLUMN set_by, DROP COLUMN source, DROP COLUMN note, DROP COLUMN reason;
