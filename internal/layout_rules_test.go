package internal_test

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

type rules struct {
	rooms    []room
	never    []never
	doors    []door
	names    []name
	impure   []string // imports that a pure room does without
	badNames []string // package names that say nothing
	maxLines int
	initIn   string // the one package with an init
	roomsIn  string // the document that names every room
	lessons  string // the folder of lessons
}

// A room is a package and whether it is pure: values in, values out.
type room struct {
	path string
	pure bool
}

// never forbids an import that the order of the rooms would allow.
type never struct{ from, to, why string }

// A door is where a dependency comes in. No rooms: only tests use it.
type door struct {
	path  string
	rooms []string
	why   string
}

// A name is used in its places only.
type name struct {
	names  []string
	places []place
	why    string
}

// A place is a package or a file, with the reason for the exception.
type place struct{ path, why string }

// check returns a sentence for every rule that is broken, and for every rule
// that has nothing left to rule.
func (r rules) check(t *tree) []string {
	var all []string
	for _, rule := range []func(*tree) []string{
		r.checkRooms, r.checkRoomTable, r.checkOrder, r.checkNever, r.checkPure, r.checkDoors, r.checkNames,
		r.checkInit, r.checkPackages, r.checkDocs, r.checkLength, r.checkLessons,
	} {
		all = append(all, rule(t)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r rules) rank(dir string) int {
	return slices.IndexFunc(r.rooms, func(m room) bool { return m.path == dir })
}

func (r rules) checkRooms(t *tree) (bad []string) {
	dirs := t.packages()
	for _, m := range r.rooms {
		if !slices.Contains(dirs, m.path) {
			bad = append(bad, m.path+": stands in the table of rooms and does not exist")
		}
	}
	for _, dir := range dirs {
		if r.rank(dir) < 0 {
			bad = append(bad, dir+": does not stand in the table of rooms")
		}
	}
	return bad
}

// checkRoomTable: the document has a row for each room, in the same order,
// which says whether the room is pure.
func (r rules) checkRoomTable(t *tree) (bad []string) {
	var said []room
	for line := range strings.Lines(t.docs[r.roomsIn]) {
		if cells := strings.Split(line, "|"); strings.HasPrefix(line, "| `") && len(cells) == 5 {
			said = append(said, room{strings.Trim(cells[1], " `"), strings.TrimSpace(cells[3]) == "yes"})
		}
	}
	for i, m := range r.rooms {
		m.path = strings.TrimPrefix(m.path, "internal/")
		if i >= len(said) || said[i] != m {
			return []string{fmt.Sprintf("%s: row %d of the table of rooms must be `%s`, pure: %v", r.roomsIn, i+1, m.path, m.pure)}
		}
	}
	if len(said) > len(r.rooms) {
		bad = append(bad, fmt.Sprintf("%s: `%s` is not a room", r.roomsIn, said[len(r.rooms)].path))
	}
	return bad
}

// eachImport calls f for every import of a file that is not a test.
func (t *tree) eachImport(f func(from file, to string)) {
	for _, file := range t.files {
		if file.test {
			continue
		}
		for _, i := range file.imports() {
			f(file, i.path)
		}
	}
}

// own returns the room of an import path of this module.
func (t *tree) own(importPath string) (string, bool) {
	return strings.CutPrefix(importPath, t.module+"/")
}

func (r rules) checkOrder(t *tree) (bad []string) {
	for _, f := range t.files {
		if slices.ContainsFunc(f.imports(), func(i imported) bool { return i.name == "." }) {
			bad = append(bad, f.path+": imports with a dot, which hides where a name comes from")
		}
	}
	t.eachImport(func(from file, to string) {
		dir, own := t.own(to)
		if own && r.rank(dir) >= r.rank(from.dir) {
			bad = append(bad, fmt.Sprintf("%s: imports %s, which is not above it in the table of rooms", from.path, dir))
		}
	})
	return bad
}

func (r rules) checkNever(t *tree) (bad []string) {
	for _, n := range r.never {
		if r.rank(n.from) <= r.rank(n.to) || r.rank(n.to) < 0 {
			bad = append(bad, fmt.Sprintf("never %s to %s: forbids nothing that the order allows", n.from, n.to))
		}
	}
	t.eachImport(func(from file, to string) {
		dir, _ := t.own(to)
		for _, n := range r.never {
			if n.from == from.dir && n.to == dir {
				bad = append(bad, fmt.Sprintf("%s: imports %s: %s", from.path, dir, n.why))
			}
		}
	})
	return bad
}

func (r rules) checkPure(t *tree) (bad []string) {
	pure := func(dir string) bool { i := r.rank(dir); return i >= 0 && r.rooms[i].pure }
	if !slices.ContainsFunc(r.rooms, func(m room) bool { return m.pure }) {
		bad = append(bad, "no room is pure")
	}
	t.eachImport(func(from file, to string) {
		if !pure(from.dir) {
			return
		}
		if dir, own := t.own(to); own && !pure(dir) {
			bad = append(bad, fmt.Sprintf("%s: is pure and imports %s, which is not", from.path, dir))
		}
		if slices.ContainsFunc(r.impure, func(p string) bool { return to == p || external(p) && within(to, p) }) {
			bad = append(bad, fmt.Sprintf("%s: is pure and imports %s", from.path, to))
		}
	})
	return bad
}

// within says that a path is the other one or below it.
func within(p, top string) bool { return p == top || strings.HasPrefix(p, top+"/") }

// external: an import path whose first part has a dot is not the standard library's.
func external(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return strings.Contains(first, ".")
}

func (r rules) checkDoors(t *tree) (bad []string) {
	used := map[string]bool{}
	for _, f := range t.files {
		for _, imp := range f.imports() {
			i := slices.IndexFunc(r.doors, func(d door) bool { return within(imp.path, d.path) })
			if i < 0 && external(imp.path) {
				bad = append(bad, fmt.Sprintf("%s: imports %s, which has no door", f.path, imp.path))
			}
			if i < 0 {
				continue
			}
			d := r.doors[i]
			used[d.path] = true
			used[d.path+" "+f.dir] = true
			if !f.test && !slices.Contains(d.rooms, f.dir) {
				bad = append(bad, fmt.Sprintf("%s: imports %s, whose door is %s: %s", f.path, imp.path, listed(d.rooms), d.why))
			}
		}
	}
	return append(bad, r.unusedDoors(used)...)
}

func (r rules) unusedDoors(used map[string]bool) (bad []string) {
	for _, d := range r.doors {
		if len(d.rooms) == 0 && !used[d.path] {
			bad = append(bad, fmt.Sprintf("door of %s: nobody uses it", d.path))
		}
		for _, m := range d.rooms {
			if !used[d.path+" "+m] {
				bad = append(bad, fmt.Sprintf("door of %s: %s does not use it", d.path, m))
			}
		}
	}
	return bad
}

func listed(rooms []string) string {
	if len(rooms) == 0 {
		return "tests only"
	}
	return strings.Join(rooms, ", ")
}

func (r rules) checkNames(t *tree) (bad []string) {
	used := map[string]bool{}
	for _, f := range t.files {
		if f.test && path.Dir(f.path) == "internal" {
			continue // these files hold the names as text only
		}
		for _, n := range r.names {
			for _, found := range f.uses(n.names) {
				where := n.placeOf(f)
				used[n.names[0]+" "+where] = true
				if where == "" && !(f.test && testMay(found)) {
					bad = append(bad, fmt.Sprintf("%s: uses %s: %s", f.path, found, n.why))
				}
			}
		}
	}
	for _, n := range r.names {
		for _, p := range n.places {
			if !used[n.names[0]+" "+p.path] {
				bad = append(bad, fmt.Sprintf("%s: is excepted for %s and does not use it", p.path, n.names[0]))
			}
		}
	}
	return bad
}

// testMay: a test binary is a program of its own, with streams and an end.
// It has no excuse for sleeping.
func testMay(name string) bool { return name != "time.Sleep" }

func (n name) placeOf(f file) string {
	for _, p := range n.places {
		if p.path == f.path || p.path == f.dir {
			return p.path
		}
	}
	return ""
}

// uses returns which of the names the file uses, such as os.Exit, under
// whatever name it imports the package.
func (f file) uses(names []string) []string {
	var found []string
	imports := f.imports()
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		i := slices.IndexFunc(imports, func(i imported) bool { return i.name == x.Name })
		if i < 0 {
			return true
		}
		if full := path.Base(imports[i].path) + "." + sel.Sel.Name; slices.Contains(names, full) {
			found = append(found, full)
		}
		return true
	})
	return found
}

