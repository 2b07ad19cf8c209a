package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

// onPage is what the page shows for events, at 60 columns.
func onPage(t *testing.T, opt Options, events ...event.Event) string {
	t.Helper()
	stdout, _ := shown(t, "plain", events, look{width: 60}, opt)
	return stdout
}

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "row %d\n", i+1)
	}
	return b.String()
}

func stepOf(n int) event.Event { return event.Event{Kind: event.StepStart, Step: n, Title: "t"} }

func runs(line string) event.Event {
	return event.Event{Kind: event.Command, Line: line, Place: "host"}
}

func prints(s string) event.Event { return event.Event{Kind: event.Output, Text: s} }

func ends(line string, exit int, s event.Status) event.Event {
	return event.Event{Kind: event.CommandEnd, Line: line, Exit: exit, Status: s}
}

func TestOutputIsBounded(t *testing.T) {
	tests := []struct {
		name   string
		n      int
		opt    Options
		rows   int
		hidden string
	}{
		{"a dozen lines are shown", 12, Options{}, 12, ""},
		{"one more is shown rather than counted", 13, Options{}, 13, ""},
		{"two more are counted", 14, Options{}, 12, "… 2 more lines (--more)"},
		{"many are counted", 1000, Options{}, 12, "… 988 more lines (--more)"},
		{"all are shown on request", 1000, Options{More: true}, 1000, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := onPage(t, tt.opt, stepOf(1), runs("x"), prints(lines(tt.n)), ends("x", 0, event.Pass))
			if n := strings.Count(got, "│ row "); n != tt.rows {
				t.Errorf("%d rows, want %d:\n%s", n, tt.rows, got)
			}
			if strings.Contains(got, "--more") != (tt.hidden != "") || !strings.Contains(got, tt.hidden) {
				t.Errorf("want %q in:\n%s", tt.hidden, got)
			}
		})
	}
}

func TestEachCommandShowsALittle(t *testing.T) {
	got := onPage(t, Options{}, stepOf(1), runs("a"), prints(lines(50)), runs("b"), prints(lines(50)), stepOf(2), runs("c"), prints(lines(50)))
	for i, want := range []string{"… 38 more lines", "… 47 more lines", "… 38 more lines"} {
		part := strings.Split(got, "$ ")[i+1]
		if !strings.Contains(part, want) {
			t.Errorf("command %d: want %q in:\n%s", i+1, want, part)
		}
	}
}

