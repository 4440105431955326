-- +goose Up
-- Policies and calendars are versions with an author, a moment from which they hold, and two people who put them into
-- force (issue 3; R6.2). In force at a moment is the activated version with the latest effective_at that is not after it:
-- nothing is switched when that moment comes, so nothing can be forgotten.
-- +goose StatementBegin
DO $$
DECLARE tab text;
BEGIN
    FOREACH tab IN ARRAY ARRAY['policies', 'calendars'] LOOP
        EXECUTE format('DROP INDEX %I', tab || '_one_active');
        IF tab = 'calendars' THEN
            ALTER TABLE calendars ADD COLUMN actor_id uuid;
        END IF;
        EXECUTE format($sql$
            ALTER TABLE %1$I
                ADD COLUMN state        text NOT NULL DEFAULT 'draft',
                ADD COLUMN title        jsonb NOT NULL DEFAULT '{}',     -- {"zh": …, "en": …}, of the body
                ADD COLUMN note         text NOT NULL DEFAULT '',        -- the author's word on what it is for
                ADD COLUMN effective_at timestamptz,                     -- from when new cases use it; null in a proposal: at once
                ADD COLUMN proposed_by  uuid,
                ADD COLUMN proposed_at  timestamptz,
                ADD COLUMN activated_by uuid,
                ADD COLUMN activated_at timestamptz,
                ADD COLUMN withdrawn_by uuid,
                ADD COLUMN withdrawn_at timestamptz,
                ADD COLUMN setup        boolean NOT NULL DEFAULT false   -- put into force when the service was set up, by nobody
        $sql$, tab);
        -- What was in force stays so. Of what was in force before it only the order is known.
        EXECUTE format($sql$
            UPDATE %1$I SET state = 'activated', setup = true, activated_at = created_at,
                effective_at = CASE WHEN active THEN (SELECT max(created_at) FROM %1$I) ELSE created_at - interval '1 second' END
            WHERE active OR version IN (SELECT policy FROM cases)
        $sql$, tab);
        EXECUTE format($sql$
            ALTER TABLE %1$I DROP COLUMN active,
                ADD CONSTRAINT %2$I CHECK (state IN ('draft', 'proposed', 'activated', 'withdrawn')),
                ADD CONSTRAINT %3$I CHECK (state <> 'proposed' OR (proposed_by IS NOT NULL AND proposed_at IS NOT NULL)),
                ADD CONSTRAINT %4$I CHECK (state <> 'activated' OR (effective_at IS NOT NULL AND activated_at IS NOT NULL)),
                ADD CONSTRAINT %5$I CHECK (state <> 'activated' OR setup OR (proposed_by IS NOT NULL AND activated_by IS NOT NULL
                    AND activated_by <> proposed_by AND activated_by IS DISTINCT FROM actor_id)),
                ADD CONSTRAINT %6$I CHECK (state <> 'withdrawn' OR (withdrawn_by IS NOT NULL AND withdrawn_at IS NOT NULL))
        $sql$, tab, tab || '_state', tab || '_proposed', tab || '_dated', tab || '_two_people', tab || '_withdrawn');
        EXECUTE format('CREATE INDEX %I ON %I (effective_at DESC, activated_at DESC) WHERE state = ''activated''', tab || '_in_force', tab);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION check_rules_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used   boolean;
    admins integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' AND NOT (NEW.state = 'activated' AND NEW.setup) THEN
            RAISE EXCEPTION 'a version of % begins as a draft', TG_TABLE_NAME USING ERRCODE = 'QB002';
        END IF;
    ELSE
        IF NEW.version <> OLD.version OR NEW.body <> OLD.body OR NEW.title <> OLD.title OR NEW.note <> OLD.note
            OR NEW.created_at <> OLD.created_at OR NEW.actor_id IS DISTINCT FROM OLD.actor_id THEN
            RAISE EXCEPTION 'version % of % never changes', OLD.version, TG_TABLE_NAME USING ERRCODE = 'QB002';
        END IF;
        IF NOT (
            (OLD.state = 'draft'     AND NEW.state IN ('proposed', 'withdrawn')) OR
            (OLD.state = 'draft'     AND NEW.state = 'activated' AND NEW.setup) OR
            (OLD.state = 'proposed'  AND NEW.state IN ('proposed', 'activated', 'withdrawn')) OR
            -- A change that has not come yet can be stopped, by one person; one that has come is only followed by another.
            (OLD.state = 'activated' AND NEW.state = 'withdrawn' AND OLD.effective_at > now() + interval '1 second')
        ) THEN
            RAISE EXCEPTION 'version % of % cannot go from % to %', OLD.version, TG_TABLE_NAME, OLD.state, NEW.state USING ERRCODE = 'QB002';
        END IF;
    END IF;
    IF NEW.state = 'activated' AND (TG_OP = 'INSERT' OR OLD.state <> 'activated') THEN
        IF NEW.setup THEN
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE state = ''activated'' AND NOT setup)', TG_TABLE_NAME) INTO used;
            IF used OR EXISTS (SELECT 1 FROM cases) THEN
                RAISE EXCEPTION 'the service is set up: version % of % takes two people', NEW.version, TG_TABLE_NAME USING ERRCODE = 'QB002';
            END IF;
        ELSE
            SELECT count(*) INTO admins FROM employees
            WHERE id IN (NEW.proposed_by, NEW.activated_by) AND active AND 'process_admin' = ANY (roles);
            IF admins <> 2 THEN
                RAISE EXCEPTION 'version % of % takes two process administrators', NEW.version, TG_TABLE_NAME USING ERRCODE = 'QB002';
            END IF;
            IF NEW.effective_at <= now() THEN
                RAISE EXCEPTION 'version % of % cannot begin in the past', NEW.version, TG_TABLE_NAME USING ERRCODE = 'QB002';
            END IF;
        END IF;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER policies_change BEFORE INSERT OR UPDATE ON policies FOR EACH ROW EXECUTE FUNCTION check_rules_change();
