package fault

import (
	"net/netip"
	"slices"
	"strings"
)

func firewallKinds() []Kind {
	needs := []string{NFT}
	return []Kind{
		{Name: "nft-drop-ingress", Needs: needs, Title: "a firewall drops packets as they come in by an interface (netdev, ingress)", at: dropIngress},
		{Name: "nft-drop-prerouting", Needs: needs, Title: "a firewall drops packets before routing", at: dropPrerouting},
		{Name: "nft-drop-input", Needs: needs, Title: "a firewall drops packets for the machine itself", at: dropInput},
		{Name: "nft-drop-forward", Needs: needs, Title: "the firewall of a router drops packets that it should pass on", at: dropForward},
		{Name: "nft-drop-output", Needs: needs, Title: "a firewall drops packets that the machine itself sends", at: dropOutput},
		{Name: "nft-drop-postrouting", Needs: needs, Title: "a firewall drops packets as they leave", at: dropPostrouting},
		{Name: "nft-drop-bridge", Needs: needs, Title: "the firewall of a bridge drops frames that it should pass on", at: dropBridge},
		{Name: "nft-drop-arp", Needs: needs, Title: "a firewall drops ARP", at: dropARP},
		{Name: "nft-policy-drop", Needs: needs, Title: "the policy of a chain is drop, and no rule lets the packets in", at: policyDrop},
		{Name: "nft-reject", Needs: needs, Title: "a firewall rejects packets, and says so", at: rejectInput},
		{Name: "nft-reject-forward", Needs: needs, Title: "the firewall of a router rejects packets, and says so", at: rejectForward},
		{Name: "bridge-nf-drop", Needs: []string{NFT, BridgeNF}, Title: "bridged packets pass the firewall of IP, which drops what is forwarded", at: bridgeNFDrop},
		{Name: "connection-limit", Needs: needs, Title: "the firewall has no room for another connection", at: connectionLimit},
	}
}

// hooked is a chain named after its hook, in a table "filter".
func hooked(in, hook string, to netip.Addr, verdict string) firewall {
	f := firewall{in: in, family: family(to), table: "filter", kind: "filter", hook: hook}
	f.rules = []string{family(to) + " daddr " + to.String() + " " + verdict}
	return f
}

// fault is one of a firewall. The cause is "nft-drop" at every hook; which one
// it is stands in What.
func (f firewall) fault(says string) Fault {
	what := f.name() + " " + f.hook
	for _, r := range f.rules {
		if words := strings.Fields(r); slices.Contains(words, "daddr") {
			what += " " + words[slices.Index(words, "daddr")+1]
		}
	}
	return Fault{
		Cause: Cause{Kind: "nft-drop", In: f.in, What: what},
		Says:  says,
		Harm:  f.build(),
		Mend:  f.remove(),
	}
}

// arrivals are the last legs of both ways, and those of a tunnel.
func (t *trip) arrivals() []leg {
	var out []leg
	for _, way := range [][]leg{t.there, t.home} {
		if len(way) > 0 {
			out = append(out, way[len(way)-1])
		}
	}
	return append(out, slices.DeleteFunc(t.under(), func(l leg) bool { return l.next != l.dst })...)
}

// departures are the first legs of both ways.
func (t *trip) departures() []leg {
	var out []leg
	for _, way := range [][]leg{t.there, t.home} {
		if len(way) > 0 {
			out = append(out, way[0])
		}
	}
	return out
}

func dropIngress(t *trip) (out []Fault) {
	for _, l := range t.every() {
		f := hooked(l.in.in, "ingress", l.dst, "drop")
		f.family, f.device = "netdev", l.in.link
		g := f.fault("the firewall of " + l.in.in + " drops packets to " + l.dst.String() + " as they come in by " + l.in.link + " (netdev, hook ingress)")
		g.Cause.Link = l.in.link
		out = append(out, g)
	}
	return out
}

func dropPrerouting(t *trip) (out []Fault) {
	for _, l := range t.every() {
		f := hooked(l.in.in, "prerouting", l.dst, "drop")
		f.priority = -300 // before addresses are changed and connections followed
		out = append(out, f.fault("the firewall of "+l.in.in+" drops packets to "+l.dst.String()+" before routing (hook prerouting)"))
	}
	return out
}

func (t *trip) dropAt(legs []leg, hook, verdict, says string) (out []Fault) {
	for _, l := range legs {
		in := l.in.in
		if hook == "output" {
			in = l.out.in
		}
		out = append(out, hooked(in, hook, l.dst, verdict).fault("the firewall of "+in+" "+says+" packets to "+l.dst.String()+" (hook "+hook+")"))
	}
	return out
}

func dropInput(t *trip) []Fault {
	out := t.dropAt(t.arrivals(), "input", "drop", "drops")
	if len(t.there) == 0 {
		out = append(out, hooked(t.target, "input", t.Probe.To, "drop").fault("the firewall of "+t.target+" drops packets to "+t.Probe.To.String()+" (hook input)"))
	}
	return out
}

