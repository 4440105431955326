-- +goose Up
-- The life of a group after its birth: what lists filter and sort by stands beside the state, people leave in two steps
-- (R2.3.4: out only when the platform confirmed it), findings and operations can be read without opening the state.
ALTER TABLE groups
    ALTER COLUMN case_id DROP NOT NULL,                -- a group found on the platform has no filing yet
    ADD COLUMN flags       text[] NOT NULL DEFAULT '{}', -- domain.Flags of the state
    ADD COLUMN next_date   timestamptz,                -- the first of the dates in the state
    ADD COLUMN next_kind   text NOT NULL DEFAULT '',
    ADD COLUMN last_active timestamptz,                -- last human activity known
    ADD COLUMN members     integer NOT NULL DEFAULT 0, -- people in the group, admins included
    DROP CONSTRAINT groups_type_check,                 -- the type of a group that nobody filed is not known
    ADD CONSTRAINT groups_type_check CHECK (type IN ('department','project','cross_department','special') OR (type = '' AND case_id IS NULL)),
    DROP CONSTRAINT groups_state_check,
    ADD CONSTRAINT groups_state_check CHECK (state IN ('draft','provisioning','provisioning_failed','active','renewal_due','grace','frozen','archived','pending_deletion','deleted'));
UPDATE groups g SET members = (SELECT count(*) FROM group_members m WHERE m.group_id = g.id AND m.state = 'active');
CREATE INDEX groups_flags ON groups USING gin (flags);
CREATE INDEX groups_next_date ON groups (next_date, id) WHERE next_date IS NOT NULL;

ALTER TABLE group_members
    ADD COLUMN left_at    timestamptz,                 -- when the register let the person go
    ADD COLUMN removed_at timestamptz,                 -- when the platform confirmed it
    DROP CONSTRAINT group_members_state_check,
    ADD CONSTRAINT group_members_state_check CHECK (state IN ('active','leaving','removed'));
-- Where somebody was before a change of post: which groups they leave (R2.3.4).
CREATE INDEX directory_changes_person ON directory_changes (employee_id, revision) WHERE employee_id IS NOT NULL;
CREATE INDEX group_members_leaving ON group_members (group_id) WHERE state = 'leaving';

-- Differences between platform and register and faults of order, open ones and closed ones (domain.Finding).
CREATE TABLE group_findings (
    group_id   uuid NOT NULL REFERENCES groups (id),
    finding_id text NOT NULL,                          -- the same difference has the same id
    at         timestamptz NOT NULL,                   -- when it was found; found again after it was closed, it is a new row
    kind       text NOT NULL,
    person_id  uuid,
    account    text NOT NULL DEFAULT '',               -- keyed hash of an account that is nobody of ours
    fields     text[] NOT NULL DEFAULT '{}',
    owner_id   uuid,                                   -- NULL: the security officers
    propose    text[] NOT NULL DEFAULT '{}',
    seen       integer NOT NULL DEFAULT 0,
    closed_at  timestamptz,
    closed_by  uuid,
    closed_how text NOT NULL DEFAULT '',               -- the proposal accepted; gone: not there any more
    PRIMARY KEY (group_id, finding_id, at)
);
CREATE INDEX group_findings_open ON group_findings (owner_id, at) WHERE closed_at IS NULL;

-- What the platform was asked to do, and what came of it (domain.PlatformOp).
CREATE TABLE group_ops (
    group_id uuid NOT NULL REFERENCES groups (id),
    op_id    text NOT NULL,
    kind     text NOT NULL,
    people   text[] NOT NULL DEFAULT '{}',
    accounts text[] NOT NULL DEFAULT '{}',
    state    text NOT NULL CHECK (state IN ('pending','by_hand','failed','done','gap','void')),
    code     text NOT NULL DEFAULT '',
    tries    integer NOT NULL DEFAULT 0,
    at       timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by uuid,                                     -- who confirmed it by hand
    receipt  jsonb,
    PRIMARY KEY (group_id, op_id)
);
CREATE INDEX group_ops_open ON group_ops (state, at) WHERE ended_at IS NULL;

-- A group found on a platform, which nobody filed: what its workflow begins with (R6.1).
CREATE TABLE group_sightings (
    group_id    uuid PRIMARY KEY,
    number      text NOT NULL UNIQUE,
    platform    text NOT NULL,
    platform_id text NOT NULL,
    name        text NOT NULL,
    members     integer NOT NULL DEFAULT 0,
    owner_id    uuid,
    seen_at     timestamptz NOT NULL,
    UNIQUE (platform, platform_id)
);

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_group_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq THEN
        RAISE EXCEPTION 'group % cannot go back from act % to %', OLD.id, OLD.seq, NEW.seq USING ERRCODE = 'QB002';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'draft'               AND NEW.state IN ('provisioning','active','grace','frozen','archived','pending_deletion','deleted')) OR
        (OLD.state = 'provisioning'        AND NEW.state IN ('active','provisioning_failed','pending_deletion')) OR
        (OLD.state = 'provisioning_failed' AND NEW.state IN ('provisioning','active','pending_deletion')) OR
        (OLD.state = 'active'              AND NEW.state IN ('renewal_due','grace','frozen','archived','pending_deletion')) OR
        (OLD.state = 'renewal_due'         AND NEW.state IN ('active','grace','frozen','archived','pending_deletion')) OR
        (OLD.state = 'grace'               AND NEW.state IN ('active','renewal_due','frozen','archived','pending_deletion')) OR
        (OLD.state = 'frozen'              AND NEW.state IN ('active','renewal_due','grace','archived','pending_deletion')) OR
        (OLD.state = 'archived'            AND NEW.state IN ('active','pending_deletion')) OR
        (OLD.state = 'pending_deletion'    AND NEW.state IN ('deleted','archived','active'))
    ) THEN
        RAISE EXCEPTION 'group % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE group_findings, group_ops, group_sightings;
DROP INDEX directory_changes_person, group_members_leaving, groups_flags, groups_next_date;
UPDATE group_members SET state = 'removed' WHERE state = 'leaving';
ALTER TABLE group_members DROP COLUMN left_at, DROP COLUMN removed_at, DROP CONSTRAINT group_members_state_check,
    ADD CONSTRAINT group_members_state_check CHECK (state IN ('active','removed'));
ALTER TABLE groups DROP COLUMN flags, DROP COLUMN next_date, DROP COLUMN next_kind, DROP COLUMN last_active, DROP COLUMN members;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_group_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq THEN
        RAISE EXCEPTION 'group % cannot go back from act % to %', OLD.id, OLD.seq, NEW.seq USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
