-- +goose Up
-- A group whose filing was revoked is wound up from whatever state it is in.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_group_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq THEN
        RAISE EXCEPTION 'group % cannot go back from act % to %', OLD.id, OLD.seq, NEW.seq USING ERRCODE = 'QB002';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'provisioning'        AND NEW.state IN ('active','provisioning_failed','pending_deletion')) OR
        (OLD.state = 'provisioning_failed' AND NEW.state IN ('provisioning','active','pending_deletion')) OR
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

CREATE INDEX group_names_group ON group_names (group_id) WHERE group_id IS NOT NULL;
DROP INDEX groups_to_confirm;
-- Groups that wait for an admin's word: that they stand, or that they are gone.
CREATE INDEX groups_to_confirm ON groups (id) WHERE (by_hand AND state = 'provisioning') OR state = 'pending_deletion';

-- +goose Down
DROP INDEX group_names_group, groups_to_confirm;
CREATE INDEX groups_to_confirm ON groups (id) WHERE by_hand AND state = 'provisioning';
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_group_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq THEN
        RAISE EXCEPTION 'group % cannot go back from act % to %', OLD.id, OLD.seq, NEW.seq USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
