-- +goose Up
CREATE TABLE directory_revisions (
    revision   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_id   uuid,                              -- null: the system (demo, SCIM)
    source     text NOT NULL,                     -- import:<sha256 of the file>, demo, …
    summary    jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE departments (
    id         uuid PRIMARY KEY,
    code       text NOT NULL UNIQUE,
    name       text NOT NULL,
    parent_id  uuid REFERENCES departments (id) DEFERRABLE INITIALLY DEFERRED,
    leader_id  uuid,
    active     boolean NOT NULL DEFAULT true,
    revision   bigint NOT NULL
);

CREATE TABLE employees (
    id            uuid PRIMARY KEY,
    number        text NOT NULL UNIQUE,
    name          text NOT NULL,
    department_id uuid NOT NULL REFERENCES departments (id) DEFERRABLE INITIALLY DEFERRED,
    post          text NOT NULL DEFAULT '',
    email         text NOT NULL DEFAULT '',
    mobile        text NOT NULL DEFAULT '',
    active        boolean NOT NULL DEFAULT true,
    roles         text[] NOT NULL DEFAULT '{}',
    language      text NOT NULL DEFAULT '' CHECK (language IN ('', 'zh-CN', 'en')),
    revision      bigint NOT NULL
);
CREATE INDEX employees_department ON employees (department_id) WHERE active;
CREATE INDEX employees_name ON employees (name text_pattern_ops) WHERE active;

CREATE TABLE directory_changes (
    revision      bigint NOT NULL REFERENCES directory_revisions (revision),
    n             integer NOT NULL,
    kind          text NOT NULL,                  -- joined, left, moved, post_changed, leader_changed, …
    employee_id   uuid,
    department_id uuid,
    detail        jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (revision, n)
);

-- Keys people hold: sessions, tokens. Only hashes of secrets are stored.
CREATE TABLE sessions (
    id          uuid PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    employee_id uuid NOT NULL REFERENCES employees (id),
    csrf        text NOT NULL,
    created_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    agent       text NOT NULL DEFAULT '',
    method      text NOT NULL                     -- demo, oidc, …
);
CREATE INDEX sessions_person ON sessions (employee_id, expires_at DESC) WHERE ended_at IS NULL;

CREATE TABLE tokens (
    id          uuid PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    employee_id uuid NOT NULL REFERENCES employees (id),
    name        text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    ended_at    timestamptz
);
CREATE INDEX tokens_person ON tokens (employee_id, created_at DESC);

-- One row per write somebody asked for under an Idempotency-Key: the same key gets the same answer (24 h at least).
CREATE TABLE idempotency_keys (
    employee_id uuid NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    route       text NOT NULL,
    request     text NOT NULL,                    -- sha256 of the request: another one under the same key is refused
    status      integer,                          -- null while the first request is under way
    answer      jsonb,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (employee_id, key)
);
CREATE INDEX idempotency_age ON idempotency_keys (created_at);

-- +goose Down
DROP TABLE idempotency_keys, tokens, sessions, directory_changes, employees, departments, directory_revisions;
