package render

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"netlab/internal/control"
	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/snapshot"
	"netlab/internal/term"
	"netlab/internal/trace"
)

// traces are what became of real probes, by the name of their recording: what
// package diagnose is tested on.
func traces(t testing.TB) map[string]control.Seen {
	t.Helper()
	type recorded struct {
		Name          string
		Before, After snapshot.Lab
		Trace         measure.Trace
	}
	all := map[string]control.Seen{}
	for _, c := range golden.Recorded[recorded](t, "../diagnose/testdata/why.jsonl.gz", 40) {
		all[c.Name] = control.Seen{
			Story: trace.Tell(c.Before, c.Trace), Causes: diagnose.Why(c.Before, c.After, c.Trace), Capture: c.Trace.Capture, Tunnels: trace.Tunnels(c.Before),
		}
	}
	return all
}

func traced(t testing.TB, seen control.Seen, l look, more bool) string {
	t.Helper()
	return written(t, l, func(tm *term.Term) error { return Trace(tm, seen, TraceOptions{More: more}) })
}

func why(t testing.TB, seen control.Seen, l look) string {
	t.Helper()
	return written(t, l, func(tm *term.Term) error { return Why(tm, seen) })
}

func written(t testing.TB, l look, write func(*term.Term) error) string {
	t.Helper()
	tm, bufs := screen(l)
	if err := write(tm); err != nil {
		t.Fatal(err)
	}
	return bufs.Out.String()
}

func traceLooks() []look {
	return []look{{width: 80}, {width: 60}, {width: 60, colour: true, ascii: true}}
}

func TestTraceAndWhyLookLikeTheirGoldenFiles(t *testing.T) {
	all := traces(t)
	for _, name := range []string{
		"nothing.routed", "nothing.gateway", "nothing.forward", "nothing.overlay", "nothing.pair6", "nothing.self", "missing-return-route.routed", "missing-address.pair",
		"ttl-too-small.routed", "blackhole-route.pair", "duplicate-address.switched", "service-not-listening.self", "nft-reject-forward.routed", "gateway-nobody.routed", "fdb-pinned-wrong.switched",
	} {
		seen, ok := all[name]
		if !ok {
			t.Fatalf("no recording %s", name)
		}
		for _, l := range traceLooks() {
			t.Run(fmt.Sprint(name, " ", l), func(t *testing.T) {
				golden.Equal(t, filepath.Join("testdata", "trace", fmt.Sprintf("%s.%v", name, l)), traced(t, seen, l, false))
				golden.Equal(t, filepath.Join("testdata", "why", fmt.Sprintf("%s.%v", name, l)), why(t, seen, l))
			})
		}
	}
	for _, name := range []string{"nothing.pair", "nothing.pair6", "nothing.switched", "nothing.overlay", "ttl-too-small.routed"} {
		for _, l := range traceLooks() {
			t.Run(fmt.Sprint(name, " more ", l), func(t *testing.T) {
				golden.Equal(t, filepath.Join("testdata", "trace", fmt.Sprintf("%s.more.%v", name, l)), traced(t, all[name], l, true))
			})
		}
	}
}

// Each recording fits on each screen, and no line ends in a space.
func TestTraceAndWhyKeepWithinTheWidth(t *testing.T) {
	for name, seen := range traces(t) {
		for _, width := range []int{80, 60, 40} {
			l := look{width: width}
			for what, text := range map[string]string{"trace": traced(t, seen, l, false), "more": traced(t, seen, l, true), "why": why(t, seen, l)} {
				for line := range strings.Lines(text) {
					line = strings.TrimSuffix(line, "\n")
					if cells(line) > width {
						t.Errorf("%s %s at %d: %d cells: %s", what, name, width, cells(line), line)
					}
					if strings.TrimRight(line, " ") != line {
						t.Errorf("%s %s at %d ends in a space: %q", what, name, width, line)
					}
				}
			}
		}
	}
}

