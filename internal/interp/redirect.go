package interp

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
	sh "mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"netlab/internal/event"
)

// asWritten are the simple commands of a snippet that stand with redirections
// or as jobs, by their places: the shell hands over only the words.
type asWritten map[syntax.Pos]*syntax.Stmt

func writtenIn(file *syntax.File) asWritten {
	w := asWritten{}
	syntax.Walk(file, func(n syntax.Node) bool {
		stmt, ok := n.(*syntax.Stmt)
		if !ok {
			return true
		}
		if call, ok := stmt.Cmd.(*syntax.CallExpr); ok && (len(stmt.Redirs) > 0 || stmt.Background) {
			as := *stmt
			w[call.Pos()] = &as // markBackground takes the original apart
		}
		return true
	})
	return w
}

// of finds the statement of a command. Words that are written as they are must
// be equal: a function may be from another text, where the place means
// something else.
func (w asWritten) of(at syntax.Pos, args []string) *syntax.Stmt {
	stmt := w[at]
	if stmt == nil {
		return nil
	}
	words := stmt.Cmd.(*syntax.CallExpr).Args
	for i, word := range words {
		if lit := word.Lit(); lit == "" || i == 0 && lit == "sudo" {
			break // from here on there may be more or fewer words in args
		} else if i >= len(args) || lit != args[i] {
			return nil
		}
	}
	return stmt
}

// typed is one command, as it is told: its words after expansion, and where
// it reads and writes.
type typed struct {
	args []string
	stmt *syntax.Stmt // nil: there is no more to it than its words
	env  expand.Environ
}

func (s *session) typed(hc sh.HandlerContext, args []string) typed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return typed{args, s.written.of(hc.Pos, args), hc.Env}
}

func (t typed) line() string {
	line := quoted(t.args)
	if t.stmt == nil {
		return line
	}
	for _, r := range t.stmt.Redirs {
		line += " " + redirection(t.env, r)
	}
	if t.stmt.Background {
		line += " &"
	}
	return line
}

func redirection(env expand.Environ, r *syntax.Redirect) string {
	to := r.Op.String()
	if r.N != nil {
		to = r.N.Value + to
	}
	switch r.Op {
	case syntax.DplIn, syntax.DplOut, syntax.Hdoc, syntax.DashHdoc:
		return to + source(r.Word)
	}
	name, err := expand.Literal(&expand.Config{Env: env}, r.Word)
	if err != nil { // it holds a command, which must not run twice
		return to + " " + source(r.Word)
	}
	return to + " " + quoted([]string{name})
}

// source writes a word as it stands in the text.
func source(w *syntax.Word) string {
	var b strings.Builder
	if syntax.NewPrinter().Print(&b, w) != nil {
		return "…"
	}
	return b.String()
}

// What is told of files that the shell itself writes, for each snippet.
const (
	maxWritings = 100
	maxWriting  = 4 << 10 // bytes of words; longer ones are not told
)

// tellWriting tells of a command that is built into the shell and writes into
// a file: nobody would see it otherwise.
func (s *session) tellWriting(t typed) {
	if t.stmt == nil || !onlyWrites(t.args[0]) || !intoFile(t.stmt) || len(strings.Join(t.args, " ")) > maxWriting {
		return
	}
	switch n := s.writings.Add(1); {
	case n > maxWritings+1:
		return
	case n > maxWritings:
		s.out.say(event.Event{Kind: event.Note, Text: "what this step writes further into files is not shown"})
		return
	}
	line := t.line()
	s.out.say(event.Event{Kind: event.Command, Line: line, Place: host, By: byNetlab})
	s.out.say(event.Event{Kind: event.CommandEnd, Line: line, Place: host, By: byNetlab})
}

// onlyWrites tells of a builtin that has nothing to do but write.
func onlyWrites(name string) bool { return name == "echo" || name == "printf" || name == ":" }

func intoFile(stmt *syntax.Stmt) bool {
	for _, r := range stmt.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
			if r.Word.Lit() != "/dev/null" {
				return true
			}
		}
	}
	return false
}
