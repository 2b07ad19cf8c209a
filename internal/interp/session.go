package interp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mvdan.cc/sh/v3/expand"
	sh "mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"netlab/internal/event"
)

// session is the shell inside the child.
type session struct {
	opts    Options
	out     *mouth
	tools   tools
	nursery *nursery
	runner  *sh.Runner
	ctx     context.Context //nolint:containedctx // the life of the process

	stdout, stderr *stream
	stopping       sync.Once
	calls          atomic.Uint32
	writings       atomic.Int32 // files that the shell itself has written in this snippet
	begun          atomic.Int32 // commands in the background whose beginning has been told
	toldEndless    atomic.Bool  // that a ping without -c is bounded: once is enough

	mu      sync.Mutex
	last    typed           // the last command in the foreground
	failed  *failure        // the last reported command, if it failed
	written asWritten       // of the snippet that runs
	jobs    map[*call]bool  // commands that run in the background
	told    map[string]bool // jobs that a Note has named
}

// failure is how a reported command failed.
type failure struct {
	line  string
	limit string
}

func newSession(o Options, out *mouth, t tools, ctx context.Context) (*session, error) {
	s := &session{opts: o, out: out, tools: t, nursery: newNursery(), ctx: ctx, jobs: map[*call]bool{}, told: map[string]bool{}}
	s.stdout = &stream{name: "stdout", mouth: out, flood: s.flooded}
	s.stderr = &stream{name: "stderr", mouth: out, flood: s.flooded}
	s.refill()
	dir := o.Dir
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		dir = "/"
	}
	runner, err := sh.New(
		sh.Dir(dir),
		sh.Env(expand.ListEnviron(environment(o)...)),
		sh.StdIO(nil, s.stdout, s.stderr),
		sh.CallHandler(s.called),
		sh.ExecHandlers(func(sh.ExecHandlerFunc) sh.ExecHandlerFunc { return s.exec }),
	)
	s.runner = runner
	return s, err
}

// refill gives the shell's own output (echo, printf) a new allowance.
func (s *session) refill() {
	m := &meter{show: s.opts.MaxOutput}
	s.stdout.meter, s.stderr.meter = m, m
}

// run runs a snippet, statement by statement, under "set -e".
func (s *session) run(text string) Result {
	file, err := parse(text)
	if err != nil {
		fmt.Fprintln(s.stderr, "syntax error:", err)
		return Result{Exit: 2, Line: firstLine(text), Early: true}
	}
	s.refill()
	s.begin(writtenIn(file))
	jobs := s.jobCount() + markBackground(file)
	_ = sh.Params("-e")(s.runner)
	res := Result{}
	for i, stmt := range file.Stmts {
		s.out.send(message{At: firstLine(text[stmt.Pos().Offset():stmt.End().Offset()])})
		begun := s.begun.Load()
		res.Exit = s.statement(stmt)
		if stmt.Background {
			s.settle(func() bool { return s.begun.Load() > begun })
		}
		if s.runner.Exited() {
			res.Early = i+1 < len(file.Stmts)
			break
		}
	}
	s.blame(&res)
	s.listJobs(jobs)
	if n := s.stdout.meter.dropped(); n > 0 {
		s.tellDropped("this step", n)
	}
	return res
}

func (s *session) begin(w asWritten) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.failed, s.written = typed{}, nil, w
	s.writings.Store(0)
}

// statement runs one statement and returns its exit status.
func (s *session) statement(stmt *syntax.Stmt) (exit int) {
	err := s.runner.Run(s.ctx, stmt)
	var status sh.ExitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	}
	if limit := limitOf(err); limit != "" {
		s.limit(limit)
	}
	fmt.Fprintln(s.stderr, err)
	return 1
}

// blame names the command that failed, and the limit that made it fail.
func (s *session) blame(res *Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if res.Exit == 0 {
		return
	}
	res.Line = s.last.line()
	if s.failed != nil && s.failed.line == res.Line {
		res.Limit = s.failed.limit
	}
}

// finish sends the result of a snippet.
func (s *session) finish(res Result) { s.out.send(message{Done: &res}) }

// limit ends the session: it tells the engine, which kills it, and never
// returns. The line is the command that hit the limit, if it is known.
func (s *session) limit(name string, lines ...string) {
	s.stopping.Do(func() {
		s.mu.Lock()
		line := s.last.line()
		s.mu.Unlock()
		if len(lines) > 0 {
			line = lines[0]
		}
		s.out.send(message{Done: &Result{Exit: exitOf(name), Line: line, Limit: name, Early: true}, Dead: true})
	})
	forever()
}

func (s *session) flooded() { s.limit(LimitOutput) }

// called is told of each command before it runs, functions and builtins too.
func (s *session) called(ctx context.Context, args []string) ([]string, error) {
	if s.opts.tooManyGoroutines() {
		s.limit(LimitProcesses)
	}
	if s.calls.Add(1)%framesEvery == 0 && runtime.Callers(maxFrames, make([]uintptr, 1)) > 0 {
		s.limit(LimitStack)
	}
	hc := sh.HandlerCtx(ctx)
	cmd := s.typed(hc, args)
	if !inBackground(hc.Env) {
		s.mu.Lock()
		s.last, s.failed = cmd, nil
		s.mu.Unlock()
	}
	s.tellWriting(cmd)
	if len(args) == 1 && args[0] == "return" { // alone, it keeps the status in every shell but this one
		return []string{"return", strconv.Itoa(hc.LastExitStatus)}, nil
	}
	return args, nil
}

// Endless recursion of functions is seen by looking, every so many calls, how
// deep Go's own stack is: some ten frames for each call of a function. It must
// come before the memory limit, and does not need exactness; debug.SetMaxStack
// is there for what recurses without calls.
const (
	framesEvery = 64
	maxFrames   = 20_000
)

func (s *session) tellDropped(what string, n int64) {
	s.out.say(event.Event{Kind: event.Note, Text: fmt.Sprintf("only the first %s of the output of %s is shown; %d bytes more were dropped", size(s.opts.MaxOutput), what, n)})
}

// settleTime is how long a snippet waits for background jobs to begin: after
// each, so that they are told in the order in which they are written, and at its
// end, so that they can be named.
const settleTime = 20 * time.Millisecond

// settle waits until something is so, or it has been long enough.
func (s *session) settle(done func() bool) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(settleTime); !done() && time.Now().Before(end); {
		<-tick.C
	}
}

// listJobs names the background jobs that the snippet leaves, once each. So
// many are expected, unless some have ended already.
func (s *session) listJobs(expected int) {
	s.settle(func() bool { return s.jobCount() >= expected })
	s.awaitServers()
	var names []string
	s.mu.Lock()
	for c := range s.jobs {
		names = append(names, quoted(c.args))
	}
	s.mu.Unlock()
	names = append(names, s.nursery.orphans()...)
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "''" }) // one that is ending has no name
	fresh := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return s.told[n] })
	clear(s.told)
	for _, n := range names {
		s.told[n] = true
	}
	if len(fresh) > 0 {
		s.out.say(event.Event{Kind: event.Note, Text: "still running in the background: " + strings.Join(fresh, ", ")})
	}
}

func (s *session) jobCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.jobs)
}
