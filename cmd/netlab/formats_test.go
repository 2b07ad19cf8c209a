package main_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"netlab/internal/event"
)

// cmdValid reads a report as the programs do that it is made for.
func cmdValid(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: valid FORMAT FILE")
	}
	check := map[string]func(string) error{"JSON": validValue, "json": validJSON, "junit": validJUnit, "tap": validTAP}[args[0]]
	if check == nil {
		ts.Fatalf("unknown format %s", args[0])
	}
	err := check(ts.ReadFile(args[1]))
	switch {
	case neg && err == nil:
		ts.Fatalf("%s is valid", args[1])
	case !neg:
		ts.Check(err)
	}
}

func validValue(s string) error {
	var v any
	return json.Unmarshal([]byte(s), &v)
}

// validJSON wants lines that are events, from a run's start to its end, in
// which every step and lesson that starts also ends.
func validJSON(s string) error {
	var kinds []event.Kind
	open := map[event.Kind]int{}
	for line := range strings.Lines(s) {
		ev, err := event.Decode([]byte(line))
		if err != nil {
			return err
		}
		kinds = append(kinds, ev.Kind)
		switch ev.Kind {
		case event.LessonStart, event.StepStart, event.Command:
			open[ev.Kind]++
		case event.LessonEnd:
			open[event.LessonStart]--
		case event.StepEnd:
			open[event.StepStart]--
		case event.CommandEnd:
			open[event.Command]--
		}
	}
	if len(kinds) < 2 || kinds[0] != event.RunStart || kinds[len(kinds)-1] != event.RunEnd {
		return fmt.Errorf("the kinds of events are %v", kinds)
	}
	for kind, n := range open {
		if n != 0 {
			return fmt.Errorf("%d of %s did not end", n, kind)
		}
	}
	return nil
}

type junitCount struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
}

type junitReport struct {
	XMLName xml.Name `xml:"testsuites"`
	junitCount
	Suites []struct {
		Name string `xml:"name,attr"`
		junitCount
		Skipped int    `xml:"skipped,attr"`
		Time    string `xml:"time,attr"`
		Cases   []struct {
			Name    string    `xml:"name,attr"`
			Class   string    `xml:"classname,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// validJUnit wants counts that agree with what they count.
func validJUnit(s string) error {
	var r junitReport
	dec := xml.NewDecoder(strings.NewReader(s))
	if err := dec.Decode(&r); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		if rest := strings.TrimSpace(s[dec.InputOffset():]); rest != "" {
			return fmt.Errorf("after the end: %q", rest)
		}
	}
	var all junitCount
	for _, suite := range r.Suites {
		var n junitCount
		skipped := 0
		for _, c := range suite.Cases {
			n.Tests++
			if c.Name == "" || c.Class == "" {
				return fmt.Errorf("a case without a name: %+v", c)
			}
			n.Failures += one(c.Failure)
			n.Errors += one(c.Error)
			skipped += one(c.Skipped)
		}
		if _, err := strconv.ParseFloat(suite.Time, 64); err != nil || n != suite.junitCount || skipped != suite.Skipped {
			return fmt.Errorf("suite %s: counted %+v and %d skipped, said %+v and %d; %v", suite.Name, n, skipped, suite.junitCount, suite.Skipped, err)
		}
		all.Tests, all.Failures, all.Errors = all.Tests+n.Tests, all.Failures+n.Failures, all.Errors+n.Errors
	}
	if all != r.junitCount || all.Tests == 0 {
		return fmt.Errorf("counted %+v, said %+v", all, r.junitCount)
	}
	return nil
}

func one(there *struct{}) int {
	if there != nil {
		return 1
	}
	return 0
}

// validTAP wants a plan at each level, and as many numbered tests.
func validTAP(s string) error {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	if lines[0] != "TAP version 14" {
		return fmt.Errorf("it begins with %q", lines[0])
	}
	known := regexp.MustCompile(`^(    )?(1\.\.\d+|(not )?ok (\d+) - .*|  (---|\.\.\.|[a-z_]+: .*)|# .*)$`)
	plan, done := map[string]int{}, map[string]int{}
	for _, line := range lines[1:] {
		m := known.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("what is %q?", line)
		}
		level := m[1]
		switch {
		case strings.HasPrefix(m[2], "1.."):
			plan[level], _ = strconv.Atoi(m[2][3:])
			done[level] = 0
		case m[4] != "":
			done[level]++
			if n, _ := strconv.Atoi(m[4]); n != done[level] || n > plan[level] {
				return fmt.Errorf("%q is test %d of %d", line, done[level], plan[level])
			}
			if level == "" && done["    "] != plan["    "] {
				return fmt.Errorf("before %q: %d tests of %d", line, done["    "], plan["    "])
			}
		}
	}
	if plan[""] == 0 || done[""] != plan[""] {
		return fmt.Errorf("%d tests of %d", done[""], plan[""])
	}
	return nil
}
