package op

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitCutsAsAShellDoes(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"blanks only", " \t ", nil},
		{"blanks around", "  a \t b  ", []string{"a", "b"}},
		{"a line break at the end", "a b\n", []string{"a", "b"}},
		{"single quotes", `a 'b c' d`, []string{"a", "b c", "d"}},
		{"single quotes keep backslashes", `'a\b'`, []string{`a\b`}},
		{"double quotes", `"a b"`, []string{"a b"}},
		{"a quote in double quotes", `"a \" b"`, []string{`a " b`}},
		{"a backslash before a plain letter in double quotes", `"a\b"`, []string{`a\b`}},
		{"an apostrophe", `'it'\''s'`, []string{"it's"}},
		{"quotes inside a word", `a'b'"c"d`, []string{"abcd"}},
		{"empty words", `a '' ""`, []string{"a", "", ""}},
		{"a backslash before a blank", `a\ b`, []string{"a b"}},
		{"a line that goes on", "a \\\nb", []string{"a", "b"}},
		{"a comment", "a b # c", []string{"a", "b"}},
		{"a hash inside a word", "a#b", []string{"a#b"}},
		{"a hash in quotes", "'#a'", []string{"#a"}},
		{"an equals sign", "k=v", []string{"k=v"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Split(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestSplitRefusesWhatIsNotOneSimpleCommand(t *testing.T) {
	for _, text := range []string{
		"a | b", "a; b", "a && b", "a > f", "a < f", "(a)", "a $b", "a `b`", "a\nb", "a *", "a ?", "a [b]",
		`a "$b"`, "a \"`b`\"", "a 'b", `a "b`, `a \`, `a "b\`,
	} {
		if got, err := Split(text); err == nil {
			t.Errorf("%q is split into %q", text, got)
		} else if _, err := ParseLine(text); err == nil {
			t.Errorf("%q is read as a line", text)
		}
	}
}

func TestQuotedWordsAreWholeAgain(t *testing.T) {
	for _, word := range []string{"", "a", "a b", "it's", `"`, `\`, "$HOME", "*", "#", "ä", "a\nb", "a\tb", "~", "-n", "k=v", "\xff"} {
		got, err := Split("x " + quote(word))
		if err != nil || !cmp.Equal(got, []string{"x", word}) {
			t.Errorf("%q is quoted as %s and split into %q, %v", word, quote(word), got, err)
		}
	}
	if quote("10.1.1.1/24") != "10.1.1.1/24" || !strings.HasPrefix(quote("a b"), "'") {
		t.Error("plain words need no quotes, others do")
	}
}
