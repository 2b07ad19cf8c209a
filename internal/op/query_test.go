package op

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// aQuestion is a line that asks, and what it asks.
type aQuestion struct {
	line string
	want Query
}

func readQuestions(t *testing.T, tests []aQuestion) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			args, err := Split(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseQuery(args)
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Args = args
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatAQuestionAsks(t *testing.T) {
	readQuestions(t, []aQuestion{
		{"ip link", Query{Object: "link", Verb: "show"}},
		{"ip l ls dev eth0", Query{Object: "link", Verb: "show", Dev: "eth0"}},
		{"ip link show eth0 up", Query{Object: "link", Verb: "show", Dev: "eth0", Up: true}},
		{"ip -d link show type veth", Query{Object: "link", Verb: "show", Kind: "veth", Details: true}},
		{"ip link show master br0", Query{Object: "link", Verb: "show", Master: "br0"}},
		{"ip -br -c a", Query{Object: "addr", Verb: "show", Brief: true}},
		{"ip -4 -o a s eth0", Query{Object: "addr", Verb: "show", Dev: "eth0", Family: IPv4, Oneline: true}},
		{"ip -n ns1 -j -s addr show to 10/8", Query{Netns: "ns1", Object: "addr", Verb: "show", To: "10.0.0.0/8", JSON: true, Stats: true}},
		{"ip netns exec ns1 ip a", Query{Netns: "ns1", Object: "addr", Verb: "show"}},
		{"ip r", Query{Object: "route", Verb: "show"}},
		{"ip -6 r s t local", Query{Object: "route", Verb: "show", Family: IPv6, Table: "local"}},
		{"ip r s table all dev eth0", Query{Object: "route", Verb: "show", Table: "all", Dev: "eth0"}},
		{"ip route show default", Query{Object: "route", Verb: "show", To: "default"}},
		{"ip route show 10.2/16", Query{Object: "route", Verb: "show", To: "10.2.0.0/16"}},
		{"ip r g 10.1", Query{Object: "route", Verb: "get", To: "10.1.0.0"}},
		{"ip route get to fd00::1", Query{Object: "route", Verb: "get", To: "fd00::1"}},
		{"ip n", Query{Object: "neigh", Verb: "show"}},
		{"ip n s dev eth0 10.0.0.1", Query{Object: "neigh", Verb: "show", Dev: "eth0", To: "10.0.0.1"}},
		{"ip netns", Query{Object: "netns", Verb: "list"}},
		{"ip net s", Query{Object: "netns", Verb: "list"}},
		{"ip netns identify 42", Query{Object: "netns", Verb: "identify", To: "42"}},
		{"ip netns pids ns1", Query{Object: "netns", Verb: "pids", To: "ns1"}},
		{"ip ru", Query{Object: "rule", Verb: "show"}},
		{"ip m s eth0", Query{Object: "maddr", Verb: "show", Dev: "eth0"}},
		{"bridge fdb", Query{Object: "fdb", Verb: "show"}},
		{"bridge -n ns1 f s br br0 dev x", Query{Netns: "ns1", Object: "fdb", Verb: "show", Master: "br0", Dev: "x"}},
		{"bridge l", Query{Object: "bridge-link", Verb: "show"}},
		{"bridge -j link show dev x", Query{Object: "bridge-link", Verb: "show", Dev: "x", JSON: true}},
		{"route -n", Query{Object: "route", Verb: "show"}},
		{"ip netns exec ns1 route", Query{Netns: "ns1", Object: "route", Verb: "show"}},
		{"sysctl net/ipv4/conf/eth0.1/forwarding", Query{Object: "sysctl", Verb: "show", To: "net.ipv4.conf.eth0/1.forwarding"}},
		{"ip netns exec ns1 sysctl -n net.ipv4.ip_forward", Query{Netns: "ns1", Object: "sysctl", Verb: "show", To: "net.ipv4.ip_forward", Brief: true}},
	})
}

func TestEveryQuestionOfTheTableIsRead(t *testing.T) {
	for _, line := range lines(t, "questions.txt", "") {
		args, err := Split(line)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseQuery(args); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestAQuestionThatIsNotReadIsStillAQuestion(t *testing.T) {
	for _, line := range []string{
		"ip link show group default", "ip addr show scope global", "ip route show proto kernel", "ip route show root 10.0.0.0/8",
		"ip route get 10.0.0.1 from 10.0.0.2", "ip route get 10.0.0.0/8", "ip neigh show nud stale", "bridge fdb show state static",
		"ip link show eth0 eth1", "ip route get",
	} {
		args, err := Split(line)
		if err != nil {
			t.Fatal(err)
		}
		var syntax *SyntaxError
		if q, err := ParseQuery(args); !errors.As(err, &syntax) {
			t.Errorf("%s is read as %+v, %v", line, q, err)
		}
		if _, err := Parse(args); !errors.Is(err, ErrQuestion) {
			t.Errorf("%s: Parse says %v", line, err)
		}
	}
}

func TestAChangeIsNoQuestion(t *testing.T) {
	for _, line := range []string{
		"ip link set x up", "ip netns exec ns1 ping 10.0.0.1", "sysctl -w net.ipv4.ip_forward=1", "route add default gw 10.0.0.1", "ls", "",
	} {
		args, err := Split(line)
		if err != nil {
			t.Fatal(err)
		}
		if q, err := ParseQuery(args); err == nil {
			t.Errorf("%q is read as %+v", line, q)
		}
	}
}

func TestTheCommandInsideANamespace(t *testing.T) {
	tests := []struct {
		line string
		ns   string
		argv []string
	}{
		{"ip netns exec ns1 ping -c1 10.1.1.2", "ns1", []string{"ping", "-c1", "10.1.1.2"}},
		{"ip netns e ns1 bash", "ns1", []string{"bash"}},
		{"ip net ex ns1 ip link", "ns1", []string{"ip", "link"}},
		{"/usr/sbin/ip -n ns2 netns exec ns1 true", "ns1", []string{"true"}},
		{"ip -4 -c netns exec ns1 ip netns exec ns2 true", "ns1", []string{"ip", "netns", "exec", "ns2", "true"}},
		{"ip netns exec ns1 -- true", "ns1", []string{"--", "true"}},
		{"ip netns exec ns1", "", nil},
		{"ip netns exec a/b true", "", nil},
		{"ip -all netns exec true", "", nil},
		{"ip netns list", "", nil},
		{"ip link", "", nil},
		{"ip", "", nil},
		{"ip -n", "", nil},
		{"bridge netns exec ns1 true", "", nil},
		{"true", "", nil},
		{"", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			args, err := Split(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			ns, argv, ok := ParseExec(args)
			if ns != tt.ns || !cmp.Equal(argv, tt.argv) || ok != (tt.argv != nil) {
				t.Errorf("in %q run %q, %v", ns, argv, ok)
			}
		})
	}
}
