package scenario

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/check"
	"netlab/internal/scene"
)

// whole has each key of the topmost records, and nothing that is left out.
const whole = `name: demo
title: "  A demo  "
summary: Shows one thing
question: Does it work?
minutes: 120
start: before
requires: [veth, nft]
params:
  size: {default: 2, min: 1, max: 9, doc: how many}
scene:
  switches: [{name: s1}]
  hosts:
    - {name: "h{1..$size}", to: s1, addr: 10.0.0.1/24, routes: [{to: default, via: 10.0.0.254}]}
  routers:
    - name: r1
      forward: false
      links: [{to: s1, dev: lan, addr: [10.0.0.254/24, "fd00::fe/64"], mac: "02:00:00:00:00:FE"}]
checks:
  - says: h$size exists
    namespace: h$size
steps:
  - title: One
    explain: |
      Two *lines*
      of text.
    predict:
      ask: Who answers?
      choices: [1, true, "no one", 2.50]
      answer: 3
      why: Nobody is there.
    run: "false"
    fails: true
    requires: [curl]
    checks:
      - says: ns1 exists
        within: 1.5s
        namespace: ns1
    hints:
      - Look.
      - Look again.
    misbelief: People think.
    real_life: |-
      Docker.
  - title: Two
    explain: Nothing runs.
recap: [a, b]
questions:
  - {ask: "Why?", answer: Because.}
  - ask: "?"
    answer: "!"
`

func wholeValue() Scenario {
	return Scenario{
		Name: "demo", Title: "A demo", Summary: "Shows one thing", Question: "Does it work?", Minutes: 120,
		Start: "before", Requires: []string{"veth", "nft", "bridge", "ipv6"},
		Params: []Param{{Name: "size", Doc: "how many", Default: 2, Min: 1, Max: 9, Value: 2}},
		Scene: scene.Scene{
			Nodes: []scene.Node{
				{Name: "s1", Kind: scene.Switch},
				{Name: "h1", Kind: scene.Host, Routes: []scene.Route{defaultRoute("10.0.0.254")}},
				{Name: "h2", Kind: scene.Host, Routes: []scene.Route{defaultRoute("10.0.0.254")}},
				{Name: "r1", Kind: scene.Router},
			},
			Cables: []scene.Cable{
				{A: scene.End{Node: "h1", Dev: "eth0", Addrs: prefixes("10.0.0.1/24")}, B: scene.End{Node: "s1", Dev: "h1"}},
				{A: scene.End{Node: "h2", Dev: "eth0", Addrs: prefixes("10.0.0.2/24")}, B: scene.End{Node: "s1", Dev: "h2"}},
				{A: scene.End{Node: "r1", Dev: "lan", MAC: "02:00:00:00:00:fe", Addrs: prefixes("10.0.0.254/24", "fd00::fe/64")}, B: scene.End{Node: "s1", Dev: "r1"}},
			},
		},
		Checks: []check.Check{{Says: "h2 exists", Namespace: &check.Namespace{Name: "h2"}}},
		Origin: &Origin{File: "f", Text: []byte(whole)},
		Steps: []Step{{
			Title: "One", Explain: "Two *lines*\nof text.\n",
			Predict: &Predict{Ask: "Who answers?", Choices: []string{"1", "true", "no one", "2.50"}, Answer: 3, Why: "Nobody is there."},
			Run:     "false", Fails: true, Requires: []string{"curl"},
			Checks: []check.Check{{Says: "ns1 exists", Within: 1500 * time.Millisecond, Namespace: &check.Namespace{Name: "ns1"}}},
			Hints:  []string{"Look.", "Look again."}, Misbelief: "People think.", RealLife: "Docker.",
		}, {Title: "Two", Explain: "Nothing runs."}},
		Recap:     []string{"a", "b"},
		Questions: []Quiz{{Ask: "Why?", Answer: "Because."}, {Ask: "?", Answer: "!"}},
	}
}

func defaultRoute(via string) scene.Route {
	return scene.Route{To: netip.MustParsePrefix("0.0.0.0/0"), Via: netip.MustParseAddr(via)}
}

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func TestEachKeyBecomesItsField(t *testing.T) {
	got, err := Parse("f", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, wholeValue(), got)
}

func TestEachKeyIsInTheExampleOfAllKeys(t *testing.T) {
	for _, r := range []record{scenarioRecord(new(Scenario)), stepRecord(new(Step)), predictRecord(new(Predict)), quizRecord(new(Quiz))} {
		for _, key := range r.keys() {
			if !strings.Contains(whole, key+":") {
				t.Errorf("%s: the key %s is tested nowhere", r.title, key)
			}
		}
	}
}

