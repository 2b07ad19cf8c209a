package run

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/scenario"
)

// fakeLab answers requests from a table.
type fakeLab struct {
	log  *[]string
	answ map[string][]control.Answer // by request, one after the other; the last one stays
	err  map[string]error
	kill map[string]int // processes that the kernel ends for lack of memory, by request
	ask  func(control.Request)

	killed int
}

func (l *fakeLab) Do(ctx context.Context, req control.Request, sink event.Sink) (control.Answer, error) {
	key := string(req.Verb)
	if req.Verb == control.Step {
		key = fmt.Sprintf("%s %d", req.Verb, req.Number)
	}
	if l.ask != nil {
		l.ask(req)
	}
	*l.log = append(*l.log, key+map[bool]string{true: " quietly"}[req.Quiet])
	if err := context.Cause(ctx); err != nil {
		return control.Answer{}, err
	}
	if err := l.err[key]; err != nil {
		return control.Answer{}, err
	}
	l.killed += l.kill[key]
	if !req.Quiet && req.Verb == control.Step {
		sink(event.Event{Kind: event.Check, Step: req.Number, Check: "claim"})
	}
	a := control.Answer{Status: string(event.Pass)}
	if rest := l.answ[key]; len(rest) > 0 {
		a = rest[0]
		if len(rest) > 1 {
			l.answ[key] = rest[1:]
		}
	}
	return a, nil
}

func (l *fakeLab) Starved() int { return l.killed }

func (l *fakeLab) Close() { *l.log = append(*l.log, "close") }

// script is a learner who has decided everything beforehand.
type script struct {
	choices []int
	actions []Action
	err     error
}

func (g *script) Ready(context.Context, scenario.Step, Lab) (int, error) {
	if len(g.choices) == 0 {
		return 0, g.err
	}
	n := g.choices[0]
	g.choices = g.choices[1:]
	return n, nil
}

func (g *script) Choose(context.Context, int, bool, Lab) (Action, error) {
	if len(g.actions) == 0 {
		return Next, nil
	}
	a := g.actions[0]
	g.actions = g.actions[1:]
	return a, nil
}

// lesson has three steps; the second one has a question.
func lesson() scenario.Scenario {
	s := steps("ip netns add ns1", "ip netns add ns2", "ip netns list")
	s.Recap = []string{"a point"}
	s.Questions = []scenario.Quiz{{Ask: "why", Answer: "so"}}
	s.Steps[0].Hints = []string{"look"}
	s.Steps[0].Misbelief = "wrong"
	s.Steps[0].RealLife = "docker"
	s.Steps[1].Predict = &scenario.Predict{Ask: "what", Choices: []string{"a", "b"}, Answer: 2, Why: "since"}
	return s
}

type ran struct {
	err  error
	log  []string // what was asked of the lab
	told []event.Event
}

func (r ran) story() []string {
	var all []string
	for _, ev := range r.told {
		words := []string{string(ev.Kind)}
		if ev.Step > 0 {
			words = append(words, fmt.Sprint(ev.Step))
		}
		if ev.Status != "" {
			words = append(words, string(ev.Status))
		}
		if ev.Text != "" && (ev.Kind == event.LessonEnd || ev.Kind == event.StepEnd) {
			words = append(words, ev.Text)
		}
		if ev.Kind == event.Predicted {
			words = append(words, fmt.Sprintf("said %q, right %v", ev.Answer, ev.OK))
		}
		all = append(all, strings.Join(words, " "))
	}
	return all
}

func drive(ctx context.Context, s scenario.Scenario, lab *fakeLab, guide Guide) ran {
	var r ran
	lab.log = &r.log
	d := &Driver{Scenario: s, Open: func() (Lab, error) { r.log = append(r.log, "open"); return lab, nil }, Guide: guide}
	d.Sink = func(ev event.Event) { r.told = append(r.told, ev) }
	r.err = d.Run(ctx)
	return r
}

func fails(n int) []control.Answer {
	all := []control.Answer{}
	for range n {
		all = append(all, control.Answer{Status: string(event.Fail)})
	}
	return append(all, control.Answer{Status: string(event.Pass)})
}

