package topology

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// randomLab is a lab that somebody could build: switches, routers and hosts,
// wired by chance.
func randomLab(r *rand.Rand) Graph {
	g := Graph{Nodes: []Node{}, Cables: []Cable{}}
	count := 1 + r.IntN(few)
	for i := range count {
		n := Node{Name: fmt.Sprintf("n%d", i), Kind: []Kind{Host, Host, Switch, Router}[r.IntN(4)], Links: []Link{}}
		n.Forward4 = n.Kind == Router
		for b := range r.IntN(3) {
			if n.Kind == Switch && b < 2 {
				n.Links = append(n.Links, Link{Name: fmt.Sprintf("br%d", b), Kind: bridge, State: randomState(r), Addrs: randomAddrs(r)})
			}
		}
		for range r.IntN(2) {
			n.Links = append(n.Links, Link{Name: fmt.Sprintf("d%d", len(n.Links)), Kind: "dummy", State: randomState(r), Addrs: randomAddrs(r)})
		}
		g.Nodes = append(g.Nodes, n)
	}
	for range r.IntN(count + 4) {
		a, b := &g.Nodes[r.IntN(count)], &g.Nodes[r.IntN(count)]
		la, lb := randomLink(r, a), randomLink(r, b)
		g.Cables = append(g.Cables, Cable{Veth, End{a.Name, la}, End{b.Name, lb}})
	}
	for range r.IntN(3) {
		a, b := &g.Nodes[r.IntN(count)], &g.Nodes[r.IntN(count)]
		la, lb := randomLink(r, a), randomLink(r, b)
		for _, l := range []*Link{a.Link(la), b.Link(lb)} {
			l.Kind, l.Tunnel = "vxlan", &Tunnel{ID: 7, To: []string{"10.0.0.1"}}
		}
		g.Cables = append(g.Cables, Cable{VXLAN, End{a.Name, la}, End{b.Name, lb}})
	}
	return g
}

func randomState(r *rand.Rand) State { return []State{Up, Up, NoCarrier, Down}[r.IntN(4)] }

func randomAddrs(r *rand.Rand) []Addr {
	out := []Addr{}
	for range r.IntN(3) {
		out = append(out, Addr{Text: fmt.Sprintf("10.%d.0.%d/24", r.IntN(256), r.IntN(256))})
	}
	return out
}

func randomLink(r *rand.Rand, n *Node) string {
	l := Link{Name: fmt.Sprintf("e%d", len(n.Links)), Kind: "veth", State: randomState(r), Addrs: randomAddrs(r)}
	for _, b := range n.Links {
		if b.Kind == bridge && r.IntN(4) > 0 {
			l.Master, l.Addrs = b.Name, []Addr{}
		}
	}
	n.Links = append(n.Links, l)
	return l.Name
}

// TestADrawingSaysTheTruth reads drawings of random labs back: every dot,
// every port and every cable must be there, and nothing else. A tunnel may be
// left out, for the text beside its end says where it leads.
func TestADrawingSaysTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	fits, tunnels := 0, 0
	for i := range 1200 {
		g := randomLab(r)
		text, ok := Boxes(g, Options{Width: []int{60, 80, 120}[i%3]})
		if !ok {
			continue
		}
		fits++
		seen, must, may := readerOf(t, text).picture(), told(g, Veth), told(g, VXLAN)
		without := slices.DeleteFunc(slices.Clone(seen), func(s string) bool { return slices.Contains(may, s) && !slices.Contains(must, s) })
		tunnels += len(seen) - len(without)
		if diff := cmp.Diff(must, without); diff != "" {
			t.Fatalf("lab %d (-lab +drawing):\n%s\n%s", i, diff, text)
		}
	}
	if fits < 600 || tunnels < 100 {
		t.Errorf("only %d of 1200 labs fit, and %d tunnels are drawn", fits, tunnels)
	}
}
