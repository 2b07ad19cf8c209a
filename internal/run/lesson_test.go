package run

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/check"
	"netlab/internal/event"
	"netlab/internal/scenario"
	"netlab/internal/snapshot"
)

func TestLessonsHold(t *testing.T) {
	apart(t, func(t *testing.T, all scenario.Catalog, s scenario.Scenario) {
		b := newBench(t)
		b.load(all, s)
		for n, step := range s.Steps {
			b.stepHolds(t, s.Label(), n+1, step)
		}
	})
}

// stepHolds does a step and sees it pass, or be left out.
func (b *bench) stepHolds(t *testing.T, label string, number int, step scenario.Step) {
	a, err := b.step(soon(t), number, false)
	must(t, err)
	told := b.events()
	for _, ev := range of(told, event.Check) {
		if ev.Status != event.Pass {
			t.Errorf("step %d: %s: %s; %s", number, ev.Check, ev.Got, ev.Cause)
		}
		if ev.Lesson != label {
			t.Errorf("step %d is told of the lesson %q", number, ev.Lesson)
		}
	}
	if a.Status == string(event.Skip) {
		t.Logf("step %d is left out: %s", number, a.Text)
		return
	}
	if a.Status != string(event.Pass) || len(of(told, event.Check)) != len(step.Checks) {
		t.Errorf("step %d: %+v after %d of %d checks", number, a, len(of(told, event.Check)), len(step.Checks))
	}
	ends := of(told, event.CommandEnd)
	if step.Fails && ends[len(ends)-1].Exit == 0 {
		t.Errorf("step %d is meant to fail, and %q did not", number, ends[len(ends)-1].Line)
	}
}

// Whoever runs a lesson may choose how many computers there are.
func TestLessonsHoldInOtherSizes(t *testing.T) {
	eachLesson(t, func(t *testing.T, all scenario.Catalog, s scenario.Scenario) {
		for _, p := range s.Params {
			for _, n := range []int{p.Min, min(40, p.Max)} {
				t.Run(fmt.Sprintf("%d %s", n, p.Name), func(t *testing.T) {
					sized, err := scenario.Set([]scenario.Scenario{s}, []string{fmt.Sprintf("%s=%d", p.Name, n)})
					must(t, err)
					if nodes := len(sized[0].Scene.Nodes); nodes < n {
						t.Errorf("the scene has %d nodes", nodes)
					}
					b := newBench(t)
					b.load(all, sized[0])
					for i, step := range s.Steps {
						b.stepHolds(t, s.Label(), i+1, step)
					}
				})
			}
		}
	})
}

