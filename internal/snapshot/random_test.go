package snapshot

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/op"
)

// randomLab makes a lab that a kernel might have, or nearly.
func randomLab(r *rand.Rand) Lab {
	lab := labOf(host(randomThings(r)...))
	for _, name := range []string{"a", "b", "c"} {
		if r.IntN(3) > 0 {
			lab.Spaces = append(lab.Spaces, spaceOf(name, randomThings(r)...))
		}
	}
	return lab
}

// randomThings are links with what may be on them.
func randomThings(r *rand.Rand) []any {
	var things []any
	some := func() bool { return r.IntN(2) == 0 }
	for i, name := range []string{"v0", "v1", "br0", "vx"} {
		if some() {
			continue
		}
		l := randomLink(r, i+2, name)
		things = append(things, l)
		if some() {
			things = append(things, addrOn(name, fmt.Sprintf("10.%d.0.%d/24", r.IntN(2), 1+r.IntN(2))), connected("10.0.0.0/24", name, func(p *Route) { p.LinkDown = some() }))
		}
		if some() {
			things = append(things, addrOn(name, fmt.Sprintf("fd00::%d/64", 1+r.IntN(2))), addrOn(name, "fe80::1/64"), connected("fe80::/64", name))
		}
		if some() {
			things = append(things, routeVia("0.0.0.0/0", fmt.Sprintf("10.0.0.%d", 1+r.IntN(3)), name), routeVia("::/0", "fd00::9", name))
		}
		if some() {
			state := []string{"REACHABLE", "STALE", "FAILED", "PERMANENT"}[r.IntN(4)]
			things = append(things, neighOn(name, "10.0.0.9", fmt.Sprintf("02:00:00:00:00:2%d", r.IntN(3)), state), neighOn(name, "fe80::9", machine, state))
		}
		if some() {
			things = append(things, FDB{Link: name, MAC: machine, Master: l.Master, State: []string{"reachable", "static", "permanent"}[r.IntN(3)]})
		}
	}
	for _, rare := range []any{
		ruleFor(100, "10.0.0.0/8", 100), ruleFor(200, "fd00::/8", 7, func(p *PolicyRule) { p.Action = "blackhole" }), routeVia("10.8.0.0/16", "", "v0", func(x *Route) { x.Table = 100 }),
		listening("0.0.0.0:80"), listening("[::1]:53", func(s *Socket) { s.Proto = "udp" }), nftRule("input", "drop"), nftRule("", "jump d"), nftChain("forward", "drop"), oldRule("-j DROP"), oldChain("drop"),
	} {
		if some() {
			things = append(things, rare)
		}
	}
	if some() {
		return append(things, map[string]string{"net.ipv4.ip_forward": fmt.Sprint(r.IntN(2))})
	}
	return append(things, r.IntN(3)-1, map[string]string{"net.ipv4.ip_forward": fmt.Sprint(r.IntN(2))})
}

func randomLink(r *rand.Rand, index int, name string) Link {
	var l Link
	switch name {
	case "br0":
		l = bridge(index, name, func(l *Link) { l.Bridge.STP = r.IntN(2) == 0 })
	case "vx":
		l = link(index, name, "vxlan", func(l *Link) { l.VXLAN = &VXLAN{ID: r.Uint32N(2), DstPort: 4789} })
	default:
		l = veth(index, name, "v0", []string{Host, "a", "b"}[r.IntN(3)])
		if r.IntN(3) == 0 {
			portOf("br0")(&l)
		}
	}
	for _, change := range []func(*Link){down, noSignal, func(l *Link) { l.MTU = 1400 }, func(l *Link) { l.MAC = "02:00:00:00:01:00" }, confOf(func(c *Conf) { c.Forwarding, c.RPFilter = r.IntN(2), r.IntN(3) })} {
		if r.IntN(4) == 0 {
			change(&l)
		}
	}
	return l
}

// TestAnyTwoLabsAreTold holds what must be true of each diff: nothing between
// a lab and itself, each line once, each with a sign, a place and a reason that
// reads well, and the labs are left as they were.
func TestAnyTwoLabsAreTold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	told := map[string]int{}
	for range 400 {
		was, now := randomLab(r), randomLab(r)
		before := text(t, was) + text(t, now)
		if same := Diff(was, was); len(same) != 0 {
			t.Fatalf("a lab differs from itself: %v\n%s", same, text(t, was))
		}
		seen := map[string]bool{}
		for _, c := range Diff(was, now) {
			told[c.Sign]++
			if seen[c.String()] {
				t.Fatalf("%q twice", c)
			}
			seen[c.String()] = true
			if why := badChange(c); why != "" {
				t.Fatalf("%s: %+v", why, c)
			}
		}
		if after := text(t, was) + text(t, now); after != before {
			t.Fatalf("comparing changed the labs:\n%s", cmp.Diff(before, after))
		}
	}
	for _, sign := range []string{"+", "-", "~"} {
		if told[sign] < 300 {
			t.Errorf("only %d changes with %s: this proves little", told[sign], sign)
		}
	}
}

