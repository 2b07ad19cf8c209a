package run

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"netlab/internal/check"
	"netlab/internal/netlabtest"
	"netlab/internal/op"
)

// do does lines of ip, which must succeed.
func (b *bench) do(lines ...string) {
	b.t.Helper()
	for _, text := range lines {
		l, err := op.ParseLine(text)
		must(b.t, err)
		if err := b.kernel.Do(l); err != nil {
			b.t.Fatalf("%s: %v", text, err)
		}
	}
	b.changed()
}

// star is n namespaces h1, h2 … on a bridge in sw, each with an IPv4 and an
// IPv6 address.
func (b *bench) star(n int) {
	b.t.Helper()
	b.do("ip netns add sw", "ip -n sw link add br0 type bridge")
	for i := 1; i <= n; i++ {
		h := fmt.Sprintf("h%d", i)
		b.do("ip netns add "+h,
			fmt.Sprintf("ip -n sw link add p%d type veth peer name eth0 netns %s", i, h),
			fmt.Sprintf("ip -n %s addr add 10.0.0.%d/24 dev eth0", h, i),
			fmt.Sprintf("ip -n %s addr add fd00::%x/64 dev eth0 nodad", h, i),
			"ip -n "+h+" link set eth0 up",
			fmt.Sprintf("ip -n sw link set p%d master br0 up", i))
	}
	b.do("ip -n sw link set br0 up")
}

func among(n, family int) check.Check {
	return check.Check{Reach: &check.Reach{Among: []string{fmt.Sprintf("h{1..%d}", n)}, Family: family}}
}

// patiently is how a busy machine is waited for.
func (b *bench) patiently(c check.Check) check.Outcome {
	b.t.Helper()
	patience := b.patience
	defer func() { b.patience = patience }()
	b.patience = check.Check.Patience
	c.Within = 20 * time.Second
	out, err := b.decide(soon(b.t), c)
	must(b.t, err)
	return out
}

func TestAllPairsOf32HostsAreAnswered(t *testing.T) {
	b := newBench(t)
	b.star(32)
	for _, family := range []int{4, 6} {
		start := time.Now()
		out := b.patiently(among(32, family))
		t.Logf("IPv%d: %s after %s", family, out.Got, time.Since(start))
		if !out.OK || out.Got != "32 hosts: 992 of 992 answered" {
			t.Errorf("IPv%d: %+v", family, out)
		}
	}
}

func TestAReachLeavesNothingBehind(t *testing.T) {
	b := newBench(t)
	b.star(6)
	before := b.learned()
	for range 3 {
		b.patiently(among(6, 4))
		b.patiently(among(6, 6))
	}
	for _, entry := range b.learned() {
		// Its own solicitations make a host known to the switch at any time.
		if !strings.Contains(strings.Join(before, " "), entry) && !strings.HasPrefix(entry, "sw") {
			t.Errorf("left behind: %s", entry)
		}
	}
}

// The kernel's table of neighbours is one for all namespaces, and full at
// 1024 entries by default.
func TestAllPairsOf64HostsFillNoTable(t *testing.T) {
	b := newBench(t)
	b.star(64)
	for _, family := range []int{4, 6} {
		most := 0
		for range 3 {
			out, n := b.counting(among(64, family))
			most = max(most, n)
			if out.OK && out.Got == "64 hosts: 4032 of 4032 answered" {
				break
			}
			t.Errorf("IPv%d: %+v", family, out)
		}
		t.Logf("IPv%d: %d entries at most", family, most)
		if most == 0 || most > 900 {
			t.Errorf("IPv%d: %d entries at the end of a turn", family, most)
		}
	}
}

// counting judges a check once, and counts the neighbours in all namespaces
// when they are most: at the end of each turn.
func (b *bench) counting(c check.Check) (out check.Outcome, most int) {
	b.t.Helper()
	mark, err := b.kernel.Mark(soon(b.t))
	must(b.t, err)
	defer mark.Close()
	p := prober{mark: mark, echo: 5 * time.Second, after: func() {
		n, err := mark.Entries(c.Reach.Family)
		must(b.t, err)
		most = max(most, n)
	}}
	found, err := p.find(soon(b.t), c)
	must(b.t, err)
	out = check.Judge(c, mark.Lab, found)
	must(b.t, mark.Forget())
	return out, most
}

