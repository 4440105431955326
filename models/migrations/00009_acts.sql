-- +goose Up
-- The case that a revocation is about.
ALTER TABLE cases ADD COLUMN subject_id uuid REFERENCES cases (id);
CREATE INDEX cases_subject ON cases (subject_id, submitted_at DESC) WHERE subject_id IS NOT NULL;
-- What I decided, in my own name or another's, the newest first, by keyset.
CREATE INDEX case_slots_decided ON case_slots (decided_by, decided_at DESC, case_id DESC) WHERE decided_by IS NOT NULL;
-- What I got a copy of: everybody hears of a copy once.
CREATE INDEX notifications_copies ON notifications (person_id, created_at DESC, id DESC) WHERE kind = 'copy';

-- +goose Down
DROP INDEX notifications_copies, case_slots_decided, cases_subject;
ALTER TABLE cases DROP COLUMN subject_id;
