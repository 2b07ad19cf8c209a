package scenario

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func tree(files map[string]string) fstest.MapFS {
	t := fstest.MapFS{}
	for name, text := range files {
		t[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return t
}

func called(name, start string) string {
	text := strings.Replace(small, "name: demo", "name: "+name, 1)
	if start != "" {
		text = strings.Replace(text, "minutes: 5", "minutes: 5\nstart: "+start, 1)
	}
	return text
}

func TestCatalogIsInTheOrderOfTheNumbers(t *testing.T) {
	c, err := Load(tree(map[string]string{
		"10-last/scenario.yaml":   called("last", "middle"),
		"02-first/scenario.yaml":  called("first", ""),
		"03-middle/scenario.yaml": called("middle", "first"),
		"scenarios.go":            "package scenarios",
		".git/config":             "",
	}))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"first", "middle", "last"}, c.Names())
	chain, err := c.Chain("last")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "first middle", chain[0].Name+" "+chain[1].Name)
	if s, _ := c.Find("last"); s.Order != 10 {
		t.Errorf("order %d, want 10", s.Order)
	}
	if src, ok := c.Source("first"); !ok || string(src) != called("first", "") {
		t.Error("the source of first is another text")
	}
	if _, err := c.Before(Scenario{Name: "mine", Start: "middle"}); err != nil {
		t.Errorf("a scenario from outside: %v", err)
	}
}

func TestUnknownNamesGiveTheNearest(t *testing.T) {
	c, err := Load(os.DirFS("../../scenarios"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		nearest []string
	}{
		{"veth", []string{"veth-pair"}},
		{"vet-pair", []string{"veth-pair"}},
		{"brigde", []string{"bridge"}},
		{"bridge-hots", []string{"bridge-host", "bridge"}},
		{"../../etc/passwd", nil},
		{"", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.Find(tt.name)
			var unknown *UnknownError
			if !errors.As(err, &unknown) {
				t.Fatalf("got %v", err)
			}
			compare(t, tt.nearest, unknown.Nearest)
		})
	}
}

