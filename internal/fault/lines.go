package fault

import (
	"fmt"
	"net/netip"
	"strings"

	"netlab/internal/snapshot"
)

// ip begins a line of ip in a namespace.
func ip(in string) string {
	if in == snapshot.Host {
		return "ip "
	}
	return "ip -n " + in + " "
}

// bridge begins a line of bridge there.
func bridge(in string) string { return "bridge" + strings.TrimPrefix(ip(in), "ip") }

// exe begins any other command there.
func exe(in string) string {
	if in == snapshot.Host {
		return ""
	}
	return "ip netns exec " + in + " "
}

// line is a line of ip, whose words are a format.
func line(in, format string, args ...any) string { return ip(in) + fmt.Sprintf(format, args...) }

func lines(l ...string) []string { return l }

// sysctl sets a kernel setting of a namespace.
func sysctl(in, key string, value any) string {
	return fmt.Sprintf("%ssysctl -w %s=%v", exe(in), key, value)
}

// giving sets an address, which is used at once in IPv6, too.
func giving(at seat, p netip.Prefix) string {
	out := line(at.in, "addr add %s dev %s", p, at.link)
	if p.Addr().Is6() {
		out += " nodad"
	}
	return out
}

func taking(at seat, p netip.Prefix) string { return line(at.in, "addr del %s dev %s", p, at.link) }

// single is the prefix of one address.
func single(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// target is the destination of a route as ip reads it. Of the default route,
// the family stands before "route".
func routeLine(in, verb string, r snapshot.Route, how string) string {
	dst, family := r.Dst.String(), ""
	if r.Dst.Bits() == 0 {
		dst = "default"
		if r.Dst.Addr().Is6() {
			family = "-6 "
		}
	}
	out := line(in, "%sroute %s %s %s", family, verb, dst, how)
	if r.Metric != 0 && (r.Dst.Addr().Is4() || r.Metric != defaultMetric6) {
		out += fmt.Sprintf(" metric %d", r.Metric)
	}
	return out
}

// defaultMetric6 is the metric of an IPv6 route for which none is given
// (IP6_RT_PRIO_USER in include/uapi/linux/ipv6_route.h).
const defaultMetric6 = 1024

// how is the way of a route: via a gateway, from an interface.
func how(r snapshot.Route) string {
	var words []string
	if r.Via.IsValid() {
		words = append(words, "via "+r.Via.String())
	}
	words = append(words, "dev "+r.Link)
	if r.Src.IsValid() && r.Proto != "kernel" {
		words = append(words, "src "+r.Src.String())
	}
	return strings.Join(words, " ")
}

// restore are the lines that give an interface back what it has lost when it
// was down, or when it had no IPv4 address for a moment: all routes that
// somebody made and, when it was down, the IPv6 addresses.
func (t Topology) restore(at seat, wasDown bool) []string {
	s, _ := t.Lab.Space(at.in)
	var out []string
	for _, a := range s.AddrsOf(at.link) {
		if wasDown && a.Prefix.Addr().Is6() && a.Scope == "global" {
			out = append(out, giving(at, a.Prefix))
		}
	}
	for _, r := range s.Routes {
		if r.Link == at.link && r.Proto != "kernel" && r.Proto != "ra" && (wasDown || r.Family == 4) {
			out = append(out, routeLine(at.in, "replace", r, how(r)))
		}
	}
	return out
}

// firewall is a new table with one chain at a hook, and rules in it. A family
// is ip, ip6, bridge or netdev.
type firewall struct {
	in, family, table, kind, hook string
	device, policy                string
	priority                      int
	rules                         []string
}

func (f firewall) name() string { return f.family + " " + f.table }

func (f firewall) build() []string {
	nft := exe(f.in) + "nft "
	spec := "type " + f.kind + " hook " + f.hook
	if f.device != "" {
		spec += ` device "` + f.device + `"`
	}
	spec += fmt.Sprintf(" priority %d ;", f.priority)
	if f.policy != "" {
		spec += " policy " + f.policy + " ;"
	}
	out := []string{nft + "add table " + f.name(), nft + "add chain " + f.name() + " " + f.hook + " '{ " + spec + " }'"}
	for _, r := range f.rules {
		out = append(out, nft+"add rule "+f.name()+" "+f.hook+" "+r)
	}
	return out
}

func (f firewall) remove() []string { return []string{exe(f.in) + "nft delete table " + f.name()} }

// family is that of nft and of addresses in it.
func family(a netip.Addr) string {
	if a.Is6() {
		return "ip6"
	}
	return "ip"
}
