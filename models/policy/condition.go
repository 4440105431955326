package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// The bounds of a condition. With neither functions nor loops in it, its cost is at most its number of nodes.
const (
	maxCondition      = 1000 // characters
	maxConditionNodes = 200
	conditionMemory   = 10000 // of the expression machine's units
)

// guard admits the few kinds of expression a condition needs. Functions (now and date among them), loops, ranges,
// patterns and arithmetic are refused by not being listed.
type guard struct {
	fault error
	vocab vocabulary
	codes []string // department codes it names, for activation to look up
}

func (g *guard) refuse(code string, params ...any) {
	if g.fault == nil {
		g.fault = wrong(code, params...)
	}
}

func (g *guard) Visit(n *ast.Node) {
	switch x := (*n).(type) {
	case *ast.IdentifierNode:
		if !slices.Contains(g.vocab.names(), x.Value) && !slices.Contains(listFacts, x.Value) {
			g.refuse("condition_name", "value", quote(x.Value, 40))
		}
	case *ast.IntegerNode, *ast.BoolNode, *ast.StringNode, *ast.ConstantNode:
	case *ast.ArrayNode:
		for _, e := range x.Nodes {
			if id, ok := e.(*ast.IdentifierNode); ok && slices.Contains(listFacts, id.Value) {
				g.refuse("condition_list", "name", id.Value)
			}
		}
	case *ast.UnaryNode:
		if x.Operator != "not" && x.Operator != "!" {
			g.refuse("condition_operator", "value", quote(x.Operator, 40))
		}
	case *ast.BinaryNode:
		if !slices.Contains(operators, x.Operator) {
			g.refuse("condition_operator", "value", quote(x.Operator, 40))
		}
		g.lists(x)
		g.known(x.Left, x.Right)
		g.known(x.Right, x.Left)
	default:
		g.refuse("condition_kind")
	}
}

// lists holds the facts that are lists to their one use: a text in them.
func (g *guard) lists(x *ast.BinaryNode) {
	if id, ok := x.Left.(*ast.IdentifierNode); ok && slices.Contains(listFacts, id.Value) {
		g.refuse("condition_list", "name", id.Value)
	}
	id, ok := x.Right.(*ast.IdentifierNode)
	if !ok || !slices.Contains(listFacts, id.Value) {
		return
	}
	value, ok := x.Left.(*ast.StringNode)
	switch {
	case !ok || x.Operator != "in":
		g.refuse("condition_list", "name", id.Value)
	case id.Value != factOwnerUnits:
		g.codes = append(g.codes, value.Value)
	case !slices.Contains(g.vocab.units, value.Value):
		g.unit(value.Value)
	}
}

func (g *guard) unit(value string) {
	if len(g.vocab.units) == 0 {
		g.refuse("condition_no_units", "value", quote(value, 40))
		return
	}
	g.refuse("condition_unit", "value", quote(value, 40), "allowed", strings.Join(g.vocab.units, ", "))
}

// known catches a misspelt type, tier or platform, which would otherwise never match and never be noticed.
func (g *guard) known(name, value ast.Node) {
	id, ok := name.(*ast.IdentifierNode)
	if !ok {
		return
	}
	allowed, ok := g.vocab.values(id.Value)
	if !ok {
		return
	}
	values := []ast.Node{value}
	if list, ok := value.(*ast.ArrayNode); ok {
		values = list.Nodes
	}
	for _, v := range values {
		if s, ok := v.(*ast.StringNode); ok && !slices.Contains(allowed, s.Value) {
			g.refuse("condition_value", "value", quote(s.Value, 40), "name", id.Value, "allowed", strings.Join(allowed, ", "))
		}
	}
}

// condition is a route's condition, checked.
type condition struct {
	source  string
	node    ast.Node    // as written, for questions about what it can match
	program *vm.Program // what runs
	codes   []string    // of the departments it names
}

// String is the condition as the parser understood it, whatever its spaces and needless brackets; empty without one.
func (c *condition) String() string {
	if c == nil {
		return ""
	}
	return c.node.String()
}

// compileCondition turns a route's condition into a program, or says what is wrong with it.
func compileCondition(source string, vocab vocabulary) (c *condition, err error) {
	defer func() {
		if p := recover(); p != nil { // foreign code over foreign input
			c, err = nil, wrong("condition_unclear")
		}
	}()
	if len(source) > maxCondition {
		return nil, wrong("condition_long", "max", maxCondition)
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, wrong("condition_syntax", "detail", firstLine(err))
	}
	g := &guard{vocab: vocab}
	ast.Walk(&tree.Node, g)
	if g.fault != nil {
		return nil, g.fault
	}
	program, err := expr.Compile(source, expr.Env(facts{}), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(maxConditionNodes))
	if err != nil {
		return nil, wrong("condition_syntax", "detail", firstLine(err))
	}
	return &condition{source: source, node: tree.Node, program: program, codes: g.codes}, nil
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