CREATE TRIGGER calendars_change BEFORE INSERT OR UPDATE ON calendars FOR EACH ROW EXECUTE FUNCTION check_rules_change();
CREATE TRIGGER policies_kept BEFORE DELETE ON policies FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calendars_kept BEFORE DELETE ON calendars FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER policies_kept ON policies;
DROP TRIGGER calendars_kept ON calendars;
DROP TRIGGER policies_change ON policies;
DROP TRIGGER calendars_change ON calendars;
DROP FUNCTION check_rules_change;
-- +goose StatementBegin
DO $$
DECLARE tab text;
BEGIN
    FOREACH tab IN ARRAY ARRAY['policies', 'calendars'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN active boolean NOT NULL DEFAULT false', tab);
        EXECUTE format($sql$
            UPDATE %1$I SET active = true WHERE version = (SELECT version FROM %1$I WHERE state = 'activated' AND effective_at <= now()
                ORDER BY effective_at DESC, activated_at DESC, version DESC LIMIT 1)
        $sql$, tab);
        EXECUTE format('DROP INDEX %I', tab || '_in_force');
        EXECUTE format($sql$
            ALTER TABLE %1$I DROP COLUMN state, DROP COLUMN title, DROP COLUMN note, DROP COLUMN effective_at, DROP COLUMN proposed_by,
                DROP COLUMN proposed_at, DROP COLUMN activated_by, DROP COLUMN activated_at, DROP COLUMN withdrawn_by,
                DROP COLUMN withdrawn_at, DROP COLUMN setup
        $sql$, tab);
        EXECUTE format('CREATE UNIQUE INDEX %I ON %I (active) WHERE active', tab || '_one_active', tab);
    END LOOP;
    ALTER TABLE calendars DROP COLUMN actor_id;
END $$;
-- +goose StatementEnd
