package check

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// three is the namespaces A, B and C on one switch, and N without an address.
func three() snapshot.Lab {
	lab := snapshot.Lab{Spaces: []snapshot.Space{{Name: "host"}}}
	for i, name := range []string{"A", "B", "C"} {
		lab.Spaces = append(lab.Spaces, snapshot.Space{
			Name:  name,
			Links: []snapshot.Link{{Name: "eth0", Kind: "veth", Up: true, Carrier: true, State: "UP", Peer: "p" + name, PeerSpace: "sw"}},
			Addrs: []snapshot.Addr{
				{Link: "lo", Prefix: prefix("10.9.9.9/32"), Scope: "global"},
				{Link: "eth0", Prefix: prefix("fe80::1/64"), Scope: "link"},
				{Link: "eth0", Prefix: prefix(fmt.Sprintf("10.0.0.%d/24", i+1)), Scope: "global"},
				{Link: "eth0", Prefix: prefix(fmt.Sprintf("10.0.1.%d/24", i+1)), Scope: "global"},
				{Link: "eth0", Prefix: prefix(fmt.Sprintf("fd00::%d/64", i+1)), Scope: "global"},
			},
			Routes: []snapshot.Route{{Dst: prefix("10.0.0.0/24"), Link: "eth0", Table: 254}, {Dst: prefix("fd00::/64"), Link: "eth0", Table: 254}},
		})
	}
	return snapshot.Lab{Spaces: append(lab.Spaces, snapshot.Space{Name: "N"})}
}

// echoes are the pings of all pairs of a check, answered but for some, named
// as "A B".
func echoes(r Reach, lost ...string) []measure.Ping {
	pairs, _ := r.Pairs()
	var out []measure.Ping
	for _, p := range pairs {
		s, _ := three().Space(p.To)
		to, ok := r.Target(s)
		if !ok {
			continue
		}
		one := measure.Ping{From: p.From, To: to, Sent: 1, Received: 1, Fate: measure.Answered, TTL: 64}
		for _, l := range lost {
			if l == p.From+" "+p.To {
				one.Received, one.Fate = 0, measure.Silent
			}
		}
		out = append(out, one)
	}
	return out
}

func TestReach(t *testing.T) {
	all := Reach{Among: []string{"A", "B", "C"}}
	some := Reach{From: []string{"A"}, To: []string{"B", "C"}}
	six := Reach{Among: []string{"A", "B"}, Family: 6}
	whole, cut, dead := wired(three()), wired(three(), "pC"), wired(three(), "pA", "pB", "pC")
	everybody := []string{"A B", "A C", "B A", "B C", "C A", "C B"}
	tests := []struct {
		name     string
		lab      snapshot.Lab
		reach    Reach
		pings    []measure.Ping
		says, no Outcome
	}{
		{
			"all are answered", whole, all, echoes(all),
			Outcome{true, "6 of 6 answered", "3 hosts: 6 of 6 answered", ""},
			Outcome{false, "none answered", "3 hosts: 6 of 6 answered: A to B, A to C, B to A and 3 more", "the way from A to B, which has 10.0.0.2, is open in both directions"},
		}, {
			"some to others", whole, some, echoes(some),
			Outcome{true, "2 of 2 answered", "2 of 2 answered", ""},
			Outcome{false, "none answered", "2 of 2 answered: A to B, A to C", "the way from A to B, which has 10.0.0.2, is open in both directions"},
		}, {
			"by IPv6", whole, six, echoes(six, "B A"),
			Outcome{false, "2 of 2 answered", "2 hosts: 1 of 2 answered, not B to A", "the state of the lab shows no reason"},
			Outcome{false, "none answered", "2 hosts: 1 of 2 answered: A to B", "the way from A to B, which has fd00::2, is open in both directions"},
		}, {
			"two are lost", cut, all, echoes(all, "A C", "C A"),
			Outcome{false, "6 of 6 answered", "3 hosts: 4 of 6 answered, not A to C, C to A", "A to C: pC in sw, a port of the bridge br0, is down"},
			Outcome{false, "none answered", "3 hosts: 4 of 6 answered: A to B, B to A, B to C and 1 more", "the way from A to B, which has 10.0.0.2, is open in both directions"},
		}, {
			"nobody is answered", dead, all, echoes(all, everybody...),
			Outcome{false, "6 of 6 answered", "3 hosts: 0 of 6 answered, not A to B, A to C, B to A and 3 more", "A to B: pA in sw, a port of the bridge br0, is down; B to A: pB in sw, a port of the bridge br0, is down"},
			Outcome{true, "none answered", "3 hosts: 0 of 6 answered", ""},
		}, {
			"nothing was sent", whole, all, nil,
			Outcome{false, "6 of 6 answered", "no ping was sent from A to B", "the ping could not be tried"},
			Outcome{false, "none answered", "no ping was sent from A to B", "the ping could not be tried"},
		}, {
			"one was not sent", whole, all, echoes(all)[:5],
			Outcome{false, "6 of 6 answered", "no ping was sent from C to B", "the ping could not be tried"},
			Outcome{false, "none answered", "no ping was sent from C to B", "the ping could not be tried"},
		}, {
			"one did not leave", whole, some, []measure.Ping{{From: "A", To: ip("10.0.0.2"), Fate: measure.Silent}, echoes(some)[1]},
			Outcome{false, "2 of 2 answered", "no echo was sent from A to B", "the ping could not be tried"},
			Outcome{false, "none answered", "no echo was sent from A to B", "the ping could not be tried"},
		}, {
			"another address was pinged", whole, Reach{From: []string{"A"}, To: []string{"B"}}, echoes(six),
			Outcome{false, "1 of 1 answered", "no ping was sent from A to B", "the ping could not be tried"},
			Outcome{false, "none answered", "no ping was sent from A to B", "the ping could not be tried"},
		}, {
			"a namespace is missing", whole, Reach{Among: []string{"A", "X"}}, nil,
			Outcome{false, "2 of 2 answered", "there is no namespace X", "a check cannot see into a namespace that does not exist"},
			Outcome{false, "none answered", "there is no namespace X", "a check cannot see into a namespace that does not exist"},
		}, {
			"an address is missing", whole, Reach{From: []string{"A", "B"}, To: []string{"N"}}, nil,
			Outcome{false, "2 of 2 answered", "N has no IPv4 address that others could ping", "nobody can be reached without an address"},
			Outcome{false, "none answered", "N has no IPv4 address that others could ping", "nobody can be reached without an address"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for not, want := range map[bool]Outcome{false: tt.says, true: tt.no} {
				got := Judge(Check{Not: not, Reach: &tt.reach}, tt.lab, measure.Found{Pings: tt.pings})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("not: %v\n%s", not, diff)
				}
			}
		})
	}
}

