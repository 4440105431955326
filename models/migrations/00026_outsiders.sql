-- +goose Up
-- People from outside the company (R2.2.5, semantics 2). They share the table of people, so that places, agreements and
-- trainings are theirs as they are an employee's; kind tells them apart, and the database holds what they never have:
-- department, post, roles, an office in a group. Why, says decision 0011.
ALTER TABLE employees
    ADD COLUMN kind text NOT NULL DEFAULT 'employee' CHECK (kind IN ('employee', 'outsider')),
    ALTER COLUMN department_id DROP NOT NULL,
    ADD CONSTRAINT employees_kind CHECK (CASE kind WHEN 'employee' THEN department_id IS NOT NULL AND number !~ '^X-'
        ELSE department_id IS NULL AND roles = '{}' AND post = '' AND number ~ '^X-[0-9]+$' END);

CREATE SEQUENCE outsider_numbers;

CREATE TABLE outsiders (
    person_id    uuid PRIMARY KEY REFERENCES employees (id) ON DELETE CASCADE,
    mail_key     text NOT NULL UNIQUE,              -- keyed hash of the normalised address: one address is one person
    organisation text NOT NULL CHECK (organisation <> ''),
    created_by   uuid NOT NULL REFERENCES employees (id),
    created_at   timestamptz NOT NULL
);

-- Links by which they sign in: once, within minutes. The secret follows from the row and the installation's hash key.
CREATE TABLE outsider_links (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES employees (id) ON DELETE CASCADE,
    secret_hash bytea NOT NULL UNIQUE,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    CHECK (expires_at > created_at)
);
CREATE INDEX outsider_links_age ON outsider_links (created_at);

-- +goose StatementBegin
CREATE FUNCTION check_person_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who works here, and who comes from outside, stays so under one id' USING ERRCODE = 'QB002';
END $$;
-- +goose StatementEnd
CREATE TRIGGER employees_kind_stays BEFORE UPDATE ON employees FOR EACH ROW WHEN (OLD.kind <> NEW.kind) EXECUTE FUNCTION check_person_kind();

-- Who comes from outside has access exactly as long as they have a place in some group, or are invited to one: it begins and
-- ends in the transaction that changes the place, whatever changes it. That their sessions end then is employees_left's.
-- +goose StatementBegin
CREATE FUNCTION follow_outsider() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    placed boolean;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM employees WHERE id = NEW.employee_id AND kind = 'outsider') THEN
        RETURN NULL;
    END IF;
    IF NEW.role <> 'member' THEN
        RAISE EXCEPTION 'nobody from outside holds an office in group %', NEW.group_id USING ERRCODE = 'QB002';
    END IF;
    placed := EXISTS (SELECT 1 FROM group_members WHERE employee_id = NEW.employee_id AND state IN ('invited','nda_pending','training_pending','active','suspended'));
    UPDATE employees SET active = placed WHERE id = NEW.employee_id AND active <> placed;
    IF FOUND THEN -- snapshots of the people are kept by revision
        LOCK TABLE directory_revisions IN SHARE ROW EXCLUSIVE MODE;
        INSERT INTO directory_revisions (at, source) VALUES (now(), 'outsiders');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER group_members_outsider AFTER INSERT OR UPDATE OF state, role ON group_members FOR EACH ROW EXECUTE FUNCTION follow_outsider();

-- +goose Down
DROP TRIGGER group_members_outsider ON group_members;
DROP FUNCTION follow_outsider;
DROP TRIGGER employees_kind_stays ON employees;
DROP FUNCTION check_person_kind;
DROP TABLE outsider_links;
DELETE FROM group_members WHERE employee_id IN (SELECT person_id FROM outsiders);
DELETE FROM sessions WHERE employee_id IN (SELECT person_id FROM outsiders);
DROP TABLE outsiders;
DELETE FROM employees WHERE kind = 'outsider';
DROP SEQUENCE outsider_numbers;
ALTER TABLE employees DROP CONSTRAINT employees_kind, DROP COLUMN kind, ALTER COLUMN department_id SET NOT NULL;
