package render

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

// schema is the part of Jenkins' JUnit schema that is about structure: the
// attributes of each element (those with ! are required) and its children.
func schema() map[string]struct{ attrs, children []string } {
	return map[string]struct{ attrs, children []string }{
		"testsuites": {
			[]string{"name", "time", "tests", "failures", "disabled", "errors"}, []string{"testsuite"},
		},
		"testsuite": {
			[]string{"name!", "tests!", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"},
			[]string{"properties", "testcase", "system-out", "system-err"},
		},
		"testcase": {
			[]string{"name!", "assertions", "time", "classname!", "status"},
			[]string{"skipped", "error", "failure", "system-out", "system-err"},
		},
		"skipped":    {[]string{"message"}, nil},
		"error":      {[]string{"message", "type"}, nil},
		"failure":    {[]string{"message", "type"}, nil},
		"system-out": {nil, nil},
	}
}

// validate reads XML strictly and holds each element against the schema.
func validate(t *testing.T, doc string) {
	t.Helper()
	rules := schema()
	var open []string
	dec := xml.NewDecoder(strings.NewReader(doc))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			rule, known := rules[name]
			if !known {
				t.Fatalf("element %s is not in the schema", name)
			}
			if len(open) > 0 && !slices.Contains(rules[open[len(open)-1]].children, name) {
				t.Errorf("%s stands inside %s", name, open[len(open)-1])
			}
			checkAttrs(t, token, rule.attrs)
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func checkAttrs(t *testing.T, e xml.StartElement, allowed []string) {
	t.Helper()
	has := map[string]string{}
	for _, a := range e.Attr {
		has[a.Name.Local] = a.Value
		if !slices.Contains(allowed, a.Name.Local) && !slices.Contains(allowed, a.Name.Local+"!") {
			t.Errorf("%s has an attribute %s", e.Name.Local, a.Name.Local)
		}
	}
	for _, a := range allowed {
		name, required := strings.CutSuffix(a, "!")
		if _, ok := has[name]; required && !ok {
			t.Errorf("%s has no attribute %s", e.Name.Local, name)
		}
	}
	for _, a := range []string{"tests", "failures", "errors", "skipped"} {
		if v, ok := has[a]; ok {
			if _, err := strconv.Atoi(v); err != nil {
				t.Errorf("%s=%q is no number", a, v)
			}
		}
	}
	if v, ok := has["time"]; ok && !regexp.MustCompile(`^\d+\.\d{3}$`).MatchString(v) {
		t.Errorf("time=%q", v)
	}
}

func TestJUnitFollowsTheSchema(t *testing.T) {
	for name, events := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			doc, _ := shown(t, "junit", events, look{width: 80}, Options{})
			validate(t, doc)
		})
	}
}

func TestJUnitCountsWhatItHolds(t *testing.T) {
	for name, events := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			doc, _ := shown(t, "junit", events, look{width: 80}, Options{})
			var all xmlSuites
			if err := xml.Unmarshal([]byte(doc), &all); err != nil {
				t.Fatal(err)
			}
			var tests, failures, errs int
			for _, s := range all.Suites {
				var got xmlSuite
				for _, c := range s.Cases {
					got.Tests++
					got.Failures += present(c.Failure)
					got.Errors += present(c.Error)
					got.Skipped += present(c.Skipped)
				}
				want := xmlSuite{Tests: s.Tests, Failures: s.Failures, Errors: s.Errors, Skipped: s.Skipped}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("suite %s (-said +holds):\n%s", s.Name, diff)
				}
				tests, failures, errs = tests+s.Tests, failures+s.Failures, errs+s.Errors
			}
			if all.Tests != tests || all.Failures != failures || all.Errors != errs {
				t.Errorf("totals %d, %d, %d; the suites hold %d, %d, %d", all.Tests, all.Failures, all.Errors, tests, failures, errs)
			}
		})
	}
}

func present(b *xmlBad) int {
	if b == nil {
		return 0
	}
	return 1
}

