package scenario

import (
	"errors"
	"strings"
	"testing"
)

// twice is a tree in which some lessons have an IPv6 variant.
func twice() map[string]string {
	return map[string]string{
		"01-a/scenario.yaml": called("a", ""), "01-a/ipv6.yaml": called("a", ""),
		"02-b/scenario.yaml": called("b", "a"), "02-b/ipv6.yaml": strings.Replace(called("b", "a"), "minutes: 5", "minutes: 6", 1),
		"03-c/scenario.yaml": called("c", "b"),
		"04-d/scenario.yaml": called("d", ""), "04-d/ipv6.yaml": called("d", "b"),
	}
}

func TestVariantsAreACatalogOfTheirOwn(t *testing.T) {
	all, err := Load(tree(twice()))
	if err != nil {
		t.Fatal(err)
	}
	six, err := LoadIPv6(tree(twice()))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"a", "b", "c", "d"}, all.Names())
	compare(t, []string{"a", "b", "d"}, six.Names())
	for _, s := range all.All() {
		if s.IPv6 || s.Label() != s.Name {
			t.Errorf("%s is called %q", s.Name, s.Label())
		}
	}
	b, err := six.Find("b")
	if err != nil || !b.IPv6 || b.Label() != "b (ipv6)" || b.Minutes != 6 || b.Order != 2 {
		t.Errorf("got %+v, %v", b, err)
	}
	if src, ok := six.Source("b"); !ok || string(src) != twice()["02-b/ipv6.yaml"] {
		t.Error("the source of b is another text")
	}
	chain, err := six.Chain("d")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range chain {
		if !s.IPv6 {
			t.Errorf("a variant starts at %s, which is none", s.Label())
		}
	}
}

func TestVariantsThatAreNotInOrder(t *testing.T) {
	tests := []struct {
		name, file, text, want string
	}{
		{"a start without a variant", "04-d/ipv6.yaml", called("d", "c"), `scenario d: start: there is no scenario "c"`},
		{"another name than the folder", "04-d/ipv6.yaml", called("d6", ""), `04-d/ipv6.yaml: the name is "d6", and by its folder it must be "d"`},
		{"a mistake in the file", "04-d/ipv6.yaml", "~", "04-d/ipv6.yaml:1:1: the file is empty"},
		{"a folder in place of the file", "03-c/ipv6.yaml/x", "", "read 03-c/ipv6.yaml: invalid argument"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := twice()
			files[tt.file] = tt.text
			if _, err := LoadIPv6(tree(files)); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if _, err := Load(tree(files)); err != nil {
				t.Errorf("the lessons themselves: %v", err)
			}
		})
	}
}

func TestPick(t *testing.T) {
	tests := []struct {
		name  string
		pick  string
		ipv6  bool
		label string
		chain string
		err   string
	}{
		{"a lesson", "a", false, "a", "", ""},
		{"a lesson behind another", "c", false, "c", "a, b", ""},
		{"a variant", "a", true, "a (ipv6)", "", ""},
		{"a variant behind others, which are variants", "d", true, "d (ipv6)", "a (ipv6), b (ipv6)", ""},
		{"the start of a variant is not the lesson's", "d", false, "d", "", ""},
		{"a lesson without a variant", "c", true, "", "", `the scenario "c" has no IPv6 variant`},
		{"no lesson", "x", false, "", "", `there is no scenario "x"`},
		{"no lesson, and so no variant", "x", true, "", "", `there is no scenario "x"`},
		{"no name", "", true, "", "", `there is no scenario ""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pick := Pick
			if tt.ipv6 {
				pick = PickIPv6
			}
			s, chain, err := pick(tree(twice()), tt.pick)
			if text := errorText(err); text != tt.err {
				t.Fatalf("got %q, want %q", text, tt.err)
			}
			var labels []string
			for _, c := range chain {
				labels = append(labels, c.Label())
			}
			if s.Label() != tt.label && err == nil || strings.Join(labels, ", ") != tt.chain {
				t.Errorf("got %q behind %q", s.Label(), labels)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestPickReadsOnlyWhatItNeeds(t *testing.T) {
	files := twice()
	files["03-c/scenario.yaml"], files["04-d/ipv6.yaml"] = "~", "~"
	for _, pick := range []func() error{
		func() error { _, _, err := Pick(tree(files), "b"); return err },
		func() error { _, _, err := PickIPv6(tree(files), "b"); return err },
	} {
		if err := pick(); err != nil {
			t.Errorf("a mistake in another file: %v", err)
		}
	}
	if _, _, err := PickIPv6(tree(files), "d"); err == nil || !strings.HasPrefix(err.Error(), "04-d/ipv6.yaml:1:1") {
		t.Errorf("a mistake in its own: %v", err)
	}
}

func TestALessonWithoutAVariantNamesThoseWithOne(t *testing.T) {
	_, _, err := PickIPv6(tree(twice()), "c")
	var none *VariantError
	if !errors.As(err, &none) || none.Name != "c" {
		t.Fatalf("got %v", err)
	}
	compare(t, []string{"a", "b", "d"}, none.Have)
}
