package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of a condition. With neither functions nor loops in it, its cost is at most its number of nodes.
const (
	maxCondition      = 1000 // characters
	maxConditionNodes = 200
	conditionMemory   = 10000 // of the expression machine's units
)

// facts is all a condition can see. Nothing in it is a text people wrote, a clock or chance.
type facts struct {
	Type        string `expr:"type"`
	Tier        string `expr:"tier"`
	Departments int    `expr:"departments"`
	Members     int    `expr:"members"`
	Outsiders   bool   `expr:"outsiders"`
	Temporary   bool   `expr:"temporary"`
	Existing    bool   `expr:"existing"`
}

func factsOf(f domain.Filing) facts {
	return facts{
		Type: string(f.Type), Tier: string(f.Tier), Departments: len(f.Departments), Members: len(f.Admins) + len(f.Members),
		Outsiders: f.Permissions.InviteOutsiders, Temporary: f.EndsOn != "", Existing: f.Existing,
	}
}

var (
	factNames = []string{"type", "tier", "departments", "members", "outsiders", "temporary", "existing"}
	operators = []string{"==", "!=", "<", "<=", ">", ">=", "and", "or", "&&", "||", "in"}
)

// guard admits the few kinds of expression a condition needs. Functions (now and date among them), loops, ranges,
// patterns and arithmetic are refused by not being listed.
type guard struct{ wrong string }

func (g *guard) refuse(format string, args ...any) {
	if g.wrong == "" {
		g.wrong = fmt.Sprintf(format, args...)
	}
}

func (g *guard) Visit(n *ast.Node) {
	switch x := (*n).(type) {
	case *ast.IdentifierNode:
		if !slices.Contains(factNames, x.Value) {
			g.refuse("unknown name %q", clip(x.Value, 40))
		}
	case *ast.IntegerNode, *ast.BoolNode, *ast.StringNode, *ast.ArrayNode, *ast.ConstantNode:
	case *ast.UnaryNode:
		if x.Operator != "not" && x.Operator != "!" {
			g.refuse("operator %q is not allowed", x.Operator)
		}
	case *ast.BinaryNode:
		if !slices.Contains(operators, x.Operator) {
			g.refuse("operator %q is not allowed", x.Operator)
		}
		g.known(x.Left, x.Right)
		g.known(x.Right, x.Left)
	default:
		g.refuse("only comparisons of the listed names are allowed")
	}
}

// known catches a misspelt type or tier, which would otherwise never match and never be noticed.
func (g *guard) known(name, value ast.Node) {
	id, ok := name.(*ast.IdentifierNode)
	if !ok {
		return
	}
	var allowed []string
	switch id.Value {
	case "type":
		for _, t := range domain.GroupTypes {
			allowed = append(allowed, string(t))
		}
	case "tier":
		for _, t := range domain.Tiers {
			allowed = append(allowed, string(t))
		}
	default:
		return
	}
	values := []ast.Node{value}
	if list, ok := value.(*ast.ArrayNode); ok {
		values = list.Nodes
	}
	for _, v := range values {
		if s, ok := v.(*ast.StringNode); ok && !slices.Contains(allowed, s.Value) {
			g.refuse("%q is no %s; there are %s", clip(s.Value, 40), id.Value, strings.Join(allowed, ", "))
		}
	}
}

// condition is a route's condition, checked.
type condition struct {
	source  string
	node    ast.Node    // as written, for questions about what it can match
	program *vm.Program // what runs
}

// compileCondition turns a route's condition into a program, or says what is wrong with it.
func compileCondition(source string) (c *condition, err error) {
	defer func() {
		if p := recover(); p != nil { // foreign code over foreign input
			c, err = nil, fmt.Errorf("it cannot be understood")
		}
	}()
	if len(source) > maxCondition {
		return nil, fmt.Errorf("it is longer than %d characters", maxCondition)
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, firstLine(err)
	}
	g := &guard{}
	ast.Walk(&tree.Node, g)
	if g.wrong != "" {
		return nil, fmt.Errorf("%s", g.wrong)
	}
	program, err := expr.Compile(source, expr.Env(facts{}), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(maxConditionNodes))
	if err != nil {
		return nil, firstLine(err)
	}
	return &condition{source: source, node: tree.Node, program: program}, nil
}

func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("%s", clip(line, 160))
}

// holds runs a condition. A condition that fails to run is an error, never a silent no.
func (c *condition) holds(f facts) (bool, error) {
	if c == nil {
		return true, nil
	}
	machine := vm.VM{MemoryBudget: conditionMemory}
	out, err := machine.Run(c.program, f)
	if err != nil {
		return false, firstLine(err)
	}
	yes, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("the condition gives no yes or no")
	}
	return yes, nil
}
