package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"netlab/internal/check"
	"netlab/internal/op"
)

// state is what a model knows, in one line: each namespace with its links, a
// cable as a~b, and a question mark when something was hidden. lo is left out.
func state(m *model) string {
	var out []string
	for space := range m.spaces {
		links := []string{}
		for _, d := range m.links {
			switch {
			case d.space != space || d.name == "lo":
			case d.peer != nil:
				links = append(links, d.name+"~"+d.peer.name)
			default:
				links = append(links, d.name)
			}
		}
		slices.Sort(links)
		out = append(out, space+"("+strings.Join(links, " ")+")")
	}
	slices.Sort(out)
	text := strings.Join(out, " ")
	if m.open {
		text += " ?"
	}
	return text
}

func after(t *testing.T, commands ...string) *model {
	t.Helper()
	m := newModel()
	m.end = m
	for _, c := range commands {
		args, err := op.Split(c)
		if err != nil {
			args = strings.Fields(c)
		}
		m.apply(withoutSudo(args), false)
	}
	return m
}

func TestWhatExistsAfterEachCommand(t *testing.T) {
	tests := []struct {
		name     string
		commands []string
		want     string
	}{
		{"nothing", nil, "host()"},
		{"a namespace", []string{"ip netns add ns1"}, "host() ns1()"},
		{"a namespace in short words", []string{"ip net a ns1"}, "host() ns1()"},
		{"a namespace by the path of ip", []string{"/sbin/ip netns add ns1"}, "host() ns1()"},
		{"a namespace that goes again", []string{"ip netns add ns1", "ip netns del ns1"}, "host()"},
		{"a namespace comes a second time: its links do not", []string{"ip netns add v1", "ip -n v1 link add br0 type bridge", "ip netns del v1", "ip netns add v1"}, "host() v1()"},
		{"a cable", []string{"ip link add v1 type veth peer name v2"}, "host(v1~v2 v2~v1)"},
		{"a cable whose other end is elsewhere", []string{"ip netns add n", "ip link add v1 type veth peer name v2 netns n"}, "host(v1~v2) n(v2~v1)"},
		{"netns before type is for the first end alone", []string{"ip netns add n", "ip link add v1 netns n type veth peer name v2"}, "host(v2~v1) n(v1~v2)"},
		{"both ends in a namespace", []string{"ip netns add n", "ip -n n link add v1 type veth peer name v2"}, "host() n(v1~v2 v2~v1)"},
		{"three namespaces in one line", []string{"ip netns add x", "ip netns add y", "ip netns add z", "ip -n x link add v1 netns y type veth peer name v2 netns z"}, "host() x() y(v1~v2) z(v2~v1)"},
		{"behind ip netns exec", []string{"ip netns add n", "ip netns exec n ip link add br0 type bridge"}, "host() n(br0)"},
		{"behind ip netns exec with a path", []string{"ip netns add n", "ip netns exec n /usr/sbin/ip link add br0 type bridge"}, "host() n(br0)"},
		{"behind sudo", []string{"sudo ip netns add n", "sudo -n ip -n n link add br0 type bridge"}, "host() n(br0)"},
		{"behind sudo as root with a variable", []string{"sudo -u root LANG=C ip netns add n"}, "host() n()"},
		{"a link that is moved", []string{"ip netns add n", "ip link add v1 type veth peer name v2", "ip link set v1 netns n"}, "host(v2~v1) n(v1~v2)"},
		{"a link that is moved on", []string{"ip netns add n", "ip netns add o", "ip link add br0 type bridge", "ip link set br0 netns n", "ip -n n link set br0 netns o"}, "host() n() o(br0)"},
		{"a link that is not there cannot be moved", []string{"ip netns add n", "ip link set v1 netns n"}, "host() n()"},
		{"a link of another namespace cannot be moved", []string{"ip netns add n", "ip -n n link add br0 type bridge", "ip link set br0 netns n"}, "host() n(br0)"},
		{"moved and renamed in one line", []string{"ip netns add n", "ip link add v1 type veth peer name v2", "ip link set v1 netns n name eth0"}, "host(v2~eth0) n(eth0~v2)"},
		{"renamed", []string{"ip link add br0 type bridge", "ip link set br0 name br1"}, "host(br1)"},
		{"one end deleted: both are gone", []string{"ip netns add n", "ip link add v1 type veth peer name v2 netns n", "ip -n n link del v2"}, "host() n()"},
		{"deleted where it is not", []string{"ip netns add n", "ip link add v1 type bridge", "ip -n n link del v1"}, "host(v1) n()"},
		{"of two with one name only the one here", []string{"ip netns add n", "ip link add v1 type bridge", "ip -n n link add v1 type bridge", "ip link del v1"}, "host() n(v1)"},
		{"a namespace takes its ends of cables away", []string{"ip netns add n", "ip link add v1 type veth peer name v2", "ip link set v2 netns n", "ip link add c type bridge", "ip netns del n"}, "host(c)"},
		{"lines that change no names", []string{"ip link add v1 type bridge", "ip link set v1 up", "ip addr add 10.1.1.1/24 dev v1", "ip route add default via 10.1.1.2", "ip addr show", "bridge link", "sysctl -w net.ipv4.ip_forward=1"}, "host(v1)"},
		{"lines that ip refuses", []string{"ip link adn v1 type bridge", "ip netns add", "ip"}, "host()"},
		{"the kernel chooses the names", []string{"ip link add type veth"}, "host(~ ~) ?"},
		{"a variable in a line of ip", []string{"ip netns add ns$i"}, "host() ?"},
		{"a variable behind ip netns exec", []string{"ip netns exec $n ip link add v1 type bridge"}, "host() ?"},
		{"a variable elsewhere hides nothing", []string{"echo $?", "ip netns add n", "ping -c 1 $there", "ls *"}, "host() n()"},
		{"a program that a variable names", []string{"$IP netns add n"}, "host() ?"},
		{"a file of commands", []string{"ip -batch file"}, "host() ?"},
		{"a file of commands, in short", []string{"ip -force -b file"}, "host() ?"},
		{"a short list is no file of commands", []string{"ip -br link"}, "host()"},
		{"a shell", []string{"ip netns add n", "ip netns exec n bash -c 'ip link add v1 type bridge'"}, "host() n() ?"},
		{"a program in a namespace", []string{"ip netns add n", "ip netns exec n ping -c 1 10.1.1.1"}, "host() n()"},
		{"programs that run another", []string{"timeout 5 ip netns add n"}, "host() ?"},
		{"the old tool for bridges", []string{"brctl addbr br0"}, "host() ?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := state(after(t, tt.commands...)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestACommandThatMustFailMakesNothing(t *testing.T) {
	m := newModel()
	for _, args := range [][]string{{"ip", "netns", "add", "n"}, {"ip", "netns", "add", "$n"}, {}} {
		m.apply(args, true)
	}
	if got := state(m); got != "host()" {
		t.Errorf("got %s", got)
	}
}

func TestACopyOfAModelIsOnItsOwn(t *testing.T) {
	m := after(t, "ip netns add n", "ip link add v1 type veth peer name v2 netns n")
	before := state(m)
	c := m.clone()
	if state(c) != before {
		t.Fatalf("the copy is %s, want %s", state(c), before)
	}
	for _, line := range []string{"ip link set v1 name z", "ip netns del n", "ip netns add o", "ip netns add $x"} {
		c.apply(strings.Fields(line), false)
	}
	if got := state(m); got != before {
		t.Errorf("the first one changed from %s to %s", before, got)
	}
	if m.ever["o"] || m.ever["z"] {
		t.Error("the first one learned names of its copy")
	}
	for _, d := range c.links {
		if slices.Contains(m.links, d) || d.peer != nil && slices.Contains(m.links, d.peer) {
			t.Errorf("%s is in both", d.name)
		}
	}
}

func TestNamesThatACheckLacks(t *testing.T) {
	br0, none, yes, to := "br9", "", true, netip.MustParseAddr("10.1.1.1")
	commands := []string{"ip netns add n", "ip netns add gone", "ip netns del gone", "ip link add v1 type veth peer name v2 netns n", "ip link add br0 type bridge"}
	no := func(c check.Check) check.Check { c.Not = true; return c }
	tests := []struct {
		name  string
		check check.Check
		want  string // key: text (hint); one a line
	}{
		{"ping from nowhere", check.Check{Ping: &check.Ping{In: "m", To: to}}, `in: there is no namespace "m" by then (did you mean n?)`},
		{"also a ping that must fail", no(check.Check{Ping: &check.Ping{In: "m", To: to}}), `in: there is no namespace "m" by then (did you mean n?)`},
		{"a namespace", check.Check{Namespace: &check.Namespace{Name: "n"}}, ""},
		{"a namespace that is gone", check.Check{Namespace: &check.Namespace{Name: "gone"}}, `name: there is no namespace "gone" by then (one of: host, n)`},
		{"no namespace, and it was there once", no(check.Check{Namespace: &check.Namespace{Name: "gone"}}), ""},
		{"no namespace, which never was", no(check.Check{Namespace: &check.Namespace{Name: "gnoe"}}), `name: "gnoe" never exists in this lesson, so that the check proves nothing (did you mean gone?)`},
		{"a link elsewhere", check.Check{Link: &check.Link{In: "host", Name: "v2"}}, `name: there is no interface "v2" in host by then (v2 is in n)`},
		{"a link in a namespace that is not there is said once", check.Check{Link: &check.Link{In: "m", Name: "v2", Peer: "x", PeerIn: "m"}}, `in: there is no namespace "m" by then (did you mean n?)`},
		{"no link, and one of the name is elsewhere", no(check.Check{Link: &check.Link{In: "host", Name: "v2"}}), ""},
		{"not up: the link must be there", no(check.Check{Link: &check.Link{In: "host", Name: "v2", Up: &yes}}), `name: there is no interface "v2" in host by then (v2 is in n)`},
		{"both ends", check.Check{Link: &check.Link{In: "host", Name: "v1", Peer: "v2", PeerIn: "n"}}, ""},
		{"the other end is elsewhere", check.Check{Link: &check.Link{In: "host", Name: "v1", Peer: "v2", PeerIn: "host"}}, `peer: there is no interface "v2" in host by then (v2 is in n)`},
		{"the other end's namespace", check.Check{Link: &check.Link{In: "host", Name: "v1", Peer: "v2", PeerIn: "gone"}}, `peer_in: there is no namespace "gone" by then (one of: host, n)`},
		{"not the other end of one that never was", no(check.Check{Link: &check.Link{In: "host", Name: "v1", Peer: "v22", PeerIn: "n"}}), `peer: "v22" never exists in this lesson, so that the check proves nothing (did you mean v2?)`},
		{"a bridge that is not there", check.Check{Link: &check.Link{In: "host", Name: "v1", Master: &br0}}, `master: there is no interface "br9" in host by then (did you mean br0?)`},
		{"of no bridge", check.Check{Link: &check.Link{In: "host", Name: "v1", Master: &none}}, ""},
		{"an address", check.Check{Addr: &check.Addr{In: "n", Dev: "v1"}}, `dev: there is no interface "v1" in n by then (v1 is in host)`},
		{"a route through anything", check.Check{Route: &check.Route{In: "n"}}, ""},
		{"a route through an interface", no(check.Check{Route: &check.Route{In: "n", Dev: "v22"}}), `dev: there is no interface "v22" in n by then (did you mean v2?)`},
		{"a neighbour", check.Check{Neigh: &check.Neigh{In: "n", Dev: "xyz"}}, `dev: there is no interface "xyz" in n by then (one of: lo, v2)`},
		{"what a bridge learned", check.Check{FDB: &check.FDB{In: "host", Bridge: "br0", Port: "v1", OfIn: "n", OfDev: "v2"}}, ""},
		{"each name of it", check.Check{FDB: &check.FDB{In: "host", Bridge: "br", Port: "v11", OfIn: "n", OfDev: "v3"}}, `dev: there is no interface "v11" in host by then (did you mean v1?)
bridge: there is no interface "br" in host by then (did you mean br0?)
of: there is no interface "v3" in n by then (did you mean v2?)`},
		{"who reaches whom", check.Check{Reach: &check.Reach{From: []string{"host", "n"}, To: []string{"n"}}}, ""},
		{"each name of it, counted out", no(check.Check{Reach: &check.Reach{Among: []string{"n", "n{8..9}"}}}), `among: there is no namespace "n8" by then (did you mean n?)
among: there is no namespace "n9" by then (did you mean n?)`},
		{"a way", no(check.Check{Path: &check.Path{In: "m", To: to}}), `in: there is no namespace "m" by then (did you mean n?)`},
		{"what is seen where", no(check.Check{Seen: &check.Seen{At: check.Interface{In: "n", Dev: "v1"}, In: "m", To: to, MACFrom: &check.Interface{In: "n", Dev: "v2"}, MACTo: &check.Interface{In: "gone", Dev: "v2"}}}),
			`in: there is no namespace "m" by then (did you mean n?)
at: there is no interface "v1" in n by then (v1 is in host)
mac_to: there is no namespace "gone" by then (one of: host, n)`},
		{"a lookup", no(check.Check{Lookup: &check.Lookup{In: "n", To: to, Dev: "v22"}}), `dev: there is no interface "v22" in n by then (did you mean v2?)`},
		{"a connection", check.Check{Conntrack: &check.Conntrack{In: "m", To: to}}, `in: there is no namespace "m" by then (did you mean n?)`},
		{"a setting", check.Check{Sysctl: &check.Sysctl{In: "m", Key: "net.a", Value: "1"}}, `in: there is no namespace "m" by then (did you mean n?)`},
		{"a name", check.Check{Resolves: &check.Resolves{In: "m", Name: "web", Asks: []string{"n", "gone"}}}, `asks: there is no namespace "gone" by then (one of: host, n)
in: there is no namespace "m" by then (did you mean n?)`},
		{"a question to a name server", no(check.Check{DNS: &check.DNS{In: "m", Server: to, Name: "web", Asks: []string{"host"}}}), `in: there is no namespace "m" by then (did you mean n?)`},
		{"rules", check.Check{Rules: &check.Rules{In: "m"}}, `in: there is no namespace "m" by then (did you mean n?)`},
		{"no predicate", check.Check{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, l := range after(t, commands...).missing(tt.check) {
				got = append(got, fmt.Sprintf("%s: %s (%s)", l.key, l.text, l.hint))
			}
			if text := strings.Join(got, "\n"); text != tt.want {
				t.Errorf("got  %s\nwant %s", text, tt.want)
			}
			if lacks := after(t, append(commands, "eval x")...).missing(tt.check); len(lacks) > 0 {
				t.Errorf("after a command that hides what it does: %v", lacks)
			}
		})
	}
}

func TestSudoIsTakenAway(t *testing.T) {
	tests := []struct{ line, want string }{
		{"ip a", "ip a"}, {"sudo ip a", "ip a"}, {"/usr/bin/sudo ip a", "ip a"}, {"sudo -E -n ip a", "ip a"},
		{"sudo -u root ip a", "ip a"}, {"sudo --group root -- ip a", "ip a"}, {"sudo A=1 ip a", "ip a"}, {"sudo", ""}, {"sudo -u", ""},
		{"ip sudo", "ip sudo"},
	}
	for _, tt := range tests {
		if got := strings.Join(withoutSudo(strings.Fields(tt.line)), " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.line, got, tt.want)
		}
	}
}