// wired puts the switch between A, B and C; the named ports are down.
func wired(lab snapshot.Lab, down ...string) snapshot.Lab {
	sw := snapshot.Space{Name: "sw", Links: []snapshot.Link{{Name: "br0", Kind: "bridge", Up: true, Carrier: true}}}
	for _, name := range []string{"A", "B", "C"} {
		up := !slices.Contains(down, "p"+name)
		sw.Links = append(sw.Links, snapshot.Link{
			Name: "p" + name, Kind: "veth", Up: up, Carrier: up, Master: "br0",
			Peer: "eth0", PeerSpace: name, PortState: "forwarding",
		})
	}
	return snapshot.Lab{Spaces: append(lab.Spaces, sw)}
}

func TestPairs(t *testing.T) {
	tests := []struct {
		name  string
		reach Reach
		want  []Pair
		err   string
	}{
		{"all among some", Reach{Among: []string{"A", "h{1..2}"}}, []Pair{{"A", "h1"}, {"A", "h2"}, {"h1", "A"}, {"h1", "h2"}, {"h2", "A"}, {"h2", "h1"}}, ""},
		{"some to others", Reach{From: []string{"A", "B"}, To: []string{"B", ""}}, []Pair{{"A", "B"}, {"A", "host"}, {"B", "host"}}, ""},
		{"twice the same", Reach{Among: []string{"h2", "h{1..3}"}}, nil, "reach: h2 is named twice"},
		{"the host by two names", Reach{Among: []string{"host", ""}}, nil, "reach: host is named twice"},
		{"not a range", Reach{Among: []string{"h{1}"}}, nil, `reach: "h{1}" is not understood: a range is written h{1..8}, once in a name`},
		{"a bad target", Reach{From: []string{"A"}, To: []string{"h{2..1}"}}, nil, `reach: "h{2..1}" counts down: the first number is larger than the second`},
		{"too many", Reach{Among: []string{"h{1..257}"}}, nil, "reach: these are more than 65280 pairs"},
		{"nobody else", Reach{Among: []string{"A"}}, nil, "reach: nobody is left to ping: two namespaces are needed"},
		{"nobody to ping", Reach{From: []string{"A"}}, nil, "reach: among is missing, or from and to"},
		{"nobody pings", Reach{To: []string{"A"}}, nil, "reach: among is missing, or from and to"},
		{"both ways to say it", Reach{Among: []string{"A", "B"}, To: []string{"A"}}, nil, "reach: among says all, without from and to"},
		{"no such family", Reach{Among: []string{"A", "B"}, Family: 5}, nil, "reach: family is 4 or 6, not 5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := ""
			if err := (Check{Reach: &tt.reach}).Validate(); err != nil {
				text = err.Error()
			}
			if text != tt.err {
				t.Errorf("got  %q\nwant %q", text, tt.err)
			}
			if tt.err != "" {
				return
			}
			got, err := tt.reach.Pairs()
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
	if got, err := (Reach{Among: []string{"h{1..256}"}}).Pairs(); err != nil || len(got) != MaxPairs {
		t.Errorf("%d pairs, %v", len(got), err)
	}
}

func TestReachInWords(t *testing.T) {
	for want, c := range map[string]Check{
		"reach among A, h{1..8}":            {Reach: &Reach{Among: []string{"A", "h{1..8}"}}},
		"not reach from A to B, C family 6": {Not: true, Reach: &Reach{From: []string{"A"}, To: []string{"B", "C"}, Family: 6}},
	} {
		if got := c.String(); got != want || c.Kind() != "reach" {
			t.Errorf("%q of kind %q, want %q", got, c.Kind(), want)
		}
	}
}
