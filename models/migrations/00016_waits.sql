-- +goose Up
-- What waits for a person in the life of groups stands in their inbox beside what they are to decide: found from the
-- person, never by looking through the groups.
CREATE INDEX group_members_admin ON group_members (employee_id, group_id) WHERE state = 'active' AND role IN ('owner', 'admin');
CREATE INDEX groups_ownerless ON groups (id) WHERE 'ownerless' = ANY (flags);
CREATE INDEX group_ops_wait ON group_ops (group_id) WHERE ended_at IS NULL AND state IN ('by_hand', 'failed');

-- One unread notification of a kind that repeats, for each group: the new one takes the place of those not read yet.
CREATE INDEX notifications_renewed ON notifications (person_id, subject_id, kind)
    WHERE read_at IS NULL AND subject = 'group' AND kind IN ('ask_op', 'op_failed', 'op_confirmed', 'finding', 'gap');
-- +goose StatementBegin
CREATE FUNCTION news_renewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE notifications SET read_at = NEW.created_at
    WHERE person_id = NEW.person_id AND subject_id = NEW.subject_id AND kind = NEW.kind AND id <> NEW.id
        AND read_at IS NULL AND subject = 'group' AND kind IN ('ask_op', 'op_failed', 'op_confirmed', 'finding', 'gap');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER notifications_renewed AFTER INSERT ON notifications FOR EACH ROW
    WHEN (NEW.subject = 'group' AND NEW.kind IN ('ask_op', 'op_failed', 'op_confirmed', 'finding', 'gap')) EXECUTE FUNCTION news_renewed();

-- +goose Down
DROP TRIGGER notifications_renewed ON notifications;
DROP FUNCTION news_renewed;
DROP INDEX notifications_renewed, group_ops_wait, groups_ownerless, group_members_admin;
