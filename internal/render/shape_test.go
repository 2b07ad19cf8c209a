package render

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

// failing is a run with one lesson whose texts are all text.
func failing(text string) []event.Event {
	return []event.Event{
		{Kind: event.RunStart, Total: 1},
		{Kind: event.LessonStart, Lesson: "l", Title: text, Total: 1},
		{Kind: event.Note, Lesson: "l", Text: text},
		{Kind: event.StepStart, Lesson: "l", Step: 1, Title: text},
		{Kind: event.Command, Lesson: "l", Step: 1, Line: text, Place: text},
		{Kind: event.CommandEnd, Lesson: "l", Step: 1, Line: text, Exit: 1, Status: event.Fail, Text: text, Hint: text},
		{Kind: event.Check, Lesson: "l", Step: 1, Check: text, Text: text, Status: event.Fail, Want: text, Got: text, Cause: text},
		{Kind: event.Check, Lesson: "l", Step: 1, Check: text, Text: text, Status: event.Skip, Cause: text},
		{Kind: event.StepEnd, Lesson: "l", Step: 1, Status: event.Fail},
		{Kind: event.LessonEnd, Lesson: "l", Status: event.Fail},
		{Kind: event.Fault, Text: text, Hint: text},
		{Kind: event.RunEnd},
	}
}

// awkward are texts that mean something to XML, to TAP or to YAML.
func awkward() []string {
	return []string{
		"<b>&amp;</b>", "]]>", "<![CDATA[", `"quoted" 'twice'`, "a # TODO b", "ok 1 - fine", "not ok", "1..9", "Bail out!", "---", "...", "# SKIP",
		`back\slash`, "- item: {x}", "日本 ✓ e\u0301", "two\nlines", "tab\there", " space ", "&#x1b;", "%s %d", "TAP version 14",
	}
}

func TestJUnitGivesBackEachText(t *testing.T) {
	for _, text := range awkward() {
		t.Run(text, func(t *testing.T) {
			doc, _ := shown(t, "junit", failing(text), look{width: 60}, Options{})
			validate(t, doc)
			var all xmlSuites
			if err := xml.Unmarshal([]byte(doc), &all); err != nil {
				t.Fatal(err)
			}
			if len(all.Suites) != 2 || len(all.Suites[0].Cases) != 3 || len(all.Suites[1].Cases) != 1 {
				t.Fatalf("the suites are not a lesson of three cases and a fault:\n%s", doc)
			}
			l := all.Suites[0]
			want := []string{"$ " + text, text, text, text, text}
			got := []string{l.Cases[0].Name, l.Cases[1].Name, l.Cases[1].Failure.Message, l.Cases[2].Skipped.Message, all.Suites[1].Cases[0].Error.Message}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if want := fmt.Sprintf("check: %s\nexpected: %s\ngot: %s\ncause: %s\n", text, text, text, text); l.Cases[1].Failure.Text != want {
				t.Errorf("the details are %q, want %q", l.Cases[1].Failure.Text, want)
			}
			if l.Out != text {
				t.Errorf("the note is %q, want %q", l.Out, text)
			}
			if counts := [4]int{all.Tests, all.Failures, all.Errors, l.Skipped}; counts != [4]int{4, 2, 1, 1} {
				t.Errorf("tests, failures, errors and skipped are %v", counts)
			}
		})
	}
}

func TestTAPHoldsItsFormWithEachText(t *testing.T) {
	for _, text := range awkward() {
		t.Run(text, func(t *testing.T) {
			doc, _ := shown(t, "tap", failing(text), look{width: 60}, Options{})
			checkTAP(t, doc)
			for row := range strings.Lines(doc) {
				if point := strings.Contains(row, "ok ") && !strings.Contains(row, `"`); point && strings.Contains(strings.ReplaceAll(row, `\#`, ""), "#") != strings.Contains(row, " # SKIP ") {
					t.Errorf("a directive out of a text: %q", row)
				}
			}
			name := strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(strings.Join(strings.Fields(text), " "))
			for _, want := range []string{"    not ok 1 - " + strings.TrimSpace("$ "+name) + "\n", "    not ok 2 - " + name + "\n", "    ok 3 - " + name + " # SKIP " + name + "\n", "\nnot ok 1 - l\n"} {
				if !strings.Contains(doc, want) {
					t.Errorf("%q is missing in\n%s", want, doc)
				}
			}
			if n := strings.Count(doc, "\nBail out! "); n != 1 {
				t.Errorf("it bails out %d times", n)
			}
		})
	}
}

