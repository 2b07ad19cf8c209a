package internal_test

import (
	"fmt"
	"go/ast"
	"slices"
)

// visible: not a method of a private type, and not one whose contract
// is written elsewhere.
func visible(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	if slices.Contains([]string{"Error", "Unwrap", "String"}, d.Name.Name) {
		return false
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if generic, ok := t.(*ast.IndexExpr); ok {
		t = generic.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

// checkDocs finds exported names without a doc comment. A comment on a group
// of constants or variables is one for each of them.
func (r rules) checkDocs(t *tree) (bad []string) {
	for _, f := range t.files {
		if f.test {
			continue
		}
		for _, name := range undocumented(f.ast) {
			bad = append(bad, fmt.Sprintf("%s: %s has no doc comment", f.path, name))
		}
	}
	return bad
}

func undocumented(f *ast.File) (names []string) {
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && visible(d) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if d.Doc == nil {
					names = append(names, undocumentedSpec(spec)...)
				}
			}
		}
	}
	return names
}

func undocumentedSpec(spec ast.Spec) (names []string) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Doc == nil && s.Comment == nil && s.Name.IsExported() {
			names = append(names, s.Name.Name)
		}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if s.Doc == nil && s.Comment == nil && n.IsExported() {
				names = append(names, n.Name)
			}
		}
	}
	return names
}
