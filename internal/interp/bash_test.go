package interp

import (
	"testing"
)

// TestTheShellDoesWhatBashDoes runs snippets in both, with the machine's own
// programs, and expects the same output and exit code.
func TestTheShellDoesWhatBashDoes(t *testing.T) {
	need(t, "bash")
	for name, run := range map[string]string{
		"nothing":                          "",
		"a comment":                        "# nothing",
		"success":                          "true",
		"failure":                          "false",
		"exit":                             "exit 42",
		"what follows a failure":           "false\necho never",
		"or":                               "false || echo saved",
		"and":                              "true && false && echo never; echo after",
		"not":                              "! true; echo $?",
		"if":                               "if grep -q root /etc/passwd; then echo yes; else echo no; fi",
		"a failing condition":              "if ls /nope 2>/dev/null; then echo yes; else echo no; fi",
		"while":                            "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done",
		"for":                              `for x in a "b c" d; do echo "<$x>"; done`,
		"case":                             "case veth_ns1 in veth*) echo veth;; *) echo other;; esac",
		"a function and its status":        "f() { return 3; }; f || echo $?",
		"a function that fails":            "f() { false; echo never; }; f; echo never",
		"a here-document":                  "x=1; cat <<EOF\nx is $x\n\ttab\nEOF",
		"a quoted here-document":           "cat <<'EOF'\nx is $x\nEOF",
		"a here-document with tabs":        "cat <<-EOF\n\tno tab\n\tEOF",
		"a here-string":                    "cat <<<'one line'",
		"quoting":                          `echo "a  b" 'c  $d' e\ f "$(echo "g  h")" 'i'"'"'j'`,
		"a dollar and quotes":              `x='a b'; printf '[%s]' $x "$x" "${x#a }" "${#x}"; echo`,
		"defaults":                         `echo ${y:-none} ${y:=set} $y ${y:+other}`,
		"arithmetic":                       "echo $((2 + 3 * 4)) $((7 / 2)) $((1 << 10))",
		"a pipe":                           "printf 'b\\na\\n' | sort | tr a-z A-Z",
		"a pipe that fails at the end":     "echo x | grep -q y",
		"a pipe that fails in the middle":  "false | cat; echo $?",
		"pipefail":                         "set -o pipefail; false | cat || echo failed; set +o pipefail",
		"a subshell":                       "(cd /; pwd; exit 3) || echo $?; pwd",
		"a group":                          "{ echo a; echo b; } | wc -l",
		"command substitution":             "x=$(echo a; echo b); echo \"$x\"",
		"a failing substitution":           "x=$(false); echo never",
		"a failing substitution in a word": "echo x$(false); echo after",
		"redirections":                     "echo a >/tmp/f; echo b >>/tmp/f; cat </tmp/f; ls /nope 2>/dev/null || true; rm /tmp/f",
		"both to one":                      "sh -c 'echo out; echo err >&2' >/tmp/f 2>&1; cat /tmp/f; rm /tmp/f",
		"error into a pipe":                "sh -c 'echo err >&2' 2>&1 | tr e E",
		"a program that is not there":      "nosuch 2>/dev/null",
		"a folder as a program":            "/usr 2>/dev/null",
		"a file that may not be run":       "/etc/passwd 2>/dev/null",
		"a script without a first line":    "printf 'echo $1 from a script; exit 6' >/tmp/s; chmod +x /tmp/s; /tmp/s word",
		"a script":                         "printf '#!/bin/sh\\nexit 5' >/tmp/s; chmod +x /tmp/s; /tmp/s",
		"killed by a signal":               "sh -c 'kill -TERM $$'",
		"killed for good":                  "exec sh -c 'kill -KILL $$'",
		"a closed pipe":                    "yes | head -n 1",
		"no input":                         "cat; echo $?",
		"read":                             "echo a b c | { read x y; echo $y; }",
		"a loop that reads":                "printf '1\\n2\\n' | while read -r n; do echo n$n; done",
		"jobs and wait":                    "sh -c 'sleep 0.1; echo job' & wait; echo done",
		"wait for one":                     "sh -c 'exit 3' & wait $! || echo $?",
		"globs":                            "cd /proc/self; echo stat[ms]* no*such",
		"a tilde":                          "echo ~ ~/x",
		"set and shift":                    "set -- a b c; shift; echo $# $1; set --",
		"export":                           "export A=1; sh -c 'echo $A'; unset A",
		"for one command":                  "A=2 sh -c 'echo $A'; echo ${A:-none}",
		"printf":                           `printf '%s-%03d\n' a 7`,
		"command -v":                       "command -v ls >/dev/null && echo there",
		"eval":                             `x='echo eval'; eval "$x"`,
		"source":                           "echo 'sourced=1' >/tmp/src; . /tmp/src; echo $sourced",
		"exit in a substitution":           "x=$(exit 4) || echo $?",
		"a nested function":                "f() { g() { echo g; }; g; }; f; g",
		"until":                            "n=3; until [ $n = 0 ]; do n=$((n-1)); done; echo $n",
		"break and continue":               "for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done",
		"a trap on exit":                   "trap 'echo bye' EXIT; exit 3",
		"no trap left":                     "trap - EXIT; echo ok",
		"test":                             "[ -d /usr ] && [ ! -e /nope ] && test 1 -lt 2 && [ a = a ]; echo $?",
		"double brackets":                  "[[ abc == a* && 1 -lt 2 ]] && echo match",
		"many lines of output":             "seq 1 2000",
		"binary and accents":               "printf 'h\\303\\251llo \\342\\202\\254\\n'",
	} {
		t.Run(name, func(t *testing.T) {
			compare(t, open(t, Options{}), run, "set -e\n"+run, func(s string) string { return s })
		})
	}
}
