package scenario

import (
	"fmt"
	"strings"
)

// Reference gives the reference page of the file format, in Markdown. It is
// made from the same rows that read the files: docs/REFERENCE.md is a copy.
func Reference() string {
	p := &page{seen: map[string]bool{}}
	p.b.WriteString(`# The scenario file

Every key of ` + "`scenario.yaml`" + `. This page is made from the program (` + "`go test ./internal/scenario -update`" + `);
` + "`docs/SCENARIOS.md`" + ` is the guide to writing one.

The file is YAML in UTF-8, at most ` + fmt.Sprint(maxSize>>10) + ` KiB, without anchors, aliases and tags. A key that is not listed here is
a mistake. Names follow these rules:

`)
	for _, rule := range []nameRule{scenarioName(), spaceName(), linkName()} {
		fmt.Fprintf(&p.b, "- %s: the characters `%s`, first one of `%s`, at most %d\n", rule.what, spaced(rule.rest), spaced(rule.first), rule.length)
	}
	p.record(scenarioRecord(new(Scenario)))
	p.b.WriteString("\n## The words of requires\n\n| word | what it needs |\n|---|---|\n")
	for _, r := range Requirements() {
		fmt.Fprintf(&p.b, "| `%s` | %s |\n", r.Word, r.Doc)
	}
	return p.b.String()
}

// page is written from the topmost record down, each record once.
type page struct {
	b    strings.Builder
	seen map[string]bool
}

func (p *page) record(r record) {
	if p.seen[r.title] {
		return
	}
	p.seen[r.title] = true
	fmt.Fprintf(&p.b, "\n## %s\n\n%s\n\n| key | value | needed | meaning |\n|---|---|---|---|\n", capital(r.title), r.doc)
	for _, f := range r.fields {
		needed := ""
		if f.need {
			needed = "yes"
		}
		fmt.Fprintf(&p.b, "| `%s` | %s | %s | %s |\n", f.key, f.val.words(), needed, f.doc)
	}
	for _, f := range r.fields {
		if within, ok := f.val.(nested); ok {
			for _, sub := range within.records() {
				p.record(sub)
			}
		}
	}
}

// nested is a value that holds records.
type nested interface{ records() []record }

func (r record) records() []record { return []record{r} }

func (v inside[T]) records() []record { return []record{v.rec(new(T))} }

func (v many[T]) records() []record {
	if n, ok := v.item(new(T)).(nested); ok {
		return n.records()
	}
	return nil
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
