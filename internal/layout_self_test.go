package internal_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// small are rules for the module that sound makes.
func small() rules {
	return rules{
		rooms: []room{{path: "internal/val", pure: true}, {path: "internal/act"}, {path: "internal/show"}, {path: "cmd/it"}},
		never: []never{{"internal/show", "internal/act", "it shows what it is told"}},
		doors: []door{
			{"example.org/net", []string{"internal/act"}, "one room acts"},
			{"example.org/cmp", nil, "it is big"},
		},
		names: []name{
			{[]string{"os.Stdout"}, []place{{"internal/show", "it shows"}}, "printing has one place"},
			{[]string{"time.Sleep"}, nil, "wait for the event"},
		},
		impure:   []string{"os", "example.org/sys"},
		badNames: []string{"utils"},
		maxLines: 20,
		initIn:   "cmd/it",
		roomsIn:  "docs/ROOMS.md",
		lessons:  "lessons",
	}
}

const table = "| room | for | pure |\n|---|---|---|\n| `val` | values | yes |\n| `act` | acts | |\n| `show` | shows | |\n| `cmd/it` | main | |\n"

// sound is a module that breaks no rule of small.
func sound() map[string]string {
	return map[string]string{
		"go.mod":                         "module m\n",
		"cmd/it/main.go":                 "// Command it is it.\npackage main\nimport \"m/internal/show\"\nfunc init() {}\nfunc main() { show.Show() }\n",
		"internal/val/val.go":            "// Package val is values.\npackage val\n",
		"internal/val/val_test.go":       "package val\nimport _ \"example.org/cmp\"\nvar lesson = \"first\"\n",
		"internal/act/act.go":            "// Package act acts.\npackage act\nimport (\n_ \"example.org/net/x\"\n_ \"m/internal/val\"\n)\n",
		"internal/show/show.go":          "// Package show shows.\npackage show\nimport \"os\"\n// Show shows.\nfunc Show() { os.Stdout.Sync() }\n",
		"docs/ROOMS.md":                  "Lessons: first.\n\n" + table,
		"lessons/01-first/scenario.yaml": "",
		"internal/val/testdata/odd.go":   "not Go",
	}
}

func findings(t *testing.T, r rules, files map[string]string) []string {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return r.check(tr)
}

func TestASoundModuleBreaksNoRule(t *testing.T) {
	if bad := findings(t, small(), sound()); len(bad) > 0 {
		t.Errorf("a sound module has findings:\n%s", strings.Join(bad, "\n"))
	}
}

