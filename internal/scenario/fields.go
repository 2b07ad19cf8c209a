package scenario

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"netlab/internal/check"
)

// The limits of a scenario. They are far above what a lesson needs.
const (
	maxSteps  = 100
	maxChecks = 50
	maxList   = 30
	maxLine   = 120 // characters: two lines on a narrow terminal
	maxText   = 300
)

func scenarioRecord(s *Scenario) record {
	return record{title: "a scenario", doc: "The topmost keys of `scenario.yaml`. A scenario with a scene and without steps is hardware to play with: it needs no question, minutes and recap.", fields: []field{
		{"name", named(&s.Name, scenarioName()), true, "what one types after `netlab run`; the name of its folder, without the number"},
		{"title", line(&s.Title, maxLine), true, "what the lesson is called on the screen"},
		{"summary", line(&s.Summary, maxLine), true, "one line for `netlab list`"},
		{"question", line(&s.Question, maxText), true, "the question that the lesson answers, shown first"},
		{"minutes", number(&s.Minutes, 1, 120), true, "how long a learner takes"},
		{"start", named(&s.Start, scenarioName()), false, "the scenario at whose end this one begins; left out: nothing exists but the host"},
		{"requires", requirements(&s.Requires), false, "what the machine must have, or the lesson is skipped with the reason"},
		{"params", paramTable{&s.Params}, false, "numbers that whoever runs it may choose with `--set NAME=VALUE`"},
		{"scene", sceneValue{&s.Scene}, false, "ready-made hardware: the nodes and cables that exist before step 1"},
		{"checks", many[check.Check]{&s.Checks, func(c *check.Check) value { return checkRecord(c) }, 1, maxChecks}, false, "what is true of the scene before step 1"},
		{"steps", many[Step]{&s.Steps, func(t *Step) value { return stepRecord(t) }, 1, maxSteps}, true, "the steps, in order"},
		{"recap", texts(&s.Recap, 1), true, "what the learner knows now, one sentence an entry (Markdown)"},
		{"questions", many[Quiz]{&s.Questions, func(q *Quiz) value { return quizRecord(q) }, 1, maxList}, false, "questions to think about at the end"},
	}, verify: func(d *decoder, n *yaml.Node) { verifyScenario(d, n, s) }, waive: bareScene, refine: func(sc *schema) {
		bare := func(key string) bool { return slices.Contains(lessonKeys(), key) }
		sc.Required = slices.DeleteFunc(sc.Required, bare)
		sc.AnyOf = []*schema{{Required: lessonKeys()}, {Required: []string{"scene", "checks"}}}
	}}
}

// lessonKeys are what a lesson needs, and a scene without steps does not.
func lessonKeys() []string { return []string{"question", "minutes", "steps", "recap"} }

// bareScene: a scenario that is only a scene, to be brought up and looked at,
// teaches nothing.
func bareScene(n *yaml.Node) []string {
	if only(n, "scene") == nil || only(n, "steps") != nil {
		return nil
	}
	return lessonKeys()
}

func verifyScenario(d *decoder, n *yaml.Node, s *Scenario) {
	checks := len(s.Checks)
	if checks > 0 && s.Scene.Empty() {
		d.fail(at(n, "checks"), "checks at the top are about the scene, and there is none", "put them into a step")
	}
	s.Requires = append(s.Requires, sceneNeeds(s)...)
	demandConntrack(d, at(n, "checks"), s.Checks, s.Requires)
	for i, step := range s.Steps {
		checks += len(step.Checks)
		demandConntrack(d, at(at(n, "steps").Content[i], "checks"), step.Checks, s.Requires, step.Requires)
	}
	if checks == 0 {
		d.fail(at(n, "steps"), "the scenario checks nothing", "give at least one step checks: they prove what the lesson says")
	}
	if s.Start == s.Name {
		d.fail(at(n, "start"), "a scenario cannot begin where it ends itself", "")
	}
}

