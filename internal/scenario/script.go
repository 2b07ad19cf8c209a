package scenario

import (
	_ "embed" // for the shell functions
	"fmt"
	"regexp"
	"slices"
	"strings"

	"netlab/internal/op"
	"netlab/internal/scene"
)

// Script writes the scenario as a bash script that needs iproute2 and ping
// but not netlab: the author's commands word for word, and each check as an
// assertion. Before are the scenarios at whose end this one begins, the first
// first; of those only the commands run.
//
// The script ends with 0 when every check holds, with 1 at the first that
// does not, and with 3 when the machine lacks what the scenario requires. It
// may be read from standard input.
func Script(s Scenario, before []Scenario) string {
	var body strings.Builder
	for _, one := range append(slices.Clone(before), s) {
		body.WriteString(hardware(one))
	}
	for _, old := range before {
		fmt.Fprintf(&body, "\n# --- before: %s\n\nsay %s\n", oneLine(old.Title), quote("before: "+old.Title))
		for _, step := range old.Steps {
			if !step.Fails {
				body.WriteString(whenHave(step, commands(step)))
			}
		}
	}
	if len(s.Checks) > 0 {
		body.WriteString(assertions(Step{Checks: s.Checks}))
	}
	for i, step := range s.Steps {
		fmt.Fprintf(&body, "\n# --- %d. %s\n\nsay %s\n", i+1, oneLine(step.Title), quote(fmt.Sprintf("%d. %s", i+1, step.Title)))
		body.WriteString(whenHave(step, commands(step)+assertions(step)))
	}
	fmt.Fprintf(&body, "\nsay %s\n", quote(fmt.Sprintf("all checks of %s hold", s.Label())))
	text := body.String()
	if all := append(slices.Clone(s.Requires), programs(authors(s, before))...); len(all) > 0 {
		text = "\nneed " + strings.Join(all, " ") + "\n" + text
	}
	text = wrappers(authors(s, before)) + "\n# as on every machine that is in use\nip link set lo up\n" + text
	return introduction(s, strings.Contains(text, "/etc/")) + functions(text) + text + "} </dev/null\n"
}

// hardware are the lines that build a scene.
func hardware(s Scenario) string {
	if s.Scene.Empty() {
		return ""
	}
	var b strings.Builder
	title := "the hardware of: " + s.Title
	fmt.Fprintf(&b, "\n# --- %s\n\nsay %s\n\n", oneLine(title), quote(title))
	for _, l := range s.Scene.Ops() {
		fmt.Fprintln(&b, whereIPv6(l))
	}
	for _, f := range s.Scene.Files {
		b.WriteString(fileLines(f))
	}
	return b.String()
}

// whereIPv6 lets a line that switches IPv6 off pass where the kernel has none.
func whereIPv6(l op.Line) string {
	if set, ok := l.Op.(*op.SysctlSet); ok && set.Key == scene.DisableIPv6 {
		return "[ ! -e /proc/net/if_inet6 ] || " + l.String()
	}
	return l.String()
}

// programs are those that netlab brings itself, and that a machine of its own
// must have for the authors' commands.
func programs(text string) []string {
	var out []string
	for _, name := range []string{"coredns", "unbound", "dig", "getent"} {
		if regexp.MustCompile(`(^|[ (|;])` + name + ` `).MatchString(strings.ReplaceAll(text, "\n", ";")) {
			out = append(out, name)
		}
	}
	return out
}

// authors is everything that the authors wrote for the shell.
func authors(s Scenario, before []Scenario) string {
	var all strings.Builder
	for _, one := range append(slices.Clone(before), s) {
		for _, step := range one.Steps {
			all.WriteString(step.Run + "\n")
		}
	}
	return all.String()
}

// introduction is the top of the script. The brace lets bash read the whole
// script before the first command, which could otherwise eat the rest of it
// from standard input. A script that writes to /etc is told so, and how to give
// it one of its own.
func introduction(s Scenario, etc bool) string {
	makes, own := "it makes namespaces and links on the machine where it runs, and\n# leaves them there", ""
	if etc {
		makes, own = "it makes namespaces, links and files in /etc on the machine where it\n# runs, and leaves them there", `mount -t tmpfs none /mnt && mkdir /mnt/etc /mnt/work && \
#      mount -t overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/work,userxattr none /etc && \
#      `
	}
	return fmt.Sprintf(`#!/bin/bash
#
# %s: %s
# %s
#
# Written by netlab. It needs root, bash, iproute2 and ping.
#
# CAREFUL: %s. To run it without harm, give it a network of its own that
# goes away when the script ends (no root needed):
#
#   unshare -Urnmpf --mount-proc bash -c \
#     'mount -t sysfs none /sys && mount -t tmpfs none /run && %sbash "$0"' SCRIPT
#
# shellcheck disable=SC2016 # a claim may speak of $words and `+"`words`"+`
{
set -eu
`, s.Label(), oneLine(s.Title), oneLine(s.Summary), makes, own)
}

func commands(s Step) string {
	switch {
	case strings.TrimSpace(s.Run) == "":
		return ""
	case s.Fails:
		return "\nif\n" + lines(s.Run) + "then\n  fail " + quote("the command succeeded, and it is meant to fail") + "\nfi\n"
	default:
		return "\n" + lines(s.Run)
	}
}

// whenHave puts what a step does behind the condition that the machine can do it.
func whenHave(s Step, text string) string {
	if len(s.Requires) == 0 || len(commandLines(text)) == 0 {
		return text // an if without a command in it is no shell
	}
	all := strings.Join(s.Requires, " ")
	return fmt.Sprintf("\nif have %s; then\n%s\nelse\n  say %s\nfi\n", all, strings.Trim(text, "\n"), quote("   skipped: needs "+all))
}

func lines(run string) string { return strings.TrimRight(run, "\n") + "\n" }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// quote makes one word of s for any shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,=") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func quoteAll(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = quote(w)
	}
	return strings.Join(out, " ")
}

// helpers are the shell functions of exported scripts, with an empty line
// between two of them.
//
//go:embed helpers.sh
var helpers string

// functions gives the shell functions that text calls, and those that they call.
func functions(text string) string {
	all := strings.Split(strings.TrimSpace(helpers), "\n\n")
	used := make([]bool, len(all))
	for again := true; again; {
		again = false
		for i, body := range all {
			if !used[i] && calls(text, functionName(body)) {
				used[i], again = true, true
				text += "\n" + withoutComment(body)
			}
		}
	}
	var out strings.Builder
	for i, body := range all {
		if used[i] {
			out.WriteString("\n" + body + "\n")
		}
	}
	return out.String()
}

// functionName reads the name of a shell function that may have a comment above it.
func functionName(body string) string {
	name, _, _ := strings.Cut(withoutComment(body), "()")
	return name
}

func withoutComment(body string) string {
	for strings.HasPrefix(body, "#") {
		_, body, _ = strings.Cut(body, "\n")
	}
	return body
}

// calls says whether the name stands where a command or its argument stands;
// ip's own words, as in "ip link", may call for a function too many.
func calls(text, name string) bool {
	return regexp.MustCompile(`(^|[\s(;|&])` + name + `(\s|$)`).MatchString(text)
}
