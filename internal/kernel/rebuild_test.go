package kernel

import (
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
)

// partly is a shape of which a part has no line.
type partly struct {
	about  string // a regular expression for the lines of the network about it
	reason string // what the output says of it

	failures bool // lessons have lines that are meant to fail
}

// notRebuilt are the shapes of which a part has no line. All other shapes are
// rebuilt as they were, and say of nothing that it is not included.
func notRebuilt() map[string]partly {
	return map[string]partly{
		"a link of another kind":     {" m0|02:00:00:00:00:44", `link m0 of the kind "macvlan", and what is on it: only veth, bridge, vxlan and dummy are`, false},
		"a route with two ways":      {"10.9.0.0/16", "the route to 10.9.0.0/16: it has 2 ways", false},
		"a queue that tc made":       {"link add v0 ", `the queue "pfifo" of v0: tc makes it`, false},
		"an address for a while":     {"10.0.0.9", "address 10.0.0.9/24 of v0: it holds for a limited time", false},
		"a bridge without its ports": {"br0", "that br0 has no carrier: it has lost its last port, and a new one claims to have a carrier", false},
		"firewall rules":             {"nftables|nft (rule|chain)", "1 nftables rule: ip lines cannot make them", false},
		"vlans":                      {"# no line", "the VLANs of br0 and its ports, if somebody has changed them (bridge vlan show)", false},
	}
}

// TestCommandsRebuildTheLab is the law of inspect: the lines that it gives for
// a lab, run in an empty one, make the same network. They are run by netlab
// itself, as the shell of a lesson does it, and as a script by bash and the
// real tools.
func TestCommandsRebuildTheLab(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	shapes := shapesOf(t)
	reasons := notRebuilt()
	for name := range reasons {
		if shapes[name] == nil {
			t.Errorf("there is no shape %q", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part := reasons[name]
			part.failures = strings.HasPrefix(name, lessonEnd)
			rebuild(t, shapes[name], part)
		})
	}
}

// lessonEnd begins the name of a shape that a lesson leaves.
const lessonEnd = "the end of the lesson "

// shapesOf are the labs: those of testdata/rebuild, each behind a line
// "== NAME", the ends of all lessons, and those that the law of truth leaves.
func shapesOf(t *testing.T) map[string][]string {
	t.Helper()
	shapes := map[string][]string{}
	for name, lines := range lessonLines(t) {
		shapes[lessonEnd+name] = lines
	}
	files, err := filepath.Glob("testdata/rebuild/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no shapes: %v", err)
	}
	for _, path := range files {
		name := ""
		for _, l := range readScript(t, path) {
			if title, ok := strings.CutPrefix(l, "== "); ok {
				name = title
				continue
			}
			shapes[name] = append(shapes[name], l)
		}
	}
	if len(shapes) < 30 || shapes[""] != nil {
		t.Fatalf("only %d shapes, or lines without one", len(shapes))
	}
	return shapes
}

func rebuild(t *testing.T, lines []string, part partly) {
	was, native, shell := startRunner(t, asNative), startRunner(t, asNative), startRunner(t, asTyped)
	for _, l := range lines {
		o := was.do(t, l)
		if strings.Contains(o.Stderr, "Unknown device type") || strings.Contains(o.Stderr, "Operation not supported") {
			t.Skipf("this kernel cannot: %s: %s", l, o.Stderr)
		}
		if o.Exit != 0 && !part.failures {
			t.Fatalf("%s: exit code %d: %s", l, o.Exit, o.Stderr)
		}
	}
	commands := settledCommands(t, was)
	text := strings.Join(commands, "\n") + "\n"
	if left := notIncluded(commands); strings.Join(left, "; ") != part.reason {
		t.Errorf("not included: %q, want %q", left, part.reason)
	}
	together(func() {
		for _, l := range scriptLines(text) {
			if o := native.do(t, l); o.Exit != 0 {
				t.Errorf("%s: exit code %d: %s", l, o.Exit, o.Stderr)
			}
		}
	}, func() {
		if o := shell.script(t, text); o.Exit != 0 {
			t.Errorf("bash: exit code %d: %s", o.Exit, o.Stderr)
		}
	})
	for who, now := range map[string]*runner{"netlab": native, "bash": shell} {
		if diff := differs(t, was, now, part.about); diff != "" {
			t.Errorf("rebuilt by %s (- was, + is):\n%s", who, diff)
		}
	}
	if t.Failed() {
		t.Logf("the lines are:\n%s", text)
	}
}

// notIncluded are the parts that have no line, without their namespace.
func notIncluded(commands []string) []string {
	var left []string
	for _, l := range commands {
		if what, ok := strings.CutPrefix(l, "# not included: "); ok {
			_, what, _ = strings.Cut(what, ": ")
			left = append(left, what)
		}
	}
	return left
}

// settledCommands asks until the answer stays the same: links give themselves
// addresses a moment after they are up.
func settledCommands(t *testing.T, r *runner) []string {
	t.Helper()
	last := r.do(t, "").Commands
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		r.do(t, "sleep 0.3")
		now := r.do(t, "").Commands
		if slices.Equal(last, now) {
			return now
		}
		last = now
	}
	t.Fatal("the lab does not settle")
	return nil
}

// differs waits until the two networks are the same, and returns the
// difference if they stay apart. Lines that match about are left out.
func differs(t *testing.T, was, now *runner, about string) string {
	t.Helper()
	var diff string
	for deadline := time.Now().Add(15 * time.Second); ; now.do(t, "sleep 0.2") {
		diff = cmp.Diff(stable(was.lab(t), about), stable(now.lab(t), about))
		if diff == "" || time.Now().After(deadline) {
			return diff
		}
	}
}

// stable takes out of a network's lines what no line sets: whether a link that
// is down has ever been up (its queue tells), and what was learned;
// and the lines that match about, unless that is empty.
func stable(lines []string, about string) []string {
	part := regexp.MustCompile(about)
	queue := regexp.MustCompile(` qdisc noop\b`)
	var all []string
	for _, l := range lines {
		learned := strings.Contains(l, " nud known") || strings.Contains(l, " reachable") || strings.Contains(l, " stale")
		if !learned && (about == "" || !part.MatchString(l)) {
			all = append(all, queue.ReplaceAllString(l, " qdisc noqueue"))
		}
	}
	return all
}

// TestEachLineIsNeeded breaks the law: without one of the lines the network is
// another one, whichever it is.
func TestEachLineIsNeeded(t *testing.T) {
	was := startRunner(t, asNative)
	for _, l := range shapesOf(t)["a bit of everything"] {
		was.do(t, l)
	}
	commands := scriptLines(strings.Join(settledCommands(t, was), "\n"))
	if len(commands) < 20 {
		t.Fatalf("only %d lines", len(commands))
	}
	rebuilt := func(lines []string) *runner {
		now := startRunner(t, asNative)
		for _, l := range lines {
			now.do(t, l)
		}
		return now
	}
	var broken []*runner
	for i := range commands {
		broken = append(broken, rebuilt(slices.Delete(slices.Clone(commands), i, i+1)))
	}
	// The last one is whole, and has had less time than the others.
	if diff := differs(t, was, rebuilt(commands), ""); diff != "" {
		t.Fatalf("with all lines (- was, + is):\n%s", diff)
	}
	for i, now := range broken {
		if cmp.Equal(stable(was.lab(t), ""), stable(now.lab(t), "")) {
			t.Errorf("the line is not needed: %s", commands[i])
		}
	}
}
