package check

import "netlab/internal/snapshot"

// lab6 is the lab of IPv6: A and F with a router R between them, and a switch
// sw, which is a namespace of its own, on which A hangs too.
func lab6() snapshot.Lab {
	veth := func(name, mac, peer, at string) snapshot.Link {
		return snapshot.Link{
			Name: name, Kind: "veth", MAC: mac, MTU: 1500, Up: true, Carrier: true, State: "UP",
			Peer: peer, PeerSpace: at, PeerNSID: -1,
		}
	}
	lo := snapshot.Link{Name: "lo", Kind: "loopback", Up: true, Carrier: true, State: "UNKNOWN", MTU: 65536, PeerNSID: -1}
	a := snapshot.Space{
		Name:  "A",
		Links: []snapshot.Link{lo, veth("eth0", "02:00:00:00:00:01", "eth1", "R"), veth("eth9", "02:00:00:00:00:09", "port9", "sw")},
		Addrs: []snapshot.Addr{{Link: "eth0", Prefix: prefix("fd01::1/64")}, {Link: "eth0", Prefix: prefix("fe80::1/64")}},
		Routes: []snapshot.Route{
			{Dst: prefix("fd01::/64"), Link: "eth0", Table: 254},
			{Dst: prefix("::/0"), Via: ip("fd01::5"), Link: "eth0", Table: 254, Metric: 1024},
			{Dst: prefix("fd07::/64"), Type: "unreachable", Table: 254},
			{Dst: prefix("ff00::/8"), Link: "eth9", Table: 254},
		},
		Neighs: []snapshot.Neigh{
			{Link: "eth0", Addr: ip("fd01::5"), MAC: "02:00:00:00:00:05", State: "REACHABLE"},
			{Link: "eth0", Addr: ip("fe80::5"), MAC: "02:00:00:00:00:05", State: "PERMANENT"},
			{Link: "eth0", Addr: ip("fd01::9"), State: "INCOMPLETE"},
			{Link: "eth0", Addr: ip("fd01::8"), State: "PERMANENT", Proxy: true},
		},
		Sysctls: map[string]string{"net.ipv6.conf.all.forwarding": "0"},
	}
	r := snapshot.Space{
		Name:    "R",
		Links:   []snapshot.Link{lo, veth("eth1", "02:00:00:00:00:05", "eth0", "A"), veth("eth2", "02:00:00:00:00:06", "eth0", "F")},
		Addrs:   []snapshot.Addr{{Link: "eth1", Prefix: prefix("fd01::5/64")}, {Link: "eth2", Prefix: prefix("fd02::5/64")}},
		Routes:  []snapshot.Route{{Dst: prefix("fd01::/64"), Link: "eth1", Table: 254}, {Dst: prefix("fd02::/64"), Link: "eth2", Table: 254}},
		Sysctls: map[string]string{"net.ipv6.conf.all.forwarding": "1"},
		Rules:   1,
	}
	f := snapshot.Space{
		Name:   "F",
		Links:  []snapshot.Link{lo, veth("eth0", "02:00:00:00:00:03", "eth2", "R")},
		Addrs:  []snapshot.Addr{{Link: "eth0", Prefix: prefix("fd02::3/64")}, {Link: "eth0", Prefix: prefix("fe80::3/64")}},
		Routes: []snapshot.Route{{Dst: prefix("fd02::/64"), Link: "eth0", Table: 254}, {Dst: prefix("fe80::/64"), Link: "eth0", Table: 254}},
	}
	port := veth("port9", "02:00:00:00:00:a9", "eth9", "A")
	port.Master, port.PortState = "br0", "forwarding"
	sw := snapshot.Space{
		Name:  "sw",
		Links: []snapshot.Link{lo, {Name: "br0", Kind: "bridge", MAC: "02:00:00:00:00:b0", MTU: 1500, Up: true, Carrier: true, State: "UP", PeerNSID: -1}, port},
		FDB: []snapshot.FDB{
			{Link: "port9", Master: "br0", MAC: "02:00:00:00:00:09", State: "reachable"},
			{Link: "port9", Master: "br0", MAC: "02:00:00:00:00:03", State: "static"},
		},
		Rules: -1,
	}
	return snapshot.Lab{Spaces: []snapshot.Space{{Name: "host", Links: []snapshot.Link{lo}}, a, f, r, sw}}
}
