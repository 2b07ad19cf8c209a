package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/term"
)

// playLab is a lab whose scripts do what the test says.
type playLab struct {
	fakeLab
	does   func(ctx context.Context, s run.Streams, sink event.Sink) (run.Played, error)
	script control.Script
	args   []string
}

func (l *playLab) Play(ctx context.Context, script control.Script, args []string, s run.Streams, sink event.Sink) (run.Played, error) {
	l.script, l.args = script, args
	return l.does(ctx, s, sink)
}

func (l *playLab) open(s run.Start) (startedLab, error) {
	if _, err := l.fakeLab.open(s); err != nil {
		return nil, err
	}
	return l, nil
}

// talk writes and tells a little, as a script does.
func talk(_ context.Context, s run.Streams, sink event.Sink) (run.Played, error) {
	_, err1 := io.WriteString(s.Out, "out\x1b[1m \xff\n")
	_, err2 := io.WriteString(s.Err, "err\n")
	sink(event.Event{Kind: event.Command, Line: "ip netns add a", Place: "host"})
	sink(event.Event{Kind: event.Left})
	return run.Played{Exit: 4}, errors.Join(err1, err2)
}

// on runs "netlab play ARGS" on a terminal that is set up by the test.
func (l *playLab) play(t *testing.T, in string, set func(*term.Term), args ...string) said {
	t.Helper()
	tm, b := term.Test(strings.NewReader(in), 80)
	if set != nil {
		set(tm)
	}
	a := &app{term: tm, open: l.open}
	code := a.finish(soon(t), a.execute(soon(t), newRoot(a), append([]string{"play"}, args...)))
	return said{code, b.Out.String(), b.Err.String()}
}

func TestWhereTheWordsOfAScriptGo(t *testing.T) {
	file := write(t, "x.sh", "#!/bin/bash -e\necho hello")
	screen := func(tm *term.Term) { tm.OutTTY, tm.ErrTTY = true, true }
	errs := func(tm *term.Term) { tm.ErrTTY = true }
	for _, tt := range []struct {
		name      string
		set       func(*term.Term)
		flags     []string
		out, errs []string // that are there
		no        []string // that are nowhere
	}{
		{"piped, each in its place", nil, nil, []string{"out\x1b[1m \xff\n"}, []string{"err\n", "  $ ip netns add a", "✓ nothing", "only inside the sandbox"}, []string{"│"}},
		{"quiet, only the script's", nil, []string{"-q"}, []string{"out\x1b[1m \xff\n"}, []string{"err\n"}, []string{"ip netns", "nothing", "sandbox"}},
		{"on a terminal together, and clean", screen, nil, []string{`│ out\x1b[1m \xff`, "│ err", "$ ip netns add a", "✓ nothing"}, nil, []string{"\x1b"}},
		{"on a terminal, quiet and clean", screen, []string{"--quiet"}, []string{`out\x1b[1m \xff` + "\n"}, []string{"err\n"}, []string{"ip netns", "\x1b"}},
		{"only the errors on a terminal", errs, nil, []string{"out\x1b[1m \xff\n"}, []string{"err\n", "$ ip netns add a"}, nil},
		{"as JSON", screen, []string{"--json"}, []string{`"stream":"stdout"`, `"stream":"stderr"`, `"kind":"run-start"`, `"kind":"run-end"`, `"kind":"left"`}, nil, []string{"\x1b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &playLab{does: talk}
			got := l.play(t, "", tt.set, append(tt.flags, file, "a", "-b")...)
			if got.code != 4 {
				t.Errorf("exit code %d", got.code)
			}
			for _, w := range tt.out {
				if !strings.Contains(got.out, w) {
					t.Errorf("%q is missing in stdout %q", w, got.out)
				}
			}
			for _, w := range tt.errs {
				if !strings.Contains(got.errs, w) {
					t.Errorf("%q is missing in stderr %q", w, got.errs)
				}
			}
			for _, w := range tt.no {
				if tt.set == nil && w == "\x1b" {
					continue
				}
				if strings.Contains(got.out+got.errs, w) {
					t.Errorf("%q is in %q and %q", w, got.out, got.errs)
				}
			}
			if len(tt.errs) == 0 && got.errs != "" {
				t.Errorf("stderr %q", got.errs)
			}
			if l.script.Name != "x.sh" || !cmp.Equal(l.script.Shell, []string{"/bin/bash", "-e"}) || !cmp.Equal(l.args, []string{"a", "-b"}) || l.script.Time != defaultPlayTime {
				t.Errorf("it plays %+v %q", l.script, l.args)
			}
			if l.closed != 1 || l.opened[0] {
				t.Errorf("closed %d times, trusted %v", l.closed, l.opened)
			}
		})
	}
}

