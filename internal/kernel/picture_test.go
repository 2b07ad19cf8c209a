package kernel

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/snapshot"
	"netlab/internal/topology"
)

// TestThePictureOfASceneIsThatOfTheKernel: what is drawn of a scene before the
// lesson is what the kernel has when it is built.
func TestThePictureOfASceneIsThatOfTheKernel(t *testing.T) {
	for name, s := range scenes() {
		t.Run(name, func(t *testing.T) {
			k := New()
			defer clean(t, k)
			if err := k.Build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			want, got := parts(topology.Of(snap(t, k))), parts(topology.OfScene(s))
			if len(want) < 4 {
				t.Fatalf("the kernel has only %q", want)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("the pictures differ (- kernel, + scene):\n%s", d)
			}
		})
	}
}

// parts lists what a graph has, in no order of its own. Addresses that the
// kernel gives by itself, and host, are left out.
func parts(g topology.Graph) []string {
	var out []string
	for _, n := range g.Nodes {
		if n.Name == snapshot.Host {
			continue
		}
		out = append(out, fmt.Sprintf("%s %s %v %v %v %d", n.Name, n.Kind, n.Forward4, n.Forward6, n.NAT, n.Rules))
		for _, l := range n.Links {
			words := fmt.Sprintf("%s %s %s %s of %q", n.Name, l.Name, l.Kind, l.State, l.Master)
			for _, a := range l.Addrs {
				if !a.Own {
					words += " " + a.Text
				}
			}
			out = append(out, words)
		}
	}
	for _, c := range g.Cables {
		ends := []string{c.A.Node + " " + c.A.Link, c.B.Node + " " + c.B.Link}
		slices.Sort(ends)
		out = append(out, fmt.Sprintf("%s %q", c.Kind, ends))
	}
	slices.Sort(out)
	return out
}
