package op

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBraces(t *testing.T) {
	tests := []struct {
		word string
		want []string
		err  string
	}{
		{"A", []string{"A"}, ""},
		{"", []string{""}, ""},
		{"h{1..3}", []string{"h1", "h2", "h3"}, ""},
		{"{9..11}x", []string{"9x", "10x", "11x"}, ""},
		{"pod-{0..0}-b", []string{"pod-0-b"}, ""},
		{"h{1..", nil, "a range is written"},
		{"h{1}", nil, "a range is written"},
		{"h{1..2}{1..2}", nil, "once in a name"},
		{"h}", nil, "a range is written"},
		{"}h{", nil, "a range is written"},
		{"h{1,2}", nil, "a range is written"},
		{"h{a..c}", nil, "two numbers"},
		{"h{..3}", nil, "two numbers"},
		{"h{01..3}", nil, "two numbers"},
		{"h{-1..3}", nil, "two numbers"},
		{"h{1..2..3}", nil, "two numbers"},
		{"h{3..1}", nil, "counts down"},
		{"h{1..1025}", nil, "more than 1024 names"},
		{"h{0..9223372036854775807}", nil, "more than 1024 names"},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			got, err := Braces(tt.word)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
		})
	}
	if got, err := Braces("h{1..1024}"); err != nil || len(got) != MaxNames {
		t.Errorf("%d names, %v", len(got), err)
	}
}

func FuzzBraces(f *testing.F) {
	for _, seed := range []string{"A", "h{1..3}", "{9..11}x", "h{3..1}", "h{1..99999}", "}h{"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, word string) {
		names, err := Braces(word)
		if err == nil && (len(names) == 0 || len(names) > MaxNames) {
			t.Errorf("%d names", len(names))
		}
		for _, n := range names {
			if n != word && strings.ContainsAny(n, "{}") {
				t.Errorf("%q is left of %q", n, word)
			}
		}
	})
}
