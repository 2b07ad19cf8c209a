package op

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestAllNamesEveryTypeThatIsAnOp(t *testing.T) {
	var want []string
	sources, err := filepath.Glob("*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal("no sources", err)
	}
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "summary" && f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name != "" {
				want = append(want, f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name)
			}
		}
	}
	want = slices.DeleteFunc(want, func(s string) bool { return s == "Peer" || s == "VXLAN" })
	var got []string
	for _, o := range All() {
		got = append(got, reflect.TypeOf(o).Elem().Name())
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("All gives %v, the code has %v", got, want)
	}
}

func TestEveryOpIsMadeByTheVerbItPrints(t *testing.T) {
	for _, o := range All() {
		words := o.verb()
		if words[0] == "sysctl" {
			continue
		}
		object := words[1]
		if words[0] == "bridge" && object == "link" {
			object = "port"
		}
		made := newOp(object, words[2])
		if reflect.TypeOf(made) != reflect.TypeOf(o) {
			t.Errorf("%v prints %q, which makes %T", reflect.TypeOf(o), words, made)
		}
		if full, ok := lookup(objects(words[0]), words[1]); !ok || full != words[1] {
			t.Errorf("%q is no object of %s", words[1], words[0])
		}
		if full, ok := lookup(verbs(object), words[2]); !ok || full != words[2] {
			t.Errorf("%q is no verb of %s", words[2], object)
		}
	}
}

// withKinds adds the ops whose kind brings further rows.
func withKinds() []Op {
	return append(All(),
		&LinkAdd{Kind: "veth"}, &LinkAdd{Kind: "bridge"}, &LinkAdd{Kind: "vxlan"}, &LinkAdd{Kind: "dummy"},
		&LinkSet{Kind: "bridge"}, &RouteAdd{Type: "blackhole"}, &RouteDel{Type: "blackhole"})
}

func TestEveryRowIsComplete(t *testing.T) {
	for _, o := range withKinds() {
		for _, row := range o.fields() {
			name := reflect.TypeOf(o).Elem().Name() + " " + row.words()
			if row.in == "" || row.help == "" || row.words() == "" {
				t.Errorf("%s: no section, help or words: %+v", name, row)
			}
			if row.val.set == nil || row.val.get == nil || row.val.about == nil {
				t.Errorf("%s: the value lacks a function", name)
			}
			if row.key == "" && !row.bare {
				t.Errorf("%s: it can never be read", name)
			}
			if strings.HasSuffix(row.help, ".") || strings.HasSuffix(row.help, ":") {
				t.Errorf("%s: the help is a phrase, without an end: %q", name, row.help)
			}
		}
	}
}

func TestEveryKeywordIsAWordOfItsSection(t *testing.T) {
	for _, o := range withKinds() {
		for _, row := range o.fields() {
			words := vocabulary(row.in)
			for _, key := range row.keywords() {
				if full, ok := lookup(words, key); words != "" && row.in != "addr show" && row.in != "neigh show" && (!ok || !row.named(full)) {
					t.Errorf("%T: %q is read as %q", o, key, full)
				}
			}
		}
	}
}

func TestNoTwoRowsOfASectionShareAKeyword(t *testing.T) {
	for _, o := range withKinds() {
		seen := map[string]bool{}
		for _, row := range o.fields() {
			for _, key := range row.keywords() {
				if seen[row.in+" "+key] {
					t.Errorf("%T: two rows are called %q", o, key)
				}
				seen[row.in+" "+key] = true
			}
		}
	}
}

func TestAnEmptyOpPrintsItsVerbAndHasASummary(t *testing.T) {
	for _, o := range withKinds() {
		l := Line{Op: o}
		if got := l.Args(); len(got) < 2 || got[0] != o.verb()[0] {
			t.Errorf("%T is printed as %q", o, got)
		}
		if _, err := Parse(l.Args()); err == nil {
			if _, ok := o.(*LinkAdd); !ok {
				t.Errorf("%T: the empty op %q is a whole line", o, l)
			}
		}
		if Summary(l) == "" {
			t.Errorf("%T has no summary", o)
		}
	}
	if got := (Line{}).String(); got != "" {
		t.Errorf("a line without an op is printed as %q", got)
	}
	if got := Summary(Line{}); got != "" {
		t.Errorf("a line without an op does %q", got)
	}
}

func TestKeywordsFollowTheKind(t *testing.T) {
	tests := []struct {
		name string
		op   Op
		want []string
		not  []string
	}{
		{"a link without a kind", &LinkAdd{}, []string{"name", "mtu", "type"}, []string{"peer", "id"}},
		{"a veth pair", &LinkAdd{Kind: "veth"}, []string{"type", "peer", "netns"}, []string{"id"}},
		{"a vxlan", &LinkAdd{Kind: "vxlan"}, []string{"id", "remote", "nolearning"}, []string{"peer"}},
		{"a route", &RouteAdd{}, []string{"via", "dev", "metric"}, nil},
		{"a port of a bridge", &PortSet{}, []string{"learning", "hairpin"}, []string{"via"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Keywords(tt.op)
			for _, w := range tt.want {
				if !slices.Contains(got, w) {
					t.Errorf("no %q in %q", w, got)
				}
			}
			for _, w := range tt.not {
				if slices.Contains(got, w) {
					t.Errorf("%q is in %q", w, got)
				}
			}
		})
	}
}
