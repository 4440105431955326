package store

import "context"

const giveLivesSQL = `
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'signal_group', 'signal_group:continued:' || g.id, jsonb_build_object('group_id', g.id, 'act', 'continued', 'ref', 'life'), now(), now()
FROM groups g WHERE NOT g.doc ? 'life' AND g.state NOT IN ('provisioning', 'deleted')
ON CONFLICT (key) DO NOTHING`

// GiveLives asks for groups that began before groups had rules for their lives to take those in force over. It returns how
// many are asked that were not before.
func (s *Store) GiveLives(ctx context.Context) (int, error) {
	tag, err := s.pool.Exec(ctx, giveLivesSQL)
	if err != nil {
		return 0, clean("looking for groups without rules for their lives", err)
	}
	if tag.RowsAffected() > 0 {
		s.hub.WakeRelay()
	}
	return int(tag.RowsAffected()), nil
}