func TestScenariosSurviveJSON(t *testing.T) {
	all, before := everything(t)
	for _, s := range []Scenario{wholeValue(), all, before} {
		survivesJSON(t, s)
	}
}

func survivesJSON(t *testing.T, s Scenario) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var again Scenario
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	s.Origin = nil // it stays where the file was read
	compare(t, s, again)
}

// set replaces the value of one key of the topmost mapping of small.
func set(key, value string) string {
	lines := strings.Split(small, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, key+":") {
			lines[i] = key + ": " + value
			return strings.Join(lines, "\n")
		}
	}
	return key + ": " + value + "\n" + small
}

// inStep puts another key into the step of small.
func inStep(text string) string {
	return strings.Replace(small, "    explain: Make a namespace.\n", "    explain: Make a namespace.\n"+indented(text, 4), 1)
}

// inList is a YAML list of n entries that differ.
func inList(n int, entry string) string {
	var all []string
	for i := range n {
		all = append(all, strings.ReplaceAll(entry, "#", fmt.Sprint(i+1)))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func TestLimitsAtTheirEdge(t *testing.T) {
	letters := func(n int) string { return strings.Repeat("ä", n) }
	times := func(n int) string { return strings.Repeat("a", n) }
	predict := func(choices, answer string) string {
		return inStep("predict: {ask: a, choices: " + choices + ", answer: " + answer + ", why: w}")
	}
	ping := func(more string) string { return withCheck("ping: {in: ns1, to: 10.1.1.1, " + more + "}") }
	link := func(more string) string { return withCheck("link: {in: ns1, name: a, " + more + "}") }
	tests := []struct {
		name, allowed, refused, text string
	}{
		{"the size of the file", small + "#" + times(maxSize-len(small)-1), small + "#" + times(maxSize-len(small)), "the file has 262145 bytes"},
		{"characters of a title", set("title", letters(120)), set("title", letters(121)), "2:8: the text has 121 characters; at most 120"},
		{"characters of a question", set("question", letters(300)), set("question", letters(301)), "4:11: the text has 301 characters; at most 300"},
		{"a name of a scenario", set("name", times(41)), set("name", times(42)), "1:7: "},
		{"the fewest minutes", set("minutes", "1"), set("minutes", "0"), "5:10: 0 is not a number from 1 to 120"},
		{"the most minutes", set("minutes", "120"), set("minutes", "121"), "5:10: 121 is not a number from 1 to 120"},
		{"how minutes are written", set("minutes", "10"), set("minutes", "010"), "5:10: 010 is not a number from 1 to 120"},
		{"entries of the recap", strings.Replace(small, "  - It works.", "  "+inList(30, "a"), 1), strings.Replace(small, "  - It works.", "  "+inList(31, "a"), 1), "the list may have 30 entries, and has 31"},
		{"steps", strings.Replace(small, "steps:\n", "steps:\n"+strings.Repeat("  - {title: a, explain: b}\n", maxSteps-1), 1), strings.Replace(small, "steps:\n", "steps:\n"+strings.Repeat("  - {title: a, explain: b}\n", maxSteps), 1), "may have 100 entries, and has 101"},
		{"checks of a step", strings.Replace(small, "    checks:\n", "    checks:\n"+strings.Repeat("      - {says: s, namespace: a}\n", maxChecks-1), 1), strings.Replace(small, "    checks:\n", "    checks:\n"+strings.Repeat("      - {says: s, namespace: a}\n", maxChecks), 1), "may have 50 entries, and has 51"},
		{"the fewest choices", predict("[a, b]", "1"), predict("[a]", "1"), "needs 2 or more, and has 1"},
		{"the most choices", predict("[a, b, c, d]", "4"), predict("[a, b, c, d, e]", "4"), "may have 4 entries, and has 5"},
		{"the right choice", predict("[a, b, c]", "3"), predict("[a, b, c]", "4"), "answer 4 is not among the 3 choices"},
		{"the characters of a choice", predict("[a, "+letters(200)+"]", "1"), predict("[a, "+letters(201)+"]", "1"), "at most 200 characters"},
		{"the first choice", predict("[a, b]", "1"), predict("[a, b]", "0"), "0 is not a number from 1 to 4"},
		{"the longest wait", withCheck("within: 1m\nnamespace: a"), withCheck("within: 1m1ms\nnamespace: a"), `"1m1ms" is not a time from 1ms to 1m`},
		{"the shortest wait", withCheck("within: 1ms\nnamespace: a"), withCheck("within: 0.9ms\nnamespace: a"), `"0.9ms" is not a time from 1ms to 1m`},
		{"the units of a wait", withCheck("within: 0.5s500ms\nnamespace: a"), withCheck("within: 500000us\nnamespace: a"), `"500000us" is not a time`},
		{"the least time to live", ping("ttl: 1"), ping("ttl: 0"), "0 is not a number from 1 to 255"},
		{"the greatest time to live", ping("ttl: 255"), ping("ttl: 256"), "256 is not a number from 1 to 255"},
		{"the smallest packet", link("mtu: 68"), link("mtu: 67"), "67 is not a number from 68 to 65536"},
		{"the largest packet", link("mtu: 65536"), link("mtu: 65537"), "65537 is not a number from 68 to 65536"},
		{"no rules", withCheck("rules: {in: a, count: 0}"), withCheck("rules: {in: a, count: -1}"), "-1 is not a number from 0 to 100000"},
		{"many rules", withCheck("rules: {in: a, count: 100000}"), withCheck("rules: {in: a, count: 100001}"), "100001 is not a number from 0 to 100000"},
		{"a name of an interface", link("peer: " + times(15)), link("peer: " + times(16)), "it has 16 characters"},
		{"a name of a namespace", withCheck("namespace: " + times(63)), withCheck("namespace: " + times(64)), "it has 64 characters"},
		{"the key of a setting", withCheck("sysctl: {in: a, key: net." + times(96) + ", is: 1}"), withCheck("sysctl: {in: a, key: net." + times(97) + ", is: 1}"), "it has 101 characters"},
		{"a setting with an end", withCheck("sysctl: {in: a, key: net.a, is: 1}"), withCheck("sysctl: {in: a, key: net.a., is: 1}"), "is not a setting of the network"},
		{"a choice of a link", link("kind: tun"), link("kind: tap"), `"tap" is not known here`},
		{"one property of a negated link", withCheck("not: true\nlink: {in: a, name: b, peer: c, peer_in: d}"), withCheck("not: true\nlink: {in: a, name: b, peer: c, up: true}"), "may name one property, not 2"},
		{"words that are needed", set("requires", inList(30, "veth")), set("requires", inList(31, "veth")), "may have 30 entries, and has 31"},
		{"no words are not said", set("requires", "[veth]"), set("requires", "[]"), "needs 1 or more, and has 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse("f", []byte(tt.allowed)); err != nil {
				t.Errorf("just allowed: %v", err)
			}
			_, err := Parse("f", []byte(tt.refused))
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("just refused: got %v, want %s", err, tt.text)
			}
		})
	}
}

