package directory

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// matchUnits finds each of the book's departments on record, or makes it. A department on record answers to one unit.
func (d *differ) matchUnits() {
	d.underRoot()
	byCodeOf, paths := map[string]domain.DepartmentID{}, map[string]domain.DepartmentID{}
	for _, u := range byCode(d.units) {
		byCodeOf[strings.ToLower(u.Code)] = u.ID
		key := d.pathOf(u.ID)
		if first, twice := paths[key]; !twice || !d.units[first].Active && u.Active {
			paths[key] = u.ID
		}
	}
	used := map[domain.DepartmentID]bool{}
	take := func(key string, id domain.DepartmentID, ok bool) {
		if ok && d.ids[key] == "" && !used[id] {
			d.ids[key], used[id] = id, true
		}
	}
	for _, u := range d.book.Units {
		id, ok := byCodeOf[strings.ToLower(u.Code)]
		take(u.Key, id, ok && u.Code != "")
	}
	for _, u := range d.book.Units {
		id, ok := paths[u.Key]
		// A unit that has a code of its own is another department than one on record with a real code.
		take(u.Key, id, ok && (u.Code == "" || d.units[id].Code == u.Key))
	}
	if d.opts.Full {
		d.guess(used, take)
	}
	codes := map[string]bool{}
	for _, u := range d.units {
		codes[strings.ToLower(u.Code)] = true
	}
	for _, u := range d.book.Units { // parents come first
		id := d.ids[u.Key]
		dep, known := d.units[id]
		if !known {
			id = domain.DepartmentID(d.opts.NewID())
			dep = domain.Department{ID: id, Code: freeCode(cmp.Or(u.Code, u.Key), codes)}
			d.ids[u.Key] = id
		} else if u.Code != "" && dep.Code == d.pathOf(id) {
			dep.Code = freeCode(u.Code, codes) // the address book has given it a code since
		}
		dep.Active, dep.Name, dep.Parent = true, u.Name(), d.ids[u.Parent()]
		d.units[id] = dep
	}
}

// freeCode keeps codes unique where a path serves as code and an older department still bears it.
func freeCode(code string, taken map[string]bool) string {
	free := code
	for n := 2; taken[strings.ToLower(free)]; n++ {
		free = code + "#" + strconv.Itoa(n)
	}
	taken[strings.ToLower(free)] = true
	return free
}

// underRoot puts the company above departments that an export names without it.
func (d *differ) underRoot() {
	root := d.opts.Root
	if root == "" {
		for _, u := range d.old.Departments {
			if u.Parent == "" && u.Active {
				if root != "" {
					return // several roots on record: the paths stand as they are
				}
				root = u.Name
			}
		}
	}
	coded := slices.ContainsFunc(d.book.Units, func(u Unit) bool { return len(u.Path) == 1 && u.Code != "" })
	if root == "" || coded && d.opts.Root == "" {
		return
	}
	tops := map[string]bool{}
	for _, u := range d.book.Units {
		tops[u.Path[0]] = true
	}
	if len(tops) == 1 && !tops[root] && d.opts.Root == "" && !d.belowRoot(tops) {
		return // one root with another name: the company was renamed
	}
	t := newTree()
	t.add([]string{root}, 0)
	moved := map[string]string{}
	for _, u := range d.book.Units {
		path := u.Path
		if path[0] != root {
			path = append([]string{root}, path...)
		}
		key := t.add(path, u.Row)
		moved[u.Key] = key
		t.units[key].Code, t.units[key].Leader = u.Code, u.Leader
	}
	d.book.Units = t.list()
	d.book.People = slices.Clone(d.book.People)
	for i := range d.book.People {
		d.book.People[i].Unit = moved[d.book.People[i].Unit]
	}
}

// belowRoot tells whether one of the names is a department right below the top on record.
func (d *differ) belowRoot(names map[string]bool) bool {
	for _, u := range d.old.Departments {
		if u.Active && u.Parent != "" && d.old.Departments[u.Parent].Parent == "" && names[u.Name] {
			return true
		}
	}
	return false
}

func (d *differ) pathOf(id domain.DepartmentID) string {
	var path []string
	for _, up := range d.old.Chain(id) {
		path = append(path, d.old.Departments[up].Name)
	}
	slices.Reverse(path)
	return pathKey(path)
}

// closures closes what a full book no longer names.
func (d *differ) closures() {
	if !d.opts.Full {
		return
	}
	kept := map[domain.DepartmentID]bool{}
	for _, id := range d.ids {
		kept[id] = true
	}
	for id, u := range d.units {
		if u.Active && !kept[id] {
			u.Active, u.Leader = false, "" // open cases go to the department above
			d.units[id] = u
		}
	}
}

// leaders sets who leads what. A post becomes vacant when a full book names nobody, or when its holder is in the book
// and no longer named; a department whose leader left keeps the name until somebody follows.
func (d *differ) leaders() {
	if !d.book.Knows.Leaders {
		return
	}
	for _, u := range d.book.Units {
		id := d.ids[u.Key]
		dep := d.units[id]
		switch {
		case u.Leader != "":
			dep.Leader = d.numbers[strings.ToLower(u.Leader)]
		case d.opts.Full || d.listed[dep.Leader]:
			dep.Leader = ""
		}
		d.units[id] = dep
	}
}

// parentsFirst orders departments so that a parent's row is written before its children's.
func (d *differ) parentsFirst() []domain.Department {
	depth := func(u domain.Department) int {
		n := 0
		for seen := map[domain.DepartmentID]bool{}; u.Parent != "" && !seen[u.ID]; n++ {
			seen[u.ID] = true
			u = d.units[u.Parent]
		}
		return n
	}
	all := byCode(d.units)
	depths := make(map[domain.DepartmentID]int, len(all))
	for _, u := range all {
		depths[u.ID] = depth(u)
	}
	slices.SortStableFunc(all, func(a, b domain.Department) int { return depths[a.ID] - depths[b.ID] })
	return all
}
