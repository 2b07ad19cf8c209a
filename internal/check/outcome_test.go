package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
)

// TestOutcomesInFull holds every word of a check and of its negation. Where
// neither passes, the subject of the claim is missing.
func TestOutcomesInFull(t *testing.T) {
	tests := []struct {
		name     string
		check    Check
		says, no Outcome
	}{
		{
			"a namespace", Check{Namespace: &Namespace{"sw"}},
			Outcome{true, "a namespace sw", "there is a namespace sw", ""},
			Outcome{false, "no namespace sw", "there is a namespace sw", "it is still so: nothing has changed it"},
		},
		{
			"a namespace that is missing", Check{Namespace: &Namespace{"B"}},
			Outcome{false, "a namespace B", "there is no namespace B", "the lab has the namespaces: host, A, F, R, sw"},
			Outcome{true, "no namespace B", "there is no namespace B", ""},
		},
		{
			"the host is a namespace too", Check{Namespace: &Namespace{"host"}},
			Outcome{true, "a namespace host", "there is a namespace host", ""},
			Outcome{false, "no namespace host", "there is a namespace host", "it is still so: nothing has changed it"},
		},
		{
			"an interface", Check{Link: &Link{In: "A", Name: "eth0"}},
			Outcome{true, "an interface eth0 in A", "there is an interface eth0 in A", ""},
			Outcome{false, "no interface eth0 in A", "there is an interface eth0 in A", "it is still so: nothing has changed it"},
		},
		{
			"an interface that is elsewhere", Check{Link: &Link{In: "F", Name: "eth2"}},
			Outcome{false, "an interface eth2 in F", "there is no interface eth2 in F", "eth2 is in R"},
			Outcome{true, "no interface eth2 in F", "there is no interface eth2 in F", ""},
		},
		{
			"an interface of two namespaces, looked for in a third", Check{Link: &Link{In: "sw", Name: "eth0"}},
			Outcome{false, "an interface eth0 in sw", "there is no interface eth0 in sw", "eth0 is in A and in F"},
			Outcome{true, "no interface eth0 in sw", "there is no interface eth0 in sw", ""},
		},
		{
			"all of an interface", Check{Link: &Link{In: "A", Name: "eth0", Kind: "veth", Up: yes(), State: "UP", Carrier: yes(), Peer: "eth1", PeerIn: "R", Master: str(""), MTU: 1500}},
			Outcome{true, "eth0 in A: kind veth, up, state UP, carrier, peer eth1 in R, no master, mtu 1500", "it is so: kind veth, up, state UP, carrier, peer eth1 in R, no master, mtu 1500", ""},
			Outcome{false, "eth0 in A: not all of kind veth, up, state UP, carrier, peer eth1 in R, no master, mtu 1500", "it is so: kind veth, up, state UP, carrier, peer eth1 in R, no master, mtu 1500", "it is still so: nothing has changed it"},
		},
		{
			"two things of an interface, both wrong", Check{Link: &Link{In: "A", Name: "eth0", Up: no(), MTU: 1400}},
			Outcome{false, "eth0 in A: down, mtu 1400", "up, mtu 1500", "nothing has made it so"},
			Outcome{true, "eth0 in A: not all of down, mtu 1400", "up, mtu 1500", ""},
		},
		{
			"the right peer in the wrong place", Check{Link: &Link{In: "A", Name: "eth0", Peer: "eth1", PeerIn: "F"}},
			Outcome{false, "eth0 in A: peer eth1 in F", "peer eth1 in R", "nothing has made it so"},
			Outcome{true, "eth0 in A: not peer eth1 in F", "peer eth1 in R", ""},
		},
		{
			"the peer of something that has none", Check{Link: &Link{In: "sw", Name: "br0", Peer: "eth0"}},
			Outcome{false, "br0 in sw: peer eth0", "peer none", "nothing has made it so"},
			Outcome{true, "br0 in sw: not peer eth0", "peer none", ""},
		},
		{
			"a kind of something without one", Check{Link: &Link{In: "A", Name: "lo", Kind: "dummy"}},
			Outcome{false, "lo in A: kind dummy", "kind loopback", "nothing has made it so"},
			Outcome{true, "lo in A: not kind dummy", "kind loopback", ""},
		},
		{
			"a state of lo", Check{Link: &Link{In: "A", Name: "lo", State: "unknown"}},
			Outcome{true, "lo in A: state unknown", "it is so: state unknown", ""},
			Outcome{false, "lo in A: not state unknown", "it is so: state unknown", "it is still so: nothing has changed it"},
		},
		{
			"a port", Check{Link: &Link{In: "sw", Name: "port9", Master: str("br0")}},
			Outcome{true, "port9 in sw: master br0", "it is so: master br0", ""},
			Outcome{false, "port9 in sw: not master br0", "it is so: master br0", "it is still so: nothing has changed it"},
		},
		{
			"a port of another bridge", Check{Link: &Link{In: "sw", Name: "port9", Master: str("br1")}},
			Outcome{false, "port9 in sw: master br1", "master br0", "nothing has made it so"},
			Outcome{true, "port9 in sw: not master br1", "master br0", ""},
		},
		{
			"a property of an interface that is missing", Check{Link: &Link{In: "A", Name: "eth5", MTU: 1500}},
			Outcome{false, "eth5 in A: mtu 1500", "there is no interface eth5 in A", "no namespace of this lab has an interface eth5"},
			Outcome{false, "eth5 in A: not mtu 1500", "there is no interface eth5 in A", "no namespace of this lab has an interface eth5"},
		},
		{
			"an address", Check{Addr: &Addr{"A", "eth0", prefix("fd01::1/64"), ""}},
			Outcome{true, "fd01::1/64 on eth0 in A", "fd01::1/64, fe80::1/64 on eth0 in A", ""},
			Outcome{false, "fd01::1/64 not on eth0 in A", "fd01::1/64, fe80::1/64 on eth0 in A", "it is still so: nothing has changed it"},
		},
		{
			"an address with another mask", Check{Addr: &Addr{"A", "eth0", prefix("fd01::1/48"), ""}},
			Outcome{false, "fd01::1/48 on eth0 in A", "fd01::1/64, fe80::1/64 on eth0 in A", "the address is there with another mask: fd01::1/64 instead of fd01::1/48"},
			Outcome{true, "fd01::1/48 not on eth0 in A", "fd01::1/64, fe80::1/64 on eth0 in A", ""},
		},
		{
			"an address with another mask, on any interface", Check{Addr: &Addr{"A", "", prefix("fd01::1/48"), ""}},
			Outcome{false, "fd01::1/48 in A", "fd01::1/64, fe80::1/64 in A", "the address is there with another mask: fd01::1/64 instead of fd01::1/48"},
			Outcome{true, "fd01::1/48 not in A", "fd01::1/64, fe80::1/64 in A", ""},
		},
		{
			"an address of another namespace, on any interface", Check{Addr: &Addr{"F", "", prefix("fd01::1/64"), ""}},
			Outcome{false, "fd01::1/64 in F", "fd02::3/64, fe80::3/64 in F", "fd01::1/64 is on eth0 in A"},
			Outcome{true, "fd01::1/64 not in F", "fd02::3/64, fe80::3/64 in F", ""},
		},
		{
			"any address, on an interface without one", Check{Addr: &Addr{In: "A", Dev: "eth9"}},
			Outcome{false, "an address on eth9 in A", "no address on eth9 in A", "eth9 in A has no address: an interface loses its addresses when it moves to another namespace"},
			Outcome{true, "no address on eth9 in A", "no address on eth9 in A", ""},
		},
		{
			"any address of a port", Check{Addr: &Addr{In: "sw", Dev: "port9"}},
			Outcome{false, "an address on port9 in sw", "no address on port9 in sw", "port9 in sw has no address: an interface loses its addresses when it moves to another namespace"},
			Outcome{true, "no address on port9 in sw", "no address on port9 in sw", ""},
		},
		{
			"a link-local address", Check{Addr: &Addr{"F", "eth0", prefix("fe80::3/64"), ""}},
			Outcome{true, "fe80::3/64 on eth0 in F", "fd02::3/64, fe80::3/64 on eth0 in F", ""},
			Outcome{false, "fe80::3/64 not on eth0 in F", "fd02::3/64, fe80::3/64 on eth0 in F", "it is still so: nothing has changed it"},
		},
		{
			"an address in a missing namespace", Check{Addr: &Addr{"B", "eth0", prefix("fd01::1/64"), ""}},
			Outcome{false, "fd01::1/64 on eth0 in B", "there is no namespace B", "a check cannot see into a namespace that does not exist"},
			Outcome{false, "fd01::1/64 not on eth0 in B", "there is no namespace B", "a check cannot see into a namespace that does not exist"},
		},
		{
			"the default route", Check{Route: &Route{In: "A", Dst: prefix("::/0"), Via: ip("fd01::5"), Dev: "eth0"}},
			Outcome{true, "the route default via fd01::5 dev eth0 in A", "default via fd01::5 dev eth0", ""},
			Outcome{false, "no route default via fd01::5 dev eth0 in A", "default via fd01::5 dev eth0", "it is still so: nothing has changed it"},
		},
		{
			"the default route of IPv4, where there is one of IPv6", Check{Route: &Route{In: "A", Dst: prefix("0.0.0.0/0")}},
			Outcome{false, "the route default in A", "fd01::/64 dev eth0, default via fd01::5 dev eth0, unreachable fd07::/64 in A", "A has no default route"},
			Outcome{true, "no route default in A", "fd01::/64 dev eth0, default via fd01::5 dev eth0, unreachable fd07::/64 in A", ""},
		},
		{
			"a default route that is missing", Check{Route: &Route{In: "F", Dst: prefix("::/0")}},
			Outcome{false, "the route default in F", "fd02::/64 dev eth0 in F", "F has no default route"},
			Outcome{true, "no route default in F", "fd02::/64 dev eth0 in F", ""},
		},
		{
			"a route over a gateway that is out of reach", Check{Route: &Route{In: "F", Dst: prefix("fd01::/64"), Via: ip("fd01::5")}},
			Outcome{false, "the route fd01::/64 via fd01::5 in F", "fd02::/64 dev eth0 in F", "the gateway fd01::5 is in no network that F is connected to"},
			Outcome{true, "no route fd01::/64 via fd01::5 in F", "fd02::/64 dev eth0 in F", ""},
		},
		{
			"a route over a gateway in reach", Check{Route: &Route{In: "F", Dst: prefix("fd01::/64"), Via: ip("fd02::5")}},
			Outcome{false, "the route fd01::/64 via fd02::5 in F", "fd02::/64 dev eth0 in F", "F has no route to this network"},
			Outcome{true, "no route fd01::/64 via fd02::5 in F", "fd02::/64 dev eth0 in F", ""},
		},
		{
			"a route that forbids", Check{Route: &Route{In: "A", Dst: prefix("fd07::/64")}},
			Outcome{true, "the route fd07::/64 in A", "unreachable fd07::/64", ""},
			Outcome{false, "no route fd07::/64 in A", "unreachable fd07::/64", "it is still so: nothing has changed it"},
		},
		{
			"a multicast route is not just any route", Check{Route: &Route{In: "A", Dev: "eth9"}},
			Outcome{false, "a route dev eth9 in A", "fd01::/64 dev eth0, default via fd01::5 dev eth0, unreachable fd07::/64 in A", "no route leads out of eth9 in A: a route comes with an address on it"},
			Outcome{true, "no route dev eth9 in A", "fd01::/64 dev eth0, default via fd01::5 dev eth0, unreachable fd07::/64 in A", ""},
		},
		{
			"a multicast route, asked for", Check{Route: &Route{In: "A", Dst: prefix("ff00::/8")}},
			Outcome{true, "the route ff00::/8 in A", "ff00::/8 dev eth9", ""},
			Outcome{false, "no route ff00::/8 in A", "ff00::/8 dev eth9", "it is still so: nothing has changed it"},
		},
		{
			"a link-local route is not just any route", Check{Route: &Route{In: "sw"}},
			Outcome{false, "a route in sw", "no route in sw", "sw has no address on an interface that is up"},
			Outcome{true, "no route in sw", "no route in sw", ""},
		},
		{
			"a route on a missing interface", Check{Route: &Route{In: "A", Dst: prefix("::/0"), Dev: "eth5"}},
			Outcome{false, "the route default dev eth5 in A", "there is no interface eth5 in A", "no namespace of this lab has an interface eth5"},
			Outcome{false, "no route default dev eth5 in A", "there is no interface eth5 in A", "no namespace of this lab has an interface eth5"},
		},
		{
			"a neighbour", Check{Neigh: &Neigh{"A", ip("fd01::5"), "eth0"}},
			Outcome{true, "A knows the hardware address of fd01::5", "fd01::5 02:00:00:00:00:05 REACHABLE", ""},
			Outcome{false, "A does not know the hardware address of fd01::5", "fd01::5 02:00:00:00:00:05 REACHABLE", "it is still so: nothing has changed it"},
		},
		{
			"a link-local neighbour with its zone", Check{Neigh: &Neigh{"A", ip("fe80::5%eth0"), "eth0"}},
			Outcome{true, "A knows the hardware address of fe80::5%eth0", "fe80::5 02:00:00:00:00:05 PERMANENT", ""},
			Outcome{false, "A does not know the hardware address of fe80::5%eth0", "fe80::5 02:00:00:00:00:05 PERMANENT", "it is still so: nothing has changed it"},
		},
		{
			"a neighbour that is asked for", Check{Neigh: &Neigh{"A", ip("fd01::9"), ""}},
			Outcome{false, "A knows the hardware address of fd01::9", "fd01::9 INCOMPLETE", "A asked for fd01::9, and nobody answered"},
			Outcome{true, "A does not know the hardware address of fd01::9", "fd01::9 INCOMPLETE", ""},
		},
		{
			"a neighbour that is only a proxy entry", Check{Neigh: &Neigh{"A", ip("fd01::8"), ""}},
			Outcome{false, "A knows the hardware address of fd01::8", "no entry for fd01::8", "A has not asked for fd01::8 yet"},
			Outcome{true, "A does not know the hardware address of fd01::8", "no entry for fd01::8", ""},
		},
		{
			"any neighbour of one that has none", Check{Neigh: &Neigh{In: "F"}},
			Outcome{false, "F knows the hardware address of any neighbour", "no entry for any neighbour", "F has not asked for anybody yet"},
			Outcome{true, "F does not know the hardware address of any neighbour", "no entry for any neighbour", ""},
		},
		{
			"any neighbour on an interface without one", Check{Neigh: &Neigh{In: "A", Dev: "eth9"}},
			Outcome{false, "A knows the hardware address of any neighbour", "no entry for any neighbour", "A has not asked for anybody yet"},
			Outcome{true, "A does not know the hardware address of any neighbour", "no entry for any neighbour", ""},
		},
		{
			"a neighbour in a missing namespace", Check{Neigh: &Neigh{In: "B"}},
			Outcome{false, "B knows the hardware address of any neighbour", "there is no namespace B", "a check cannot see into a namespace that does not exist"},
			Outcome{false, "B does not know the hardware address of any neighbour", "there is no namespace B", "a check cannot see into a namespace that does not exist"},
		},
		{
			"a learned address", Check{FDB: &FDB{"sw", "br0", "port9", "A", "eth9"}},
			Outcome{true, "the bridge br0 in sw has learned the hardware address of eth9 of A at its port port9", "learned: 02:00:00:00:00:09 at port9", ""},
			Outcome{false, "the bridge br0 in sw has not learned the hardware address of eth9 of A at its port port9", "learned: 02:00:00:00:00:09 at port9", "it is still so: nothing has changed it"},
		},
		{
			"a learned address of anybody", Check{FDB: &FDB{In: "sw", Bridge: "br0"}},
			Outcome{true, "the bridge br0 in sw has learned a hardware address", "learned: 02:00:00:00:00:09 at port9", ""},
			Outcome{false, "the bridge br0 in sw has not learned a hardware address", "learned: 02:00:00:00:00:09 at port9", "it is still so: nothing has changed it"},
		},
		{
			"an address that was put there by hand", Check{FDB: &FDB{"sw", "br0", "", "F", "eth0"}},
			Outcome{false, "the bridge br0 in sw has learned the hardware address of eth0 of F", "learned: 02:00:00:00:00:09 at port9", "no frame from it has come to the bridge of late"},
			Outcome{true, "the bridge br0 in sw has not learned the hardware address of eth0 of F", "learned: 02:00:00:00:00:09 at port9", ""},
		},
		{
			"the address of something without one", Check{FDB: &FDB{"sw", "br0", "", "A", "lo"}},
			Outcome{false, "the bridge br0 in sw has learned the hardware address of lo of A", "lo has no hardware address", "it sends no frames from which a bridge could learn"},
			Outcome{false, "the bridge br0 in sw has not learned the hardware address of lo of A", "lo has no hardware address", "it sends no frames from which a bridge could learn"},
		},
		{
			"the table of a port", Check{FDB: &FDB{In: "sw", Bridge: "port9"}},
			Outcome{false, "the bridge port9 in sw has learned a hardware address", "port9 is not a bridge", "only a bridge learns hardware addresses"},
			Outcome{false, "the bridge port9 in sw has not learned a hardware address", "port9 is not a bridge", "only a bridge learns hardware addresses"},
		},
		{
			"the table of a bridge that is missing", Check{FDB: &FDB{In: "A", Bridge: "br0"}},
			Outcome{false, "the bridge br0 in A has learned a hardware address", "there is no interface br0 in A", "br0 is in sw"},
			Outcome{false, "the bridge br0 in A has not learned a hardware address", "there is no interface br0 in A", "br0 is in sw"},
		},
		{
			"a setting", Check{Sysctl: &Sysctl{"R", "net.ipv6.conf.all.forwarding", "1"}},
			Outcome{true, "net.ipv6.conf.all.forwarding = 1", "net.ipv6.conf.all.forwarding = 1", ""},
			Outcome{false, "net.ipv6.conf.all.forwarding other than 1", "net.ipv6.conf.all.forwarding = 1", "it is still so: nothing has changed it"},
		},
		{
			"a setting with another value", Check{Sysctl: &Sysctl{"A", "net.ipv6.conf.all.forwarding", "1"}},
			Outcome{false, "net.ipv6.conf.all.forwarding = 1", "net.ipv6.conf.all.forwarding = 0", "nothing has made it so"},
			Outcome{true, "net.ipv6.conf.all.forwarding other than 1", "net.ipv6.conf.all.forwarding = 0", ""},
		},
		{
			"a setting that was not read", Check{Sysctl: &Sysctl{"F", "net.ipv6.conf.all.forwarding", "1"}},
			Outcome{false, "net.ipv6.conf.all.forwarding = 1", "the value of net.ipv6.conf.all.forwarding is not known", "this kernel has no such setting, or netlab does not read it"},
			Outcome{false, "net.ipv6.conf.all.forwarding other than 1", "the value of net.ipv6.conf.all.forwarding is not known", "this kernel has no such setting, or netlab does not read it"},
		},
		{
			"one rule", Check{Rules: &Rules{"R", 1}},
			Outcome{true, "1 nftables rule", "1 nftables rule", ""},
			Outcome{false, "another number than 1 nftables rule", "1 nftables rule", "it is still so: nothing has changed it"},
		},
		{
			"no rule", Check{Rules: &Rules{"A", 0}},
			Outcome{true, "no nftables rules", "no nftables rules", ""},
			Outcome{false, "nftables rules", "no nftables rules", "it is still so: nothing has changed it"},
		},
		{
			"no rule, but there is one", Check{Rules: &Rules{"R", 0}},
			Outcome{false, "no nftables rules", "1 nftables rule", "nothing has made it so"},
			Outcome{true, "nftables rules", "1 nftables rule", ""},
		},
		{
			"two rules, but there is one", Check{Rules: &Rules{"R", 2}},
			Outcome{false, "2 nftables rules", "1 nftables rule", "nothing has made it so"},
			Outcome{true, "another number than 2 nftables rules", "1 nftables rule", ""},
		},
		{
			"no rule in a kernel that has none", Check{Rules: &Rules{"sw", 0}},
			Outcome{false, "no nftables rules", "the rules cannot be counted", "this kernel has no nftables"},
			Outcome{false, "nftables rules", "the rules cannot be counted", "this kernel has no nftables"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.says, Judge(tt.check, lab6(), measure.Found{})); diff != "" {
				t.Errorf("the check (-want +got):\n%s", diff)
			}
			tt.check.Not = true
			if diff := cmp.Diff(tt.no, Judge(tt.check, lab6(), measure.Found{})); diff != "" {
				t.Errorf("its negation (-want +got):\n%s", diff)
			}
		})
	}
}