// demandConntrack: a kernel that does not follow connections would make such a
// check fail, and the learner would look for a mistake of theirs.
func demandConntrack(d *decoder, n *yaml.Node, checks []check.Check, requires ...[]string) {
	asks := func(c check.Check) bool { return c.Conntrack != nil }
	if slices.ContainsFunc(checks, asks) && !slices.Contains(slices.Concat(requires...), "conntrack") {
		d.fail(n, "a check looks for connections, and not every kernel follows them", "write requires: [conntrack]")
	}
}

func texts(to *[]string, least int) value {
	return many[string]{to, func(t *string) value { return line(t, maxText) }, least, maxList}
}

func stepRecord(s *Step) record {
	return record{title: "a step", doc: "Shown in this order: title, explanation, prediction, commands, proof, misbelief, real life.", fields: []field{
		{"title", line(&s.Title, maxLine), true, "what happens in this step"},
		{"explain", markdown(&s.Explain), true, "what the learner reads before the commands run"},
		{"predict", inside[Predict]{&s.Predict, predictRecord, nil}, false, "a question put before the commands run"},
		{"run", script(&s.Run), false, "the commands of the step, as in a tutorial. Each must succeed"},
		{"fails", truth(&s.Fails), false, "`run` is one simple command that must fail: a designed failure"},
		{"requires", requirements(&s.Requires), false, "without these the step is skipped, and netlab says so"},
		{"checks", many[check.Check]{&s.Checks, func(c *check.Check) value { return checkRecord(c) }, 1, maxChecks}, false, "what must be true after the commands"},
		{"hints", texts(&s.Hints, 1), false, "help for one who types the commands by hand, from vague to close; never the command itself. Needed when there are checks"},
		{"misbelief", markdown(&s.Misbelief), false, "what people wrongly believe here, and how it really is"},
		{"real_life", markdown(&s.RealLife), false, "who does this outside of lessons"},
	}, verify: func(d *decoder, n *yaml.Node) { verifyStep(d, n, s) },
		refine: func(sc *schema) { sc.DependentRequired = map[string][]string{"checks": {"hints"}} }}
}

func verifyStep(d *decoder, n *yaml.Node, s *Step) {
	if len(s.Checks) > 0 && len(s.Hints) == 0 {
		d.fail(n, "a step with checks needs hints", "hints: what to look at when a check fails")
	}
	if !s.Fails {
		return
	}
	switch commands := commandLines(s.Run); {
	case len(commands) == 0:
		d.fail(at(n, "fails"), "fails: true needs a command in run", "")
	case len(commands) > 1:
		d.fail(at(n, "fails"), fmt.Sprintf("run has %d lines, and with fails: true it must be exactly one command", len(commands)), "put what comes before the failure into a step of its own")
	}
}

// commandLines gives the lines of a shell text that are neither blank nor a
// comment; a line that ends with a backslash goes on in the next. Lint counts
// the commands exactly.
func commandLines(run string) []string {
	var lines []string
	for _, l := range strings.Split(strings.ReplaceAll(run, "\\\n", " "), "\n") {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			lines = append(lines, l)
		}
	}
	return lines
}

func predictRecord(p *Predict) record {
	return record{title: "a prediction", doc: "A question before the commands run; the answer comes after them.", fields: []field{
		{"ask", line(&p.Ask, maxText), true, "the question"},
		{"choices", many[string]{&p.Choices, word, 2, 4}, true, "possible answers"},
		{"answer", number(&p.Answer, 1, 4), true, "which choice is right, counted from 1"},
		{"why", markdown(&p.Why), true, "why it is right"},
	}, verify: func(d *decoder, n *yaml.Node) {
		if p.Answer > len(p.Choices) {
			d.fail(at(n, "answer"), fmt.Sprintf("answer %d is not among the %d choices", p.Answer, len(p.Choices)), "choices are counted from 1")
		}
		for i, c := range p.Choices {
			for _, before := range p.Choices[:i] {
				if c == before {
					d.fail(entry(n, "choices", i), fmt.Sprintf("the choice %q is there twice", cut(c)), "")
				}
			}
		}
	}}
}

func quizRecord(q *Quiz) record {
	return record{title: "a question", doc: "Asked after the recap.", fields: []field{
		{"ask", line(&q.Ask, maxText), true, "the question"},
		{"answer", markdown(&q.Answer), true, "its answer, hidden until asked for"},
	}}
}
