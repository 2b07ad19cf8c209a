package interp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSimpleListsTheCommands(t *testing.T) {
	tests := map[string]struct {
		run  string
		want []Command
	}{
		"none":        {"# a comment\nx=1\n", nil},
		"two lines":   {"ip netns add ns1\n  ip -n ns1 link\n", []Command{{1, 1, []string{"ip", "netns", "add", "ns1"}}, {2, 3, []string{"ip", "-n", "ns1", "link"}}}},
		"quotes":      {`echo "a b" 'c d' e\ f g"h"'i'`, []Command{{1, 1, []string{"echo", "a b", "c d", "e f", "ghi"}}}},
		"not literal": {`ip addr add $a "x$b" $(cat f) ~/x`, []Command{{1, 1, []string{"ip", "addr", "add", "$a", `"x$b"`, "$(cat f)", "~/x"}}, {1, 24, []string{"cat", "f"}}}},
		"inside":      {"f() { a; }\nif b; then c | d & fi; (e)", []Command{{1, 7, []string{"a"}}, {2, 4, []string{"b"}}, {2, 12, []string{"c"}}, {2, 16, []string{"d"}}, {2, 25, []string{"e"}}}},
		"braces":      {"touch {a,b} *.c", []Command{{1, 1, []string{"touch", "{a,b}", "*.c"}}}},
		"assignment":  {"A=1 cmd >f", []Command{{1, 5, []string{"cmd"}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Simple(tt.run)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	if _, err := Simple("if"); err == nil {
		t.Error("no error for bad syntax")
	}
	if _, err := Simple(strings.Repeat("(", MaxSnippet+1)); err == nil {
		t.Error("no error for a long snippet")
	}
}

// unsupportedLines maps snippets to the positions and first words of what is
// wrong with them.
func unsupportedLines() map[string][]string {
	return map[string][]string{
		"ip link show | grep veth >/tmp/x 2>&1": nil,
		"trap 'echo bye' EXIT":                  nil,
		"trap 'x' INT":                          {"1:10 trap INT"},
		"trap 'x' TERM EXIT":                    {"1:10 trap TERM"},
		"sleep 5 &\nkill $!":                    {"2:1 kill is", "2:6 $! is"},
		"wait $!":                               {"1:6 $! is"},
		"wait -n":                               {"1:6 wait -n"},
		"jobs; fg; bg":                          {"1:1 jobs is", "1:7 fg is", "1:11 bg is"},
		"ulimit -n 5":                           {"1:1 ulimit is"},
		"exec 3>/tmp/f; echo x >&3":             {"1:6 only the", "1:23 the redirection"},
		"cat <>/tmp/f":                          {"1:5 the redirection"},
		"read -r x; read -t 5 x; read -ra y":    {"1:17 read -t"},
		"f() { kill 1; }":                       {"1:7 kill is"},
		"if true":                               {"1:1 `if <cond>`"},
		"echo 'open":                            {"1:6 reached EOF"},
	}
}

func TestUnsupported(t *testing.T) {
	for run, want := range unsupportedLines() {
		t.Run(run, func(t *testing.T) {
			var got []string
			for _, p := range Unsupported(run) {
				words := strings.Fields(p.Text)
				got = append(got, itoa(p.Line)+":"+itoa(p.Column)+" "+strings.Join(words[:min(2, len(words))], " "))
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// FuzzLint looks for texts on which the two break, and for simple commands
// whose place lies outside the text.
func FuzzLint(f *testing.F) {
	lines := unsupportedLines()
	if len(lines) == 0 {
		f.Fatal("no seeds")
	}
	for run := range lines {
		f.Add(run)
	}
	f.Fuzz(func(t *testing.T, run string) {
		Unsupported(run)
		commands, err := Simple(run)
		if err != nil {
			return
		}
		for _, c := range commands {
			if c.Line < 1 || c.Line > strings.Count(run, "\n")+1 || c.Column < 1 || len(c.Args) == 0 {
				t.Errorf("%+v", c)
			}
		}
	})
}

// FuzzQuoted checks that a command line says what its words are.
func FuzzQuoted(f *testing.F) {
	for _, word := range []string{"a", "a b", "", "'", `"`, "$x", "a\nb", "é", "-n", "*", "~", "!", "\x01", "\xff"} {
		f.Add("echo", word)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.ContainsRune(a+b, 0) || a == "" {
			return
		}
		line := quoted([]string{a, b})
		got, err := Simple("x " + line)
		if err != nil || len(got) != 1 || len(got[0].Args) != 3 {
			t.Fatalf("%q: %v %v", line, got, err)
		}
		if strings.Contains(line, "$'") {
			return // escapes, which only a shell expands
		}
		if got[0].Args[1] != a || got[0].Args[2] != b {
			t.Errorf("%q is read as %q", line, got[0].Args)
		}
	})
}
