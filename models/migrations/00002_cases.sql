-- +goose Up
CREATE TABLE policies (
    version    text PRIMARY KEY,                  -- declared version + short sha256
    body       text NOT NULL,
    active     boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    actor_id   uuid
);
CREATE UNIQUE INDEX policies_one_active ON policies (active) WHERE active;

CREATE TABLE calendars (
    version    text PRIMARY KEY,
    body       text NOT NULL,
    active     boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX calendars_one_active ON calendars (active) WHERE active;

CREATE TABLE counters (name text PRIMARY KEY, value bigint NOT NULL);

-- Objects outside the histories: encrypted with a data key of their case, which the master key wraps. Destroying
-- the wrapped key shreds them.
CREATE TABLE case_keys (
    case_id     uuid PRIMARY KEY,
    wrapped     bytea,                            -- null: shredded
    created_at  timestamptz NOT NULL,
    shredded_at timestamptz
);
CREATE TABLE objects (
    id         uuid PRIMARY KEY,
    case_id    uuid NOT NULL REFERENCES case_keys (case_id),
    kind       text NOT NULL,                     -- material, comment, evidence, history
    media_type text NOT NULL,
    file_name  text NOT NULL DEFAULT '',
    size       bigint NOT NULL,
    sha256     text NOT NULL,                     -- of the encrypted body: sha256:… (a digest of a short plain text could be guessed even after shredding)
    body       bytea NOT NULL,                    -- encrypted
    created_at timestamptz NOT NULL,
    created_by uuid
);
ALTER TABLE objects ALTER COLUMN body SET STORAGE EXTERNAL; -- encrypted: packing it is in vain
CREATE INDEX objects_case ON objects (case_id, created_at);

CREATE TABLE cases (
    id           uuid PRIMARY KEY,
    number       text NOT NULL UNIQUE,
    kind         text NOT NULL CHECK (kind IN ('group_filing')),
    title        text NOT NULL,                   -- the group's name, readable to the parties only
    status       text NOT NULL CHECK (status IN ('submitted','in_approval','approved','returned','rejected','withdrawn','expired','stopped','revoked')),
    needs_hand   text NOT NULL DEFAULT '',
    requester_id uuid NOT NULL REFERENCES employees (id),
    tier         text NOT NULL,
    version      integer NOT NULL,
    round        integer NOT NULL,
    seq          integer NOT NULL,                -- of the last act; 0 is the submission
    digest       text NOT NULL,
    material_id  uuid NOT NULL REFERENCES objects (id),
    policy       text NOT NULL REFERENCES policies (version),
    route        text NOT NULL,
    revision     bigint NOT NULL,                 -- of the directory
    state        jsonb NOT NULL,                  -- domain.Case
    state_digest text NOT NULL,
    due_at       timestamptz,                     -- earliest deadline of an open slot
    submitted_at timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    decided_at   timestamptz,
    group_id     uuid                             -- the group that an approved filing gives birth to
);
CREATE INDEX cases_requester ON cases (requester_id, submitted_at DESC, id DESC);
CREATE INDEX cases_recent ON cases (submitted_at DESC, id DESC);
CREATE INDEX cases_hand ON cases (id) WHERE needs_hand <> '';
-- No index names status, seq or changed_at, so that an act's update touches none of them: room is left in each page for it.
-- The state is stored as it is: packing it would cost each act more than the bytes are worth.
ALTER TABLE cases SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE cases ALTER COLUMN state SET STORAGE EXTERNAL;

CREATE TABLE case_slots (
    case_id    uuid NOT NULL REFERENCES cases (id),
    slot       text NOT NULL,                     -- r1.s2.p3
    round      integer NOT NULL,
    step       integer NOT NULL,
    person_id  uuid NOT NULL,
    status     text NOT NULL CHECK (status IN ('waiting','open','approved','rejected','transferred','closed','carried_over')),
    closed     text NOT NULL DEFAULT '',
    why        jsonb NOT NULL,
    opened_at  timestamptz,
    due_at     timestamptz,
    outcome    text NOT NULL DEFAULT '',
    decided_by uuid,
    decided_at timestamptz,
    decision   text,                              -- decision_id
    PRIMARY KEY (case_id, slot)
);
-- The inbox: what waits for me, oldest deadline first, by keyset.
CREATE INDEX case_slots_inbox ON case_slots (person_id, due_at, case_id, slot) WHERE status = 'open';
-- Everything I decide or decided on: the relation that lets me read a case.
CREATE INDEX case_slots_person ON case_slots (person_id, case_id);

-- Stream one: what workflows decided, one row an act.
CREATE TABLE audit_entries (
    workflow_id  text NOT NULL,                   -- case-{id}, group-{id}
    seq          integer NOT NULL,
    act_id       text NOT NULL,
    subject_id   uuid NOT NULL,                   -- the case or group
    kind         text NOT NULL,
    actor_id     uuid,                            -- null: the system
    outcome      text NOT NULL DEFAULT '',
    result       text NOT NULL,
    reason       text NOT NULL DEFAULT '',
    decided_by   uuid,
    slot         text NOT NULL DEFAULT '',
    digest       text NOT NULL DEFAULT '',
    comment_id   uuid,
    act          jsonb NOT NULL,                  -- as signalled, with its proof
    facts        jsonb NOT NULL,
    state_digest text NOT NULL,                   -- after the act
    at           timestamptz NOT NULL,
    PRIMARY KEY (workflow_id, seq),
    UNIQUE (workflow_id, act_id)
);
CREATE INDEX audit_subject ON audit_entries (subject_id, seq);

-- Stream two: what the API did itself: refused at the door, reads of confidential matter, imports, sign-ins, replays.
CREATE TABLE api_events (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_id   uuid,
    kind       text NOT NULL,
    subject_id uuid,
    rule       text NOT NULL DEFAULT '',          -- the permission that allowed or refused it
    result     text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX api_events_subject ON api_events (subject_id, at) WHERE subject_id IS NOT NULL;
CREATE INDEX api_events_recent ON api_events (at DESC, id DESC);

CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL,                     -- start_case, start_group, signal_directory, mail
    key        text NOT NULL UNIQUE,              -- what makes the entry happen once
    payload    jsonb NOT NULL,
    due_at     timestamptz NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    last_error text NOT NULL DEFAULT '',          -- a code, never content
    created_at timestamptz NOT NULL,
    done_at    timestamptz
);
-- Rows come and go: what is done must not lie in the way of the next search for long.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
-- By kind, so that a backlog of mail does not make the search for a start longer.
CREATE INDEX outbox_due ON outbox (kind, due_at, id) WHERE done_at IS NULL;

CREATE TABLE notifications (
    id         uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES employees (id),
    kind       text NOT NULL,                     -- ask, remind, inform, comment, hand, ask_confirm, born
    subject    text NOT NULL,                     -- case, group
    subject_id uuid NOT NULL,
    slot       text NOT NULL DEFAULT '',
    detail     jsonb NOT NULL DEFAULT '{}',       -- codes and ids, no texts
    key        text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    read_at    timestamptz
);
CREATE INDEX notifications_person ON notifications (person_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (person_id) WHERE read_at IS NULL;

-- Closed runs' histories, exact bytes, encrypted (temporal.md 22).
CREATE TABLE history_exports (
    workflow_id text NOT NULL,
    run_id      text NOT NULL,
    subject_id  uuid NOT NULL,
    events      integer NOT NULL,
    closed      boolean NOT NULL,
    sha256      text NOT NULL,                    -- of the exported bytes
    body        bytea NOT NULL,                   -- encrypted under the history keyset
    exported_at timestamptz NOT NULL,
    PRIMARY KEY (workflow_id, run_id)
);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'QB001';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_entries_fixed BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entries_kept BEFORE TRUNCATE ON audit_entries EXECUTE FUNCTION refuse_change();
CREATE TRIGGER api_events_fixed BEFORE UPDATE OR DELETE ON api_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER api_events_kept BEFORE TRUNCATE ON api_events EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
CREATE FUNCTION check_case_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq THEN
        RAISE EXCEPTION 'case % cannot go back from act % to %', OLD.id, OLD.seq, NEW.seq USING ERRCODE = 'QB002';
    END IF;
    IF NEW.status <> OLD.status AND NOT (
        (OLD.status = 'submitted'   AND NEW.status IN ('in_approval','approved','rejected','withdrawn','expired','stopped')) OR
        (OLD.status = 'in_approval' AND NEW.status IN ('approved','returned','rejected','withdrawn','expired','stopped')) OR
        (OLD.status = 'returned'    AND NEW.status IN ('in_approval','withdrawn','expired','stopped')) OR
        (OLD.status = 'approved'    AND NEW.status IN ('revoked'))
    ) THEN
        RAISE EXCEPTION 'case % cannot go from % to %', OLD.id, OLD.status, NEW.status USING ERRCODE = 'QB002';
    END IF;
    IF NEW.requester_id <> OLD.requester_id OR NEW.number <> OLD.number OR NEW.kind <> OLD.kind OR NEW.policy <> OLD.policy THEN
        RAISE EXCEPTION 'requester, number, kind and policy of case % stay as they are', OLD.id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER cases_transitions BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION check_case_change();

-- +goose StatementBegin
CREATE FUNCTION check_slot_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('approved','rejected','transferred','closed','carried_over') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'slot % of case % is settled', OLD.slot, OLD.case_id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER case_slots_settled BEFORE UPDATE ON case_slots FOR EACH ROW EXECUTE FUNCTION check_slot_change();

-- +goose Down
DROP TABLE history_exports, notifications, outbox, api_events, audit_entries, case_slots, cases, objects, case_keys, counters, calendars, policies;
DROP FUNCTION check_slot_change, check_case_change, refuse_change;
