package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/interp"
	"netlab/internal/measure"
	"netlab/internal/op"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/scenario"
	"netlab/internal/snapshot"
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

// tracer is a lab in which a probe can be followed.
type tracer interface {
	Trace(ctx context.Context, p control.Probe) (control.Seen, error)
}

// trace follows a ping of the step at hand, or the lookup of a name: the last
// one that it claims something about.
func (g *guide) trace(ctx context.Context, lab run.Lab) error {
	in, ok := lab.(tracer)
	probe, found := probeOf(g.step)
	if !ok || !found {
		fmt.Fprintln(g.app.term.Out, "\n  this step says nothing about a packet that could be followed")
		return nil
	}
	seen, err := in.Trace(ctx, probe)
	var l *run.Lacking
	if errors.As(err, &l) {
		fmt.Fprintln(g.app.term.Out, "\n  nothing to follow yet: "+term.Clean(l.Text))
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(g.app.term.Out)
	return render.Trace(g.app.term, seen, render.TraceOptions{})
}

// maxTrace is how long a learner waits for the answer to a probe.
const maxTrace = time.Second

// probeOf is the probe that the checks of a step speak of: one that is not
// answered as the others are, else the last one.
func probeOf(s scenario.Step) (control.Probe, bool) {
	checks := slices.Clone(s.Checks)
	slices.SortStableFunc(checks, func(a, b check.Check) int { return surprise(a) - surprise(b) })
	for _, c := range slices.Backward(checks) {
		p := control.Probe{Proto: measure.ICMP, Timeout: maxTrace}
		var to netip.Addr
		switch {
		case c.Ping != nil:
			p.From, to = c.Ping.In, c.Ping.To
		case c.Path != nil:
			p.From, to = c.Path.In, c.Path.To
		case c.Seen != nil:
			p.From, to = c.Seen.In, c.Seen.To
		case c.Lookup != nil:
			p.From, to = c.Lookup.In, c.Lookup.To
		case c.Resolves != nil:
			p.From, p.To, p.Name, p.Family = c.Resolves.In, c.Resolves.Name, true, c.Resolves.Family
		default:
			continue
		}
		p.From = cmp.Or(p.From, snapshot.Host)
		if !p.Name {
			p.To = to.String()
		}
		return p, true
	}
	return control.Probe{}, false
}

// surprise is 1 for a check whose point is that something does not work.
func surprise(c check.Check) int {
	if c.Not || c.Ping != nil && c.Ping.Error != "" {
		return 1
	}
	return 0
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
