package diagnose

import (
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// untunnelled: a frame was given to a tunnel, which sent nothing.
func (q inquest) untunnelled(at end, l snapshot.Link, s trace.Sight) []Cause {
	if !l.Up {
		return []Cause{q.cause(TunnelDown, at, true, "the tunnel "+at.String()+" is down", linkLine(at.space, l))}
	}
	space, _ := q.lab.Space(at.space)
	for _, e := range space.FDB {
		if e.Link != at.link || !e.Dst.IsValid() || e.MAC != s.Frame.To && e.MAC != "00:00:00:00:00:00" {
			continue
		}
		for _, n := range trace.Questions(q.sights, at.space, s.At, trace.Forever) {
			if len(n.Answers) == 0 {
				return q.silent(at.space, n, e.Dst, false)
			}
		}
		l := q.wayFrom(at.space, e.Dst)
		if l.Errno != "" {
			return q.refusedBy(at.space, e.Dst, l, false)
		}
		return q.unsent(at.space, e.Dst, false)
	}
	return []Cause{q.cause(TunnelFDB, at, true, "the tunnel "+at.String()+" has no entry that says to which machine it should send for "+s.Frame.To, fdbLines(space, at.link))}
}

func fdbLines(s snapshot.Space, link string) string {
	text := "forwarding entries of " + link + " in " + s.Name + ":"
	for _, e := range s.FDB {
		if e.Link == link && e.Dst.IsValid() {
			text += fmt.Sprintf("\n%s dst %s", e.MAC, e.Dst)
		}
	}
	return text
}

// carried: the packet of a tunnel left a machine, and was seen nowhere else.
func (q inquest) carried(v trace.Visit, out trace.Sight) []Cause {
	if c := q.tunnel(v.Space, out); len(c) > 0 {
		return c
	}
	if c := q.misled(v, out); len(c) > 0 {
		return c
	}
	return q.beyond(v, out)
}

// tunnel: a packet left in a tunnel, and did not come out of it.
func (q inquest) tunnel(space string, out trace.Sight) []Cause {
	outer := out.Frame.Outer
	s, _ := q.lab.Space(space)
	names := owners(q.lab, outer.Dest)
	for _, own := range s.Links {
		if own.VXLAN == nil || own.VXLAN.ID != out.Frame.Tunnel {
			continue
		}
		at := end{space, own.Name}
		if len(names) == 0 {
			return []Cause{q.cause(TunnelPeer, at, true, at.String()+" sends to "+outer.Dest.String()+", an address that nobody has", fdbLines(s, own.Name))}
		}
		return q.ends(at, own, names[0])
	}
	return nil
}

// ends compares the two ends of a tunnel. Which of two that differ is wrong
// nobody can tell: the near one is named.
func (q inquest) ends(at end, own snapshot.Link, peer string) []Cause {
	o, _ := q.lab.Space(peer)
	var out []Cause
	for _, l := range o.Links {
		if l.VXLAN == nil {
			continue
		}
		far := end{peer, l.Name}
		both := fmt.Sprintf("%s: VXLAN %d, UDP port %d\n%s: VXLAN %d, UDP port %d", at.String(), own.VXLAN.ID, own.VXLAN.DstPort, far.String(), l.VXLAN.ID, l.VXLAN.DstPort)
		switch {
		case !l.Up:
			out = append(out, q.cause(TunnelDown, far, true, "the tunnel "+far.String()+" is down", linkLine(peer, l)))
		case l.VXLAN.ID != own.VXLAN.ID && l.VXLAN.DstPort == own.VXLAN.DstPort:
			out = append(out, q.cause(TunnelNetwork, at, true, fmt.Sprintf("the two ends of the tunnel have different network numbers: %d at %s, %d at %s", own.VXLAN.ID, at.String(), l.VXLAN.ID, far.String()), both))
		case l.VXLAN.DstPort != own.VXLAN.DstPort:
			out = append(out, q.cause(TunnelPort, at, true, fmt.Sprintf("the two ends of the tunnel use different UDP ports: %d at %s, %d at %s", own.VXLAN.DstPort, at.String(), l.VXLAN.DstPort, far.String()), both))
		default:
			return nil
		}
	}
	if len(out) == 0 {
		return []Cause{q.cause(TunnelPeer, at, true, at.String()+" sends to "+peer+", which has no tunnel", fdbLines(mustSpace(q.lab, at.space), at.link))}
	}
	return out
}

// underlay: a packet in a tunnel came to a machine, and nothing came out.
func (q inquest) underlay(v trace.Visit, in trace.Sight, reply bool) []Cause {
	outer := in.Frame.Outer
	s, _ := q.lab.Space(v.Space)
	if _, mine := owns(s, outer.Dest); !mine {
		if c := q.noEnd(v, outer); len(c) > 0 {
			return c
		}
		carrier := in
		carrier.Frame.Packet, carrier.Frame.Outer = *outer, nil
		return q.stopped(v, carrier, reply)
	}
	for _, name := range owners(q.lab, outer.Source) {
		sender := trace.Sight{Frame: in.Frame}
		if c := q.tunnel(name, sender); len(c) > 0 {
			return c
		}
	}
	return nil
}

// noEnd: a tunnel sends to an address that nobody has. Whoever should have it
// may lack it.
func (q inquest) noEnd(v trace.Visit, outer *trace.Packet) []Cause {
	if len(owners(q.lab, outer.Dest)) > 0 {
		return nil
	}
	for _, n := range trace.Questions(q.sights, v.Space, trace.Since(v), trace.Forever) {
		if bare := q.bare(end{v.Space, n.Link}, n.Of); n.Of == outer.Dest && len(bare) > 0 && bare[0].Sure {
			return bare
		}
	}
	for _, l := range mustSpace(q.lab, q.sourceOf(outer.Source)).Links {
		if l.VXLAN != nil {
			at := end{q.sourceOf(outer.Source), l.Name}
			return []Cause{q.cause(TunnelPeer, at, true, at.String()+" sends to "+outer.Dest.String()+", an address that nobody has", fdbLines(mustSpace(q.lab, at.space), at.link))}
		}
	}
	return nil
}

// tunnelsApart: two machines hang on bridges with tunnels that do not belong
// together.
func (q inquest) tunnelsApart(from, to end) []Cause {
	var out []Cause
	for _, a := range segment(q.lab, from) {
		for _, b := range segment(q.lab, to) {
			la, _ := a.find(q.lab)
			lb, _ := b.find(q.lab)
			if la.VXLAN != nil && lb.VXLAN != nil && a != b && !slices.Contains(wired(q.lab, a), b) {
				out = append(out, q.ends(a, la, b.space)...)
			}
		}
	}
	return out
}

// sourceOf is the namespace that has an address.
func (q inquest) sourceOf(a netip.Addr) string {
	if names := owners(q.lab, a); len(names) > 0 {
		return names[0]
	}
	return ""
}