func TestHowAScriptEnds(t *testing.T) {
	file := write(t, "x.sh", "echo hello")
	ends := func(p run.Played, err error) *playLab {
		return &playLab{does: func(context.Context, run.Streams, event.Sink) (run.Played, error) { return p, err }}
	}
	refused := &playLab{fakeLab: fakeLab{refuse: &sandbox.Refusal{Stage: "clone", Err: errors.New("no"), Todo: "do that"}}}
	for _, tt := range []struct {
		name string
		lab  *playLab
		code int
		says string
	}{
		{"well", ends(run.Played{}, nil), 0, ""},
		{"with its own code", ends(run.Played{Exit: 70}, nil), 70, ""},
		{"by a signal", ends(run.Played{Exit: 143}, nil), 143, ""},
		{"at a limit", ends(run.Played{Exit: 137, Limit: "stopped: too long"}, nil), 1, "netlab: stopped: too long"},
		{"with its lab", ends(run.Played{}, &run.Killed{Signal: 9}), 1, "the lab was killed (signal 9)"},
		{"by netlab's fault", ends(run.Played{}, errors.New("boom")), 125, "netlab failed: boom"},
		{"without its shell", ends(run.Played{}, &run.Lacking{What: control.MissingProgram, Text: `there is no program "bash" in the lab`}), 3, `no program "bash"`},
		{"for want of room", ends(run.Played{}, syscall.EMFILE), 3, "no room"},
		{"where there can be no lab", refused, 3, "no"},
		{"where root would be real", &playLab{fakeLab: fakeLab{reduced: true}}, 3, "real root's rights"},
		{"by Ctrl-C", ends(run.Played{}, &signalled{syscall.SIGINT}), 130, "stopped (interrupt)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.lab.play(t, "", nil, "--quiet", file)
			if got.code != tt.code || !strings.Contains(got.errs, tt.says) || got.out != "" || tt.says == "" && got.errs != "" {
				t.Errorf("code %d, it says %q %q", got.code, got.errs, got.out)
			}
			if tt.lab.closed != len(tt.lab.opened) && tt.lab != refused {
				t.Errorf("opened %d times, closed %d times", len(tt.lab.opened), tt.lab.closed)
			}
			loud := tt.lab.play(t, "", nil, "--json", file)
			if loud.code != tt.code || strings.Contains(loud.out, `"kind":"fault"`) != (tt.code != 0 && tt.says != "" && !strings.Contains(tt.name, "limit")) {
				t.Errorf("as JSON: code %d\n%s", loud.code, loud.out)
			}
			if loud.errs != "" {
				t.Errorf("as JSON it says %q", loud.errs)
			}
		})
	}
}

func TestStandardInputOfAScript(t *testing.T) {
	reads := func(_ context.Context, s run.Streams, _ event.Sink) (run.Played, error) {
		b, err := io.ReadAll(readerFunc(func(b []byte) (int, error) { return s.Read(context.Background(), b) }))
		_, _ = s.Out.Write(b)
		return run.Played{}, err
	}
	l := &playLab{does: reads}
	if got := l.play(t, "typed", nil, "-q", write(t, "x.sh", "cat")); got.out != "typed" {
		t.Errorf("a file's: %+v", got)
	}
	if got := l.play(t, "#!/bin/dash\ncat", nil, "-q", "-"); got.out != "" || string(l.script.Text) != "#!/bin/dash\ncat" || l.script.Shell[0] != "/bin/dash" || l.script.Name != "script" {
		t.Errorf("of one from there: %+v, %+v", got, l.script)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestALineWithoutAnEndIsAQuestion(t *testing.T) {
	asks := func(ctx context.Context, s run.Streams, _ event.Sink) (run.Played, error) {
		_, err := io.WriteString(s.Out, "Go on? ")
		select {
		case <-time.After(2 * promptTime):
		case <-ctx.Done():
		}
		_, err2 := io.WriteString(s.Out, "yes\n")
		return run.Played{}, errors.Join(err, err2)
	}
	file := write(t, "x.sh", "")
	l := &playLab{does: asks}
	if got := l.play(t, "", func(tm *term.Term) { tm.OutTTY = true }, file); !strings.Contains(got.out, "│ Go on?\n    │ yes\n") {
		t.Errorf("on a terminal:\n%s", got.out)
	}
	if got := l.play(t, "", nil, file); !strings.Contains(got.out, "Go on? yes\n") {
		t.Errorf("in a pipe:\n%s", got.out)
	}
}

func TestCharactersStayWhole(t *testing.T) {
	var got []string
	w := &texts{say: func(s string) { got = append(got, s) }}
	for _, part := range []string{"a\xc3", "\xa4b", "\xe2\x82", "\xac", "\xff\xc3"} {
		_, _ = w.Write([]byte(part))
	}
	if diff := cmp.Diff([]string{"a", "äb", "€", "\xff"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheFirstSignalIsTheScripts(t *testing.T) {
	a := &app{}
	ctx, signals, stop := a.twice(soon(t))
	defer stop()
	for range 2 {
		if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		if ctx.Err() == nil {
			select {
			case s := <-signals:
				if s != syscall.SIGUSR1 {
					t.Errorf("the signal %v", s)
				}
			case <-ctx.Done():
			}
		}
	}
	var sig *signalled
	if <-ctx.Done(); !errors.As(context.Cause(ctx), &sig) || sig.sig != syscall.SIGUSR1 {
		t.Errorf("the second one ends it with %v", context.Cause(ctx))
	}
}
