package op

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Needs lists the lines after which l can succeed in a lab that has nothing
// but lo, as far as l itself says what it needs: its namespaces, its links,
// a bridge, a network on which the gateway is. What it cannot know is missing.
func Needs(l Line) []Line {
	n := &needs{ns: l.Netns}
	n.space(l.Netns)
	switch o := l.Op.(type) {
	case *NetnsDel:
		n.space(o.Name)
	case *LinkAdd:
		n.linkAdd(o)
	case *LinkSet:
		n.link(o.Dev, o.Kind, "")
		n.space(o.Netns)
		if o.Master != nil {
			n.link(*o.Master, "bridge", "")
		}
	case *LinkDel:
		n.link(o.Dev, o.Kind, "")
	case *AddrAdd:
		n.link(o.Dev, "", "")
		if o.Verb == "change" {
			n.add(&AddrAdd{Verb: "add", Prefix: o.Prefix, Peer: o.Peer, Dev: o.Dev})
		}
	case *AddrDel:
		n.link(o.Dev, "", "")
		n.add(&AddrAdd{Verb: "add", Prefix: o.Prefix, Dev: o.Dev})
	case *AddrFlush:
		n.link(o.Dev, "", "")
	default:
		n.entries(l.Op)
	}
	return n.lines
}

// needs collects lines.
type needs struct {
	ns    string // of the line itself
	have  []string
	ends  int // of cables, that lead to nobody
	lines []Line
}

func (n *needs) add(o Op) { n.lines = append(n.lines, Line{Netns: n.ns, Op: o}) }

// space makes a namespace once.
func (n *needs) space(name string) {
	if name != "" && n.first("netns "+name) {
		n.lines = append(n.lines, Line{Op: &NetnsAdd{Name: name}})
	}
}

func (n *needs) first(thing string) bool {
	if slices.Contains(n.have, thing) {
		return false
	}
	n.have = append(n.have, thing)
	return true
}

// link makes a link once: of a kind, or a cable whose other end is nobody's.
func (n *needs) link(name, kind, master string) {
	if name == "" || name == "lo" || !n.first("link "+name) {
		return
	}
	o := &LinkAdd{Name: name, Kind: kind, Master: master}
	switch kind {
	case "", "veth":
		n.ends++
		o.Kind, o.Peer = "veth", Peer{Name: n.far()}
	case "vxlan":
		o.VXLAN = VXLAN{ID: 1, HasID: true, DstPort: 4789}
	}
	n.add(o)
}

// far is the name of the other end of the last cable.
func (n *needs) far() string { return fmt.Sprintf("far%d", n.ends) }

// up is a link that is switched on.
func (n *needs) up(name string) {
	n.link(name, "", "")
	if name == "lo" && n.ns == "" {
		return // it is up in every lab
	}
	if on := true; name != "" && n.first("up "+name) {
		n.add(&LinkSet{Dev: name, Up: &on})
	}
}

// port is a link on a bridge.
func (n *needs) port(name string) {
	n.link("br0", "bridge", "")
	n.link(name, "", "br0")
}

func (n *needs) linkAdd(o *LinkAdd) {
	n.space(o.Netns)
	n.space(o.Peer.Netns)
	n.link(o.VXLAN.Dev, "", "")
	if o.Master != "" {
		n.link(o.Master, "bridge", "")
	}
}

// entries is about lines that change a row of a table, or a setting.
func (n *needs) entries(o Op) {
	switch o := o.(type) {
	case *RouteAdd:
		n.way(o)
		if o.Verb == "change" {
			n.add(&RouteAdd{Verb: "add", Type: o.Type, Dst: o.Dst, Default: o.Default, Via: o.Via, Dev: o.Dev, Metric: o.Metric, Table: o.Table})
		}
	case *RouteDel:
		before := &RouteAdd{Verb: "add", Type: o.Type, Dst: o.Dst, Default: o.Default, Via: o.Via, Dev: o.Dev, Metric: o.Metric, Table: o.Table, Proto: o.Proto, Scope: o.Scope}
		if !o.Via.IsValid() && o.Dev == "" && o.Type == "" {
			before.Dev = theirs
		}
		n.way(before)
		n.add(before)
	case *NeighAdd:
		n.up(o.Dev)
		if o.Verb == "change" {
			n.add(&NeighAdd{Verb: "add", Addr: o.Addr, LLAddr: o.LLAddr, Dev: o.Dev, Proxy: o.Proxy})
		}
	case *NeighDel:
		n.up(o.Dev)
		before := &NeighAdd{Verb: "add", Addr: o.Addr, Dev: o.Dev, Proxy: o.Proxy}
		if !o.Proxy {
			before.LLAddr = "02:00:00:00:00:01"
		}
		n.add(before)
	case *NeighFlush:
		n.up(o.Dev)
	case *FDBAdd:
		n.table(o)
	case *FDBDel:
		before := &FDBAdd{Verb: "add", LLAddr: o.LLAddr, Dev: o.Dev, Dst: o.Dst, Self: o.Self, Master: o.Master, VLAN: o.VLAN, VNI: o.VNI}
		n.table(before)
		n.add(before)
	case *PortSet:
		n.port(o.Dev)
		if o.State != "" { // only a port with a signal has one
			n.up(o.Dev)
			n.have = append(n.have, "link "+n.far())
			n.up(n.far())
		}
	case *SysctlSet:
		n.setting(o.Key)
	}
}

// theirs is the name of a link that a line needs and does not name.
const theirs = "eth0"

// way is what a route leads through: a link that is up, with an address beside
// the gateway, and the address that packets shall come from.
func (n *needs) way(o *RouteAdd) {
	dev := o.Dev
	if dev == "" && (o.Via.IsValid() || o.Src.IsValid()) {
		dev = theirs
	}
	n.up(dev)
	if o.Via.IsValid() && !o.Onlink && !o.Via.IsLinkLocalUnicast() {
		n.add(&AddrAdd{Verb: "add", Prefix: beside(o.Via), Dev: dev})
	}
	if o.Src.IsValid() && !(o.Via.IsValid() && beside(o.Via).Addr() == o.Src) {
		n.add(&AddrAdd{Verb: "add", Prefix: netip.PrefixFrom(o.Src, o.Src.BitLen()), Dev: dev})
	}
}

// beside is an address on a network with a gateway.
func beside(gateway netip.Addr) netip.Prefix {
	bits := 24
	if gateway.Is6() {
		bits = 64
	}
	first := netip.PrefixFrom(gateway, bits).Masked().Addr().Next()
	if first == gateway {
		first = first.Next()
	}
	return netip.PrefixFrom(first, bits)
}

// table is the link whose forwarding table is written.
func (n *needs) table(o *FDBAdd) {
	n.link(o.Via, "", "")
	switch {
	case o.Dst.IsValid() || o.VNI != 0 || o.Port != 0 || o.Via != "":
		n.link(o.Dev, "vxlan", "")
	case o.Master || !o.Self:
		n.port(o.Dev)
	default:
		n.link(o.Dev, "", "")
	}
}

// setting is the link that the name of a setting holds, as in
// net.ipv4.conf.eth0.rp_filter.
func (n *needs) setting(key string) {
	words := strings.Split(key, ".")
	const linkAt = 3
	if len(words) != linkAt+2 || words[2] != "conf" && words[2] != "neigh" {
		return
	}
	if dev := words[linkAt]; dev != "all" && dev != "default" {
		n.link(strings.ReplaceAll(dev, "/", "."), "", "")
	}
}
