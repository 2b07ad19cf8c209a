package event_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

func fold(events ...event.Event) event.Report {
	var r event.Report
	for _, e := range events {
		r.Add(e)
	}
	return r
}

func start(name string) event.Event {
	return event.Event{Kind: event.LessonStart, Lesson: name, Title: "about " + name, Total: 2}
}

func end(name string, s event.Status) event.Event {
	return event.Event{Kind: event.LessonEnd, Lesson: name, Status: s}
}

func step(n int, title string) event.Event {
	return event.Event{Kind: event.StepStart, Step: n, Title: title}
}

func stepEnd(n int, s event.Status) event.Event {
	return event.Event{Kind: event.StepEnd, Step: n, Status: s}
}

func checked(says string, s event.Status) event.Event {
	return event.Event{Kind: event.Check, Text: says, Status: s}
}

func ran(line string, exit int, s event.Status) event.Event {
	return event.Event{Kind: event.CommandEnd, Line: line, Exit: exit, Status: s}
}

func TestReportFoldsALesson(t *testing.T) {
	got := fold(
		event.Event{Kind: event.RunStart, Text: "1.0", Total: 1},
		start("veth-pair"),
		step(1, "make"),
		event.Event{Kind: event.Command, Line: "ip netns add ns1", Place: "host"},
		event.Event{Kind: event.Output, Text: "something"},
		event.Event{Kind: event.CommandEnd, Line: "ip netns add ns1", Millis: 2},
		event.Event{Kind: event.Check, Check: "namespace ns1", Text: "ns1 exists", Status: event.Fail, Want: "w", Got: "g", Cause: "c", Millis: 3},
		event.Event{Kind: event.Hint, Text: "look again"},
		event.Event{Kind: event.Note, Text: "inside"},
		event.Event{Kind: event.StepEnd, Step: 1, Status: event.Fail, Millis: 6},
		event.Event{Kind: event.LessonEnd, Lesson: "veth-pair", Status: event.Fail, Millis: 7},
		event.Event{Kind: event.Note, Text: "outside"},
		event.Event{Kind: event.Fault, Text: "broke", Hint: "mend"},
		event.Event{Kind: event.RunEnd, Millis: 9},
	)
	want := event.Report{
		Version: "1.0", Total: 1, Begun: true, Ended: true, Millis: 9,
		Notes:  []string{"outside"},
		Faults: []event.Failure{{Text: "broke", Hint: "mend", Code: event.CodeFault}},
		Lessons: []event.Lesson{{
			Name: "veth-pair", Title: "about veth-pair", Total: 2, Status: event.Fail, Millis: 7, Notes: []string{"inside"},
			Steps: []event.Step{{
				Number: 1, Title: "make", Hints: 1, Status: event.Fail, Millis: 6,
				Commands: []event.CommandRun{{Line: "ip netns add ns1", Place: "host", Status: event.Pass, Millis: 2}},
				Checks: []event.CheckResult{{
					Check: "namespace ns1", Says: "ns1 exists", Status: event.Fail, Want: "w", Got: "g", Cause: "c", Millis: 3,
				}},
			}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fold (-want +got):\n%s", diff)
	}
}

func TestReportStatus(t *testing.T) {
	tests := []struct {
		name   string
		events []event.Event
		want   event.Status
	}{
		{"a lesson that ended well has passed", []event.Event{start("a"), end("a", event.Pass)}, event.Pass},
		{"a lesson that never ended has no status", []event.Event{start("a"), step(1, "x")}, ""},
		{"a skipped lesson needs no start", []event.Event{end("a", event.Skip)}, event.Skip},
		{
			"a failed check is not hidden by a lesson that says it passed",
			[]event.Event{start("a"), step(1, "x"), checked("c", event.Fail), end("a", event.Pass)}, event.Fail,
		},
		{
			"an unmeant exit status is not hidden either",
			[]event.Event{start("a"), step(1, "x"), ran("false", 1, event.Fail), end("a", event.Pass)}, event.Fail,
		},
		{
			"a designed failure of a command is no failure",
			[]event.Event{start("a"), step(1, "x"), ran("ping", 1, event.Pass), end("a", event.Pass)}, event.Pass,
		},
		{
			"a step done again forgets how it went before",
			[]event.Event{
				start("a"), step(1, "x"), checked("c", event.Fail), stepEnd(1, event.Fail),
				step(1, "x"), checked("c", event.Pass), stepEnd(1, event.Pass), end("a", event.Pass),
			}, event.Pass,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := fold(tt.events...)
			if len(r.Lessons) != 1 || r.Lessons[0].Status != tt.want {
				t.Errorf("lessons = %+v, want one with status %q", r.Lessons, tt.want)
			}
		})
	}
}

func TestReportSortsMixedStreamsByLesson(t *testing.T) {
	in := func(lesson string, e event.Event) event.Event { e.Lesson, e.Step = lesson, 1; return e }
	r := fold(
		start("a"), start("b"),
		in("b", step(1, "of b")), in("a", step(1, "of a")),
		in("a", checked("a one", event.Pass)), in("b", checked("b one", event.Fail)), in("a", checked("a two", event.Pass)),
		end("b", event.Fail), end("a", event.Pass),
	)
	if got, want := r.Lessons[0].Checks(), (event.Count{Pass: 2}); got != want {
		t.Errorf("checks of a = %+v, want %+v", got, want)
	}
	if got, want := r.Lessons[1].Checks(), (event.Count{Fail: 1}); got != want {
		t.Errorf("checks of b = %+v, want %+v", got, want)
	}
	if got, want := r.Count(), (event.Count{Pass: 1, Fail: 1}); got != want {
		t.Errorf("lessons = %+v, want %+v", got, want)
	}
	if got := r.Checks().Total(); got != 3 {
		t.Errorf("checks of all = %d, want 3", got)
	}
}

func TestReportOddOrders(t *testing.T) {
	t.Run("steps are kept in order of their number", func(t *testing.T) {
		l := fold(start("a"), step(2, "two"), step(1, "one")).Lessons[0]
		if l.Steps[0].Title != "one" || l.Steps[1].Title != "two" {
			t.Errorf("steps = %+v", l.Steps)
		}
	})
	t.Run("an event before the first step makes step 0", func(t *testing.T) {
		l := fold(start("a"), checked("scene stands", event.Pass)).Lessons[0]
		if len(l.Steps) != 1 || l.Steps[0].Number != 0 || len(l.Steps[0].Checks) != 1 {
			t.Errorf("steps = %+v", l.Steps)
		}
	})
	t.Run("two runs of one line are two commands", func(t *testing.T) {
		open := event.Event{Kind: event.Command, Line: "ip a"}
		l := fold(start("a"), step(1, "x"), open, ran("ip a", 0, ""), open, ran("ip a", 1, event.Fail)).Lessons[0]
		if got, want := l.Commands(), (event.Count{Pass: 1, Fail: 1}); got != want {
			t.Errorf("commands = %+v, want %+v", got, want)
		}
	})
	t.Run("a command that has not ended is not counted", func(t *testing.T) {
		l := fold(start("a"), step(1, "x"), event.Event{Kind: event.Command, Line: "sleep"}).Lessons[0]
		if l.Commands().Total() != 0 || len(l.Steps[0].Commands) != 1 {
			t.Errorf("commands = %+v of %+v", l.Commands(), l.Steps[0].Commands)
		}
	})
	t.Run("steps are counted by their end", func(t *testing.T) {
		l := fold(start("a"), step(1, "x"), stepEnd(1, event.Pass), step(2, "y"), stepEnd(2, event.Skip)).Lessons[0]
		if got, want := l.StepCount(), (event.Count{Pass: 1, Skip: 1}); got != want {
			t.Errorf("steps = %+v, want %+v", got, want)
		}
	})
}
