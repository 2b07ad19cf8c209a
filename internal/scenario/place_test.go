package scenario

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// mistakes gives the places and texts of what Parse says, one a line.
func mistakes(t *testing.T, file string) string {
	t.Helper()
	_, err := Parse("f", []byte(file))
	var all Errors
	if err != nil && !errors.As(err, &all) {
		t.Fatalf("%T is not a list of mistakes", err)
	}
	var lines []string
	for _, e := range all {
		lines = append(lines, fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Text))
	}
	return strings.Join(lines, "\n")
}

func TestPlacesOfMistakes(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"a value in a predicate in a list in a list", withCheck("ping: {in: ns1, to: 10.1.1.300}"),
			`13:29 "10.1.1.300" is not an IP address: each part is at most 255`},
		{"a key of a predicate", withCheck("link:\n  in: ns1\n  name: a\n  mtuu: 5"),
			`16:11 link has no key "mtuu"`},
		{"a predicate in a predicate", withCheck("fdb:\n  in: ns1\n  bridge: b\n  of:\n    in: ns1\n    dev: a/b"),
			`18:18 "a/b" is not the name of an interface: '/' is not allowed there`},
		{"what a predicate lacks: where it begins", withCheck("route:\n  via: 10.1.1.1"),
			"14:11 route needs in"},
		{"the short form", withCheck("namespace: ../x"),
			`13:20 "../x" is not the name of a namespace: '.' is not allowed there`},
		{"a check that contradicts itself", withCheck("not: true\nping:\n  in: a\n  to: 10.1.1.1\n  ttl: 64"),
			"17:16 ttl is about the answer, and this ping must have none"},
		{"a rule of the predicate itself: its value", withCheck("ping: {in: ns1, to: fe80::1}"),
			"13:15 ping: the link-local address fe80::1 needs its interface: fe80::1%eth0"},
		{"a key twice", withCheck("says: x\nroute: {in: a}"),
			`13:9 "says" is here twice`},
		{"an entry of a list of words", set("requires", "[veth, bridge, vxlna]"),
			`1:26 "vxlna" is not known here`},
		{"columns count characters", strings.Replace(small, "hints: [Look at the list.]", "hints: [äöü, 5]", 1),
			"14:18 text in one line is needed here, not a number"},
		{"the second of two equal choices", inStep("predict:\n  ask: a\n  answer: 1\n  why: w\n  choices:\n    - x\n    - y\n    - x"),
			`16:11 the choice "x" is there twice`},
		{"a list for a text", set("title", "[a]"), "2:8 text in one line is needed here, not a list"},
		{"a text for a list", strings.Replace(small, "recap:\n  - It works.", "recap: a", 1), "15:8 a list is needed here, not text"},
		{"keys for a number", set("minutes", "{a: 1}"), "5:10 a number from 1 to 120 is needed here, not keys with values"},
		{"a date for a text", set("title", "2024-01-31"), "2:8 text in one line is needed here, not a date"},
		{"nothing for a list", set("requires", "~"), `1:11 "requires" is empty`},
		{"an entry with nothing in it", set("requires", "[veth, ~]"), "1:18 this entry is empty"},
		{"a list for the whole file", "- a\n- b\n", "1:1 a scenario is written as keys with values, not as a list"},
		{"a key of two lines", strings.Replace(small, "minutes: 5", "? [a, b]\n: c\nminutes: 5", 1), "5:3 a key must be one word"},
		{"a control character in quotes", set("title", `"a\u202eb"`), "2:8 control character U+202E is not allowed"},
		{"a broken character in quotes", set("title", `"a\uFFFDb"`), "2:8 control character U+FFFD is not allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mistakes(t, tt.file); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestMistakesAreToldInTheOrderOfTheFile(t *testing.T) {
	file := strings.NewReplacer(
		"title: A demo", "titel: A demo",
		"minutes: 5", "minutes: many",
		"        namespace: ns1", "        ping: {to: 10.1.1.0/24, in: a b, ttl: 999}",
		"  - It works.", "  - 5",
	).Replace(small)
	want := `2:1 a scenario has no key "titel"
5:10 a number from 1 to 120 is needed here, not text
13:20 10.1.1.0/24 has a prefix length; only the address belongs here
13:37 "a b" is not the name of a namespace: ' ' is not allowed there
13:47 999 is not a number from 1 to 255
16:5 text in one line is needed here, not a number`
	if got := mistakes(t, file); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAMisspelledKeyIsNotMissingAsWell(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"one misspelled", strings.Replace(small, "summary:", "sumary:", 1), `3:1 a scenario has no key "sumary"`},
		{"one gone", strings.Replace(small, "summary: Shows one thing\n", "", 1), "1:1 a scenario needs summary"},
		{"two gone", strings.NewReplacer("summary: Shows one thing\n", "", "minutes: 5\n", "").Replace(small), "1:1 a scenario needs summary, minutes"},
		{"misspelled, and right as well", strings.Replace(small, "summary:", "sumary: x\nsummary:", 1), `3:1 a scenario has no key "sumary"`},
		{"nothing like it", strings.Replace(small, "summary:", "abc:", 1), "1:1 a scenario needs summary\n3:1 a scenario has no key \"abc\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mistakes(t, tt.file); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestNothingIsSaidAfterTheLastMistakeThatIsTold(t *testing.T) {
	tests := []struct{ name, after string }{
		{"a check without a predicate", "  - {title: t, explain: e, hints: [h], checks: [{says: s}]}\n"},
		{"many checks without a predicate", "  - {title: t, explain: e, hints: [h], checks: " + inList(2*maxErrors, "{says: s}") + "}\n"},
		{"many checks that contradict themselves", "  - {title: t, explain: e, hints: [h], checks: " + inList(2*maxErrors, "{says: s, namespace: host}") + "}\n"},
		{"a check that contradicts itself", "  - {title: t, explain: e, hints: [h], checks: [{says: s, ping: {in: a, to: 10.1.1.1, error: silent}}]}\n"},
		{"a step that must fail without a command", "  - {title: t, explain: e, fails: true}\n"},
		{"a prediction without an answer", "  - {title: t, explain: e, predict: {ask: a, choices: [a, a], answer: 4, why: w}}\n"},
		{"a step that is no mapping", "  - step\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, before := range []int{maxErrors - 1, maxErrors, maxErrors + 1} {
				steps := strings.Repeat("  - {title: 5, explain: e}\n", before) + tt.after
				file := strings.Replace(small, "steps:\n", "steps:\n"+steps, 1)
				got := strings.Split(mistakes(t, file), "\n")
				if len(got) != maxErrors {
					t.Errorf("%d mistakes before: %d are told, want %d\n%s", before, len(got), maxErrors, strings.Join(got, "\n"))
				}
			}
		})
	}
}

