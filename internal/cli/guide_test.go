package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/scenario"
	"netlab/internal/term"
)

// shellLab is a lab in which a shell could be had.
type shellLab struct {
	fakeLab
	shells int
}

func (l *shellLab) Shell(context.Context, run.Program, run.Console) (int, error) {
	l.shells++
	return 0, nil
}

// aGuide is a guide whose learner has typed everything beforehand.
func aGuide(keys string) (*guide, term.Buffers) {
	tm, b := term.Test(strings.NewReader(keys), 80)
	return &guide{app: &app{term: tm}, prompt: render.NewPrompt(tm)}, b
}

func question() scenario.Step {
	return scenario.Step{
		Title: "One", Run: "ip netns add ns1\nls\n",
		Predict: &scenario.Predict{Ask: "what now?", Choices: []string{"a", "b", "c"}, Answer: 2, Why: "so"},
	}
}

func TestReady(t *testing.T) {
	plain := question()
	plain.Predict = nil
	tests := []struct {
		name   string
		step   scenario.Step
		keys   string
		choice int
		err    error
		rest   string // keys that are left for what follows
	}{
		{"space goes on", plain, " x", 0, nil, "x"},
		{"enter goes on", plain, "\rx", 0, nil, "x"},
		{"a number without a question is no answer", plain, "2 ", 0, nil, ""},
		{"a number is the answer", question(), "3x", 3, nil, "x"},
		{"a number too high is no answer", question(), "4091", 1, nil, ""},
		{"space leaves the question", question(), " x", 0, nil, "x"},
		{"other keys do nothing", question(), "zéN\t\x1b[A\x1b[15~nab2x", 2, nil, "x"},
		{"explain asks again", question(), "?e1", 1, nil, ""},
		{"q leaves", question(), "qx", 0, run.ErrQuit, "x"},
		{"the end of the keys leaves", question(), "", 0, run.ErrQuit, ""},
		{"the end after other keys leaves", question(), "zz", 0, run.ErrQuit, ""},
		{"Ctrl-D leaves", question(), "\x04x", 0, run.ErrQuit, "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, b := aGuide(tt.keys)
			choice, err := g.Ready(soon(t), tt.step, new(fakeLab))
			if choice != tt.choice || !errors.Is(err, tt.err) {
				t.Errorf("Ready = %d, %v, want %d, %v", choice, err, tt.choice, tt.err)
			}
			checkRest(t, g, tt.rest)
			legend := "space run it"
			if tt.step.Predict != nil {
				legend = "1–3 your answer"
			}
			if !strings.Contains(b.Out.String(), legend) {
				t.Errorf("it asks %q", b.Out)
			}
		})
	}
}

// checkRest: what is typed ahead is left for what follows.
func checkRest(t *testing.T, g *guide, want string) {
	t.Helper()
	if got, _ := io.ReadAll(g.app.term.In); string(got) != want {
		t.Errorf("the keys %q are left, want %q", got, want)
	}
}

func TestChooseAfterAStep(t *testing.T) {
	tests := []struct {
		name string
		keys string
		want run.Action
		err  error
		rest string
	}{
		{"space goes on", " b", run.Next, nil, "b"},
		{"enter goes on", "\rb", run.Next, nil, "b"},
		{"n goes on", "nb", run.Next, nil, "b"},
		{"b goes back", "bn", run.Back, nil, "n"},
		{"a does it again", "an", run.Again, nil, "n"},
		{"other keys do nothing", "zB1\x7f\x1bOPan", run.Again, nil, "n"},
		{"explain stays", "?b", run.Back, nil, ""},
		{"q leaves", "qn", run.Quit, run.ErrQuit, "n"},
		{"the end of the keys leaves", "", run.Quit, run.ErrQuit, ""},
		{"Ctrl-D leaves", "\x04n", run.Quit, run.ErrQuit, "n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, b := aGuide(tt.keys)
			got, err := g.Choose(soon(t), 1, true, new(fakeLab))
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("Choose = %q, %v", got, err)
			}
			checkRest(t, g, tt.rest)
			if !strings.Contains(b.Out.String(), "space next · b back · s shell · t trace · ? explain · a again · q quit") {
				t.Errorf("it asks %q", b.Out)
			}
		})
	}
}

