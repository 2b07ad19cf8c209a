package interp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

func TestAThreadThatCouldNotBeMadeIsALimitOfWhatWasShort(t *testing.T) {
	const memory = 300 << 20
	words := []byte("runtime/cgo: pthread_create failed: Resource temporarily unavailable\nSIGABRT: abort\n")
	for name, tt := range map[string]struct {
		peak int64
		want string
	}{
		"little memory was used":   {20 << 20, LimitProcesses},
		"just a third":             {100 << 20, LimitProcesses},
		"much memory was used":     {101 << 20, LimitMemory},
		"all of the memory and it": {290 << 20, LimitMemory},
	} {
		t.Run(name, func(t *testing.T) {
			p := fakePeer()
			p.hear(words)
			p.status, p.peak, p.memory = syscall.WaitStatus(2<<8), tt.peak, memory
			if got, _ := p.end(); got != tt.want {
				t.Errorf("the limit is %q, not %q", got, tt.want)
			}
		})
	}
}

func TestTheLastWordsAreTheFateWhenThereAreNone(t *testing.T) {
	p := fakePeer()
	p.hear([]byte("\n \n"))
	p.fate, p.status = "signal: killed", syscall.WaitStatus(syscall.SIGKILL)
	limit, words := p.end()
	if limit != LimitKilled || words != "signal: killed" {
		t.Errorf("limit %q, words %q", limit, words)
	}
	p.hear([]byte("panic: oops\n"))
	if _, words = p.end(); words != "panic: oops" {
		t.Errorf("words %q", words)
	}
}

func TestTheShellGetsAShortEnvironment(t *testing.T) {
	got := environment(Options{Path: "/a:/b"})
	want := []string{"PATH=/a:/b", "HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/sh", "TERM=dumb", "LANG=C.UTF-8"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestWhatIsNotAMessageIsNoEvent: a program that finds the pipe must not be
// able to break the engine.
func TestWhatIsNotAMessageIsNoEvent(t *testing.T) {
	for _, text := range []string{
		"", "\n", "null\n", "[]\n", "7\n", "{}\n", "{\n", `{"event":7}` + "\n", `{"done":"x"}` + "\n", ` {"at":"x"}` + "\n", `{"event":{"exit":"1"}}` + "\n",
	} {
		p := fakePeer()
		p.hear([]byte(text))
		if q := p.take(); len(q) != 0 {
			t.Errorf("%q is taken for %+v", text, q)
		}
		if string(p.words) != text {
			t.Errorf("%q is kept as %q", text, p.words)
		}
	}
	for _, text := range []string{`{"at":"x"}` + "\n", `{"new":1}` + "\n", `{"event":{"kind":"note","later":true}}`} {
		p := fakePeer()
		if p.hear([]byte(text)); len(p.take()) != 1 || len(p.words) != 0 {
			t.Errorf("%q is no message", text)
		}
	}
}

func TestRequestsAreOneLineEach(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := fakePeer()
	p.requests = w
	run, o := "echo 'a\nb' # \u2028 é", small().withDefaults()
	for _, q := range []request{{Setup: &o}, {Run: &run}} {
		if err := p.send(q); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(b.Bytes()), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), b.Bytes())
	}
	var setup, text request
	if err := json.Unmarshal(lines[0], &setup); err != nil || setup.Run != nil {
		t.Fatal(err, setup)
	}
	if d := cmp.Diff(o, *setup.Setup); d != "" {
		t.Error(d)
	}
	if err := json.Unmarshal(lines[1], &text); err != nil || text.Setup != nil || *text.Run != run {
		t.Errorf("%v %+v", err, text)
	}
	if err := p.send(request{Run: &run}); err == nil {
		t.Error("a closed pipe takes a request")
	}
}

func TestARunOnADeadShellTellsWhatEndedIt(t *testing.T) {
	s := open(t, small())
	do(t, s, "x=1; true")
	if err := syscall.Kill(s.peer.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.peer.gone
	k := do(t, s, "echo x=$x")
	want := "note: a new shell is started: variables, functions and background jobs of earlier commands are gone (" +
		(Options{}).withDefaults().explain(LimitKilled) + ")\nstdout: x=\n"
	if d := cmp.Diff(want, k.story()); d != "" {
		t.Error(d)
	}
	if k = do(t, s, "echo x=$x"); k.notes() != "" {
		t.Errorf("it is told again: %s", k.notes())
	}
}

func TestStartRefusesAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if s, err := Start(ctx, Options{}); err == nil {
		s.Close()
		t.Error("it started")
	}
}

func TestAContextThatEndedEndsTheRunAtOnce(t *testing.T) {
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	res, err := s.Run(ctx, Snippet{Text: "i=0; while :; do i=$((i+1)); [ $i = 9 ] && echo on; done"}, func(event.Event) { cancel() })
	if !errors.Is(err, context.Canceled) || res.Exit != 130 || !strings.HasPrefix(res.Line, "while") {
		t.Errorf("%+v %v", res, err)
	}
	if k := do(t, s, "true"); !strings.Contains(k.notes(), "(it was interrupted)") {
		t.Errorf("notes: %s", k.notes())
	}
}

func TestClosingTwiceIsFine(t *testing.T) {
	s := open(t, Options{})
	for range 3 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if s.peer != nil {
		t.Error("the child is still known")
	}
}