func text(t *testing.T, lab Lab) string {
	t.Helper()
	b, err := json.Marshal(lab)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// badChange says what is wrong with a change; empty if nothing.
func badChange(c Change) string {
	switch {
	case !slices.Contains([]string{"+", "-", "~"}, c.Sign):
		return "no sign"
	case c.Space == "" || c.Line == "" || c.Reason == "":
		return "a part is missing"
	case strings.HasSuffix(c.Reason, ".") || strings.HasSuffix(c.Reason, " ") || strings.HasSuffix(c.Reason, ": "):
		return "the reason ends badly"
	case strings.Contains(c.Line+c.Reason, "  ") || strings.Contains(c.Reason, " ,") || strings.Contains(c.Line+c.Reason, "invalid"):
		return "it reads badly"
	}
	return ""
}

// TestNormaliseIsStable: normalising twice is normalising once, leaves
// the lab as it was, and does not depend on the order of things.
func TestNormaliseIsStable(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		lab := randomLab(r)
		before := text(t, lab)
		once := Normalise(lab)
		if d := cmp.Diff(text(t, once), text(t, Normalise(once))); d != "" {
			t.Fatalf("the second time differs:\n%s", d)
		}
		if after := text(t, lab); after != before {
			t.Fatalf("the lab was changed:\n%s", cmp.Diff(before, after))
		}
		mixed := Lab{}
		for _, s := range lab.Spaces {
			c := s.copied()
			for _, swap := range []func(){
				func() { shuffle(r, c.Links) }, func() { shuffle(r, c.Addrs) }, func() { shuffle(r, c.Routes) },
				func() { shuffle(r, c.Neighs) }, func() { shuffle(r, c.FDB) }, func() { shuffle(r, c.Sockets) },
			} {
				swap()
			}
			mixed.Spaces = append(mixed.Spaces, c)
		}
		if d := cmp.Diff(once.Lines(), Normalise(mixed).Lines()); d != "" {
			t.Fatalf("the order of things is seen:\n%s", d)
		}
		if d := cmp.Diff(lab.Lines(), mixed.Lines()); d != "" {
			t.Fatalf("the order of things is seen in the lines:\n%s", d)
		}
	}
}

func shuffle[T any](r *rand.Rand, things []T) {
	r.Shuffle(len(things), func(i, j int) { things[i], things[j] = things[j], things[i] })
}

// TestLookupAgreesWithAWalk compares Lookup with the plain rule: sort what
// covers the target by length and metric, take the first.
func TestLookupAgreesWithAWalk(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		s := spaceOf("a")
		for i := range 1 + r.IntN(8) {
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(r.IntN(2)), byte(r.IntN(2)), byte(r.IntN(4))}), r.IntN(33)).Masked()
			s.Routes = append(s.Routes, routeVia(p.String(), "", fmt.Sprint("v", i), func(x *Route) {
				x.Metric, x.Dead, x.Table = r.Uint32N(3), r.IntN(6) == 0, []uint32{254, 254, 254, 100}[r.IntN(4)]
			}))
		}
		to := netip.AddrFrom4([4]byte{10, byte(r.IntN(2)), byte(r.IntN(2)), byte(r.IntN(4))})
		cover := slices.DeleteFunc(slices.Clone(s.Routes), func(x Route) bool { return x.Dead || x.Table != 254 || !x.Dst.Contains(to) })
		slices.SortStableFunc(cover, func(a, b Route) int {
			if a.Dst.Bits() != b.Dst.Bits() {
				return b.Dst.Bits() - a.Dst.Bits()
			}
			return int(a.Metric) - int(b.Metric)
		})
		got, ok := s.Lookup(to)
		if ok != (len(cover) > 0) || ok && got != cover[0] {
			t.Fatalf("to %s: %+v (%v), want the first of %+v", to, got, ok, cover)
		}
	}
}

// TestAnyLabCanBeShown: no question of netlab's own panics or gives half a
// line, whatever the lab has.
func TestAnyLabCanBeShown(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var questions []op.Query
	for _, line := range []string{
		"ip link", "ip -br link", "ip addr", "ip -br addr", "ip -4 addr", "ip -6 addr", "ip route", "ip -6 route", "route -n", "ip neigh", "ip -br neigh",
		"bridge fdb", "bridge link", "ip netns", "ip route get 10.0.0.1", "ip route get fd00::1", "ip route get 10.0.0.255", "ip link show dev v0", "bridge fdb show br br0",
	} {
		questions = append(questions, question(t, line))
	}
	answered := 0
	for range 200 {
		lab := randomLab(r)
		for _, q := range questions {
			out, err := Show(lab, q)
			if out != "" && !strings.HasSuffix(out, "\n") || err != nil && out != "" {
				t.Fatalf("%v: %q, %v", q.Args, out, err)
			}
			if out != "" {
				answered++
			}
		}
	}
	if answered < 1000 {
		t.Errorf("only %d answers", answered)
	}
}
