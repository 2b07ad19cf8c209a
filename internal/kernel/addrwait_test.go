package kernel

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"netlab/internal/op"
)

// An address that is set with nodad is used when Do returns, on every kind of
// link that is up.
func TestAnAddressWithoutDADIsUsedAtOnce(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	for _, line := range []string{"ip netns add a", "ip -n a link set lo up", "ip -n a link add v0 type veth peer name v1", "ip -n a link set v0 up", "ip -n a link set v1 up"} {
		do(t, k, line)
	}
	look := &task{line: op.Line{Netns: "a"}}
	if err := look.open(); err != nil {
		t.Fatal(err)
	}
	defer look.conn.close()
	for n := range 60 {
		dev := []string{"lo", "v0"}[n%2]
		for _, network := range []string{"fd00::", "fe80::"} {
			addr := netip.MustParseAddr(fmt.Sprintf("%s1:%x", network, n+1))
			do(t, k, fmt.Sprintf("ip -n a addr add %s/64 dev %s nodad", addr, dev))
			if network == "fe80::" && dev == "lo" {
				continue // on lo there are no neighbours to be local to
			}
			if !look.local(look.index(dev), addr) {
				t.Errorf("%s on %s is not used yet", addr, dev)
			}
		}
	}
}

func TestALinkThatIsDownIsNotWaitedForLong(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip link add v0 type veth peer name v1")
	start := time.Now()
	do(t, k, "ip addr add fd00::1/64 dev v0 nodad")
	if took := time.Since(start); took > 20*maxInUse {
		t.Errorf("it took %s", took)
	}
	holds(t, k, "fd00::1/64")
}
