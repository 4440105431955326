-- +goose Up
-- What HR confirms for people who left is counted on their first page: agreements that ended and whose return nobody confirmed.
CREATE INDEX ndas_unreturned ON ndas (since, id) WHERE state = 'terminated' AND NOT doc ? 'returned';

-- +goose Down
DROP INDEX ndas_unreturned;
