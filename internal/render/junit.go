package render

import (
	"encoding/xml"
	"fmt"
	"strings"

	"netlab/internal/event"
	"netlab/internal/term"
)

// junit writes one JUnit file at the end: a lesson is a test suite, a check or
// a command a test case. Elements and attributes are those of the schema that
// Jenkins publishes for its JUnit plug-in, which other readers take too.
type junit struct{ t *term.Term }

type xmlSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Time     string     `xml:"time,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Suites   []xmlSuite `xml:"testsuite"`
}

type xmlSuite struct {
	Name     string    `xml:"name,attr"`
	Tests    int       `xml:"tests,attr"`
	Failures int       `xml:"failures,attr"`
	Errors   int       `xml:"errors,attr"`
	Skipped  int       `xml:"skipped,attr"`
	Time     string    `xml:"time,attr"`
	Cases    []xmlCase `xml:"testcase"`
	Out      string    `xml:"system-out,omitempty"`
}

type xmlCase struct {
	Name    string  `xml:"name,attr"`
	Class   string  `xml:"classname,attr"`
	Time    string  `xml:"time,attr"`
	Skipped *xmlBad `xml:"skipped"`
	Error   *xmlBad `xml:"error"`
	Failure *xmlBad `xml:"failure"`
}

type xmlBad struct {
	Message string `xml:"message,attr,omitempty"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

// Event does what can be done before the end: it tells a fault at once.
func (j *junit) Event(e event.Event) { tellFault(j.t, e) }

// tellFault shows a fault to the person beside a report for machines.
func tellFault(t *term.Term, e event.Event) {
	if e.Kind == event.Fault {
		_ = Error(t, inLesson(e.Lesson, e.Text), e.Hint)
	}
}

func (j *junit) Close(r event.Report) error {
	all := xmlSuites{Name: "netlab", Time: seconds(r.Millis)}
	for _, l := range r.Lessons {
		s := suite(l.Name, casesOf(l, r.Faults))
		s.Time, s.Out = seconds(l.Millis), strings.Join(l.Notes, "\n")
		all.add(s)
	}
	if faults := homeless(r); len(faults) > 0 {
		var cases []testCase
		for _, f := range faults {
			cases = append(cases, faultCase(f))
		}
		all.add(suite("netlab", cases))
	}
	b, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("writing JUnit: %v", err)
	}
	_, err = j.t.Out.Write([]byte(xml.Header + string(b) + "\n"))
	return err
}

func (x *xmlSuites) add(s xmlSuite) {
	x.Tests += s.Tests
	x.Failures += s.Failures
	x.Errors += s.Errors
	x.Suites = append(x.Suites, s)
}

func suite(name string, cases []testCase) xmlSuite {
	s := xmlSuite{Name: name, Tests: len(cases), Time: seconds(0)}
	for _, c := range cases {
		x := xmlCase{Name: c.name, Class: name, Time: seconds(c.millis)}
		if c.step != "" {
			x.Class = name + "." + strings.ReplaceAll(c.step, ".", "·")
		}
		problem := &xmlBad{Message: c.why, Text: detailLines(c.detail)}
		switch {
		case c.status == event.Skip:
			x.Skipped, problem.Text = problem, ""
			s.Skipped++
		case c.status == event.Fail && c.fault:
			problem.Type = "fault"
			x.Error = problem
			s.Errors++
		case c.status == event.Fail:
			problem.Type = "claim"
			x.Failure = problem
			s.Failures++
		}
		s.Cases = append(s.Cases, x)
	}
	return s
}

func detailLines(ds []detail) string {
	var b strings.Builder
	for _, d := range ds {
		fmt.Fprintf(&b, "%s: %s\n", d.key, d.value)
	}
	return b.String()
}

func seconds(ms float64) string { return fmt.Sprintf("%.3f", ms/1000) }
