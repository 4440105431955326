package directory

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// tree gathers the departments that the paths name, parents before children.
type tree struct {
	units map[string]*Unit
	order []string
	codes map[string]string // code, lower case → key
}

func newTree() *tree { return &tree{units: map[string]*Unit{}, codes: map[string]string{}} }

// add makes the path and everything above it.
func (t *tree) add(path []string, row int) string {
	for n := 1; n <= len(path); n++ {
		key := pathKey(path[:n])
		if t.units[key] == nil {
			t.units[key] = &Unit{Key: key, Path: slices.Clone(path[:n]), Row: row}
			t.order = append(t.order, key)
		}
	}
	return pathKey(path)
}

func (t *tree) list() []Unit {
	out := make([]Unit, len(t.order))
	for i, k := range t.order {
		out[i] = *t.units[k]
	}
	return out
}

// unit reads the person's department: of several the main one, else the first.
func (p *parser) unit(r line) string {
	cell := p.l.get(r.cells, colDepartment)
	if cell == "" {
		cell = p.l.get(r.cells, colMainUnit)
	}
	if cell == "" {
		p.fault(r.row, colDepartment, CodeRequired)
		return ""
	}
	first, others := "", 0
	for _, one := range splitList(cell, ";；,，\n") {
		path, ok := p.path(r.row, one)
		if !ok {
			return ""
		}
		key := p.tree.add(path, r.row)
		switch first {
		case "":
			first = key
		case key:
		default:
			others++
		}
	}
	if first == "" {
		p.fault(r.row, colDepartment, CodeBadPath, "value", brief(cell), "max", strconv.Itoa(maxDepth))
		return ""
	}
	if main := p.l.get(r.cells, colMainUnit); main != "" && others > 0 {
		if path, ok := p.path(r.row, main); ok {
			if key := pathKey(path); p.tree.units[key] != nil {
				first = key
			}
		}
	}
	if others > 0 {
		p.warn(r.row, colDepartment, CodeOtherUnits, "department", first)
	}
	p.code(r, first)
	return first
}

