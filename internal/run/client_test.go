package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
)

func openLab(t *testing.T) *Client {
	t.Helper()
	c, err := Open(Start{Trusted: true, Name: "netlab"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func ask(t *testing.T, c *Client, req control.Request) (control.Answer, []event.Event, error) {
	t.Helper()
	var told []event.Event
	a, err := c.Do(soon(t), req, func(ev event.Event) { told = append(told, ev) })
	return a, told, err
}

func request(s scenario.Scenario) control.Request {
	return control.Request{Verb: control.Load, Scenario: &s}
}

func TestTheEngineAnswers(t *testing.T) {
	c := openLab(t)
	a, _, err := ask(t, c, request(steps("ip netns add ns1; ip netns list")))
	if err != nil || a.Status != string(event.Pass) {
		t.Fatalf("load: %+v, %v", a, err)
	}
	a, told, err := ask(t, c, control.Request{Verb: control.Step, Number: 1})
	if err != nil || a.Status != string(event.Pass) || len(of(told, event.Output)) == 0 || len(of(told, event.Change)) == 0 {
		t.Errorf("step: %+v, %v\n%+v", a, err, told)
	}
	for _, ev := range told {
		if ev.V != event.Version || ev.Lesson != "mine" || ev.Step != 1 {
			t.Errorf("an event without its place: %+v", ev)
		}
	}
	if a, _, err := ask(t, c, control.Request{Verb: control.Features}); err != nil || len(a.Features) != len(scenario.Requirements()) {
		t.Errorf("features: %+v, %v", a, err)
	}
}

func TestTheEngineRefusesAndGoesOn(t *testing.T) {
	c := openLab(t)
	for _, tt := range []struct {
		name, says string
		req        control.Request
	}{
		{"an unknown request", `does not know the request "dance"`, control.Request{Verb: "dance"}},
		{"a load of nothing", "without a scenario", control.Request{Verb: control.Load}},
		{"a step before a lesson", "has no step 1", control.Request{Verb: control.Step, Number: 1}},
		{"step 0", "has no step 0", control.Request{Verb: control.Step}},
		{"a negative step", "has no step -1", control.Request{Verb: control.Step, Number: -1, Quiet: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, _, err := ask(t, c, tt.req)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
	if a, _, err := ask(t, c, request(steps("true"))); err != nil || a.Status != string(event.Pass) {
		t.Errorf("afterwards: %+v, %v", a, err)
	}
}

func TestALessonIsSkippedForWhatIsMissing(t *testing.T) {
	c := openLab(t)
	s := steps("true")
	s.Requires = []string{"nosuch"}
	if a, _, err := ask(t, c, request(s)); err != nil || a.Status != string(event.Pass) {
		t.Errorf("a word without a meaning: %+v, %v", a, err) // the reader of scenarios refuses it
	}
	missing := ""
	a, _, err := ask(t, c, control.Request{Verb: control.Features})
	must(t, err)
	for _, f := range a.Features {
		if !f.OK {
			missing = f.Name
		}
	}
	if missing == "" {
		t.Skip("this machine has everything")
	}
	s.Requires = []string{missing}
	if a, _, err := ask(t, c, request(s)); err != nil || a.Status != string(event.Skip) || !strings.HasPrefix(a.Text, missing+": ") {
		t.Errorf("the lesson: %+v, %v", a, err)
	}
	s.Steps[0].Requires, s.Requires = s.Requires, nil
	_, _, err = ask(t, c, request(s))
	must(t, err)
	if a, told, err := ask(t, c, control.Request{Verb: control.Step, Number: 1}); err != nil || a.Status != string(event.Skip) || len(told) > 0 {
		t.Errorf("the step: %+v, %v, %v", a, told, err)
	}
}

func TestAChainThatCannotBeBuilt(t *testing.T) {
	c := openLab(t)
	first := steps("false")
	req := request(steps("true"))
	req.Chain = []scenario.Scenario{first}
	_, _, err := ask(t, c, req)
	if err == nil || !strings.Contains(err.Error(), `the end of "mine"`) {
		t.Errorf("error = %v", err)
	}
}

func TestAnEngineKilledFromInside(t *testing.T) {
	c := openLab(t)
	engine := `for p in /proc/[0-9]*; do case "$(tr '\0' ' ' <$p/cmdline 2>/dev/null)" in netlab-engine*) kill -s KILL ${p#/proc/};; esac; done`
	_, _, err := ask(t, c, request(steps("cat >/tmp/k <<'.'\n"+engine+"\n.\nsh /tmp/k; sleep 5")))
	must(t, err)
	_, _, err = ask(t, c, control.Request{Verb: control.Step, Number: 1})
	var killed *Killed
	if !errors.As(err, &killed) || killed.Signal != 9 {
		t.Errorf("error = %v", err)
	}
	if _, _, err := ask(t, c, control.Request{Verb: control.Features}); err == nil {
		t.Error("a dead lab answers")
	}
}

func TestAContextEndsTheLab(t *testing.T) {
	c := openLab(t)
	_, _, err := ask(t, c, request(steps("sleep 20")))
	must(t, err)
	why := errors.New("enough")
	ctx, stop := context.WithCancelCause(soon(t))
	_, err = c.Do(ctx, control.Request{Verb: control.Step, Number: 1}, func(ev event.Event) {
		if ev.Kind == event.Command {
			stop(why)
		}
	})
	if !errors.Is(err, why) {
		t.Errorf("error = %v", err)
	}
}

// A false engine ends, or talks, as the true one never should.
func TestWhatIsSaidOfALostEngine(t *testing.T) {
	for _, tt := range []struct{ name, says string }{
		{"crash", "crashed:"},
		{"threadless", "could not start another thread"},
		{"exit", "ended with code 3"},
		{"babble", "cannot be understood"},
		{"nonsense", "control frame"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lab, err := sandbox.Start(sandbox.Options{Args: []string{stageFalse, tt.name}, Trusted: true})
			must(t, err)
			c := &Client{lab: lab, conn: control.New(lab.Control)}
			defer c.Close()
			_, _, err = ask(t, c, control.Request{Verb: control.Features})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error = %v", err)
			}
			var machine *Limited
			if errors.As(err, &machine) != (tt.name == "threadless") {
				t.Errorf("%T", err)
			}
		})
	}
}

// stageFalse is the argv[0] of a false engine.
const stageFalse = "netlab-false-engine"

func falseEngine(how string) int {
	ends, err := sandbox.EnterEngine()
	if err != nil {
		return 1
	}
	if how == "old" {
		return oldEngine(ends)
	}
	conn := control.New(ends.Control)
	if _, err := conn.Receive(); err != nil {
		return 1
	}
	switch how {
	case "crash":
		panic("on purpose")
	case "threadless": // in the words of the runtime, and then all its stacks
		fmt.Fprint(os.Stderr, "runtime: failed to create new OS thread (have 5 already; errno=11)\n", strings.Repeat("goroutine 1\n", 5000))
		os.Exit(2)
	case "babble":
		_, _ = ends.Control.Write(bytes.Repeat([]byte{0xff}, 64))
	case "nonsense":
		_ = conn.SendBytes(control.KindEvent, []byte("{"))
	default:
		return 3
	}
	_, _ = conn.Receive()
	return 0
}

// tty is a terminal without one: what a test types, and what is printed.
type tty struct {
	mu      sync.Mutex
	printed bytes.Buffer
	keys    chan string
	resizes chan os.Signal
	rows    int
}

func newTTY() *tty {
	return &tty{keys: make(chan string, 64), resizes: make(chan os.Signal, 1), rows: 24}
}

func (y *tty) console() Console {
	return Console{
		Read: func(ctx context.Context, b []byte) (int, error) {
			select {
			case <-ctx.Done():
				return 0, ctx.Err()
			case text := <-y.keys:
				return copy(b, text), nil
			}
		},
		Out: y,
		Size: func() (int, int, bool) {
			y.mu.Lock()
			defer y.mu.Unlock()
			return 80, y.rows, true
		},
		Resizes: func(context.Context) <-chan os.Signal { return y.resizes },
	}
}

func (y *tty) Write(p []byte) (int, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.printed.Write(p)
}

// sees waits until the terminal has printed text.
func (y *tty) sees(t *testing.T, text string) {
	t.Helper()
	for ctx := soon(t); ; {
		y.mu.Lock()
		all := y.printed.String()
		y.mu.Unlock()
		if strings.Contains(all, text) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the terminal never shows %q:\n%s", text, all)
		case <-time.After(time.Millisecond):
		}
	}
}

func (y *tty) resize(rows int) {
	y.mu.Lock()
	y.rows = rows
	y.mu.Unlock()
	y.resizes <- os.Interrupt
}

// shell runs a shell while f types.
func shell(t *testing.T, c *Client, node string, f func(*tty)) int {
	t.Helper()
	y := newTTY()
	type end struct {
		code int
		err  error
	}
	done := make(chan end, 1)
	go func() {
		code, err := c.Shell(soon(t), Program{Node: node}, y.console())
		done <- end{code, err}
	}()
	f(y)
	select {
	case e := <-done:
		must(t, e.err)
		return e.code
	case <-soon(t).Done():
		t.Fatal("the shell does not end")
	}
	return 0
}

func TestAShellInTheLab(t *testing.T) {
	tests := []struct {
		name, node string
		code       int
		session    func(*testing.T, *tty)
	}{
		{"echo and exit code", "host", 7, func(t *testing.T, y *tty) {
			y.sees(t, "[netlab host]# ")
			y.keys <- "echo $((6*7))\r"
			y.sees(t, "42\r\n")
			y.keys <- "exit 7\r"
		}},
		{"in a namespace, with its /sys", "ns1", 0, func(t *testing.T, y *tty) {
			y.sees(t, "[netlab ns1]# ")
			y.keys <- "ip netns identify; ls /sys/class/net; echo do''ne\r"
			y.sees(t, "done")
			y.sees(t, "ns1\r\nlo\r\n")
			y.keys <- "exit\r"
		}},
		{"the size, at first and later", "", 0, func(t *testing.T, y *tty) {
			y.keys <- "stty size\r"
			y.sees(t, "24 80\r\n")
			y.keys <- "trap 'stty size; trap - WINCH' WINCH; echo rea''dy\r"
			y.sees(t, "ready")
			y.resize(33)
			y.keys <- "while ! stty size | grep 33; do :; done\r"
			y.sees(t, "33 80\r\n")
			y.keys <- "exit\r"
		}},
		{"Ctrl-C reaches the program", "host", 0, func(t *testing.T, y *tty) {
			y.keys <- "sh -c 'echo sta''rted; exec sleep 100'\r"
			y.sees(t, "started")
			y.keys <- "\x03"
			y.keys <- "echo st''atus $?\r"
			y.sees(t, "status 130")
			y.keys <- "exit 0\r"
		}},
		{"a shell that is killed", "host", 128 + 9, func(_ *testing.T, y *tty) { y.keys <- "kill -9 $$\r" }},
		{"a job left behind holds the terminal", "host", 0, func(t *testing.T, y *tty) {
			y.keys <- "(trap '' HUP; exec sleep 100) & echo go''ing\r"
			y.sees(t, "going")
			y.keys <- "exit 0\r"
		}},
		{"a job left behind that does not read", "host", 0, func(t *testing.T, y *tty) {
			y.keys <- "stty raw -echo; (trap '' HUP; sleep 100) & echo go''ing; sleep 0.2; exit 0\r"
			y.sees(t, "going")
			for range 32 {
				y.keys <- strings.Repeat("x", 4000)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := openLab(t)
			_, _, err := ask(t, c, request(steps("ip netns add ns1", "true")))
			must(t, err)
			_, _, err = ask(t, c, control.Request{Verb: control.Step, Number: 1, Quiet: true})
			must(t, err)
			code := shell(t, c, tt.node, func(y *tty) { tt.session(t, y) })
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			// What was typed too late is for nobody.
			must(t, c.conn.SendBytes(control.KindBytes, []byte("exit 9\r")))
			must(t, c.conn.Send(control.KindRequest, control.Request{Verb: control.Resize, Rows: 5, Cols: 5}))
			if a, _, err := ask(t, c, control.Request{Verb: control.Step, Number: 2, Quiet: true}); err != nil {
				t.Errorf("afterwards: %+v, %v", a, err)
			}
		})
	}
}

func TestATerminalThatCannotBeWrittenEndsTheShell(t *testing.T) {
	c := openLab(t)
	y := newTTY()
	console := y.console()
	broken := errors.New("broken")
	console.Out = writeFunc(func([]byte) (int, error) { return 0, broken })
	if _, err := c.Shell(soon(t), Program{}, console); !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
}

type writeFunc func([]byte) (int, error)

func (f writeFunc) Write(p []byte) (int, error) { return f(p) }
