package interp

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// parse reads a snippet.
func parse(text string) (*syntax.File, error) {
	if len(text) > MaxSnippet {
		return nil, fmt.Errorf("the commands are %d bytes long, the limit is %d", len(text), MaxSnippet)
	}
	return syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
}

// backgroundMark is a shell variable that exists only in background jobs.
const backgroundMark = "_netlab_background"

// markBackground makes each background job set backgroundMark first, so that
// its commands can be told from those in the foreground wherever they stand:
// a job may call functions. It returns the number of jobs written down.
func markBackground(file *syntax.File) int {
	n := 0
	syntax.Walk(file, func(node syntax.Node) bool {
		stmt, ok := node.(*syntax.Stmt)
		if !ok || !stmt.Background || stmt.Cmd == nil {
			return true
		}
		n++
		job := *stmt
		job.Background, job.Semicolon, job.Comments = false, syntax.Pos{}, nil
		mark := &syntax.Stmt{Position: stmt.Position, Cmd: &syntax.CallExpr{Assigns: []*syntax.Assign{{
			Name:  &syntax.Lit{ValuePos: stmt.Position, ValueEnd: stmt.Position, Value: backgroundMark},
			Value: &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{ValuePos: stmt.Position, ValueEnd: stmt.Position, Value: "1"}}},
		}}}}
		stmt.Cmd = &syntax.Block{Lbrace: stmt.Position, Rbrace: stmt.End(), Stmts: []*syntax.Stmt{mark, &job}}
		stmt.Redirs, stmt.Negated = nil, false
		return true
	})
	return n
}

func inBackground(env expand.Environ) bool { return env.Get(backgroundMark).IsSet() }

// quoted writes words as a command line that a shell would read back.
func quoted(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		q, err := syntax.Quote(a, syntax.LangBash)
		if err != nil { // a null byte, which no command line can hold
			q = fmt.Sprintf("%q", a)
		}
		words[i] = q
	}
	return strings.Join(words, " ")
}

// maxAt bounds what is told of a statement, in bytes.
const maxAt = 200

func firstLine(text string) string {
	line, _, cut := strings.Cut(strings.TrimSpace(text), "\n")
	if len(line) > maxAt {
		line, cut = strings.ToValidUTF8(line[:maxAt], ""), true
	}
	if cut {
		line += " …"
	}
	return line
}
