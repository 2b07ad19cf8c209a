package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/trace"
)

func (q inquest) twinMACs(twins []end, mac string) Cause {
	return q.cause(DuplicateMAC, twins[1], true, twins[0].String()+" and "+twins[1].String()+" have one hardware address, "+mac, "interfaces with "+mac+": "+twins[0].String()+", "+twins[1].String())
}

// twinsOf finds that the address of a probe that was answered, or its sender's,
// is there twice: who answers is chance.
func (q inquest) twinsOf(from string, to netip.Addr) []Cause {
	for _, v := range q.visits(trace.Request, netip.Addr{}) {
		for _, n := range trace.Questions(q.sights, v.Space, 0, trace.Forever) {
			if len(n.Answers) > 1 && len(n.By) > 1 {
				s, _ := q.before.Space(n.By[1])
				own, _ := owns(s, n.Of)
				return []Cause{q.cause(DuplicateAddr, end{n.By[1], own.Link}, true, v.Space+" asked who has "+n.Of.String()+", and got two answers: from "+n.By[0]+" and from "+n.By[1], "hardware addresses: "+list(n.Answers))}
			}
		}
	}
	names := owners(q.before, to)
	if to.IsLoopback() || slices.Contains(names, from) || len(names) < 2 {
		return nil
	}
	visits := q.visits(trace.Request, netip.Addr{})
	if len(visits) == 0 {
		return nil
	}
	by := visits[len(visits)-1].Space
	for _, name := range names {
		s, _ := q.before.Space(name)
		own, _ := owns(s, to)
		if name != by && q.together(end{name, own.Link}, visits) {
			return []Cause{q.cause(DuplicateAddr, end{name, own.Link}, true, to.String()+" is there twice: in "+by+", which has answered now, and in "+name, "owners: "+list(names))}
		}
	}
	return nil
}

// together says that an interface is in a network through which the visits went.
func (q inquest) together(at end, visits []trace.Visit) bool {
	for _, e := range segment(q.before, at) {
		for _, v := range visits[1:] {
			if e.space == v.Space && e != at {
				return true
			}
		}
	}
	return false
}

// twins are interfaces with one hardware address that hang on one network,
// bridges and their ports aside; none if there are not two. In two networks an
// address may be there twice.
func (q inquest) twins(mac string) []end {
	var owners []end
	for _, s := range q.lab.Spaces {
		for _, l := range s.Links {
			if l.MAC == mac && l.Kind == "veth" && l.Master == "" {
				owners = append(owners, end{s.Name, l.Name})
			}
		}
	}
	for _, o := range owners {
		net := segment(q.lab, o)
		together := slices.DeleteFunc(slices.Clone(owners), func(e end) bool { return !slices.Contains(net, e) })
		if len(together) > 1 {
			return together
		}
	}
	return nil
}
