package filter

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/net/bpf"

	"netlab/internal/netlabtest"
)

// tcpdump's program of a filter, for Ethernet. It refuses one that can keep
// nothing.
func tcpdump(t *testing.T, text string) []bpf.RawInstruction {
	t.Helper()
	var said strings.Builder
	cmd := exec.Command("tcpdump", "-ddd", "-y", "EN10MB", text)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if strings.Contains(said.String(), "rejects all packets") {
		return []bpf.RawInstruction{{Op: 6}} // ret #0
	}
	if err != nil {
		t.Fatalf("tcpdump does not take %q: %v: %s", text, err, &said)
	}
	var n int
	in := bytes.NewReader(out)
	if _, err := fmt.Fscan(in, &n); err != nil {
		t.Fatal(err)
	}
	raw := make([]bpf.RawInstruction, n)
	for i := range raw {
		if _, err := fmt.Fscan(in, &raw[i].Op, &raw[i].Jt, &raw[i].Jf, &raw[i].K); err != nil {
			t.Fatal(err)
		}
	}
	return raw
}

// TestAsTcpdump: the same words keep the same frames as with tcpdump, of those
// of the tables and of many that were changed here and there.
func TestAsTcpdump(t *testing.T) {
	_, err := exec.LookPath("tcpdump")
	netlabtest.Require(t, err == nil, "tcpdump")
	rnd := rand.New(rand.NewPCG(1, 2))
	many := variants(rnd)
	for _, text := range append(basics(), mixed(rnd)...) {
		ours, err := Compile(text, 1000, Ethernet)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		theirs := tcpdump(t, text)
		for _, f := range many {
			if got, want := run(t, ours, f.data), run(t, theirs, f.data); got != want {
				t.Errorf("%q: %s is kept: %v; by tcpdump: %v\n%x", text, f.name, got, want, f.data)
				break
			}
		}
	}
}

func basics() []string {
	return []string{
		"ip", "ip6", "arp", "icmp", "icmp6", "tcp", "udp", "broadcast", "multicast", "ether broadcast",
		"host 10.0.0.1", "src host 10.0.0.2", "dst host 10.0.0.2", "src and dst host 10.0.0.1", "ip host 10.0.0.1", "arp host 10.0.0.2",
		"net 10.0.0.0/8", "src net 10.0.0.0/29", "dst net 10.0.0.0/31", "net fd00::/64", "dst net ff00::/8", "net fd00::2/127",
		"host fd00::2", "src host fd00::1", "ip6 host fd00::1",
		"port 80", "src port 80", "dst port 53", "tcp port 80", "udp dst port 53", "src and dst port 4000", "tcp src or dst port 40000",
		"ether host 02:00:00:00:00:01", "ether src host 02:00:00:00:00:02", "ether dst host ff:ff:ff:ff:ff:ff",
	}
}

// mixed are basics joined at random.
func mixed(rnd *rand.Rand) []string {
	one := func() string {
		s := basics()[rnd.IntN(len(basics()))]
		if rnd.IntN(4) == 0 {
			s = "not " + s
		}
		return s
	}
	var out []string
	for range 60 {
		s := one()
		for range 1 + rnd.IntN(3) {
			next := one()
			if rnd.IntN(3) == 0 {
				next = "(" + next + " or " + one() + ")"
			}
			s += []string{" and ", " or ", " && ", " || "}[rnd.IntN(4)] + next
		}
		out = append(out, s)
	}
	return out
}

// variants are frames with bytes of other frames in their headers. All are
// long enough for all that is asked.
func variants(rnd *rand.Rand) []named {
	base := frames()
	var out []named
	for n := range 3000 {
		f := base[n%len(base)]
		data := append(bytes.Clone(f.data), make([]byte, 80)...)
		if n >= len(base) {
			for range 1 + rnd.IntN(3) {
				at, other := rnd.IntN(60), base[rnd.IntN(len(base))].data
				if at < len(other) {
					data[at] = other[at]
				}
			}
		}
		out = append(out, named{fmt.Sprintf("%s (%d)", strings.TrimSpace(f.name), n), data})
	}
	return out
}