func (r rules) checkInit(t *tree) (bad []string) {
	found := 0
	for _, f := range t.files {
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || f.test || fn.Recv != nil || fn.Name.Name != "init" {
				continue
			}
			if found++; f.dir != r.initIn || found > 1 {
				bad = append(bad, f.path+": has an init: what runs before main cannot be tested or left out")
			}
		}
	}
	if found == 0 {
		bad = append(bad, r.initIn+": lacks the init that keeps main on its thread")
	}
	return bad
}

func (r rules) checkPackages(t *tree) (bad []string) {
	documented := map[string]bool{}
	for _, f := range t.files {
		if slices.Contains(r.badNames, f.ast.Name.Name) || slices.Contains(r.badNames, path.Base(f.dir)) {
			bad = append(bad, fmt.Sprintf("%s: the package's name %q says nothing", f.path, f.ast.Name.Name))
		}
		if !f.test && startsWell(f.ast) {
			documented[f.dir] = true
		}
	}
	for _, dir := range t.packages() {
		if !documented[dir] {
			bad = append(bad, dir+`: lacks a package comment that starts "Package …" or "Command …"`)
		}
	}
	return bad
}

func startsWell(f *ast.File) bool {
	doc := f.Doc.Text()
	return strings.HasPrefix(doc, "Package "+f.Name.Name+" ") || f.Name.Name == "main" && strings.HasPrefix(doc, "Command ")
}

func (r rules) checkLength(t *tree) (bad []string) {
	for _, f := range t.files {
		if f.lines > r.maxLines {
			bad = append(bad, fmt.Sprintf("%s: has %d lines, the limit is %d", f.path, f.lines, r.maxLines))
		}
	}
	return bad
}

func (r rules) checkLessons(t *tree) (bad []string) {
	if !slices.ContainsFunc(t.lessons, func(dir string) bool { return within(dir, r.lessons) }) {
		bad = append(bad, r.lessons+": holds no lesson")
	}
	for _, dir := range t.lessons {
		name := regexp.MustCompile(`^[0-9]+-`).ReplaceAllString(path.Base(dir), "")
		for _, in := range []struct {
			what  string
			texts map[string]string
		}{{"test", t.tests}, {"document", t.docs}} {
			if !namedInAny(in.texts, name) {
				bad = append(bad, fmt.Sprintf("%s: no %s names %q", dir, in.what, name))
			}
		}
	}
	return bad
}

func namedInAny(texts map[string]string, name string) bool {
	for _, text := range texts {
		if names(text, name) {
			return true
		}
	}
	return false
}

// names says that the text has the name as a whole word: "bridge-host" does
// not name "bridge".
func names(text, name string) bool {
	return regexp.MustCompile(`(^|[^a-z0-9-])` + regexp.QuoteMeta(name) + `($|[^a-z0-9-])`).MatchString(text)
}
