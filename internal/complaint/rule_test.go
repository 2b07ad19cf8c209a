package complaint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestNoRuleIsWrittenTwice: a rule of rule.go stands in no other file as text, here
// or in the hints of package kernel, and each is used by somebody.
func TestNoRuleIsWrittenTwice(t *testing.T) {
	rules := map[string]string{} // text by name
	used := map[string]bool{}
	var files []string
	for _, pattern := range []string{"*.go", "../kernel/hint*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		for _, path := range found {
			if !strings.HasSuffix(path, "_test.go") {
				files = append(files, path)
			}
		}
	}
	for _, path := range files {
		file := parse(t, path)
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && path == "rule.go" {
				rules[spec.Names[0].Name], _ = strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				return false
			}
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
	}
	const fewest = 25
	if len(rules) < fewest {
		t.Fatalf("only %d rules", len(rules))
	}
	for name, text := range rules {
		if !used[name] {
			t.Errorf("nobody uses the rule %s", name)
		}
		for _, path := range files {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if path != "rule.go" && strings.Contains(string(b), text) {
				t.Errorf("%s writes the rule %s out: %s", path, name, text)
			}
		}
	}
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
