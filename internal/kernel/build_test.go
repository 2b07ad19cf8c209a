package kernel

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
	"netlab/internal/scene"
	"netlab/internal/snapshot"
)

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func way(to, via string) scene.Route {
	return scene.Route{To: netip.MustParsePrefix(to), Via: netip.MustParseAddr(via)}
}

func pairScene() scene.Scene {
	return scene.Wire(
		[]scene.Node{{Name: "a", Kind: scene.Host}, {Name: "b", Kind: scene.Host}},
		[]scene.Link{{Node: "a", To: "b", Addrs: prefixes("10.0.0.1/24")}, {Node: "b", To: "a", Addrs: prefixes("10.0.0.2/24")}})
}

// starScene is n hosts on one switch.
func starScene(n int) scene.Scene {
	nodes := []scene.Node{{Name: "switch1", Kind: scene.Switch}}
	var links []scene.Link
	for i := 1; i <= n; i++ {
		name := fmt.Sprint("h", i)
		nodes = append(nodes, scene.Node{Name: name, Kind: scene.Host})
		links = append(links, scene.Link{Node: name, To: "switch1", Addrs: prefixes(fmt.Sprintf("10.0.%d.%d/16", i>>8, i&255))})
	}
	return scene.Wire(nodes, links)
}

// chainScene is a host, n routers and a host, as in a row.
func chainScene(n int) scene.Scene {
	first, last := netip.MustParsePrefix("10.1.0.0/24"), netip.MustParsePrefix("10.2.0.0/24")
	nodes := []scene.Node{{Name: "h1", Kind: scene.Host, Routes: []scene.Route{way("0.0.0.0/0", "10.1.0.1")}}}
	links := []scene.Link{{Node: "h1", To: "r1", Addrs: prefixes("10.1.0.2/24")}}
	between := func(i, side int) netip.Addr { return netip.AddrFrom4([4]byte{10, 3, byte(i >> 6), byte(i<<2 + side)}) }
	for i := 1; i <= n; i++ {
		r := scene.Node{Name: fmt.Sprint("r", i), Kind: scene.Router, Forward: true}
		left := scene.Link{Node: r.Name, To: fmt.Sprint("r", i-1), Addrs: []netip.Prefix{netip.PrefixFrom(between(i, 2), 30)}}
		right := scene.Link{Node: r.Name, To: fmt.Sprint("r", i+1), Addrs: []netip.Prefix{netip.PrefixFrom(between(i+1, 1), 30)}}
		if i == 1 {
			left.To, left.Addrs = "h1", prefixes("10.1.0.1/24")
		} else {
			r.Routes = append(r.Routes, scene.Route{To: first, Via: between(i, 1)})
		}
		if i == n {
			right.To, right.Addrs = "h2", prefixes("10.2.0.1/24")
		} else {
			r.Routes = append(r.Routes, scene.Route{To: last, Via: between(i+1, 2)})
		}
		nodes, links = append(nodes, r), append(links, left, right)
	}
	nodes = append(nodes, scene.Node{Name: "h2", Kind: scene.Host, Routes: []scene.Route{way("0.0.0.0/0", "10.2.0.1")}})
	links = append(links, scene.Link{Node: "h2", To: fmt.Sprint("r", n), Addrs: prefixes("10.2.0.2/24")})
	return scene.Wire(nodes, links)
}

// mixedScene has everything that a scene can have.
func mixedScene() scene.Scene {
	return scene.Wire(
		[]scene.Node{
			{Name: "A", Kind: scene.Host, Routes: []scene.Route{way("0.0.0.0/0", "192.168.1.254"), way("::/0", "fd00:1::fe")}},
			{Name: "B", Kind: scene.Host},
			{Name: "D", Kind: scene.Host, Routes: []scene.Route{way("192.168.1.0/24", "192.168.2.254"), way("fd00:1::/64", "fd00:2::fe")}},
			{Name: "switch1", Kind: scene.Switch}, {Name: "switch2", Kind: scene.Switch},
			{Name: "a-switch-with-a-long-name", Kind: scene.Switch},
			{Name: "router", Kind: scene.Router, Forward: true}, {Name: "idle", Kind: scene.Router},
		},
		[]scene.Link{
			{Node: "A", To: "switch1", Addrs: prefixes("192.168.1.1/24", "fd00:1::1/64"), MAC: "02:00:00:00:00:0a"},
			{Node: "B", To: "switch1", Dev: "left", Addrs: prefixes("192.168.1.2/24")},
			{Node: "B", To: "switch1"},
			{Node: "router", To: "switch1", Addrs: prefixes("192.168.1.254/24", "fd00:1::fe/64")},
			{Node: "router", To: "switch2", Dev: "wan", Addrs: prefixes("192.168.2.254/24", "fd00:2::fe/64")},
			{Node: "switch2", To: "a-switch-with-a-long-name"},
			{Node: "D", To: "a-switch-with-a-long-name", Addrs: prefixes("192.168.2.4/24", "fd00:2::4/64")},
			{Node: "idle", To: "router", Addrs: prefixes("10.9.9.1/30")},
		})
}

func scenes() map[string]scene.Scene {
	no6 := chainScene(2)
	no6.NoIPv6 = true
	return map[string]scene.Scene{"without IPv6": no6,
		"pair": pairScene(), "star 2": starScene(2), "star 8": starScene(8), "chain 2": chainScene(2), "chain 6": chainScene(6), "mixed": mixedScene(),
	}
}

// TestBuildLeavesWhatItsOpsLeave is the law of truth for scenes: the fast path
// and its lines, one by one, leave the same network.
func TestBuildLeavesWhatItsOpsLeave(t *testing.T) {
	for name, s := range scenes() {
		t.Run(name, func(t *testing.T) {
			if found := s.Validate(); len(found) > 0 {
				t.Fatalf("the scene is not valid: %v", found)
			}
			k := New()
			defer clean(t, k)
			for _, l := range s.Ops() {
				if err := k.Do(l); err != nil {
					t.Fatalf("%s: %v", l, err)
				}
			}
			want := normal(t, k)
			clean(t, k)
			if err := k.Build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, normal(t, k)); d != "" {
				t.Errorf("the networks differ (- ops, + build):\n%s", d)
			}
		})
	}
}

func normal(t testing.TB, k *Kernel) []string {
	t.Helper()
	return snapshot.Normalise(snap(t, k)).Lines()
}

// TestTheRealToolsBuildTheSame does the lines of each scene with the real
// tools.
func TestTheRealToolsBuildTheSame(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	for name, s := range scenes() {
		t.Run(name, func(t *testing.T) {
			real := startRunner(t, asPrinted)
			for _, l := range s.Ops() {
				if out := real.do(t, l.String()); out.Exit != 0 {
					t.Fatalf("%s: exit code %d: %s", l, out.Exit, out.Stderr)
				}
			}
			k := New()
			defer clean(t, k)
			if err := k.Build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(real.lab(t), normal(t, k)); d != "" {
				t.Errorf("the networks differ (- real, + ours):\n%s\nlines:\n%s", d, opLines(s))
			}
		})
	}
}

func opLines(s scene.Scene) string {
	var b strings.Builder
	for _, l := range s.Ops() {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}
