package event_test

import (
	"testing"

	"netlab/internal/event"
)

func fault(code int) event.Event { return event.Event{Kind: event.Fault, Text: "x", Code: code} }

func TestExitCode(t *testing.T) {
	begin, over := event.Event{Kind: event.RunStart}, event.Event{Kind: event.RunEnd}
	tests := []struct {
		name   string
		events []event.Event
		named  int
		rest   int // lessons not named
	}{
		{"every lesson passed", []event.Event{begin, end("a", event.Pass), over}, 0, 0},
		{"a lesson left by the learner is no failure", []event.Event{begin, start("a"), over}, 0, 0},
		{"a failed lesson", []event.Event{begin, end("a", event.Pass), end("b", event.Fail), over}, 1, 1},
		{"a failed check of a lesson that was left", []event.Event{begin, start("a"), checked("c", event.Fail), over}, 1, 1},
		{"a lesson skipped beside one that passed", []event.Event{begin, end("a", event.Pass), end("b", event.Skip), over}, 3, 0},
		{"a failure matters more than a skip", []event.Event{begin, end("a", event.Fail), end("b", event.Skip), over}, 1, 1},
		{"nothing but skips", []event.Event{begin, end("a", event.Skip), over}, 3, 3},
		{"no lesson at all", []event.Event{begin, over}, 3, 3},
		{"a machine that cannot", []event.Event{begin, fault(3), over}, 3, 3},
		{"a file that is invalid", []event.Event{begin, fault(4), over}, 4, 4},
		{"a fault without a code is netlab's own", []event.Event{begin, end("a", event.Pass), fault(0), over}, 70, 70},
		{"a fault outranks a failed check", []event.Event{begin, end("a", event.Fail), fault(70), over}, 70, 70},
		{"the worst of several faults", []event.Event{begin, fault(3), fault(70), fault(4), over}, 70, 70},
		{"ended by SIGINT", []event.Event{begin, start("a"), fault(70), fault(130)}, 130, 130},
		{"ended by SIGTERM", []event.Event{begin, start("a"), fault(143)}, 143, 143},
		{"a stream that broke off", []event.Event{begin, start("a"), end("a", event.Pass)}, 70, 70},
		{"no stream at all is nothing that ran", nil, 3, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := fold(tt.events...)
			if got := r.ExitCode(true); got != tt.named {
				t.Errorf("ExitCode(named) = %d, want %d", got, tt.named)
			}
			if got := r.ExitCode(false); got != tt.rest {
				t.Errorf("ExitCode(not named) = %d, want %d", got, tt.rest)
			}
		})
	}
}
