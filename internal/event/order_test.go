package event_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

func TestReportKeepsWhatBelongsTogether(t *testing.T) {
	open := func(line, place string) event.Event {
		return event.Event{Kind: event.Command, Line: line, Place: place}
	}
	t.Run("an end closes the newest open command of its line", func(t *testing.T) {
		s := fold(start("a"), step(1, "x"), open("ping", "ns1"), open("ping", "ns2"), ran("ping", 1, event.Fail)).Lessons[0].Steps[0]
		want := []event.CommandRun{
			{Line: "ping", Place: "ns1"},
			{Line: "ping", Place: "ns2", Exit: 1, Status: event.Fail},
		}
		if diff := cmp.Diff(want, s.Commands); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("an end without a beginning is a command of its own", func(t *testing.T) {
		s := fold(start("a"), step(1, "x"), open("ip a", "host"), ran("ip b", 2, "")).Lessons[0].Steps[0]
		want := []event.CommandRun{{Line: "ip a", Place: "host"}, {Line: "ip b", Exit: 2, Status: event.Pass}}
		if diff := cmp.Diff(want, s.Commands); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("a lesson that is done again is two lessons", func(t *testing.T) {
		r := fold(start("a"), end("a", event.Fail), start("a"), step(1, "x"), checked("c", event.Pass), end("a", event.Pass))
		if got, want := r.Count(), (event.Count{Pass: 1, Fail: 1}); got != want {
			t.Errorf("lessons = %+v, want %+v", got, want)
		}
		if n := r.Lessons[0].Checks().Total(); n != 0 {
			t.Errorf("the first one has %d checks of the second", n)
		}
	})
	t.Run("a note is the lesson's until it ends", func(t *testing.T) {
		note := func(lesson, text string) event.Event {
			return event.Event{Kind: event.Note, Lesson: lesson, Text: text}
		}
		r := fold(note("", "before"), start("a"), note("", "in"), end("a", event.Pass), note("", "after"), note("a", "late"))
		if diff := cmp.Diff([]string{"before", "after"}, r.Notes); diff != "" {
			t.Errorf("of the run (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"in", "late"}, r.Lessons[0].Notes); diff != "" {
			t.Errorf("of the lesson (-want +got):\n%s", diff)
		}
	})
	t.Run("a skipped lesson keeps its title and reason", func(t *testing.T) {
		l := fold(event.Event{Kind: event.LessonEnd, Lesson: "vxlan", Title: "Tunnels", Status: event.Skip, Text: "no kernel module"}).Lessons[0]
		if l.Title != "Tunnels" || l.Reason != "no kernel module" || l.Failed() {
			t.Errorf("lesson = %+v", l)
		}
	})
	t.Run("a failed step fails its lesson, whatever the lesson says", func(t *testing.T) {
		r := fold(start("a"), step(1, "x"), stepEnd(1, event.Fail), end("a", event.Skip))
		if !r.Lessons[0].Failed() || r.Lessons[0].Status != event.Skip {
			t.Errorf("lesson = %+v", r.Lessons[0])
		}
	})
}
