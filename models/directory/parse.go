package directory

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/qunbei/qunbei/models/domain"
)

// Limits of one value, in characters.
const (
	maxPersonName = 64
	maxUnitName   = 64
	maxPost       = 64
	maxDepth      = 12
)

// Parse reads an address book: CSV (UTF-8, UTF-16 or GB18030) or XLSX, as WeCom, DingTalk or Feishu export it or as
// our template has it. Columns are known by their headings in any order; others are passed over, as are titles and
// notes above the headings. The faults list everything wrong by row and column; the book holds the rows all the same,
// for a preview, and must not be used while Blocking(faults). The error is a *FileError: nothing could be read.
func Parse(name string, data []byte) (Book, []RowFault, error) {
	sheets, err := open(name, data, MaxRows)
	if err != nil {
		return Book{}, nil, err
	}
	l, rows, ok := pick(sheets, bookHeadings, colName, colDepartment)
	if !ok {
		return Book{}, nil, &FileError{CodeNoHeader, params("columns", "工号、姓名、部门")}
	}
	if len(rows) == 0 {
		return Book{}, nil, &FileError{Code: CodeNoRows}
	}
	if len(rows) > MaxRows {
		return Book{}, nil, &FileError{CodeTooManyRows, params("max", strconv.Itoa(MaxRows))}
	}
	p := newParser(l, rows)
	for _, r := range rows {
		p.person(r)
	}
	if len(p.tree.order) > MaxUnits {
		return Book{}, nil, &FileError{CodeTooManyUnits, params("max", strconv.Itoa(MaxUnits))}
	}
	p.contacts()
	p.leaders()
	p.book.Units = p.tree.list()
	return p.book, p.fs.all(), nil
}

// pick chooses the sheet whose headings fit best and returns the rows below them.
func pick(sheets []sheet, known map[string]string, need ...string) (layout, table, bool) {
	for _, partly := range []bool{false, true} {
		for _, s := range sheets {
			l, ok := findHeadings(s.rows, known, need...)
			complete := !slices.ContainsFunc(need, func(k string) bool { return !l.has(k) })
			if ok && (complete || partly) {
				return l, s.rows[l.row+1:], true
			}
		}
	}
	return layout{}, nil, false
}

// parser holds what a file has said so far.
type parser struct {
	l       layout
	book    Book
	fs      faults
	key     string // the column of the staff number: 工号, or the account where that is empty throughout
	tree    *tree
	dash    bool // department paths are written A-B-C (DingTalk)
	seen    map[string]int
	number  map[string]int   // staff number, lower case → index in book.People
	account map[string]int   // platform account, lower case → index
	named   map[string][]int // name → indices
	claims  []claim
}

func newParser(l layout, rows table) *parser {
	p := &parser{
		l: l, tree: newTree(), seen: map[string]int{}, number: map[string]int{}, account: map[string]int{}, named: map[string][]int{},
	}
	p.book.Format = formatOf(l)
	own := p.book.Format == FormatTemplate || p.book.Format == FormatOther
	p.book.Knows = Knows{
		Post: l.has(colPost), Email: l.has(colEmail) || l.has(colOwnEmail), Mobile: l.has(colMobile), Roles: l.has(colRole) && own,
		Leaders: l.has(colIsLeader) || l.has(colUnitLeader) || l.has(colLeads) || l.has(colSuperior),
		Status:  l.has(colStatus) || l.has(colDisabled) || l.has(colActivation),
	}
	p.key = colNumber
	empty := func(key string) bool {
		return !slices.ContainsFunc(rows, func(r line) bool { v := l.get(r.cells, key); return v != "" })
	}
	if l.has(colAccount) && empty(colNumber) {
		p.key = colAccount
	}
	p.dash = p.book.Format == FormatDingTalk &&
		!slices.ContainsFunc(rows, func(r line) bool { v := l.get(r.cells, colDepartment); return strings.Contains(v, "/") })
	for _, need := range []struct{ key, title string }{{p.key, "工号"}, {colName, "姓名"}, {colDepartment, "部门"}} {
		if !l.has(need.key) && !(need.key == colDepartment && l.has(colMainUnit)) {
			p.fs.add(RowFault{Column: need.title, Field: need.key, Code: CodeColumnMissing})
		}
	}
	return p
}

var defaultTitle = map[string]string{
	colNumber: "工号", colAccount: "帐号", colName: "姓名", colDepartment: "部门", colMainUnit: "主部门", colUnitCode: "部门编号", colPost: "职务",
	colEmail: "邮箱", colMobile: "手机", colIsLeader: "是否部门负责人", colRole: "角色", colStatus: "状态",
}

func (p *parser) fault(row int, key, code string, kv ...string) {
	p.fs.add(RowFault{Row: row, Column: p.l.title(key, defaultTitle[key]), Field: key, Code: code, Params: params(kv...)})
}

func (p *parser) warn(row int, key, code string, kv ...string) {
	p.fs.add(RowFault{Row: row, Column: p.l.title(key, defaultTitle[key]), Field: key, Code: code, Params: params(kv...), Warning: true})
}

