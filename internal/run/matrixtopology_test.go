package run

import (
	"net/netip"
	"strings"

	faults "netlab/internal/fault"
	"netlab/internal/scene"
)

// column is a network of the fault matrix, and the probe that gets through it.
type column struct {
	name    string
	scene   scene.Scene
	script  string // what is done after the scene is built
	replug  string // plugs a bystander's cable in again: its port is asked first then
	probe   faults.Probe
	service *faults.Service
	snat    *faults.SNAT
	dnat    *faults.DNAT
}

func columns() []column {
	return []column{
		pairColumn(), pair6Column(), selfColumn(), switchedColumn(), switched6Column(), routedColumn(), routed6Column(),
		gatewayColumn(), forwardColumn(), hostBridgeColumn(), overlayColumn(), chainColumn(), twoWaysColumn(),
	}
}

// hardware is a scene in few words: a node is its name and kind, a link
// "A s1 10.0.0.1/24 fd00::1/64", a route "A default 10.0.0.254".
func hardware(nodes, links, routes string) scene.Scene {
	kinds := map[byte]scene.Kind{'h': scene.Host, 's': scene.Switch, 'r': scene.Router}
	var all []scene.Node
	for _, word := range strings.Fields(nodes) {
		kind, name, _ := strings.Cut(word, ":")
		n := scene.Node{Name: name, Kind: kinds[kind[0]], Forward: kind == "r"}
		for _, r := range strings.Split(routes, "\n") {
			if f := strings.Fields(r); len(f) == 3 && f[0] == name {
				n.Routes = append(n.Routes, scene.Route{To: netip.MustParsePrefix(f[1]), Via: netip.MustParseAddr(f[2])})
			}
		}
		all = append(all, n)
	}
	var cables []scene.Link
	for _, l := range strings.Split(links, "\n") {
		f := strings.Fields(l)
		if len(f) < 2 {
			continue
		}
		link := scene.Link{Node: f[0], To: f[1]}
		for _, a := range f[2:] {
			link.Addrs = append(link.Addrs, netip.MustParsePrefix(a))
		}
		cables = append(cables, link)
	}
	s := scene.Wire(all, cables)
	s.NoIPv6 = !s.Uses6()
	return s
}

func to(from, addr, proto string, size int) faults.Probe {
	p := faults.Probe{From: from, To: netip.MustParseAddr(addr), Proto: proto, Size: size}
	if proto != faults.ICMP {
		p.Port = 8080
	}
	return p
}

// serving is a service for all addresses of the probe's family.
func serving(in string, p faults.Probe) *faults.Service {
	s := &faults.Service{In: in, Proto: p.Proto, Addr: netip.IPv4Unspecified(), Port: p.Port}
	if p.To.Is6() {
		s.Addr = netip.IPv6Unspecified()
	}
	return s
}

// again takes a cable out of a switch and plugs it in again.
func again(sw, port string) string {
	set := "ip -n " + sw + " link set " + port
	return set + " nomaster\n" + set + " master " + sw + "\n"
}

func pairColumn() column {
	return column{name: "pair", scene: hardware("h:A h:B", "A B 10.0.0.1/24\nB A 10.0.0.2/24", ""), probe: to("A", "10.0.0.2", faults.ICMP, 1400)}
}

func pair6Column() column {
	return column{name: "pair6", scene: hardware("h:A h:B", "A B fd00::1/64\nB A fd00::2/64", ""), probe: to("A", "fd00::2", faults.ICMP, 0)}
}

func selfColumn() column {
	p := to("A", "10.0.0.1", faults.TCP, 0)
	return column{name: "self", scene: hardware("h:A h:B", "A B 10.0.0.1/24\nB A 10.0.0.2/24", ""), probe: p, service: serving("A", p)}
}

func switchedColumn() column {
	p := to("A", "10.0.0.2", faults.TCP, 3000)
	s := hardware("s:s1 h:A h:B h:C", "A s1 10.0.0.1/24\nB s1 10.0.0.2/24\nC s1 10.0.0.3/24", "")
	return column{name: "switched", scene: s, probe: p, service: serving("B", p), replug: again("s1", "C")}
}