func TestReportsOfSeveralLessons(t *testing.T) {
	events := []event.Event{
		{Kind: event.RunStart, Total: 3},
		{Kind: event.LessonStart, Lesson: "a"},
		{Kind: event.LessonStart, Lesson: "b"},
		{Kind: event.Check, Lesson: "b", Step: 1, Text: "of b", Status: event.Pass, Millis: 2},
		{Kind: event.Check, Lesson: "a", Step: 1, Text: "of a", Status: event.Pass, Millis: 1},
		{Kind: event.Fault, Lesson: "a", Text: "gone", Code: 70},
		{Kind: event.LessonEnd, Lesson: "b", Status: event.Pass, Millis: 1234},
		{Kind: event.LessonEnd, Lesson: "c", Status: event.Skip, Text: "no bridge"},
		{Kind: event.RunEnd, Millis: 2345},
	}
	tests := []struct{ renderer, want string }{
		{"tap", `TAP version 14
1..3
# Subtest: a
    1..2
    ok 1 - of a
    not ok 2 - netlab itself
      ---
      message: "gone"
      severity: "error"
      code: "70"
      ...
not ok 1 - a
# Subtest: b
    1..1
    ok 1 - of b
ok 2 - b
  ---
  duration_ms: 1234.000
  ...
# Subtest: c
    1..1
    ok 1 - c # SKIP no bridge
ok 3 - c # SKIP no bridge
`},
		{"junit", `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="netlab" time="2.345" tests="4" failures="0" errors="1">
  <testsuite name="a" tests="2" failures="0" errors="1" skipped="0" time="0.000">
    <testcase name="of a" classname="a.step 1" time="0.001"></testcase>
    <testcase name="netlab itself" classname="a" time="0.000">
      <error message="gone" type="fault"><![CDATA[code: 70
]]></error>
    </testcase>
  </testsuite>
  <testsuite name="b" tests="1" failures="0" errors="0" skipped="0" time="1.234">
    <testcase name="of b" classname="b.step 1" time="0.002"></testcase>
  </testsuite>
  <testsuite name="c" tests="1" failures="0" errors="0" skipped="1" time="0.000">
    <testcase name="c" classname="c" time="0.000">
      <skipped message="no bridge"></skipped>
    </testcase>
  </testsuite>
</testsuites>
`},
		{"summary", `✓ b · 1 check · 1.2 s
- c · skipped: no bridge
- a · not finished
3 lessons · 1 passed · 1 skipped · 1 not finished · 2 checks
· 2.3 s
`},
	}
	for _, tt := range tests {
		t.Run(tt.renderer, func(t *testing.T) {
			got, stderr := shown(t, tt.renderer, events, look{width: 60}, Options{})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if stderr != "netlab: a: gone\n" {
				t.Errorf("stderr is %q", stderr)
			}
		})
	}
}

func TestTablesAtTheirNarrowestWidths(t *testing.T) {
	table := func(last string) Table {
		return Table{Head: []string{"name", "about"}, Rows: []Row{{"", []string{strings.Repeat("n", 20), last}}}}
	}
	// 20 cells of the first column and 2 between leave 18 of 40 for the last:
	// that is minColumn.
	twenty, more := strings.Repeat("n", 20), "abc def ghi jkl mno pqr"
	wider := table(more)
	wider.Rows[0].Cells[0] += "n"
	marked := table(more)
	marked.Rows[0].Mark = event.Pass
	short := table("abc def ghi jkl")
	short.Rows[0].Cells[0] += "nnn"
	tests := []struct {
		name  string
		table Table
		want  string
	}{
		{"just room for the last column", table(more), "name                  about\n" + twenty + "  abc def ghi jkl\n" + strings.Repeat(" ", 22) + "mno pqr\n"},
		{"one cell too few", wider, twenty + "n\n  about: abc def ghi jkl mno pqr\n"},
		{"a mark takes the room", marked, "✓ " + twenty + "\n  about: abc def ghi jkl mno pqr\n"},
		{"a short last column needs no more than itself", short, "name                     about\n" + twenty + "nnn  abc def ghi jkl\n"},
		{"a first column wider than the screen", Table{Rows: []Row{{"", []string{strings.Repeat("x", 45), "y"}}}}, strings.Repeat("x", 40) + "\nxxxxx\n  y\n"},
		{"a row that is longer than the heading", Table{Head: []string{"h"}, Rows: []Row{{"", []string{"a", "b", "c"}}}}, "h\na  b  c\n"},
		{"one column is wrapped", Table{Rows: []Row{{"", []string{strings.Repeat("word ", 10)}}}}, strings.TrimSpace(strings.Repeat("word ", 8)) + "\nword word\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, bufs := screen(look{width: 40})
			if err := tt.table.Print(tm); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, bufs.Out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPromptsAtTheEdgeOfTheScreen(t *testing.T) {
	ask := func(n int) string { return strings.Repeat("a", n-len("? y/n")) + "?" }
	tests := []struct {
		name, question, want string
	}{
		{"there is room to stand under the text", ask(38), "\n  " + ask(38) + " y/n"},
		{"there is just room for itself", ask(39), "\n" + ask(39) + " y/n"},
		{"it is as wide as the screen", ask(40), "\n" + ask(40) + " y/n"},
		{"its text cannot act", "a\x1b[2J\r?", "\n  a\\x1b[2J\\x0d? y/n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, bufs := screen(look{width: 40})
			if err := NewPrompt(tm).Confirm(tt.question); err != nil {
				t.Fatal(err)
			}
			if got := bufs.Out.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestChoicesAskForTheirNumber(t *testing.T) {
	for n, want := range map[int]string{2: "1-2", 4: "1-4"} {
		tm, bufs := screen(look{width: 60, ascii: true})
		if err := NewPrompt(tm).Choose(n); err != nil {
			t.Fatal(err)
		}
		if got := bufs.Out.String(); got != "\n  "+want+" your answer - space just show me" {
			t.Errorf("%d choices: got %q", n, got)
		}
	}
}

func TestLegendLeavesOutNoMoreThanItMust(t *testing.T) {
	for width := 40; width <= 70; width++ {
		tm, bufs := screen(look{width: width})
		if err := NewPrompt(tm).Legend(StepKeys()); err != nil {
			t.Fatal(err)
		}
		got := strings.TrimLeft(bufs.Out.String(), "\n ")
		left := strings.Count(got, "·") + 1
		keys := StepKeys()
		if next := len(" · ") - 1 + len("x ") + len(keys[min(left-1, 5)].Does); left < len(keys) && cells(got)+next <= width {
			t.Errorf("width %d: %q leaves out %q, which has room", width, got, keys[left-1].Does)
		}
		if cells(got) > width || !strings.HasPrefix(got, "space next") || !strings.HasSuffix(got, "q quit") {
			t.Errorf("width %d: %q", width, got)
		}
	}
}
