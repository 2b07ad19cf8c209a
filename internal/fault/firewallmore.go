package fault

import "slices"

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