func dropOutput(t *trip) []Fault { return t.dropAt(t.departures(), "output", "drop", "drops") }

func dropForward(t *trip) (out []Fault) {
	for _, p := range t.passes() {
		out = append(out, hooked(p.to.out.in, "forward", p.to.dst, "drop").fault(
			"the firewall of "+p.to.out.in+" drops packets to "+p.to.dst.String()+" that it should pass on (hook forward)"))
	}
	return out
}

func dropPostrouting(t *trip) (out []Fault) {
	for _, l := range t.every() {
		out = append(out, hooked(l.out.in, "postrouting", l.dst, "drop").fault(
			"the firewall of "+l.out.in+" drops packets to "+l.dst.String()+" as they leave (hook postrouting)"))
	}
	return out
}

func dropBridge(t *trip) (out []Fault) {
	for _, l := range t.every() {
		for _, c := range t.crossings(l) {
			f := hooked(c[0].in, "forward", l.dst, "drop")
			f.family = "bridge"
			if l.dst.Is4() {
				f.rules = []string{"ether type ip " + f.rules[0]}
			}
			out = append(out, f.fault("the bridge in "+c[0].in+" drops frames with packets to "+l.dst.String()+" (nft, family bridge, hook forward)"))
		}
	}
	return out
}

func dropARP(t *trip) (out []Fault) {
	for _, l := range t.every() {
		if is, _ := t.link(l.in); l.dst.Is6() || is.Kind == "loopback" {
			continue
		}
		f := firewall{in: l.in.in, family: "arp", table: "filter", kind: "filter", hook: "input", rules: []string{"iifname " + l.in.link + " drop"}}
		g := f.fault("the firewall of " + l.in.in + " drops ARP that comes in by " + l.in.link)
		g.Cause.Link = l.in.link
		if !slices.ContainsFunc(out, func(o Fault) bool { return o.Cause.In == g.Cause.In && o.Cause.Link == g.Cause.Link }) {
			out = append(out, g)
		}
	}
	return out
}

func policyDrop(t *trip) (out []Fault) {
	for _, l := range t.arrivals() {
		f := firewall{in: l.in.in, family: family(l.dst), table: "filter", kind: "filter", hook: "input", policy: "drop"}
		if l.dst.Is6() { // whoever asks for hardware addresses is let in
			f.rules = []string{"icmpv6 type '{ nd-neighbor-solicit, nd-neighbor-advert }' accept"}
		}
		out = append(out, f.fault("the chain input of "+l.in.in+" has the policy drop, and no rule lets packets to "+l.dst.String()+" in"))
	}
	return out
}

func rejectInput(t *trip) []Fault {
	var last []leg
	if len(t.there) > 0 {
		last = t.there[len(t.there)-1:]
	}
	return t.dropAt(last, "input", "reject", "rejects")
}

func rejectForward(t *trip) (out []Fault) {
	for _, p := range t.passes() {
		if p.to.back {
			continue
		}
		out = append(out, hooked(p.to.out.in, "forward", p.to.dst, "reject").fault(
			"the firewall of "+p.to.out.in+" rejects packets to "+p.to.dst.String()+" that it should pass on (hook forward)"))
	}
	return out
}

// bridgeNFDrop is the firewall of a router at work on what a bridge passes on:
// net.bridge.bridge-nf-call-iptables is on where br_netfilter is loaded.
func bridgeNFDrop(t *trip) (out []Fault) {
	const key = "net.bridge.bridge-nf-call-iptables"
	var in []string
	for _, l := range t.every() {
		for _, c := range t.crossings(l) {
			in = append(in, c[0].in)
		}
	}
	for _, in := range once(in) {
		s, _ := t.Lab.Space(in)
		was := s.Sysctls[key]
		if was == "" || t.Probe.To.Is6() {
			continue
		}
		f := firewall{in: in, family: "ip", table: "filter", kind: "filter", hook: "forward", policy: "drop"}
		g := f.fault("bridged packets pass the IP firewall of " + in + " (" + key + " = 1), whose chain forward has the policy drop")
		g.Harm = append(lines(sysctl(in, key, 1)), g.Harm...)
		g.Mend = append(g.Mend, sysctl(in, key, was))
		g.Cause.Also = []Cause{{Kind: "bridge-nf-drop", In: in}}
		out = append(out, g)
	}
	return out
}

// connectionLimit is a full table of connections, as far as a lab can have
// one: net.netfilter.nf_conntrack_max is the machine's, and read-only inside.
func connectionLimit(t *trip) (out []Fault) {
	if len(t.there) == 0 {
		return nil
	}
	last := t.there[len(t.there)-1]
	f := hooked(t.target, "input", last.dst, "ct state new ct count over 0 drop")
	return []Fault{f.fault("the firewall of " + t.target + " lets 0 connections to " + last.dst.String() + " in at one time, and this is one more")}
}
