-- +goose Up
ALTER TABLE cases DROP CONSTRAINT cases_kind_check;
ALTER TABLE cases ADD CONSTRAINT cases_kind_check CHECK (kind IN ('group_filing', 'revocation'));

-- To decides as To for From, in [start_at, until_at), for the named kinds of request; none named: for all (semantics 1).
CREATE TABLE delegations (
    id         uuid PRIMARY KEY,
    from_id    uuid NOT NULL REFERENCES employees (id),
    to_id      uuid NOT NULL REFERENCES employees (id),
    kinds      text[] NOT NULL DEFAULT '{}',
    start_at   timestamptz NOT NULL,
    until_at   timestamptz NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    CHECK (from_id <> to_id),
    CHECK (until_at > start_at)
);
-- Who may act for somebody now is asked for each act in another's name.
CREATE INDEX delegations_from ON delegations (from_id) WHERE revoked_at IS NULL;
CREATE INDEX delegations_to ON delegations (to_id) WHERE revoked_at IS NULL;

-- +goose Down
DROP TABLE delegations;
ALTER TABLE cases DROP CONSTRAINT cases_kind_check;
ALTER TABLE cases ADD CONSTRAINT cases_kind_check CHECK (kind IN ('group_filing'));