func TestOutputInPieces(t *testing.T) {
	tests := []struct {
		name   string
		pieces []string
		want   []string
	}{
		{"lines come whole however they are cut", []string{"on", "e\ntw", "o\n"}, []string{"one", "two"}},
		{"the last line needs no end", []string{"one\ntwo"}, []string{"one", "two"}},
		{"empty lines stay", []string{"one\n\ntwo\n"}, []string{"one", "", "two"}},
		{"a line without end is cut in the end", []string{strings.Repeat("x", 1<<17)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events := []event.Event{stepOf(1), runs("x")}
			for _, s := range tt.pieces {
				events = append(events, prints(s))
			}
			var rows []string
			for row := range strings.Lines(onPage(t, Options{}, append(events, ends("x", 0, event.Pass))...)) {
				if _, s, ok := strings.Cut(row, "│"); ok {
					rows = append(rows, strings.TrimSpace(s))
				}
			}
			if tt.want == nil {
				if len(rows) > 2*(maxRows+1) {
					t.Errorf("%d rows", len(rows))
				}
				return
			}
			if diff := cmp.Diff(tt.want, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEndOfCommand(t *testing.T) {
	failed := func(s event.Status, exit int, text, hint string) event.Event {
		return event.Event{Kind: event.CommandEnd, Line: "x", Exit: exit, Status: s, Text: text, Hint: hint}
	}
	tests := []struct {
		name   string
		events []event.Event
		want   string
	}{
		{"success is silent", []event.Event{failed(event.Pass, 0, "", "")}, ""},
		{"a designed failure is no alarm", []event.Event{failed(event.Pass, 2, "", "")}, "    ~ exit status 2\n"},
		{"a failure has a cross", []event.Event{failed(event.Fail, 2, "no such device", "")}, "    ✗ exit status 2: no such device\n"},
		{"a hint stands below", []event.Event{failed(event.Fail, 2, "", "look")}, "    ✗ exit status 2\n      hint  look\n"},
		{"what was printed is not said again", []event.Event{prints("no such device\n"), failed(event.Fail, 1, "no such device", "")}, "    │ no such device\n    ✗ exit status 1\n"},
		{"success can be wrong", []event.Event{failed(event.Fail, 0, "", "")}, "    ✗ it succeeded, and the lesson expects it to fail\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := onPage(t, Options{}, append([]event.Event{runs("x")}, tt.events...)...)
			if diff := cmp.Diff("  $ x\n"+tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCommandLine(t *testing.T) {
	tests := []struct {
		name string
		in   event.Event
		want string
	}{
		{"as it was typed", runs("ip  -n ns1 a"), "  $ ip  -n ns1 a\n"},
		{"with its meaning", event.Event{Kind: event.Command, Line: "x", Text: "does it"}, "  $ x\n    does it\n"},
		{"in a namespace", event.Event{Kind: event.Command, Line: "x", Place: "ns1"}, "  ns1 $ x\n"},
		{"in one with a long name", event.Event{Kind: event.Command, Line: "x", Place: strings.Repeat("n", 40)}, "  " + strings.Repeat("n", 40) + "\n  $ x\n"},
		{"of several lines", runs("for i in 1 2; do\n  echo $i\ndone\n"), "  $ for i in 1 2; do\n      echo $i\n    done\n"},
		{
			"a long one can still be pasted", runs("ip link add veth_ns1 netns ns1 type veth peer name veth_ns2 netns ns2"),
			"  $ ip link add veth_ns1 netns ns1 type veth peer name \\\n      veth_ns2 netns ns2\n",
		},
		{
			"unless quotes make that unsure", runs("echo 'a text in quotes that is too long for one line of it'"),
			"  $ echo 'a text in quotes that is too long for one\n      line of it'\n",
		},
		{
			"a question to the machine's own ip", event.Event{Kind: event.Command, Line: "ip addr", By: "ip"},
			"  $ ip addr\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, onPage(t, Options{}, tt.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPrediction(t *testing.T) {
	ask := event.Event{Kind: event.Predict, Text: "Does it `ping`?", Choices: []string{"yes", "no"}}
	asked := "  ? Does it `ping`?\n    1  yes\n    2  no\n\n"
	tests := []struct {
		name   string
		answer event.Event
		want   string
	}{
		{"a right answer", event.Event{Answer: "2", Want: "2", OK: true, Text: "No route."}, "  ✓ Right: 2, “no”\n    No route.\n"},
		{"a wrong answer is corrected kindly", event.Event{Answer: "1", Want: "2", Text: "No route."}, "  ~ Not quite. It is 2, “no”\n    No route.\n"},
		{"no answer", event.Event{Want: "2", Text: "No route."}, "  → The answer is 2, “no”\n    No route.\n"},
		{"an answer by its words", event.Event{Answer: "yes", Want: "no"}, "  ~ Not quite. It is 2, “no”\n"},
		{"an answer that is no choice", event.Event{Want: "never"}, "  → The answer is never\n"},
		{"a number out of range", event.Event{Want: "7"}, "  → The answer is 7\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.answer.Kind = event.Predicted
			if diff := cmp.Diff(asked+tt.want, onPage(t, Options{}, ask, tt.answer)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuizAnswersWaitForAReader(t *testing.T) {
	events := []event.Event{
		{Kind: event.LessonStart, Lesson: "l", Title: "L"},
		{Kind: event.Quiz, Text: "Who?", Answer: "The kernel."},
		{Kind: event.Quiz, Text: "When?", Answer: "At once."},
		{Kind: event.LessonEnd, Lesson: "l", Status: event.Pass},
	}
	want := "  L\n  l\n\n  1. Who?\n\n  2. When?\n\n  Answers\n  1. The kernel.\n  2. At once.\n\n  ✓ l\n"
	if diff := cmp.Diff(want, onPage(t, Options{Guided: true}, events...)); diff != "" {
		t.Errorf("guided (-want +got):\n%s", diff)
	}
	want = "  L\n  l\n\n  ? Who?\n    The kernel.\n\n  ? When?\n    At once.\n\n  ✓ l\n"
	if diff := cmp.Diff(want, onPage(t, Options{}, events...)); diff != "" {
		t.Errorf("straight (-want +got):\n%s", diff)
	}
}

func TestQuietLeavesOutWhatIsNotProof(t *testing.T) {
	got := onPage(t, Options{Quiet: true}, recording(t, "testdata/failing.jsonl")...)
	for _, want := range []string{"A bridge with two ports", "$ ip link add br0", "✗ ns1 reaches ns2", "cause ", "✓ br0 is up", "hint ", "1 of 4 checks failed"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
	for _, not := range []string{"The bridge needs ports", "makes a bridge", "│ RTNETLINK", "│ line 1", "+ host", "Does the ping answer"} {
		if strings.Contains(got, not) {
			t.Errorf("%q is there:\n%s", not, got)
		}
	}
}

func TestChangeReasonIsSaidOnce(t *testing.T) {
	change := func(line, why string) event.Event {
		return event.Event{Kind: event.Change, Sign: "+", Place: "ns1", Line: line, Text: why}
	}
	got := onPage(t, Options{}, change("a", "because"), change("b", "because"), change("c", "other"), change("d", "because"))
	want := "    + ns1 a\n        because\n    + ns1 b\n    + ns1 c\n        other\n    + ns1 d\n        because\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProofOfACheckIsShownOnRequest(t *testing.T) {
	check := event.Event{Kind: event.Check, Text: "ns1 reaches ns2", Status: event.Pass, Got: "answered, TTL 64"}
	if got := onPage(t, Options{}, check); got != "  ✓ ns1 reaches ns2\n" {
		t.Errorf("by itself: %q", got)
	}
	if got := onPage(t, Options{More: true}, check); got != "  ✓ ns1 reaches ns2 · answered, TTL 64\n" {
		t.Errorf("with more: %q", got)
	}
}

func TestAFailedCommandIsToldOnce(t *testing.T) {
	claim := event.Event{Kind: event.Check, Text: "each command succeeds", Line: "ip x", Status: event.Fail, Want: "exit status 0", Got: "exit status 2"}
	ran := []event.Event{{Kind: event.Command, Line: "ip x"}, {Kind: event.CommandEnd, Line: "ip x", Exit: 2, Status: event.Fail}}
	if got := onPage(t, Options{}, append(ran, claim)...); got != "  $ ip x\n    ✗ exit status 2\n" {
		t.Errorf("the same as the command: %q", got)
	}
	claim.Got = "stopped at the limit: output"
	if got := onPage(t, Options{}, append(ran, claim)...); !strings.Contains(got, "stopped at the limit") {
		t.Errorf("more than the command: %q", got)
	}
}

func TestNotesOfACommandStandBehindItOnce(t *testing.T) {
	run := []event.Event{
		{Kind: event.Command, Line: "ping a"},
		{Kind: event.Output, Text: "one\n"},
		{Kind: event.Note, Step: 1, Text: "it stops"},
		{Kind: event.Output, Text: "two\n"},
		{Kind: event.CommandEnd, Line: "ping a"},
		{Kind: event.Change, Sign: "+", Place: "ns1", Line: "neigh b"},
	}
	once := "  $ ping a\n    │ one\n    │ two\n    + ns1 neigh b\n"
	want := once + "\n  note: it stops\n\n" + once
	if diff := cmp.Diff(want, onPage(t, Options{}, append(run, run...)...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other := []event.Event{{Kind: event.LessonStart, Lesson: "l"}}
	if got := onPage(t, Options{}, append(append(run, other...), run...)...); strings.Count(got, "it stops") != 2 {
		t.Errorf("in another lesson:\n%s", got)
	}
}
