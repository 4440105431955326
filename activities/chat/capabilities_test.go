package chat_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/qunbei/qunbei/models/policy"
)

// What a policy may demand of platforms is what the port can name: two lists in two layers that must not drift apart.
func TestPoliciesKnowEveryCapability(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "chat.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "Capability" {
			if s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value); err == nil {
				names = append(names, s)
			}
		}
		return true
	})
	if !slices.Equal(names, policy.Capabilities) {
		t.Errorf("the port has %v,\npolicies know %v", names, policy.Capabilities)
	}
}
