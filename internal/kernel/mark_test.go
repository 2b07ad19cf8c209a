package kernel

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

// bridged is ns1 and ns2 on a bridge in sw.
func bridged() []string {
	lines := []string{"ip netns add sw", "ip -n sw link add br0 type bridge"}
	for _, n := range []string{"1", "2"} {
		lines = append(lines,
			"ip netns add ns"+n,
			"ip -n sw link add p"+n+" type veth peer name eth0 netns ns"+n,
			"ip -n ns"+n+" addr add 10.1.1."+n+"/24 dev eth0",
			"ip -n ns"+n+" addr add fd00::"+n+"/64 dev eth0 nodad",
			"ip -n ns"+n+" link set eth0 up",
			"ip -n sw link set p"+n+" master br0 up")
	}
	return append(lines, "ip -n sw link set br0 up")
}

// talk sends one echo with the machine's own ping, answered or not.
func talk(t *testing.T, from, to string) {
	t.Helper()
	cmd := exec.Command("ping", "-c", "1", "-W", "0.2", to)
	if err := netns.Do(from, cmd.Start); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // how it ends is not the question
}

// tables are what namespaces have learned, as text.
func tables(lab snapshot.Lab) []string {
	var out []string
	for _, s := range lab.Spaces {
		for _, n := range s.Neighs {
			out = append(out, fmt.Sprintln(s.Name, n.Addr, n.MAC, n.Link))
		}
		for _, f := range s.FDB {
			if !strings.HasPrefix(f.MAC, "33:33") && !strings.HasPrefix(f.MAC, "01:00") {
				out = append(out, fmt.Sprintln(s.Name, f.MAC, f.Link, f.Master, f.Self))
			}
		}
	}
	return out
}

func TestAMarkForgetsWhatWasLearnedAndNothingElse(t *testing.T) {
	_, err := exec.LookPath("ping")
	netlabtest.Require(t, err == nil, "ping (iputils)")
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, bridged()...)
	do(t, k,
		"ip -n ns1 neigh add 10.1.1.7 lladdr 02:00:00:00:00:07 dev eth0",
		"ip -n ns1 neigh add 10.1.1.8 lladdr 02:00:00:00:00:08 nud stale dev eth0",
		"bridge -n sw fdb add 02:00:00:00:00:09 dev p1 master static",
		"bridge -n sw fdb add 02:00:00:00:00:0a dev p1 master dynamic")
	quiet(t, k)
	before := tables(snap(t, k))
	m, err := k.Mark(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, to := range []string{"10.1.1.2", "10.1.1.9", "fd00::2", "fd00::9"} {
		talk(t, "ns1", to)
	}
	between := strings.Join(tables(snap(t, k)), "")
	for _, want := range []string{"ns1 10.1.1.2", "ns1 10.1.1.9", "ns1 fd00::2", "ns1 fd00::9", "ns2 10.1.1.1"} {
		if !strings.Contains(between, want) {
			t.Fatalf("the pings left no %q:\n%s", want, between)
		}
	}
	for range 2 {
		if err := m.Forget(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, tables(snap(t, k))); diff != "" {
			t.Error(diff)
		}
	}
}

// quiet waits until the links, which send by themselves when they have come
// up, say nothing that could be learned any more.
func quiet(t *testing.T, k *Kernel) {
	t.Helper()
	old := ""
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(time.Second) {
		m, err := k.Mark(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		m.Close()
		now := fmt.Sprint(m.known)
		if now == old {
			return
		}
		old = now
	}
	t.Fatal("the links do not come to rest")
}

// The kernel keeps an entry for each IPv6 group that a question goes to. They
// fill the table like any other, and a snapshot does not show them.
func TestAMarkForgetsTheGroupsThatQuestionsWentTo(t *testing.T) {
	_, err := exec.LookPath("ping")
	netlabtest.Require(t, err == nil, "ping (iputils)")
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, bridged()...)
	quiet(t, k)
	m, err := k.Mark(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	before := groups(t, m)
	talk(t, "ns1", "fd00::2")
	if got := groups(t, m); got <= before {
		t.Fatalf("%d groups before, %d after", before, got)
	}
	if err := m.Forget(); err != nil {
		t.Fatal(err)
	}
	if got := groups(t, m); got != before {
		t.Errorf("%d groups before, %d are left", before, got)
	}
}

func groups(t *testing.T, m *Mark) int {
	t.Helper()
	n := 0
	for _, sp := range m.session.spaces {
		entries, err := sp.learned()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if addr([]byte(keyOf(e).addr)).IsMulticast() {
				n++
			}
		}
	}
	return n
}

// A ping that failed while the other end was down leaves a question open, and
// a further ping would wait for the kernel's next one.
func TestAMarkForgetsTheAnswerToAnOldQuestion(t *testing.T) {
	_, err := exec.LookPath("ping")
	netlabtest.Require(t, err == nil, "ping (iputils)")
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, bridged()...)
	do(t, k, "ip -n ns2 link set eth0 down")
	talk(t, "ns1", "10.1.1.2")
	m, err := k.Mark(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	do(t, k, "ip -n ns2 link set eth0 up")
	if err := k.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		talk(t, "ns1", "10.1.1.2")
	}
	if got := tables(snap(t, k)); !strings.Contains(strings.Join(got, ""), "ns1 10.1.1.2 ") {
		t.Fatalf("nothing was learned: %v", got)
	}
	if err := m.Forget(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(tables(snap(t, k)), ""); strings.Contains(got, "ns1 10.1.1.2 ") {
		t.Errorf("the answer is still known:\n%s", got)
	}
}

// The links of a deleted namespace go some time after its name: until then
// they still answer. On a busy machine that may take longer than is waited for.
func TestAMarkWaitsForTheLinksOfDeletedNamespaces(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	for range 5 {
		do(t, k, "ip netns add ns1", "ip netns add ns2",
			"ip -n ns1 link add eth0 type veth peer name eth0 netns ns2", "ip netns del ns2")
		start := time.Now()
		m, err := k.Mark(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		m.Close()
		s, _ := m.Lab.Space("ns1")
		if _, there := s.Link("eth0"); there && time.Since(start) < maxRemoval {
			t.Errorf("the cable to ns2 is still there after %s", time.Since(start))
		}
		do(t, k, "ip netns del ns1")
	}
}

func TestDangling(t *testing.T) {
	veth := func(index, peer int) snapshot.Link { return snapshot.Link{Kind: "veth", Index: index, PeerIndex: peer} }
	for _, tt := range []struct {
		name  string
		links []snapshot.Link
		want  bool
	}{
		{"no links", nil, false},
		{"a whole cable", []snapshot.Link{veth(2, 3), veth(3, 2)}, false},
		{"a whole cable with equal numbers", []snapshot.Link{veth(2, 2), veth(2, 2)}, false},
		{"two of them", []snapshot.Link{veth(2, 3), veth(3, 2), veth(2, 3), veth(3, 2)}, false},
		{"one end", []snapshot.Link{veth(2, 3)}, true},
		{"one end with equal numbers", []snapshot.Link{veth(2, 2)}, true},
		{"one end beside a cable", []snapshot.Link{veth(2, 3), veth(3, 2), veth(3, 2)}, true},
		{"no cable at all", []snapshot.Link{{Kind: "bridge", Index: 4}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lab := snapshot.Lab{Spaces: []snapshot.Space{{Links: tt.links}}}
			if got := dangling(lab); got != tt.want {
				t.Error(got)
			}
		})
	}
}