// path splits a department's path and checks each name.
func (p *parser) path(row int, s string) ([]string, bool) {
	sep := "/"
	if p.dash {
		sep = "-"
	}
	path := strings.Split(strings.ReplaceAll(s, `\`, "/"), sep)
	for i, name := range path {
		name = norm.NFC.String(clean(name))
		if h := hidden(name); h != "" {
			p.fault(row, colDepartment, CodeHidden, "character", h)
			return nil, false
		}
		if utf8.RuneCountInString(name) > maxUnitName {
			p.fault(row, colDepartment, CodeTooLong, "max", strconv.Itoa(maxUnitName))
			return nil, false
		}
		path[i] = strings.ReplaceAll(name, "/", "／")
	}
	if len(path) > 1 && path[0] == "" { // Feishu and others write /A/B
		path = path[1:]
	}
	if len(path) > maxDepth || slices.Contains(path, "") {
		p.fault(row, colDepartment, CodeBadPath, "value", brief(s), "max", strconv.Itoa(maxDepth))
		return nil, false
	}
	return path, true
}

// code notes the department's own key; one code names one department and one department has one code.
func (p *parser) code(r line, key string) {
	v := p.l.get(r.cells, colUnitCode)
	if v == "" {
		return
	}
	code, ok := parseCode(v)
	if !ok {
		p.fault(r.row, colUnitCode, CodeBadNumber, "value", brief(v))
		return
	}
	u, id := p.tree.units[key], strings.ToLower(code)
	if other, taken := p.tree.codes[id]; taken && other != key {
		p.fault(r.row, colUnitCode, CodeCodeConflict, "code", code, "first", other, "second", key)
		return
	}
	if u.Code != "" && !strings.EqualFold(u.Code, code) {
		p.fault(r.row, colUnitCode, CodeCodeConflict, "code", u.Code+"、"+code, "first", key, "second", key)
		return
	}
	u.Code, p.tree.codes[id] = code, key
}

func parseCode(s string) (string, bool) { return parseNumber(s) }

// claim is a row's word that somebody leads a department.
type claim struct {
	row    int
	key    string // column
	unit   string
	ref    string // who, as the cell says; "" : the row's own person
	number string
	soft   bool // only a superior, not said to lead the department
}

// claim gathers what a row says about leaders. 部门负责人 may hold yes/no or a person; a superior is a hint only.
func (p *parser) claim(r line, x Person) {
	if !p.book.Knows.Leaders || x.Unit == "" {
		return
	}
	for _, key := range []string{colIsLeader, colUnitLeader, colSuperior} {
		v := p.l.get(r.cells, key)
		if v == "" {
			continue
		}
		if yes, ok := parseFlag(v); ok {
			if yes {
				p.claims = append(p.claims, claim{row: r.row, key: key, unit: x.Unit, number: x.Number})
			}
			continue
		}
		if key == colIsLeader {
			p.fault(r.row, key, CodeBadFlag, "value", brief(v))
			continue
		}
		for _, ref := range splitList(v, ";；,，、\n") {
			p.claims = append(p.claims, claim{row: r.row, key: key, unit: x.Unit, ref: ref, number: x.Number, soft: key == colSuperior})
		}
	}
	v := p.l.get(r.cells, colLeads)
	for _, one := range splitList(v, ";；,，\n") {
		if path, ok := p.path(r.row, one); ok {
			p.claims = append(p.claims, claim{row: r.row, key: colLeads, unit: pathKey(path), number: x.Number})
		}
	}
}

// leaders settles the claims: one leader a department, who is in the file and works here.
func (p *parser) leaders() {
	hard := p.l.has(colIsLeader) || p.l.has(colUnitLeader) || p.l.has(colLeads)
	type said struct{ unit, ref string }
	done := map[said]bool{}
	soft := map[string]map[string]bool{} // unit → members of it whom others there name as superior
	for _, c := range p.claims {
		if c.soft && hard {
			continue
		}
		if c.ref != "" {
			if done[said{c.unit, c.ref}] && !c.soft {
				continue
			}
			done[said{c.unit, c.ref}] = true
			n, ok := p.resolve(c)
			if !ok {
				continue
			}
			if c.soft {
				if x := p.book.People[n]; x.Unit == c.unit && x.Active && x.Number != c.number {
					if soft[c.unit] == nil {
						soft[c.unit] = map[string]bool{}
					}
					soft[c.unit][x.Number] = true
				}
				continue
			}
			c.number = p.book.People[n].Number
		}
		p.lead(c)
	}
	p.hints(soft)
}

func (p *parser) lead(c claim) {
	u := p.tree.units[c.unit]
	x := p.book.People[p.number[strings.ToLower(c.number)]]
	switch {
	case u == nil:
		p.fault(c.row, c.key, CodeUnknownUnit, "value", brief(c.unit))
	case !x.Active:
		p.fault(c.row, c.key, CodeLeaderLeft, "value", x.Name, "department", c.unit)
	case u.Leader != "" && u.Leader != x.Number:
		p.fault(c.row, c.key, CodeTwoLeaders, "department", c.unit, "first", u.Leader, "second", x.Number)
	default:
		u.Leader = x.Number
	}
}

// hints takes as leader the member whom the others of a department name as superior, when that is one person only. Where
// several are named the file does not tell, and a guess would give somebody the right to approve: the post stays vacant.
func (p *parser) hints(soft map[string]map[string]bool) {
	for _, key := range p.tree.order {
		u, names := p.tree.units[key], soft[key]
		if u.Leader != "" || len(names) == 0 {
			continue
		}
		if len(names) > 1 {
			p.fs.add(RowFault{Row: u.Row, Column: p.l.title(colSuperior, ""), Field: colSuperior, Code: CodeLeaderUnclear,
				Params: params("department", key), Warning: true})
			continue
		}
		for n := range names {
			u.Leader = n
		}
	}
}

// resolve finds the person a cell means: by staff number, account, 姓名(工号), or a name that only one person has.
func (p *parser) resolve(c claim) (int, bool) {
	ids := []string{c.ref}
	if m := inBrackets.FindStringSubmatch(c.ref); m != nil {
		ids = append(ids, m[2])
	}
	for _, id := range ids {
		id = strings.ToLower(digits(norm.NFKC.String(id)))
		if n, ok := p.number[id]; ok {
			return n, true
		}
		if n, ok := p.account[id]; ok {
			return n, true
		}
	}
	found := p.named[norm.NFC.String(c.ref)]
	if len(found) == 1 {
		return found[0], true
	}
	code := CodeUnknownLeader
	if len(found) > 1 {
		code = CodeAmbiguous
	}
	if c.soft {
		p.warn(c.row, c.key, code, "value", brief(c.ref))
	} else {
		p.fault(c.row, c.key, code, "value", brief(c.ref))
	}
	return 0, false
}