func TestPlacesInTextInsideOfTheFile(t *testing.T) {
	tests := []struct {
		name, run    string
		line, column int
		want         string
	}{
		{"the first character of a block", "run: |\n      ab\n      cd\n", 1, 1, "10:7"},
		{"the last line of a block", "run: |\n      ab\n      cd\n", 2, 2, "11:8"},
		{"a line of a block that is indented more", "run: |\n      ab\n        cd\n", 2, 3, "11:9"},
		{"a block whose indentation is said", "run: |2\n        ab\n      cd\n", 1, 3, "10:9"},
		{"a block in a line of its own", "run:\n      |\n      ab\n", 1, 1, "11:7"},
		{"behind a character of two bytes", "run: |\n      ä b\n", 1, 4, "10:9"},
		{"plain text behind a character of two bytes", "run: ä b\n", 1, 4, "9:12"},
		{"a line that is not there", "run: |\n      ab\n", 9, 1, "9:10"},
		{"line 0", "run: |\n      ab\n", 0, 1, "9:10"},
		{"a column that is not there", "run: ab\n", 1, 99, "9:12"},
		{"plain text of two lines", "run: ab\n      cd\n", 1, 4, "9:10"},
		{"quotes", "run: 'ab'\n", 1, 2, "9:10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := strings.Replace(small, "run: |\n      ip netns add ns1\n", tt.run, 1)
			_, parsed, errs := parse("f", []byte(file))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			line, column := parsed.inText(at(parsed.step(0), "run"), tt.line, tt.column)
			if got := fmt.Sprintf("%d:%d", line, column); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestNodesThatAreNotThere(t *testing.T) {
	_, parsed, _ := parse("f", []byte(small))
	step := parsed.step(0)
	tests := []struct {
		name string
		got  int
		want int
	}{
		{"a key that is there", at(step, "run").Line, 9},
		{"a key that is not: the mapping", at(step, "misbelief").Line, step.Line},
		{"an entry that is there", entry(step, "checks", 0).Line, 12},
		{"an entry that is not: the list", entry(step, "checks", 5).Line, at(step, "checks").Line},
		{"an entry of no list", entry(step, "title", 0).Line, 7},
		{"a step that is not there", parsed.step(7).Line, at(parsed.top, "steps").Line},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("line %d, want %d", tt.got, tt.want)
			}
		})
	}
}
