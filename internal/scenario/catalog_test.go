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