func TestGuideStopsBySignals(t *testing.T) {
	ended, end := context.WithCancelCause(context.Background())
	end(&signalled{syscall.SIGTERM})
	ways := map[string]struct {
		ctx  context.Context
		in   io.Reader
		code int
	}{
		"Ctrl-C is a key here":         {soon(t), strings.NewReader("\x03"), 130},
		"a signal before the key":      {ended, strings.NewReader(" "), 143},
		"the terminal has gone":        {soon(t), broken{syscall.EIO}, 129},
		"the keys cannot be read":      {soon(t), broken{errors.New("odd")}, 70},
		"a key that can never be read": {soon(t), broken{syscall.EBADF}, 70},
	}
	for name, tt := range ways {
		t.Run(name, func(t *testing.T) {
			tm, _ := term.Test(tt.in, 80)
			g := &guide{app: &app{term: tm}, prompt: render.NewPrompt(tm)}
			_, err := g.Ready(tt.ctx, question(), new(fakeLab))
			if code, _, _ := verdict(err); code != tt.code {
				t.Errorf("Ready: exit code %d of %v", code, err)
			}
			if strings.HasPrefix(name, "Ctrl-C") {
				return // the key is used up
			}
			_, err = g.Choose(tt.ctx, 1, true, new(fakeLab))
			if code, _, _ := verdict(err); code != tt.code {
				t.Errorf("Choose: exit code %d of %v", code, err)
			}
		})
	}
}

// broken is an input that cannot be read.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestGuideStopsWhileItWaits(t *testing.T) {
	ctx, cancel := context.WithCancelCause(soon(t))
	in, typing := io.Pipe()
	defer typing.Close()
	tm, _ := term.Test(in, 80)
	g := &guide{app: &app{term: tm}, prompt: render.NewPrompt(tm)}
	done := make(chan error, 1)
	go func() {
		_, err := g.Ready(ctx, question(), new(fakeLab))
		done <- err
	}()
	if _, err := io.WriteString(typing, "z"); err != nil { // it reads
		t.Fatal(err)
	}
	cancel(&signalled{syscall.SIGHUP})
	if code, _, _ := verdict(<-done); code != 129 {
		t.Errorf("exit code %d", code)
	}
}

func TestGuideWithALostOutput(t *testing.T) {
	tm := term.TestTo(strings.NewReader("   "), 80, failing{syscall.EPIPE})
	g := &guide{app: &app{term: tm}, prompt: render.NewPrompt(tm)}
	if _, err := g.Ready(soon(t), question(), new(fakeLab)); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Ready: %v", err)
	}
	if action, err := g.Choose(soon(t), 1, true, new(fakeLab)); !errors.Is(err, syscall.EPIPE) || action != run.Quit {
		t.Errorf("Choose: %q, %v", action, err)
	}
	checkRest(t, g, "   ")
}

func TestShellNeedsALabThatHasOneAndATerminal(t *testing.T) {
	g, _ := aGuide("s")
	if _, err := g.Ready(soon(t), question(), new(fakeLab)); err == nil || err.Error() != "this lab has no shell" {
		t.Errorf("without a shell: %v", err)
	}
	var lab shellLab
	g, b := aGuide("s")
	if _, err := g.Ready(soon(t), question(), &lab); !errors.Is(err, term.ErrNoTerminal) || lab.shells > 0 {
		t.Errorf("without a terminal: %v, %d shells", err, lab.shells)
	}
	if !strings.Contains(b.Out.String(), "in the lab: exit or Ctrl-D goes back") {
		t.Errorf("it says %q", b.Out)
	}
}

func TestGuideExplains(t *testing.T) {
	tests := []struct {
		name string
		run  string
		want []string
		not  []string
	}{
		{"each word of each command", "ip netns add ns1\nsysctl -w net.ipv4.ip_forward=1\n", []string{"\n  ip netns add ns1", "netns", "ns1", "\n  sysctl -w"}, []string{"no command"}},
		{"a meaning once", "ip netns add ns1\nip netns add ns2\n", []string{"\n  ip netns add ns1", "\n  ip netns add ns2\n  word  meaning\n  ns2   "}, nil},
		{"a command twice is explained once", "ip netns add ns1\nip netns add ns1\n", []string{"\n  ip netns add ns1"}, nil},
		{"only other commands", "ls -l\ncat /etc/hosts\n", []string{"no command of ip, bridge or sysctl"}, []string{"word"}},
		{"no commands", "", []string{"no command of ip, bridge or sysctl"}, nil},
		{"what the shell cannot read", "if true; then\n", []string{"the shell cannot read this step's commands"}, nil},
		{"what ip would not take", "ip nonsense\nip link show\n", []string{"\n  ip link show\n"}, []string{"nonsense"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, b := aGuide("")
			g.step.Run = tt.run
			if err := g.explain(); err != nil {
				t.Fatal(err)
			}
			for _, part := range tt.want {
				if strings.Count(b.Out.String(), part) < 1 {
					t.Errorf("%q is not in %s", part, b.Out)
				}
			}
			for _, part := range tt.not {
				if strings.Contains(b.Out.String(), part) {
					t.Errorf("%q is in %s", part, b.Out)
				}
			}
			if name := "  ip netns add ns1\n"; strings.Count(b.Out.String(), name) > 1 || strings.Count(b.Out.String(), "a program of iproute2") > 1 {
				t.Errorf("something is said twice: %s", b.Out)
			}
		})
	}
}

