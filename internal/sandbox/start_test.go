package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// opened starts a lab in this process, which the end of the test kills.
func opened(t *testing.T, opt Options) *Lab {
	t.Helper()
	opt.Args, opt.Trusted = []string{stageEngine}, true
	lab, err := Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lab.Kill)
	return lab
}

func TestTheControlSocketGoesThrough(t *testing.T) {
	lab := opened(t, Options{Env: []string{envCall + "=echo"}})
	want := strings.Repeat("over and out\n", 100)
	if _, err := io.WriteString(lab.Control, want); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(lab.Control, got); err != nil || string(got) != want {
		t.Fatalf("%v: %.40q", err, got)
	}
	if err := lab.Control.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Control.Read(got); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a read that has a deadline: %v", err)
	}
	lab.Kill()
	if _, err := lab.Control.Read(got); err == nil {
		t.Error("a lab that is gone answers")
	}
}

func TestALabCanBeEndedInAnyOrder(t *testing.T) {
	for name, f := range map[string]func(*Lab) int{
		"killed twice":            func(l *Lab) int { l.Kill(); l.Kill(); return l.Wait() },
		"waited for after a kill": func(l *Lab) int { l.Kill(); return l.Wait() },
		"killed while waited for": func(l *Lab) int {
			code := make(chan int)
			go func() { code <- l.Wait() }()
			go l.Kill()
			return <-code
		},
		"killed by many": func(l *Lab) int {
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(l.Kill)
			}
			wg.Wait()
			return l.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			lab := opened(t, Options{Env: []string{envCall + "=echo"}})
			pid := lab.Pid()
			if code := f(lab); code != 128+int(syscall.SIGKILL) {
				t.Errorf("code %d", code)
			}
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("init is still there: %v", err)
			}
		})
	}
}

func TestHowTheEngineEndedIsKnown(t *testing.T) {
	for name, tt := range map[string]struct {
		env   string
		code  int
		crash string
	}{
		"well":                {envScript + "=true", 0, ""},
		"with an error":       {envCall + "=crash", 1, "crash: the last words"},
		"killed":              {envCall + "=killed", 128 + int(syscall.SIGKILL), ""},
		"a call nobody knows": {envCall + "=odd", 1, "odd: nobody knows it"},
		"many words are cut":  {envScript + "=head -c 100000 /dev/zero | tr '\\0' x >&2; echo end >&2", 0, "end"},
		"init reaps orphans":  {envScript + "=for i in 1 2 3 4 5; do setsid -f true; done; while grep -qs ' Z ' /proc/[0-9]*/stat; do :; done", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			lab := opened(t, Options{Env: []string{tt.env}})
			if code := lab.Wait(); code != tt.code {
				t.Errorf("code %d", code)
			}
			if got := lab.Crash(); len(got) > tailSize+1 || !strings.HasSuffix(got, tt.crash) || (tt.crash == "") != (got == "") {
				t.Errorf("%d bytes: %q", len(got), got[max(0, len(got)-200):])
			}
		})
	}
}

func TestLabsCanBeStartedAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			lab, err := Start(Options{Args: []string{stageEngine}, Trusted: true, Env: []string{fmt.Sprintf("%s=exit %d", envScript, i%2)}})
			if err != nil {
				t.Error(err)
				return
			}
			if code := lab.Wait(); code != i%2 {
				t.Errorf("lab %d ended with %d: %s", i, code, lab.Crash())
			}
		})
	}
	wg.Wait()
}

