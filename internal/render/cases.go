package render

import (
	"fmt"

	"netlab/internal/event"
)

// testCase is a check, a command or something else of a lesson that test
// reports name: the common ground of JUnit and TAP.
type testCase struct {
	name   string
	step   string // number and title of its step; empty: of the lesson itself
	status event.Status
	fault  bool   // with Fail: netlab or the machine failed, not a claim
	why    string // in one line: why it failed or was skipped
	detail []detail
	millis float64
}

type detail struct{ key, value string }

// casesOf lists the cases of a lesson in the order of its steps. It has at
// least one.
func casesOf(l event.Lesson, faults []event.Failure) []testCase {
	var out []testCase
	for _, s := range l.Steps {
		out = append(out, stepCases(s)...)
	}
	for _, f := range faults {
		if f.Lesson == l.Name {
			out = append(out, faultCase(f))
		}
	}
	switch {
	case l.Status == event.Skip:
		out = append(out, testCase{name: l.Name, status: event.Skip, why: l.Reason})
	case l.Status == "" && !anyFailed(out):
		out = append(out, testCase{name: "the lesson ends", status: event.Fail, fault: true, why: "it did not end"})
	case l.Status == event.Fail && !anyFailed(out):
		out = append(out, testCase{name: "the lesson passes", status: event.Fail, why: l.Reason, millis: l.Millis})
	case len(out) == 0:
		out = append(out, testCase{name: "the lesson passes", status: event.Pass, millis: l.Millis})
	}
	return out
}

func faultCase(f event.Failure) testCase {
	return testCase{
		name: "netlab itself", status: event.Fail, fault: true, why: f.Text,
		detail: details("hint", f.Hint, "code", fmt.Sprint(f.Code)),
	}
}

func anyFailed(cases []testCase) bool {
	for _, c := range cases {
		if c.status == event.Fail {
			return true
		}
	}
	return false
}

func stepCases(s event.Step) []testCase {
	name := fmt.Sprintf("step %d", s.Number)
	if s.Title != "" {
		name += ": " + s.Title
	}
	var out []testCase
	for _, c := range s.Commands {
		if c.Status != "" {
			out = append(out, commandCase(c))
		}
	}
	for _, c := range s.Checks {
		out = append(out, checkCase(c))
	}
	switch {
	case s.Status == event.Skip:
		out = append(out, testCase{name: name, status: event.Skip, why: s.Reason})
	case s.Status == event.Fail && !anyFailed(out):
		out = append(out, testCase{name: name, status: event.Fail, why: s.Reason, millis: s.Millis})
	}
	for i := range out {
		out[i].step = name
	}
	return out
}

func commandCase(c event.CommandRun) testCase {
	out := testCase{name: "$ " + c.Line, status: c.Status, millis: c.Millis}
	if c.Status == event.Fail {
		out.why = commandEnded(c)
		out.detail = details("place", c.Place, "hint", c.Hint)
	}
	return out
}

func checkCase(c event.CheckResult) testCase {
	out := testCase{name: says(c), status: c.Status, millis: c.Millis, why: c.Cause}
	if c.Status == event.Fail {
		if out.why == "" {
			out.why = c.Got
		}
		out.detail = details("check", c.Check, "expected", c.Want, "got", c.Got, "cause", c.Cause)
	}
	return out
}

// details makes pairs of its arguments, without those that have no value.
func details(pairs ...string) []detail {
	var out []detail
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, detail{pairs[i], pairs[i+1]})
		}
	}
	return out
}

// homeless are the faults that belong to no lesson of the report.
func homeless(r event.Report) []event.Failure {
	var out []event.Failure
	for _, f := range r.Faults {
		if _, ok := find(r, f.Lesson); !ok || f.Lesson == "" {
			out = append(out, f)
		}
	}
	return out
}
