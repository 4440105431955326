-- What a group can come back to (semantics 2): one that a freeze outlived is frozen again when it is restored, one that was
-- found and that nobody filed waits to be filed again.

-- +goose Up
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
        (OLD.state = 'frozen'              AND NEW.state IN ('draft','active','renewal_due','grace','archived','pending_deletion')) OR
        (OLD.state = 'archived'            AND NEW.state IN ('active','frozen','pending_deletion')) OR
        (OLD.state = 'pending_deletion'    AND NEW.state IN ('deleted','archived','active','frozen','draft'))
    ) THEN
        RAISE EXCEPTION 'group % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'QB002';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose Down
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