// A lesson whose network somebody has broken in a shell fails, with a cause;
// that is no fault of netlab's.
func TestABrokenLabFailsTheStep(t *testing.T) {
	all := catalog(t)
	tests := []struct {
		name, lesson string
		step         int
		harm         string
		says         string
	}{
		{"a namespace deleted", "bridge-host", 6, "ip netns del ns1", "there is no namespace ns1"},
		{"a namespace deleted, seen by a command", "veth-pair", 6, "ip netns del ns2", "exit status"},
		{"a cable cut", "veth-pair", 7, "ip -n ns2 link set veth_ns2 down", "the other end of the cable, veth_ns2 in ns2, is down"},
		{"the failure mended", "veth-pair", 7, "ip -n ns1 addr add 10.1.1.2/24 dev lo; ip -n ns1 link set lo up", "it succeeded"},
		{"a port unplugged", "bridge", 9, "ip link set veth_ns2_br0 nomaster", "veth_ns2_br0"},
		{"a computer that has spoken", "switching", 4, "ip netns exec B ping -c 1 192.168.1.1", "at B"},
		{"a port taken out of the switch", "switching", 7, "ip -n switch1 link set B nomaster", "exit status"},
		{"a router that does not forward any more", "routing", 6, "ip netns exec router sysctl -q -w net.ipv4.ip_forward=0", "exit status"},
		{"a way back too early", "routing", 5, "ip -n F route add 192.168.1.0/24 via 192.168.2.5", "192.168.1.0/24 via 192.168.2.5"},
		{"a router without a way on", "gateway", 8, "ip -n router route del default", "router has no route to 198.51.100.25"},
		{"a name known too early", "hosts-file", 5, "echo '192.168.1.100 myserver.example.com' >> /etc/netns/B/hosts", "it succeeded"},
		{"a name server that has ended", "dns", 8, "sh -c 'kill -9 $(ip netns pids public)'", "no name server runs in public"},
		{"a file without the name", "nsswitch", 2, ": > /etc/netns/A/hosts", "192.168.1.101"},
		{"a resolver that nobody names", "domains", 10, ": > /etc/netns/A/resolv.conf", "exit status"},
		{"the address gone", "bridge-host", 5, "ip addr del 10.1.1.4/24 dev br0", "exit status"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := all.Find(tt.lesson)
			must(t, err)
			b := newBench(t)
			b.hasty()
			b.load(all, impatient(s))
			b.reach(1, tt.step-1)
			must(t, b.sh(tt.harm))
			a, err := b.step(soon(t), tt.step, false)
			must(t, err)
			if a.Status != string(event.Fail) {
				t.Fatalf("the step ended with %+v", a)
			}
			said := ""
			for _, ev := range of(b.events(), event.Check) {
				if ev.Status == event.Fail {
					said += ev.Got + "; " + ev.Cause + "\n"
				}
			}
			if said == "" || !strings.Contains(said, tt.says) {
				t.Errorf("the step fails with:\n%swithout %q", said, tt.says)
			}
		})
	}
}

// Nothing of a check's ping stays in the kernel, and the engine looks again.
func TestAPingOfACheckLeavesNothing(t *testing.T) {
	all := catalog(t)
	s, err := all.Find("bridge")
	must(t, err)
	b := newBench(t)
	b.load(all, impatient(s))
	b.reach(1, 9)
	must(t, b.sh(quiet(3)+"ip -n ns3 neigh flush all\nip -n ns1 neigh replace 10.1.1.2 lladdr 02:00:00:00:00:02 nud stale dev veth_ns1\n"))
	before := tables(b)
	for _, c := range slices.Concat(s.Steps[7].Checks, s.Steps[8].Checks) {
		if c.Ping != nil {
			_, err := b.try(soon(t), c, check.NotWithin)
			must(t, err)
			if !b.view.at.IsZero() {
				t.Errorf("after %s the engine believes an old look", c)
			}
			if d := cmp.Diff(before, tables(b)); d != "" {
				t.Errorf("after %s there is:\n%s", c, d)
			}
		}
	}
}

// quiet switches off what links send by themselves.
func quiet(spaces int) string {
	text := ""
	for n := range spaces {
		at := exe("ns" + string(rune('1'+n)))
		text += at + "sysctl -q -w net.ipv6.conf.all.disable_ipv6=1\n"
	}
	return text + "sysctl -q -w net.ipv6.conf.all.disable_ipv6=1\n"
}

func tables(b *bench) []string {
	b.t.Helper()
	lab, err := b.look(soon(b.t))
	must(b.t, err)
	return lines(lab)
}

// lines are the neighbours and the learned addresses of a lab.
func lines(lab snapshot.Lab) []string {
	var all []string
	for _, s := range lab.Spaces {
		for _, n := range s.Neighs {
			all = append(all, s.Name+" neigh "+n.Addr.String()+" "+n.Link)
		}
		for _, f := range s.FDB {
			all = append(all, s.Name+" fdb "+f.MAC+" "+f.Link+" "+f.Master)
		}
	}
	slices.Sort(all)
	return all
}

