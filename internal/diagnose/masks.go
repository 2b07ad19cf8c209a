package diagnose

import (
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

// maskCauses: the mask of an address is too long for the neighbours that it
// should have.
func (q inquest) maskCauses(s snapshot.Space, to netip.Addr) []Cause {
	var out []Cause
	next := []netip.Addr{to.WithZone("")}
	for _, a := range s.Addrs {
		at := end{s.Name, a.Link}
		for _, e := range segment(q.lab, at) {
			for _, o := range addressesOf(mustSpace(q.lab, e.space), e.link, to.Is4()) {
				if e == at || a.Prefix.Addr().Is4() != to.Is4() || automatic(a.Prefix) || a.Prefix.Contains(o.Prefix.Addr()) || !o.Prefix.Contains(a.Prefix.Addr()) {
					continue
				}
				if slices.Contains(next, o.Prefix.Addr()) || q.gatewayLost(s, o.Prefix.Addr(), to) {
					out = append(out, q.cause(WrongMask, at, true,
						fmt.Sprintf("%s has %s on %s, a mask with which %s of %s is not in its network (that one has %s)", s.Name, a.Prefix, a.Link, o.Prefix.Addr(), e.space, o.Prefix), addrList(q.lab, s.Name)+"\n"+addrList(q.lab, e.space)))
				}
			}
		}
	}
	return out
}

// gatewayLost says that an address belongs to a router which has the way to a
// target that a namespace lacks.
func (q inquest) gatewayLost(s snapshot.Space, gateway, to netip.Addr) bool {
	for _, name := range owners(q.lab, gateway) {
		r, _ := q.lab.Space(name)
		if _, ok := lookup(r, to); ok && forwards(r, to) && name != s.Name {
			return true
		}
	}
	return false
}

// addressless: a namespace lacks the address in the network of a target, or
// has one of another network.
func (q inquest) addressless(s snapshot.Space, to netip.Addr) []Cause {
	var out []Cause
	for _, l := range s.Links {
		at := end{s.Name, l.Name}
		if l.Kind == "loopback" || l.Kind == "vxlan" || l.Kind == "bridge" && !q.talks(s.Name) {
			continue
		}
		near, ok := q.near(at, s, to)
		if !ok {
			continue
		}
		has := addressesOf(s, l.Name, to.Is4())
		switch {
		case l.Master != "" && len(has) > 0:
			out = append(out, q.cause(OnPort, at, true, at.String()+", which has "+has[0].Prefix.String()+", is a port of the bridge "+l.Master+": it does not use the address", linkLine(s.Name, l)))
		case l.Master != "" || slices.ContainsFunc(has, func(a snapshot.Addr) bool { return near.Contains(a.Prefix.Addr()) }):
		case len(has) > 0:
			out = append(out, q.cause(WrongAddress, at, true, at.String()+" has "+has[0].Prefix.String()+", which is not in the network "+near.String()+" of those that it is connected with", addrList(q.lab, s.Name)))
		case to.Is6() && disabled(s, l):
			out = append(out, q.cause(NoIPv6, at, true, "IPv6 is switched off on "+at.String()+", so it has no address there", addrList(q.lab, s.Name)))
		default:
			if other, ok := q.strayed(s, near); ok {
				out = append(out, q.cause(WrongLink, end{s.Name, other.Link}, true, s.Name+" has "+other.Prefix.String()+" on "+other.Link+", and that network is behind "+l.Name, addrList(q.lab, s.Name)))
				continue
			}
			out = append(out, q.cause(NoAddress, at, true, at.String()+" has no address in the network "+near.String()+" of those that it is connected with", addrList(q.lab, s.Name)))
		}
	}
	return out
}

func disabled(s snapshot.Space, l snapshot.Link) bool {
	return s.Sysctls[disabledKey] == "1" || l.Conf != nil && l.Conf.DisableIPv6 != 0
}

// strayed finds an address of a network on an interface that is not in it.
func (q inquest) strayed(s snapshot.Space, near netip.Prefix) (snapshot.Addr, bool) {
	for _, a := range s.Addrs {
		if near.Contains(a.Prefix.Addr()) {
			return a, true
		}
	}
	return snapshot.Addr{}, false
}

// near is the network of the machines that an interface is connected with, if
// the target is one of them or one of them knows the way to it.
func (q inquest) near(at end, s snapshot.Space, to netip.Addr) (netip.Prefix, bool) {
	for _, e := range segment(q.lab, at) {
		if e.space == at.space {
			continue
		}
		for _, o := range addressesOf(mustSpace(q.lab, e.space), e.link, to.Is4()) {
			if o.Prefix.Contains(to.WithZone("")) || q.gatewayLost(s, o.Prefix.Addr(), to) {
				return o.Prefix.Masked(), true
			}
		}
	}
	return netip.Prefix{}, false
}
