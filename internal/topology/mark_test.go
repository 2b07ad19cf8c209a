package topology

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// marks lists what is marked in a graph.
func marks(g Graph) []string {
	var out []string
	say := func(m Mark, words ...string) {
		if m != "" {
			out = append(out, string(m)+" "+strings.Join(words, " "))
		}
	}
	for _, n := range g.Nodes {
		say(n.Mark, n.Name)
		for _, l := range n.Links {
			say(l.Mark, n.Name, l.Name)
			for _, a := range l.Addrs {
				say(a.Mark, n.Name, l.Name, a.Text)
			}
		}
	}
	return out
}

func TestWhatIsNewIsMarked(t *testing.T) {
	const pair = "ns1 v1 up 10.0.0.1/24\nns2 v2 up\nns1 v1 - ns2 v2"
	tests := []struct {
		name        string
		before, now string
		other       bool // the picture is another one
		want        []string
	}{
		{"nothing happened", pair, pair, false, nil},
		{"a namespace, whose lo is nothing new", "host", "host\nns1 lo down loopback", true, []string{"new ns1"}},
		{"a namespace with a link", "host", "host\nns1 v1 down", true, []string{"new ns1", "new ns1 v1"}},
		{"a link", "ns1 v1 up", "ns1 v1 up\nns1 v2 down", true, []string{"new ns1 v2"}},
		{"an address", "ns1 v1 up", "ns1 v1 up 10.0.0.1/24", true, []string{"new ns1 v1 10.0.0.1/24"}},
		{"another address", "ns1 v1 up 10.0.0.1/24", "ns1 v1 up 10.0.0.2/24", true, []string{"new ns1 v1 10.0.0.2/24"}},
		{"an address less", "ns1 v1 up 10.0.0.1/24", "ns1 v1 up", true, nil},
		{"the kernel's own address is no part of the picture", "ns1 v1 up", "ns1 v1 up fe80::1/64", false, nil},
		{"a link is switched on", "ns1 v1 down", "ns1 v1 idle", true, []string{"changed ns1 v1"}},
		{"lo is switched on", "ns1 lo down loopback", "ns1 lo up loopback", true, []string{"changed ns1 lo"}},
		{"a link becomes a port", "s b up bridge\ns v1 up", "s b up bridge\ns v1 up of b", true, []string{"changed s", "changed s v1"}},
		{"forwarding", "r v1 up 10.0.0.1/24", "r is router\nr v1 up 10.0.0.1/24", true, []string{"changed r"}},
		{"a rule of the firewall", "r v1 up", "r is rules 1\nr v1 up", true, []string{"changed r"}},
		{"a tunnel to somewhere else", "n x up vxlan 7 to 10.0.0.1", "n x up vxlan 7 to 10.0.0.2", true, []string{"changed n x"}},
		{"a link becomes a tunnel", "n x up", "n x up vxlan 7", true, []string{"changed n x"}},
		{"a link is moved", "ns1 v1 up\nns2", "ns1\nns2 v1 up", true, []string{"new ns2 v1"}},
		{"a namespace less", "ns1\nns2", "ns1", true, nil},
		{"a link less", pair, "ns1 v1 up 10.0.0.1/24\nns2", true, nil},
		{"a cable to another link", "a x up\nb y up\nb z up\na x - b y", "a x up\nb y up\nb z up\na x - b z", true, nil},
		{"all of it", "", "ns1 v1 up 10.0.0.1/24", true, []string{"new ns1", "new ns1 v1", "new ns1 v1 10.0.0.1/24"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, now := drawn(t, tt.before), drawn(t, tt.now)
			got, other := Marked(before, now)
			if diff := cmp.Diff(tt.want, marks(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if other != tt.other {
				t.Errorf("another picture: %v", other)
			}
			if diff := cmp.Diff(drawn(t, tt.now), now); diff != "" {
				t.Errorf("the graph itself was changed:\n%s", diff)
			}
		})
	}
}