// A ping that is answered must not make the claim true that the neighbour is
// known, also when an unanswered question was there before.
func TestAPingOfACheckProvesNoNeighbour(t *testing.T) {
	all := catalog(t)
	s, err := all.Find("veth-pair")
	must(t, err)
	b := newBench(t)
	b.patience = func(c check.Check) (within, echo time.Duration) {
		if c.Ping != nil {
			return c.Patience() // the kernel repeats a question after a second
		}
		return 0, 0
	}
	b.load(all, s)
	b.reach(1, 8)
	must(t, b.sh("ip -n ns2 link set veth_ns2 down\nip netns exec ns1 ping -c 1 -W 0.05 10.1.1.2 || true\nip -n ns2 link set veth_ns2 up"))
	ping, neigh := s.Steps[8].Checks[0], s.Steps[8].Checks[2]
	for i, want := range []struct {
		c  check.Check
		ok bool
	}{{ping, true}, {neigh, false}, {ping, true}, {neigh, false}} {
		if out, err := b.decide(soon(t), want.c); err != nil || out.OK != want.ok {
			t.Errorf("%d. %s: %+v, %v", i, want.c, out, err)
		}
	}
}

// steps makes a lesson of shell snippets.
func steps(runs ...string) scenario.Scenario {
	s := scenario.Scenario{Name: "mine", Title: "Mine"}
	for _, run := range runs {
		s.Steps = append(s.Steps, scenario.Step{Title: "a step", Run: run})
	}
	return s
}

func yes() *bool { v := true; return &v }

// The claim comes true by itself some time after the first look.
func TestALaterTryLooksAgain(t *testing.T) {
	s := steps("ip netns add ns1\nsh -c 'sleep 0.3; ip -n ns1 link set lo up' &")
	s.Steps[0].Checks = []check.Check{
		{Link: &check.Link{In: "ns1", Name: "lo", Up: yes()}},
		{Not: true, Link: &check.Link{In: "ns1", Name: "lo", Up: yes()}, Within: 1},
	}
	b := newBench(t)
	b.take(s)
	a, err := b.step(soon(t), 1, false)
	must(t, err)
	got := of(b.events(), event.Check)
	if a.Status != string(event.Fail) || len(got) != 2 || got[0].Status != event.Pass || got[1].Status != event.Fail {
		t.Errorf("%+v\n%+v", a, got)
	}
}

func TestChangesAreThoseOfTheStepAlone(t *testing.T) {
	s := steps("ip netns add ns1", "ip netns add ns2", "ip netns add ns3")
	b := newBench(t)
	b.take(s)
	b.reach(1, 2)
	_, err := b.step(soon(t), 3, false)
	must(t, err)
	for _, ev := range of(b.events(), event.Change) {
		if ev.Place != "ns3" && !strings.Contains(ev.Line, "ns3") {
			t.Errorf("step 3 is said to have changed %s: %s", ev.Place, ev.Line)
		}
	}
}

func TestHowAStepsCommandsMustEnd(t *testing.T) {
	tests := []struct {
		name, run string
		fails     bool
		text      string // of the failed check; empty: the step passes
	}{
		{"all succeed", "true\ntrue", false, ""},
		{"no command", "", false, ""},
		{"one fails", "true\nfalse\ntrue", false, "each command succeeds"},
		{"the last one is meant to fail", "true\nfalse", true, ""},
		{"it does not", "true\ntrue", true, "this command is meant to fail"},
		{"one before it fails", "false\nfalse", true, "each command before the last succeeds"},
		{"the end comes early", "exit 0\ntrue", false, "each command runs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			s := steps(tt.run)
			s.Steps[0].Fails = tt.fails
			b.take(s)
			a, err := b.step(soon(t), 1, false)
			must(t, err)
			text := ""
			for _, ev := range of(b.events(), event.Check) {
				text += ev.Text
			}
			if text != tt.text || (a.Status == string(event.Pass)) != (tt.text == "") {
				t.Errorf("%+v: %q", a, text)
			}
		})
	}
}
