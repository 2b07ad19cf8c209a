//go:build linux

package probe

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"netlab/internal/measure"
)

// star is n namespaces h0, h1 … on one bridge in a namespace of its own.
func star(n int) string {
	var b strings.Builder
	b.WriteString("netns add sw\n-n sw link add br0 type bridge\n")
	for i := range n {
		fmt.Fprintf(&b, "netns add h%d\n", i)
		fmt.Fprintf(&b, "link add eth0 netns h%d numtxqueues 1 numrxqueues 1 type veth peer name p%d netns sw numtxqueues 1 numrxqueues 1\n", i, i)
		fmt.Fprintf(&b, "-n h%d addr add %s/16 dev eth0\n", i, hostAddr(i))
		fmt.Fprintf(&b, "-n h%d link set lo up\n-n h%d link set eth0 up\n", i, i)
		fmt.Fprintf(&b, "-n sw link set p%d master br0 up\n", i)
	}
	b.WriteString("-n sw link set br0 up\n")
	return b.String()
}

func hostAddr(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 20, byte(i >> 8), byte(i + 1)}) }

// matrix is at least want pings: everybody to everybody else, over again.
func matrix(n, want int) []Request {
	var out []Request
	for round := 0; len(out) < want; round++ {
		for i := range n {
			for j := range n {
				if i != j && len(out) < want {
					out = append(out, Request{From: fmt.Sprintf("h%d", i), To: hostAddr(j)})
				}
			}
		}
	}
	return out
}

func buildStar(t testing.TB, n int) {
	build(t, star(n))
	names := []string{"sw"}
	for i := range n {
		names = append(names, fmt.Sprintf("h%d", i))
	}
	settle(t, names...)
}

func TestNoneOfAThousandPingsAmong32IsLost(t *testing.T) {
	buildStar(t, 32)
	start := time.Now()
	reqs := matrix(32, 1000)
	for i := range reqs {
		reqs[i].Timeout = 10 * time.Second // a busy machine may be late, and loses nothing
	}
	got, err := Pings(soon(t), reqs)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("1000 pings took %s", time.Since(start))
	var lost []measure.Ping
	for _, p := range got {
		if p.Fate != measure.Answered || p.Received != 1 {
			lost = append(lost, p)
		}
	}
	if len(lost) > 0 {
		t.Errorf("%d of %d lost, the first: %+v", len(lost), len(got), lost[0])
	}
	if n := entries(t, 32); n > 0 {
		t.Errorf("%d neighbour entries are left over", n)
	}
}

// entries counts the neighbours of h0 to h(n-1).
func entries(t testing.TB, n int) int {
	t.Helper()
	total := 0
	for i := range n {
		conn, err := dial(fmt.Sprintf("h%d", i))
		if err != nil {
			t.Fatal(err)
		}
		all, err := conn.neighbours()
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.close()
		for _, e := range all {
			if len(e.addr) == 4 {
				total++
			}
		}
	}
	return total
}

func TestDeadNeighboursDoNotDelayTheOthers(t *testing.T) {
	buildStar(t, 4)
	reqs := matrix(4, 12)
	for i := range 200 {
		reqs = append(reqs, Request{From: "h0", To: netip.AddrFrom4([4]byte{10, 20, 9, byte(i)}), Timeout: 300 * time.Millisecond})
	}
	got, err := Pings(soon(t), reqs)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range got {
		want := measure.Silent
		if i < 12 {
			want = measure.Answered
		}
		if p.Fate != want {
			t.Errorf("%+v, want %s", p, want)
		}
	}
}

func TestNoSocketStaysOpen(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	before := descriptors(t)
	for range 5 {
		if _, err := Ping(soon(t), Request{From: "ns1", To: addr("10.1.1.2")}); err != nil {
			t.Fatal(err)
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func BenchmarkPings1000Of32(b *testing.B) {
	buildStar(b, 32)
	reqs := matrix(32, 1000)
	for b.Loop() {
		got, err := Pings(soon(b), reqs)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range got {
			if p.Fate != measure.Answered {
				b.Fatalf("lost: %+v", p)
			}
		}
	}
}

func BenchmarkPing(b *testing.B) {
	build(b, pair)
	settle(b, "ns1", "ns2")
	for b.Loop() {
		if got, err := Ping(soon(b), Request{From: "ns1", To: addr("10.1.1.2")}); err != nil || got.Received != 1 {
			b.Fatalf("%+v, %v", got, err)
		}
	}
}