func TestDepthAtItsEdge(t *testing.T) {
	nest := func(n int) string { return strings.Repeat("[", n) + "a" + strings.Repeat("]", n) }
	_, fine := Parse("f", []byte("name: "+nest(maxDepth-2)))
	_, deep := Parse("f", []byte("name: "+nest(maxDepth-1)))
	if fine == nil || strings.Contains(fine.Error(), "nested") {
		t.Errorf("level %d: %v", maxDepth, fine)
	}
	if want := fmt.Sprintf("f:1:%d: nested deeper than %d levels", 7+maxDepth-1, maxDepth); deep == nil || deep.Error() != want {
		t.Errorf("got %v, want %s", deep, want)
	}
}

func TestTextOfOneLineLosesTheSpaceAroundIt(t *testing.T) {
	for _, form := range []string{`"  A demo "`, `"A demo\n"`, "|\n  A demo", ">-\n  A\n  demo", "'A demo'"} {
		got, err := Parse("f", []byte(set("title", form)))
		if err != nil {
			t.Errorf("%q: %v", form, err)
			continue
		}
		compare(t, demo(), got)
	}
}

func TestTruthIsWrittenInThreeWays(t *testing.T) {
	for word, want := range map[string]bool{"true": true, "True": true, "TRUE": true, "false": false, "False": false} {
		s, err := Parse("f", []byte(withCheck("not: "+word+"\nlink: {in: ns1, name: a, up: "+word+"}")))
		if err != nil {
			t.Fatal(err)
		}
		c := s.Steps[0].Checks[0]
		if c.Not != want || c.Link.Up == nil || *c.Link.Up != want {
			t.Errorf("%s: not is %v and up is %v, want %v", word, c.Not, c.Link.Up, want)
		}
	}
	for _, word := range []string{"yes", "on", "1", `"true"`, "~"} {
		if _, err := Parse("f", []byte(withCheck("not: "+word+"\nnamespace: a"))); err == nil {
			t.Errorf("%s is taken for true or false", word)
		}
	}
}