// What is shown says how the probe ended, and why.
func TestTheEndOfATrace(t *testing.T) {
	story := func(set func(*trace.Story)) control.Seen {
		s := trace.Story{From: "a", To: netip.MustParseAddr("10.0.0.2"), Proto: measure.ICMP, Fate: measure.Silent, Frames: 1, Points: 1}
		set(&s)
		return control.Seen{Story: s}
	}
	tests := []struct {
		name string
		seen control.Seen
		want string
	}{
		{"answered", story(func(s *trace.Story) { s.Fate, s.RTT, s.Frames, s.Points = measure.Answered, 110*time.Microsecond, 8, 2 }), "✓ answered after 0.11 ms · 8 frames at 2 interfaces\n"},
		{"one frame", story(func(*trace.Story) {}), "✗ no answer · 1 frame at 1 interface\n"},
		{"no frame", story(func(s *trace.Story) { s.Fate, s.Frames, s.Points = measure.Refused, 0, 0 }), "✗ not sent\n"},
		{"refused", story(func(s *trace.Story) { s.Fate = measure.Closed }), "✗ refused: nobody listens there · 1 frame at 1 interface\n"},
		{"reported", story(func(s *trace.Story) { s.Fate = measure.Reported }), "✗ no answer, but a report that it cannot be delivered · 1 frame at 1 interface\n"},
		{"frames were lost here", story(func(s *trace.Story) { s.Lost = 2 }), "✗ no answer · 1 frame at 1 interface · 2 frames not captured, for want of room\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := traced(t, tt.seen, look{width: 80}, false); !strings.Contains(got, tt.want) {
				t.Errorf("%s\nlacks %s", got, tt.want)
			}
		})
	}
}

func TestShortTimes(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.00 ms", 4 * time.Microsecond: "0.00 ms", 110 * time.Microsecond: "0.11 ms", 1234 * time.Microsecond: "1.23 ms",
		12345 * time.Microsecond: "12.3 ms", 123456 * time.Microsecond: "123 ms", 2 * time.Second: "2000 ms",
	} {
		if got := short(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestCausesInWords(t *testing.T) {
	cause := func(text string, sure bool, evidence, look string) diagnose.Cause {
		return diagnose.Cause{Finding: diagnose.Finding{Text: text, Evidence: evidence}, Sure: sure, Look: look}
	}
	seen := func(fate measure.Fate, all ...diagnose.Cause) control.Seen {
		return control.Seen{Story: trace.Story{From: "a", To: netip.MustParseAddr("10.0.0.2"), Fate: fate, RTT: time.Millisecond}, Causes: all}
	}
	tests := []struct {
		name string
		seen control.Seen
		want string
	}{
		{"nothing is wrong", seen(measure.Answered), "✓ nothing is wrong: 10.0.0.2 answered a after 1.00 ms\n"},
		{"answered, by chance", seen(measure.Answered, cause("it is there twice", true, "owners: b, c", "")),
			"✓ 10.0.0.2 answered a after 1.00 ms, and yet something is wrong\ncause: it is there twice\n  owners: b, c\n"},
		{"no cause is known", seen(measure.Silent), "  the state of the lab and what was captured show no cause\n"},
		{"sure", seen(measure.Silent, cause("eth0 in b is down", true, "state DOWN", "ip -n b link show dev eth0")),
			"cause: eth0 in b is down\n  state DOWN\n  look: ip -n b link show dev eth0\n"},
		{"not sure, and others", seen(measure.Silent, cause("one", false, "", ""), cause("two", true, "", ""), cause("three", false, "", ""), cause("four", false, "", "")),
			"perhaps: one\nor: two\nor: three\n"},
		{"much evidence", seen(measure.Silent, cause("one", true, "1\n2\n3\n4\n5\n6", "look")), "cause: one\n  1\n  2\n  3\n  4\n  … and 2 more lines (--json has all)\n  look: look\n"},
		{"one line too many is shown instead", seen(measure.Silent, cause("one", true, "1\n2\n3\n4\n5", "")), "cause: one\n  1\n  2\n  3\n  4\n  5\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := why(t, tt.seen, look{width: 80}); got != tt.want {
				t.Errorf("%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// Names of namespaces, rules and messages come from others.
func TestATraceDoesNotActOnTheTerminal(t *testing.T) {
	const act = "\x1b[31m\u202ex\x07"
	hop := trace.Hop{Space: act, Does: trace.Routes, In: act, Out: []string{act}, Text: act, Asks: []string{act + ", at " + act}, Changes: []string{act}, Rules: []string{act}, Details: []string{act}, Frames: []int{0, 9}}
	seen := control.Seen{
		Story:   trace.Story{From: act, To: netip.MustParseAddr("10.0.0.2"), Legs: []trace.Leg{{Part: trace.Report, Says: act, Hops: []trace.Hop{hop}}}},
		Causes:  []diagnose.Cause{{Finding: diagnose.Finding{Text: act, Evidence: act + "\n" + act}, Look: act}},
		Capture: measure.Capture{Points: []measure.Point{{Space: act, Link: act}}, Packets: []measure.Packet{{Data: []byte{0x45, 1}}}},
	}
	for _, text := range []string{traced(t, seen, look{width: 80}, true), why(t, seen, look{width: 80})} {
		if strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("%q", text)
		}
	}
}
