package render

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
	"netlab/internal/nlmsg"
	"netlab/internal/topology"
)

// alone is one event, with every field that its kind has, and what each
// renderer for people writes for it when nothing else happens.
type alone struct {
	event          event.Event
	page, quiet    string
	stderr         string
	summary        string // without its last line, the total
	cases          string // names of the cases of a test report, with their status
	guided, narrow string // where they differ from page
}

// picture is a computer with one link.
func picture(addr string, mark topology.Mark) *topology.Graph {
	return &topology.Graph{Nodes: []topology.Node{{Name: "A", Kind: topology.Host, Mark: mark, Links: []topology.Link{
		{Name: "eth0", Kind: "veth", State: topology.Up, Addrs: []topology.Addr{{Text: addr}}},
	}}}}
}

func eachAlone() []alone {
	return []alone{
		{event: event.Event{Kind: event.RunStart, Text: "1.2", Total: 3}},
		{
			event:   event.Event{Kind: event.LessonStart, Lesson: "veth", Title: "A cable", Text: "Two *ends*.", Question: "What is `veth`?", Total: 2},
			page:    "  A cable\n  veth · 2 steps\n\n  ? What is `veth`?\n\n  Two ends.\n",
			quiet:   "  A cable\n  veth · 2 steps\n",
			summary: "- veth · not finished\n", cases: "error the lesson ends",
		},
		{
			event: event.Event{Kind: event.Scene, Picture: picture("10.0.0.1/24", "")},
			page:  "  Already there\n  ┌ A ────────────┐\n  │ ● eth0        │\n  │   10.0.0.1/24 │\n  └───────────────┘\n",
		},
		{
			event:  event.Event{Kind: event.Picture, Picture: picture("10.0.0.1/24", topology.New)},
			guided: "  ┌+A ────────────┐\n  │ ● eth0        │\n  │   10.0.0.1/24 │\n  └───────────────┘\n  + new\n",
		},
		{
			event:   event.Event{Kind: event.StepStart, Step: 1, Title: "Plug it in", Text: "Do this:\n\n- one\n- two"},
			page:    "── 1 · Plug it in ──────────────────────────────────────────\n\n  Do this:\n\n  • one\n  • two\n",
			quiet:   "── 1 · Plug it in ──────────────────────────────────────────\n",
			narrow:  "── 1 · Plug it in ──────────────────────\n\n  Do this:\n\n  • one\n  • two\n",
			summary: "- not finished\n", cases: "error the lesson ends",
		},
		{
			event: event.Event{Kind: event.Predict, Text: "Who answers?", Choices: []string{"nobody", "`ns1`"}},
			page:  "  ? Who answers?\n    1  nobody\n    2  `ns1`\n",
		},
		{
			event: event.Event{Kind: event.Predicted, Answer: "1", Want: "2", Text: "It has the address."},
			page:  "  ~ Not quite. It is 2\n    It has the address.\n",
		},
		{
			event:   event.Event{Kind: event.Command, Line: "ip link set v1 up", Place: "ns1", By: "ip", Text: "switches v1 on"},
			page:    "  ns1 $ ip link set v1 up\n    switches v1 on\n",
			narrow:  "  ns1 $ ip link set v1 up\n    switches v1 on\n",
			quiet:   "  ns1 $ ip link set v1 up\n",
			summary: "- not finished\n", cases: "error the lesson ends",
		},
		{
			event:  event.Event{Kind: event.Word, Line: "netns", Text: "named network namespaces: networks of their own, apart"},
			page:   "      netns  named network namespaces: networks of their\n             own, apart\n",
			narrow: "      netns  named network namespaces:\n             networks of their own,\n             apart\n",
		},
		{
			event: event.Event{Kind: event.Netlink, Line: "ip x", Netlink: &nlmsg.Exchange{
				Request: nlmsg.Message{Type: "RTM_NEWLINK", Size: 40, Flags: "NLM_F_REQUEST|NLM_F_ACK", Seq: 3, Parts: []nlmsg.Part{
					{Name: "IFLA_LINKINFO", Parts: []nlmsg.Part{{Name: "IFLA_INFO_KIND", Value: `"veth"`}}},
				}},
				Answers: []nlmsg.Message{{Type: "NLMSG_ERROR", Size: 36, Flags: "0", Seq: 3, Says: "ACK: done"}}, More: 2,
			}},
			page:   "    → RTM_NEWLINK · 40 bytes · seq 3\n        NLM_F_REQUEST | NLM_F_ACK\n      IFLA_LINKINFO\n        IFLA_INFO_KIND  \"veth\"\n    ← NLMSG_ERROR · 36 bytes · seq 3 · ACK: done\n    ← … 2 more messages\n",
			narrow: "    → RTM_NEWLINK · 40 bytes · seq 3\n        NLM_F_REQUEST | NLM_F_ACK\n      IFLA_LINKINFO\n        IFLA_INFO_KIND  \"veth\"\n    ← NLMSG_ERROR · 36 bytes · seq 3 ·\n      ACK: done\n    ← … 2 more messages\n",
		},
		{event: event.Event{Kind: event.Built, Line: "1 link: v1 (veth)"}, page: "  What the script built\n    + 1 link: v1 (veth)\n"},
		{
			event:  event.Event{Kind: event.Left, Line: "namespace ns1, and in it v1"},
			page:   "  What it would have left behind on a real machine\n    ~ namespace ns1, and in it v1\n",
			narrow: "  What it would have left behind on a\n  real machine\n    ~ namespace ns1, and in it v1\n",
		},
		{event: event.Event{Kind: event.Output, Stream: "stdout", Text: "a line\n"}, page: "    │ a line\n"},
		{
			event:   event.Event{Kind: event.CommandEnd, Line: "ip x", Exit: 2, Status: event.Fail, Text: "no such device", Hint: "look at the list", Millis: 5},
			page:    "    ✗ exit status 2: no such device\n      hint  look at the list\n",
			quiet:   "    ✗ exit status 2: no such device\n      hint  look at the list\n",
			summary: "- not finished\n", cases: "failure $ ip x",
		},
		{
			event: event.Event{Kind: event.Change, Sign: "-", Place: "ns1", Line: "addr 10.1.1.1/24 on v1", Text: "the link went away"},
			page:  "    − ns1 addr 10.1.1.1/24 on v1\n        the link went away\n",
		},
		{
			event:   event.Event{Kind: event.Check, Check: "ping ns1 10.1.1.2", Text: "ns1 reaches ns2", Status: event.Fail, Want: "an answer", Got: "silence", Cause: "v2 is down", Millis: 9},
			page:    "  ✗ ns1 reaches ns2\n      expected  an answer\n      got       silence\n      cause     v2 is down\n",
			quiet:   "  ✗ ns1 reaches ns2\n      expected  an answer\n      got       silence\n      cause     v2 is down\n",
			summary: "- not finished\n", cases: "failure ns1 reaches ns2",
		},
		{event: event.Event{Kind: event.Misbelief, Text: "People think so."}, page: "  Easy to get wrong\n  │ People think so.\n"},
		{event: event.Event{Kind: event.RealLife, Text: "Docker does it."}, page: "  In real life\n  │ Docker does it.\n"},
		{
			event:   event.Event{Kind: event.Hint, Text: "Look at v2."},
			page:    "  ╭─ hint ──────╮\n  │ Look at v2. │\n  ╰─────────────╯\n",
			quiet:   "  ╭─ hint ──────╮\n  │ Look at v2. │\n  ╰─────────────╯\n",
			summary: "- not finished\n", cases: "error the lesson ends",
		},
		{event: event.Event{Kind: event.Note, Text: "no nft here"}, page: "  note: no nft here\n", quiet: "  note: no nft here\n"},
		{
			event:   event.Event{Kind: event.StepEnd, Step: 1, Status: event.Skip, Text: "needs nft", Millis: 4},
			page:    "  - this step is skipped: needs nft\n",
			quiet:   "  - this step is skipped: needs nft\n",
			summary: "- not finished\n", cases: "skipped step 1, error the lesson ends",
		},
		{event: event.Event{Kind: event.Recap, Text: "A cable has *two* ends."}, page: "  To keep\n  • A cable has two ends.\n"},
		{event: event.Event{Kind: event.Quiz, Text: "And three?", Answer: "A bridge."}, page: "  ? And three?\n    A bridge.\n", guided: "  1. And three?\n"},
		{
			event:   event.Event{Kind: event.LessonEnd, Lesson: "veth", Status: event.Pass, Millis: 1500},
			page:    "  ✓ veth · 1.5 s\n",
			quiet:   "  ✓ veth · 1.5 s\n",
			summary: "✓ veth · 1.5 s\n", cases: "pass the lesson passes",
		},
		{
			event:  event.Event{Kind: event.Fault, Lesson: "veth", Text: "the lab is gone", Hint: "run it again", Code: 70},
			stderr: "netlab: the lab is gone\nhint: run it again\n",
			cases:  "error netlab itself",
		},
		{event: event.Event{Kind: event.RunEnd, Millis: 2000}},
	}
}