func TestTheOrderOfEvents(t *testing.T) {
	skip := []control.Answer{{Status: string(event.Skip), Text: "nft: no"}}
	first := []string{"lesson-start", "step-start 1", "check 1", "misbelief 1", "real-life 1", "step-end 1 pass"}
	second := []string{"step-start 2", "predict 2", `predicted 2 said "", right false`, "check 2"}
	third := []string{"step-start 3", "check 3", "step-end 3 pass", "recap", "quiz", "lesson-end pass"}
	tests := []struct {
		name string
		answ map[string][]control.Answer
		want [][]string
	}{
		{"a good lesson", nil, [][]string{first, second, {"step-end 2 pass"}, third}},
		{"the lesson is skipped", map[string][]control.Answer{"load": skip}, [][]string{{"lesson-start", "lesson-end skip nft: no"}}},
		{"a step is skipped", map[string][]control.Answer{"step 2": skip}, [][]string{first, second, {"note 2", "step-end 2 skip nft: no"}, third}},
		{
			"the first step fails, and the lesson ends there", map[string][]control.Answer{"step 1": fails(1)},
			[][]string{{"lesson-start", "step-start 1", "check 1", "hint 1", "step-end 1 fail", "lesson-end fail"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := drive(t.Context(), lesson(), &fakeLab{answ: tt.answ}, nil)
			if r.err != nil {
				t.Fatal(r.err)
			}
			var want []string
			for _, part := range tt.want {
				want = append(want, part...)
			}
			if d := cmp.Diff(want, r.story()); d != "" {
				t.Error(d)
			}
			for _, ev := range r.told {
				if ev.Kind != event.Check && (ev.V != event.Version || ev.Lesson != "mine") {
					t.Errorf("an event without its version and lesson: %+v", ev)
				}
			}
			if last := r.log[len(r.log)-1]; last != "close" {
				t.Errorf("the lab is left open: %v", r.log)
			}
		})
	}
}

func TestALabWithoutMemoryIsToldOnceForEachStep(t *testing.T) {
	r := drive(t.Context(), lesson(), &fakeLab{kill: map[string]int{"load": 1, "step 1": 3, "step 3": 1}}, nil)
	var got []string
	for _, ev := range r.told {
		if ev.Kind == event.Note {
			got = append(got, fmt.Sprintf("%d %s", ev.Step, ev.Text))
		}
	}
	want := []string{
		"1 the memory of the lab, 2 GiB, was used up: the kernel ended 3 of its processes",
		"3 the memory of the lab, 2 GiB, was used up: the kernel ended 1 of its processes",
	}
	if d := cmp.Diff(want, got); d != "" || r.err != nil {
		t.Error(r.err, d)
	}
}

func TestTheLearnerDecides(t *testing.T) {
	straight := []string{"step 1", "step 2", "step 3"}
	again := []string{"close", "open", "load"}
	tests := []struct {
		name    string
		actions []Action
		answ    map[string][]control.Answer
		log     [][]string
		end     string // of the lesson; empty: it has none
	}{
		{"always on", nil, nil, [][]string{straight}, "lesson-end pass"},
		{"back builds the lab anew", []Action{Next, Next, Back}, nil, [][]string{straight, again, {"step 1 quietly", "step 2", "step 3"}}, "lesson-end pass"},
		{"back at the first step does it again", []Action{Back}, nil, [][]string{{"step 1"}, again, straight}, "lesson-end pass"},
		{"again", []Action{Next, Again}, nil, [][]string{{"step 1", "step 2"}, again, {"step 1 quietly", "step 2", "step 3"}}, "lesson-end pass"},
		{"quit", []Action{Next, Quit}, nil, [][]string{{"step 1", "step 2"}}, ""},
		{"on after a failure", nil, map[string][]control.Answer{"step 1": fails(1)}, [][]string{straight}, "lesson-end fail"},
		{"again after a failure", []Action{Again}, map[string][]control.Answer{"step 1": fails(1)}, [][]string{{"step 1"}, again, straight}, "lesson-end pass"},
		{
			"back over a step that fails always", []Action{Next, Next, Back}, map[string][]control.Answer{"step 1": fails(9)},
			[][]string{straight, again, {"step 1 quietly", "step 2", "step 3"}}, "lesson-end fail",
		},
		{
			"a step that fails only when it is built again", []Action{Next, Again}, map[string][]control.Answer{"step 1": {{Status: "pass"}, {Status: "fail"}}},
			[][]string{{"step 1", "step 2"}, again, {"step 1 quietly", "step 2", "step 3"}}, "lesson-end fail",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := drive(t.Context(), lesson(), &fakeLab{answ: tt.answ}, &script{actions: tt.actions})
			if r.err != nil {
				t.Fatal(r.err)
			}
			want := []string{"open", "load"}
			for _, part := range tt.log {
				want = append(want, part...)
			}
			if d := cmp.Diff(append(want, "close"), r.log); d != "" {
				t.Error(d)
			}
			end := ""
			for _, line := range r.story() {
				if strings.HasPrefix(line, "lesson-end") {
					end += line
				}
			}
			if end != tt.end {
				t.Errorf("the lesson ends with %q, want %q", end, tt.end)
			}
		})
	}
}

