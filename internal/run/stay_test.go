package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
)

// atHome is where the labs of this test stay: none of them outlives it.
func atHome(t *testing.T) *sandbox.Home {
	t.Helper()
	h := sandbox.NewHome()
	t.Cleanup(func() {
		names, _ := h.List()
		for _, n := range names {
			if err := h.End(n); err != nil {
				t.Error(err)
			}
		}
		h.Close()
	})
	return h
}

// stay starts a lab that stays, with a lesson at its end.
func stay(t *testing.T, h *sandbox.Home, name string, s scenario.Scenario) {
	t.Helper()
	l, err := h.Listen(name)
	must(t, err)
	c, err := Open(Start{Name: name, Trusted: true, Listener: l})
	must(t, err)
	defer c.Close()
	req := request(s)
	req.Netlab = "v7"
	_, _, err = ask(t, c, req)
	must(t, err)
	for n := range s.Steps {
		_, _, err := ask(t, c, control.Request{Verb: control.Step, Number: n + 1, Quiet: true})
		must(t, err)
	}
	must(t, c.Keep())
}

func enter(t *testing.T, h *sandbox.Home, name string) (*Client, control.Lab) {
	t.Helper()
	peer, err := h.Dial(name)
	must(t, err)
	c, lab, err := Attach(soon(t), peer)
	must(t, err)
	t.Cleanup(c.Close)
	return c, lab
}

func TestALabStaysAndIsEntered(t *testing.T) {
	h := atHome(t)
	stay(t, h, "first", steps("ip netns add ns1", "ip netns add ns2"))
	c, lab := enter(t, h, "first")
	if lab.Name != "first" || lab.Lesson != "mine" || lab.Step != 2 || lab.Steps != 2 || lab.Netlab != "v7" || !slices.Equal(lab.Nodes, []string{"ns1", "ns2"}) {
		t.Errorf("it says %+v", lab)
	}
	if since := time.Since(lab.Since); since < 0 || since > time.Hour {
		t.Errorf("since %v", lab.Since)
	}
	state, fresh, err := c.Look(soon(t))
	must(t, err)
	if _, ok := state.Space("ns2"); !ok || len(state.Spaces) != 3 || fresh["net.ipv4.ip_forward"] != "0" {
		t.Errorf("its state has %d namespaces", len(state.Spaces))
	}
	if _, err := h.Listen("first"); !errors.Is(err, sandbox.ErrUp) {
		t.Errorf("a second of that name: %v", err)
	}
	c.Close()
	other, _ := enter(t, h, "first") // leaving it does not end it
	must(t, h.End("first"))
	if _, _, err := ask(t, other, control.Request{Verb: control.Hello}); !errors.Is(err, ErrGone) {
		t.Errorf("who is still there: %v", err)
	}
	if err := h.End("first"); !errors.Is(err, unix.ENOENT) {
		t.Errorf("ended twice: %v", err)
	}
}

func TestOutputOfAProgramInANode(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1"))
	c, _ := enter(t, h, "lab")
	big := strings.Repeat("0123456789abcdef", 1<<16) // more than may be under way
	for _, tt := range []struct {
		name, node, script, in string
		code                   int
		out, errs              string
	}{
		{"both streams and the code", "host", "echo out; echo err >&2; exit 7", "", 7, "out\n", "err\n"},
		{"in a namespace", "ns1", "ip netns identify", "", 0, "ns1\n", ""},
		{"input that ends", "host", "cat; echo end", "hello\n", 0, "hello\nend\n", ""},
		{"much input", "host", "wc -c", big, 0, fmt.Sprintln(len(big)), ""},
		{"input that nobody reads", "host", "exec <&-; sleep 0.1; echo done", big, 0, "done\n", ""},
		{"a program that is killed", "host", "kill -9 $$", "", 137, "", ""},
		{"a child that holds the output", "host", "sleep 100 & echo off", "", 0, "off\n", ""},
		{"netlab is there", "host", "command -v netlab", "", 0, "/netlab/netlab\n", ""},
		{"and names the lab", "ns1", "echo $NETLAB_LAB $TERM", "", 0, "lab vt52\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code, err := c.Exec(soon(t), Program{Node: tt.node, Args: []string{"sh", "-c", tt.script}, Term: "vt52"}, streams(tt.in, &out, &errs, nil))
			if err != nil || code != tt.code || out.String() != tt.out || errs.String() != tt.errs {
				t.Errorf("code %d, %v\n%s\n%s", code, err, out.String(), errs.String())
			}
		})
	}
}

func streams(in string, out, errs io.Writer, signals <-chan os.Signal) Streams {
	r := strings.NewReader(in)
	return Streams{Out: out, Err: errs, Signals: signals, Read: func(ctx context.Context, b []byte) (int, error) {
		if in == "" { // nobody types
			<-ctx.Done()
			return 0, ctx.Err()
		}
		return r.Read(b)
	}}
}

