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
	"netlab/internal/trace"
)

// namesSeen are what became of real lookups, by the name of their recording. The
// machine whose address was found answers.
func namesSeen(t testing.TB) map[string]control.Seen {
	t.Helper()
	type recorded struct {
		Name  string
		Lab   snapshot.Lab
		Trace diagnose.NameTrace
	}
	all := map[string]control.Seen{}
	for _, c := range golden.Recorded[recorded](t, "../diagnose/testdata/names.jsonl.gz", 70) {
		story := trace.TellName(c.Lab, c.Trace.Resolved)
		story.Took = 3 * time.Millisecond
		seen := control.Seen{Name: &story, Causes: diagnose.WhyName(c.Lab, c.Trace)}
		if len(story.Addrs) > 0 {
			seen.Story = trace.Story{From: "A", To: story.Addrs[0], Proto: measure.ICMP, Fate: measure.Answered, RTT: 110 * time.Microsecond, Frames: 8, Points: 4}
		}
		all[c.Name] = seen
	}
	return all
}

func TestNamesLookLikeTheirGoldenFiles(t *testing.T) {
	all := namesSeen(t)
	for _, name := range []string{
		"nothing.hosts", "nothing.dns", "nothing.unbound", "no-nameserver.dns", "record-missing.dns", "first-nameserver-dead.dns", "stale-hosts-line.hosts",
		"broken-delegation.internet", "stale-cache.forwarder", "server-other-id.dns",
	} {
		seen, ok := all[name]
		if !ok {
			t.Fatalf("no recording %s", name)
		}
		for _, l := range traceLooks() {
			t.Run(fmt.Sprint(name, " ", l), func(t *testing.T) {
				golden.Equal(t, filepath.Join("testdata", "trace", fmt.Sprintf("name.%s.%v", name, l)), traced(t, seen, l, false))
				golden.Equal(t, filepath.Join("testdata", "why", fmt.Sprintf("name.%s.%v", name, l)), why(t, seen, l))
			})
		}
	}
	golden.Equal(t, filepath.Join("testdata", "trace", "name.nothing.dns.more.80"), traced(t, all["nothing.dns"], look{width: 80}, true))
}

func TestNamesKeepWithinTheWidth(t *testing.T) {
	for name, seen := range namesSeen(t) {
		for _, width := range []int{80, 60, 40} {
			l := look{width: width}
			for what, text := range map[string]string{"trace": traced(t, seen, l, false), "more": traced(t, seen, l, true), "why": why(t, seen, l)} {
				for line := range strings.Lines(text) {
					if line = strings.TrimSuffix(line, "\n"); cells(line) > width || strings.TrimRight(line, " ") != line {
						t.Errorf("%s %s at %d: %d cells: %q", what, name, width, cells(line), line)
					}
				}
			}
		}
	}
}

func TestWhatAWordMayMean(t *testing.T) {
	story := trace.Story{From: "A", To: netip.MustParseAddr("10.0.0.2"), Proto: measure.ICMP, Fate: measure.Answered}
	meant := control.Seen{Story: story, NodeMeant: true}
	const node = "the node was meant: with --name A looks the name up"
	for _, text := range []string{traced(t, meant, look{width: 80}, false), why(t, meant, look{width: 80})} {
		if !strings.Contains(text, node) {
			t.Errorf("%s\nlacks %q", text, node)
		}
	}
	lost := control.Seen{Name: &trace.NameStory{From: "A", Name: "wwww", Family: 4, By: "getent", Slow: true, Took: 20 * time.Second}, Near: []string{"www"}}
	for _, text := range []string{traced(t, lost, look{width: 80}, false), why(t, lost, look{width: 80})} {
		for _, want := range []string{"no address was found for wwww in 20.0 s", "no question to a name server left A", "a node of the lab is called nearly so: www"} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("%s\nlacks %q", text, want)
			}
		}
		if strings.Contains(text, "invalid") {
			t.Error(text)
		}
	}
}