func TestCases(t *testing.T) {
	step := func(s event.Status, checks ...event.CheckResult) event.Step {
		return event.Step{Number: 1, Title: "one", Status: s, Checks: checks}
	}
	pass, fail := event.CheckResult{Says: "a", Status: event.Pass}, event.CheckResult{Says: "b", Status: event.Fail, Got: "nothing"}
	lesson := func(s event.Status, steps ...event.Step) event.Lesson {
		return event.Lesson{Name: "l", Status: s, Steps: steps, Reason: "reason"}
	}
	tests := []struct {
		name   string
		lesson event.Lesson
		faults []event.Failure
		want   []string
	}{
		{"checks are cases", lesson(event.Pass, step(event.Pass, pass)), nil, []string{"pass a"}},
		{"what was found explains a failure without a cause", lesson(event.Fail, step(event.Fail, pass, fail)), nil, []string{"pass a", "fail b: nothing"}},
		{"a lesson without checks is one case", lesson(event.Pass), nil, []string{"pass the lesson passes"}},
		{"a skipped lesson is one case", lesson(event.Skip), nil, []string{"skip l: reason"}},
		{"a lesson that broke off is a fault", lesson("", step(event.Pass, pass)), nil, []string{"pass a", "fault the lesson ends: it did not end"}},
		{"a fault says why it broke off", lesson(""), []event.Failure{{Lesson: "l", Text: "killed", Code: 70}}, []string{"fault netlab itself: killed"}},
		{"a fault of another lesson is not ours", lesson(event.Pass), []event.Failure{{Lesson: "m", Text: "killed", Code: 70}}, []string{"pass the lesson passes"}},
		{"a step that failed without a reason is a case", lesson(event.Fail, step(event.Fail, pass)), nil, []string{"pass a", "fail step 1: one"}},
		{"a skipped step is a case", lesson(event.Pass, event.Step{Number: 2, Status: event.Skip, Reason: "no nft"}), nil, []string{"skip step 2: no nft"}},
		{"a lesson that failed without a reason is a case", lesson(event.Fail), nil, []string{"fail the lesson passes: reason"}},
		{
			"commands are cases when they ended", lesson(event.Fail, event.Step{Number: 1, Commands: []event.CommandRun{
				{Line: "x", Status: event.Pass, Exit: 1}, {Line: "y", Status: event.Fail, Exit: 2, Text: "no"}, {Line: "z"},
			}}), nil, []string{"pass $ x", "fail $ y: exit status 2: no"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range casesOf(tt.lesson, tt.faults) {
				word := string(c.status)
				if c.fault {
					word = "fault"
				}
				got = append(got, fmt.Sprintf("%s %s%s", word, c.name, because(c.why)))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("cases (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTAPPlansWhatItHolds(t *testing.T) {
	for name, events := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			doc, _ := shown(t, "tap", events, look{width: 80}, Options{})
			if !strings.HasPrefix(doc, "TAP version 14\n") {
				t.Fatalf("no version line: %q", doc[:20])
			}
			checkTAP(t, doc)
		})
	}
}

// checkTAP holds the plan of each level against its test points, and reads the
// YAML blocks, whose values are JSON strings or numbers.
func checkTAP(t *testing.T, doc string) {
	t.Helper()
	plan, points := map[string]int{}, map[string]int{}
	point := regexp.MustCompile(`^( *)(?:not )?ok (\d+) - `)
	planned := regexp.MustCompile(`^( *)1\.\.(\d+)$`)
	value := regexp.MustCompile(`^ +[a-z_]+: (.*)$`)
	yaml := false
	for row := range strings.Lines(doc) {
		row = strings.TrimSuffix(row, "\n")
		mark := strings.TrimSpace(row)
		switch {
		case mark == "---" || mark == "...":
			yaml = mark == "---"
		case yaml:
			m := value.FindStringSubmatch(row)
			var v any
			if m == nil || json.Unmarshal([]byte(m[1]), &v) != nil {
				t.Errorf("not a line of YAML: %q", row)
			}
		case planned.MatchString(row):
			m := planned.FindStringSubmatch(row)
			plan[m[1]], _ = strconv.Atoi(m[2])
			points[m[1]] = 0
		case point.MatchString(row):
			m := point.FindStringSubmatch(row)
			points[m[1]]++
			if m[2] != fmt.Sprint(points[m[1]]) {
				t.Errorf("point %d has the number %s: %q", points[m[1]], m[2], row)
			}
			if m[1] == "" && points["    "] != plan["    "] {
				t.Errorf("subtest has %d points, planned %d", points["    "], plan["    "])
			}
		case !strings.HasPrefix(row, "TAP version") && !strings.HasPrefix(row, "# Subtest") && !strings.HasPrefix(row, "Bail out!"):
			t.Errorf("not a line of TAP: %q", row)
		}
	}
	if points[""] != plan[""] {
		t.Errorf("%d lessons, planned %d", points[""], plan[""])
	}
}

func TestTAPText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"},
		{"ping # TODO", `ping \# TODO`},
		{`a\b`, `a\\b`},
		{"two\nlines", "two lines"},
	}
	for _, tt := range tests {
		if got := tapText(tt.in); got != tt.want {
			t.Errorf("tapText(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestSummaryLine(t *testing.T) {
	tests := []struct {
		name   string
		lesson event.Lesson
		want   string
	}{
		{"a good one", event.Lesson{Name: "l", Status: event.Pass, Millis: 95, Steps: []event.Step{{Status: event.Pass, Checks: make([]event.CheckResult, 0)}}}, "l · 1 step · 95 ms"},
		{"a slow one", event.Lesson{Name: "l", Status: event.Pass, Millis: 12345}, "l · 12.3 s"},
		{"a skipped one", event.Lesson{Name: "l", Status: event.Skip, Reason: "no veth"}, "l · skipped: no veth"},
		{
			"one with a failed command",
			event.Lesson{Name: "l", Status: event.Fail, Steps: []event.Step{{Status: event.Fail, Commands: []event.CommandRun{{Status: event.Fail}}}}},
			"l · 1 step · 1 command failed",
		},
		{
			"one with failed checks",
			event.Lesson{Name: "l", Status: event.Fail, Steps: []event.Step{{Checks: []event.CheckResult{{Status: event.Fail}, {Status: event.Pass}, {Status: event.Fail}}}}},
			"l · 2 of 3 checks failed",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := newCanvas(false, true, 80).paint.paint(outcome(tt.lesson)); got != tt.want {
				t.Errorf("outcome = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSummaryOfNothing(t *testing.T) {
	if got, _ := shown(t, "summary", nil, look{width: 80}, Options{}); got != "no lesson ran\n" {
		t.Errorf("summary = %q", got)
	}
}

func TestSummaryWithMoreShowsEachCheck(t *testing.T) {
	events := recording(t, "testdata/failing.jsonl")
	got, _ := shown(t, "summary", events, look{width: 80}, Options{More: true})
	for _, want := range []string{"    ✓ br0 is up\n", "    ✓ ns3 reaches ns1\n", "    ✗ ns1 reaches ns2", "    - br0 has learned", "    step 4 · The whole crowd\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}