// person reads one row.
func (p *parser) person(r line) {
	if note(r, p.l) {
		return
	}
	x := Person{Row: r.row, Active: p.active(r)}
	x.Name = p.words(r, colName, maxPersonName, true)
	if p.book.Knows.Post {
		x.Post = p.words(r, colPost, maxPost, false)
	}
	x.Unit = p.unit(r)
	if v := p.l.get(r.cells, colEmail, colOwnEmail); v != "" {
		var ok bool
		if x.Email, ok = parseEmail(v); !ok {
			p.fault(r.row, colEmail, CodeBadEmail, "value", brief(v))
		}
	}
	if v := p.l.get(r.cells, colMobile); v != "" {
		var ok bool
		if x.Mobile, ok = parseMobile(v); !ok {
			p.fault(r.row, colMobile, CodeBadMobile, "value", brief(v))
		}
	}
	if v := p.l.get(r.cells, colRole); v != "" && p.book.Knows.Roles {
		x.Roles = p.roles(r.row, v)
	}
	v := p.l.get(r.cells, p.key)
	if v == "" {
		p.fault(r.row, p.key, CodeRequired)
		return
	}
	var ok bool
	if x.Number, ok = parseNumber(v); !ok {
		p.fault(r.row, p.key, CodeBadNumber, "value", brief(v))
		return
	}
	id := strings.ToLower(x.Number)
	if first, dup := p.seen[id]; dup {
		p.fault(r.row, p.key, CodeDuplicate, "number", x.Number, "row", strconv.Itoa(first))
		return
	}
	p.seen[id] = r.row
	n := len(p.book.People)
	p.number[id] = n
	if a := p.l.get(r.cells, colAccount); a != "" {
		p.account[strings.ToLower(digits(a))] = n
	}
	p.named[x.Name] = append(p.named[x.Name], n)
	p.book.People = append(p.book.People, x)
	p.claim(r, x)
}

// note tells whether a row is an explanation or an example total, not a person.
func note(r line, l layout) bool {
	filled, first := 0, ""
	for _, c := range r.cells {
		if c = clean(c); c != "" {
			if filled++; first == "" {
				first = c
			}
		}
	}
	if filled > 1 {
		return false
	}
	if v := l.get(r.cells, colName); v != "" {
		return false
	}
	for _, p := range []string{"填写须知", "填写说明", "注意", "说明", "备注", "合计", "导出时间", "共", "注："} {
		if strings.HasPrefix(first, p) {
			return true
		}
	}
	return false
}

// words reads a one-line text.
func (p *parser) words(r line, key string, limit int, required bool) string {
	v := p.l.get(r.cells, key)
	if v == "" {
		if required {
			p.fault(r.row, key, CodeRequired)
		}
		return ""
	}
	if h := hidden(v); h != "" {
		p.fault(r.row, key, CodeHidden, "character", h)
		return ""
	}
	if utf8.RuneCountInString(v) > limit {
		p.fault(r.row, key, CodeTooLong, "max", strconv.Itoa(limit))
		return string([]rune(v)[:limit])
	}
	return norm.NFC.String(v)
}

func (p *parser) roles(row int, v string) []domain.Role {
	var out []domain.Role
	for _, name := range splitList(v, ";；,，、|\n") {
		role, ok := parseRole(name)
		if !ok {
			p.fault(row, colRole, CodeUnknownRole, "value", brief(name), "allowed", roleList())
			continue
		}
		if role != domain.RoleEmployee && !slices.Contains(out, role) { // every active person is an employee
			out = append(out, role)
		}
	}
	return sortRoles(out)
}

func sortRoles(roles []domain.Role) []domain.Role {
	slices.SortFunc(roles, func(a, b domain.Role) int { return slices.Index(domain.Roles, a) - slices.Index(domain.Roles, b) })
	return roles
}

// active reads what the columns of status say; where one says left or disabled, that counts.
func (p *parser) active(r line) bool {
	active := true
	if v := p.l.get(r.cells, colStatus); v != "" {
		a, ok := parseStatus(v)
		if !ok {
			p.fault(r.row, colStatus, CodeUnknown, "value", brief(v), "allowed", "在职、离职")
		}
		active = active && (a || !ok)
	}
	if v := p.l.get(r.cells, colDisabled); v != "" {
		yes, flag := parseFlag(v)
		a, ok := parseStatus(v)
		switch {
		case v == "未禁用":
		case flag:
			active = active && !yes
		case ok:
			active = active && a
		default:
			p.fault(r.row, colDisabled, CodeUnknown, "value", brief(v), "allowed", "启用、禁用")
		}
	}
	if v := p.l.get(r.cells, colActivation); v != "" {
		if a, ok := parseStatus(v); ok && !a && v != "1" {
			active = false
		}
	}
	return active
}

// contacts warns of an address or number that two people share: often a slip, sometimes meant.
func (p *parser) contacts() {
	mails, phones := map[string]int{}, map[string]int{}
	twice := func(seen map[string]int, v, key string, row int) {
		if v == "" {
			return
		}
		if first, ok := seen[v]; ok {
			p.warn(row, key, CodeSharedContact, "row", strconv.Itoa(first))
			return
		}
		seen[v] = row
	}
	for _, x := range p.book.People {
		twice(mails, strings.ToLower(x.Email), colEmail, x.Row)
		twice(phones, x.Mobile, colMobile, x.Row)
	}
}