// A rule that cannot fail is no rule: each row breaks one.
func TestEachRuleFailsForAModuleThatBreaksIt(t *testing.T) {
	const val, act, show, main = "internal/val/more.go", "internal/act/more.go", "internal/show/more.go", "cmd/it/more.go"
	for _, c := range []struct {
		name, path, text, want string
	}{
		{"an import goes up", val, "package val\nimport _ \"m/internal/act\"", "internal/act, which is not above it"},
		{"an import is forbidden by name", show, "package show\nimport _ \"m/internal/act\"", "it shows what it is told"},
		{"an import has a dot", show, "package show\nimport . \"strings\"", "imports with a dot"},
		{"a test has an import with a dot", "internal/show/x_test.go", "package show\nimport . \"strings\"", "imports with a dot"},
		{"a pure room has an effect", val, "package val\nimport _ \"os\"", "is pure and imports os"},
		{"a pure room has an effect from outside", val, "package val\nimport _ \"example.org/sys/unix\"", "is pure and imports example.org/sys/unix"},
		{"a dependency has no door", act, "package act\nimport _ \"example.org/other\"", "which has no door"},
		{"a test's dependency has no door", "internal/act/x_test.go", "package act\nimport _ \"example.org/other\"", "which has no door"},
		{"a dependency comes in by another door", show, "package show\nimport _ \"example.org/net\"", "whose door is internal/act: one room acts"},
		{"a test's dependency is in the program", show, "package show\nimport _ \"example.org/cmp\"", "whose door is tests only"},
		{"a name is used outside its place", act, "package act\nimport \"os\"\nvar x = os.Stdout", "uses os.Stdout: printing has one place"},
		{"a renamed import hides a name", act, "package act\nimport system \"os\"\nvar x = system.Stdout", "uses os.Stdout"},
		{"a name has no place", act, "package act\nimport \"time\"\nfunc f() { time.Sleep(1) }", "uses time.Sleep"},
		{"a test sleeps", "internal/act/x_test.go", "package act\nimport \"time\"\nfunc f() { time.Sleep(1) }", "uses time.Sleep"},
		{"a room has an init", act, "package act\nfunc init() {}", "internal/act/more.go: has an init"},
		{"the main package has two inits", main, "package main\nfunc init() {}", "has an init"},
		{"a package's name says nothing", "internal/utils/u.go", "// Package utils is all.\npackage utils", `name "utils" says nothing`},
		{"a folder's name says nothing", "internal/utils/u.go", "// Package u is all.\npackage u", `says nothing`},
		{"a package is not in the table", "internal/new/n.go", "// Package new is new.\npackage new", "internal/new: does not stand in the table"},
		{"a room is not in the document", "docs/ROOMS.md", "first\n| `act` | acts | |\n", "docs/ROOMS.md: row 1 of the table of rooms must be `val`, pure: true"},
		{"the document calls a room pure that is not", "docs/ROOMS.md", strings.Replace(table, "acts | |", "acts | yes |", 1), "row 2 of the table of rooms must be `act`, pure: false"},
		{"the document lacks the last room", "docs/ROOMS.md", strings.Replace(table, "| `cmd/it` | main | |\n", "", 1), "row 4 of the table of rooms must be `cmd/it`"},
		{"the document has a room too many", "docs/ROOMS.md", table + "| `old` | gone | |\n", "`old` is not a room"},
		{"a package has no comment", "internal/val/val.go", "package val", "internal/val: lacks a package comment"},
		{"a package's comment is of another", "internal/val/val.go", "// Package old is old.\npackage val", "internal/val: lacks a package comment"},
		{"a room of the table is gone", "internal/act/act.go", "", "internal/act: stands in the table of rooms and does not exist"},
		{"a function has no comment", act, "package act\nfunc Do() {}", "Do has no doc comment"},
		{"a method has no comment", act, "package act\n// T is one.\ntype T int\nfunc (*T) Do() {}", "Do has no doc comment"},
		{"a generic method has no comment", act, "package act\n// T is one.\ntype T[P any] struct{}\nfunc (*T[P]) Do() {}", "Do has no doc comment"},
		{"a type has no comment", act, "package act\ntype T int", "T has no doc comment"},
		{"a constant has no comment", act, "package act\nconst (\n\tA = 1 // one\n\tB = 2\n)", "B has no doc comment"},
		{"a file is long", act, "package act\n" + strings.Repeat("\n", 20), "has 21 lines"},
		{"a lesson is in no test", "internal/val/val_test.go", "package val\nimport _ \"example.org/cmp\"\n", `no test names "first"`},
		{"a lesson is in no document", "docs/ROOMS.md", "Lessons: first-aid.\n" + table, `no document names "first"`},
		{"there is no lesson", "lessons/01-first/scenario.yaml", "", "lessons: holds no lesson"},
		{"nobody has the init", "cmd/it/main.go", "// Command it is it.\npackage main\nfunc main() {}", "lacks the init"},
		{"a room does not use its door", "internal/act/act.go", "// Package act acts.\npackage act", "internal/act does not use it"},
		{"no test uses its dependency", "internal/val/val_test.go", "package val\nvar lesson = \"first\"", "door of example.org/cmp: nobody uses it"},
		{"an exception is not used", "internal/show/show.go", "// Package show shows.\npackage show\n// Show shows.\nfunc Show() {}", "is excepted for os.Stdout and does not use it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := sound()
			if files[c.path] = c.text; c.text == "" {
				delete(files, c.path)
			}
			expect(t, findings(t, small(), files), c.want)
		})
	}
}

func TestARuleThatRulesNothingIsFound(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*rules)
		want   string
	}{
		{"no room is pure", func(r *rules) { r.rooms[0].pure = false }, "no room is pure"},
		{"a forbidden import that the order forbids", func(r *rules) { r.never[0] = never{"internal/val", "internal/act", ""} }, "forbids nothing"},
		{"a forbidden import of a room that is gone", func(r *rules) { r.never[0].to = "internal/gone" }, "forbids nothing"},
		{"a forbidden import by a room that is gone", func(r *rules) { r.never[0].from = "internal/gone" }, "forbids nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := small()
			c.change(&r)
			expect(t, findings(t, r, sound()), c.want)
		})
	}
}

func TestWhatNeedsNoCommentIsLeftAlone(t *testing.T) {
	files := sound()
	files["internal/act/more.go"] = `package act
// E is an error.
type E struct{}
func (E) Error() string { return "" }
type private struct{}
func (*private) Do() {}
// The numbers.
const (
	A = 1
	B = 2
)
`
	if bad := findings(t, small(), files); len(bad) > 0 {
		t.Errorf("findings: %s", strings.Join(bad, "\n"))
	}
}

func TestAModuleThatCannotBeReadIsAnError(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no go.mod":        {"a.go": "package a"},
		"no module line":   {"go.mod": "go 1.26\n"},
		"a file is not Go": {"go.mod": "module m\n", "a.go": "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for _, p := range slices.Sorted(maps.Keys(files)) {
				fsys[p] = &fstest.MapFile{Data: []byte(files[p])}
			}
			if _, err := load(fsys); err == nil {
				t.Error("no error")
			}
		})
	}
}

func expect(t *testing.T, bad []string, want string) {
	t.Helper()
	if !slices.ContainsFunc(bad, func(s string) bool { return strings.Contains(s, want) }) {
		t.Errorf("want a finding with %q, got:\n%s", want, strings.Join(bad, "\n"))
	}
}
