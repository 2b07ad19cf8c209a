package cli

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/run"
	"netlab/internal/scenario"
	"netlab/internal/term"
)

func TestLessonFormat(t *testing.T) {
	for name, tt := range map[string]struct {
		tty    bool
		format string
		want   string
	}{
		"a terminal":              {true, "", "tty"},
		"a file":                  {false, "", "plain"},
		"asked for on a terminal": {true, "jsonl", "jsonl"},
		"asked for in a file":     {false, "jsonl", "jsonl"},
	} {
		tm, _ := term.Test(nil, 80)
		tm.OutTTY = tt.tty
		if got := lessonFormat(&app{term: tm}, runOptions{format: tt.format}); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestOpenerSaysOnceWhatIsSpecial(t *testing.T) {
	const stranger = "a.yaml is not one of netlab's own lessons: its commands run only inside the sandbox"
	const reduced = "this machine has no user namespaces: the lesson runs with root's own, much reduced, rights"
	tests := []struct {
		name  string
		path  string
		lab   fakeLab
		notes []string
		err   error
	}{
		{"a lesson of netlab", "", fakeLab{}, nil, nil},
		{"a stranger's", "a.yaml", fakeLab{}, []string{stranger}, nil},
		{"reduced rights", "", fakeLab{reduced: true}, []string{reduced}, nil},
		{"both", "a.yaml", fakeLab{reduced: true}, []string{stranger, reduced}, nil},
		{"no lab", "", fakeLab{refuse: syscall.ENOSPC, reduced: true}, nil, syscall.ENOSPC},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var notes []string
			open := opener(&app{open: tt.lab.open}, lesson{Scenario: scenario.Scenario{Name: "mine"}, path: tt.path}, false, func(ev event.Event) {
				if ev.Kind != event.Note || ev.Lesson != "mine" || ev.V != event.Version {
					t.Errorf("it tells %+v", ev)
				}
				notes = append(notes, ev.Text)
			})
			for range 3 { // as going back does
				lab, err := open()
				if !errors.Is(err, tt.err) || (err == nil) != (lab != nil) {
					t.Fatalf("%v, %v", lab, err)
				}
			}
			if diff := cmp.Diff(tt.notes, notes); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			trusted := tt.path == ""
			if diff := cmp.Diff([]bool{trusted, trusted, trusted}, tt.lab.opened); diff != "" {
				t.Errorf("trusted (-want +got):\n%s", diff)
			}
		})
	}
}

// eventsOf decodes lines of JSON.
func eventsOf(t *testing.T, out string) []event.Event {
	t.Helper()
	var all []event.Event
	for line := range strings.Lines(out) {
		dec := json.NewDecoder(strings.NewReader(line))
		dec.DisallowUnknownFields()
		var ev event.Event
		if err := dec.Decode(&ev); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		all = append(all, ev)
	}
	return all
}

func kindsOf(events []event.Event) string {
	return (&recorder{events: events}).kinds()
}

func TestRunAsJSON(t *testing.T) {
	tests := []struct {
		name string
		lab  fakeLab
		code int
		want string
	}{
		{"a lesson that passes", fakeLab{}, 0, "run-start lesson-start note step-start check step-end recap lesson-end run-end"},
		{"a lesson that fails", fakeLab{fail: 1}, 1, "run-start lesson-start note step-start check hint step-end lesson-end run-end"},
		{"a machine that refuses", fakeLab{refuse: refusal()}, 3, "run-start lesson-start note fault run-end"},
		{"a machine that is full", fakeLab{refuse: syscall.EMFILE}, 3, "run-start lesson-start note fault run-end"},
		{"a fault of netlab", fakeLab{refuse: errors.New("boom")}, 70, "run-start lesson-start note fault run-end"},
		{"a lab that is killed by its own commands", fakeLab{onStep: dies}, 1, "run-start lesson-start note step-start check lesson-end run-end"},
	}
	path := write(t, "a.yaml", ownLesson)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.lab.call("run", path, "--json")
			events := eventsOf(t, got.out)
			if diff := cmp.Diff(tt.want, kindsOf(events)); diff != "" || got.code != tt.code {
				t.Errorf("exit code %d (-want +got):\n%s", got.code, diff)
			}
			checkFaults(t, events, got)
			if text := tt.lab.call("run", path); text.code != tt.code || strings.Count(text.errs, "netlab: ") != strings.Count(tt.want, "fault") {
				t.Errorf("as text: exit code %d, stderr %q", text.code, text.errs)
			}
			if tt.lab.refuse == nil && tt.lab.closed != 2 {
				t.Errorf("the lab was closed %d times", tt.lab.closed)
			}
		})
	}
}

// checkFaults: a fault asks for the exit code. A program that reads the events
// needs nothing of stderr.
func checkFaults(t *testing.T, events []event.Event, got said) {
	t.Helper()
	for _, ev := range events {
		if ev.Kind != event.Fault {
			continue
		}
		if ev.Code != got.code || ev.Text == "" {
			t.Errorf("with exit code %d a fault %+v", got.code, ev)
		}
	}
	if got.errs != "" {
		t.Errorf("stderr: %q", got.errs)
	}
}

func TestRunLoadsTheLessonAndThoseBeforeIt(t *testing.T) {
	var lab fakeLab
	if got := lab.call("run", "bridge-host"); got.code != 0 || got.errs != "" {
		t.Errorf("exit code %d, %s", got.code, got.errs)
	}
	first := lab.asked[0]
	if first.Verb != control.Load || first.Scenario.Name != "bridge-host" || len(first.Chain) != 1 || first.Chain[0].Name != "bridge" {
		t.Errorf("it begins with %+v", first)
	}
	if n := len(first.Scenario.Steps); len(lab.asked) != n+1 || lab.asked[n].Number != n {
		t.Errorf("of %d steps it asked for %d", n, len(lab.asked)-1)
	}
	if !lab.opened[0] {
		t.Error("a lesson of netlab is not trusted")
	}
}

// dies is a lab whose commands kill it.
func dies(context.Context, string, int) error { return &run.Killed{Signal: 9} }