func TestBackSaysWhatIsGone(t *testing.T) {
	r := drive(t.Context(), lesson(), &fakeLab{}, &script{actions: []Action{Next, Back}})
	notes := of(r.told, event.Note)
	if len(notes) != 1 || notes[0].Step != 1 || !strings.Contains(notes[0].Text, "typed by hand") {
		t.Errorf("%+v", notes)
	}
}

func TestPredictions(t *testing.T) {
	for name, tt := range map[string]struct {
		choice int
		want   string
	}{
		"right": {2, `predicted 2 said "b", right true`},
		"wrong": {1, `predicted 2 said "a", right false`},
		"none":  {0, `predicted 2 said "", right false`},
	} {
		t.Run(name, func(t *testing.T) {
			r := drive(t.Context(), lesson(), &fakeLab{}, &script{choices: []int{0, tt.choice}})
			got := of(r.told, event.Predicted)
			if len(got) != 1 || got[0].Want != "b" || got[0].Text != "since" {
				t.Fatalf("%+v", got)
			}
			if d := cmp.Diff(tt.want, ran{told: got}.story()[0]); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestALabThatIsKilledIsTheLessonsFailure(t *testing.T) {
	for _, at := range []string{"load", "step 2"} {
		r := drive(t.Context(), lesson(), &fakeLab{err: map[string]error{at: fmt.Errorf("lost: %w", &Killed{Signal: 9})}}, nil)
		story := strings.Join(r.story(), "\n")
		if r.err != nil || !strings.HasSuffix(story, "check fail\nlesson-end fail") {
			t.Errorf("%s: %v\n%s", at, r.err, story)
		}
		if got := of(r.told, event.Check); !strings.Contains(got[len(got)-1].Got, "signal 9") {
			t.Errorf("the check says %+v", got[len(got)-1])
		}
	}
}

func TestOtherErrorsAreFaults(t *testing.T) {
	broken := errors.New("broken")
	stopped, stop := context.WithCancelCause(t.Context())
	stop(broken)
	tests := []struct {
		name  string
		ctx   context.Context
		lab   *fakeLab
		guide Guide
	}{
		{"of the start", t.Context(), &fakeLab{err: map[string]error{"load": broken}}, nil},
		{"of a step", t.Context(), &fakeLab{err: map[string]error{"step 2": broken}}, nil},
		{"of the prompt", t.Context(), &fakeLab{}, &script{err: broken}},
		{"the end of the context", stopped, &fakeLab{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := drive(tt.ctx, lesson(), tt.lab, tt.guide)
			if !errors.Is(r.err, broken) || len(of(r.told, event.LessonEnd)) > 0 {
				t.Errorf("%v, %v", r.err, r.story())
			}
			if r.log[len(r.log)-1] != "close" {
				t.Errorf("the lab is left open: %v", r.log)
			}
		})
	}
}

func TestALabThatCannotBeOpenedIsAFault(t *testing.T) {
	broken := errors.New("refused")
	d := &Driver{Scenario: lesson(), Open: func() (Lab, error) { return nil, broken }, Sink: func(event.Event) {}}
	if err := d.Run(t.Context()); !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
}

func TestQuitBeforeAStepEndsTheRun(t *testing.T) {
	r := drive(t.Context(), lesson(), &fakeLab{}, &script{err: ErrQuit})
	if d := cmp.Diff([]string{"open", "load", "close"}, r.log); d != "" || r.err != nil {
		t.Errorf("%v\n%s", r.err, d)
	}
}

func TestTellRunsNothing(t *testing.T) {
	s := lesson()
	s.Steps[0].Checks = catalogFirst(t).Steps[0].Checks
	var r ran
	Tell(s, func(ev event.Event) { r.told = append(r.told, ev) })
	want := []string{
		"lesson-start", "step-start 1", "command 1", "check 1", "check 1", "check 1", "misbelief 1", "real-life 1",
		"step-start 2", "predict 2", "command 2", "step-start 3", "command 3", "recap", "quiz",
	}
	if d := cmp.Diff(want, r.story()); d != "" {
		t.Error(d)
	}
}

func catalogFirst(t *testing.T) scenario.Scenario { return catalog(t).All()[0] }