func TestWhatALabDoesNotHave(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("echo data > /root/data"))
	c, _ := enter(t, h, "lab")
	for _, tt := range []struct {
		name string
		p    Program
		what control.Missing
		says string
	}{
		{"a node", Program{Node: "ns9", Args: []string{"true"}}, control.MissingNode, `no node "ns9"`},
		{"a node whose name is a path", Program{Node: "../../etc/passwd", Args: []string{"true"}}, control.MissingNode, "no node"},
		{"a program", Program{Args: []string{"nosuch"}}, control.MissingProgram, `no program "nosuch"`},
		{"a program at a path", Program{Args: []string{"/usr/bin/nosuch"}}, control.MissingProgram, "no program"},
		{"a file that is none", Program{Args: []string{"/root/data"}}, control.MissingRight, "cannot be executed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var lacking *Lacking
			_, err := c.Exec(soon(t), tt.p, streams("", io.Discard, io.Discard, nil))
			if !errors.As(err, &lacking) || lacking.What != tt.what || !strings.Contains(lacking.Text, tt.says) {
				t.Errorf("exec: %v", err)
			}
			_, err = c.Shell(soon(t), tt.p, newTTY().console())
			if !errors.As(err, &lacking) || lacking.What != tt.what {
				t.Errorf("shell: %v", err)
			}
		})
	}
	if _, lab := enter(t, h, "lab"); lab.Name != "lab" {
		t.Error("it is not the same any more")
	}
}

func TestSignalsReachTheProgram(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("true"))
	for _, tt := range []struct {
		name, script string
		sig          syscall.Signal
		code         int
	}{
		{"one that ends it", "echo ready; exec sleep 100", syscall.SIGINT, 130},
		{"one that it handles", "trap 'echo got it; exit 3' TERM; echo ready; while :; do sleep 0.01; done", syscall.SIGTERM, 3},
		{"with input waiting that nobody reads", "echo ready; exec sleep 100", syscall.SIGTERM, 143},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := enter(t, h, "lab")
			signals := make(chan os.Signal, 1)
			out := writeFunc(func(b []byte) (int, error) {
				if bytes.Contains(b, []byte("ready")) {
					signals <- tt.sig
				}
				return len(b), nil
			})
			in := ""
			if strings.Contains(tt.name, "input") {
				in = strings.Repeat("x", 1<<20)
			}
			code, err := c.Exec(soon(t), Program{Args: []string{"sh", "-c", tt.script}}, streams(in, out, io.Discard, signals))
			if err != nil || code != tt.code {
				t.Errorf("code %d, %v", code, err)
			}
		})
	}
}

// Whoever leaves takes along what it had started, and no more.
func TestWhoLeavesEndsItsProgram(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("true"))
	watcher, _ := enter(t, h, "lab")
	running := func() string {
		var out bytes.Buffer
		_, err := watcher.Exec(soon(t), Program{Args: []string{"sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"}}, streams("", &out, io.Discard, nil))
		must(t, err)
		return out.String()
	}
	for name, script := range map[string]string{
		"one that minds a hangup":         "echo ready; exec sleep 4242",
		"one that does not mind a hangup": "trap '' HUP; echo ready; sleep 4242; sleep 4242",
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := enter(t, h, "lab")
			ctx, leave := context.WithCancel(soon(t))
			out := writeFunc(func(b []byte) (int, error) { leave(); return len(b), nil })
			if _, err := c.Exec(ctx, Program{Args: []string{"sh", "-c", script}}, streams("", out, io.Discard, nil)); err == nil {
				t.Error("it ended by itself")
			}
			for ctx := soon(t); strings.Contains(running(), "sleep 4242"); {
				select {
				case <-ctx.Done():
					t.Fatal("it still runs")
				case <-time.After(10 * time.Millisecond):
				}
			}
		})
	}
}

// checks that hold or not, by what somebody else does meanwhile.
func TestCheckSeesWhatOthersDid(t *testing.T) {
	h := atHome(t)
	s := steps("ip netns add ns1; ip link add v1 type veth peer name v2 netns ns1")
	s.Steps[0].Checks = []check.Check{{Says: "v1 is there", Link: &check.Link{In: "host", Name: "v1"}}}
	stay(t, h, "lab", s)
	c, _ := enter(t, h, "lab")
	check := func(want event.Status) {
		t.Helper()
		a, told, err := ask(t, c, control.Request{Verb: control.Check})
		if err != nil || a.Status != string(want) || len(of(told, event.Check)) != 1 || told[0].Status != want {
			t.Errorf("%+v, %v, %+v", a, err, told)
		}
	}
	check(event.Pass)
	other, _ := enter(t, h, "lab")
	_, err := other.Exec(soon(t), Program{Args: []string{"ip", "link", "del", "v1"}}, streams("", io.Discard, io.Discard, nil))
	must(t, err)
	check(event.Fail)
}