func TestAReachThatIsBrokenSaysWhereAndWhy(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	yes, no := among(3, 4), among(3, 4)
	no.Not = true
	one := check.Check{Not: true, Reach: &check.Reach{From: []string{"h1"}, To: []string{"h3"}}}
	tests := []struct {
		name  string
		check check.Check
		harm  string
		mend  string
		ok    bool // before the harm
		words []string
	}{
		{"a port is down", yes, "ip -n sw link set p3 down", "ip -n sw link set p3 up", true, []string{"2 of 6 answered, not h1 to h3, h2 to h3, h3 to h1 and 1 more", "h1 to h3: p3 in sw, a port of the bridge br0, is down"}},
		{"an address is gone", yes, "ip -n h2 addr del 10.0.0.2/24 dev eth0", "ip -n h2 addr add 10.0.0.2/24 dev eth0", true, []string{"h2 has no IPv4 address that others could ping"}},
		{"ARP is dead", yes, "ip -n h1 link set eth0 arp off", "ip -n h1 link set eth0 arp on", true, []string{"2 of 6 answered, not h1 to h2, h1 to h3, h2 to h1", "h2 to h1: eth0 in h1 does not answer when its hardware address is asked for"}},
		{"a wrong mask", yes, "ip -n h1 addr del 10.0.0.1/24 dev eth0\nip -n h1 addr add 10.0.0.1/31 dev eth0", "ip -n h1 addr del 10.0.0.1/31 dev eth0\nip -n h1 addr add 10.0.0.1/24 dev eth0", true, []string{"h1 to h2: h1 has no route to 10.0.0.2"}},
		{"a firewall", yes, dropping("h3", false).harm, dropping("h3", false).mend, true, []string{"not h1 to h3, h2 to h3", "h1 to h3: a firewall rule in h3 may drop the packets"}},
		{"nobody must be answered, and all are", no, "true", "", false, []string{"6 of 6 answered: h1 to h2", "is open in both directions"}},
		{"one must not be answered, and is", one, dropping("h2", false).harm, dropping("h2", false).mend, false, []string{"1 of 1 answered: h1 to h3"}},
		{"a namespace is gone", one, "ip netns del h3", "", false, []string{"there is no namespace h3"}},
	}
	b := newBench(t)
	b.star(3)
	b.hasty()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.ok {
				if out := b.patiently(tt.check); !out.OK {
					t.Fatalf("in a whole network: %+v", out)
				}
			}
			must(t, b.sh(tt.harm))
			out, err := b.decide(soon(t), tt.check)
			must(t, err)
			for _, w := range tt.words {
				if out.OK || !strings.Contains(out.Got+"\n"+out.Cause, w) {
					t.Errorf("no %q in %+v", w, out)
				}
			}
			if tt.mend != "" {
				must(t, b.sh(tt.mend))
			}
		})
	}
}

func TestTurnsHoldEachPairOnceAndFewPairs(t *testing.T) {
	for _, r := range []check.Reach{
		{Among: []string{"h{1..64}"}}, {Among: []string{"h{1..3}"}}, {From: []string{"h1"}, To: []string{"h{2..900}"}},
		{From: []string{"a{1..70}"}, To: []string{"b{1..70}"}},
	} {
		pairs, err := r.Pairs()
		must(t, err)
		seen := map[int]bool{}
		least, all := 0, turns(pairs, 16)
		for _, turn := range all {
			entries := map[check.Pair]bool{}
			for _, i := range turn {
				if seen[i] {
					t.Errorf("%v twice", pairs[i])
				}
				seen[i] = true
				p := pairs[i]
				entries[p], entries[check.Pair{From: p.To, To: p.From}] = true, true
			}
			if len(entries) > 512 {
				t.Errorf("%d entries in a turn of %d", len(entries), len(turn))
			}
			least += len(entries)
		}
		if len(all) > 1+3*least/512 {
			t.Errorf("%d turns for %d entries", len(all), least)
		}
		if len(seen) != len(pairs) {
			t.Errorf("%d of %d pairs", len(seen), len(pairs))
		}
	}
}

func BenchmarkReach32(b *testing.B) {
	x := newBench(b)
	x.star(32)
	x.patiently(among(32, 4))
	for b.Loop() {
		if out, err := x.try(soon(b), among(32, 4), time.Second); err != nil || !out.OK {
			b.Fatalf("%+v, %v", out, err)
		}
	}
}

// BenchmarkReach64 tells the most neighbours that the kernel kept at once; 900
// is the limit.
func BenchmarkReach64(b *testing.B) {
	x := newBench(b)
	x.star(64)
	x.patiently(among(64, 4))
	most := 0
	for b.Loop() {
		out, n := x.counting(among(64, 4))
		if !out.OK {
			b.Fatalf("%+v", out)
		}
		most = max(most, n)
	}
	b.ReportMetric(float64(most), "most-neighbours")
}