func switched6Column() column {
	p := to("A", "fd00::2", faults.UDP, 100)
	s := hardware("s:s1 h:A h:B h:C", "A s1 fd00::1/64\nB s1 fd00::2/64\nC s1 fd00::3/64", "")
	return column{name: "switched6", scene: s, probe: p, service: serving("B", p), replug: again("s1", "C")}
}

// twoNetworks is the scene of the lesson routing, with all its routes.
func twoNetworks(left, right, gateLeft, gateRight string) scene.Scene {
	host := func(net, n string) string { return strings.Replace(net, "X", n, 1) }
	links, routes := "", ""
	for i, name := range []string{"A", "B", "C"} {
		links += name + " s1 " + host(left, string(rune('1'+i))) + "\n"
		routes += name + " " + netip.MustParsePrefix(host(right, "0")).Masked().String() + " " + gateLeft + "\n"
	}
	for i, name := range []string{"D", "E", "F"} {
		links += name + " s2 " + host(right, string(rune('1'+i))) + "\n"
		routes += name + " " + netip.MustParsePrefix(host(left, "0")).Masked().String() + " " + gateRight + "\n"
	}
	links += "R s1 " + host(left, "5") + "\nR s2 " + host(right, "5") + "\n"
	return hardware("s:s1 s:s2 h:A h:B h:C r:R h:D h:E h:F", links, routes)
}

func routedColumn() column {
	return column{name: "routed", probe: to("A", "192.168.2.3", faults.ICMP, 1400), replug: again("s1", "C") + again("s2", "D"),
		scene: twoNetworks("192.168.1.X/24", "192.168.2.X/24", "192.168.1.5", "192.168.2.5")}
}

func routed6Column() column {
	p := to("A", "fd00:2::3", faults.TCP, 3000)
	return column{name: "routed6", scene: twoNetworks("fd00:1::X/64", "fd00:2::X/64", "fd00:1::5", "fd00:2::5"), probe: p, service: serving("F", p)}
}

func gatewayScene() scene.Scene {
	return hardware("s:s1 s:internet h:A h:B h:C h:web h:dns r:router r:isp h:mail", `
		A s1 192.168.1.1/24
		B s1 192.168.1.2/24
		C s1 192.168.1.3/24
		router s1 192.168.1.5/24
		router internet 203.0.113.1/24
		web internet 203.0.113.10/24
		dns internet 203.0.113.53/24
		isp internet 203.0.113.254/24
		isp mail 198.51.100.254/24
		mail isp 198.51.100.25/24`, `
		A 0.0.0.0/0 192.168.1.5
		B 0.0.0.0/0 192.168.1.5
		C 0.0.0.0/0 192.168.1.5
		router 0.0.0.0/0 203.0.113.254
		web 0.0.0.0/0 203.0.113.254
		dns 0.0.0.0/0 203.0.113.254
		mail 0.0.0.0/0 198.51.100.254`)
}

func masquerade() *faults.SNAT {
	nft := "ip netns exec router nft "
	return &faults.SNAT{In: "router", Out: "eth1", Inner: "eth0", Table: "ip nat", Lines: []string{
		nft + "add table ip nat",
		nft + "add chain ip nat postrouting '{ type nat hook postrouting priority 100 ; }'",
		nft + "add rule ip nat postrouting oifname eth1 masquerade",
	}}
}

func gatewayColumn() column {
	p := to("A", "198.51.100.25", faults.TCP, 0)
	nat := masquerade()
	return column{name: "gateway", scene: gatewayScene(), script: strings.Join(nat.Lines, "\n"), probe: p, service: serving("mail", p), snat: nat}
}

func forwardColumn() column {
	p := to("mail", "203.0.113.1", faults.TCP, 0)
	nft := "ip netns exec router nft "
	d := &faults.DNAT{In: "router", To: netip.MustParseAddrPort("192.168.1.2:80"), Table: "ip nat", Lines: []string{
		nft + "add table ip nat",
		nft + "add chain ip nat prerouting '{ type nat hook prerouting priority -100 ; }'",
		nft + "add rule ip nat prerouting ip daddr 203.0.113.1 tcp dport 8080 dnat to 192.168.1.2:80",
	}}
	s := serving("B", p)
	s.Port = 80
	return column{name: "forward", scene: gatewayScene(), script: strings.Join(d.Lines, "\n"), probe: p, service: s, dnat: d}
}

