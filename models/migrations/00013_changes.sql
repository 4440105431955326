-- +goose Up
ALTER TABLE cases DROP CONSTRAINT cases_kind_check;
ALTER TABLE cases ADD CONSTRAINT cases_kind_check CHECK (kind IN ('group_filing', 'revocation', 'group_change'));
-- The changes of a group, the newest first. kind never changes, so that an act's update touches no index.
CREATE INDEX cases_changes ON cases (group_id, submitted_at DESC) WHERE kind = 'group_change';

-- +goose Down
DROP INDEX cases_changes;
ALTER TABLE cases DROP CONSTRAINT cases_kind_check;
ALTER TABLE cases ADD CONSTRAINT cases_kind_check CHECK (kind IN ('group_filing', 'revocation'));
