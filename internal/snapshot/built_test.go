package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// see lets a Built look at labs, one after the other.
func see(labs ...Lab) []string {
	var b Built
	for _, l := range labs {
		b.See(l)
	}
	return b.Lines()
}

// proto says who made a route.
func proto(name string) func(*Route) { return func(r *Route) { r.Proto = name } }

func TestBuiltIsWhatEverCame(t *testing.T) {
	v, w := link(2, "v", "veth"), link(3, "w", "veth")
	renamed := w
	renamed.Name = "eth0"
	br := link(4, "br", "bridge")
	borrowed := br
	borrowed.MAC = v.MAC
	down := routeVia("10.5.0.0/16", "10.0.0.2", "v", linkdown)
	begin := labOf(host())
	for _, tt := range []struct {
		name string
		labs []Lab
		want []string
	}{
		{"nothing", []Lab{begin, begin}, nil},
		{"one look is what was there", []Lab{labOf(host(v), spaceOf("a"))}, nil},
		{"a namespace", []Lab{begin, labOf(host(), spaceOf("a"))}, []string{"1 namespace: a"}},
		{"that is gone again", []Lab{begin, labOf(host(), spaceOf("a")), begin}, []string{"1 namespace: a"}},
		{"a cable, one end of it moved and renamed", []Lab{begin, labOf(host(v, w), spaceOf("a")), labOf(host(v), spaceOf("a", w)), labOf(host(v), spaceOf("a", renamed))},
			[]string{"1 namespace: a", "2 links: v (veth), eth0 (veth) in a"}},
		{"a bridge that takes the address of its port", []Lab{begin, labOf(host(v, br)), labOf(host(v, borrowed))}, []string{"2 links: v (veth), br (bridge)"}},
		{"an address, told once", []Lab{begin, labOf(host(v, addrOn("v", "10.0.0.1/24"))), labOf(host(v, addrOn("v", "10.0.0.1/24")))},
			[]string{"1 link: v (veth)", "1 address: 10.0.0.1/24 on v"}},
		{"what lo and the kernel give themselves is none", []Lab{begin, labOf(host(addrOn("lo", "127.0.0.1/8"), addrOn("lo", "::1/128"), addrOn("lo", "fe80::1/64"), connected("10.0.0.0/24", "lo")))}, nil},
		{"a route, with a carrier and without", []Lab{begin, labOf(host(down)), labOf(host(routeVia("10.5.0.0/16", "10.0.0.2", "v")))},
			[]string{"1 route: 10.5.0.0/16 via 10.0.0.2 dev v"}},
		{"rules, as many as there were at most", []Lab{begin, labOf(host(3), spaceOf("a", 1)), labOf(host(2), spaceOf("a"))}, []string{"1 namespace: a", "4 nftables rules: 1 in a, 3 in host"}},
		{"a kernel without rules", []Lab{labOf(host(-1)), labOf(host(-1))}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, see(tt.labs...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestManyThingsAreFewWords(t *testing.T) {
	spaces := []Space{host()}
	for i := range 30 {
		spaces = append(spaces, spaceOf(fmt.Sprintf("n%02d", i)))
	}
	got := see(labOf(host()), labOf(spaces...))
	if want := []string{"30 namespaces: n00, n01, n02, n03, n04, n05, n06, n07 and 22 more"}; !cmp.Equal(want, got) {
		t.Errorf("%q", got)
	}
	got = see(labOf(host()), labOf(spaces[:10]...))
	if len(got) != 1 || !strings.HasSuffix(got[0], "n08") {
		t.Errorf("one too many is shown after all: %q", got)
	}
}

func TestLeft(t *testing.T) {
	v, br := link(2, "v", "veth"), link(4, "br", "bridge")
	lo := func(up bool) Space {
		s := host()
		s.Links[0].Up = up
		return s
	}
	for _, tt := range []struct {
		name          string
		before, after Lab
		want          []string
	}{
		{"nothing", labOf(host(v), spaceOf("a")), labOf(host(v), spaceOf("a")), nil},
		{"a namespace, with what is in it", labOf(host()), labOf(host(), spaceOf("a", v, br, addrOn("v", "10.0.0.1/24")), spaceOf("b")),
			[]string{"namespace a, and in it v, br", "namespace b"}},
		{"a link, and not what goes with it", labOf(host()), labOf(host(br, addrOn("br", "10.0.0.1/24"), routeVia("10.5.0.0/16", "10.0.0.2", "br"))), []string{"link br (bridge)"}},
		{"an address on what was there", labOf(host(v)), labOf(host(v, addrOn("v", "10.0.0.1/24"))), []string{"addr 10.0.0.1/24 on v"}},
		{"a route through what was there", labOf(host(v)), labOf(host(v, routeVia("10.5.0.0/16", "10.0.0.2", "v"))), []string{"route 10.5.0.0/16 via 10.0.0.2 dev v"}},
		{"not that of the kernel", labOf(host(v)), labOf(host(v, routeVia("10.5.0.0/16", "10.0.0.2", "v", proto("kernel")))), nil},
		{"what is gone", labOf(host(br), spaceOf("a")), labOf(host()), []string{"namespace a: it is gone", "link br: it is gone"}},
		{"a link that is down", labOf(lo(true)), labOf(lo(false)), []string{"link lo is down"}},
		{"in a namespace that was there", labOf(host(), spaceOf("a")), labOf(host(), spaceOf("a", br)), []string{"link br (bridge) in a"}},
		{"rules", labOf(host(0)), labOf(host(2)), []string{"nftables rules: 2, before 0"}},
		{"what is learned goes by itself", labOf(host(v)), labOf(host(v, neighOn("v", "10.0.0.2", "02:00:00:00:00:09", "REACHABLE"))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Left(tt.before, tt.after)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