func hostBridgeColumn() column {
	return column{name: "host-bridge", probe: to("ns1", "10.1.0.254", faults.ICMP, 1400), script: `
		ip link add br0 type bridge
		ip addr add 10.1.0.254/24 dev br0
		ip link set br0 up
		for n in 1 2 3; do
			ip netns add ns$n
			ip netns exec ns$n sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
			ip link add veth$n type veth peer name eth0 netns ns$n
			ip link set veth$n master br0 up
			ip -n ns$n link set lo up
			ip -n ns$n addr add 10.1.0.$n/24 dev eth0
			ip -n ns$n link set eth0 up
		done`}
}

// overlayColumn has bridges that join no multicast group: they would use the
// tunnel now and then, and the network below would know its neighbours.
func overlayColumn() column {
	return column{
		name: "overlay", probe: to("pod1", "10.244.0.2", faults.ICMP, 1440),
		scene: hardware("h:node1 h:node2 r:R", `
			node1 R 10.0.1.1/24
			node2 R 10.0.2.1/24
			R node1 10.0.1.254/24
			R node2 10.0.2.254/24`, `
			node1 0.0.0.0/0 10.0.1.254
			node2 0.0.0.0/0 10.0.2.254`),
		script: `
		for n in 1 2; do
			other=$((3 - n))
			ip netns add pod$n
			ip netns exec pod$n sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
			ip -n node$n link add cni0 type bridge mcast_snooping 0
			ip -n node$n link set cni0 up
			ip -n node$n link add vpod type veth peer name eth0 netns pod$n
			ip -n node$n link set vpod master cni0 up
			ip -n node$n link add vxlan0 type vxlan id 42 dstport 4789 local 10.0.$n.1
			ip -n node$n link set vxlan0 mtu 1450
			ip -n node$n link set vxlan0 master cni0 up
			bridge -n node$n fdb append 00:00:00:00:00:00 dev vxlan0 dst 10.0.$other.1
			ip -n pod$n link set lo up
			ip -n pod$n link set eth0 mtu 1450
			ip -n pod$n addr add 10.244.0.$n/24 dev eth0
			ip -n pod$n link set eth0 up
		done`,
	}
}

// chainScene has two ways from r1 to r4, by r2 and by r3.
func chainScene(back string) scene.Scene {
	return hardware("h:A r:r1 r:r2 r:r3 r:r4 h:B", `
		A r1 10.1.0.1/24
		r1 A 10.1.0.254/24
		r1 r2 10.12.0.1/24
		r1 r3 10.13.0.1/24
		r2 r1 10.12.0.2/24
		r2 r4 10.24.0.2/24
		r3 r1 10.13.0.3/24
		r3 r4 10.34.0.3/24
		r4 r2 10.24.0.4/24
		r4 r3 10.34.0.4/24
		r4 B 10.4.0.254/24
		B r4 10.4.0.1/24`, `
		A 0.0.0.0/0 10.1.0.254
		B 0.0.0.0/0 10.4.0.254
		r1 10.4.0.0/24 10.12.0.2
		r2 10.4.0.0/24 10.24.0.4
		r2 10.1.0.0/24 10.12.0.1
		r3 10.1.0.0/24 10.13.0.1
		r3 10.4.0.0/24 10.34.0.4
		r4 10.1.0.0/24 `+back)
}

func chainColumn() column {
	return column{name: "chain", scene: chainScene("10.34.0.3"), probe: to("A", "10.4.0.1", faults.ICMP, 1400), script: `
		for r in r1 r4; do # whatever this machine's own setting is, which they are born with
			ip netns exec $r sysctl -q -w net.ipv4.conf.all.rp_filter=0
			for i in eth0 eth1 eth2; do ip netns exec $r sysctl -q -w net.ipv4.conf.$i.rp_filter=0; done
		done`}
}

func twoWaysColumn() column {
	p := to("A", "10.4.0.1", faults.UDP, 1300)
	return column{name: "two-ways", scene: chainScene("10.24.0.2"), probe: p, service: serving("B", p), script: `
		for r in r1 r4; do
			ip netns exec $r sysctl -q -w net.ipv4.conf.all.rp_filter=1
			for i in eth0 eth1 eth2; do ip netns exec $r sysctl -q -w net.ipv4.conf.$i.rp_filter=1; done
		done`}
}
