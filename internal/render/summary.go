package render

import (
	"fmt"
	"slices"

	"netlab/internal/event"
	"netlab/internal/term"
)

// outcome says in a few words how a lesson ended.
func outcome(l event.Lesson) []span {
	if l.Status == event.Skip {
		return append(dots(in(strong, l.Name), text("skipped")), text(because(l.Reason)))
	}
	return dots(
		in(strong, l.Name),
		in(quiet, count(l.StepCount().Total(), "step")),
		checked(l.Checks()),
		in(bad, counted(l.Commands().Fail, "command failed", "commands failed")),
		in(warn, counted(l.StepCount().Skip, "step skipped", "steps skipped")),
		in(quiet, took(l.Millis)),
	)
}

func checked(c event.Count) span {
	all := count(c.Total(), "check")
	if c.Fail > 0 {
		return in(bad, fmt.Sprintf("%d of %s failed", c.Fail, all))
	}
	return in(quiet, all)
}

// dots puts dots between the parts that are not empty. A part is kept on one
// line where it can be.
func dots(parts ...span) []span {
	var out []span
	for _, s := range parts {
		if s.text == "" {
			continue
		}
		if len(out) > 0 {
			out = append(out, in(quiet, " · "))
		}
		s.whole = true
		out = append(out, s)
	}
	return out
}

// count is "3 steps" or "1 step"; nothing for none.
func count(n int, one string) string { return counted(n, one, one+"s") }

func counted(n int, one, many string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// took is a time for a person, or nothing when it was not measured.
func took(ms float64) string {
	switch {
	case ms <= 0:
		return ""
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

// summary shows a line for each lesson as it ends, with what failed below it,
// and a total.
type summary struct {
	*canvas
	t      *term.Term
	more   bool     // each check, not only those that failed
	notes  []string // on the lesson as a whole; with more, on its steps too
	report event.Report
	err    error
}

func newSummary(t *term.Term, opt Options) *summary {
	return &summary{canvas: outCanvas(t), t: t, more: opt.More}
}

func (s *summary) Event(e event.Event) {
	s.report.Add(e)
	switch e.Kind {
	case event.LessonStart:
		s.notes = nil
	case event.Note:
		if (e.Step == 0 || s.more) && !slices.Contains(s.notes, e.Text) {
			s.notes = append(s.notes, e.Text)
		}
	case event.LessonEnd:
		s.lesson(e)
	case event.Fault:
		if err := Error(s.t, inLesson(e.Lesson, e.Text), e.Hint); err != nil && s.err == nil {
			s.err = err
		}
	}
	s.write()
}

func inLesson(lesson, text string) string {
	if lesson == "" {
		return text
	}
	return lesson + ": " + text
}

func (s *summary) write() {
	if s.err != nil {
		s.buf.Reset()
		return
	}
	s.err = s.flush(s.t.Out)
}

func (s *summary) lesson(e event.Event) {
	l, ok := find(s.report, e.Lesson)
	if !ok {
		return
	}
	s.hang(line{sign(l.Status), text(" ")}, outcome(l)...)
	for _, n := range s.notes {
		s.hang(line{in(quiet, "    note: ")}, in(quiet, n))
	}
	for _, step := range l.Steps {
		s.failures(step)
	}
}

// find gives the newest lesson of a name; the newest of all for no name.
func find(r event.Report, name string) (event.Lesson, bool) {
	for i := len(r.Lessons) - 1; i >= 0; i-- {
		if name == "" || r.Lessons[i].Name == name {
			return r.Lessons[i], true
		}
	}
	return event.Lesson{}, false
}

// failures shows what failed in a step, and that a step was skipped; with
// more, what passed too.
func (s *summary) failures(step event.Step) {
	if step.Status == event.Skip {
		s.hang(line{text("    "), sign(event.Skip), text(" ")}, in(quiet, stepName(step)+" · "), text("skipped"+because(step.Reason)))
	}
	named := false
	name := func() {
		if !named {
			s.hang(pad(4), in(quiet, stepName(step)))
		}
		named = true
	}
	told := map[string]bool{}
	for _, c := range step.Commands {
		if c.Status == event.Fail {
			name()
			s.command(c)
			told["command "+c.Line] = true
		}
	}
	for _, c := range step.Checks {
		if !told[c.Check] && (c.Status == event.Fail || s.more) {
			name()
			s.check(c)
		}
	}
}

func (s *summary) command(c event.CommandRun) {
	s.hang(line{text("    "), sign(event.Fail), text(" ")}, text("$ "+c.Line))
	s.labelled("        ", "got", len("expected"), text(commandEnded(c)))
	if c.Hint != "" {
		s.labelled("        ", "hint", len("expected"), text(c.Hint))
	}
}

func (s *summary) check(c event.CheckResult) {
	s.hang(line{text("    "), sign(c.Status), text(" ")}, s.rich(plain, says(c))...)
	if c.Status != event.Pass {
		s.evidence("        ", c.Want, c.Got, c.Cause)
	}
}

func says(c event.CheckResult) string {
	if c.Says != "" {
		return c.Says
	}
	return c.Check
}

func stepName(s event.Step) string {
	if s.Title == "" {
		return fmt.Sprintf("step %d", s.Number)
	}
	return fmt.Sprintf("step %d · %s", s.Number, s.Title)
}

func commandEnded(c event.CommandRun) string {
	out := fmt.Sprintf("exit status %d", c.Exit)
	if c.Exit == 0 {
		out += ", though it is meant to fail"
	}
	return out + because(c.Text)
}

func (s *summary) Close(r event.Report) error {
	left := 0
	for _, l := range r.Lessons {
		if l.Status == "" {
			left++
			s.hang(line{sign(l.Status), text(" ")}, dots(in(strong, l.Name), text("not finished"))...)
		}
	}
	n, all := r.Count(), count(len(r.Lessons), "lesson")
	if all == "" {
		all = "no lesson ran"
	}
	s.hang(nil, dots(
		in(strong, all),
		in(good, counted(n.Pass, "passed", "passed")),
		in(bad, counted(n.Fail, "failed", "failed")),
		in(warn, counted(n.Skip, "skipped", "skipped")),
		in(warn, counted(left, "not finished", "not finished")),
		in(quiet, count(r.Checks().Total(), "check")),
		in(quiet, took(r.Millis)),
	)...)
	s.write()
	return s.err
}
