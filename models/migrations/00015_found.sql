-- +goose Up
-- The filing of a group that was found on a platform: one at a time.
ALTER TABLE group_sightings ADD COLUMN case_id uuid REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED;

-- +goose Down
ALTER TABLE group_sightings DROP COLUMN case_id;
