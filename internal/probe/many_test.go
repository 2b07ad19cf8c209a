//go:build linux

package probe

import (
	"errors"
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

func TestNoneOfManyPingsAtOnceIsLost(t *testing.T) {
	buildStar(t, 16)
	reqs := matrix(16, 240)
	for i := range reqs {
		reqs[i].Timeout = 10 * time.Second // a busy machine may be late, and loses nothing
	}
	got, err := Pings(soon(t), reqs)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got {
		if p.Fate != measure.Answered || p.Received != 1 {
			t.Errorf("lost: %+v", p)
		}
	}
}

func TestTurnsComeOneAfterTheOther(t *testing.T) {
	buildStar(t, 4)
	reqs := matrix(4, 12)
	turns := [][]int{{11, 0}, {1, 2, 3, 4, 5, 6}, {7, 8, 9, 10}}
	left := []int{}
	got, err := InTurns(soon(t), reqs, turns, func() error {
		left = append(left, entries(t, 4))
		forgetAll(t, "h0", "h1", "h2", "h3")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range got {
		if p.Fate != measure.Answered || p.From != reqs[i].From || p.To != reqs[i].To {
			t.Errorf("%d: %+v", i, p)
		}
	}
	// One ping enters each of its two namespaces in the other's table.
	if len(left) != 2 || left[0] != 4 {
		t.Errorf("entries after each turn but the last: %v", left)
	}
}

func TestWhatFailsBetweenTwoTurnsEndsTheWork(t *testing.T) {
	buildStar(t, 2)
	got, err := InTurns(soon(t), matrix(2, 2), [][]int{{0}, {1}}, func() error { return errInterrupted })
	if !errors.Is(err, errInterrupted) || got[0].Fate != measure.Answered || got[1].Fate != "" {
		t.Errorf("%+v, %v", got, err)
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

func BenchmarkPing(b *testing.B) {
	build(b, pair)
	settle(b, "ns1", "ns2")
	for b.Loop() {
		if got, err := Ping(soon(b), Request{From: "ns1", To: addr("10.1.1.2")}); err != nil || got.Received != 1 {
			b.Fatalf("%+v, %v", got, err)
		}
	}
}