func TestNothingIsClaimedBeforeTheFirstStep(t *testing.T) {
	c := openLab(t)
	if _, _, err := ask(t, c, control.Request{Verb: control.Check}); err == nil {
		t.Error("a lab without a lesson was checked")
	}
	_, _, err := ask(t, c, request(steps("true")))
	must(t, err)
	if a, _, err := ask(t, c, control.Request{Verb: control.Check}); err != nil || a.Status != string(event.Skip) || a.Text == "" {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestALabEndsWithItsSocketOrItsInit(t *testing.T) {
	for name, kill := range map[string]func(t *testing.T, pid int){
		"the socket is removed":    func(t *testing.T, _ int) { must(t, os.Remove("/run/netlab/lab.sock")) },
		"the directory is removed": func(t *testing.T, _ int) { must(t, os.RemoveAll("/run/netlab")) },
		"the directory is renamed": func(t *testing.T, _ int) {
			must(t, os.Rename("/run/netlab", "/run/elsewhere"))
			t.Cleanup(func() { os.RemoveAll("/run/elsewhere") })
		},
		"process 1 is killed": func(t *testing.T, pid int) { must(t, syscall.Kill(pid, syscall.SIGKILL)) },
	} {
		t.Run(name, func(t *testing.T) {
			h := atHome(t)
			stay(t, h, "lab", steps("true"))
			peer, err := h.Dial("lab")
			must(t, err)
			c, _, err := Attach(soon(t), peer)
			must(t, err)
			defer c.Close()
			kill(t, peer.Pid)
			said := make(chan error, 1)
			go func() { _, err := c.conn.Receive(); said <- err }()
			select {
			case err := <-said:
				if !hungUp(err) {
					t.Errorf("the lab says %v", err)
				}
			case <-soon(t).Done():
				t.Fatal("the lab lives on")
			}
			h.Close()
			unlisted(t, h)
		})
	}
}

// A lab whose maker dies before it said that it shall stay does not stay.
func TestALabThatIsNotKeptEnds(t *testing.T) {
	h := atHome(t)
	l, err := h.Listen("lab")
	must(t, err)
	c, err := Open(Start{Name: "lab", Trusted: true, Listener: l})
	must(t, err)
	visitor, _ := enter(t, h, "lab")
	c.Close()
	if _, err := visitor.conn.Receive(); !hungUp(err) {
		t.Errorf("the lab says %v", err)
	}
	unlisted(t, h)
}

// unlisted waits until no lab is up: a dying process closes one thing after
// the other.
func unlisted(t *testing.T, h *sandbox.Home) {
	t.Helper()
	for ctx := soon(t); ; {
		names, err := h.List()
		must(t, err)
		if len(names) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("still listed: %v", names)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestManyCallersAtOnce(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1"))
	var wg sync.WaitGroup
	for i := range 12 {
		c, _ := enter(t, h, "lab")
		wg.Go(func() {
			var out bytes.Buffer
			word := fmt.Sprintf("caller %d", i)
			code, err := c.Exec(soon(t), Program{Node: "ns1", Args: []string{"echo", word}}, streams("", &out, io.Discard, nil))
			if err != nil || code != 0 || out.String() != word+"\n" {
				t.Errorf("%s: code %d, %v: %s", word, code, err, out.String())
			}
			if _, _, err := c.Look(soon(t)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// A lab of another version is named, and can be ended.
func TestAnotherVersionIsTold(t *testing.T) {
	h := atHome(t)
	l, err := h.Listen("old")
	must(t, err)
	lab, err := sandbox.Start(sandbox.Options{Args: []string{stageFalse, "old"}, Trusted: true, Name: "old", Listener: l})
	must(t, err)
	l.Close()
	must(t, lab.Keep())
	peer, err := h.Dial("old")
	must(t, err)
	_, _, err = Attach(soon(t), peer)
	var other *VersionError
	if !errors.As(err, &other) || other.Lab.Netlab != "v0.1" || !strings.Contains(err.Error(), "the lab old was started by another netlab (v0.1)") {
		t.Errorf("%v", err)
	}
	must(t, h.End("old"))
}

// A stopped lab does not answer, and can be ended all the same.
func TestALabThatDoesNotAnswer(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("true"))
	peer, err := h.Dial("lab")
	must(t, err)
	// A thread that runs goes on until the one that the kernel has chosen for the signal has taken it.
	must(t, exec.Command("sh", "-c", fmt.Sprintf(`all="%d $(cat /proc/%d/task/*/children)"; kill -STOP $all
		for p in $all; do while grep -h ^State /proc/$p/task/*/status | grep -qv '(stopped)'; do sleep 0.01; done; done`, peer.Pid, peer.Pid)).Run())
	ctx, cancel := context.WithTimeout(soon(t), 200*time.Millisecond)
	defer cancel()
	if _, _, err := Attach(ctx, peer); err == nil {
		t.Error("it answers")
	}
	must(t, h.End("lab"))
}

// oldEngine is one that speaks a later version of the protocol to whoever
// comes.
func oldEngine(ends sandbox.Ends) int {
	l, err := net.FileListener(ends.Listener)
	if err != nil {
		return 1
	}
	for {
		sock, err := l.Accept()
		if err != nil {
			return 1
		}
		conn := control.New(sock)
		if _, err := conn.Receive(); err == nil {
			_ = conn.Send(control.KindAnswer, map[string]any{"lab": map[string]any{"v": 99, "name": "old", "netlab": "v0.1", "news": []int{1}}})
		}
	}
}