func TestEachEventAloneOnAPage(t *testing.T) {
	seen := map[event.Kind]bool{}
	for _, a := range eachAlone() {
		seen[a.event.Kind] = true
		t.Run(string(a.event.Kind), func(t *testing.T) {
			guided, narrow := a.guided, a.narrow
			if guided == "" {
				guided = a.page
			}
			if narrow == "" {
				narrow = a.page
			}
			for _, tt := range []struct {
				name string
				look look
				opt  Options
				want string
			}{
				{"as it is", look{width: 60}, Options{}, a.page},
				{"quiet", look{width: 60}, Options{Quiet: true}, a.quiet},
				{"guided", look{width: 60}, Options{Guided: true}, guided},
				{"narrow", look{width: 40}, Options{}, narrow},
			} {
				out, stderr := shown(t, "plain", []event.Event{a.event}, tt.look, tt.opt)
				if diff := cmp.Diff(tt.want, out); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.name, diff)
				}
				if stderr != a.stderr {
					t.Errorf("%s: stderr is %q, want %q", tt.name, stderr, a.stderr)
				}
			}
		})
	}
	for _, k := range event.Kinds() {
		if !seen[k] {
			t.Errorf("the kind %q is not tested alone", k)
		}
	}
}

func TestEachEventAloneInASummary(t *testing.T) {
	for _, a := range eachAlone() {
		t.Run(string(a.event.Kind), func(t *testing.T) {
			out, _ := shown(t, "summary", []event.Event{a.event}, look{width: 60}, Options{})
			lines := strings.SplitAfter(out, "\n")
			if len(lines) < 2 || !strings.Contains(lines[len(lines)-2], "lesson") {
				t.Fatalf("there is no total: %q", out)
			}
			if diff := cmp.Diff(a.summary, strings.Join(lines[:len(lines)-2], "")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// xmlCases reads a JUnit file as a program would, without this package's types.
func xmlCases(t *testing.T, doc string) []string {
	t.Helper()
	var out []string
	inCase := false
	d := xml.NewDecoder(strings.NewReader(doc))
	for tok, _ := d.Token(); tok != nil; tok, _ = d.Token() {
		start, ok := tok.(xml.StartElement)
		switch {
		case ok && start.Name.Local == "testcase":
			out = append(out, "pass "+start.Attr[0].Value)
			inCase = true
		case ok && inCase:
			_, name, _ := strings.Cut(out[len(out)-1], " ")
			out[len(out)-1] = start.Name.Local + " " + name
		}
		if end, ok := tok.(xml.EndElement); ok && end.Name.Local == "testcase" {
			inCase = false
		}
	}
	return out
}

// tapCases reads a TAP file the same way.
func tapCases(doc string) []string {
	var out []string
	bailed := strings.Contains(doc, "\nBail out!")
	severity := false
	for row := range strings.Lines(doc) {
		row, inside := strings.CutPrefix(strings.TrimSuffix(row, "\n"), "    ")
		status, rest, found := strings.Cut(row, " - ")
		switch {
		case inside && found && strings.HasPrefix(status, "not ok"):
			out = append(out, "failure "+rest)
			severity = true
		case inside && found && strings.Contains(rest, " # SKIP"):
			name, _, _ := strings.Cut(rest, " # SKIP")
			out = append(out, "skipped "+name)
		case inside && found && strings.HasPrefix(status, "ok"):
			out = append(out, "pass "+rest)
		case severity && strings.TrimSpace(row) == `severity: "error"`:
			out[len(out)-1] = "error" + strings.TrimPrefix(out[len(out)-1], "failure")
		}
	}
	if bailed {
		out = append(out, "error netlab itself")
	}
	return out
}

func TestEachEventAloneInTestReports(t *testing.T) {
	for _, a := range eachAlone() {
		t.Run(string(a.event.Kind), func(t *testing.T) {
			doc, _ := shown(t, "junit", []event.Event{a.event}, look{width: 60}, Options{})
			validate(t, doc)
			if got := strings.Join(xmlCases(t, doc), ", "); got != a.cases {
				t.Errorf("JUnit has %q, want %q\n%s", got, a.cases, doc)
			}
			doc, _ = shown(t, "tap", []event.Event{a.event}, look{width: 60}, Options{})
			checkTAP(t, doc)
			if got := strings.Join(tapCases(doc), ", "); got != a.cases {
				t.Errorf("TAP has %q, want %q\n%s", got, a.cases, doc)
			}
		})
	}
}
