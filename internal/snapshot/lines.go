package snapshot

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Lines is the lab as lines that read like the commands that would build it:
// namespace by namespace, in each links, addresses, routing policy, routes,
// neighbours, forwarding entries, sockets, rules, settings and files of names,
// each sorted but for rules and files, whose order counts. What no command of iproute2 sets stands
// behind a "#". Two labs with the same lines are the same, but for the numbers
// of links, the order in which things were made, and the settings of single
// links.
func (l Lab) Lines() []string {
	var all []string
	for _, s := range l.Spaces {
		all = append(all, s.lines()...)
	}
	return all
}

func (s Space) lines() []string {
	var all []string
	if s.Name != Host {
		all = append(all, "ip netns add "+s.Name)
	}
	all = append(all, sorted(s.Links, s.linkLine)...)
	all = append(all, sorted(s.Addrs, s.addrLine)...)
	for _, r := range s.OwnRules() {
		all = append(all, s.ruleLine(r))
	}
	all = append(all, sorted(s.Routes, s.routeLine)...)
	all = append(all, sorted(s.Neighs, s.neighLine)...)
	all = append(all, sorted(s.FDB, s.fdbLine)...)
	all = append(all, sorted(s.Sockets, func(o Socket) string { return "# " + s.Name + ": " + o.title() })...)
	if s.Rules > 0 {
		all = append(all, fmt.Sprintf("# %s: %d nftables rules", s.Name, s.Rules))
	}
	for _, f := range s.Filters {
		all = append(all, "# "+s.Name+": "+f.title())
	}
	for _, key := range slices.Sorted(maps.Keys(s.Sysctls)) {
		all = append(all, s.sysctlLine(key))
	}
	return append(all, s.fileLines()...)
}

func sorted[T any](things []T, line func(T) string) []string {
	var all []string
	for _, t := range things {
		all = append(all, line(t))
	}
	slices.Sort(all)
	return all
}

// words joins what is not empty.
type words []string

func (w *words) add(word ...string) {
	for _, x := range word {
		if x != "" {
			*w = append(*w, x)
		}
	}
}

// opt adds a keyword with its value if the value is there.
func (w *words) opt(key, value string) {
	if value != "" {
		*w = append(*w, key, value)
	}
}

func (w *words) flag(on bool, word string) {
	if on {
		*w = append(*w, word)
	}
}

// note adds what no command sets.
func (w *words) note(facts words) {
	if len(facts) > 0 {
		*w = append(append(*w, "#"), facts...)
	}
}

func (w *words) String() string { return strings.Join(*w, " ") }

// tool begins a line: the program, and the namespace if it is not host.
func (s Space) tool(program string) words {
	if s.Name == Host {
		return words{program}
	}
	return words{program, "-n", s.Name}
}

