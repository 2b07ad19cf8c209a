package scenario

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/scene"
)

// hardwareFile puts a scene into a scenario that is only that. The scene's lines
// begin in line 5.
func hardwareFile(lines string) string {
	return "name: demo\ntitle: A demo\nsummary: Shows one thing\nscene:\n" + twoDeep(lines) +
		"checks:\n  - says: it is there\n    namespace: A\n"
}

func twoDeep(lines string) string {
	var b strings.Builder
	for l := range strings.Lines(strings.Trim(lines, "\n")) {
		b.WriteString("  " + strings.TrimRight(l, "\n") + "\n")
	}
	return b.String()
}

func withParams(lines, params string) string {
	return strings.Replace(hardwareFile(lines), "scene:\n", "params:\n"+twoDeep(params)+"scene:\n", 1)
}

func parsed(t *testing.T, file string) Scenario {
	t.Helper()
	s, err := Parse("demo.yaml", []byte(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	return s
}

// inWords writes a scene, one node or cable a word.
func inWords(s scene.Scene) string {
	var out []string
	for _, n := range s.Nodes {
		word := fmt.Sprintf("%s(%s)", n.Name, n.Kind)
		if n.Forward {
			word += "!"
		}
		for _, r := range n.Routes {
			word += fmt.Sprintf("{%s>%s}", r.To, r.Via)
		}
		out = append(out, word)
	}
	end := func(e scene.End) string {
		word := e.Node + ":" + e.Dev
		for _, a := range e.Addrs {
			word += "," + a.String()
		}
		return word
	}
	for _, c := range s.Cables {
		out = append(out, end(c.A)+"="+end(c.B))
	}
	return strings.Join(out, " ")
}

func TestScenesAreRead(t *testing.T) {
	tests := []struct{ name, lines, want string }{
		{"one host", "hosts: [{name: A}]", "A(host)"},
		{"a link without a list", "hosts: [{name: A, to: B, addr: 10.0.0.1/24}, {name: B, to: A, dev: x}]", "A(host) B(host) A:eth0,10.0.0.1/24=B:x"},
		{"a list of links", "hosts: [{name: A, links: [{to: B}, {to: B, addr: [10.0.0.1/24, 'fd00::1/64']}]}, {name: B}]",
			"A(host) B(host) A:eth0=B:eth0 A:eth1,10.0.0.1/24,fd00::1/64=B:eth1"},
		{"a range", "switches: [{name: s}]\nhosts:\n  - name: h{1..3}\n    to: s\n    addr: 10.0.0.254/16",
			"s(switch) h1(host) h2(host) h3(host) h1:eth0,10.0.0.254/16=s:h1 h2:eth0,10.0.0.255/16=s:h2 h3:eth0,10.0.1.0/16=s:h3"},
		{"two ranges go in step", "hosts:\n  - name: a{1..2}\n    to: b{5..6}\n  - name: b{5..6}", "a1(host) a2(host) b5(host) b6(host) a1:eth0=b5:eth0 a2:eth0=b6:eth0"},
		{"an empty range", "hosts:\n  - name: A\n  - name: h{2..1}\n    to: A", "A(host)"},
		{"a range from zero", "hosts:\n  - name: h{0..1}", "h0(host) h1(host)"},
		{"steps", "hosts:\n  - {name: 'A{1..2}', to: 'B{1..2}', addr: 10.0.0.1/30, step: 4}\n  - {name: 'B{1..2}', to: 'A{1..2}', addr: 10.0.0.2/30, step: 4}",
			"A1(host) A2(host) B1(host) B2(host) A1:eth0,10.0.0.1/30=B1:eth0,10.0.0.2/30 A2:eth0,10.0.0.5/30=B2:eth0,10.0.0.6/30"},
		{"a skip", "hosts:\n  - {name: A, to: B, addr: 10.0.0.1/30, step: 4, skip: 3}\n  - {name: B}", "A(host) B(host) A:eth0,10.0.0.13/30=B:eth0"},
		{"the same gateway for all", "hosts:\n  - {name: A, to: 'h1', addr: 10.0.0.254/24}\n  - {name: 'h{1..1}', to: A, addr: 10.0.0.1/24, routes: [{to: default, via: 10.0.0.254}]}",
			"A(host) h1(host){0.0.0.0/0>10.0.0.254} A:eth0,10.0.0.254/24=h1:eth0,10.0.0.1/24"},
		{"the default of IPv6", "hosts:\n  - {name: A, to: B, addr: 'fd00::1/64', routes: [{to: default, via: 'fd00::2'}]}\n  - {name: B}", "A(host){::/0>fd00::2} B(host) A:eth0,fd00::1/64=B:eth0"},
		{"routers", "routers: [{name: r1}, {name: r2, forward: false}]", "r1(router)! r2(router)"},
		{"switches at switches", "switches:\n  - {name: s1, links: [{to: s2, dev: up}]}\n  - {name: s2}", "s1(switch) s2(switch) s1:up=s2:s1"},
		{"the order is the file's", "routers: [{name: r}]\nhosts: [{name: A}]", "r(router)! A(host)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, inWords(parsed(t, hardwareFile(tt.lines)).Scene)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestMistakesInScenesHaveTheirPlace(t *testing.T) {
	two := "hosts:\n  - name: A\n    to: B\n    addr: 10.0.0.1/24\n  - name: B\n    to: A\n    addr: 10.0.0.2/24\n"
	sub := func(old, new string) string { return strings.Replace(two, old, new, 1) }
	tests := []struct{ name, lines, want string }{
		{"nothing", "hosts: []", "5:10 the list needs 1 or more, and has 0"},
		{"an unknown key", sub("to: B", "two: B"), `7:7 a host has no key "two"`},
		{"no such node", sub("to: B", "to: C"), `7:11 there is no node "C"`},
		{"to itself", sub("to: B", "to: A"), "7:11 A cannot have a cable to itself"},
		{"host", sub("name: B", "name: host"), "9:13 host is the lab's own namespace, and always there"},
		{"a bad name", sub("name: B", "name: b!"), `9:13 "b!" is not the name of a namespace: '!' is not allowed there`},
		{"no length", sub("10.0.0.2/24", "10.0.0.2"), "11:13 10.0.0.2 has no prefix length"},
		{"the network itself", sub("10.0.0.2/24", "10.0.0.0/24"), "11:13 10.0.0.0/24 is the network itself, not a machine in it"},
		{"one address twice", sub("10.0.0.2/24", "10.0.0.1/24"), "11:13 B has the address 10.0.0.1, which A has on the same network"},
		{"an address without a link", "hosts:\n  - name: A\n    addr: 10.0.0.1/24", "7:13 addr belongs to a link, and it is not said where that leads"},
		{"both forms", "hosts:\n  - name: A\n    to: B\n    links: [{to: B}]\n  - name: B", "7:11 a node has links, or one link without a list, not both"},
		{"an address of a switch", "switches:\n  - name: A\n    addr: 10.0.0.1/24", `7:7 a switch has no key "addr"`},
		{"a gateway far away", two + "    routes: [{to: default, via: 10.1.0.1}]", "12:35 the gateway 10.1.0.1 is on no network of B"},
		{"a bad MAC address", sub("to: B", "to: B\n    mac: 02:00:00:00:00"), `8:12 "02:00:00:00:00" is not a MAC address`},
		{"a group's MAC address", sub("to: B", "to: B\n    mac: 03:00:00:00:00:01"), "8:12 03:00:00:00:00:01 is the address of a group, not of one interface"},
		{"a network too small", "switches: [{name: s}]\nhosts:\n  - name: A{1..9}\n    to: s\n    addr: 10.0.0.1/29", "9:13 A7: 10.0.0.7 is the broadcast address of 10.0.0.0/29"},
		{"out of the network", "switches: [{name: s}]\nhosts:\n  - name: A{1..3}\n    to: s\n    addr: fd00::fffe/112", "9:13 A3: fd00::1:0 is outside of fd00::/112"},
		{"ranges of two lengths", "hosts:\n  - name: A{1..3}\n    to: B{1..2}", "7:11 B{1..2} stands for 2, and A{1..3} in the same entry for 3"},
		{"a range backwards", "hosts:\n  - name: A{5..3}", "6:13 the range {5..3} runs backwards: from 5 to 3"},
		{"a range too long", "hosts:\n  - name: A{1..100000}", "6:13 the range {1..100000} is from 1 to 100000; at most 1100 numbers from 0 on are allowed"},
		{"two ranges in one word", "hosts:\n  - name: A{1..2}{1..2}", "6:13 two ranges stand in one word"},
		{"a brace alone", "hosts:\n  - name: A{1", "6:13 a brace stands alone"},
		{"not a number", "hosts:\n  - name: A{1..x}", `6:13 "x" is not a number`},
		{"no such parameter", "hosts:\n  - name: A{1..$hosts}", `6:13 there is no parameter "$hosts"`},
		{"too many nodes", "hosts:\n  - name: A{1..1000}\n  - name: B{1..1000}", "7:13 the scene has more than 1100 nodes"},
		{"the same name twice", "hosts:\n  - name: A{1..2}\n  - name: A2", "7:13 there are two nodes called A2"},
		{"too many ports", "switches: [{name: s}]\nhosts:\n  - name: A{1..600}\n    links: [{to: s}, {to: s}]", "5:21 s has 1200 cables, and a bridge has at most 1023 ports"},
		{"a step that is no number", sub("to: B", "to: B\n    step: far"), "8:13 far is not a number from 0 to 1048576"},
		{"an address where IPv6 is off", sub("10.0.0.2/24", "fd00::2/64") + "ipv6: false", "12:9 IPv6 is switched off, and a node has an IPv6 address"},
		{"not a list", "hosts: {name: A}", "5:10 a list is needed here, not keys with values"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := hardwareFile(tt.lines)
			_, err := Parse("demo.yaml", []byte(file))
			var errs Errors
			if !errors.As(err, &errs) {
				t.Fatalf("got %v\n%s", err, file)
			}
			e := errs[0]
			if got := fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Text); got != tt.want {
				t.Errorf("got  %s\nwant %s\n%s", got, tt.want, file)
			}
		})
	}
}

func TestASceneCanBeWithoutIPv6(t *testing.T) {
	host := "hosts: [{name: A}]\n"
	for lines, want := range map[string]bool{host: false, host + "ipv6: true": false, host + "ipv6: false": true} {
		s := parsed(t, hardwareFile(lines))
		if s.Scene.NoIPv6 != want {
			t.Errorf("%q: %v", lines, s.Scene.NoIPv6)
		}
		passes := "[ ! -e /proc/net/if_inet6 ] || ip netns exec A sysctl -q -w net.ipv6.conf.all.disable_ipv6=1\n"
		if got := strings.Contains(Script(s, nil), passes); got != want {
			t.Errorf("%q: the script has the line: %v", lines, got)
		}
	}
}

func TestAScenarioThatIsOnlyASceneNeedsNoLesson(t *testing.T) {
	parsed(t, hardwareFile("hosts: [{name: A}]"))
	_, err := Parse("f", []byte(strings.Replace(small, "recap:\n  - It works.\n", "scene:\n  hosts: [{name: A}]\n", 1)))
	if err == nil || !strings.Contains(err.Error(), "a scenario needs recap") {
		t.Errorf("a lesson with a scene: %v", err)
	}
	_, err = Parse("f", []byte("name: a\ntitle: A\nsummary: A\nscene:\n  hosts: [{name: A}]\n"))
	if err == nil || !strings.Contains(err.Error(), "the scenario checks nothing") {
		t.Errorf("a scene without checks: %v", err)
	}
	_, err = Parse("f", []byte(small+"checks:\n  - {says: a, namespace: a}\n"))
	if err == nil || !strings.Contains(err.Error(), "there is none") {
		t.Errorf("checks without a scene: %v", err)
	}
}

// TestBenchmarkScenes: the topologies of the benchmarks are what they say.
func TestBenchmarkScenes(t *testing.T) {
	read := func(name string, settings ...string) Scenario {
		t.Helper()
		file := "../../cmd/netlab/testdata/bench/" + name + ".yaml"
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(file, src)
		if err != nil {
			t.Fatal(err)
		}
		set, err := Set([]Scenario{s}, settings)
		if err != nil {
			t.Fatal(err)
		}
		return set[0]
	}
	if got := inWords(read("pair").Scene); got != "a(host) b(host) a:eth0,10.0.0.1/24=b:eth0,10.0.0.2/24" {
		t.Error(got)
	}
	if got := inWords(read("star", "hosts=2").Scene); got != "sw(switch) h1(host) h2(host) h1:eth0,10.0.0.1/16=sw:h1 h2:eth0,10.0.0.2/16=sw:h2" {
		t.Error(got)
	}
	for _, n := range []int{2, 3, 64, 1000} {
		s := read("chain", fmt.Sprint("routers=", n)).Scene
		if len(s.Nodes) != n+2 || len(s.Cables) != n+1 {
			t.Errorf("%d routers: %d nodes, %d cables", n, len(s.Nodes), len(s.Cables))
		}
	}
	want := "h1(host){0.0.0.0/0>10.1.0.1} h2(host){0.0.0.0/0>10.2.0.1}" +
		" r1(router)!{10.2.0.0/24>10.3.0.10} r2(router)!{10.1.0.0/24>10.3.0.9}{10.2.0.0/24>10.3.0.14} r3(router)!{10.1.0.0/24>10.3.0.13}" +
		" h1:right,10.1.0.2/24=r1:left,10.1.0.1/24 h2:left,10.2.0.2/24=r3:right,10.2.0.1/24 r1:right,10.3.0.9/30=r2:left,10.3.0.10/30 r2:right,10.3.0.13/30=r3:left,10.3.0.14/30"
	if d := cmp.Diff(want, inWords(read("chain", "routers=3").Scene)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	last := read("chain", "routers=1000").Scene.Cables[len(read("chain", "routers=1000").Scene.Cables)-1]
	if got := fmt.Sprint(last.A.Addrs, last.B.Addrs); got != "[10.3.15.161/30] [10.3.15.162/30]" {
		t.Error(got)
	}
}
