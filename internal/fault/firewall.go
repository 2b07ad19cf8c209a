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
