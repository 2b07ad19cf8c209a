package cli

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
	"netlab/internal/run"
	"netlab/internal/scenario"
)

// sideBySide opens a lab for each lesson and counts how many there are.
type sideBySide struct {
	mu        sync.Mutex
	open, max int
	onStep    func(ctx context.Context, lesson string, number int) error
}

func (s *sideBySide) app() *app {
	return &app{open: func(run.Start) (startedLab, error) {
		s.count(1)
		return &countedLab{fakeLab: fakeLab{onStep: s.onStep}, of: s}, nil
	}}
}

func (s *sideBySide) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open += n
	s.max = max(s.max, s.open)
}

type countedLab struct {
	fakeLab
	of *sideBySide
}

func (l *countedLab) Close() { l.of.count(-1) }

// lessonsOf makes lessons of two steps.
func lessonsOf(names ...string) []lesson {
	var out []lesson
	for _, n := range names {
		s := scenario.Scenario{Name: n, Title: n, Steps: []scenario.Step{{Title: "1", Run: "true"}, {Title: "2", Run: "true"}}}
		out = append(out, lesson{Scenario: s})
	}
	return out
}

// blocks says which lessons' events came one after the other.
func blocks(events []event.Event) string {
	var out []string
	for _, ev := range events {
		if len(out) == 0 || out[len(out)-1] != ev.Lesson {
			out = append(out, ev.Lesson)
		}
	}
	return strings.Join(out, " ")
}

