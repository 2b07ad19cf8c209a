package interp

import (
	"errors"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// Command is a simple command as it stands in a snippet.
type Command struct {
	Line, Column int // from 1, in bytes
	// Args are its words. What only the shell can expand ($x, $(…)) is as it
	// is written, quotes included.
	Args []string
}

// Problem is something in a snippet that the lesson's shell does not do.
type Problem struct {
	Line, Column int // from 1, in bytes
	Text         string
	Hint         string // what to write instead; may be empty
}

// Simple lists the simple commands of a snippet, those inside functions,
// pipelines and $(…) too, in the order in which they are written. Assignments
// alone are not commands. The error is that of the first mistake in syntax.
func Simple(run string) ([]Command, error) {
	file, err := parse(run)
	if err != nil {
		return nil, err
	}
	var out []Command
	syntax.Walk(file, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			pos := call.Args[0].Pos()
			c := Command{Line: int(pos.Line()), Column: int(pos.Col())}
			for _, w := range call.Args {
				c.Args = append(c.Args, written(w))
			}
			out = append(out, c)
		}
		return true
	})
	return out, nil
}

// written gives the value of a literal word, and the source of any other.
func written(w *syntax.Word) string {
	if literal(w.Parts) {
		if fields, err := expand.Fields(nil, w); err == nil && len(fields) == 1 {
			return fields[0]
		}
	}
	var b strings.Builder
	if syntax.NewPrinter().Print(&b, w) != nil {
		return ""
	}
	return b.String()
}

func literal(parts []syntax.WordPart) bool {
	for i, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			if i == 0 && strings.HasPrefix(p.Value, "~") {
				return false
			}
		case *syntax.SglQuoted:
		case *syntax.DblQuoted:
			if !literal(p.Parts) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Unsupported lists what the lesson's shell cannot do of what a snippet asks
// for. A mistake in syntax is the only Problem then.
func Unsupported(run string) []Problem {
	file, err := parse(run)
	if err != nil {
		return []Problem{syntaxProblem(err)}
	}
	var l lint
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			l.call(n)
		case *syntax.ParamExp:
			if n.Param != nil && n.Param.Value == "!" {
				l.add(n.Pos(), "$! is no process ID in a lesson's shell", `"wait $!" works; to stop a job, give it an end of its own (timeout, a count)`)
			}
		case *syntax.Redirect:
			l.redirect(n)
		case *syntax.CoprocClause:
			l.add(n.Pos(), "coproc is not supported", "")
		}
		return true
	})
	slices.SortStableFunc(l.found, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return l.found
}

func syntaxProblem(err error) Problem {
	var parse syntax.ParseError
	var lang syntax.LangError
	switch {
	case errors.As(err, &parse):
		return Problem{int(parse.Pos.Line()), int(parse.Pos.Col()), parse.Text, ""}
	case errors.As(err, &lang):
		return Problem{int(lang.Pos.Line()), int(lang.Pos.Col()), err.Error(), ""}
	}
	return Problem{1, 1, err.Error(), ""}
}

// lint collects Problems.
type lint struct{ found []Problem }

func (l *lint) add(at syntax.Pos, text, hint string) {
	l.found = append(l.found, Problem{int(at.Line()), int(at.Col()), text, hint})
}

func (l *lint) call(c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		return
	}
	at, name := c.Pos(), c.Args[0].Lit()
	switch name {
	case "trap":
		l.trap(c)
	case "kill":
		l.add(at, "kill is not supported: the shell does not know process IDs", "timeout(1) ends a command after some time; what is left over ends with the lab")
	case "jobs", "fg", "bg", "disown", "suspend":
		l.add(at, name+" is not supported: there is no job control", `"&" and "wait" work`)
	case "ulimit", "umask", "newgrp", "fc", "history", "bind", "complete", "compgen", "compopt", "enable", "caller", "logout":
		l.add(at, name+" is not supported", "")
	case "wait":
		for _, w := range c.Args[1:] {
			if opt := w.Lit(); strings.HasPrefix(opt, "-") {
				l.add(w.Pos(), "wait "+opt+" is not supported", `"wait" alone waits for all jobs`)
			}
		}
	case "read":
		l.read(c)
	}
}

// trap allows EXIT and ERR only.
func (l *lint) trap(c *syntax.CallExpr) {
	if len(c.Args) < 3 {
		return
	}
	for _, w := range c.Args[2:] {
		if sig := w.Lit(); sig != "EXIT" && sig != "ERR" {
			l.add(w.Pos(), "trap "+written(w)+" is not supported: only EXIT and ERR are", "")
		}
	}
}

// read knows four options.
func (l *lint) read(c *syntax.CallExpr) {
	for _, w := range c.Args[1:] {
		if opt := w.Lit(); strings.HasPrefix(opt, "-") && strings.Trim(opt[1:], "rasp") != "" {
			l.add(w.Pos(), "read "+opt+" is not supported", "")
		}
	}
}

func (l *lint) redirect(r *syntax.Redirect) {
	if r.N != nil && !slices.Contains([]string{"0", "1", "2"}, r.N.Value) {
		l.add(r.Pos(), "only the file descriptors 0, 1 and 2 can be redirected", "")
		return
	}
	switch r.Op {
	case syntax.RdrInOut, syntax.RdrClob, syntax.AppClob:
		l.add(r.Pos(), "the redirection "+r.Op.String()+" is not supported", "")
	case syntax.DplOut:
		if to := r.Word.Lit(); to != "1" && to != "2" && to != "-" {
			l.add(r.Pos(), "the redirection "+r.Op.String()+written(r.Word)+" is not supported", "")
		}
	case syntax.DplIn:
		if r.Word.Lit() != "-" {
			l.add(r.Pos(), "the redirection "+r.Op.String()+written(r.Word)+" is not supported", "")
		}
	}
}