func address(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func network(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

func positive[N int | uint32 | uint16](n N) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (s Space) linkLine(l Link) string {
	w := s.tool("ip")
	w.add("link", "add", l.Name)
	w.opt("address", l.MAC)
	w.opt("mtu", positive(l.MTU))
	w.opt("master", l.Master)
	w.flag(l.Up, "up")
	w.opt("alias", l.Alias)
	w.opt("type", l.Kind)
	if l.Peer != "" {
		w.opt("peer name", l.Peer)
		w.opt("netns", l.PeerSpace)
	}
	if v := l.VXLAN; v != nil {
		w.opt("id", fmt.Sprint(v.ID))
		w.opt("local", address(v.Local))
		w.opt("remote", address(v.Remote))
		w.opt("dev", v.Dev)
		w.opt("dstport", fmt.Sprint(v.DstPort))
		w.flag(!v.Learning, "nolearning")
	}
	if b := l.Bridge; b != nil {
		w.opt("stp", onOff(b.STP))
		w.opt("vlan_filtering", onOff(b.VLANFiltering))
		w.opt("ageing_time", fmt.Sprint(b.AgeingTime))
		w.opt("forward_delay", fmt.Sprint(b.ForwardDelay))
	}
	w.note(l.facts())
	return w.String()
}

// facts is what a line of a link says behind the "#".
func (l Link) facts() words {
	facts := words{"<" + strings.Join(l.Flags, ",") + ">", l.State}
	facts.opt("qdisc", l.Qdisc)
	facts.opt("qlen", positive(l.QLen))
	facts.opt("addrgen", l.Addrgen)
	facts.opt("port", l.PortState)
	if p := l.Port; p != nil {
		facts.opt("learning", onOff(p.Learning))
		facts.opt("flood", onOff(p.Flood))
		facts.opt("hairpin", onOff(p.Hairpin))
		facts.opt("isolated", onOff(p.Isolated))
		facts.opt("neigh_suppress", onOff(p.NeighSupp))
		facts.opt("priority", fmt.Sprint(p.Priority))
		facts.opt("cost", fmt.Sprint(p.Cost))
	}
	if b := l.Bridge; b != nil {
		facts.opt("bridge", b.ID)
	}
	return facts
}

func (s Space) addrLine(a Addr) string {
	w := s.tool("ip")
	w.add("addr", "add", network(a.Prefix))
	w.opt("peer", network(a.Peer))
	w.opt("broadcast", address(a.Broadcast))
	if a.Scope != "global" {
		w.opt("scope", a.Scope)
	}
	if a.Label != a.Link {
		w.opt("label", a.Label)
	}
	w.opt("metric", positive(a.Metric))
	w.opt("dev", a.Link)
	facts := words{}
	for _, f := range a.Flags {
		if f != "permanent" {
			facts.add(f)
		}
	}
	w.note(facts)
	return w.String()
}

// destination is a route's target in ip's words.
func (r Route) destination() string {
	switch {
	case r.Dst.IsValid() && r.Dst.Bits() == 0:
		return "default"
	case r.Dst.IsSingleIP():
		return r.Dst.Addr().String()
	}
	return network(r.Dst)
}

// isMain tells whether the route is in the table that packets are sent by.
func (r Route) isMain() bool { return r.Table == mainTable || r.Table == 0 }

// mainTable is the number of table main (RT_TABLE_MAIN in linux/rtnetlink.h).
const mainTable = 254

func (s Space) routeLine(r Route) string {
	w := s.tool("ip")
	if r.Family == 6 {
		w.add("-6")
	}
	w.add("route", "add")
	if r.Type != "unicast" {
		w.add(r.Type)
	}
	w.add(r.destination())
	w.opt("via", address(r.Via))
	w.opt("dev", r.Link)
	if !r.isMain() {
		w.opt("table", fmt.Sprint(r.Table))
	}
	w.opt("proto", r.Proto)
	if r.Scope != "global" {
		w.opt("scope", r.Scope)
	}
	w.opt("src", address(r.Src))
	w.opt("metric", positive(r.Metric))
	w.opt("mtu", positive(r.MTU))
	w.flag(r.Onlink, "onlink")
	facts := words{}
	facts.flag(r.Dead, "dead")
	facts.flag(r.LinkDown, "linkdown")
	facts.opt("ways", positive(r.Ways))
	w.note(facts)
	return w.String()
}

func (s Space) ruleLine(r PolicyRule) string {
	w := s.tool("ip")
	if r.Family == 6 {
		w.add("-6")
	}
	w.add("rule", "add", r.words())
	w.opt("priority", fmt.Sprint(r.Priority))
	return w.String()
}

func (s Space) neighLine(n Neigh) string {
	w := s.tool("ip")
	w.add("neigh", "add")
	w.flag(n.Proxy, "proxy")
	w.add(n.Addr.String())
	w.opt("lladdr", n.MAC)
	w.opt("dev", n.Link)
	w.opt("nud", strings.ToLower(n.State))
	w.flag(n.Router, "router")
	return w.String()
}

func (s Space) fdbLine(f FDB) string {
	w := s.tool("bridge")
	w.add("fdb", "add", f.MAC)
	w.opt("dev", f.Link)
	w.opt("dst", address(f.Dst))
	w.opt("vlan", positive(f.VLAN))
	w.opt("port", positive(f.Port))
	w.opt("vni", positive(f.VNI))
	w.opt("via", f.Via)
	w.flag(f.Self, "self")
	w.flag(f.Master != "", "master")
	w.add(f.State)
	facts := words{}
	facts.opt("of", f.Master)
	facts.add(f.Flags...)
	w.note(facts)
	return w.String()
}

func (s Space) sysctlLine(key string) string {
	w := words{"sysctl", "-w", key + "=" + s.Sysctls[key]}
	if s.Name != Host {
		w = append(words{"ip", "netns", "exec", s.Name}, w...)
	}
	return w.String()
}
