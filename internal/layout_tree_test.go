package internal_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A tree is the module as the rules see it: every Go file, and the texts in
// which lessons and rooms can be named.
type tree struct {
	module  string
	files   []file
	docs    map[string]string // Markdown by path
	tests   map[string]string // test code and scripts by path
	lessons []string          // folders of lessons, such as scenarios/02-veth-pair
}

type file struct {
	path  string // internal/op/op.go
	dir   string // internal/op
	test  bool
	lines int
	ast   *ast.File
}

// An imported package and the name under which the file uses it.
type imported struct{ name, path string }

func (f file) imports() []imported {
	var all []imported
	for _, spec := range f.ast.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		all = append(all, imported{name, p})
	}
	return all
}

// load reads a module. Test data is read for the names in it, never as code.
func load(fsys fs.FS) (*tree, error) {
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	t := &tree{docs: map[string]string{}, tests: map[string]string{}}
	for line := range strings.Lines(string(mod)) {
		if m, ok := strings.CutPrefix(line, "module "); ok {
			t.module = strings.TrimSpace(m)
		}
	}
	if t.module == "" {
		return nil, errors.New("go.mod names no module")
	}
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || p == "bin"):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		return t.add(fsys, p)
	})
	return t, err
}

func (t *tree) add(fsys fs.FS, p string) error {
	if path.Base(p) == "scenario.yaml" && !inTestdata(p) {
		t.lessons = append(t.lessons, path.Dir(p))
	}
	ext := path.Ext(p)
	if !slices.Contains([]string{".go", ".md", ".txt", ".txtar"}, ext) {
		return nil
	}
	src, err := fs.ReadFile(fsys, p)
	if err != nil {
		return err
	}
	switch {
	case inTestdata(p):
		t.tests[p] = string(src)
	case ext == ".md":
		t.docs[p] = string(src)
	case ext == ".go":
		return t.addGo(p, src)
	}
	return nil
}

func (t *tree) addGo(p string, src []byte) error {
	parsed, err := parser.ParseFile(token.NewFileSet(), p, src, parser.ParseComments)
	if err != nil {
		return err
	}
	test := strings.HasSuffix(p, "_test.go")
	if test {
		t.tests[p] = string(src)
	}
	t.files = append(t.files, file{
		path: p, dir: path.Dir(p), test: test, ast: parsed, lines: strings.Count(string(src), "\n"),
	})
	return nil
}

func inTestdata(p string) bool {
	return slices.Contains(strings.Split(p, "/"), "testdata")
}

// packages are the folders that hold more than tests, each once, in order.
func (t *tree) packages() []string {
	var dirs []string
	for _, f := range t.files {
		if !f.test && !slices.Contains(dirs, f.dir) {
			dirs = append(dirs, f.dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}
