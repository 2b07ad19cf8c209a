package interp

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	sh "mvdan.cc/sh/v3/interp"

	"netlab/internal/event"
)

// Who runs a command: Event.By.
const (
	byNetlab  = "netlab"
	byIP      = "ip"
	byMachine = "machine"
)

// host is the Event.Place of the namespace in which the shell itself runs.
const host = "host"

// call is one simple command with its words expanded, and what it may use.
type call struct {
	args           []string
	hc             sh.HandlerContext
	vars           expand.Environ
	env            []string // exported variables; sudo may add some
	dir            string
	stdin          *os.File // nil: nothing to read
	stdout, stderr io.Writer
	background     bool

	pid     int  // of the program that runs it; 0: there is none yet
	awaited bool // as a server that runs in the background
}

func newCall(ctx context.Context, args []string) *call {
	hc := sh.HandlerCtx(ctx)
	stdin, _ := hc.Stdin.(*os.File)
	return &call{
		args: args, hc: hc, vars: hc.Env, env: exported(hc.Env, hc.Dir), dir: hc.Dir,
		stdin: stdin, stdout: hc.Stdout, stderr: hc.Stderr, background: inBackground(hc.Env),
	}
}

// exported lists the variables that a program gets.
func exported(vars expand.Environ, dir string) []string {
	set := map[string]string{"PWD": dir}
	vars.Each(func(name string, v expand.Variable) bool {
		if name != "PWD" {
			delete(set, name)
		}
		if v.IsSet() && v.Exported && v.Kind == expand.String {
			set[name] = v.String()
		}
		return true
	})
	var env []string
	for name, value := range set {
		env = append(env, name+"="+value)
	}
	slices.Sort(env)
	return env
}

// outcome is how a command ended.
type outcome struct {
	exit       int
	text, hint string // for the CommandEnd
	limit      string // the limit that made it fail, although the shell goes on
}

// plan is who will run a command, where, and how.
type plan struct {
	place string // namespace; empty: host
	by    string
	text  string // what the command means, or why it is run this way
	run   func(ctx context.Context, c *call) outcome
}

// refuse plans to do nothing but fail in the words of the tool.
func refuse(exit int, text, hint string) plan {
	return plan{by: byNetlab, run: func(_ context.Context, c *call) outcome {
		return c.fail(exit, text, hint)
	}}
}

// fail prints why a command failed. The text goes to the CommandEnd only when
// a redirection hides the command's own words.
func (c *call) fail(exit int, text, hint string) outcome {
	o := outcome{exit: exit, hint: hint}
	if text != "" {
		fmt.Fprintln(c.stderr, text)
	}
	if _, shown := c.stderr.(*stream); !shown {
		o.text = text
	}
	return o
}

// exec runs a command that is neither a function nor built into the shell.
func (s *session) exec(ctx context.Context, args []string) error {
	c := newCall(ctx, args)
	p := s.plan(c) // takes sudo off the words
	if exit := s.perform(ctx, c, p); exit != 0 {
		return sh.ExitStatus(exit)
	}
	return nil
}

// perform carries out a plan between a Command and a CommandEnd.
func (s *session) perform(ctx context.Context, c *call, p plan) int {
	cmd := s.typed(c.hc, c.args)
	line := cmd.line()
	m := &meter{show: s.opts.MaxOutput}
	s.ownOutput(c, m, line)
	if c.background {
		s.job(c, true)
		defer s.job(c, false)
	} else {
		timer := time.AfterFunc(s.opts.CommandTime, func() { s.limit(LimitTime, line) })
		defer timer.Stop()
	}
	place := p.place
	if place == "" {
		place = host
	}
	s.out.say(event.Event{Kind: event.Command, Line: line, Place: place, By: p.by, Text: p.text})
	if c.background {
		s.begun.Add(1)
	}
	if s.opts.Netlink && p.by == byIP {
		s.out.say(event.Event{Kind: event.Note, Text: "what this machine's own " + tool(c.args[0]) + " sends to the kernel is not shown: netlab sees only its own messages"})
	}
	start := time.Now()
	o := p.run(ctx, c)
	took := time.Since(start)
	if o.exit != 0 && o.text == "" && isServer(c.args) {
		o.text = lastWords(c.stderr)
	}
	if n := m.dropped(); n > 0 {
		s.tellDropped(line, n)
	}
	if o.limit != "" {
		s.out.say(event.Event{Kind: event.Note, Text: strings.TrimPrefix(s.opts.explain(o.limit), "stopped: ")})
	}
	s.out.say(event.Event{
		Kind: event.CommandEnd, Line: line, Place: place, By: p.by, Exit: o.exit, Text: o.text, Hint: o.hint,
		Millis: float64(took.Microseconds()) / 1000,
	})
	s.ended(c, cmd, o)
	return o.exit
}

// ended remembers how the last command in the foreground failed.
func (s *session) ended(c *call, cmd typed, o outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.exit != 0 && !c.background {
		s.last, s.failed = cmd, &failure{cmd.line(), o.limit}
	}
}

// ownOutput gives the command a measure of its own for what it writes to the
// shell's output. Standard error stays the same writer as standard output
// where it was (2>&1).
func (s *session) ownOutput(c *call, m *meter, line string) {
	same := c.stdout == c.stderr
	own := func(w io.Writer) io.Writer {
		if st, ok := w.(*stream); ok {
			return &stream{name: st.name, mouth: st.mouth, meter: m, flood: func() { s.limit(LimitOutput, line) }}
		}
		return w
	}
	c.stdout = own(c.stdout)
	if same {
		c.stderr = c.stdout
	} else {
		c.stderr = own(c.stderr)
	}
}

func (s *session) job(c *call, runs bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if runs {
		s.jobs[c] = true
	} else {
		delete(s.jobs, c)
	}
}
