package interp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

// fakePeer is a peer without a process, which has said these messages.
func fakePeer(said ...message) *peer {
	p := &peer{notify: make(chan struct{}, 1), gone: make(chan struct{})}
	p.room = sync.NewCond(&p.mu)
	for _, m := range said {
		p.hear(line(m))
	}
	return p
}

func line(m message) []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return append(b, '\n')
}

func begin(line string) message {
	return message{Event: &event.Event{Kind: event.Command, Line: line, Place: host, By: byMachine}}
}

func end(line string, exit int) message {
	return message{Event: &event.Event{Kind: event.CommandEnd, Line: line, Exit: exit}}
}

func done(r Result) message { return message{Done: &r} }

func TestAFailureIsMarkedWhenItEndedTheSnippet(t *testing.T) {
	tests := map[string]struct {
		said  []message
		meant bool
		want  string
	}{
		"success":              {[]message{begin("a"), end("a", 0), done(Result{})}, false, "$ a  [host, machine]\n= 0\n"},
		"failure at the end":   {[]message{begin("a"), end("a", 1), done(Result{Exit: 1, Line: "a"})}, false, "$ a  [host, machine]\n= 1 fail\n"},
		"meant to fail":        {[]message{begin("a"), end("a", 1), done(Result{Exit: 1, Line: "a"})}, true, "$ a  [host, machine]\n= 1\n"},
		"meant, but too early": {[]message{begin("a"), end("a", 1), done(Result{Exit: 1, Line: "a", Early: true})}, true, "$ a  [host, machine]\n= 1 fail\n"},
		"forgiven":             {[]message{begin("a"), end("a", 1), begin("b"), end("b", 0), done(Result{})}, false, "$ a  [host, machine]\n= 1\n$ b  [host, machine]\n= 0\n"},
		"forgiven by the last": {[]message{begin("a"), end("a", 1), done(Result{})}, false, "$ a  [host, machine]\n= 1\n"},
		"another one's fault":  {[]message{begin("a"), end("a", 1), done(Result{Exit: 1, Line: "false"})}, false, "$ a  [host, machine]\n= 1\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var k took
			r := &round{peer: fakePeer(tt.said...), meant: tt.meant, sink: func(e event.Event) { k.events = append(k.events, e) }}
			r.pass()
			if r.done == nil || len(r.open) != 0 || r.held != nil {
				t.Errorf("%+v", r)
			}
			if d := cmp.Diff(tt.want, k.story()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCommandsThatNobodyEndsAreEnded(t *testing.T) {
	var k took
	r := &round{peer: fakePeer(message{At: "first"}, begin("a"), begin("b"), begin("a"), end("a", 1)), sink: func(e event.Event) { k.events = append(k.events, e) }}
	r.pass()
	if r.line() != "a" || r.at != "first" {
		t.Errorf("line %q at %q", r.line(), r.at)
	}
	r.close(137, "")
	want := "$ a  [host, machine]\n$ b  [host, machine]\n$ a  [host, machine]\n= 1\n= 137 fail\n= 137 fail\n"
	if d := cmp.Diff(want, k.story()); d != "" {
		t.Error(d)
	}
	if r.line() != "first" {
		t.Errorf("without an open command: %q", r.line())
	}
}

func TestWhatIsNoMessageIsKeptAsLastWords(t *testing.T) {
	p := fakePeer()
	for _, text := range []string{"fatal error: stack overflow\n", "{\"broken\n", "", "\n"} {
		p.hear([]byte(text))
	}
	p.hear(line(begin("a")))
	p.hear([]byte(strings.Repeat("x", 2*maxWords)))
	p.hear([]byte("more"))
	if len(p.take()) != 1 || len(p.words) != maxWords || !strings.HasPrefix(string(p.words), "fatal error: stack overflow\n{\"broken\n") {
		t.Errorf("%d bytes: %.60q", len(p.words), p.words)
	}
	p.status = syscall.WaitStatus(2 << 8)
	if limit, _ := p.end(); limit != LimitStack {
		t.Errorf("limit %q", limit)
	}
}

func TestBetweenTwoRunsOnlyOutputIsLost(t *testing.T) {
	p := fakePeer()
	out := message{Event: &event.Event{Kind: event.Output, Text: "x"}}
	for range maxQueue + 10 {
		p.hear(line(out))
	}
	p.hear(line(end("job", 0)))
	q := p.take()
	if len(q) != maxQueue+1 || q[maxQueue].Event.Kind != event.CommandEnd {
		t.Errorf("%d messages", len(q))
	}
}

func TestDuringARunTheChildWaits(t *testing.T) {
	p := fakePeer()
	p.setBusy(true)
	const all = 3 * maxQueue
	go func() {
		for range all {
			p.hear(line(message{Event: &event.Event{Kind: event.Output, Text: "x"}}))
		}
	}()
	got := 0
	for got < all {
		<-p.notify
		n := len(p.take())
		if got += n; n > maxQueue {
			t.Fatalf("%d messages at once", n)
		}
	}
}

func TestLinesAreReadWhole(t *testing.T) {
	long := strings.Repeat("y", maxMessage+1000)
	r := bufio.NewReaderSize(strings.NewReader("short\n"+long+"\nlast"), 64)
	var sizes []int
	for {
		b, err := readLine(r)
		sizes = append(sizes, len(b))
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			break
		}
	}
	if len(sizes) != 3 || sizes[0] != 6 || sizes[1] < maxMessage || sizes[1] > maxMessage+64 || sizes[2] != 4 {
		t.Errorf("%v", sizes)
	}
}

func TestMessagesGoThroughThePipeUnchanged(t *testing.T) {
	want := message{Event: &event.Event{V: 1, Kind: event.Output, Stream: "stdout", Text: "<a & b>\n\x1b[1m\u2028é"}, At: "x"}
	var b strings.Builder
	newMouth(&b).send(want)
	if !strings.HasPrefix(b.String(), `{"`) || strings.Count(b.String(), "\n") != 1 {
		t.Errorf("%q", b.String())
	}
	var got message
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDefaultsAreFilledIn(t *testing.T) {
	got := Options{Processes: 7}.withDefaults()
	want := Options{
		Path: OwnDir + ":" + DefaultPath, Dir: "/root", MaxOutput: 1 << 20, CommandTime: 30 * time.Second, RunTime: 2 * time.Minute,
		Processes: 7, Memory: 1 << 30, FileSize: 64 << 20, Stack: 64 << 20,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTheChildHasItsLimits(t *testing.T) {
	s := open(t, small())
	k := do(t, s, "cat /proc/self/limits; cat /proc/$$/limits")
	for name, want := range map[string]string{
		"Max file size":      fmt.Sprint(1 << 20),
		"Max data size":      fmt.Sprint(small().Memory),
		"Max core file size": "0",
		"Max open files":     "1024",
		"Max processes":      fmt.Sprint(40 + spareTasks),
	} {
		found := 0
		for text := range strings.Lines(k.output("stdout")) {
			if f := strings.Fields(strings.TrimPrefix(text, name)); strings.HasPrefix(text, name+" ") && len(f) > 1 && f[0] == want && f[1] == want {
				found++
			}
		}
		if found != 2 {
			t.Errorf("%s is not %s in a program and in the shell:\n%s", name, want, k.output("stdout"))
		}
	}
}

func TestTheShellEndsWithItsEngine(t *testing.T) {
	p, err := launch(small().withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	run := "sleep 4712 & sleep 4712"
	if err := p.send(request{Run: &run}); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "both run", func() bool { return count("sleep 4712") == 2 })
	p.requests.Close() // as the kernel does when the engine dies
	select {
	case <-p.gone:
	case <-time.After(5 * time.Second):
		t.Fatal("the shell lives on")
	}
	within(t, 5*time.Second, "its programs are gone", func() bool { return count("sleep 4712") == 0 })
	p.kill() // finds nothing, and does not hang
}

func TestABrokenShellIsNetlabsFault(t *testing.T) {
	s := open(t, small())
	do(t, s, "true")                                          // it has begun
	_ = syscall.Kill(s.peer.cmd.Process.Pid, syscall.SIGQUIT) // a Go program dies of that with the words of a crash
	<-s.peer.gone
	if limit, words := s.peer.end(); limit != "" || !strings.HasPrefix(words, "SIGQUIT") {
		t.Errorf("limit %q, words %.200q", limit, words)
	}
	if k := do(t, s, "echo well"); k.output("stdout") != "well\n" || !strings.Contains(k.notes(), "a new shell is started") {
		t.Errorf("%+v\n%s", k.Result, k.story())
	}
	_, err := s.Run(context.Background(), Snippet{Text: "sh -c 'kill -QUIT $PPID'; sleep 1"}, func(event.Event) {})
	if err == nil || !strings.HasPrefix(err.Error(), "the shell broke: ") || len(err.Error()) > maxBroken+100 {
		t.Errorf("err = %v", err)
	}
}

func TestManyShellsAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		s := open(t, Options{})
		wg.Go(func() {
			var out strings.Builder
			text := fmt.Sprintf("for i in 1 2 3; do echo %d; done | sort | uniq -c", i)
			res, err := s.Run(context.Background(), Snippet{Text: text}, func(e event.Event) { out.WriteString(e.Text) })
			if err != nil || res.Exit != 0 || strings.TrimSpace(out.String()) != fmt.Sprintf("3 %d", i) {
				t.Errorf("%d: %+v %v %q", i, res, err, out.String())
			}
		})
	}
	wg.Wait()
}

func TestTheCrowdIsCounted(t *testing.T) {
	s := open(t, Options{})
	do(t, s, "for i in 1 2 3 4 5; do sleep 4713 & done")
	pid := s.peer.cmd.Process.Pid
	within(t, 5*time.Second, "five tasks are counted", func() bool { return tasks(pid) == 5 })
	c := &crowd{begun: machineTasks(), looks: fullLook - 1}
	if !c.exceeds(pid, 4) {
		t.Error("the full look sees no crowd")
	}
	if c = (&crowd{begun: 0}); c.exceeds(pid, 5) {
		t.Error("five are more than five")
	}
	if n := tasks(os.Getpid()); n < 5 {
		t.Errorf("%d tasks below the test", n)
	}
}
