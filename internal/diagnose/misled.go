package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// misled: a frame bears a hardware address that is not that of the next hop.
func (q inquest) misled(v trace.Visit, out trace.Sight) []Cause {
	if twins := q.twins(out.Frame.To); twins != nil {
		return []Cause{q.twinMACs(twins, out.Frame.To)}
	}
	next, via := q.next(v, out)
	if !next.IsValid() || out.Frame.Outer == nil && q.switches(v, out) {
		return nil
	}
	to := out.Frame.To
	if out.Frame.Outer != nil {
		to = out.Frame.Carrier
	}
	at := end{v.Space, out.Link}
	if l, _ := at.find(q.lab); l.Master != "" { // the bridge is who sends, by its port
		at.link = l.Master
	}
	if l, _ := at.find(q.lab); l.MAC == to && slices.Contains(l.Flags, "NOARP") {
		return []Cause{q.cause(ARPOff, at, true, at.String()+" asks nobody for a hardware address, and writes its own: ARP is switched off there (NOARP)", linkLine(at.space, l))}
	}
	names := owners(q.lab, next)
	s, _ := q.lab.Space(v.Space)
	for _, name := range names {
		o, _ := q.lab.Space(name)
		for _, l := range o.Links {
			if l.MAC == to {
				return nil
			}
		}
	}
	n, pinned := neighbour(s, at.link, next)
	who := "the gateway " + next.String()
	if !via {
		who = next.String()
	}
	other, known := ownerOf(q.lab, to)
	switch {
	case pinned && n.State == "PERMANENT" && n.MAC == to:
		text := v.Space + " sends to " + who + " at the hardware address " + to + ", which somebody has entered by hand, and which nobody has"
		if known {
			text = v.Space + " sends to " + who + " at the hardware address " + to + ", which somebody has entered by hand, and which is that of " + other.String()
		}
		return []Cause{q.cause(NeighPinned, at, true, text, v.Space+": neighbour "+next.String()+" on "+at.link+" is "+n.MAC+" "+n.State)}
	case known && q.proxies(other):
		return []Cause{q.cause(ProxyARP, other, true, other.String()+" answers for "+next.String()+", which it cannot reach (proxy ARP)", "net.ipv4.conf."+other.link+".proxy_arp in "+other.space+" is 1")}
	}
	return nil
}

func neighbour(s snapshot.Space, link string, of netip.Addr) (snapshot.Neigh, bool) {
	for _, n := range s.Neighs {
		if n.Link == link && n.Addr == of.WithZone("") && !n.Proxy {
			return n, true
		}
	}
	return snapshot.Neigh{}, false
}

func (q inquest) proxies(at end) bool {
	l, _ := at.find(q.lab)
	return l.Conf != nil && (l.Conf.ProxyARP != 0 || l.Conf.ProxyNDP != 0)
}
