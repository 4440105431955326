-- +goose Up
-- Joining (semantics 2, R2.2.2, R4.2.1): a place is asked for, or offered; it waits for the agreement and the training; and a
-- member whose agreement or training no longer holds is suspended. What follows what is domain.MemberMove's.
ALTER TABLE group_members
    DROP CONSTRAINT group_members_state_check,
    ADD CONSTRAINT group_members_state_check CHECK (state IN
        ('requested','invited','nda_pending','training_pending','active','suspended','leaving','removed'));
-- Whoever has a place anywhere: what a change of their agreement or training, or of their post, is told to.
CREATE INDEX group_members_places ON group_members (employee_id, group_id) WHERE state NOT IN ('leaving','removed');
CREATE INDEX group_members_asking ON group_members (group_id, since) WHERE state IN ('requested','invited');

-- +goose StatementBegin
CREATE FUNCTION check_member_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT (
        (NEW.state = 'active') OR
        (NEW.state = 'leaving'          AND OLD.state IN ('active','suspended')) OR
        (NEW.state = 'removed'          AND OLD.state NOT IN ('active','suspended')) OR
        (NEW.state = 'suspended'        AND OLD.state = 'active') OR
        (NEW.state = 'requested'        AND OLD.state IN ('leaving','removed')) OR
        (NEW.state = 'invited'          AND OLD.state IN ('leaving','removed','requested')) OR
        (NEW.state IN ('nda_pending','training_pending') AND OLD.state NOT IN ('active','suspended'))
    ) THEN
        RAISE EXCEPTION 'a place in group % cannot go from % to %', OLD.group_id, OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER group_members_change BEFORE UPDATE ON group_members FOR EACH ROW EXECUTE FUNCTION check_member_change();

-- +goose Down
DROP TRIGGER group_members_change ON group_members;
DROP FUNCTION check_member_change;
DROP INDEX group_members_places, group_members_asking;
DELETE FROM group_members WHERE state NOT IN ('active','leaving','removed');
ALTER TABLE group_members DROP CONSTRAINT group_members_state_check,
    ADD CONSTRAINT group_members_state_check CHECK (state IN ('active','leaving','removed'));
