package topology

import (
	"fmt"
	"strings"
	"testing"
)

// drawn makes a graph from lines, so that a test can be read:
//
//	h1 eth0 up 10.0.0.1/24 +10.0.0.2/24   a link; + is new, ~ changed
//	s1 s1 up bridge                       a bridge
//	s1 +p1 down of s1                     a port
//	h1 vx0 up vxlan 10 to 10.0.0.9        a tunnel
//	+h2                                   a node without links
//	r1 is router                          what a node is; nat, rules N too
//	h1 eth0 - s1 p1                       a cable; = is a tunnel's
func drawn(t testing.TB, text string) Graph {
	t.Helper()
	g := Graph{Nodes: []Node{}, Cables: []Cable{}}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		g.take(t, words)
	}
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Kind == "" {
			n.Kind = kindOf(*n)
		}
	}
	return g
}

func (g *Graph) take(t testing.TB, words []string) {
	t.Helper()
	mark, name := markOf(words[0])
	if len(words) == 5 && (words[2] == "-" || words[2] == "=") {
		kind := map[string]CableKind{"-": Veth, "=": VXLAN}[words[2]]
		g.Cables = append(g.Cables, Cable{kind, End{words[0], words[1]}, End{words[3], words[4]}})
		return
	}
	n := g.Node(name)
	if n == nil {
		g.Nodes = append(g.Nodes, Node{Name: name, Links: []Link{}, Mark: mark})
		n = &g.Nodes[len(g.Nodes)-1]
	}
	switch {
	case len(words) == 1:
	case words[1] == "is":
		n.is(t, words[2:])
	case len(words) > 2:
		n.Links = append(n.Links, linkFrom(t, words[1:]))
	default:
		t.Fatalf("not a line of a graph: %q", words)
	}
}

func (n *Node) is(t testing.TB, words []string) {
	t.Helper()
	for i, w := range words {
		switch w {
		case "router":
			n.Kind, n.Forward4 = Router, true
		case "switch":
			n.Kind = Switch
		case "nat":
			n.NAT = true
		case "rules":
			if _, err := fmt.Sscan(words[i+1], &n.Rules); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

func linkFrom(t testing.TB, words []string) Link {
	t.Helper()
	l := Link{Kind: "veth", State: map[string]State{"up": Up, "down": Down, "idle": NoCarrier}[words[1]], Addrs: []Addr{}}
	if l.Mark, l.Name = markOf(words[0]); l.State == "" {
		t.Fatalf("%q is no state", words[1])
	}
	for i := 2; i < len(words); i++ {
		switch w := words[i]; {
		case w == "bridge" || w == loopback || w == "dummy":
			l.Kind = w
		case w == "of":
			i++
			l.Master = words[i]
		case w == "on":
			i++
			l.Kind, l.Over = "vlan", words[i]
		case w == "to":
			l.Tunnel.To, i = words[i+1:], len(words)
		case w == "vxlan":
			i++
			l.Kind, l.Tunnel = "vxlan", &Tunnel{}
			if _, err := fmt.Sscan(words[i], &l.Tunnel.ID); err != nil {
				t.Fatal(err)
			}
		default:
			mark, text := markOf(w)
			l.Addrs = append(l.Addrs, Addr{Text: text, Mark: mark, Own: strings.HasPrefix(text, "fe80:") || text == "127.0.0.1/8"})
		}
	}
	return l
}

func markOf(w string) (Mark, string) {
	switch {
	case strings.HasPrefix(w, "+"):
		return New, w[1:]
	case strings.HasPrefix(w, "~"):
		return Changed, w[1:]
	}
	return "", w
}
