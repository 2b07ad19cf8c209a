package topology

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// switchWith is a switch with so many computers; each line is changed by change.
func switchWith(t *testing.T, hosts int, change func(i int, lines string) string) Graph {
	t.Helper()
	var b strings.Builder
	b.WriteString("s1 s1 up bridge\n")
	for i := 1; i <= hosts; i++ {
		b.WriteString(change(i, fmt.Sprintf("s1 p%d up of s1\nh%d eth0 up 10.0.0.%d/24\nh%d eth0 - s1 p%d\n", i, i, i, i, i)))
	}
	return drawn(t, b.String())
}

// groups lists the nodes of a graph, with how many they are, and their links.
func groups(g Graph) []string {
	var out []string
	for i := range g.Nodes {
		n := &g.Nodes[i]
		words := []string{fmt.Sprintf("%d %s:", max(n.Count, 1), n.name())}
		for j := range n.Links {
			l := &n.Links[j]
			words = append(words, l.name())
			for _, a := range l.Addrs {
				words = append(words, a.words())
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return append(out, fmt.Sprint(len(g.Cables), " cables"))
}

func TestEqualLeavesBecomeOne(t *testing.T) {
	same := func(_ int, lines string) string { return lines }
	only := func(n int, old, new string) func(int, string) string {
		return func(i int, lines string) string {
			if i == n {
				return strings.Replace(lines, old, new, 1)
			}
			return lines
		}
	}
	tests := []struct {
		name string
		g    Graph
		want []string
	}{
		{"twenty computers", switchWith(t, 20, same), []string{
			"20 h1 … h20: eth0 10.0.0.1/24 … 10.0.0.20/24", "1 s1: s1 p1 … p20", "1 cables",
		}},
		{"one is down", switchWith(t, 20, only(3, "eth0 up", "eth0 down")), []string{
			"19 h1 … h20: eth0 10.0.0.1/24 … 10.0.0.20/24", "1 h3: eth0 10.0.0.3/24", "1 s1: s1 p1 … p20 p3", "2 cables",
		}},
		{"the port of one is down", switchWith(t, 20, only(3, "p3 up", "p3 idle")), []string{
			"19 h1 … h20: eth0 10.0.0.1/24 … 10.0.0.20/24", "1 h3: eth0 10.0.0.3/24", "1 s1: s1 p1 … p20 p3", "2 cables",
		}},
		{"one is new", switchWith(t, 20, only(20, "h20 eth0 up", "+h20 +eth0 up")), []string{
			"19 h1 … h19: eth0 10.0.0.1/24 … 10.0.0.19/24", "1 h20: eth0 10.0.0.20/24", "1 s1: s1 p1 … p19 p20", "2 cables",
		}},
		{"one has another address more", switchWith(t, 20, only(1, "10.0.0.1/24", "10.0.0.1/24 10.9.0.1/24")), []string{
			"1 h1: eth0 10.0.0.1/24 10.9.0.1/24", "19 h2 … h20: eth0 10.0.0.2/24 … 10.0.0.20/24", "1 s1: s1 p1 p2 … p20", "2 cables",
		}},
		{"one is in a network of another length", switchWith(t, 20, only(1, "10.0.0.1/24", "10.0.0.1/16")), []string{
			"1 h1: eth0 10.0.0.1/16", "19 h2 … h20: eth0 10.0.0.2/24 … 10.0.0.20/24", "1 s1: s1 p1 p2 … p20", "2 cables",
		}},
		{"addresses of the kernel's own make no difference", switchWith(t, 14, only(2, "10.0.0.2/24", "fe80::2/64 10.0.0.2/24")), []string{
			"14 h1 … h14: eth0 10.0.0.1/24 … 10.0.0.14/24", "1 s1: s1 p1 … p14", "1 cables",
		}},
		{"namespaces without a cable", drawn(t, "n1\nn2\nn3\nn4\nn5\nn6\nn7\nn8\nn9\nn10\nn11\nn12\nn13"), []string{"13 n1 … n13:", "0 cables"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, err := json.Marshal(tt.g)
			if err != nil {
				t.Fatal(err)
			}
			small := tt.g.Collapsed()
			if diff := cmp.Diff(tt.want, groups(small)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			after, _ := json.Marshal(tt.g)
			if string(before) != string(after) {
				t.Error("the graph itself was changed")
			}
			if small.size() != tt.g.size() {
				t.Errorf("%d nodes of %d", small.size(), tt.g.size())
			}
			if diff := cmp.Diff(groups(small), groups(small.Collapsed())); diff != "" {
				t.Errorf("the second time (-once +twice):\n%s", diff)
			}
		})
	}
}

func TestWhatStaysByItself(t *testing.T) {
	t.Run("a dozen nodes", func(t *testing.T) {
		g := switchWith(t, few-1, func(_ int, lines string) string { return lines })
		if diff := cmp.Diff(g, g.Collapsed()); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("routers, and computers on their own links", func(t *testing.T) {
		var lines []string
		for i := range 13 {
			lines = append(lines, fmt.Sprintf("r e%d up 10.%d.0.1/24\nh%d eth0 up 10.%d.0.2/24\nh%d eth0 - r e%d", i, i, i, i, i, i))
		}
		g := drawn(t, strings.Join(lines, "\n"))
		if got := g.Collapsed(); len(got.Nodes) != 14 || len(got.Cables) != 13 {
			t.Errorf("%q", groups(got))
		}
	})
	t.Run("two of a kind", func(t *testing.T) {
		g := switchWith(t, 14, func(i int, lines string) string {
			return strings.Replace(lines, "eth0 up", []string{"eth0 up", "eth0 down", "eth0 idle", "eth0 up vxlan 7", "eth0 up dummy", "eth0 up on x", "eth0 up vxlan 8"}[i%7], 1)
		})
		if got := g.Collapsed(); len(got.Nodes) != 15 {
			t.Errorf("%q", groups(got))
		}
	})
}

func TestNaturalOrder(t *testing.T) {
	want := []string{"host", "A", "B2", "a", "h", "h1", "h2", "h02", "h10", "h10b2", "h10b12", "h100", "i", "é"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, natural)
	// Equal numbers are told apart by their text: 02 comes before 2.
	want[6], want[7] = want[7], want[6]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if natural("h1", "h1") != 0 || natural("", "a") >= 0 {
		t.Error("equal names, and none")
	}
}
