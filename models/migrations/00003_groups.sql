-- +goose Up
-- The register. Only the group's own workflow writes a row.
CREATE TABLE groups (
    id           uuid PRIMARY KEY,
    number       text NOT NULL UNIQUE,            -- of the filing: G-2026-00042
    case_id      uuid NOT NULL UNIQUE REFERENCES cases (id),
    name         text NOT NULL,
    type         text NOT NULL CHECK (type IN ('department','project','cross_department','special')),
    tier         text NOT NULL CHECK (tier IN ('ordinary','confidential','secret')),
    purpose      text NOT NULL,
    platform     text NOT NULL,
    platform_id  text NOT NULL DEFAULT '',
    state        text NOT NULL CHECK (state IN ('provisioning','provisioning_failed','active','renewal_due','grace','frozen','archived','pending_deletion','deleted')),
    by_hand      boolean NOT NULL DEFAULT false,
    invite_outsiders boolean NOT NULL,
    anonymous_speech boolean NOT NULL,
    see_contacts     boolean NOT NULL,
    posting          text NOT NULL CHECK (posting IN ('admins','members')),
    join_by_review   boolean NOT NULL,
    ends_on      date,
    existing     boolean NOT NULL DEFAULT false,
    digest       text NOT NULL,
    seq          integer NOT NULL,
    doc          jsonb NOT NULL,                  -- domain.Group
    state_digest text NOT NULL,
    search       text NOT NULL,                   -- name, number, owning departments' names, lower case
    since        timestamptz NOT NULL,            -- of the state
    created_at   timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX groups_recent ON groups (created_at DESC, id DESC);
CREATE INDEX groups_state ON groups (state, created_at DESC, id DESC);

CREATE TABLE group_departments (
    group_id      uuid NOT NULL REFERENCES groups (id),
    department_id uuid NOT NULL,
    PRIMARY KEY (group_id, department_id)
);
CREATE INDEX group_departments_department ON group_departments (department_id, group_id);

CREATE TABLE group_members (
    group_id    uuid NOT NULL REFERENCES groups (id),
    employee_id uuid NOT NULL,
    role        text NOT NULL CHECK (role IN ('owner','admin','member')),
    state       text NOT NULL DEFAULT 'active' CHECK (state IN ('active','removed')),
    since       timestamptz NOT NULL,
    PRIMARY KEY (group_id, employee_id)
);
CREATE INDEX group_members_person ON group_members (employee_id, group_id) WHERE state = 'active';

-- A name is held by a case, then by the group it became, and is free again when released.
CREATE TABLE group_names (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name_key    text NOT NULL,
    case_id     uuid NOT NULL,
    group_id    uuid,
    taken_at    timestamptz NOT NULL,
    released_at timestamptz
);
CREATE UNIQUE INDEX group_names_held ON group_names (name_key) WHERE released_at IS NULL;
CREATE INDEX group_names_case ON group_names (case_id);

-- What a connector was asked and answered, by idempotency key: a retry finds the first answer.
CREATE TABLE connector_calls (
    key        text PRIMARY KEY,
    group_id   uuid NOT NULL,
    platform   text NOT NULL,
    act        text NOT NULL,
    receipt    jsonb,
    asked_at   timestamptz NOT NULL,
    answered_at timestamptz
);

-- +goose StatementBegin
CREATE FUNCTION check_group_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq THEN
        RAISE EXCEPTION 'group % cannot go back from act % to %', OLD.id, OLD.seq, NEW.seq USING ERRCODE = 'QB002';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'provisioning'        AND NEW.state IN ('active','provisioning_failed')) OR
        (OLD.state = 'provisioning_failed' AND NEW.state IN ('provisioning','active')) OR
        (OLD.state = 'active'              AND NEW.state IN ('renewal_due','frozen','archived','pending_deletion')) OR
        (OLD.state = 'renewal_due'         AND NEW.state IN ('active','grace','frozen','archived','pending_deletion')) OR
        (OLD.state = 'grace'               AND NEW.state IN ('active','frozen','archived','pending_deletion')) OR
        (OLD.state = 'frozen'              AND NEW.state IN ('active','renewal_due','grace','archived','pending_deletion')) OR
        (OLD.state = 'archived'            AND NEW.state IN ('active','pending_deletion')) OR
        (OLD.state = 'pending_deletion'    AND NEW.state IN ('deleted','archived','active'))
    ) THEN
        RAISE EXCEPTION 'group % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER groups_transitions BEFORE UPDATE ON groups FOR EACH ROW EXECUTE FUNCTION check_group_change();

-- +goose Down
DROP TABLE connector_calls, group_names, group_members, group_departments, groups;
DROP FUNCTION check_group_change;
