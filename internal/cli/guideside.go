package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"netlab/internal/interp"
	"netlab/internal/op"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/term"
)

// What a learner can do beside the lesson: a shell in the lab, and the words
// of the step's commands.

// sheller is a lab in which a shell can be had.
type sheller interface {
	Shell(ctx context.Context, p run.Program, con run.Console) (exit int, err error)
}

// shell opens a shell in the lab.
func (g *guide) shell(ctx context.Context, lab run.Lab) error {
	in, ok := lab.(sheller)
	if !ok {
		return errors.New("this lab has no shell")
	}
	t := g.app.term
	fmt.Fprintln(t.Out, "\n  in the lab: exit or Ctrl-D goes back")
	restore, err := t.Raw()
	if err != nil {
		return err
	}
	out := &lineWriter{to: t.Out}
	_, err = in.Shell(ctx, run.Program{Term: os.Getenv("TERM")}, run.Console{Read: t.Read, Out: out, Size: t.Size, Resizes: t.Resizes})
	restore()
	if out.open {
		fmt.Fprintln(t.Out)
	}
	return err
}

// lineWriter remembers whether the last line that was written has ended.
type lineWriter struct {
	to   io.Writer
	open bool
}

func (w *lineWriter) Write(b []byte) (int, error) {
	if len(b) > 0 {
		w.open = !bytes.HasSuffix(b, []byte("\n"))
	}
	return w.to.Write(b)
}

// explain says what each word of the step's commands means, each meaning once.
func (g *guide) explain() error {
	commands, err := interp.Simple(g.step.Run)
	if err != nil {
		fmt.Fprintln(g.app.term.Out, "\n  the shell cannot read this step's commands: "+term.Clean(err.Error()))
		return nil
	}
	var known []op.Meaning
	for _, c := range commands {
		line := strings.Join(c.Args, " ")
		meanings, err := op.Explain(line)
		if err != nil {
			continue // a command that is not of ip's family
		}
		fresh := slices.DeleteFunc(slices.Clone(meanings), func(m op.Meaning) bool { return slices.Contains(known, m) })
		known = append(known, fresh...)
		if len(fresh) == 0 {
			continue
		}
		fmt.Fprintln(g.app.term.Out)
		if err := printMeanings(g.app, render.Table{Title: line, Indent: 2}, fresh); err != nil {
			return err
		}
	}
	if len(known) == 0 {
		fmt.Fprintln(g.app.term.Out, "\n  no command of ip, bridge or sysctl here")
	}
	return nil
}
