-- +goose Up
-- What each case pays for, and nobody asks.

-- An act is looked up by its id alone, and by workflow and id: one index answers both.
ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_act UNIQUE (act_id, workflow_id);
ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_workflow_id_act_id_key;
DROP INDEX audit_act;

-- The rows named here are written by code that has just read whom and what they name, in the directory and the rules in
-- force. The keys locked the requester's row, and each person's who is told, once more for every case, and wrote that down.
-- What they guarded is guarded from the other side: versions of policies are never removed (00006), nor people (below).
-- Keys between a case, its places, its material and its key stay: they hold the state of a case together.
ALTER TABLE cases DROP CONSTRAINT cases_requester_id_fkey, DROP CONSTRAINT cases_policy_fkey;
ALTER TABLE notifications DROP CONSTRAINT notifications_person_id_fkey;
-- Somebody who leaves is no longer active; the row stays, since acts name it.
CREATE TRIGGER employees_kept BEFORE DELETE ON employees FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER employees_kept ON employees;
ALTER TABLE notifications ADD CONSTRAINT notifications_person_id_fkey FOREIGN KEY (person_id) REFERENCES employees (id);
ALTER TABLE cases ADD CONSTRAINT cases_requester_id_fkey FOREIGN KEY (requester_id) REFERENCES employees (id),
    ADD CONSTRAINT cases_policy_fkey FOREIGN KEY (policy) REFERENCES policies (version);
CREATE INDEX audit_act ON audit_entries (act_id);
ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_workflow_id_act_id_key UNIQUE (workflow_id, act_id);
ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_act;