func TestCatalogsThatAreNotInOrder(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a folder without a number", map[string]string{"demo/scenario.yaml": called("demo", "")}, `folder "demo" is not named as in 02-veth-pair: two digits, a hyphen, the name`},
		{"a folder with a bad name", map[string]string{"01-Demo/scenario.yaml": called("demo", "")}, `folder "01-Demo" is not named as in 02-veth-pair: two digits, a hyphen, the name`},
		{"one digit", map[string]string{"1-demo/scenario.yaml": called("demo", "")}, `folder "1-demo" is not named as in 02-veth-pair: two digits, a hyphen, the name`},
		{"three digits", map[string]string{"001-demo/scenario.yaml": called("demo", "")}, `folder "001-demo" is not named as in 02-veth-pair: two digits, a hyphen, the name`},
		{"a sign", map[string]string{"+1-demo/scenario.yaml": called("demo", "")}, `folder "+1-demo" is not named as in 02-veth-pair: two digits, a hyphen, the name`},
		{"the number 0", map[string]string{"00-demo/scenario.yaml": called("demo", "")}, `folder "00-demo" is not named as in 02-veth-pair: two digits, a hyphen, the name`},
		{"a number alone", map[string]string{"01/scenario.yaml": called("demo", "")}, `folder "01" is not named as in 02-veth-pair: two digits, a hyphen, the name`},
		{"another mark than a hyphen", map[string]string{"01_demo/scenario.yaml": called("demo", "")}, `folder "01_demo" is not named as in 02-veth-pair: two digits, a hyphen, the name`},
		{"a name twice", map[string]string{"01-demo/scenario.yaml": called("demo", ""), "02-demo/scenario.yaml": called("demo", "")}, `folder "02-demo": there is another scenario demo`},
		{"a folder in place of the file", map[string]string{"01-demo/scenario.yaml/x": ""}, "read 01-demo/scenario.yaml: invalid argument"},
		{"another name than the folder", map[string]string{"01-demo/scenario.yaml": called("other", "")}, `01-demo/scenario.yaml: the name is "other", and by its folder it must be "demo"`},
		{"no file", map[string]string{"01-demo/readme": ""}, "open 01-demo/scenario.yaml: file does not exist"},
		{"a mistake in a file", map[string]string{"01-demo/scenario.yaml": "~"}, "01-demo/scenario.yaml:1:1: the file is empty"},
		{"a number twice", map[string]string{"01-a/scenario.yaml": called("a", ""), "01-b/scenario.yaml": called("b", "")}, "the scenarios a and b have the same number 1"},
		{"an unknown start", map[string]string{"01-a/scenario.yaml": called("a", "b")}, `scenario a: start: there is no scenario "b"`},
		{"a circle", map[string]string{"01-a/scenario.yaml": called("a", "b"), "02-b/scenario.yaml": called("b", "a")}, `scenario a: start: the start scenarios go round in a circle at "a"`},
		{"a circle further on", map[string]string{"01-a/scenario.yaml": called("a", "b"), "02-b/scenario.yaml": called("b", "c"), "03-c/scenario.yaml": called("c", "b")}, `scenario a: start: the start scenarios go round in a circle at "b"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(tree(tt.files))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestCatalogOfNothing(t *testing.T) {
	var none Catalog
	c, err := Load(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Catalog{"the zero value": none, "an empty tree": c} {
		if len(c.All()) != 0 || len(c.Names()) != 0 {
			t.Errorf("%s has scenarios", name)
		}
		if _, ok := c.Source("demo"); ok {
			t.Errorf("%s has the source of one", name)
		}
		if _, err := c.Chain("demo"); err == nil || err.Error() != `there is no scenario "demo"` {
			t.Errorf("%s: got %v", name, err)
		}
		if chain, err := c.Before(demo()); err != nil || len(chain) != 0 {
			t.Errorf("%s: got %v, %v", name, chain, err)
		}
	}
}

func TestTreesThatCannotBeRead(t *testing.T) {
	if _, err := Load(os.DirFS("testdata/of-this-name-there-is-none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestWhatRunsBeforeAScenario(t *testing.T) {
	c, err := Load(tree(map[string]string{
		"01-a/scenario.yaml": called("a", ""), "02-b/scenario.yaml": called("b", "a"), "03-c/scenario.yaml": called("c", "b"), "04-d/scenario.yaml": called("d", "a"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		of   Scenario
		want string
	}{
		{"of one that begins with nothing", Scenario{Name: "mine"}, ""},
		{"the first comes first", Scenario{Name: "mine", Start: "c"}, "a b c"},
		{"another branch", Scenario{Name: "mine", Start: "d"}, "a d"},
		{"the start is unknown", Scenario{Name: "mine", Start: "e"}, `there is no scenario "e"`},
		{"it begins where it ends itself", Scenario{Name: "mine", Start: "mine"}, `there is no scenario "mine"`},
		{"one's own of a name in the middle", Scenario{Name: "a", Start: "c"}, `the start scenarios go round in a circle at "a"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			chain, err := c.Before(tt.of)
			var got []string
			for _, s := range chain {
				got = append(got, s.Name)
			}
			if text := strings.Join(got, " "); err == nil && text != tt.want || err != nil && err.Error() != tt.want {
				t.Errorf("got %q, %v, want %s", text, err, tt.want)
			}
		})
	}
}

func TestCatalogGivesCopies(t *testing.T) {
	c, err := Load(tree(map[string]string{"01-a/scenario.yaml": called("a", ""), "02-b/scenario.yaml": called("b", "")}))
	if err != nil {
		t.Fatal(err)
	}
	all := c.All()
	all[0], all[1] = all[1], Scenario{}
	c.Names()[0] = "x"
	compare(t, []string{"a", "b"}, c.Names())
	if s, err := c.Find("a"); err != nil || s.Order != 1 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestMistakesInACatalogKeepTheirPlace(t *testing.T) {
	_, err := Load(tree(map[string]string{"01-a/scenario.yaml": called("a", ""), "02-b/scenario.yaml": strings.Replace(called("b", ""), "minutes: 5", "minutes: x", 1)}))
	var one *Error
	if !errors.As(err, &one) || one.File != "02-b/scenario.yaml" || one.Line != 5 || one.Column != 10 {
		t.Errorf("got %v", err)
	}
}