func TestNothingIsLeftOpen(t *testing.T) {
	opened(t, Options{Env: []string{envScript + "=true"}}).Wait() // what is made once
	before := descriptors(t)
	for range 3 {
		opened(t, Options{Env: []string{envScript + "=true"}}).Wait()
		opened(t, Options{Env: []string{envCall + "=echo"}}).Kill()
		if _, err := Start(Options{Args: []string{stageEngine}, Dir: "/nope", Trusted: true}); err == nil {
			t.Error("a directory that is not there is no trouble")
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestAStartThatFailsInsideIsRefusedWithItsStage(t *testing.T) {
	for name, tt := range map[string]struct {
		opt   Options
		stage string
	}{
		"a directory that is not there": {Options{Dir: "/nope"}, "clone the engine"},
		"a bind that is not there":      {Options{Binds: []Bind{{Path: "/no/such/place"}}}, "show /no/such/place"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.opt.Args, tt.opt.Trusted = []string{stageEngine}, true
			_, err := Start(tt.opt)
			var r *Refusal
			if !errors.As(err, &r) || r.Stage != tt.stage || !errors.Is(err, syscall.ENOENT) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestAnInitThatDiesIsToldWithItsWords starts a program as init that is none.
func TestAnInitThatDiesIsToldWithItsWords(t *testing.T) {
	for script, want := range map[string]string{
		"echo fatal error >&2; exit 3": "the sandbox's first process died: exit status 3\nfatal error",
		"kill -ABRT $$":                "the sandbox's first process died: signal: aborted",
		"echo '{' >&5; exit 0":         "the sandbox's first process died: exit status 0",
	} {
		e, err := newEnds()
		if err != nil {
			t.Fatal(err)
		}
		lab := &Lab{Control: e.control, lifeline: e.lifeline, crash: newTail()}
		lab.cmd = exec.Command("/bin/sh", "-c", "ulimit -c 0; read -r line <&4; "+script)
		lab.cmd.Stderr = lab.crash
		lab.cmd.ExtraFiles = []*os.File{e.innerControl, e.innerLifeline, e.innerStatus}
		if err := lab.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		e.closeInner()
		err = lab.handshake(Options{}, identity{}, false, e.status)
		var r *Refusal
		if !errors.As(err, &r) || r.Stage != "init" || r.Err.Error() != want {
			t.Errorf("%q: %v", script, err)
		}
	}
}

func TestInitIsToldWhatToDo(t *testing.T) {
	for name, tt := range map[string]struct {
		sent string
		ok   bool
	}{
		"settings":           {`{"args":["a"],"ids":[1,2]}` + "\n", true},
		"and more behind":    {`{"args":["a"],"ids":[1,2]}` + "\nxx", true},
		"nothing":            {"", false},
		"half a line":        {`{"args":["a"],"ids":[1,2]}`, false},
		"no settings at all": {"hello\n", false},
		"an empty line":      {"\n", false},
		"of another kind":    {`{"args":"a"}` + "\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := readSettings(strings.NewReader(tt.sent))
			if (err == nil) != tt.ok {
				t.Fatalf("err = %v", err)
			}
			if tt.ok {
				if d := cmp.Diff(settings{Args: []string{"a"}, IDs: []int{1, 2}}, got); d != "" {
					t.Error(d)
				}
			}
		})
	}
}

func TestTheReportOfInitGoesThroughThePipe(t *testing.T) {
	for name, tt := range map[string]struct {
		stage string
		err   error
		errno syscall.Errno
	}{
		"an errno":           {"mount proc", syscall.EPERM, syscall.EPERM},
		"an errno in a path": {"show /usr", &os.PathError{Op: "mkdir", Path: "/usr", Err: syscall.ENOSPC}, syscall.ENOSPC},
		"wrapped":            {"prctl", fmt.Errorf("drop capability 9: %w", syscall.EINVAL), syscall.EINVAL},
		"words alone":        {"find a place for the tree", errors.New("no directory to mount on"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := json.Marshal(statusOf(tt.stage, tt.err))
			if err != nil {
				t.Fatal(err)
			}
			var got status0
			if err := json.Unmarshal(b, &got); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(status0{tt.stage, tt.errno, tt.err.Error()}, got); d != "" {
				t.Error(d)
			}
			var r *Refusal
			if !errors.As(got.err(), &r) || r.Stage != tt.stage || tt.errno != 0 && !errors.Is(r, tt.errno) {
				t.Errorf("%v", got.err())
			}
		})
	}
	if err := (status0{}).err(); err != nil {
		t.Errorf("a good start is an error: %v", err)
	}
}

func TestTheTailIsKept(t *testing.T) {
	line := strings.Repeat("z", 99) + "\n"
	const whole = tailSize - len(between) // what fits
	for name, tt := range map[string]struct {
		writes []string
		want   string
	}{
		"nothing":           {nil, ""},
		"a line":            {[]string{"oops\n"}, "\noops"},
		"pieces":            {[]string{"a", "b", "\nc\n\n"}, "\nab\nc"},
		"just enough":       {[]string{strings.Repeat("a", whole)}, "\n" + strings.Repeat("a", whole)},
		"one byte too much": {[]string{strings.Repeat("a", headSize) + "b" + strings.Repeat("c", whole-headSize)}, "\n" + strings.Repeat("a", headSize) + between + strings.Repeat("c", whole-headSize)},
		"both ends of much": {[]string{"why\n", strings.Repeat(line, 1000), "end"},
			"\n" + ("why\n" + strings.Repeat(line, 1000))[:headSize] + between + strings.Repeat(line, 1000)[1000*100-(whole-headSize)+3:] + "end"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTail()
			for _, w := range tt.writes {
				if n, err := io.WriteString(k, w); n != len(w) || err != nil {
					t.Fatal(n, err)
				}
			}
			if got := k.text(); got != tt.want {
				t.Errorf("%d bytes, not %d: %.60q", len(got), len(tt.want), got)
			}
		})
	}
}

func TestTheEndsAreJoined(t *testing.T) {
	e, err := newEnds()
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 8)
	for name, pair := range map[string][2]*os.File{
		"control, inwards": {e.control, e.innerControl}, "control, outwards": {e.innerControl, e.control},
		"lifeline": {e.lifeline, e.innerLifeline}, "status": {e.innerStatus, e.status},
	} {
		if _, err := io.WriteString(pair[0], "ab"); err != nil {
			t.Fatal(name, err)
		}
		if n, err := pair[1].Read(buf); err != nil || string(buf[:n]) != "ab" {
			t.Errorf("%s: %q %v", name, buf[:n], err)
		}
	}
	e.closeInner()
	if _, err := e.status.Read(buf); !errors.Is(err, io.EOF) {
		t.Errorf("the status goes on: %v", err)
	}
	e.closeInner() // as start does after a failure
	e.closeOuter()
	if _, err := e.lifeline.Write(buf); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the lifeline is open: %v", err)
	}
}

func TestALabsEnvironmentIsShort(t *testing.T) {
	for name, value := range map[string]string{"LANG": "de_DE.UTF-8", "NO_COLOR": "", "TERM": "xterm", "SECRET": "of the host", "SUDO_USER": "anna", "HOME": "/home/anna"} {
		t.Setenv(name, value)
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	want := "HOME=/root LANG=de_DE.UTF-8 LOGNAME=root NO_COLOR= PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SHELL=/bin/sh TERM=xterm USER=root"
	var out bytes.Buffer
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	lab := opened(t, Options{Stdout: w, Stderr: os.Stderr, Env: []string{"EXTRA=1", envScript + "=env -u " + envScript + " -u _ -u PWD -u SHLVL | sort | tr '\\n' ' '"}})
	w.Close()
	if _, err := io.Copy(&out, r); err != nil {
		t.Fatal(err)
	}
	if code := lab.Wait(); code != 0 {
		t.Error("code", code)
	}
	if d := cmp.Diff("EXTRA=1 "+want+" ", out.String()); d != "" {
		t.Error(d)
	}
}
