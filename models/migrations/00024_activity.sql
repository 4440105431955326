-- +goose Up
-- Inactive members (R2.2.2, semantics 2): of each person in each group the last day on which they did something there, and
-- nothing of what. It never goes backwards.
CREATE TABLE group_activity (
    group_id    uuid NOT NULL REFERENCES groups (id),
    employee_id uuid NOT NULL,
    last_on     date NOT NULL,                         -- the company's day
    source      text NOT NULL CHECK (source IN ('platform', 'reported', 'kept')),
    noted_at    timestamptz NOT NULL,
    PRIMARY KEY (group_id, employee_id)
);

-- Since when, and until when, silence in a group would have been seen, and how the day's look at it went. Without a span
-- activity is not known, and nobody is called inactive.
CREATE TABLE group_activity_spans (
    group_id   uuid PRIMARY KEY REFERENCES groups (id),
    seen_from  timestamptz,
    seen_until timestamptz,
    source     text NOT NULL DEFAULT '' CHECK (source IN ('', 'platform', 'reported')),
    looked_on  date,                                   -- the day of the last whole look
    held_until timestamptz,                            -- somebody is looking
    CONSTRAINT group_activity_spans_whole CHECK ((seen_from IS NULL) = (seen_until IS NULL) AND (seen_from IS NULL OR seen_from <= seen_until))
);

-- +goose StatementBegin
CREATE FUNCTION check_activity_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last_on < OLD.last_on THEN
        RAISE EXCEPTION 'activity in group % cannot go backwards', OLD.group_id USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER group_activity_change BEFORE UPDATE ON group_activity FOR EACH ROW EXECUTE FUNCTION check_activity_change();

-- +goose Down
DROP TABLE group_activity, group_activity_spans;
DROP FUNCTION check_activity_change;
