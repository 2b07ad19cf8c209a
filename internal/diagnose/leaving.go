package diagnose

import (
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// filtered: the kernel would send the answer another way, and drops the packet
// for that (rp_filter in ip-sysctl). Asked for the way of such a packet, it
// says EXDEV, or EINVAL since Linux 6.13.
func (q inquest) filtered(s snapshot.Space, in trace.Sight, l measure.Lookup) []Cause {
	p := in.Frame.Packet
	link, _ := s.Link(in.Link)
	mode := 0
	if s.Sysctls["net.ipv4.conf.all.rp_filter"] == "1" || s.Sysctls["net.ipv4.conf.all.rp_filter"] == "2" {
		mode = int(s.Sysctls["net.ipv4.conf.all.rp_filter"][0] - '0')
	}
	if link.Conf != nil {
		mode = max(mode, link.Conf.RPFilter)
	}
	if mode == 0 || !p.Source.Is4() || l.Errno != "EXDEV" && l.Errno != "EINVAL" {
		return nil
	}
	back := q.wayFrom(s.Name, p.Source)
	switch {
	case back.Errno == "" && (back.Dev == in.Link || mode == 2):
		return nil
	case q.t.From != s.Name && len(q.badSource(p.Source)) > 0:
		return q.badSource(p.Source)
	case back.Errno != "":
		return q.refusedBy(s.Name, p.Source, back, true)
	}
	if a, ok := q.ownNetwork(s, end{s.Name, back.Dev}, owners(q.lab, back.Via), back.Via); ok {
		return []Cause{q.cause(WrongLink, end{s.Name, a.Link}, true, s.Name+" has the address "+a.Prefix.String()+" on "+a.Link+", and that network is behind another interface of "+s.Name, addrList(q.lab, s.Name))}
	}
	return []Cause{q.cause(RPFilter, end{s.Name, in.Link}, true,
		s.Name+" drops what comes from "+p.Source.String()+" on "+in.Link+", because the answer would not leave by it (rp_filter)",
		fmt.Sprintf("rp_filter for %s in %s is %d\n%s", in.Link, s.Name, mode, routeList(q.lab, s.Name)))}
}

// leaving: there is a way on, and the packet did not take it.
func (q inquest) leaving(v trace.Visit, in trace.Sight, l measure.Lookup) []Cause {
	at := end{v.Space, l.Dev}
	link, ok := at.find(q.lab)
	if !ok {
		return nil
	}
	mtu := link.MTU
	if l.MTU > 0 {
		mtu = min(mtu, l.MTU)
	}
	if in.Frame.Size > mtu && in.Frame.Whole {
		text := fmt.Sprintf("the packet has %d bytes, and %s lets only %d through (its MTU); it may not be cut", in.Frame.Size, at.String(), mtu)
		if !q.reported() {
			text += ", and the word of that does not come back to the sender"
		}
		return []Cause{q.cause(MTUSmall, at, true, text, mtuLine(v.Space, link))}
	}
	return q.carrier(at, link)
}

// carrier: the interface of the way is not able to send.
func (q inquest) carrier(at end, l snapshot.Link) []Cause {
	switch {
	case !l.Up && l.Kind == "bridge":
		return []Cause{q.cause(BridgeDown, at, true, "the bridge "+at.String()+" is down", linkLine(at.space, l))}
	case !l.Up:
		return []Cause{q.cause(LinkDown, at, true, "the interface "+at.String()+" is down", linkLine(at.space, l))}
	case l.Carrier:
		return nil
	}
	if peer, ok := peerOf(q.lab, at); ok {
		p, _ := peer.find(q.lab)
		if c := q.displaced(peer, netip.Addr{}); slices.Contains(q.strays(""), peer) && c[0].Kind == NoPeer {
			return c
		}
		return []Cause{q.cause(LinkDown, peer, true, "the other end of the cable, "+peer.String()+", is down", linkLine(at.space, l)+"\n"+linkLine(peer.space, p))}
	}
	if l.Kind == "bridge" {
		return q.deadPorts(at)
	}
	return []Cause{q.noPeer(at, l)}
}

// deadPorts: no port of a bridge works.
func (q inquest) deadPorts(at end) []Cause {
	var out []Cause
	s, _ := q.lab.Space(at.space)
	for _, p := range s.Links {
		if p.Master == at.link {
			out = append(out, q.portFaults(end{at.space, p.Name}, p)...)
		}
	}
	h := &hop{trip: trip{lab: q.lab}}
	for _, p := range s.Links {
		if f, ok := h.loose(end{at.space, p.Name}); ok {
			out = append(out, q.cause(NoPort, end{at.space, p.Name}, true, f.Text, f.Evidence))
		}
	}
	return out
}
