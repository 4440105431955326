package store

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// Known is what the store knows before an act is decided.
type Known struct {
	Recorded *Recorded // the act was decided before: its recorded facts are used again
	Active   bool      // the actor works here with an enabled account
	Security bool      // … and is a security officer
	Roles    []domain.Role
	Revision int64 // of the directory
	Seq      int   // of the stored case or group; -1 when there is no row yet
}

// Recorded is what an act's audit entry holds.
type Recorded struct {
	Facts  []byte // JSON of domain.Facts or domain.GroupFacts
	Digest string // of the state after the act
	Seq    int    // of the act
}

const knownSQL = `
SELECT e.facts, coalesce(e.state_digest, ''), coalesce(e.seq, 0), coalesce(p.active, false),
       coalesce(p.active AND 'security_officer' = ANY (p.roles), false), CASE WHEN p.active THEN p.roles ELSE '{}' END,
       coalesce((SELECT max(revision) FROM directory_revisions), 0), coalesce(r.seq, -1)
FROM (SELECT 1) one
LEFT JOIN audit_entries e ON e.workflow_id = $1 AND e.act_id = $2
LEFT JOIN employees p ON p.id = $3
LEFT JOIN `

// KnownOf reads in one statement what the decision activity must know: whether the act was decided before, whether
// the actor may act at all, the directory's revision and the stored row's number.
func (s *Store) KnownOf(ctx context.Context, workflow, subject, actID string, actor domain.EmployeeID) (Known, error) {
	q := knownSQL + `cases r ON r.id = $4`
	switch {
	case strings.HasPrefix(workflow, "group-"):
		q = knownSQL + `groups r ON r.id = $4`
	case strings.HasPrefix(workflow, "nda-"):
		q = knownSQL + `ndas r ON r.id = $4`
	case strings.HasPrefix(workflow, "post-"):
		q = knownSQL + `posts r ON r.id = $4`
	}
	var k Known
	var facts []byte
	var digest string
	var seq int
	var roles []string
	err := s.pool.QueryRow(ctx, q, workflow, actID, orNull(string(actor)), subject).
		Scan(&facts, &digest, &seq, &k.Active, &k.Security, &roles, &k.Revision, &k.Seq)
	if err != nil {
		return Known{}, clean("reading what is known before an act", err)
	}
	for _, r := range roles {
		k.Roles = append(k.Roles, domain.Role(r))
	}
	if facts != nil {
		k.Recorded = &Recorded{Facts: facts, Digest: digest, Seq: seq}
	}
	return k, nil
}

// RecordedAt reads the act that a workflow's audit stream holds under a number; nil when it holds none.
func (s *Store) RecordedAt(ctx context.Context, workflow string, seq int) (act []byte, r *Recorded, err error) {
	r = &Recorded{Seq: seq}
	err = s.pool.QueryRow(ctx, `SELECT act, facts, coalesce(state_digest, '') FROM audit_entries WHERE workflow_id = $1 AND seq = $2`, workflow, seq).Scan(&act, &r.Facts, &r.Digest)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil, nil
	}
	return act, r, clean("reading a recorded act", err)
}

// orNull gives nil for the empty string: the system as actor, a post that is vacant.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
