-- +goose Up
-- Training (R4.2.2, issue 5): a course is versions with material and quiz; attempts and results are evidence and never
-- change; trainings holds what counts for a person now, one row a course, which the gate of a group reads.
CREATE TABLE course_versions (
    course       text NOT NULL CHECK (course ~ '^[a-z][a-z0-9_]{0,31}$'),
    version      integer NOT NULL CHECK (version > 0),
    state        text NOT NULL CHECK (state IN ('draft', 'review', 'published', 'superseded', 'withdrawn')),
    body         text NOT NULL,                   -- the course's file: rules, material, quiz
    sha256       text NOT NULL,                   -- of the body
    title        jsonb NOT NULL DEFAULT '{}',     -- {"zh": …, "en": …}, of the body
    note         text NOT NULL DEFAULT '',        -- the reviewer's word
    author_id    uuid,                            -- NULL: shipped with the service
    reviewer_id  uuid,
    created_at   timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (course, version),
    CONSTRAINT course_versions_two_people CHECK (reviewer_id IS NULL OR author_id IS NULL OR reviewer_id <> author_id),
    CONSTRAINT course_versions_reviewed CHECK (state NOT IN ('published', 'superseded') OR (published_at IS NOT NULL AND (author_id IS NULL OR reviewer_id IS NOT NULL)))
);
CREATE UNIQUE INDEX course_versions_published ON course_versions (course) WHERE state = 'published';
CREATE UNIQUE INDEX course_versions_open ON course_versions (course) WHERE state IN ('draft', 'review');

-- +goose StatementBegin
CREATE FUNCTION check_course_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' AND NOT (NEW.state = 'published' AND NEW.author_id IS NULL) THEN
            RAISE EXCEPTION 'a version of course % begins as a draft', NEW.course USING ERRCODE = 'QB002';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.course <> OLD.course OR NEW.version <> OLD.version OR NEW.created_at <> OLD.created_at
        OR (OLD.state <> 'draft' AND (NEW.body <> OLD.body OR NEW.sha256 <> OLD.sha256 OR NEW.title <> OLD.title OR NEW.author_id IS DISTINCT FROM OLD.author_id)) THEN
        RAISE EXCEPTION 'version % of course % never changes', OLD.version, OLD.course USING ERRCODE = 'QB002';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'draft'     AND NEW.state IN ('review', 'withdrawn')) OR
        (OLD.state = 'review'    AND NEW.state IN ('draft', 'published', 'withdrawn')) OR
        (OLD.state = 'published' AND NEW.state IN ('superseded', 'withdrawn'))
    ) THEN
        RAISE EXCEPTION 'version % of course % cannot go from % to %', OLD.version, OLD.course, OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER course_versions_change BEFORE INSERT OR UPDATE ON course_versions FOR EACH ROW EXECUTE FUNCTION check_course_change();
CREATE TRIGGER course_versions_kept BEFORE DELETE ON course_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- One go at a quiz: the questions drawn for it, and what came of it.
CREATE TABLE training_attempts (
    id          uuid PRIMARY KEY,
    employee_id uuid NOT NULL REFERENCES employees (id),
    course      text NOT NULL,
    version     integer NOT NULL,
    seed        bigint NOT NULL,                  -- what questions and options were drawn by
    questions   integer NOT NULL CHECK (questions > 0),
    started_at  timestamptz NOT NULL,
    due_at      timestamptz NOT NULL CHECK (due_at > started_at),
    ended_at    timestamptz,
    outcome     text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'passed', 'failed', 'expired')),
    correct     integer NOT NULL DEFAULT 0 CHECK (correct BETWEEN 0 AND questions),
    score       integer NOT NULL DEFAULT 0 CHECK (score BETWEEN 0 AND 100),
    answers     jsonb NOT NULL DEFAULT '{}',      -- options chosen, by question
    FOREIGN KEY (course, version) REFERENCES course_versions (course, version),
    CONSTRAINT training_attempts_ended CHECK ((outcome = '') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX training_attempts_open ON training_attempts (employee_id, course) WHERE ended_at IS NULL;
CREATE INDEX training_attempts_person ON training_attempts (employee_id, course, started_at DESC);

-- +goose StatementBegin
CREATE FUNCTION check_attempt_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR (to_jsonb(NEW) - '{ended_at,outcome,correct,score,answers}'::text[]) <> (to_jsonb(OLD) - '{ended_at,outcome,correct,score,answers}'::text[]) THEN
        RAISE EXCEPTION 'attempt % can only be ended, once', OLD.id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER training_attempts_change BEFORE UPDATE ON training_attempts FOR EACH ROW EXECUTE FUNCTION check_attempt_change();
CREATE TRIGGER training_attempts_kept BEFORE DELETE ON training_attempts FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every result, passed or not, however it came: the quiz, a spreadsheet, recorded by hand.
CREATE TABLE training_results (
    id          uuid PRIMARY KEY,
    employee_id uuid NOT NULL REFERENCES employees (id),
    course      text NOT NULL,
    version     integer NOT NULL DEFAULT 0,       -- 0: not said, of a course held elsewhere
    source      text NOT NULL CHECK (source IN ('quiz', 'import', 'recorded')),
    score       integer NOT NULL CHECK (score BETWEEN 0 AND 100),
    passed      boolean NOT NULL,
    at          timestamptz NOT NULL,             -- when the course was passed, or not
    valid_until timestamptz,
    attempt_id  uuid REFERENCES training_attempts (id),
    by_id       uuid NOT NULL,                    -- who brought it in: the person, or HR
    file_sha256 text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    CONSTRAINT training_results_valid CHECK (passed = (valid_until IS NOT NULL) AND (valid_until IS NULL OR valid_until > at)),
    CONSTRAINT training_results_once UNIQUE (employee_id, course, source, at)
);
CREATE UNIQUE INDEX training_results_attempt ON training_results (attempt_id) WHERE attempt_id IS NOT NULL;
CREATE TRIGGER training_results_unchanged BEFORE UPDATE OR DELETE ON training_results FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What counts now: of a person's passed results in a course the one that is valid longest.
CREATE TABLE trainings (
    employee_id uuid NOT NULL REFERENCES employees (id),
    course      text NOT NULL,
    version     integer NOT NULL DEFAULT 0,
    source      text NOT NULL CHECK (source IN ('quiz', 'import', 'recorded')),
    score       integer NOT NULL CHECK (score BETWEEN 0 AND 100),
    result_id   uuid NOT NULL REFERENCES training_results (id),
    passed_at   timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > passed_at),
    reminded    integer NOT NULL DEFAULT 0,       -- days before the end that the person was last told of; 0: not told
    lapsed_at   timestamptz,                      -- when the end was noticed and told
    changed_at  timestamptz NOT NULL,
    PRIMARY KEY (employee_id, course)
);
CREATE INDEX trainings_until ON trainings (valid_until, employee_id) WHERE lapsed_at IS NULL;
CREATE INDEX trainings_course ON trainings (course, valid_until);

-- +goose Down
DROP TABLE trainings;
DROP TABLE training_results;
DROP TABLE training_attempts;
DROP FUNCTION check_attempt_change;
DROP TABLE course_versions;
DROP FUNCTION check_course_change;
