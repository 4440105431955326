package store

import (
	"strconv"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
)

// newsDoc is one notification as a projection sends it to the database.
type newsDoc struct {
	ID       string `json:"id"`
	PersonID string `json:"person_id"`
	Kind     string `json:"kind"`
	Slot     string `json:"slot"`
	Key      string `json:"key"`
}

// newsKey makes a notification happen once: the same act tells the same person the same thing a single time.
func newsKey(workflow string, seq int, kind domain.EffectKind, person domain.EmployeeID) string {
	return workflow + ":" + strconv.Itoa(seq) + ":" + string(kind) + ":" + string(person)
}

// follow is what an act's effects come to in the database.
type follow struct {
	news    []newsDoc
	hand    bool // the process administrators are told; who they are is read in the same statement
	release bool // a case's name, or a tombstone's
	start   bool
	rename  bool // the material changed: row and name reservation follow it
	revoke  bool // the subject of an approved revocation is revoked
	apply   bool // the group of an approved change is told
	broad   []broadDoc
	agreed  []agreedDoc
}

// agreedDoc is what an act asks of the agreements' process. Nobody named means everybody who ever signed one for the group.
type agreedDoc struct {
	Kind   string              `json:"kind"`
	People []domain.EmployeeID `json:"people"`
	Rule   string              `json:"rule"`
}

// agree adds what is asked of the agreements' process, once a kind: a second effect of the kind adds its people.
func (f *follow) agree(kind string, e domain.Effect) {
	for i := range f.agreed {
		if f.agreed[i].Kind == kind && len(f.agreed[i].People) > 0 && len(e.People) > 0 {
			f.agreed[i].People = append(f.agreed[i].People, e.People...)
			return
		}
	}
	people := e.People
	if people == nil {
		people = []domain.EmployeeID{}
	}
	f.agreed = append(f.agreed, agreedDoc{Kind: kind, People: people, Rule: e.Slot})
}

// broadDoc is news for everybody in a group, or for every active holder of a role: who they are is read in the same
// statement.
type broadDoc struct {
	Kind    string        `json:"kind"`
	Slot    string        `json:"slot"`
	Members bool          `json:"members"`
	Roles   []domain.Role `json:"roles"`
}

// told adds one notification for each person, once.
func (f *follow) told(workflow string, seq int, e domain.Effect) error {
	for _, p := range e.People {
		key := newsKey(workflow, seq, e.Kind, p)
		if f.has(key) {
			continue
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		f.news = append(f.news, newsDoc{ID: id.String(), PersonID: string(p), Kind: string(e.Kind), Slot: e.Slot, Key: key})
	}
	return nil
}

func (f *follow) has(key string) bool {
	for _, n := range f.news {
		if n.Key == key {
			return true
		}
	}
	return false
}

// followOf sorts effects into rows and flags.
func followOf(workflow string, seq int, effects []domain.Effect) (follow, error) {
	f := follow{news: []newsDoc{}, broad: []broadDoc{}, agreed: []agreedDoc{}} // an empty list, not null: it is sent as JSON
	for _, e := range effects {
		if e.Kind.OnRows() {
			continue // rows of group_members: SaveGroup
		}
		switch e.Kind {
		case domain.EffectAskNDA:
			f.agree(OutboxAskNDA, e)
		case domain.EffectEndNDA:
			f.agree(OutboxEndNDA, e)
		case domain.EffectRelease, domain.EffectFreeName:
			f.release = true
		case domain.EffectStart:
			f.start = true
		case domain.EffectRename:
			f.rename = true
		case domain.EffectRevoke:
			f.revoke = true
		case domain.EffectApply:
			f.apply = true
		case domain.EffectHand:
			f.hand = true
		default:
			if e.Members || len(e.Roles) > 0 {
				roles := e.Roles
				if roles == nil {
					roles = []domain.Role{}
				}
				f.broad = append(f.broad, broadDoc{Kind: string(e.Kind), Slot: e.Slot, Members: e.Members, Roles: roles})
			}
			if err := f.told(workflow, seq, e); err != nil {
				return follow{}, err
			}
		}
	}
	return f, nil
}

// toldSQL is the part that every projection shares. It needs a CTE moved(id) with the changed row (none: nothing is
// written), and parameters: $1 notifications, $2 workflow, $3 seq, $4 hand?, $5 subject's kind, $6 detail, $7 time.
// Each notification takes one mail with it; the mail's text is made when it is sent.
const toldSQL = heardSQL + tellSQL

const heardSQL = `
news AS (
  SELECT n.id, n.person_id, n.kind, n.slot, n.key
  FROM jsonb_to_recordset($1::jsonb) AS n(id uuid, person_id uuid, kind text, slot text, key text)
  UNION ALL
  SELECT gen_random_uuid(), e.id, 'hand', '', $2::text || ':' || $3::int || ':hand:' || e.id
  FROM employees e WHERE $4::boolean AND e.active AND 'process_admin' = ANY (e.roles)`

const tellSQL = `
), told AS (
  INSERT INTO notifications (id, person_id, kind, subject, subject_id, slot, detail, key, created_at)
  SELECT news.id, news.person_id, news.kind, $5::text, moved.id, news.slot, $6::jsonb, news.key, $7::timestamptz FROM moved, news
  ON CONFLICT (key) DO NOTHING
  RETURNING id, key
), mailed AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT 'mail', 'mail:' || told.key, jsonb_build_object('notification', told.id), now(), now() FROM told
  ON CONFLICT (key) DO NOTHING
)`