func TestVerifyAllRunsSideBySideAndTellsInOrder(t *testing.T) {
	for jobs := 1; jobs <= 5; jobs++ {
		t.Run(fmt.Sprintf("%d jobs", jobs), func(t *testing.T) {
			ctx := soon(t)
			names := []string{"a", "b", "c", "d"}
			together := min(jobs, len(names))
			var here sync.WaitGroup
			here.Add(together)
			var mu sync.Mutex
			begun := 0
			s := &sideBySide{}
			s.onStep = func(ctx context.Context, _ string, number int) error {
				if number != 1 {
					return nil
				}
				mu.Lock()
				begun++
				first := begun <= together
				mu.Unlock()
				if first {
					here.Done()
					here.Wait() // ends only when so many run at the same time
				}
				return ctx.Err()
			}
			var events []event.Event
			if err := verifyAll(ctx, s.app(), lessonsOf(names...), verifyOptions{jobs: jobs}, func(ev event.Event) { events = append(events, ev) }); err != nil {
				t.Fatal(err)
			}
			if got := blocks(events); got != "a b c d" || s.max > jobs || s.max < together || s.open != 0 {
				t.Errorf("blocks %q, at most %d labs, %d left open", got, s.max, s.open)
			}
			want := strings.TrimSpace(strings.Repeat("lesson-start step-start check step-end step-start check step-end lesson-end ", 4))
			if diff := cmp.Diff(want, kindsOf(events)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestVerifyAllTellsInOrderWhicheverEndsFirst(t *testing.T) {
	last := make(chan struct{})
	s := &sideBySide{onStep: func(ctx context.Context, lesson string, number int) error {
		switch {
		case lesson == "c" && number == 2:
			close(last)
		case lesson == "a" && number == 1:
			select { // a begins to end when c is over
			case <-last:
			case <-ctx.Done():
			}
		}
		return ctx.Err()
	}}
	var events []event.Event
	err := verifyAll(soon(t), s.app(), lessonsOf("a", "b", "c"), verifyOptions{jobs: 3}, func(ev event.Event) { events = append(events, ev) })
	if got := blocks(events); got != "a b c" || err != nil {
		t.Errorf("blocks %q, %v", got, err)
	}
}

func TestASingleLessonIsToldAsItGoes(t *testing.T) {
	told := 0
	s := &sideBySide{onStep: func(_ context.Context, _ string, number int) error {
		if number == 2 && told == 0 {
			return errors.New("nothing was told in time")
		}
		return nil
	}}
	if err := verifyAll(soon(t), s.app(), lessonsOf("a"), verifyOptions{jobs: 4}, func(event.Event) { told++ }); err != nil {
		t.Error(err)
	}
}

func TestVerifyAllJoinsErrors(t *testing.T) {
	s := &sideBySide{onStep: func(_ context.Context, lesson string, _ int) error {
		return map[string]error{"b": errors.New("b breaks"), "d": refusal()}[lesson]
	}}
	var events []event.Event
	err := verifyAll(soon(t), s.app(), lessonsOf("a", "b", "c", "d"), verifyOptions{jobs: 2}, func(ev event.Event) { events = append(events, ev) })
	if err == nil || !strings.Contains(err.Error(), "b breaks") || !strings.Contains(err.Error(), "cannot make a sandbox") {
		t.Errorf("it returns %v", err)
	}
	if code, _, _ := verdict(err); code != event.CodeMachine {
		t.Errorf("exit code %d", code)
	}
	ends := 0
	for _, ev := range events {
		if ev.Kind == event.LessonEnd && ev.Status == event.Pass {
			ends++
		}
	}
	if ends != 2 || blocks(events) != "a b c d" {
		t.Errorf("the other lessons: %d ended, %s", ends, blocks(events))
	}
}

func TestTheSameErrorOfEachLessonIsSaidOnce(t *testing.T) {
	for _, refuse := range []error{refusal(), fmt.Errorf("pipe: %w", syscall.EMFILE), errors.New("boom")} {
		got := (&fakeLab{refuse: refuse}).call("verify", "-j1")
		if n := strings.Count(got.errs, refuse.Error()); n != 1 {
			t.Errorf("%v is said %d times:\n%s", refuse, n, got.errs)
		}
	}
}

func TestVerifyAllEndsWithItsContext(t *testing.T) {
	for _, n := range []int{1, 4} {
		ctx, cancel := context.WithCancelCause(soon(t))
		s := &sideBySide{onStep: func(ctx context.Context, _ string, _ int) error {
			cancel(&signalled{syscall.SIGTERM})
			<-ctx.Done()
			return context.Cause(ctx)
		}}
		var events []event.Event
		err := verifyAll(ctx, s.app(), lessonsOf([]string{"a", "b", "c", "d"}[:n]...), verifyOptions{jobs: 1}, func(ev event.Event) { events = append(events, ev) })
		if code, text, _ := verdict(err); code != 143 || strings.Count(text, "stopped") != 1 {
			t.Errorf("%d lessons: exit code %d, %q", n, code, text)
		}
		if begun := strings.Count(kindsOf(events), "lesson-start"); begun != 1 || s.open != 0 {
			t.Errorf("%d lessons: %d were begun, %d labs are left", n, begun, s.open)
		}
	}
}

func TestFindAll(t *testing.T) {
	cat, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, "a.yaml", ownLesson)
	for name, tt := range map[string]struct{ args, want []string }{
		"no name is every lesson": {nil, cat.Names()},
		"in the order asked for":  {[]string{"veth-pair", "namespaces"}, []string{"veth-pair", "namespaces"}},
		"a file among names":      {[]string{path, "bridge"}, []string{"mine", "bridge"}},
		"one lesson twice":        {[]string{"bridge", "bridge"}, []string{"bridge", "bridge"}},
	} {
		got, err := findAll(tt.args, false)
		var names []string
		for _, l := range got {
			names = append(names, l.Name)
		}
		if diff := cmp.Diff(tt.want, names); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	if got, err := findAll([]string{"bridge", "nothing"}, false); err == nil || got != nil {
		t.Errorf("an unknown one: %d lessons, %v", len(got), err)
	}
}

func TestVerifyFormats(t *testing.T) {
	tests := map[string]func(t *testing.T, out string){
		"text": func(t *testing.T, out string) {
			if !strings.Contains(out, "bridge") || !strings.Contains(out, "passed") {
				t.Errorf("it prints %s", out)
			}
		},
		"json": func(t *testing.T, out string) {
			if events := eventsOf(t, out); blocks(events) != " bridge namespaces " {
				t.Errorf("the lessons are %q", blocks(events))
			}
		},
		"junit": func(t *testing.T, out string) {
			var suites struct {
				Suite []struct {
					Name string `xml:"name,attr"`
				} `xml:"testsuite"`
			}
			if err := xml.Unmarshal([]byte(out), &suites); err != nil || len(suites.Suite) == 0 {
				t.Errorf("%v, %+v", err, suites)
			}
		},
		"tap": func(t *testing.T, out string) {
			if !strings.HasPrefix(out, "TAP version 14\n") || !strings.Contains(out, "ok 1") {
				t.Errorf("it prints %.100s", out)
			}
		},
	}
	for format, check := range tests {
		t.Run(format, func(t *testing.T) {
			got := new(fakeLab).call("verify", "bridge", "namespaces", "-j1", "--format", format)
			if got.code != 0 || got.errs != "" {
				t.Errorf("exit code %d, %s", got.code, got.errs)
			}
			check(t, got.out)
			if got := (&fakeLab{fail: 1}).call("verify", "bridge", "--format", format); got.code != event.CodeFailed || !strings.Contains(got.out, "the cable is cut") {
				t.Errorf("a failing check: exit code %d, %s", got.code, got.out)
			}
		})
	}
}