// guided runs a lesson on what looks like a terminal.
func guided(t *testing.T, lab *fakeLab, keys string, args ...string) said {
	t.Helper()
	tm, b := term.Test(strings.NewReader(keys), 80)
	tm.InTTY, tm.OutTTY = true, true
	code := lab.on(soon(t), tm, args...)
	return said{code, b.Out.String(), b.Err.String()}
}

func TestAGuidedLesson(t *testing.T) {
	path := write(t, "a.yaml", strings.Replace(ownLesson, "    run: ", "    predict: {ask: \"what now?\", choices: [\"nothing\", \"all\"], answer: 2, why: so it is}\n    run: ", 1))
	tests := []struct {
		name string
		keys string
		fail int
		code int
		want []string
		not  []string
		labs int
	}{
		{"the right answer", "2 ", 0, 0, []string{"what now?", "so it is", "it holds", "My own"}, nil, 1},
		{"it is left at once", "q", 0, 0, []string{"what now?"}, []string{"so it is"}, 1},
		{"once more", "2a1 ", 0, 0, []string{"the lab is built anew"}, nil, 2},
		{"back from the first step is the first step", "2b1 ", 0, 0, []string{"the lab is built anew"}, nil, 2},
		{"a failing step is no reason to stop", "2 ", 1, 1, []string{"the cable is cut", "look at the names"}, nil, 1},
		{"a failing step, then leaving", "2q", 1, 1, []string{"the cable is cut"}, nil, 1},
		{"Ctrl-C", "2\x03", 0, 130, nil, []string{"own fault"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lab := &fakeLab{fail: tt.fail}
			got := guided(t, lab, tt.keys, "run", path)
			if got.code != tt.code || len(lab.opened) != tt.labs || lab.closed != tt.labs {
				t.Errorf("exit code %d, labs opened %d, closed %d: %s", got.code, len(lab.opened), lab.closed, got.errs)
			}
			for _, part := range tt.want {
				if !strings.Contains(got.out, part) {
					t.Errorf("%q is not in %s", part, got.out)
				}
			}
			for _, part := range tt.not {
				if strings.Contains(got.out+got.errs, part) {
					t.Errorf("%q is in %s%s", part, got.out, got.errs)
				}
			}
		})
	}
}

func TestWhoIsAsked(t *testing.T) {
	path := write(t, "a.yaml", ownLesson)
	for name, args := range map[string][]string{"straight through": {"--auto"}, "for programs": {"--json"}} {
		got := guided(t, new(fakeLab), "q", append([]string{"run", path}, args...)...)
		if got.code != 0 || strings.Contains(got.out, "run it") {
			t.Errorf("%s: exit code %d, %s", name, got.code, got.out)
		}
	}
	if got := guided(t, new(fakeLab), "q", "run", path); !strings.Contains(got.out, "run it") {
		t.Errorf("on a terminal nobody is asked: %s", got.out)
	}
	tm, b := term.Test(strings.NewReader("q"), 80)
	tm.OutTTY = true // and input is a file
	if code := new(fakeLab).on(soon(t), tm, "run", path); code != 0 || strings.Contains(b.Out.String(), "run it") {
		t.Errorf("a file is asked: exit code %d, %s", code, b.Out)
	}
}

func TestLineWriterPassesErrorsOn(t *testing.T) {
	w := &lineWriter{to: failing{syscall.EPIPE}}
	if n, err := w.Write([]byte("x")); n != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("%d, %v", n, err)
	}
}

func TestPredictionsAreEvents(t *testing.T) {
	var b bytes.Buffer
	d := run.Driver{Scenario: scenario.Scenario{Name: "x", Steps: []scenario.Step{question()}}, Open: func() (run.Lab, error) { return new(fakeLab), nil }}
	g, _ := aGuide("1n")
	d.Guide = g
	d.Sink = func(ev event.Event) {
		if ev.Kind == event.Predicted {
			b.WriteString(ev.Answer + " for " + ev.Want)
		}
	}
	if err := d.Run(soon(t)); err != nil || b.String() != "a for b" {
		t.Errorf("%v: %q", err, b.String())
	}
}
