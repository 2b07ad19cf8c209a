package render

import (
	"encoding/json"
	"fmt"
	"strings"

	"netlab/internal/event"
	"netlab/internal/term"
)

// tap writes TAP version 14 (testanything.org) at the end: a lesson is a
// subtest of its checks and commands, what failed has a YAML block.
type tap struct{ t *term.Term }

// Event tells a fault at once.
func (p *tap) Event(e event.Event) { tellFault(p.t, e) }

func (p *tap) Close(r event.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 14\n1..%d\n", len(r.Lessons))
	for i, l := range r.Lessons {
		cases := casesOf(l, r.Faults)
		fmt.Fprintf(&b, "# Subtest: %s\n    1..%d\n", oneLine(l.Name), len(cases))
		for j, c := range cases {
			tapCase(&b, j+1, c)
		}
		fmt.Fprintf(&b, "%s %d - %s%s\n", tapWord(l.Status), i+1, tapText(l.Name), tapSkip(l.Status, l.Reason))
		if l.Millis > 0 {
			fmt.Fprintf(&b, "  ---\n  duration_ms: %.3f\n  ...\n", l.Millis)
		}
	}
	for _, f := range homeless(r) {
		fmt.Fprintf(&b, "Bail out! %s\n", oneLine(f.Text))
	}
	_, err := p.t.Out.Write([]byte(b.String()))
	return err
}

func tapWord(s event.Status) string {
	if s == event.Pass || s == event.Skip {
		return "ok"
	}
	return "not ok"
}

func tapSkip(s event.Status, why string) string {
	if s != event.Skip {
		return ""
	}
	return strings.TrimRight(" # SKIP "+tapText(why), " ")
}

func tapCase(b *strings.Builder, n int, c testCase) {
	fmt.Fprintf(b, "    %s %d - %s%s\n", tapWord(c.status), n, tapText(c.name), tapSkip(c.status, c.why))
	if c.status != event.Fail {
		return
	}
	severity := "fail"
	if c.fault {
		severity = "error"
	}
	b.WriteString("      ---\n")
	for _, d := range append(details("message", c.why, "severity", severity, "step", c.step), c.detail...) {
		fmt.Fprintf(b, "      %s: %s\n", d.key, quoted(d.value))
	}
	b.WriteString("      ...\n")
}

// tapText is a description: a # would begin a directive.
func tapText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(oneLine(s))
}

// oneLine is text with each run of white space as one space.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// quoted is a YAML string: JSON's are.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
