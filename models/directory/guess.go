package directory

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// pair is a department of the book that may be one on record, with how much speaks for it.
type pair struct {
	key string
	id  domain.DepartmentID
}

// guess finds departments that were renamed or moved in a book without codes. Taken for new ones, their people would
// count as moved and lose their groups (R2.3.4). Two are the same where most people of the one are now in the other
// and most of the other's came from it; for a department without people of its own, most of its children.
func (d *differ) guess(used map[domain.DepartmentID]bool, take func(string, domain.DepartmentID, bool)) {
	coded := map[string]bool{}
	children := map[string][]Unit{}
	for _, u := range d.book.Units {
		coded[u.Key] = u.Code != ""
		children[u.Parent()] = append(children[u.Parent()], u)
	}
	try := func(both map[pair]int, from func(domain.DepartmentID) int, to func(string) int) {
		for _, pr := range slices.SortedFunc(maps.Keys(both), func(a, b pair) int {
			return cmp.Or(cmp.Compare(both[b], both[a]), cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
		}) {
			n := both[pr] * 2
			if coded[pr.key] || pr.key == "" || d.ids[pr.key] != "" || used[pr.id] || !d.old.Departments[pr.id].Active ||
				n <= from(pr.id) || n <= to(pr.key) {
				continue
			}
			take(pr.key, pr.id, true)
			d.guessed[pr.id] = true
		}
	}
	both, from, to := map[pair]int{}, map[domain.DepartmentID]int{}, map[string]int{}
	for _, p := range d.book.People {
		if !p.Active {
			continue
		}
		to[p.Unit]++
		if was, ok := d.old.Employees[d.numbers[strings.ToLower(p.Number)]]; ok && was.Active {
			both[pair{p.Unit, was.Department}]++
			from[was.Department]++
		}
	}
	try(both, func(id domain.DepartmentID) int { return from[id] }, func(key string) int { return to[key] })

	below := map[domain.DepartmentID]int{} // active children on record
	for _, u := range d.old.Departments {
		if u.Active {
			below[u.Parent]++
		}
	}
	for _, u := range slices.Backward(d.book.Units) { // children before parents
		if d.ids[u.Key] != "" || len(children[u.Key]) == 0 {
			continue
		}
		both := map[pair]int{}
		for _, c := range children[u.Key] {
			if parent := d.old.Departments[d.ids[c.Key]].Parent; parent != "" {
				both[pair{u.Key, parent}]++
			}
		}
		try(both, func(id domain.DepartmentID) int { return below[id] }, func(key string) int { return len(children[key]) })
	}
}
