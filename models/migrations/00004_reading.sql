-- +goose Up
-- One id of an act is used once in the company: who sends it for another matter is told so.
CREATE INDEX audit_act ON audit_entries (act_id);
-- What a connector was asked for a group.
CREATE INDEX connector_calls_group ON connector_calls (group_id, asked_at);
-- Groups kept by hand that wait for their admin's confirmation: few at any time.
CREATE INDEX groups_to_confirm ON groups (id) WHERE by_hand AND state = 'provisioning';
-- Whether somebody gave a purpose for a page lately.
CREATE INDEX api_events_actor ON api_events (actor_id, at DESC) WHERE actor_id IS NOT NULL;

-- The register's search uses trigrams where the extension may be installed, and reads the rows one by one elsewhere.
-- +goose StatementBegin
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXECUTE 'CREATE INDEX groups_search ON groups USING gin (search gin_trgm_ops)';
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'no trigram index: the register is searched without one';
END $$;
-- +goose StatementEnd

-- +goose Down
DROP INDEX IF EXISTS groups_search;
DROP INDEX api_events_actor, groups_to_confirm, connector_calls_group, audit_act;
