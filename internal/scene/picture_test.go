package scene

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// said writes a picture in one line.
func said(p Picture) string {
	var out []string
	for _, n := range p.Nets {
		var ends []string
		for _, e := range n.Ends {
			ends = append(ends, strings.TrimSpace(e.Node+" "+e.Dev+" "+strings.Join(e.Addrs, " ")))
		}
		out = append(out, n.Switch+"["+strings.Join(ends, ", ")+"]")
	}
	for _, g := range p.Groups {
		out = append(out, fmt.Sprintf("%d %s %s-%s on %s %v-%v", g.Count, g.Kind, g.First, g.Last, g.On, g.From, g.To))
	}
	return strings.Join(out, "; ")
}

func TestPictures(t *testing.T) {
	nodes, links := good()
	whole := Wire(nodes, links)
	row := []Node{{Name: "h1", Kind: Host}}
	var rowLinks []Link
	for i := range 20 {
		row = append(row, router(fmt.Sprint("r", i)))
		to := fmt.Sprint("r", i-1)
		if i == 0 {
			to = "h1"
		}
		rowLinks = append(rowLinks, Link{Node: fmt.Sprint("r", i), To: to})
	}
	mixed := switches("s1")
	for i := range 15 {
		mixed = append(mixed, Node{Name: fmt.Sprint("h", i), Kind: Host}, router(fmt.Sprint("r", i)))
	}
	tests := []struct {
		name  string
		scene Scene
		want  string
	}{
		{"nothing", Scene{}, ""},
		{"a cable", Wire(hosts("a", "b"), []Link{{Node: "a", To: "b", Addrs: prefixes("10.0.0.1/24")}}), "[a eth0 10.0.0.1/24, b eth0]"},
		{"a node alone", Wire(hosts("a"), nil), "[a]"},
		{"two switches and a router", whole, "s1[A eth0 10.1.0.1/24 fd00:1::1/64, r eth0 10.1.0.254/24 fd00:1::fe/64]; s2[B eth0 10.2.0.1/24, r eth1 10.2.0.254/24]"},
		{"a switch at a switch", Wire(switches("s", "t"), []Link{{Node: "s", To: "t"}}), "s[t]"},
		{"as many as can be drawn", star(10), "switch1[" + tenHosts() + "]"},
		{"one more", star(11), "1 switch switch1-switch1 on  []-[]; 11 host h1-h11 on switch1 [10.0.0.1/16]-[10.0.0.11/16]"},
		{"a row of routers", Wire(row, rowLinks), "1 host h1-h1 on r0 []-[]; 19 router r0-r18 on  []-[]; 1 router r19-r19 on r18 []-[]"},
		{"all kinds by turns", Wire(mixed, nil), "15 host h0-h14 on  []-[]; 15 router r0-r14 on  []-[]; 1 switch s1-s1 on  []-[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.scene.Picture()
			if d := cmp.Diff(tt.want, said(p)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			lines := len(p.Groups)
			for _, n := range p.Nets {
				lines += 1 + len(n.Ends)
			}
			if lines > maxDrawn {
				t.Errorf("%d lines", lines)
			}
		})
	}
}

func tenHosts() string {
	var out []string
	for i := 1; i <= 10; i++ {
		out = append(out, fmt.Sprintf("h%d eth0 10.0.0.%d/16", i, i))
	}
	return strings.Join(out, ", ")
}

func TestJoin(t *testing.T) {
	a, b := star(2), Wire(hosts("x", "y"), []Link{{Node: "x", To: "y"}})
	all := Join(a, Scene{}, b)
	if len(all.Nodes) != 5 || len(all.Cables) != 3 || len(a.Nodes) != 3 {
		t.Errorf("%d nodes, %d cables", len(all.Nodes), len(all.Cables))
	}
	if !Join().Empty() || all.Empty() {
		t.Error("empty")
	}
}
