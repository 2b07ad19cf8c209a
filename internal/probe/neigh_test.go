//go:build linux

package probe

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"netlab/internal/measure"
)

// known asks the real ip for the IPv4 neighbours of a namespace.
func known(t *testing.T, space string) string {
	t.Helper()
	out, err := exec.Command("ip", "-4", "-n", space, "neigh", "show").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestAMarkRemovesWhatAPingLeftBehindAndNothingElse(t *testing.T) {
	build(t, pair+`
-n ns1 neigh add 10.1.1.7 lladdr 02:00:00:00:00:07 dev veth_ns1
-n ns1 neigh add 10.1.1.8 lladdr 02:00:00:00:00:08 nud stale dev veth_ns1
`)
	settle(t, "ns1", "ns2")
	before := known(t, "ns1")
	mark, err := markNeighbours([]string{"ns1", "ns2", "ns9"})
	if err != nil {
		t.Fatal(err)
	}
	defer mark.close()
	for _, to := range []string{"10.1.1.2", "10.1.1.9", "fd00:1::2"} {
		if _, err := Ping(soon(t), Request{From: "ns1", To: addr(to), Timeout: 50 * time.Millisecond}); err != nil {
			t.Fatal(err)
		}
	}
	between := known(t, "ns1")
	if !strings.Contains(between, "10.1.1.2 ") || !strings.Contains(between, "10.1.1.9 ") {
		t.Fatalf("the pings left nothing to remove:\n%s", between)
	}
	if err := mark.restore(); err != nil {
		t.Fatal(err)
	}
	if after := known(t, "ns1"); after != before {
		t.Errorf("ns1 before:\n%s\nafter:\n%s", before, after)
	}
	if after := known(t, "ns2"); after != "" {
		t.Errorf("ns2 still knows:\n%s", after)
	}
	if err := mark.restore(); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

// The ping that failed while the other end was down leaves an entry that is
// being asked for; a further ping would wait for the kernel's next question.
func TestAfterRestoreAPingIsAnsweredAtOnce(t *testing.T) {
	build(t, pair+"-n ns2 link set veth_ns2 down\n")
	mark, err := markNeighbours([]string{"ns1"})
	if err != nil {
		t.Fatal(err)
	}
	defer mark.close()
	req := Request{From: "ns1", To: addr("10.1.1.2"), Timeout: 30 * time.Millisecond}
	if got, err := Ping(soon(t), req); err != nil || got.Fate != measure.Silent {
		t.Fatalf("%+v, %v", got, err)
	}
	build(t, "-n ns2 link set veth_ns2 up\n")
	settle(t, "ns1", "ns2")
	if err := mark.restore(); err != nil {
		t.Fatal(err)
	}
	req.Timeout = 5 * time.Second
	got, err := Ping(soon(t), req)
	if err != nil || got.Fate != measure.Answered || got.RTT > 500*time.Millisecond {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheFirstPingAfterUpIsNotLost(t *testing.T) {
	for range 10 {
		t.Run("again", func(t *testing.T) {
			build(t, pair)
			settle(t, "ns1", "ns2")
			got, err := Ping(soon(t), Request{From: "ns1", To: addr("10.1.1.2"), Timeout: 500 * time.Millisecond})
			if err != nil || got.Fate != measure.Answered {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
