package interp

import (
	"context"
	"flag"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"netlab/internal/event"
	"netlab/internal/netlabtest"
)

// The sandbox needs it: a process whose main thread is another namespace's
// cannot be told where it is.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	switch os.Args[0] {
	case StageShell:
		os.Exit(Child())
	case StageScript:
		os.Exit(ScriptChild(os.Args[1:]))
	case StageNetnsExec:
		os.Exit(NetnsExec(os.Args[1:]))
	}
	if isOwn(os.Args[0]) {
		os.Exit(ownProgram(os.Args))
	}
	// Tests that run in parallel mostly wait: for a ping that gets no answer.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(netlabtest.Main(m))
}

// open starts a Shell that the end of the test closes.
func open(t testing.TB, o Options) *Shell {
	t.Helper()
	s, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.peer != nil {
			if _, words := s.peer.end(); strings.Contains(words, "DATA RACE") {
				t.Error(words)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// took is all that a Run said.
type took struct {
	Result
	events []event.Event
}

func do(t testing.TB, s *Shell, text string) took {
	t.Helper()
	return try(t, s, Snippet{Text: text})
}

func try(t testing.TB, s *Shell, snippet Snippet) took {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	var out took
	res, err := s.Run(ctx, snippet, func(e event.Event) { out.events = append(out.events, e) })
	if err != nil {
		t.Fatalf("Run(%q): %v", snippet.Text, err)
	}
	out.Result = res
	return out
}

// output joins what was written to the stream; "" means both.
func (k took) output(stream string) string {
	var b strings.Builder
	for _, e := range k.events {
		if e.Kind == event.Output && (stream == "" || e.Stream == stream) {
			b.WriteString(e.Text)
		}
	}
	return b.String()
}

func (k took) notes() string {
	var all []string
	for _, e := range k.events {
		if e.Kind == event.Note {
			all = append(all, e.Text)
		}
	}
	return strings.Join(all, "\n")
}

func (k took) of(kind event.Kind) []event.Event {
	var all []event.Event
	for _, e := range k.events {
		if e.Kind == kind {
			all = append(all, e)
		}
	}
	return all
}

// story writes events one a line, without what varies.
func (k took) story() string {
	var b strings.Builder
	for _, e := range k.events {
		switch e.Kind {
		case event.Command:
			b.WriteString("$ " + e.Line + "  [" + e.Place + ", " + e.By + "]\n")
		case event.Output:
			b.WriteString(e.Stream + ": " + strings.TrimSuffix(e.Text, "\n") + "\n")
		case event.CommandEnd:
			b.WriteString("= " + strings.TrimSpace(itoa(e.Exit)+" "+string(e.Status)+" "+e.Text) + "\n")
		case event.Note:
			b.WriteString("note: " + e.Text + "\n")
		}
	}
	return b.String()
}

func itoa(n int) string {
	if n < 0 {
		return "-" + itoa(-n)
	}
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}
