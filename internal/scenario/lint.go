package scenario

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"netlab/internal/check"
	"netlab/internal/op"
)

// Simple is one simple command of a shell text, with its place in that text,
// counted from 1; columns count bytes, as shells' parsers do. A word that the shell would still change is given as it is
// written: "$i", "ns{1,2}".
type Simple struct {
	Line, Column int
	Args         []string
}

// ShellError is what a Words function returns for text that is not shell.
type ShellError struct {
	Line, Column int // in the text, as in Simple
	Text         string
}

// Error gives the text without the place.
func (e *ShellError) Error() string { return e.Text }

// Words finds the simple commands of a shell text, in their order, those in
// loops and functions included. An error of another type than *ShellError is
// shown at the beginning of the text.
type Words func(run string) ([]Simple, error)

// Lint reads a scenario file and tells, besides all mistakes that Parse finds,
// ip lines that would not run, checks that name what does not exist by then,
// and shell that netlab does not have. Before are the scenarios at whose end
// this one begins, the first first. The result is sorted by place, and empty
// for a file that is in order.
func Lint(file string, src []byte, before []Scenario, words Words) Errors {
	s, parsed, errs := parse(file, src)
	if len(errs) > 0 {
		return errs
	}
	l := &linter{decoder: decoder{src: parsed.src}, file: parsed, words: words, model: newModel()}
	for _, one := range append(slices.Clone(before), s) {
		l.model.addScene(one.Scene)
	}
	for _, old := range before {
		for _, step := range old.Steps {
			l.follow(step)
		}
	}
	l.model.end = l.atEnd(s)
	l.claims(l.file.top, s.Checks)
	l.extremes(file, src, s)
	for i, step := range s.Steps {
		l.step(i, step)
	}
	l.errs.sort()
	return l.errs
}

type linter struct {
	decoder
	file  *parsedFile
	words Words
	model *model
}

// commands finds the commands of a text, without the sudo before them: in a
// lab everybody is root.
func (l *linter) commands(run string) ([]Simple, error) {
	all, err := l.words(run)
	for i := range all {
		all[i].Args = withoutSudo(all[i].Args)
	}
	return all, err
}

func withoutSudo(args []string) []string {
	if len(args) == 0 || path.Base(args[0]) != "sudo" {
		return args
	}
	args = args[1:]
	for len(args) > 0 && (strings.HasPrefix(args[0], "-") || strings.Contains(args[0], "=")) {
		if slices.Contains([]string{"-u", "-g", "--user", "--group"}, args[0]) && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	return args
}

// follow lets a step work on the model without judging it.
func (l *linter) follow(step Step) {
	commands, err := l.commands(step.Run)
	if err != nil || len(step.Requires) > 0 {
		l.model.open = true
	}
	for _, c := range commands {
		l.model.apply(c.Args, step.Fails)
	}
}

// atEnd is the model after the whole scenario: it knows each name that is ever
// made, so that a negated check with a misspelled name, which would always
// hold, is found.
func (l *linter) atEnd(s Scenario) *model {
	later := &linter{words: l.words, model: l.model.clone()}
	for _, step := range s.Steps {
		later.follow(step)
	}
	return later.model
}

func (l *linter) step(i int, s Step) {
	n := l.file.step(i)
	run := at(n, "run")
	tell := func(line, column int, text, hint string) {
		line, column = l.file.inText(run, line, column)
		l.failAt(line, column, text, hint)
	}
	commands, err := l.commands(s.Run)
	if err != nil {
		bad := &ShellError{Line: 1, Column: 1, Text: err.Error()}
		errors.As(err, &bad)
		tell(bad.Line, bad.Column, "the shell does not understand this: "+bad.Text, "")
		l.model.open = true
		return
	}
	if s.Fails && len(commands) != 1 {
		l.fail(at(n, "fails"), fmt.Sprintf("run has %d commands, and with fails: true it must be exactly one", len(commands)), "put what comes before the failure into a step of its own")
	}
	for _, c := range commands {
		if text, hint := missingShell(c.Args); text != "" {
			tell(c.Line, c.Column, text, hint)
		} else if text, hint := badLine(c.Args); text != "" {
			tell(c.Line, c.Column, text, hint)
		}
		l.model.apply(c.Args, s.Fails)
	}
	l.claims(n, s.Checks)
}

// extremes reads the scenario with each parameter at its smallest, and at its
// largest value: what is wrong only then, nobody would see in the defaults.
func (l *linter) extremes(file string, src []byte, s Scenario) {
	low, high := map[string]int{}, map[string]int{}
	for _, p := range s.Params {
		low[p.Name], high[p.Name] = p.Min, p.Max
	}
	for _, end := range []struct {
		name   string
		values map[string]int
	}{{"smallest", low}, {"largest", high}} {
		if len(s.Params) == 0 || len(l.errs) > 0 {
			return
		}
		_, _, errs := parseWith(file, src, end.values)
		for _, e := range errs {
			e.Text = "with each parameter at its " + end.name + ": " + e.Text
		}
		l.errs = append(l.errs, errs...)
	}
}

// claims finds names in checks that stand for nothing. n holds the checks.
func (l *linter) claims(n *yaml.Node, checks []check.Check) {
	for j, c := range checks {
		node := entry(n, "checks", j)
		for _, missing := range l.model.missing(c) {
			l.fail(at(at(node, missing.predicate), missing.key), missing.text, missing.hint)
		}
	}
}

// badLine says why a command of iproute2 or sysctl would not run.
func badLine(args []string) (text, hint string) {
	if _, inner, ok := op.ParseExec(args); ok {
		return badLine(inner)
	}
	if !ours(args) || changedByShell(args) {
		return "", ""
	}
	_, err := op.Parse(args)
	if errors.Is(err, op.ErrQuestion) {
		return "", ""
	}
	var bad *op.SyntaxError
	if errors.As(err, &bad) {
		return fmt.Sprintf("netlab does not understand %q: %v", cut(strings.Join(args, " ")), bad), "if it is right, the real program does it, and netlab cannot explain it"
	}
	return "", ""
}

// ours says whether package op is meant to know the command.
func ours(args []string) bool {
	return len(args) > 0 && slices.Contains([]string{"ip", "bridge", "sysctl"}, path.Base(args[0]))
}

// changedByShell says whether a word has a sign that the shell replaces.
func changedByShell(args []string) bool {
	for _, a := range args {
		if strings.ContainsAny(a, "$`*?{~") {
			return true
		}
	}
	return false
}

// missingShell names what the interpreter of lessons does not have.
func missingShell(args []string) (text, hint string) {
	for _, a := range args {
		if strings.Contains(a, "$!") {
			return "netlab's shell has no process number in $!", "let the command end by itself, or start it with timeout"
		}
	}
	switch {
	case len(args) == 0:
		return "", ""
	case args[0] == "kill":
		return "netlab's shell has no kill", "let the command end by itself, or start it with timeout"
	case args[0] == "trap" && slices.ContainsFunc(args[min(2, len(args)):], func(signal string) bool { return !slices.Contains([]string{"EXIT", "ERR", "0"}, signal) }):
		return "netlab's shell has trap for EXIT and ERR only", "leave it out: what a lesson makes is gone with the lab"
	}
	return "", ""
}
